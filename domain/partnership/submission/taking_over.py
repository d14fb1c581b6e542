"""The field of every command that may take over what a grantee handed in, and of every event that records it."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from domain.partnership.acts import StaffCommand, StaffEvent
from domain.submissions.reference import SubmissionReference
from domain.values import is_none


class TakingOver(StaffCommand):
    """A command that says in staff's words what a grantee handed in, where it names it."""

    submission: Annotated[
        SubmissionReference | None,
        Field(title="What was handed in", description="What the grantee handed in by link, which this takes over."),
    ] = Field(default=None, exclude_if=is_none)


class TakenOver(StaffEvent):
    """An event that names what a grantee handed in, where it came by the door."""

    submission: SubmissionReference | None = Field(default=None, exclude_if=is_none)
