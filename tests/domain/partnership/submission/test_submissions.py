"""The grantee's word counts where staff take it over: once, under a seal, and at the door's own time."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from domain.errors import IllegalTransition
from domain.fault import Fault
from domain.partnership import events as e
from domain.partnership.circumstances import Circumstances
from domain.partnership.submission.invitations import Fate
from domain.plans import ReportKind
from tests.builders import NOON
from tests.domain.partnership.specification import (
    CONTACTS,
    HANDED_IN,
    Story,
    active,
    authority_of,
    comment,
    end_invitation,
    invite,
    report,
    return_submission,
)

JOINT = {"funder": "ISOC", "activity": "A joint campaign"}
TAKES_OVER = comment().model_copy(update={"submission": HANDED_IN})


def taken_over(story: Story) -> Story:
    return story.given(TAKES_OVER)


def test_a_contact_is_invited_to_a_form_until_a_day() -> None:
    story = active(contacts=CONTACTS).given(invite(until=date(2026, 12, 24)))
    [invitation] = story.partnership.invitations
    assert (invitation.number, invitation.contact, invitation.is_open(date(2026, 12, 24))) == (1, 1, True)
    assert not invitation.is_open(date(2026, 12, 25))


def test_nobody_is_invited_whom_the_proposal_does_not_name() -> None:
    active().when(invite()).refused(IllegalTransition, "names no contacts")
    active(contacts=CONTACTS).when(invite(contact=2)).refused(IllegalTransition, "names 1 contacts")


def test_nobody_is_invited_who_has_no_address() -> None:
    without_address = [{"name": "Ida Holm", "organization": "Riverbend Library Network"}]
    active(contacts=without_address).when(invite()).refused(IllegalTransition, "has no address")


@pytest.mark.parametrize("until", [NOON.date() - timedelta(days=1), NOON.date() + timedelta(days=401)])
def test_an_invitation_ends_within_four_hundred_days(until: date) -> None:
    active(contacts=CONTACTS).when(invite(until=until)).refused(IllegalTransition, "past or too far")


def test_nobody_is_invited_to_a_report_that_is_not_planned() -> None:
    active(contacts=CONTACTS).when(invite(form="REPORT", about="7")).refused(
        IllegalTransition, "report 7 is not planned"
    )


def test_an_invitation_is_ended_once() -> None:
    story = active(contacts=CONTACTS).given(invite(), end_invitation())
    assert [invitation.ended for invitation in story.partnership.invitations] == [True]
    story.when(end_invitation()).refused(IllegalTransition, "is ended already")


def test_what_was_handed_in_is_taken_over_once() -> None:
    story = taken_over(active())
    assert [(entry.sha256, entry.fate) for entry in story.partnership.judged_submissions] == [
        (HANDED_IN.sha256, Fate.TAKEN_OVER)
    ]
    story.when(TAKES_OVER).refused(IllegalTransition, "was taken over by")
    story.when(return_submission()).refused(IllegalTransition, "was taken over by")


def test_what_was_returned_is_not_taken_over() -> None:
    story = active().given(return_submission())
    assert [entry.fate for entry in story.partnership.judged_submissions] == [Fate.RETURNED]
    story.when(TAKES_OVER).refused(IllegalTransition, "was returned by vera.lind")


@pytest.mark.parametrize("act", [return_submission(), comment().model_copy(update={"submission": HANDED_IN})])
def test_nothing_is_judged_that_is_under_no_seal(act: Any) -> None:
    circumstances = Circumstances(authority=authority_of(act), unsealed=Fault("submission: it is under no seal yet"))
    active().when(act, circumstances).refused(IllegalTransition, "under no seal")


def test_our_own_delay_makes_no_report_late() -> None:
    """Given a report that was handed in before its day, when staff take it over later, then the door's day counts."""
    handed_in = HANDED_IN.model_copy(update={"at": NOON - timedelta(days=20)})
    story = active(non_monetary=JOINT).given(
        report(kind=ReportKind.PROGRESS).model_copy(update={"submission": handed_in})
    )
    [filed_report] = story.partnership.reporting.filed
    assert filed_report.received_on == (NOON - timedelta(days=20)).date()
    assert isinstance(story.history[-1], e.ReportReceived)
