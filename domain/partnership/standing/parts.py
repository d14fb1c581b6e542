"""The values of which the state of a partnership is made."""

from __future__ import annotations

from pydantic import Field

from domain.directory.tiers import Role
from domain.partnership.proposal.sums import Sums
from domain.partnership.standing.instalments import (
    IN_FLIGHT,
    LEFT_STATES,
    PAID_STATES,
    RELEASABLE,
    TrancheProgress,
    TrancheState,
)
from domain.values import Moment, Value, is_false

__all__ = [
    "IN_FLIGHT", "LEFT_STATES", "PAID_STATES", "RELEASABLE", "Act", "AnsweredQuestion", "Approval", "ChangedFields",
    "Cleared", "Reminder", "TrancheProgress", "TrancheState",
]  # fmt: skip

ChangedFields = dict[str, object]
"""Fields of a partnership that an event changes, with their new values."""


class Approval(Value):
    """A valid approval, with the sums for which it was given."""

    actor: str
    role: Role
    on_behalf_of: str = ""
    sums: Sums = Sums()


class AnsweredQuestion(Value):
    """A question of staff to a proposer, with the answer in words."""

    question: str
    answer: str
    actor: str
    """The person who answered."""


class Cleared(Value):
    """A question of a later look that a verifier cleared."""

    question: str
    actor: str
    beside: bool = Field(default=False, exclude_if=is_false)
    """True if it was asked of a leg beside the money out."""


class Reminder(Value):
    """An obligation that was told of: it was reminded of, or is overdue and is told of again on a later day."""

    obligation: str
    due: Moment | None = None
    """The time at which it is told of again, or None while it is only reminded of."""


class Act(Value):
    """An act of a person or a rule. The last one is kept, so that a refusal can name who acted before."""

    actor: str
    what: str
    at: Moment
