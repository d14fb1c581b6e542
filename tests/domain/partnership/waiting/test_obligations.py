"""A debt has a day, also after the end: reports, judgements, papers, refunds, the report to OFAC (R41)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from domain.errors import PaymentRefused, SeparationOfDuties
from domain.partnership import commands as c
from domain.partnership import events as e
from domain.partnership.people.taking_part import Part
from domain.partnership.report.reports import ReportState
from domain.partnership.stages import Stage
from domain.partnership.waiting.clock import next_deadline
from domain.partnership.waiting.deadlines import Wait
from domain.partnership.waiting.obligations import is_at_rest, obligations
from domain.partnership.waiting.owing import Obligation, ObligationKind
from domain.payment.tranche.status import TrancheOutcome
from domain.plans import ReportKind
from domain.policy.conditions import ConditionId
from domain.policy.findings import Assessment, Finding, Layer, Outcome
from domain.proposal import Direction
from tests.builders import DIGEST, NOON, funds_in, funds_out, number
from tests.domain.partnership.specification import (
    NON_MONETARY,
    Story,
    accept,
    accounted,
    active,
    after,
    amend,
    approve,
    assure,
    assure_all,
    came_to,
    confirm_refund,
    declare,
    decline,
    divert,
    fall,
    given,
    hold,
    in_approval,
    paid,
    propose,
    receipt,
    refund,
    release,
    report,
    satisfy,
    send_back,
    terminate,
    verify,
    withdraw_refund,
)

TODAY = NOON.date()
K = ObligationKind
SETTLED = TrancheOutcome.SETTLED


def day(number_: int) -> date:
    return TODAY + timedelta(days=number_)


def planned(*reports: dict[str, Any], amounts: tuple[str, ...] = ("600.00", "400.00"), **more: Any) -> dict[str, Any]:
    numbered = [{"number": at, "kind": "PROGRESS", **one} for at, one in enumerate(reports, start=1)]
    return {"funds_out": funds_out(*amounts), "reports": numbered, **more}


def owed(story: Story) -> list[tuple[ObligationKind, date]]:
    return [(one.kind, one.due) for one in obligations(story.partnership)]


def only(story: Story) -> Obligation:
    [one] = obligations(story.partnership)
    return one


# Reports of a plan


def test_a_report_with_a_day_is_owed_from_the_agreement_on() -> None:
    assert owed(active(**planned({"due_on": day(60)}))) == [(K.REPORT, day(60))]


def test_a_report_that_follows_a_tranche_is_owed_once_that_has_settled() -> None:
    plan = planned({"days_after": 30, "after_tranche": 1})
    assert owed(active(**plan)) == []
    assert owed(paid(**plan)) == [(K.REPORT, day(30))]


def test_the_final_report_is_owed_once_all_is_paid_and_the_work_is_done() -> None:
    assert owed(paid()) == [(K.REPORT, day(90))]
    assert owed(paid(funds_out=funds_out("600.00", "400.00"))) == []
    assert owed(paid(period={"starts": day(0), "ends": day(365)})) == [(K.REPORT, day(365 + 90))]


def test_a_final_report_that_is_planned_is_owed_once() -> None:
    plan = planned({"kind": "FINAL", "due_on": day(200)}, amounts=("1000.00",))
    assert owed(paid(**plan)) == [(K.REPORT, day(200))]


def test_work_without_money_owes_its_report_too() -> None:
    assert owed(active(**NON_MONETARY)) == [(K.REPORT, day(365 + 90))]


def test_a_report_that_was_received_is_judged_within_thirty_days() -> None:
    plan = planned({"due_on": day(60)})
    story = active(**plan).given(report(kind=ReportKind.PROGRESS, planned=1))
    assert owed(story) == [(K.JUDGEMENT, day(30))]
    assert owed(story.given(accept())) == []
    assert owed(story.given(send_back())) == [(K.REPORT, day(60))]


def test_what_is_unspent_is_owed_back() -> None:
    story = paid().given(report(figures=accounted("900.00", "100.00")), accept())
    assert (only(story).kind, only(story).what) == (K.REFUND, "the grantee pays back USD 100.00, which was not spent")
    assert story.partnership.stage is Stage.ACTIVE
    recorded = story.given(refund("100.00"))
    assert recorded.partnership.stage is Stage.ACTIVE  # one person's word closes nothing
    assert recorded.when(confirm_refund()).then(e.RefundConfirmed, e.PartnershipClosed).stage is Stage.CLOSED


def test_a_refund_that_one_person_mistyped_closes_nothing_and_is_taken_back() -> None:
    story = paid().given(report(figures=accounted("900.00", "100.00")), accept(), refund("1000.00"))
    assert (story.partnership.stage, only(story).kind) == (Stage.ACTIVE, K.CONFIRMATION)
    assert only(story).what.endswith("BANK-R1, by the bank's booking, or take it back")
    taken_back = story.given(withdraw_refund())
    assert (only(taken_back).kind, only(taken_back).what) == (
        K.REFUND, "the grantee pays back USD 100.00, which was not spent",
    )  # fmt: skip
    right = taken_back.given(refund("100.00"))  # the same booking, with the right sum
    assert right.when(confirm_refund()).then(e.RefundConfirmed, e.PartnershipClosed).stage is Stage.CLOSED


def test_nobody_takes_back_what_nobody_recorded_or_what_two_signed() -> None:
    story = paid().given(refund("100.00"))
    story.when(withdraw_refund("BANK-R2")).refused(
        PaymentRefused, "no refund BANK-R2 is on record; waiting is: BANK-R1"
    )
    confirmed = story.given(confirm_refund())
    confirmed.when(withdraw_refund()).refused(PaymentRefused, "dora.kim confirmed BANK-R1 already")
    again = story.given(withdraw_refund(actor="paul.nkosi"))
    again.when(withdraw_refund()).refused(PaymentRefused, "no refund BANK-R1 is on record")
    again.when(confirm_refund()).refused(PaymentRefused, "no refund BANK-R1 is on record")


@pytest.mark.parametrize("written", ["BANK-R1", "bank r1", "BANKR01", "0BANK-R1"])
def test_one_booking_is_one_refund_however_its_reference_is_written(written: str) -> None:
    story = paid().given(refund("100.00"))
    story.when(refund("100.00", written)).refused(PaymentRefused, "is on record already and counts once")


def test_two_payments_of_one_booking_are_two_refunds() -> None:
    story = paid().given(refund("100.00", detail="TX-1"), refund("50.00", detail="TX-2"))
    assert story.partnership.came_back == 150
    story.when(refund("50.00", detail="tx 02")).refused(PaymentRefused, "counts once")
    story.when(refund("50.00")).refused(PaymentRefused, "name it (--detail)")
    story.when(confirm_refund()).refused(PaymentRefused, "no refund BANK-R1 is on record; waiting is: BANK-R1 (TX-1)")


@pytest.mark.parametrize("none", ["NONREF", "000", "---", "Not Provided"])
def test_what_is_no_reference_identifies_no_booking(none: str) -> None:
    paid().when(refund("100.00", none)).refused(PaymentRefused, "is no reference; give the one that the bank gave it")


def test_a_part_of_it_is_not_enough() -> None:
    story = paid().given(report(figures=accounted("900.00", "100.00")), accept(), refund("99.99"))
    told = [one.what for one in obligations(story.partnership) if one.kind is K.REFUND]
    assert told == ["the grantee pays back USD 0.01, which was not spent"]


def test_a_refund_waits_for_a_second_signature_also_after_the_end() -> None:
    story = paid().given(report(figures=accounted("900.00", "100.00")), accept(), refund("100.00"), terminate())
    assert (story.partnership.stage, only(story).kind) == (Stage.TERMINATED, K.CONFIRMATION)
    story.when(confirm_refund(actor="femi.ade")).refused(SeparationOfDuties, "recorded BANK-R1; another person")
    story.when(confirm_refund("BANK-R2")).refused(PaymentRefused, "no refund BANK-R2 is on record")
    confirmed = story.given(confirm_refund())
    assert is_at_rest(confirmed.partnership)
    confirmed.when(confirm_refund(actor="femi.ade")).refused(PaymentRefused, "dora.kim confirmed BANK-R1 already")


# Pledges


def test_the_first_instalment_of_a_pledge_that_has_not_come_in_is_owed_by_its_day() -> None:
    pledge = [{"due_on": day(10), "amount": "2000.00"}, {"due_on": day(40), "amount": "3000.00"}]
    story = active(funds_out=None, funds_in=funds_in("5000.00", schedule=pledge)).given(receipt("1500.00"))
    [owed_first] = [one for one in obligations(story.partnership) if one.kind is K.PLEDGE]
    assert (owed_first.what, owed_first.due) == (
        "instalment 1 of the pledge: USD 500.00 of it has not come in", day(10)
    )  # fmt: skip
    [owed_next] = [one for one in obligations(story.given(receipt("500.00")).partnership) if one.kind is K.PLEDGE]
    assert owed_next.due == day(40)


# Papers


def test_minutes_are_owed_within_sixty_days() -> None:
    story = active(interests=[{"person": "nils.olsen", "what": "His brother teaches there"}])
    assert owed(story) == [(K.PAPER, day(60))]
    assert owed(story.given(satisfy(ConditionId.CONFLICT_MINUTES))) == []


@pytest.mark.parametrize(
    ("condition", "due"),
    [
        (ConditionId.ACKNOWLEDGMENT, date(2027, 1, 31)),
        (ConditionId.DISCLOSURE, TODAY),
        (ConditionId.RESTRICTED_FUND, day(30)),
    ],
)
def test_papers_on_a_gift_are_owed_from_its_receipt_on(condition: ConditionId, due: date) -> None:
    story = active((condition,), funds_in=funds_in("5000.00"))
    assert owed(story) == []
    assert owed(story.given(receipt())) == [(K.PAPER, due)]


def blocked() -> Assessment:
    finding = Finding(
        rule_id="SANCTIONS", layer=Layer.REG, citation="31 CFR part 501", confirmed=True, leg=Direction.FUNDS_OUT,
        outcome=Outcome.FAIL, reason="the payee is listed",
    )  # fmt: skip
    return Assessment(rule_book="2026.4", facts_sha256=DIGEST, findings=(finding,))


def matched() -> Story:
    """A payee that a list names: the case is declined at once."""
    found = c.RecordAssessment(command_id=number("blocked"), at=NOON, assessment=blocked())
    return given(propose(), verify(), found)


def test_a_confirmed_match_is_reported_within_ten_business_days_though_the_case_is_declined() -> None:
    """Ten business days from Monday 2 November, over Veterans Day (31 CFR 501.603, 501.604)."""
    story = matched()
    assert story.partnership.stage is Stage.DECLINED
    assert owed(story) == [(K.PAPER, date(2026, 11, 17))]
    assert not is_at_rest(story.partnership)
    story = story.given(satisfy(ConditionId.SANCTIONS_REPORT))
    assert is_at_rest(story.partnership)


def test_what_was_declined_for_anything_else_owes_nothing() -> None:
    assert is_at_rest(in_approval().given(decline()).partnership)


# After the end


def test_a_terminated_partnership_owes_its_final_report_from_that_day_on() -> None:
    story = paid(funds_out=funds_out("600.00", "400.00")).given(terminate())
    assert owed(story) == [(K.REPORT, day(90))]
    story = story.given(report(figures=accounted("600.00")))
    assert owed(story.given(accept())) == []
    assert is_at_rest(story.given(accept()).partnership)


def test_terminated_before_anything_was_paid_it_owes_nothing() -> None:
    assert is_at_rest(active(**planned({"due_on": day(60)})).given(terminate()).partnership)


def closed() -> Story:
    story = paid().given(report(), accept())
    assert story.partnership.stage is Stage.CLOSED
    return story


def test_a_diversion_found_a_year_after_the_end_is_recorded_and_reopens_no_more_than_it_must() -> None:
    story = closed().given(after(365, divert()))
    assert (story.partnership.stage, story.partnership.hold) == (Stage.CLOSED, None)
    assert owed(story) == [(K.ASSURANCE, day(365 + 30))]
    assert not is_at_rest(story.given(after(366, assure())).partnership)
    assert is_at_rest(story.given(after(366, assure_all(story.partnership))).partnership)


def test_a_final_report_found_wrong_after_the_end_is_corrected_and_judged() -> None:
    story = closed().given(refund("50.00"), report(figures=accounted("950.00", returned="50.00"), corrects=1))
    assert story.partnership.stage is Stage.CLOSED
    assert owed(story) == [(K.CONFIRMATION, day(30)), (K.JUDGEMENT, day(30))]
    assert is_at_rest(story.given(accept(2), confirm_refund()).partnership)


@pytest.mark.parametrize("command", [approve("ana.silva"), release(), terminate()])
def test_nothing_else_begins_again_after_the_end(command: c.StaffRequest) -> None:
    assert closed().when(command).refusal is not None


# The clock


def told(days: float, story: Story) -> c.PassDeadline:
    key = only(story).key
    at = NOON + timedelta(days=days)
    return c.PassDeadline(command_id=number(f"told {days}"), at=at, wait=Wait.OBLIGATION, obligation=key)


def test_an_obligation_is_reminded_of_told_when_overdue_and_told_again() -> None:
    story = active(**planned({"due_on": day(60)}))
    first = next_deadline(story.partnership)
    assert first is not None
    assert (first.wait, first.remind_at.date()) == (Wait.OBLIGATION, date(2026, 12, 17))
    story.when(told(44, story)).then()
    story = story.given(told(46, story))
    assert isinstance(story.said[-1], e.DeciderReminded)
    story.when(told(60, story)).then()
    story = story.given(told(61, story))
    assert isinstance(story.said[-1], e.DeadlineEscalated)
    later = next_deadline(story.partnership)
    assert later is not None
    assert later.next_at > NOON + timedelta(days=61)


def test_what_was_met_meanwhile_is_not_told_of() -> None:
    story = active(**planned({"due_on": day(60)}))
    late = told(61, story)
    story.given(report(kind=ReportKind.PROGRESS, planned=1), accept()).when(late).then()


def test_it_never_lapses() -> None:
    story = paid()
    for days in (91, 130, 170, 210):
        story = story.given(told(days, story))
    assert (story.partnership.stage, only(story).kind) == (Stage.ACTIVE, K.REPORT)
    assert story.partnership.hold is None


def test_both_legs_have_theirs() -> None:
    story = active((ConditionId.ACKNOWLEDGMENT,), funds_out=funds_out(), funds_in=funds_in("5000.00"))
    story = story.given(receipt(), release(), *came_to(SETTLED))
    assert owed(story) == [(K.PAPER, date(2027, 1, 31)), (K.REPORT, day(90))]


# Who judged a report, and what became of them


TWO_TRANCHES = {"funds_out": funds_out("600.00", "400.00")}


def test_a_judgement_by_somebody_with_an_interest_does_not_stand() -> None:
    """Another person judges the report, and meanwhile nothing is discharged."""
    story = paid().given(hold(), report(), accept(1, "dora.kim"))
    assert story.partnership.responsibility.discharged
    story = story.given(declare("dora.kim"))
    assert K.JUDGEMENT in [kind for kind, _ in owed(story)]
    assert not story.partnership.responsibility.discharged
    assert story.when(accept()).then(e.ReportAccepted).reporting.final is not None


def test_a_judgement_with_a_key_in_other_hands_discharges_nothing() -> None:
    story = paid(**TWO_TRANCHES).given(report(kind=ReportKind.PROGRESS), accept())
    fallen = story.given(fall("ana.silva", Part.ACCEPTED)).partnership
    assert [one.state for one in fallen.reporting.filed] == [ReportState.RECEIVED]
    filed = story.given(fall("pia.berg", Part.REPORTED)).partnership
    assert [one.state for one in filed.reporting.filed] == [ReportState.RETURNED]
    assert filed.responsibility.reported_on is None


PROGRESS = ReportKind.PROGRESS


@pytest.mark.parametrize("command", [report("ada.every", PROGRESS), amend("ada.every", **TWO_TRANCHES, title="Skills")])
def test_who_judged_a_report_files_none_and_changes_no_proposal(command: c.StaffRequest) -> None:
    story = paid(**TWO_TRANCHES).given(report(kind=PROGRESS), accept(1, "ada.every"))
    story.when(command).refused(SeparationOfDuties, "ada.every")


def pledged() -> Story:
    """A pledge of three instalments over three years, agreed, of which the first came."""
    plan = [{"due_on": f"{2026 + year}-12-01", "amount": "20000.00"} for year in range(3)]
    content = {"funds_in": funds_in("60000.00", schedule=plan)}
    return active((ConditionId.ACKNOWLEDGMENT,), **content).given(receipt("20000.00"))


def thanks(story: Story) -> list[date]:
    """The days by which contributions are acknowledged."""
    return [one.due for one in obligations(story.partnership) if one.about == ConditionId.ACKNOWLEDGMENT]


def test_each_contribution_is_acknowledged_for_its_own_year() -> None:
    """C208: the letter for the first of three instalments acknowledges no other (IRC 170(f)(8))."""
    story = pledged()
    assert thanks(story) == [date(2027, 1, 31)]
    sent = story.given(satisfy(ConditionId.ACKNOWLEDGMENT))
    assert thanks(sent) == []
    second = sent.given(after(365, receipt("20000.00")))
    assert thanks(second) == [date(2028, 1, 31)]
    third = second.given(satisfy(ConditionId.ACKNOWLEDGMENT), after(730, receipt("20000.00")))
    assert (thanks(third), third.partnership.stage) == ([date(2029, 1, 31)], Stage.ACTIVE)
    assert third.given(satisfy(ConditionId.ACKNOWLEDGMENT)).partnership.stage is Stage.CLOSED


def test_two_contributions_that_nobody_acknowledged_are_due_by_the_first() -> None:
    assert thanks(pledged().given(after(365, receipt("20000.00")))) == [date(2027, 1, 31)]


def test_a_contribution_below_250_asks_for_no_other_acknowledgment() -> None:
    sent = pledged().given(satisfy(ConditionId.ACKNOWLEDGMENT))
    assert thanks(sent.given(after(365, receipt("249.99")))) == []
    assert thanks(sent.given(after(365, receipt("250.00")))) == [date(2028, 1, 31)]
