"""What a grantee was paid beyond the plan is owed back, until it is back or two people let it stay."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.directory.tiers import Role
from domain.errors import PaymentRefused
from domain.partnership import commands as c
from domain.partnership.payment.overpaying import overpaid_money
from domain.partnership.standing.overpayment import Overpayment
from domain.partnership.waiting.obligations import obligations
from domain.partnership.waiting.owing import Obligation, ObligationKind
from domain.payment.bank_answers import BankStatus, ExceptionKind, Resolution
from domain.payment.tranche.status import TrancheOutcome
from domain.plans import ReportKind
from tests.builders import NOON, funds_out
from tests.domain.partnership import specification as s

SETTLED, RETURNED, REJECTED = TrancheOutcome.SETTLED, TrancheOutcome.RETURNED, TrancheOutcome.REJECTED


def owed(story: s.Story) -> list[Obligation]:
    return [one for one in obligations(story.partnership) if one.kind is ObligationKind.OVERPAYMENT]


def booked_after_all(attempt: int, amount: str = "1000.00") -> tuple[c.AnyCommand, ...]:
    """Two people say that a booking is of an attempt that had been rejected."""
    said = s.answer(BankStatus.SETTLED, amount, f"of {attempt}", attempt=attempt)
    raised = s.contradict(ExceptionKind.CONTRADICTION, said=said, name=f"late {attempt}")
    return (raised, s.resolve(f"late {attempt}", Resolution.BELONGS_TO, counts=said))


def test_a_rejected_attempt_that_is_booked_after_the_next_was_paid_counts_as_well_and_is_asked_back() -> None:
    story = s.paid_twice()
    [obligation] = owed(story)
    assert (story.partnership.spent, story.partnership.overpaid_open) == (2000, 1000)
    assert (obligation.since, obligation.due) == (NOON.date(), NOON.date() + timedelta(days=30))
    assert obligation.awaiting == (Role.FINANCE_APPROVER, Role.PAYER)
    assert "ask USD 1,000.00 back, paid beyond the plan of tranche 1" in obligation.what


def test_of_a_part_that_was_booked_so_the_part_alone_is_owed() -> None:
    assert str(overpaid_money(s.paid_twice("400.00").partnership)) == "USD 400.00"


def test_of_three_attempts_that_were_all_booked_two_are_owed_and_each_return_lowers_it() -> None:
    tries = (s.release(), *s.came_to(REJECTED), s.release(), *s.came_to(REJECTED, attempt=2), s.release())
    story = s.active().given(*tries, s.hand_over(attempt=3), s.ended(SETTLED, attempt=3), *booked_after_all(1))
    story = story.given(*booked_after_all(2))
    assert story.partnership.overpaid_open == 2000
    once = story.given(s.ended(RETURNED, attempt=1))
    assert (once.partnership.overpaid_open, len(owed(once))) == (1000, 1)
    twice = once.given(s.ended(RETURNED, attempt=2))
    assert (twice.partnership.spent, twice.partnership.overpayment, owed(twice)) == (1000, None, [])


def test_a_refund_counts_once_a_second_person_confirmed_it() -> None:
    story = s.paid_twice().given(s.refund("1000.00"))
    assert len(owed(story)) == 1
    assert owed(story.given(s.confirm_refund())) == []


def test_a_refund_of_before_and_what_reports_owe_are_no_part_of_it() -> None:
    paid = s.active().given(s.release(), *s.came_to(REJECTED), s.release(), s.hand_over(attempt=2))
    before = paid.given(s.ended(SETTLED, attempt=2), s.refund("200.00"), s.confirm_refund())
    story = before.given(*booked_after_all(1))
    assert story.partnership.overpaid_open == 1000


@pytest.mark.parametrize("ends", [(), (s.terminate(),)], ids=["closed", "terminated"])
def test_it_is_owed_after_the_end_as_well(ends: Sequence[c.AnyCommand]) -> None:
    plan = {"funds_out": funds_out(final_report=bool(ends))}
    story = s.paid_twice(**plan).given(*ends)
    assert story.partnership.ended
    [obligation] = owed(story)
    assert obligation.command.startswith("refund")
    waived = story.given(s.waive_recovery(), s.waive_recovery(actor="dora.kim"))
    assert (owed(waived), waived.partnership.spent) == ([], 2000)


def test_two_people_let_the_grantee_keep_what_is_open_and_one_alone_does_not() -> None:
    one = s.paid_twice().given(s.waive_recovery())
    assert "(femi.ade did)" in owed(one)[0].what
    one.when(s.waive_recovery()).refused(PaymentRefused, "waived it already")
    one.when(s.waive_recovery("999.00", "dora.kim")).refused(PaymentRefused, "USD 1,000.00 is paid beyond the plan")
    two = one.given(s.waive_recovery(actor="dora.kim"))
    assert owed(two) == []
    two.when(s.waive_recovery(actor="femi.ade")).refused(PaymentRefused, "is paid beyond the plan and open")


def test_a_word_on_another_sum_than_is_open_now_counts_no_more() -> None:
    part = s.paid_twice().given(s.waive_recovery(), s.refund("400.00"), s.confirm_refund())
    both = part.given(s.waive_recovery("600.00", "dora.kim"))
    assert both.partnership.overpaid_open == 600
    assert both.given(s.waive_recovery("600.00")).partnership.overpaid_open == 0


def test_the_word_of_somebody_with_an_interest_falls() -> None:
    one = s.paid_twice().given(s.waive_recovery(), s.declare("femi.ade"))
    assert one.given(s.waive_recovery(actor="dora.kim")).partnership.overpaid_open == 1000


def test_nothing_is_waived_while_it_is_recalled_or_where_nothing_is_open() -> None:
    s.paid().when(s.waive_recovery()).refused(PaymentRefused, "paid beyond the plan and open")
    recalled = s.paid_twice().given(s.recall(attempt=2))
    assert len(owed(recalled)) == 1
    recalled.when(s.waive_recovery()).refused(PaymentRefused, "tranche 1 is recalled")


def test_a_final_report_accounts_for_both_and_one_refund_meets_both_claims() -> None:
    figures = {"currency": "USD", "spent": "1000.00", "unspent": "1000.00"}
    story = s.paid_twice().given(s.report(kind=ReportKind.FINAL, figures=figures), s.accept())
    assert {ObligationKind.REFUND, ObligationKind.OVERPAYMENT} <= {one.kind for one in obligations(story.partnership)}
    back = story.given(s.refund("1000.00"), s.confirm_refund())
    kinds = {one.kind for one in obligations(back.partnership)}
    assert kinds.isdisjoint({ObligationKind.REFUND, ObligationKind.OVERPAYMENT})


@given(st.lists(st.tuples(st.sampled_from(["ada", "ben", "cyd"]), st.integers(1, 3)), max_size=8))
def test_only_two_different_people_who_say_the_same_sum_end_a_claim(words: list[tuple[str, int]]) -> None:
    overpayment, said = Overpayment(since=NOON.date()), dict[str, int]()
    for person, amount in words:
        before = overpayment.waived_sum
        overpayment = overpayment.waived_by(person, Decimal(amount))
        said[person] = amount
        agreed = [name for name, of in said.items() if of == amount]
        assert overpayment.waived_sum == before + (amount if len(agreed) == 2 else 0)
        said = said if len(agreed) < 2 else {}
