"""Checks of the door's acts against the state: the contact, the day, and that nothing is judged twice."""

from __future__ import annotations

from datetime import timedelta
from typing import Final, assert_never

from domain.errors import IllegalTransition
from domain.partnership.letter.terms import agreement_issued
from domain.partnership.report.other_funders import MUST_BE_OURS
from domain.partnership.state import Partnership
from domain.partnership.submission import commands as c
from domain.partnership.submission.invitations import Fate
from domain.submissions.kinds import DoorForm, ReportWay
from domain.submissions.reference import SubmissionReference

LONGEST: Final = timedelta(days=400)
"""The longest that an invitation stands."""


def admit_submission(partnership: Partnership, command: c.SubmissionRequest) -> None:
    """Raise IllegalTransition if the state does not allow an invitation, its end, or a return."""
    match command:
        case c.InviteGrantee():
            _admit_invitation(partnership, command)
        case c.EndInvitation(invitation=number):
            _admit_end(partnership, number)
        case c.ReturnSubmission(submission=submission):
            require_unjudged(partnership, submission)
        case _:
            assert_never(command)


def _admit_invitation(partnership: Partnership, command: c.InviteGrantee) -> None:
    contacts = partnership.proposed.contacts
    if command.contact > len(contacts):
        raise IllegalTransition(
            f"contact: {partnership.partnership_id} names {len(contacts) or 'no'} contacts; amend the proposal first"
        )
    if contacts[command.contact - 1].email is None:
        raise IllegalTransition(f"contact: contact {command.contact} has no address; amend the proposal, and name one")
    today = command.at.date()
    if not today <= command.until <= today + LONGEST:
        raise IllegalTransition(f"until: {command.until} is past or too far; choose a day within {LONGEST.days} days")
    _admit_form(partnership, command)
    _admit_way(partnership, command)


def _admit_way(partnership: Partnership, command: c.InviteGrantee) -> None:
    """Refuse a light way to what is no planned report, without its words, or that the law forbids."""
    if command.spoken is not None and command.way is not ReportWay.SPOKEN:
        raise IllegalTransition("spoken: only a spoken report is written down; choose that way, or leave it out")
    if command.way is None:
        return
    if command.form is not DoorForm.REPORT or command.about is None:
        raise IllegalTransition("way: a light way is for a report of the plan; choose the form and say which report")
    if command.edition_sha256 is not None:
        raise IllegalTransition("way: a light way asks its own questions; leave the question set out")
    if command.way is ReportWay.SPOKEN and command.spoken is None:
        raise IllegalTransition("spoken: write down what they said, for them to confirm or to correct")
    if command.way is ReportWay.OTHER_FUNDER and partnership.responsibility.required:
        raise IllegalTransition(f"way: {MUST_BE_OURS}")


def _admit_form(partnership: Partnership, command: c.InviteGrantee) -> None:
    """Refuse a form about what is not there, such as a report that is not planned."""
    match command.form:
        case DoorForm.REPORT if command.about is not None:
            planned = [str(report.number) for report in partnership.reporting.planned]
            if command.about not in planned:
                raise IllegalTransition(
                    f"about: report {command.about} is not planned; planned are: {', '.join(planned) or 'none'}"
                )
        case DoorForm.PAPERS:
            open_conditions = [condition.value for condition in partnership.open_conditions()]
            if command.about not in open_conditions:
                raise IllegalTransition(
                    f"about: name the condition that asks for papers: {', '.join(open_conditions) or 'none is open'}"
                )
        case DoorForm.ACCEPTANCE if agreement_issued(partnership) is None:
            raise IllegalTransition("form: no agreement that says what stands was issued; issue it first")
        case _:
            pass


def _admit_end(partnership: Partnership, number: int) -> None:
    standing = [invitation for invitation in partnership.invitations if invitation.number == number]
    if not standing:
        raise IllegalTransition(
            f"{partnership.partnership_id} has no invitation {number}; it has {len(partnership.invitations)}"
        )
    if standing[0].ended:
        raise IllegalTransition(f"invitation {number} is ended already")


def require_unjudged(partnership: Partnership, submission: SubmissionReference | None) -> None:
    """Raise IllegalTransition if what was handed in was taken over or returned before."""
    if submission is None:
        return
    for judged in partnership.judged_submissions:
        if judged.sha256 == submission.sha256:
            words = "taken over" if judged.fate is Fate.TAKEN_OVER else "returned"
            raise IllegalTransition(
                f"submission: {submission.sha256[:16]}… was {words} by {judged.actor} on {judged.on} already; "
                "the grantee can hand it in anew"
            )
