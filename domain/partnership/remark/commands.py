"""The commands that decide nothing: comments, who looks after it, and that something was refused."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from domain.partnership.acts import Command, StaffCommand
from domain.partnership.submission.taking_over import TakingOver
from domain.values import Sentence, StaffId, is_false


class Comment(TakingOver):
    """Put a comment on record. It is signed, changes no decision, and stays."""

    kind: Literal["comment"] = "comment"
    text: Annotated[Sentence, Field(title="Comment", description="What later readers should know.")]


class Assign(StaffCommand):
    """Name the person who looks after a partnership, or nobody. It gives no role and takes none.

    `accord list --assigned` finds them.
    """

    kind: Literal["assign"] = "assign"
    to: Annotated[
        StaffId | None, Field(title="Who looks after it", description="The person who looks after it from now on.")
    ] = None


class Refuse(Command):
    """Record a command's refusal, and the reason."""

    kind: Literal["refuse"] = "refuse"
    actor: str
    attempted: str
    reason: str
    matched: bool = Field(default=False, exclude_if=is_false)
    """True if the rules confirmed that it named a party of a sanctions list."""


RemarkRequest = Comment | Assign
