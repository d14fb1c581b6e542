"""A financial report accounts for all that was paid so far. A late report stops no first payment (rules 3.9)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from domain.errors import IllegalTransition, PaymentRefused
from domain.partnership import commands as c
from domain.partnership import events as e
from domain.partnership.report.reports import Figures
from domain.partnership.waiting.deadlines import Wait
from domain.partnership.waiting.obligations import obligations
from domain.partnership.waiting.outlook import outlook
from domain.payment.tranche.status import TrancheOutcome
from domain.plans import ReportKind, Result
from tests.builders import NOON, measured, number
from tests.domain.partnership.specification import Story, accounted, active, after, came_to, paid, release, report
from tests.domain.partnership.waiting.test_obligations import day, planned

FINANCIAL = ReportKind.FINANCIAL
SETTLED = TrancheOutcome.SETTLED
ONE_OF_TWO = planned({"due_on": day(60), "kind": "FINANCIAL"})


@pytest.mark.parametrize(
    ("figures", "fault"),
    [
        (accounted("200.00", "100.00"), "make 300.00, and 600.00 was paid"),
        (accounted("600.00", "1.00"), "make 601.00, and 600.00 was paid"),
        (accounted("500.00", "0", "100.00"), "100.00 returned, and 0.00 is on record"),
    ],
)
def test_a_financial_report_whose_figures_do_not_add_up_is_not_recorded(figures: Figures, fault: str) -> None:
    told = paid(**ONE_OF_TWO).when(report(kind=FINANCIAL, planned=1, figures=figures))
    told.refused(IllegalTransition, "cannot report: figures:", fault)


def test_one_that_accounts_for_all_that_was_paid_so_far_is_recorded() -> None:
    told = paid(**ONE_OF_TWO).when(report(kind=FINANCIAL, planned=1, figures=accounted("450.00", "150.00")))
    assert told.then(e.ReportReceived).reporting.filed[0].figures == accounted("450.00", "150.00")


@pytest.mark.parametrize(
    ("results", "fault"),
    [
        ((), "results: the final report says what was achieved by indicator 1"),
        ((Result(indicator=9, achieved="1"),), "results: indicator 9 is not in the proposal; it has: 1"),
    ],
)
def test_what_was_achieved_is_asked_of_a_final_report_whose_figures_are_right(
    results: tuple[Result, ...], fault: str
) -> None:
    paid(**measured()).when(report(results=results)).refused(IllegalTransition, fault)


def test_a_final_report_with_right_figures_and_what_was_achieved_is_recorded() -> None:
    told = paid(**measured()).when(report(results=(Result(indicator=1, achieved="230"),)))
    assert told.then(e.ReportReceived).reporting.filed[0].results == (Result(indicator=1, achieved="230"),)


# A report that is late before anything was paid


def passed(key: str, days: int) -> c.PassDeadline:
    """The clock tells of an obligation so many days on."""
    at = NOON + timedelta(days=days)
    return c.PassDeadline(command_id=number(f"{key} {days}"), at=at, wait=Wait.OBLIGATION, obligation=key)


def late(story: Story) -> Story:
    return story.when(after(61, release(1)))


def test_a_report_whose_day_has_come_before_the_first_payment_does_not_stop_that() -> None:
    assert late(active(**ONE_OF_TWO)).then(e.TrancheReleased).in_flight


def test_the_next_step_is_that_payment_whatever_was_told_of_the_report() -> None:
    story = active(**ONE_OF_TWO)
    [owed] = obligations(story.partnership)
    told = story.given(*(passed(owed.key, on) for on in (46, 61)))
    assert told.partnership.told_again_on(owed.key) is not None
    assert outlook(told.partnership).next_step == "release tranche 1"


def test_after_the_first_payment_it_has_thirty_days_and_then_stops_the_next() -> None:
    story = late(active(**ONE_OF_TWO)).given(*(after(62, one) for one in came_to(SETTLED)))
    assert [one.due for one in obligations(story.partnership)] == [day(62) + timedelta(days=30)]
    assert story.when(after(70, release(2))).refusal is None
    story.when(after(93, release(2))).refused(PaymentRefused, "report 1 (FINANCIAL) was due on")


def test_a_tranche_that_waits_for_a_report_waits_for_it_all_the_same() -> None:
    story = active(**planned({"due_on": day(60), "holds": (1,)}))
    late(story).refused(PaymentRefused, "tranche 1 waits until report 1 is accepted")
