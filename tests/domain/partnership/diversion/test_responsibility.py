"""Expenditure responsibility, step by step: inquiry, commitment, fund, yearly reports, the final one (R25, R41)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from domain.errors import IllegalTransition, NotAuthorised, PaymentRefused
from domain.identity import ACCORD
from domain.partnership import events as e
from domain.partnership.circumstances import Circumstances
from domain.partnership.diversion.diversions import DiversionAnswer
from domain.partnership.diversion.responsibility import (
    CHECKLIST,
    Responsibility,
    ResponsibilityStep,
    checklist_conditions,
)
from domain.partnership.report.reports import FiledReport, Reporting, ReportState
from domain.partnership.stages import Stage
from domain.partnership.waiting.obligations import obligations
from domain.payment.tranche.status import TrancheOutcome
from domain.plans import ReportKind
from domain.policy.conditions import ConditionId
from domain.values import Money
from tests.builders import authority, funds_out, money
from tests.domain.partnership.specification import (
    Story,
    accept,
    active,
    after,
    assure,
    came_to,
    divert,
    hold,
    in_agreement,
    lift,
    release,
    report,
    satisfy,
    sign,
)

INQUIRY, COMMITMENT, FUND = CHECKLIST
ALL = tuple(CHECKLIST)
DAY = date(2026, 11, 2)
S = ResponsibilityStep
PAID = Responsibility(required=ALL, met=ALL, paid_on=DAY)

PROGRESS = ReportKind.PROGRESS


def furnished(on: date, kind: ReportKind, state: ReportState = ReportState.RECEIVED) -> Reporting:
    return Reporting().with_received(FiledReport(kind=kind, received_on=on, actor="pia.berg", state=state))


FINAL = furnished(date(2027, 1, 1), ReportKind.FINAL, ReportState.ACCEPTED)


def test_the_checklist_is_picked_from_an_assessments_conditions() -> None:
    found = (ConditionId.RESTRICTED_FUND, *reversed(ALL), ConditionId.SPONSOR_FILE)
    assert set(checklist_conditions(found)) == set(ALL)
    assert checklist_conditions((ConditionId.SPONSOR_FILE,)) == ()


@pytest.mark.parametrize(
    ("met", "step", "words"),
    [
        ((), S.INQUIRY, "PRE_GRANT_INQUIRY"),
        ((COMMITMENT, FUND), S.INQUIRY, "PRE_GRANT_INQUIRY"),
        ((INQUIRY,), S.COMMITMENT, "WRITTEN_COMMITMENT"),
        ((INQUIRY, FUND), S.COMMITMENT, "WRITTEN_COMMITMENT"),
        ((INQUIRY, COMMITMENT), S.SEPARATE_FUND, "SEPARATE_FUND"),
        (ALL, S.REPORTING, ""),
    ],
)
def test_the_checklist_is_gone_through_in_order(
    met: tuple[ConditionId, ...], step: ResponsibilityStep, words: str
) -> None:
    state = Responsibility(required=ALL)
    for condition in met:
        state = state.with_met(condition)
    assert state.step(DAY) is step
    assert words in str(state.stands_against_payment(DAY))
    assert bool(state.stands_against_payment(DAY)) is bool(words)


def test_only_what_is_required_is_asked_for() -> None:
    assert Responsibility(required=(COMMITMENT,)).step(DAY) is S.COMMITMENT
    assert Responsibility(required=(INQUIRY,), met=(INQUIRY,)).step(DAY) is S.REPORTING


def test_where_the_law_asks_for_no_responsibility_nothing_is_due() -> None:
    free = Responsibility().with_payment(DAY)
    assert (free.report_due, free.step(date(2040, 1, 1)), free.stands_against_payment(DAY)) == (None, S.REPORTING, None)


@pytest.mark.parametrize(
    ("paid", "due"),
    [
        ("2026-11-02", "2027-11-02"),
        ("2027-02-28", "2028-02-28"),
        ("2028-02-28", "2029-02-28"),
        ("2028-02-29", "2029-02-28"),
        ("2027-03-01", "2028-03-01"),
        ("2026-12-31", "2027-12-31"),
    ],
)
def test_a_report_is_due_a_year_after_the_first_payment(paid: str, due: str) -> None:
    state = Responsibility(required=ALL, met=ALL).with_payment(date.fromisoformat(paid))
    assert state.report_due == date.fromisoformat(due)


def test_before_anything_was_paid_no_report_is_due() -> None:
    assert Responsibility(required=ALL, met=ALL).report_due is None


def test_the_first_payment_counts_and_no_later_one() -> None:
    assert PAID.with_payment(date(2027, 6, 1)).report_due == date(2027, 11, 2)


def test_after_each_report_the_next_is_due_a_year_later() -> None:
    state = PAID.with_reports(furnished(date(2027, 10, 1), ReportKind.PROGRESS))
    assert (state.report_due, state.step(date(2028, 10, 1))) == (date(2028, 10, 1), S.REPORTING)
    assert state.step(date(2028, 10, 2)) is S.REPORT_OVERDUE


@pytest.mark.parametrize(
    ("on", "step"),
    [
        (date(2027, 11, 1), S.REPORTING),
        (date(2027, 11, 2), S.REPORTING),
        (date(2027, 11, 3), S.REPORT_OVERDUE),
        (date(2030, 1, 1), S.REPORT_OVERDUE),
    ],
)
def test_on_the_day_it_is_due_a_report_is_not_overdue_yet(on: date, step: ResponsibilityStep) -> None:
    assert PAID.step(on) is step
    assert ("report was due on 2027-11-02" in str(PAID.stands_against_payment(on))) is (step is S.REPORT_OVERDUE)


def test_a_final_report_that_nobody_accepted_discharges_nothing() -> None:
    assert PAID.with_reports(furnished(date(2027, 1, 1), ReportKind.FINAL)).report_due == date(2028, 1, 1)


def test_a_report_that_was_returned_was_not_furnished() -> None:
    back = PAID.with_reports(furnished(date(2027, 10, 1), ReportKind.PROGRESS, ReportState.RETURNED))
    assert back.report_due == PAID.report_due


def test_the_final_report_discharges() -> None:
    done = PAID.with_reports(furnished(date(2027, 1, 1), ReportKind.FINAL, ReportState.ACCEPTED))
    assert (done.report_due, done.step(date(2040, 1, 1)), done.stands_against_payment(DAY)) == (
        None,
        S.DISCHARGED,
        None,
    )


@pytest.mark.parametrize("state", [Responsibility(), PAID, PAID.with_reports(FINAL)])
def test_a_diversion_stands_before_everything_else(state: Responsibility) -> None:
    diverted = state.with_diversion("a car", DAY)
    assert (diverted.step(DAY), "money was diverted (a car)" in str(diverted.stands_against_payment(DAY))) == (
        S.DIVERTED,
        True,
    )
    assert diverted.with_assurance(DiversionAnswer()).step(DAY) is state.step(DAY)


TWO = {"funds_out": funds_out("600.00", "400.00")}


def under_responsibility() -> Story:
    """The checklist is done, and the first of two tranches is paid."""
    story = in_agreement(ALL, **TWO)
    story = story.given(*(satisfy(condition) for condition in ALL), sign())
    return story.given(release(1), *came_to(TrancheOutcome.SETTLED))


def test_in_a_partnership_the_steps_follow_the_papers_filed() -> None:
    story, seen = in_agreement(ALL, **TWO), []
    for condition in ALL:
        seen.append(story.partnership.responsibility.step(DAY))
        story = story.given(satisfy(condition))
    assert (*seen, story.partnership.responsibility.step(DAY)) == (*CHECKLIST.values(), S.REPORTING)


def test_the_first_settlement_starts_the_year() -> None:
    assert under_responsibility().partnership.responsibility.report_due == date(2027, 11, 2)


@pytest.mark.parametrize("outcome", [TrancheOutcome.REJECTED, TrancheOutcome.WITHHELD])
def test_a_payment_that_failed_starts_no_year(outcome: TrancheOutcome) -> None:
    story = active(**TWO).given(release(1), *came_to(outcome))
    assert story.partnership.responsibility.paid_on is None


def test_with_an_overdue_report_nothing_more_is_paid_until_it_is_in() -> None:
    story = under_responsibility()
    assert story.when(after(365, release(2))).then(e.TrancheReleased)
    story.when(after(366, release(2))).refused(PaymentRefused, "report was due on 2027-11-02")
    reported = story.given(after(366, report("vera.lind", ReportKind.PROGRESS)))
    assert reported.partnership.stage is Stage.ACTIVE
    assert reported.when(after(366, release(2))).then(e.TrancheReleased)


def test_yearly_reports_may_be_many_and_the_final_one_is_the_last() -> None:
    story = under_responsibility().given(report(kind=PROGRESS), report(kind=PROGRESS), release(2))
    story = story.given(*came_to(TrancheOutcome.SETTLED, 2), report(), accept(3))
    assert story.partnership.responsibility.discharged
    story.when(report(kind=PROGRESS)).refused(IllegalTransition, "has its final report already")


def test_a_yearly_report_does_not_close_what_waits_for_the_final_one() -> None:
    story = active().given(release(), *came_to(TrancheOutcome.SETTLED))
    assert story.given(report(kind=PROGRESS), accept()).partnership.stage is Stage.ACTIVE
    assert story.given(report()).when(accept()).then(e.ReportAccepted, e.PartnershipClosed).stage is Stage.CLOSED


def test_a_diversion_stops_everything_at_once() -> None:
    story = active(**TWO).when(divert())
    now = story.then(e.DiversionReported, e.HoldPlaced)
    assert (now.hold.actor, now.hold.reason) == (ACCORD, "money was diverted: A car was bought")
    story.when(release(1)).refused(IllegalTransition, "on hold")


def test_a_diversion_under_a_hold_is_another_hold_and_is_remembered() -> None:
    now = active().given(hold()).when(divert()).then(e.DiversionReported, e.HoldPlaced)
    assert [one.actor for one in now.holds] == ["vera.lind", ACCORD]
    assert now.responsibility.diverted == "A car was bought"


def test_its_hold_is_not_lifted_before_the_assurances_are_on_record() -> None:
    story = active(**TWO).given(divert())
    story.when(lift()).refused(IllegalTransition, "record the assurances first")
    assured = story.when(assure())
    assert assured.then(e.AssuranceRecorded).hold is not None
    assert assured.when(lift()).then(e.HoldLifted)
    assert assured.given(lift()).when(release(1)).then(e.TrancheReleased)


def test_also_an_older_hold_is_not_lifted_while_money_is_diverted() -> None:
    active().given(hold(), divert()).when(lift()).refused(IllegalTransition, "assurances first")


def test_assurances_answer_a_diversion_and_nothing_else() -> None:
    active().when(assure()).refused(IllegalTransition, "no diversion is on record")
    active().given(divert(), assure(restored=money("100.00"), bank_reference="NTRF-9")).when(assure()).refused(
        IllegalTransition, "no diversion is on record"
    )


def test_a_second_diversion_wants_its_own_assurances() -> None:
    story = active().given(divert(), assure(), lift(), divert())
    story.when(lift()).refused(IllegalTransition, "assurances first")


BACK = {"restored": money("150.00"), "bank_reference": "NTRF-9"}


def test_assurances_say_how_much_was_diverted_unless_its_report_did() -> None:
    story = active().given(divert())
    story.when(assure(diverted=None)).refused(IllegalTransition, "say how much was diverted", "--diverted SUM")
    told = active().given(divert(money=money("100.00")))
    assert told.when(assure(diverted=None)).then(e.AssuranceRecorded).responsibility.diversions.outstanding == 100


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"restored": money("50.00")}, "its bank entry, --restored and --bank-reference"),
        (
            {"restored": money("50.00"), "bank_reference": "NTRF-9", "document_sha256": None},
            "no refund NTRF-9 is on record",
        ),
        ({"diverted": Money.model_validate({"amount": "5", "currency": "EUR"})}, "is not in USD"),
    ],
)
def test_what_came_back_is_shown_by_an_entry_of_the_bank(said: dict[str, Any], told: str) -> None:
    active().given(divert()).when(assure(**said)).refused(IllegalTransition, told)


def test_what_is_not_back_is_owed_until_an_entry_shows_it() -> None:
    story = active().given(divert(), assure(restored=money("40.00"), bank_reference="NTRF-8"))
    owed = next(one for one in obligations(story.partnership) if one.about == "restoration")
    assert "recover the 60.00" in owed.what
    story.when(assure(diverted=None, restored=money("60.00"), bank_reference="ntrf-8")).refused(
        IllegalTransition, "counts already"
    )
    back = story.given(assure(diverted=None, restored=money("60.00"), bank_reference="NTRF-9"))
    assert [one for one in obligations(back.partnership) if one.about == "restoration"] == []
    back.when(assure()).refused(IllegalTransition, "no diversion is on record")


def test_a_second_diversion_is_answered_by_a_director_with_precautions_once_all_is_back() -> None:
    """26 CFR 53.4945-5(e)(1)(iv): the first was of 100, of which nothing is back. The second is of 50."""
    story = active().given(divert(), assure(), lift(), divert(money=money("50.00")))
    whole = {"diverted": None, "precautions": "Two sign each payment, and we see the statements", **BACK}
    story.when(assure("vera.lind", **whole)).refused(NotAuthorised, "DIRECTOR")
    story.when(assure("dora.kim", **{**whole, "precautions": None})).refused(IllegalTransition, "--precautions")
    part = {**whole, "restored": money("149.00")}
    story.when(assure("dora.kim", **part)).refused(IllegalTransition, "all of it must be back first; 1.00 is not")
    assert story.when(assure("dora.kim", **whole)).then(e.AssuranceRecorded).responsibility.diverted == ""


def test_one_that_the_grantee_diverted_elsewhere_before_makes_it_a_second() -> None:
    story = active().given(divert())
    known = Circumstances(authority=authority("vera.lind"), diverted_before=("P-2026-0007",))
    story.when(assure(), known).refused(NotAuthorised, "DIRECTOR")


@pytest.mark.parametrize("person", ["pia.berg", "paul.nkosi", "ana.silva", "otto.audit"])
def test_who_is_neither_verifier_nor_finance_nor_director_records_no_assurances(person: str) -> None:
    active().given(divert()).when(assure(person)).refused(NotAuthorised)


def test_a_diverted_partnership_does_not_close_with_its_last_report() -> None:
    story = active().given(release(), *came_to(TrancheOutcome.SETTLED), divert())
    assert story.when(report()).then(e.ReportReceived).stage is Stage.ACTIVE


@pytest.mark.parametrize(("said", "words"), [("", ""), ("A car was bought", "A car was bought")])
def test_the_state_of_an_earlier_release_is_read_with_the_one_diversion_that_it_knew(said: str, words: str) -> None:
    assert Responsibility.model_validate({"diverted": said, "discharged": False}).diverted == words
