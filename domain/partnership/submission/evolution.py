"""Evolve a partnership by what came by the grantee's door."""

from __future__ import annotations

from domain.partnership.acts import StaffEvent, day_of
from domain.partnership.state import ChangedFields, Partnership
from domain.partnership.submission import events as e
from domain.partnership.submission.invitations import Fate, Invitation, JudgedSubmission
from domain.submissions.reference import SubmissionReference


def submissions_changed(partnership: Partnership, event: e.SubmissionEvent) -> ChangedFields:
    """Return the fields after an invitation, its end, or a return."""
    match event:
        case e.GranteeInvited():
            invitation = Invitation(
                number=len(partnership.invitations) + 1,
                form=event.form,
                contact=event.contact,
                about=event.about,
                edition_sha256=event.edition_sha256,
                way=event.way,
                spoken=event.spoken,
                until=event.until,
            )
            return {"invitations": (*partnership.invitations, invitation)}
        case e.InvitationEnded(invitation=number):
            return {
                "invitations": tuple(
                    invitation.model_copy(update={"ended": True}) if invitation.number == number else invitation
                    for invitation in partnership.invitations
                )
            }
        case e.SubmissionReturned(submission=submission):
            return judged(partnership, event, submission, Fate.RETURNED)


def judged(
    partnership: Partnership, event: StaffEvent, submission: SubmissionReference | None, fate: Fate = Fate.TAKEN_OVER
) -> ChangedFields:
    """Return the fields after staff judged what was handed in: none where an event names nothing."""
    if submission is None:
        return {}
    entry = JudgedSubmission(sha256=submission.sha256, fate=fate, on=day_of(event), actor=event.actor)
    return {"judged_submissions": (*partnership.judged_submissions, entry)}
