"""The commands on the grantee's door. What was handed in is taken over by the act that it becomes."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from domain.partnership.acts import Among, Reason, StaffCommand
from domain.partnership.submission.choices import open_invitations
from domain.partnership.submission.invitations import ContactNumber, FieldQuestion, InvitationAbout
from domain.submissions.kinds import DoorForm, ReportWay
from domain.submissions.reference import SubmissionReference
from domain.values import Sentence, Sha256, is_none


class InviteGrantee(StaffCommand):
    """Invite a contact of the grantee to a form, which they fill by a link without an account.

    What comes back is evidence: it counts where staff take it over.
    """

    kind: Literal["invite_grantee"] = "invite_grantee"
    form: Annotated[DoorForm, Field(title="Form", description="What they are asked for.")]
    contact: Annotated[
        ContactNumber, Field(title="Whom", description="The number of the contact in the proposal, from 1.")
    ]
    about: Annotated[
        InvitationAbout | None,
        Field(title="About", description="The number of the planned report, or the condition that asks for papers."),
    ] = Field(default=None, exclude_if=is_none)
    note: Annotated[
        str | None, Field(max_length=2000, title="What you ask", description="What they read above the form.")
    ] = Field(default=None, exclude_if=is_none)
    edition_sha256: Annotated[
        Sha256 | None,
        Field(title="Question set", description="The SHA-256 of the question set in force, where it asks by one."),
    ] = Field(default=None, exclude_if=is_none)
    way: Annotated[
        ReportWay | None,
        Field(title="Light way", description="For a planned report: a report to another funder, or a spoken one."),
    ] = Field(default=None, exclude_if=is_none)
    spoken: Annotated[
        Sentence | None,
        Field(title="What they said", description="A spoken report as you wrote it down. They confirm or correct it."),
    ] = Field(default=None, exclude_if=is_none)
    language: Annotated[
        str,
        StringConstraints(pattern=r"^[a-z]{2}$"),
        Field(title="Language", description="The language of the form, such as en, es or fr."),
    ]
    until: Annotated[date, Field(title="Until", description="The last day on which it can be handed in.")]


class EndInvitation(StaffCommand):
    """End an invitation: its links open nothing any more. What was handed in stays."""

    kind: Literal["end_invitation"] = "end_invitation"
    invitation: Annotated[
        int,
        Field(ge=1, le=999, title="Which invitation", description="As the partnership's page numbers it."),
        Among(open_invitations),
    ]
    reason: Reason


class ReturnSubmission(StaffCommand):
    """Return a submission, with a question under any field. The form stays open with all that was written."""

    kind: Literal["return_submission"] = "return_submission"
    submission: Annotated[SubmissionReference, Field(title="What was handed in", description="By its digest.")]
    reason: Reason
    questions: Annotated[
        tuple[FieldQuestion, ...],
        Field(max_length=99, title="Questions", description="By field, such as budget=What was bought in May?"),
    ] = ()


SubmissionRequest = InviteGrantee | EndInvitation | ReturnSubmission
