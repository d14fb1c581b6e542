"""The table of entries: what each step of a grant and of a gift does to the book, on both bases of accounting."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from functools import reduce
from typing import Any

import pytest

from domain.books.entries import JournalEntry
from domain.directory.chart import Account, BookBasis
from domain.funds import events as f
from domain.grants import FundShare
from domain.partnership import events as e
from domain.partnership.refund.refunds import RefundDirection
from domain.payment.bank_answers import BankStatus, Resolution
from domain.payment.bank_file import ExceptionResolved
from domain.payment.tranche.events import PaymentSettled
from domain.payment.tranche.status import TrancheOutcome
from domain.policy.conditions import ConditionId
from domain.proposal import Direction
from domain.streams import StreamId
from tests.builders import NOON, funds_in, funds_out, number
from tests.domain.books.keeping import Ledger, Lines, booking, lines, of_counter, standing
from tests.domain.funds.test_fund import changed, opened
from tests.domain.partnership import specification as s
from tests.domain.partnership.specification import REFERENCE, Story

BARRIER = "Eleven villages are on line"
OF_GIFT = f"FD-{REFERENCE}"


def gift(**more: Any) -> dict[str, Any]:
    return {"funds_out": None, "funds_in": funds_in(**more)}


def after(
    story: Story, *commands: Any, basis: BookBasis = BookBasis.ACCRUAL, booked: bool = True
) -> list[JournalEntry]:
    """The entries that some commands make, after those of a story."""
    ledger = Ledger(basis)
    ledger.partnership(REFERENCE, story.history)
    later = story.given(*commands)
    return ledger.partnership(REFERENCE, later.history[len(story.history) :], booked=booked)


def settled(tranche: int = 1) -> tuple[Any, ...]:
    return s.release(tranche), *s.came_to(TrancheOutcome.SETTLED, tranche)


class TestGrant:
    def test_an_approval_is_a_memorandum(self) -> None:
        in_approval = s.in_approval()
        entries = after(in_approval, *[s.approve(who) for who in ("ana.silva", "femi.ade")])
        assert lines(*entries) == {("MEMORANDA", ""): "1000.00", ("APPROVED", ""): "-1000.00"}

    @pytest.mark.parametrize(
        ("basis", "expected"),
        [
            (BookBasis.ACCRUAL, {("GRANTS_EXPENSE", ""): "1000.00", ("GRANTS_PAYABLE", ""): "-1000.00"}),
            (BookBasis.CASH, {("MEMORANDA", ""): "1000.00", ("OWED", ""): "-1000.00"}),
        ],
    )
    def test_an_agreement_is_owed(self, basis: BookBasis, expected: Lines) -> None:
        [entry] = after(s.in_agreement(), s.sign(), basis=basis)
        gone = {("MEMORANDA", ""): "-1000.00", ("APPROVED", ""): "1000.00"}
        assert lines(entry) == _added(gone, expected)

    def test_a_release_is_in_transit_until_the_bank_books_it(self) -> None:
        active = s.active()
        assert lines(*after(active, s.release())) == {
            ("GRANTS_PAYABLE", ""): "1000.00", ("IN_TRANSIT", ""): "-1000.00",
        }  # fmt: skip
        assert lines(*after(active, *settled(), booked=False)) == {
            ("GRANTS_PAYABLE", ""): "1000.00", ("IN_TRANSIT", ""): "-1000.00",
        }, "a bank that only calls it settled has booked nothing"  # fmt: skip
        assert lines(*after(active, *settled())) == {("GRANTS_PAYABLE", ""): "1000.00", ("BANK", ""): "-1000.00"}

    def test_on_a_cash_basis_it_is_an_expense_once_it_is_booked(self) -> None:
        active = s.active()
        assert lines(*after(active, s.release(), s.hand_over(), basis=BookBasis.CASH)) == {}
        assert lines(*after(active, *settled(), basis=BookBasis.CASH)) == {
            ("GRANTS_EXPENSE", ""): "1000.00", ("BANK", ""): "-1000.00",
            ("OWED", ""): "1000.00", ("MEMORANDA", ""): "-1000.00",
        }  # fmt: skip

    def test_a_booking_is_of_the_banks_day_and_bears_its_reference(self) -> None:
        ledger, story = Ledger(), s.active().given(s.release(), s.hand_over())
        ledger.partnership(REFERENCE, story.history)
        said = booking(BankStatus.SETTLED, REFERENCE, 1, 1, said_at=NOON, booked_on=date(2027, 1, 2))
        [entry] = ledger.take(StreamId.attempt(REFERENCE, 1, 1), PaymentSettled(at=NOON, answer=said))
        assert (entry.on, entry.reference, entry.partnership) == (date(2027, 1, 2), "NTRF-11", REFERENCE)
        ended = story.given(s.ended(TrancheOutcome.SETTLED)).said
        assert ledger.partnership(REFERENCE, ended, booked=False) == [], "it is in the book already"

    @pytest.mark.parametrize("outcome", [TrancheOutcome.WITHHELD, TrancheOutcome.CANCELLED, TrancheOutcome.REJECTED])
    def test_what_was_not_paid_is_owed_again(self, outcome: TrancheOutcome) -> None:
        assert lines(*after(s.active(), s.release(), *s.came_to(outcome))) == {}

    def test_a_rejected_attempt_that_is_booked_beside_the_next_left_the_account_as_well(self) -> None:
        rejected = s.active().given(s.release(), *s.came_to(TrancheOutcome.REJECTED), s.release())
        before = rejected.given(s.hand_over(attempt=2), s.contradict())
        said = s.resolve(resolution=Resolution.BELONGS_TO, counts=s.answer(BankStatus.SETTLED))
        assert lines(*after(before, said)) == {("GRANTS_EXPENSE", ""): "1000.00", ("BANK", ""): "-1000.00"}
        second = after(before.given(said, s.lift()), s.ended(TrancheOutcome.SETTLED, attempt=2))
        assert lines(*second) == {
            ("IN_TRANSIT", ""): "1000.00", ("BANK", ""): "-1000.00",
            ("OVERPAYMENTS", ""): "1000.00", ("GRANTS_EXPENSE", ""): "-1000.00",
        }  # fmt: skip

    def test_an_overpayment_is_owed_by_the_grantee_until_it_is_back_or_two_let_it_stay(self) -> None:
        twice = s.paid_twice()
        back = after(twice, s.refund("400.00"), s.confirm_refund())
        assert lines(*back) == {("BANK", ""): "400.00", ("OVERPAYMENTS", ""): "-400.00"}
        one = twice.given(s.waive_recovery())
        assert after(twice, s.waive_recovery()) == []
        kept = after(one, s.waive_recovery(actor="dora.kim"))
        assert lines(*kept) == {("GRANTS_EXPENSE", ""): "1000.00", ("OVERPAYMENTS", ""): "-1000.00"}

    def test_what_came_back_is_owed_again(self) -> None:
        back = after(s.paid(), s.ended(TrancheOutcome.RETURNED))
        assert lines(*back) == {("BANK", ""): "1000.00", ("GRANTS_PAYABLE", ""): "-1000.00"}

    def test_a_refund_of_the_grantee_counts_once_two_signed_it(self) -> None:
        paid = s.paid()
        assert after(paid, s.refund("100.00")) == []
        entries = after(paid, s.refund("100.00"), s.confirm_refund())
        assert lines(*entries) == {("BANK", ""): "100.00", ("GRANT_RECOVERIES", ""): "-100.00"}
        assert (entries[0].on, entries[0].reference) == (NOON.date(), "BANK-R1")

    def test_what_is_left_at_the_end_is_owed_no_more(self) -> None:
        two = s.active(funds_out=funds_out("600.00", "400.00", final_report=False)).given(*settled(1))
        entries = after(two, s.terminate())
        assert lines(*entries) == {("GRANTS_EXPENSE", ""): "-400.00", ("GRANTS_PAYABLE", ""): "400.00"}

    def test_a_leg_that_ends_alone_is_owed_no_more(self) -> None:
        both = s.active(funds_in=funds_in(), funds_out=funds_out())
        ended = after(both, s.end_leg(Direction.FUNDS_OUT))
        assert lines(*ended) == {("GRANTS_EXPENSE", ""): "-1000.00", ("GRANTS_PAYABLE", ""): "1000.00"}
        of_gift = after(both, s.end_leg(Direction.FUNDS_IN))
        assert lines(*of_gift) == {("GIFTS_UNRESTRICTED", ""): "5000.00", ("PLEDGES_RECEIVABLE", ""): "-5000.00"}

    @pytest.mark.parametrize(("signed", "on"), [("2026-11-04", "2026-11-04"), ("2026-10-20", "2026-11-02")])
    def test_an_agreement_is_of_the_day_on_which_it_was_signed_once_it_was_approved(self, signed: str, on: str) -> None:
        act = s.after(5, s.sign().model_copy(update={"signed_on": date.fromisoformat(signed)}))
        [entry] = after(s.in_agreement(), act)
        assert entry.on.isoformat() == on

    def test_no_entry_is_of_a_later_day_than_its_act(self) -> None:
        """Given an agreement that bears a day to come, then it is in the book from its act on."""
        ledger, story = Ledger(), s.in_agreement()
        ledger.partnership(REFERENCE, story.history)
        [event] = story.given(s.sign()).said
        later = event.model_copy(update={"signed_on": date(2027, 3, 1)})
        [entry] = ledger.partnership(REFERENCE, (later,))
        assert entry.on == NOON.date()

    def test_the_day_of_an_act_is_in_utc_wherever_it_was_signed(self) -> None:
        """Given a payment that was released on the first of a month in Auckland, then it is of the last before it."""
        ledger, story = Ledger(), s.active()
        [event] = story.given(s.release(1)).history[len(story.history) :]
        ledger.partnership(REFERENCE, story.history)
        in_auckland = datetime(2026, 12, 1, 9, tzinfo=timezone(timedelta(hours=13)))
        [entry] = ledger.partnership(REFERENCE, (event.model_copy(update={"at": in_auckland}),))
        assert entry.on == date(2026, 11, 30)

    def test_an_amendment_changes_what_is_owed(self) -> None:
        entries = after(s.active(), s.amend(funds_out=funds_out("1000.00", "250.00")))
        assert lines(*entries) == {("GRANTS_EXPENSE", ""): "250.00", ("GRANTS_PAYABLE", ""): "-250.00"}

    def test_each_fund_bears_its_part(self) -> None:
        parts = [{"fund": "FD-2026-A", "amount": "700.00"}, {"fund": "FD-2026-B", "amount": "300.00"}]
        story = s.in_agreement(funds_out=funds_out("600.00", "400.00", funds=parts))
        shares = tuple(FundShare(fund=one["fund"], amount=Decimal(one["amount"])) for one in parts)
        ledger = Ledger()
        ledger.partnership(REFERENCE, (*story.history, e.FundsAllotted(at=NOON, shares=shares)))
        entries = ledger.partnership(REFERENCE, story.given(s.sign(), *settled(1)).history[len(story.history) :])
        assert lines(*entries)[("BANK", "FD-2026-A")] == "-600.00"
        assert lines(*entries)[("GRANTS_PAYABLE", "FD-2026-A")] == "-100.00"
        assert lines(*entries)[("GRANTS_PAYABLE", "FD-2026-B")] == "-300.00"


class TestConditionalGrant:
    def test_it_is_a_memorandum_until_the_barrier_is_met(self) -> None:
        story = s.in_agreement((ConditionId.BARRIER_MET,), funds_out=funds_out(barrier=BARRIER))
        signed = after(story, s.sign())
        assert lines(*signed) == {("APPROVED", ""): "1000.00", ("CONDITIONAL", ""): "-1000.00"}
        met = after(story.given(s.sign()), s.satisfy(ConditionId.BARRIER_MET))
        assert lines(*met) == {
            ("CONDITIONAL", ""): "1000.00", ("MEMORANDA", ""): "-1000.00",
            ("GRANTS_EXPENSE", ""): "1000.00", ("GRANTS_PAYABLE", ""): "-1000.00",
        }  # fmt: skip

    def test_only_what_waits_for_it_is_conditional(self) -> None:
        two = funds_out("600.00", "400.00", barrier=BARRIER, barrier_holds=[2])
        signed = after(s.in_agreement((ConditionId.BARRIER_MET,), funds_out=two), s.sign())
        assert lines(*signed)[("CONDITIONAL", "")] == "-400.00"
        assert lines(*signed)[("GRANTS_PAYABLE", "")] == "-600.00"

    def test_one_that_ends_before_leaves_nothing(self) -> None:
        story = s.active((ConditionId.BARRIER_MET,), funds_out=funds_out(barrier=BARRIER))
        assert lines(*after(story, s.terminate())) == {("CONDITIONAL", ""): "1000.00", ("MEMORANDA", ""): "-1000.00"}


class TestGift:
    def test_one_that_is_agreed_is_receivable_and_then_money(self) -> None:
        agreed = s.in_agreement(**gift(restricted_to="Libraries"))
        promised = after(agreed, s.sign(account=None))
        assert lines(*promised) == {
            ("PLEDGES_RECEIVABLE", OF_GIFT): "5000.00", ("GIFTS_RESTRICTED", OF_GIFT): "-5000.00",
        }  # fmt: skip
        came = after(agreed.given(s.sign(account=None)), s.receipt("2000.00"))
        assert lines(*came) == {("BANK", OF_GIFT): "2000.00", ("PLEDGES_RECEIVABLE", OF_GIFT): "-2000.00"}

    def test_what_is_not_received_at_the_end_is_promised_no_more(self) -> None:
        agreed = s.active(**gift()).given(s.receipt("2000.00"))
        entries = after(agreed, s.terminate())
        assert lines(*entries) == {("GIFTS_UNRESTRICTED", ""): "3000.00", ("PLEDGES_RECEIVABLE", ""): "-3000.00"}

    def test_on_a_cash_basis_it_is_income_once_it_came_in(self) -> None:
        agreed = s.in_agreement(**gift())
        entries = after(agreed, s.sign(account=None), s.receipt("5000.00"), basis=BookBasis.CASH)
        assert lines(*entries) == {("BANK", ""): "5000.00", ("GIFTS_UNRESTRICTED", ""): "-5000.00"}

    def test_what_goes_back_to_its_donor_leaves_the_bank(self) -> None:
        came = s.active(**gift()).given(s.receipt("5000.00"))
        back = after(came, s.refund("1200.00", direction=RefundDirection.TO_DONOR))
        assert lines(*back) == {("GIFTS_RETURNED", ""): "1200.00", ("BANK", ""): "-1200.00"}
        undone = after(came, s.refund("1200.00", direction=RefundDirection.TO_DONOR), s.withdraw_refund())
        assert lines(*undone) == {}

    def test_what_is_spent_of_a_restricted_gift_is_released(self) -> None:
        story = s.active(funds_out=funds_out(funds=[{"fund": "FD-P-2026-0007"}]))
        ledger = Ledger()
        ledger.partnership(REFERENCE, story.history)
        share = FundShare(fund="FD-P-2026-0007", amount=Decimal("1000.00"))
        entries = ledger.partnership(REFERENCE, (e.FundsAllotted(at=NOON, shares=(share,)),))
        assert lines(*entries)[("RELEASED_FROM", "FD-P-2026-0007")] == "1000.00"
        assert lines(*entries)[("RELEASED_TO", "FD-P-2026-0007")] == "-1000.00"


class TestFunds:
    def test_what_a_fund_brings_in_is_net_assets_and_what_it_sends_is_in_both(self) -> None:
        ledger = Ledger()
        ledger.take("fund/FD-2026-A", opened(), *changed(f.OpeningBalance(amount=Decimal("900.00"))))
        assert lines(*ledger.entries) == {
            ("BROUGHT_IN", "FD-2026-A"): "900.00", ("NET_ASSETS", "FD-2026-A"): "-900.00",
            ("FUND_GRANTED", "FD-2026-A"): "900.00", ("FUND_AVAILABLE", "FD-2026-A"): "-900.00",
        }  # fmt: skip
        ledger.take("fund/FD-2026-B", opened())
        asked, confirmed = changed(f.Transfer(to="FD-2026-B", amount=Decimal("250.00")))
        signed = ledger.take("fund/FD-2026-A", asked, confirmed)
        assert signed == [], "half of it is nothing"
        change_id = confirmed.signature.statement.command_id
        arrived = f.MoneyMovedIn(at=NOON, from_fund="FD-2026-A", amount=Decimal("250.00"), change_id=change_id)
        moved = ledger.take("fund/FD-2026-B", arrived)
        assert ledger.take("fund/FD-2026-B", arrived) == [], "it counts once"
        assert lines(*moved)[("FUND_TRANSFERS", "FD-2026-A")] == "250.00"
        assert lines(*moved)[("FUND_TRANSFERS", "FD-2026-B")] == "-250.00"
        assert lines(*moved)[("FUND_GRANTED", "FD-2026-B")] == "250.00"

    def test_a_second_signature_of_the_same_person_moves_nothing(self) -> None:
        asked, confirmed = changed(f.OpeningBalance(amount=Decimal("900.00")))
        same = confirmed.model_copy(update={"actor": asked.actor})
        assert Ledger().take("fund/FD-2026-A", opened(), asked, same) == []


class TestDifference:
    """A booking that two people said counts, though it cost more than was instructed."""

    @staticmethod
    def resolved(booked: dict[str, str]) -> Lines:
        ledger, story = Ledger(), s.active().given(s.release(), s.hand_over(), s.contradict(name="EX-9"))
        ledger.partnership(REFERENCE, story.history)
        before = len(ledger.entries)
        act = of_counter(
            ExceptionResolved, "femi.ade", booked=booked, resolution=Resolution.BOOKED_WITH_DIFFERENCE, note="As booked"
        )
        ledger.take(f"exception/{number('EX-9')}", act)
        counts = s.answer(BankStatus.SETTLED)
        event = e.ContradictionResolved(
            at=NOON, exception_id=number("EX-9"), resolution=Resolution.BOOKED_WITH_DIFFERENCE, answer=counts
        )
        ledger.partnership(REFERENCE, (event,))
        return lines(*ledger.entries[before:])

    def test_more_in_the_same_currency_is_a_charge(self) -> None:
        assert self.resolved({"amount": "1012.50", "currency": "USD"}) == {
            ("IN_TRANSIT", ""): "1000.00", ("BANK", ""): "-1012.50", ("BANK_CHARGES", ""): "12.50",
        }  # fmt: skip

    def test_another_currency_goes_through_the_clearing(self) -> None:
        ledger = self.resolved({"amount": "930.00", "currency": "EUR"})
        assert ledger[("IN_TRANSIT", "")] == "1000.00"
        assert ledger[("BANK", "")] == "-930.00", "the account in which it was booked"


def _added(first: Lines, second: Lines) -> Lines:
    def plus(sums: dict[tuple[str, str], Decimal], more: Lines) -> dict[tuple[str, str], Decimal]:
        return {key: sums.get(key, Decimal(0)) + Decimal(more.get(key, "0")) for key in {**sums, **more}}

    sums = reduce(plus, (first, second), dict[tuple[str, str], Decimal]())
    return {key: f"{value:.2f}" for key, value in sums.items() if value}


def test_every_account_of_a_life_is_in_the_chart() -> None:
    entries = after(s.in_approval(), s.approve("ana.silva"), s.approve("femi.ade"), s.sign(), *settled())
    assert standing(entries, Account.GRANTS_EXPENSE) == Decimal("1000.00")
    assert standing(entries, Account.BANK) == Decimal("-1000.00")
