"""The events of the grantee's door."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field

from domain.partnership.acts import StaffEvent
from domain.partnership.submission.invitations import ContactNumber, FieldQuestion, InvitationAbout
from domain.submissions.kinds import DoorForm, ReportWay
from domain.submissions.reference import SubmissionReference
from domain.values import Sha256, is_none


class GranteeInvited(StaffEvent):
    """A contact of the grantee was invited to a form. The link's secret is in no event."""

    event_type: Literal["GranteeInvited"] = "GranteeInvited"
    form: DoorForm
    contact: ContactNumber
    about: InvitationAbout | None = Field(default=None, exclude_if=is_none)
    note: str | None = Field(default=None, exclude_if=is_none)
    edition_sha256: Sha256 | None = Field(default=None, exclude_if=is_none)
    way: ReportWay | None = Field(default=None, exclude_if=is_none)
    spoken: str | None = Field(default=None, exclude_if=is_none)
    language: str
    until: date


class InvitationEnded(StaffEvent):
    """An invitation was ended: its links open nothing any more."""

    event_type: Literal["InvitationEnded"] = "InvitationEnded"
    invitation: int
    reason: str


class SubmissionReturned(StaffEvent):
    """A submission was returned, with questions. It counts for nothing."""

    event_type: Literal["SubmissionReturned"] = "SubmissionReturned"
    submission: SubmissionReference
    reason: str
    questions: tuple[FieldQuestion, ...] = ()


SubmissionEvent = GranteeInvited | InvitationEnded | SubmissionReturned
