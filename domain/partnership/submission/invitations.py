"""The invitations to forms, and what became of what was handed in."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from domain.identity import derive
from domain.submissions.content import FieldName
from domain.submissions.kinds import DoorForm, ReportWay
from domain.values import Sentence, Sha256, Value, is_false, is_none

ContactNumber = Annotated[int, Field(ge=1, le=99)]
InvitationAbout = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9_]{1,60}$")]
"""The number of a planned report, or the code of a condition."""


class Fate(StrEnum):
    """The fate of a submission among staff."""

    TAKEN_OVER = "TAKEN_OVER"
    RETURNED = "RETURNED"


class FieldQuestion(Value):
    """A question of staff under a field of what was handed in."""

    field: FieldName
    question: Sentence


class Invitation(Value):
    """A contact's invitation to a form."""

    number: int
    form: DoorForm
    contact: ContactNumber
    about: InvitationAbout | None = Field(default=None, exclude_if=is_none)
    edition_sha256: Sha256 | None = Field(default=None, exclude_if=is_none)
    way: ReportWay | None = Field(default=None, exclude_if=is_none)
    spoken: Sentence | None = Field(default=None, exclude_if=is_none)
    until: date
    ended: bool = Field(default=False, exclude_if=is_false)

    def is_open(self, on: date) -> bool:
        """True if something can be handed in by it on a day."""
        return not self.ended and on <= self.until


class JudgedSubmission(Value):
    """A submission that staff judged: each is taken over once, or returned."""

    sha256: Sha256
    fate: Fate
    on: date
    actor: str


def form_id(partnership_id: str, form: DoorForm, about: str, number: int) -> UUID:
    """Return the id of the form of an invitation. `number`: the invitation's, or 0 where the signed plan invites."""
    return derive("form", partnership_id, form.value, about, number)
