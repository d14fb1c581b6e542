"""The values of which the state of a partnership is made."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final

from pydantic import Field

from domain.directory.tiers import Role
from domain.partnership.proposal.sums import Sums
from domain.payment.booked.figures import BookedFigures
from domain.values import Moment, Money, Value, is_false, is_none, is_zero

ChangedFields = dict[str, object]
"""Fields of a partnership that an event changes, with their new values."""


class TrancheState(StrEnum):
    """The state of a planned payment, seen from the partnership."""

    PLANNED = "PLANNED"
    RELEASED = "RELEASED"
    """It was released but not handed over yet, so it can be cancelled."""
    HANDED_OVER = "HANDED_OVER"
    """Its file was handed over to the bank, and only the bank's answer ends the attempt."""
    SETTLED = "SETTLED"
    REJECTED = "REJECTED"
    RETURNED = "RETURNED"
    WITHHELD = "WITHHELD"
    CANCELLED = "CANCELLED"


IN_FLIGHT: Final = frozenset({TrancheState.RELEASED, TrancheState.HANDED_OVER})
"""The states of a payment that was released and has not ended."""

RELEASABLE: Final = frozenset(
    {
        TrancheState.PLANNED,
        TrancheState.REJECTED,
        TrancheState.RETURNED,
        TrancheState.WITHHELD,
        TrancheState.CANCELLED,
    }
)
"""The states in which a tranche may be released: before an attempt, or after evidence that the last paid nothing."""


class TrancheProgress(Value):
    """A planned payment and its state. `attempt` is 0 before the first release."""

    number: int
    money: Money
    state: TrancheState = TrancheState.PLANNED
    attempt: int = 0
    returned: Decimal = Field(default=Decimal(0), exclude_if=is_zero)
    """The part of a settled payment that came back, as two people confirmed."""
    due_on: date | None = None
    """The day before which it is not paid."""
    figures: BookedFigures | None = Field(default=None, exclude_if=is_none)
    """What the bank booked of it, where that tells more than the sum."""

    @property
    def next_attempt(self) -> int:
        """The number of the attempt that the next release begins."""
        return self.attempt + 1


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
