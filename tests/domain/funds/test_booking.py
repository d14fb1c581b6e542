"""A partnership's claim on its funds follows from its state: reserved, committed, spent, freed (R15, R39)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import reduce
from typing import Any

import pytest

from domain.errors import FundsShort
from domain.funds import events as f
from domain.funds.booking import FundBooking, Turn, adopt, book, follow, parts_told
from domain.funds.claims import claims_of, funds_of, lapses_at
from domain.funds.faults import door_fault, payment_fault, proposal_fault
from domain.funds.fund import Claim, Fund, evolve, fold
from domain.grants import FundPart, FundShare
from domain.partnership import commands as c
from domain.partnership import events as e
from domain.partnership.evolution import evolve as evolve_partnership
from domain.partnership.people.taking_part import Part
from domain.partnership.stages import Stage
from domain.partnership.state import Partnership
from domain.payment.bank_answers import BankStatus, Resolution
from domain.payment.tranche.status import TrancheOutcome
from domain.proposal import Direction, FundsOut
from tests.builders import NOON, funds_in, funds_out, moment, proposal
from tests.domain.funds.test_fund import (
    changed,
    freed,
    opened,
    received,
    reserved,
    reversed_,
    with_money,
)
from tests.domain.funds.turns import turn
from tests.domain.partnership import specification as s
from tests.domain.partnership.specification import REFERENCE, Story

A, B, C = "FD-2026-A", "FD-2026-B", "FD-2026-C"
OWN, OTHER = f"FD-{REFERENCE}", "P-2026-0043"
LATER = NOON + timedelta(hours=1)
LAPSE = moment("2026-12-31")
"""From 2 November, 20 business days until the agreement is due and 20 more for a director."""


def of(*named: Any, amounts: tuple[str, ...] = ("1000.00",), **more: Any) -> dict[str, Any]:
    """Money out that funds pay."""
    parts = [one if isinstance(one, dict) else {"fund": one} for one in named]
    return {"funds_out": funds_out(*amounts, funds=parts, final_report=False, **more)}


def funds(**amounts: str) -> dict[str, Fund]:
    """Unrestricted funds with what they hold, by their last letter."""
    return {f"FD-2026-{name}": with_money(amount, fund_id=f"FD-2026-{name}") for name, amount in amounts.items()}


def books_nothing(booking: FundBooking) -> bool:
    return booking.allotted is None and not booking.movements


def booked(known: Mapping[str, Fund], booking: FundBooking) -> dict[str, Fund]:
    """The funds after what was booked in them."""
    after = {one: reduce(evolve, events, known[one]) for one, events in booking.movements.items()}
    assert booking.after == after, "it says what the funds are after it"
    return {**known, **after}


def allotted(story: Story, booking: FundBooking) -> Story:
    """The partnership after what was booked in it."""
    told = () if booking.allotted is None else (booking.allotted,)
    return story._replace(partnership=reduce(evolve_partnership, told, story.partnership))


def kept(
    story: Story, known: Mapping[str, Fund], at: datetime = NOON, *, asked: bool = True
) -> tuple[Story, dict[str, Fund]]:
    """A partnership and its funds after a decision of a person."""
    booking = book(turn(story.partnership, at), known, on_request=asked)
    after = allotted(story, booking)
    assert books_nothing(book(turn(after.partnership, at), booked(known, booking), on_request=asked)), (
        "it was booked, and once more"
    )
    return after, booked(known, booking)


def followed(story: Story, known: Mapping[str, Fund], at: datetime = NOON) -> dict[str, Fund]:
    """The funds after what the bank said, or after a hold."""
    return booked(known, follow(turn(story.partnership, at), known))


def refused(story: Story, known: Mapping[str, Fund], at: datetime = NOON) -> str:
    """The refusal of a person's decision."""
    with pytest.raises(FundsShort) as refusal:
        book(turn(story.partnership, at), known, on_request=True)
    return str(refusal.value)


def claim(known: Mapping[str, Fund], fund: str = A, whose: str = REFERENCE) -> Claim:
    return known[fund].claim(whose)


def levels(known: Mapping[str, Fund], fund: str = A) -> tuple[Decimal, Decimal, Decimal]:
    """Reserved, committed and spent."""
    has = claim(known, fund)
    return (has.reserved, has.committed, has.spent)


def shares(story: Story) -> dict[str, Decimal]:
    return {one.fund: one.amount for one in story.partnership.shares}


def in_agreement(*named: Any, known: Mapping[str, Fund], **more: Any) -> tuple[Story, dict[str, Fund]]:
    return kept(s.in_agreement(**of(*named, **more)), known)


def active(*named: Any, known: Mapping[str, Fund], **more: Any) -> tuple[Story, dict[str, Fund]]:
    story, held = in_agreement(*named, known=known, **more)
    return kept(s.agreed(story), held)


def settled(story: Story, known: Mapping[str, Fund], tranche: int = 1) -> tuple[Story, dict[str, Fund]]:
    """A tranche is released, and the bank books it."""
    story, held = kept(story.given(s.release(tranche)), known)
    story = story.given(*s.came_to(TrancheOutcome.SETTLED, tranche))
    return story, followed(story, held)


# The life of a grant


def test_before_the_last_approval_nothing_is_kept() -> None:
    story = s.in_approval(**of(A)).given(s.approve("femi.ade"))
    assert books_nothing(book(turn(story.partnership, NOON), funds(A="1000.00"), on_request=True))


def test_the_completing_approval_decides_the_parts_and_reserves_them_until_the_partnership_lapses() -> None:
    story = s.in_agreement(**of(A))
    booking = book(turn(story.partnership, LATER), funds(A="1000.00"), on_request=True)
    assert booking.allotted == e.FundsAllotted(at=LATER, shares=(FundShare(fund=A, amount=Decimal(1000)),))
    assert booking.movements == {
        A: (f.FundsReserved(at=LATER, partnership=REFERENCE, amount=Decimal(1000), until=LAPSE),)
    }
    assert lapses_at(story.partnership) == LAPSE


def test_a_grant_that_no_fund_pays_books_nothing_and_is_never_refused_for_it() -> None:
    story = s.paid()
    assert funds_of(story.partnership) == ()
    assert books_nothing(book(turn(story.partnership, NOON), {}, on_request=True))
    assert payment_fault(story.partnership, {}, Decimal(1000), NOON) is None


def test_where_every_grant_names_its_funds_one_that_no_fund_pays_is_not_paid() -> None:
    fault = payment_fault(s.paid().partnership, {}, Decimal(1000), NOON, asks_funds=True)
    assert str(fault).startswith(f"{REFERENCE} names no fund, and every grant must: amend it")
    assert (
        payment_fault(
            s.given(s.propose(funds_out=None, funds_in=funds_in())).partnership,
            {},
            Decimal(1000),
            NOON,
            asks_funds=True,
        )
        is None
    )


def test_the_agreement_commits_what_was_reserved_and_a_settlement_spends_it() -> None:
    story, known = in_agreement(A, known=funds(A="2000.00"), amounts=("1000.00", "500.00"))
    assert levels(known) == (1500, 0, 0)
    story, known = kept(s.agreed(story), known)
    assert (levels(known), claim(known).until) == ((0, 1500, 0), None)
    story, known = settled(story, known)
    assert levels(known) == (0, 500, 1000)
    assert levels(settled(story, known, 2)[1]) == (0, 0, 1500)


def test_what_comes_back_from_the_bank_is_committed_as_before() -> None:
    story, known = settled(*active(A, known=funds(A="1000.00"), amounts=("600.00", "400.00")))
    story = story.given(s.ended(TrancheOutcome.RETURNED))
    assert levels(followed(story, known)) == (0, 1000, 0)


@pytest.mark.parametrize("outcome", [TrancheOutcome.REJECTED, TrancheOutcome.CANCELLED, TrancheOutcome.WITHHELD])
def test_a_payment_that_was_not_made_leaves_its_money_committed(outcome: TrancheOutcome) -> None:
    story, known = active(A, known=funds(A="1000.00"))
    story = story.given(s.release(), *s.came_to(outcome))
    assert levels(followed(story, known)) == (0, 1000, 0)


def test_a_refund_is_available_again_once_two_people_signed_it() -> None:
    story, known = settled(*active(A, known=funds(A="1000.00")))
    story, known = kept(story.given(s.refund("300.00")), known)
    assert levels(known) == (0, 0, 1000)
    story, known = kept(story.given(s.confirm_refund()), known)
    assert (levels(known), known[A].available(NOON)) == ((0, 0, 700), 300)


@pytest.mark.parametrize(
    ("ends", "stage"), [(s.withdraw(), Stage.WITHDRAWN), (s.decline(), Stage.DECLINED)], ids=["withdrawn", "declined"]
)
def test_what_ends_before_the_agreement_frees_all_of_it(ends: Any, stage: Stage) -> None:
    story, known = in_agreement(A, known=funds(A="1000.00"))
    story = story.when(ends)
    if story.refusal is not None:  # a decline comes before the quorum is complete
        story = Story(_ended(story.partnership, stage))
    _, known = kept(story, known)
    assert (claim(known), known[A].available(NOON)) == (Claim(), 1000)


def _ended(partnership: Partnership, stage: Stage) -> Partnership:
    return partnership.model_copy(update={"stage": stage})


def test_a_termination_frees_what_was_not_paid() -> None:
    story, known = settled(*active(A, known=funds(A="1500.00"), amounts=("1000.00", "300.00", "200.00")))
    _, known = kept(story.given(s.terminate()), known)
    assert (levels(known), known[A].available(NOON)) == ((0, 0, 1000), 500)


def test_of_what_has_ended_only_what_is_on_its_way_stays_committed() -> None:
    """The rules end nothing while a payment is on its way. A state of before might."""
    story, known = active(A, known=funds(A="1500.00"), amounts=("1000.00", "500.00"))
    flying = story.given(s.release(1)).partnership
    story = Story(flying.model_copy(update={"stage": Stage.TERMINATED}))
    assert levels(followed(story, known)) == (0, 1000, 0)


def test_a_closed_partnership_keeps_nothing_that_it_did_not_spend() -> None:
    story, known = settled(*active(A, known=funds(A="1200.00")))
    assert story.partnership.stage is Stage.CLOSED
    assert (levels(known), known[A].available(NOON)) == ((0, 0, 1000), 200)


def test_money_that_comes_back_after_the_end_is_free() -> None:
    story, known = settled(*active(A, known=funds(A="1000.00"), amounts=("600.00", "400.00")))
    story, known = kept(story.given(s.terminate()), known)
    story = story.given(s.ended(TrancheOutcome.RETURNED))
    assert claim(followed(story, known)) == Claim()


def test_approvals_that_fall_free_what_they_reserved_and_once_renewed_it_is_reserved_anew() -> None:
    story, known = in_agreement(A, known=funds(A="1000.00"))
    fallen = story.given(s.fall("ana.silva", Part.APPROVED))
    fallen, known = kept(fallen, known, asked=False)
    assert levels(known) == (0, 0, 0)
    _, known = kept(s.approved(fallen), known)
    assert levels(known) == (1000, 0, 0)


# Amendments


def test_an_amendment_within_the_tolerance_takes_more_and_one_downward_gives_back() -> None:
    story, known = active(A, known=funds(A="1100.00"))
    story, known = kept(story.given(s.amend(**of(A, amounts=("1090.00",)))), known)
    assert (levels(known), shares(story)) == ((0, 1090, 0), {A: 1090})
    story, known = kept(story.given(s.amend(**of(A, amounts=("700.00",)))), known)
    assert (levels(known), shares(story)) == ((0, 700, 0), {A: 700})


def test_an_amendment_that_the_fund_cannot_bear_is_refused_with_the_figures() -> None:
    story, known = active(A, known=funds(A="1050.00"))
    told = refused(story.given(s.amend(**of(A, amounts=("1090.00",)))), known)
    assert told.startswith(f"1,090.00 are to be kept for {REFERENCE}, and {A} has 1,050.00 USD left: amend the sum")


def test_beyond_the_tolerance_the_agreed_sum_stays_committed_until_the_rest_is_approved() -> None:
    story, known = active(A, known=funds(A="3000.00"))
    story, known = kept(story.given(s.amend(**of(A, amounts=("2000.00",)))), known)
    assert (story.partnership.is_approved, levels(known)) == (False, (0, 1000, 0))
    story, known = kept(s.approved(story), known)
    assert (levels(known), shares(story)) == ((0, 2000, 0), {A: 2000})


def test_a_reservation_is_raised_and_lowered_before_the_agreement_too() -> None:
    story, known = in_agreement(A, known=funds(A="1500.00"))
    story, known = kept(story.given(s.amend(**of(A, amounts=("1090.00",)))), known)
    assert (levels(known), claim(known).until) == ((1090, 0, 0), lapses_at(story.partnership))
    _, known = kept(story.given(s.amend(**of(A, amounts=("800.00",)))), known)
    assert levels(known) == (800, 0, 0)


def test_what_a_fund_paid_stays_its_own_where_another_fund_is_to_pay_the_rest() -> None:
    story, known = settled(*active(A, known=funds(A="1500.00", B="1500.00"), amounts=("400.00", "600.00")))
    story = story.given(s.amend(**of(B, amounts=("400.00", "600.00"))))
    story, known = kept(s.again(story), known)
    assert (shares(story), levels(known, A), levels(known, B)) == ({A: 400, B: 600}, (0, 0, 400), (0, 600, 0))


def test_a_reservation_is_freed_where_another_fund_is_to_pay() -> None:
    story, known = in_agreement(A, known=funds(A="1000.00", B="1000.00"))
    story = story.given(s.amend(**of(B)))
    assert A in funds_of(story.partnership)
    story, known = kept(story, known)
    assert (claim(known, A), claim(known, B)) == (Claim(), Claim())
    _, known = kept(s.again(story), known)
    assert (levels(known, A), levels(known, B)) == ((0, 0, 0), (1000, 0, 0))


def test_a_reservation_is_freed_where_the_leg_that_it_was_for_ends_before_the_agreement() -> None:
    content = {**of(A), "funds_in": funds_in("5000.00", into=C)}
    story, known = kept(s.in_agreement(**content), funds(A="1000.00", C="1.00"))
    story = story.given(s.end_leg(Direction.FUNDS_OUT))
    assert A in funds_of(story.partnership)
    assert claim(kept(story, known)[1]) == Claim()


def test_what_was_taken_over_stays_with_its_fund_when_it_is_amended_before_the_agreement() -> None:
    """It names no fund itself: nothing but the part says who pays."""
    story, fund = s.in_agreement(), with_money("1000.00", fund_id=A)
    events, told = adopt(fund, (story.partnership,), NOON, NOON)
    known = {A: reduce(evolve, events, fund)}
    story = story._replace(partnership=evolve_partnership(story.partnership, told[REFERENCE]))
    story = story.given(s.amend(funds_out=funds_out("1000.00", alignment="It carries out the same purposes")))
    assert funds_of(story.partnership) == (A,)
    story, known = kept(story, known)
    assert claim(known) == Claim()
    assert levels(kept(s.again(story), known)[1]) == (1000, 0, 0)


# Several funds


def test_funds_pay_in_the_parts_that_are_proposed() -> None:
    parts = ({"fund": A, "amount": "300.00"}, {"fund": B, "amount": "700.00"})
    story, known = in_agreement(*parts, known=funds(A="5000.00", B="700.00"))
    assert (shares(story), levels(known, A), levels(known, B)) == ({A: 300, B: 700}, (300, 0, 0), (700, 0, 0))


def test_a_part_that_its_fund_does_not_have_is_refused_whatever_the_other_has() -> None:
    parts = ({"fund": A, "amount": "300.00"}, {"fund": B, "amount": "700.00"})
    told = refused(s.in_agreement(**of(*parts)), funds(A="5000.00", B="699.99"))
    assert told.startswith(f"700.00 are to be kept for {REFERENCE}, and {B} has 699.99 USD left")


def test_funds_pay_in_their_order_each_as_far_as_it_reaches_and_an_unused_one_has_no_part() -> None:
    story, known = in_agreement(A, B, C, known=funds(A="300.00", B="5000.00", C="5000.00"))
    assert shares(story) == {A: 300, B: 700}
    story, known = kept(s.agreed(story), known)
    assert [levels(known, one) for one in (A, B, C)] == [(0, 300, 0), (0, 700, 0), (0, 0, 0)]
    _, known = settled(story, known)
    assert [levels(known, one) for one in (A, B, C)] == [(0, 0, 300), (0, 0, 700), (0, 0, 0)]


def test_payments_are_spent_of_the_first_fund_first_and_what_comes_back_returns_to_the_last() -> None:
    story, known = active(A, B, known=funds(A="300.00", B="5000.00"), amounts=("500.00", "500.00"))
    story, known = settled(story, known)
    assert [levels(known, one) for one in (A, B)] == [(0, 0, 300), (0, 500, 200)]
    story, known = settled(story, known, 2)
    _, known = kept(story.given(s.refund("800.00"), s.confirm_refund()), known)
    assert [levels(known, one) for one in (A, B)] == [(0, 0, 200), (0, 0, 0)]


def test_funds_that_have_too_little_together_are_all_named_with_what_they_have() -> None:
    told = refused(s.in_agreement(**of(A, B)), funds(A="300.00", B="699.99"))
    assert told == (
        f"1,000.00 are to be kept for {REFERENCE}, and {A} has 300.00 USD left and {B} has 699.99 USD left: amend the "
        "sum or the funds, or let two people move money in: `accord funds transfer`, `accord funds budget`"
    )


def test_parts_stay_as_they_were_decided_while_neither_sum_nor_funds_change() -> None:
    story, known = in_agreement(A, B, known=funds(A="300.00", B="5000.00"))
    richer = {**known, A: reduce(evolve, (received("9000.00"),), known[A])}
    assert shares(kept(s.agreed(story), richer)[0]) == {A: 300, B: 700}


def test_a_changed_sum_is_parted_anew_by_what_each_fund_has_now() -> None:
    story, known = active(A, B, known=funds(A="300.00", B="5000.00"))
    richer = {**known, A: reduce(evolve, (received("200.00"),), known[A])}
    story, known = kept(story.given(s.amend(**of(A, B, amounts=("1090.00",)))), richer)
    assert (shares(story), levels(known, A), levels(known, B)) == ({A: 500, B: 590}, (0, 500, 0), (0, 590, 0))


GIVEN_BACK = s.report(figures=s.accounted("0", returned="1000.00"))


@pytest.mark.parametrize("more", [GIVEN_BACK, s.hold()], ids=["a report", "a hold"])
def test_what_asks_for_no_money_is_not_refused_for_want_of_money_that_came_back(more: c.AnyCommand) -> None:
    """All of it was paid and paid back, so nothing is kept. Others may have the money by now."""
    content = of(A, B)
    content["funds_out"]["final_report"] = True
    story, known = kept(s.in_agreement(**content), funds(A="300.00", B="700.00"))
    story, known = settled(*kept(s.agreed(story), known))
    story, known = kept(story.given(s.refund("1000.00"), s.confirm_refund()), known)
    taken = {one: evolve(fund, reserved(str(fund.available(NOON)), OTHER)) for one, fund in known.items()}
    story = story.given(more)
    assert not book(turn(story.partnership, NOON), taken, on_request=True).movements


def test_a_leg_that_ended_alone_asks_its_funds_for_nothing_any_more() -> None:
    content = {**of(A, B), "funds_in": funds_in("5000.00", into=C)}
    story, known = kept(s.in_agreement(**content), funds(A="300.00", B="700.00", C="1.00"))
    story, known = kept(s.agreed(story), known)
    story, known = kept(story.given(s.end_leg(Direction.FUNDS_OUT)), known)
    assert [claim(known, one) for one in (A, B)] == [Claim(), Claim()]
    taken = {one: evolve(fund, reserved(str(fund.available(NOON)), OTHER)) for one, fund in known.items()}
    assert not book(turn(story.given(s.hold()).partnership, NOON), taken, on_request=True).movements


# Holds and lapses


def test_a_hold_suspends_the_limit_and_its_end_brings_it_back() -> None:
    story, known = in_agreement(A, known=funds(A="1000.00"))
    story, known = kept(story.given(s.hold()), known)
    assert (levels(known), claim(known).until) == ((1000, 0, 0), None)
    story, known = kept(story.given(s.lift()), known)
    assert claim(known).until == lapses_at(story.partnership) is not None


def test_a_hold_by_a_rule_suspends_the_limit_of_what_has_not_lapsed() -> None:
    story, known = in_agreement(A, known=funds(A="1000.00"))
    held = followed(story.given(s.hold()), known)
    assert claim(held).until is None
    assert claim(followed(story.given(s.hold()), known, LAPSE)).until is None, "nobody else has taken it"


def test_a_hold_by_a_rule_brings_back_nothing_that_lapsed_and_that_another_has_by_now() -> None:
    story, known = in_agreement(A, known=funds(A="1000.00"))
    known = {A: evolve(known[A], reserved("1000.00", OTHER))}
    held = followed(story.given(s.hold()), known, LAPSE)
    assert (claim(held).at(LAPSE), held[A].available(LAPSE)) == (Claim(), 0)


def test_nobody_is_kept_from_placing_a_hold_because_the_reservation_lapsed_and_another_has_the_money() -> None:
    story, known = in_agreement(A, known=funds(A="1000.00"))
    known = {A: evolve(known[A], reserved("1000.00", OTHER))}
    held = booked(known, book(turn(story.given(s.hold()).partnership, LAPSE), known, on_request=False))
    assert (claim(held).at(LAPSE), held[A].available(LAPSE)) == (Claim(), 0)


def test_a_reservation_that_lapsed_is_taken_anew_at_the_agreement_if_the_fund_still_has_it() -> None:
    story, known = in_agreement(A, known=funds(A="1000.00"))
    assert known[A].available(LAPSE) == 1000
    _, known = kept(s.agreed(story), known, LAPSE)
    assert (levels(known), known[A].available(LAPSE)) == ((0, 1000, 0), 0)


def test_a_reservation_that_lapsed_is_refused_at_the_agreement_if_another_took_it() -> None:
    story, known = in_agreement(A, known=funds(A="1000.00"))
    known = {A: evolve(known[A], reserved("300.00", OTHER))}
    told = refused(s.agreed(story), known, LAPSE)
    assert told.startswith(f"1,000.00 are to be kept for {REFERENCE}, and {A} has 700.00 USD left: amend")


def test_a_reservation_that_lapsed_with_its_year_is_refused_at_the_agreement() -> None:
    fund = with_money("1000.00", fund_id=A, last_day=date(2026, 12, 30))
    story, known = in_agreement(A, known={A: fund})
    assert refused(s.agreed(story), known, LAPSE) == (
        f"the year of {A} ended on 2026-12-30; name the fund of this year"
    )


def test_what_was_reserved_in_time_is_committed_after_the_year_and_in_a_closed_fund() -> None:
    fund = with_money("1000.00", fund_id=A, last_day=date(2026, 11, 30))
    story, known = in_agreement(A, known={A: fund})
    known = {A: reduce(evolve, changed(f.Closing()), known[A])}
    assert levels(kept(s.agreed(story), known, moment("2026-12-15"))[1]) == (0, 1000, 0)


def test_an_extended_deadline_extends_the_reservation() -> None:
    story, known = in_agreement(A, known=funds(A="1000.00"))
    story, known = kept(s.reminded(story).given(s.after(23, s.extend())), known)
    assert claim(known).until == lapses_at(story.partnership)
    assert claim(known).until > LAPSE


# What the bank says


def test_what_the_bank_paid_is_spent_although_the_fund_is_short_by_now() -> None:
    gift = fold(A, (opened(), received("1000.00")))
    story, known = active(A, known={A: gift})
    known = {A: evolve(known[A], reversed_("900.00"))}
    _, known = settled(story, known)
    assert (levels(known), known[A].balance(NOON).available) == ((0, 0, 1000), -900)


def test_what_the_bank_paid_although_it_was_cancelled_is_spent_and_nothing_more_is_kept_for_it() -> None:
    """A settlement of what the fund keeps no money for: the sum is a fact, and the fund stands below zero."""
    story, known = in_agreement(A, known=funds(A="1000.00"))
    story = s.agreed(story).given(s.release(), *s.came_to(TrancheOutcome.SETTLED))
    known = {A: reduce(evolve, (freed(REFERENCE, reserved="1000.00"), reserved("1000.00", OTHER)), known[A])}
    after = followed(story, known)
    assert (levels(after), after[A].available(NOON)) == ((0, 0, 1000), -1000)


def test_by_itself_nothing_more_is_kept_of_a_fund_than_it_holds_already() -> None:
    story = s.in_agreement(**of(A))
    known = story.partnership.model_copy(update={"shares": (FundShare(fund=A, amount=Decimal(1000)),)})
    assert books_nothing(follow(turn(known, NOON), funds(A="5000.00")))


def test_a_fund_that_is_short_stops_a_person_and_not_what_follows_from_time_or_the_bank() -> None:
    story = s.in_agreement(**of(A))
    assert "has 10.00 USD left" in refused(story, funds(A="10.00"))
    assert books_nothing(book(turn(story.partnership, NOON), funds(A="10.00"), on_request=False))


def test_the_bank_pays_more_than_was_allotted_and_the_last_fund_bears_it() -> None:
    story, _ = settled(*active(A, B, known=funds(A="300.00", B="700.00")))
    less = (FundShare(fund=A, amount=Decimal(300)), FundShare(fund=B, amount=Decimal(600)))
    assert claims_of(story.partnership.model_copy(update={"shares": less})) == {
        A: Claim(spent=Decimal(300)), B: Claim(spent=Decimal(700)),
    }  # fmt: skip


@pytest.mark.parametrize("ends", [TrancheOutcome.SETTLED, TrancheOutcome.REJECTED])
def test_what_is_at_the_bank_stays_kept_where_an_earlier_attempt_is_booked_after_all(ends: TrancheOutcome) -> None:
    story, known = active(A, known=funds(A="1500.00"))
    story = story.given(s.release(), *s.came_to(TrancheOutcome.REJECTED), s.release(), s.hand_over(attempt=2))
    counts = s.resolve(resolution=Resolution.BELONGS_TO, counts=s.answer(BankStatus.SETTLED))
    story = story.given(s.contradict(), counts)
    known = followed(story, known)
    assert (levels(known), known[A].available(NOON)) == ((0, 1000, 1000), -500)
    after = followed(story.given(s.ended(ends, attempt=2)), known)
    assert levels(after) == (0, 0, 2000 if ends is TrancheOutcome.SETTLED else 1000)


# Gifts


def gift(**more: Any) -> dict[str, Any]:
    content = funds_in("5000.00", **{"restricted_to": "Training", **more})
    return {"funds_in": content, "partner": content["donor"]}


def test_a_restricted_gift_opens_its_fund_with_the_agreement_and_what_comes_in_fills_it() -> None:
    story = s.in_agreement(**gift())
    assert books_nothing(book(turn(story.partnership, NOON), {OWN: Fund(OWN)}, on_request=True))
    story, known = kept(s.agreed(story), {OWN: Fund(OWN)})
    assert (known[OWN].kind, known[OWN].gift, known[OWN].granted) == (f.FundKind.RESTRICTED, REFERENCE, 0)
    known = followed(story.given(s.receipt("2000.00")), known)
    assert known[OWN].gifts == {REFERENCE: 2000}
    known = followed(story.given(s.receipt("2000.00"), s.receipt("3000.00")), known)
    assert known[OWN].gifts == {REFERENCE: 5000}


def test_a_gift_without_a_restriction_fills_the_fund_that_it_names_and_opens_none() -> None:
    story, known = kept(s.agreed(s.in_agreement(**gift(restricted_to=None, into=A))), funds(A="100.00"))
    known = followed(story.given(s.receipt("5000.00")), known)
    assert (known[A].granted, known[A].gifts) == (5100, {REFERENCE: 5000})


def test_what_is_paid_back_to_the_donor_is_taken_out_of_the_fund() -> None:
    story, known = kept(s.agreed(s.in_agreement(**gift())), {OWN: Fund(OWN)})
    story = story.given(s.receipt("5000.00"))
    known = followed(story, known)
    back = s.refund("1500.00", direction="TO_DONOR")
    _, known = kept(story.given(back, s.confirm_refund()), known)
    assert known[OWN].granted == 3500


def test_a_gift_goes_to_another_fund_only_as_far_as_nothing_was_paid_or_promised_of_it() -> None:
    story, known = kept(s.agreed(s.in_agreement(**gift(restricted_to=None, into=A))), funds(A="100.00", B="100.00"))
    before = story.given(s.receipt("4000.00"))
    known = followed(before, known)
    after = before.given(s.amend(**gift(restricted_to=None, into=B)))
    moves = Turn(before.partnership, after.partnership, NOON, NOON)
    assert book(moves, known, on_request=True).after[B].granted == 4100
    promised = {**known, A: evolve(known[A], reserved("100.01", OTHER))}
    with pytest.raises(FundsShort, match=r"FD-2026-A paid or keeps of this gift 0\.01 USD more"):
        book(moves, promised, on_request=True)


def test_a_gift_in_kind_has_no_fund() -> None:
    story = s.in_agreement(**gift(in_kind={"what": "Forty computers", "method": "The maker's price list"}))
    assert funds_of(story.partnership) == ()


# Partnerships of before


def test_a_fund_takes_over_what_is_left_of_partnerships_that_were_approved_before_it() -> None:
    paid = s.active(funds_out=funds_out("600.00", "400.00")).given(s.release(), *s.came_to(TrancheOutcome.SETTLED))
    approved = _named(s.in_agreement(), OTHER)
    events, told = adopt(with_money("5000.00", fund_id=A), (paid.partnership, approved), NOON, NOON)
    fund = reduce(evolve, events, with_money("5000.00", fund_id=A))
    assert fund.claim(REFERENCE) == Claim(committed=Decimal(400), spent=Decimal(600))
    assert fund.claim(OTHER) == Claim(reserved=Decimal(1000), until=LAPSE)
    assert {one: event.shares for one, event in told.items()} == {
        REFERENCE: (FundShare(fund=A, amount=Decimal(1000)),), OTHER: (FundShare(fund=A, amount=Decimal(1000)),),
    }  # fmt: skip


def _named(story: Story, reference: str) -> Partnership:
    return story.partnership.model_copy(update={"partnership_id": reference})


def test_what_was_taken_over_goes_on_as_if_its_fund_had_been_named() -> None:
    story, fund = s.active(), with_money("1050.00", fund_id=A)
    events, told = adopt(fund, (story.partnership,), NOON, NOON)
    known = {A: reduce(evolve, events, fund)}
    story = story._replace(partnership=evolve_partnership(story.partnership, told[REFERENCE]))
    assert funds_of(story.partnership) == (A,)
    assert books_nothing(book(turn(story.partnership, NOON), known, on_request=True))
    assert payment_fault(story.partnership, known, Decimal(1000), NOON) is None
    assert "has 1,050.00 USD left" in refused(story.given(s.amend(funds_out=funds_out("1090.00"))), known)
    assert levels(settled(story, known)[1]) == (0, 0, 1000)


# What a payment asks of the funds


def test_a_payment_of_committed_money_that_the_fund_has_is_covered() -> None:
    story, known = active(A, known=funds(A="1000.00"))
    assert payment_fault(story.partnership, known, Decimal(1000), NOON) is None


def test_a_payment_is_refused_where_the_fund_that_is_named_keeps_nothing() -> None:
    story = s.active(**of(A))
    assert str(payment_fault(story.partnership, funds(A="1000.00"), Decimal(1000), NOON)) == (
        f"{A} keeps nothing for {REFERENCE}; see `accord funds adopt {A}`"
    )


def test_a_payment_is_refused_where_a_gift_was_taken_back_and_it_says_what_is_lacking() -> None:
    story, known = active(A, known={A: fold(A, (opened(), received("1200.00")))})
    enough, short = ({A: evolve(known[A], reversed_(taken))} for taken in ("200.00", "350.25"))
    assert payment_fault(story.partnership, enough, Decimal(1000), NOON) is None
    assert str(payment_fault(story.partnership, short, Decimal(1000), NOON)) == (
        f"{A} covers 849.75 of the 1,000 that would be paid of it, and lacks 150.25 of what it keeps"
    )


def test_what_is_still_covered_of_several_payments_may_be_paid() -> None:
    story, known = active(A, known={A: fold(A, (opened(), received("1500.00")))}, amounts=("1000.00", "500.00"))
    known = {A: evolve(known[A], reversed_("500.00"))}
    assert payment_fault(story.partnership, known, Decimal(1000), NOON) is None
    assert "lacks 500.00" in str(payment_fault(story.partnership, known, Decimal(1001), NOON))


def test_what_is_on_its_way_is_covered_first_and_a_second_payment_needs_money_of_its_own() -> None:
    story, known = active(A, known={A: fold(A, (opened(), received("1500.00")))}, amounts=("1000.00", "500.00"))
    story, known = kept(story.given(s.release(1)), known)
    assert payment_fault(story.partnership, known, Decimal(500), NOON) is None
    short = {A: evolve(known[A], reversed_("500.00"))}
    assert str(payment_fault(story.partnership, short, Decimal(500), NOON)) == (
        f"{A} covers 1,000.00 of the 1,500.00 that would be paid of it, and lacks 500.00 of what it keeps"
    )
    assert payment_fault(story.partnership, short, Decimal(0), NOON) is None


def test_a_payment_of_what_is_merely_reserved_is_refused_and_says_what_is_kept() -> None:
    story, known = in_agreement(A, known=funds(A="1000.00"))
    assert str(payment_fault(story.partnership, known, Decimal(1000), NOON)) == (
        f"{A} covers 0 of the 1,000 that would be paid of it"
    )


def test_the_older_partnership_is_paid_and_the_newer_one_waits_for_money() -> None:
    older, known = active(A, known={A: fold(A, (opened(), received("2000.00")))})
    newer, known = kept(Story(_named(s.in_agreement(**of(A)), OTHER)), known)
    newer, known = kept(newer.given(s.sign()), known)
    short = {A: evolve(known[A], reversed_("400.00"))}
    assert payment_fault(older.partnership, short, Decimal(1000), NOON) is None
    assert "lacks 400.00" in str(payment_fault(newer.partnership, short, Decimal(1000), NOON))


# Refusals at the door


def leg(**more: Any) -> FundsOut:
    return FundsOut.model_validate(funds_out("1000.00", **more))


@pytest.mark.parametrize(
    ("fund", "out", "told"),
    [
        (Fund(A), {}, f"there is no fund {A}; `accord funds list` shows them, `accord funds open` opens one"),
        (with_money("1", *changed(f.Closing()), fund_id=A), {}, f"{A} is closed; name another fund"),
        (
            with_money("1", fund_id=A, funder="TRUST"), {},
            f"{A} is money of TRUST, and ISOC would pay of it; name a fund of ISOC",
        ),
        (
            with_money("1", fund_id=A, currency="EUR"), {},
            f"{A} is in EUR, and the tranches are in USD; name a fund in USD",
        ),
        (
            with_money("1", fund_id=A, first_day=date(2025, 1, 1), last_day=date(2026, 11, 1)), {},
            f"the year of {A} ended on 2026-11-01; name the fund of this year",
        ),
        (
            with_money("1", fund_id=A, first_day=date(2026, 11, 3)), {},
            f"the year of {A} begins on 2026-11-03; name the fund of this year",
        ),
        (
            fold(A, (opened(f.FundKind.PROGRAMME),)), {},
            f"{A} is for the programme 'Libraries', and this is for none",
        ),
        (
            fold(A, (opened(f.FundKind.PROGRAMME),)), {"programme": "Schools"},
            f"{A} is for the programme 'Libraries', and this is for Schools",
        ),
        (fold(A, (opened(f.FundKind.PROGRAMME),)), {"programme": "Libraries"}, ""),
        (with_money("1", fund_id=A, first_day=date(2026, 11, 2), last_day=date(2026, 11, 2)), {}, ""),
        (with_money("0.001", fund_id=A), {}, ""),
    ],
    ids=["none", "closed", "funder", "currency", "over", "not begun", "no programme", "other", "own", "day", "poor"],
)  # fmt: skip
def test_a_fund_that_may_not_pay_at_all_says_why_at_the_door_and_at_the_approval(
    fund: Fund, out: dict[str, Any], told: str
) -> None:
    assert str(door_fault(fund, leg(**out), NOON) or "") == told
    story = s.in_agreement(**of(A, **out))
    assert str(proposal_fault(story.partnership, {A: fund}, NOON) or "") == (f"funds_out.funds: {told}" if told else "")
    if told:
        assert refused(story, {A: fund}) == told


def test_too_little_at_the_approval_is_refused_to_the_cent_with_the_figures_and_the_remedy() -> None:
    story = s.in_agreement(**of(A, amounts=("1234567.89",)))
    assert refused(story, funds(A="1234567.88")) == (
        f"1,234,567.89 are to be kept for {REFERENCE}, and {A} has 1,234,567.88 USD left: amend the sum or the funds, "
        "or let two people move money in: `accord funds transfer`, `accord funds budget`"
    )
    assert levels(kept(story, funds(A="1234567.89"))[1]) == (Decimal("1234567.89"), 0, 0)


def test_a_fund_below_zero_has_nothing_left_and_an_overdraft_is_room() -> None:
    below = with_money("100.00", reserved("300.00", OTHER), fund_id=A)
    assert "has 0 USD left" in refused(s.in_agreement(**of(A)), {A: below})
    overdrawn = with_money("100.00", *changed(f.Overdraft(amount=Decimal(900))), fund_id=A)
    _, known = in_agreement(A, known={A: overdrawn})
    assert (levels(known), known[A].balance(NOON).available, known[A].available(NOON)) == ((1000, 0, 0), -900, 0)


@pytest.mark.parametrize(
    ("into", "told"),
    [
        (Fund(A), f"{A} is no open fund; see `accord funds list`"),
        (with_money("1", *changed(f.Closing()), fund_id=A), f"{A} is closed; see `accord funds list`"),
        (
            fold(A, (opened(f.FundKind.PROGRAMME),)),
            f"{A} takes no gifts without a restriction; name an UNRESTRICTED fund",
        ),
        (
            with_money("1", fund_id=A, currency="EUR"),
            f"{A} is EUR of ISOC; name a fund of the gift's funder and currency",
        ),
        (
            with_money("1", fund_id=A, funder="TRUST"),
            f"{A} is USD of TRUST; name a fund of the gift's funder and currency",
        ),
        (with_money("1", fund_id=A), ""),
    ],
    ids=["none", "closed", "programme", "currency", "funder", "fits"],
)
def test_a_fund_that_cannot_take_a_gift_says_why_at_the_door(into: Fund, told: str) -> None:
    known = Partnership(partnership_id=REFERENCE, proposal=proposal(REFERENCE, **gift(restricted_to=None, into=A)))
    assert str(proposal_fault(known, {A: into}, NOON) or "") == (f"funds_in.into: {told}" if told else "")


def test_a_fund_is_named_once_and_parts_add_up() -> None:
    for parts, told in {
        "twice": ([{"fund": A}, {"fund": A}], f"{A} is named twice; give it one part"),
        "mixed": ([{"fund": A, "amount": "1.00"}, {"fund": B}], "give each fund its part, or none of them"),
        "less": ([{"fund": A, "amount": "999.00"}], "the parts are 999.00 together, and the tranches 1,000.00"),
    }.values():
        with pytest.raises(ValueError, match=told):
            leg(funds=parts)


def test_funds_and_their_parts_are_told_in_words() -> None:
    assert parts_told((FundPart(fund=A, amount=Decimal("1200.50")), FundPart(fund=B))) == f"{A} 1,200.50, {B}"
