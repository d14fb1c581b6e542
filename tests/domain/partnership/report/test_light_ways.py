"""A funder's light ways: a report made to another funder, and a spoken one that the grantee confirms."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from domain.errors import IllegalTransition
from domain.fault import Fault
from domain.partnership import events as e
from domain.partnership.circumstances import Circumstances
from domain.partnership.submission.invitations import form_id
from domain.plans import ReportKind
from domain.policy.conditions import ConditionId
from domain.submissions.kinds import DoorForm
from tests.builders import DIGEST, NOON
from tests.domain.partnership.specification import (
    CONTACTS,
    Story,
    accept,
    active,
    authority_of,
    invite,
    paid,
    report,
)

LAW = "53.4945-5(c)"
OTHER: dict[str, Any] = {
    "funder": "The River Fund",
    "document_sha256": DIGEST,
    "period": {"starts": "2026-12-01", "ends": "2027-11-30"},
    "covers": "Pages 4 and 5; USD 1,000.00 of the training line",
}
PLANNED = [{"number": 1, "kind": "PROGRESS", "due_on": "2027-06-30"}]


def other_report(kind: ReportKind = ReportKind.FINAL, **more: Any) -> Any:
    return report(kind=kind, other_report=OTHER, **more)


def under_responsibility(story: Story) -> Story:
    """The same partnership once the law asks for expenditure responsibility."""
    responsibility = story.partnership.responsibility.model_copy(update={"required": (ConditionId.PRE_GRANT_INQUIRY,)})
    return Story(story.partnership.model_copy(update={"responsibility": responsibility}), story.history)


def test_a_report_to_another_funder_is_taken_and_accepted_for_ours() -> None:
    """Given no expenditure responsibility, then another funder's report is received as ours and accepted."""
    story = paid().given(other_report())
    [filed] = story.partnership.reporting.filed
    assert filed.other_report is not None
    assert filed.other_report.funder == "The River Fund"
    closed = story.when(accept()).then(e.ReportAccepted, e.PartnershipClosed)
    assert closed.reporting.final is not None


def test_under_expenditure_responsibility_it_is_refused_by_the_section() -> None:
    under_responsibility(paid()).when(other_report()).refused(IllegalTransition, LAW)


def test_one_that_was_received_before_is_not_accepted_after() -> None:
    """Given a report to another funder, when the law comes to ask for one to us, then it is not accepted."""
    under_responsibility(paid().given(other_report())).when(accept()).refused(IllegalTransition, LAW)


def test_one_that_was_accepted_before_discharges_nothing_after() -> None:
    """Given one that was accepted, when expenditure responsibility comes, then the yearly report to us is owed."""
    responsibility = under_responsibility(paid().given(other_report(), accept())).partnership.responsibility
    assert (responsibility.discharged, responsibility.reported_on) == (False, None)
    assert responsibility.report_due is not None


def test_nobody_is_invited_to_it_under_expenditure_responsibility() -> None:
    story = active(contacts=CONTACTS, reports=PLANNED)
    ask = invite(form="REPORT", about="1", way="OTHER_FUNDER")
    assert story.given(ask).partnership.invitations[0].way == "OTHER_FUNDER"
    under_responsibility(story).when(ask).refused(IllegalTransition, LAW)


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"form": "QUESTION", "way": "SPOKEN", "spoken": "Ten courses"}, "for a report of the plan"),
        ({"form": "REPORT", "way": "OTHER_FUNDER"}, "say which report"),
        ({"form": "REPORT", "about": "1", "way": "SPOKEN"}, "write down what they said"),
        ({"form": "REPORT", "about": "1", "spoken": "Ten courses"}, "only a spoken report"),
        ({"form": "REPORT", "about": "1", "way": "OTHER_FUNDER", "edition_sha256": DIGEST}, "leave the question set"),
    ],
)
def test_a_light_way_is_for_a_planned_report_with_its_words(fields: dict[str, Any], why: str) -> None:
    active(contacts=CONTACTS, reports=PLANNED).when(invite(**fields)).refused(IllegalTransition, why)


def test_what_staff_wrote_down_stands_in_the_invitation() -> None:
    ask = invite(form="REPORT", about="1", way="SPOKEN", spoken="Ten courses, and one was cancelled")
    [invitation] = active(contacts=CONTACTS, reports=PLANNED).given(ask).partnership.invitations
    assert invitation.spoken == "Ten courses, and one was cancelled"
    assert form_id("P-2026-0042", DoorForm.REPORT, "1", 1) != form_id("P-2026-0042", DoorForm.REPORT, "1", 0)


def test_nobody_is_invited_to_accept_an_agreement_that_was_not_issued() -> None:
    active(contacts=CONTACTS).when(invite(form="ACCEPTANCE", until=NOON.date() + timedelta(days=9))).refused(
        IllegalTransition, "issue it first"
    )


def test_a_report_that_may_repeat_what_waits_in_the_inbox_is_refused() -> None:
    waits = Fault("beside_inbox: the grantee handed a report for the same in")
    story, ask = active(reports=PLANNED), report(kind=ReportKind.PROGRESS, planned=1)
    standing = Circumstances(authority=authority_of(ask), repeated=waits)
    story.when(ask, standing).refused(IllegalTransition, "handed a report for the same in")
