"""What a report by link becomes: the kind is its obligation's, and never the final one while another is owed."""

from __future__ import annotations

from typing import Any

import pytest

from accord.presentation.door.asked_reports import asked_report, report_owed_first
from accord.presentation.door.becoming import content_of_act
from domain.partnership import commands as c
from domain.partnership import events as e
from domain.partnership.diversion.responsibility import CHECKLIST
from domain.payment.tranche.status import TrancheOutcome
from domain.plans import ReportKind
from domain.submissions.kinds import SubmissionKind
from tests.accord.presentation.door.test_becoming import command, submitted
from tests.builders import funds_out
from tests.domain.partnership import specification as s

PLANNED = [
    {"number": 1, "kind": "FINANCIAL", "due_on": "2027-03-31"},
    {"number": 2, "kind": "FINAL", "due_on": "2027-12-31"},
]
TWO = {"funds_out": funds_out("600.00", "400.00")}
ANSWERS = {"summary": "Eleven courses were held", "spent": "600.00", "unspent": "0"}


def under_responsibility() -> s.Story:
    """A grant under expenditure responsibility, of whose two payments the first is paid."""
    story = s.in_agreement(tuple(CHECKLIST), **TWO)
    story = story.given(*map(s.satisfy, CHECKLIST), s.sign())
    return story.given(s.release(1), *s.came_to(TrancheOutcome.SETTLED))


def becomes(story: s.Story, about: str) -> dict[str, Any]:
    return content_of_act(c.Report, submitted(SubmissionKind.REPORT, ANSWERS, story.partnership, about=about))


def test_a_yearly_report_is_no_final_one() -> None:
    """Given expenditure responsibility, when its yearly report is taken over as it came, then the final one is owed."""
    story = under_responsibility()
    content = becomes(story, "YEARLY")
    assert (content["report_kind"], "planned" in content) == (ReportKind.PROGRESS, False)
    after = story.when(s.after(300, command(c.Report, content))).then(e.ReportReceived)
    assert after.reporting.open_final is None


@pytest.mark.parametrize(
    ("about", "fields"),
    [
        ("1", {"report_kind": "FINANCIAL", "planned": 1}),
        ("2", {"report_kind": "FINAL", "planned": 2}),
        ("FINAL", {"report_kind": "FINAL"}),
        ("YEARLY", {"report_kind": "PROGRESS"}),
        ("7", {}),
        ("", {}),
    ],
)
def test_the_report_is_the_one_that_its_form_asked_for(about: str, fields: dict[str, Any]) -> None:
    assert asked_report(s.paid(reports=PLANNED).partnership, about) == fields


@pytest.mark.parametrize("about", ["", "7"])
def test_a_report_about_none_in_particular_is_the_one_that_is_owed_first(about: str) -> None:
    """Given a plan, when a form asked for no report of it, then it is the first that is due, and then the next."""
    story = s.paid(reports=PLANNED)
    assert becomes(story, about)["planned"] == 1
    reported = story.given(s.report(kind=ReportKind.FINANCIAL, planned=1, figures=s.accounted("1000.00")))
    assert (becomes(reported, about)["planned"], becomes(reported, about)["report_kind"]) == (2, "FINAL")


def test_a_correction_names_the_report_that_it_corrects() -> None:
    """Given an accepted final report, when its correction is taken over, then it takes that report's place."""
    story = s.paid(reports=PLANNED).given(s.report(planned=2), s.accept())
    assert asked_report(story.partnership, "CORRECTION_1") == {"report_kind": "FINAL", "corrects": 1, "planned": 2}
    assert asked_report(story.partnership, "CORRECTION_9") == {}


def test_where_no_report_is_owed_it_tells_of_the_time_so_far() -> None:
    story = s.active(**TWO)
    assert report_owed_first(story.partnership) == {"report_kind": "PROGRESS"}
    assert becomes(story, "")["report_kind"] == "PROGRESS"
