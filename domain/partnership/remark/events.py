"""The events that decide nothing."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from domain.partnership.acts import PartnershipEvent, StaffEvent
from domain.partnership.submission.taking_over import TakenOver
from domain.values import StaffId, is_false


class CommentMade(TakenOver):
    """A person said something for whoever reads the partnership later."""

    schema_version: ClassVar[int] = 2
    event_type: Literal["CommentMade"] = "CommentMade"
    text: str


class PartnershipAssigned(StaffEvent):
    """A person looks after the partnership from then on, or nobody does."""

    event_type: Literal["PartnershipAssigned"] = "PartnershipAssigned"
    to: StaffId | None


class CommandRefused(PartnershipEvent):
    """A command was refused. It changed nothing (R30)."""

    event_type: Literal["CommandRefused"] = "CommandRefused"
    actor: str
    attempted: str
    reason: str
    matched: bool = Field(default=False, exclude_if=is_false)
    """True if the rules confirmed that it named a party of a sanctions list: that is reported (rules 3.8)."""


RemarkEvent = CommentMade | PartnershipAssigned | CommandRefused
