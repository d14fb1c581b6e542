"""The commands that decide nothing: comments, who looks after it, and that something was refused."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from domain.partnership.acts import Command, StaffCommand
from domain.values import Sentence, StaffId, is_false


class Comment(StaffCommand):
    """Say something on record for whoever reads the partnership later. It decides nothing."""

    kind: Literal["comment"] = "comment"
    text: Sentence


class Assign(StaffCommand):
    """Name the person who looks after a partnership, or nobody. It gives no role and takes none."""

    kind: Literal["assign"] = "assign"
    to: StaffId | None = None


class Refuse(Command):
    """Record a command's refusal, and the reason."""

    kind: Literal["refuse"] = "refuse"
    actor: str
    attempted: str
    reason: str
    matched: bool = Field(default=False, exclude_if=is_false)
    """True if the rules confirmed that it named a party of a sanctions list."""


RemarkRequest = Comment | Assign
