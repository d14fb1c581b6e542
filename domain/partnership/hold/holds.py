"""Holds: each stands by itself, with who placed it, why, on what and since when, until somebody else lifts it (R36)."""

from __future__ import annotations

from collections.abc import Iterable

from pydantic import Field

from domain.identity import ACCORD
from domain.partnership.waiting.deadlines import Deadline, Wait, deadline_of
from domain.payment.account_numbers import masked
from domain.proposal import Direction
from domain.values import Moment, Value, is_empty, is_false, is_none


class Hold(Value):
    """A hold that stands. Several may, also by one person, and on one leg."""

    number: int = 0
    """The version of the event that placed it, or 0 where a run of release 0.2.0, which kept none, handed it on."""
    actor: str
    reason: str
    at: Moment | None = None
    """The time at which it was placed."""
    reminded: bool = False
    due: Moment | None = None
    """The day to which it was escalated last, or None before."""
    leg: Direction | None = Field(default=None, exclude_if=is_none)
    """The leg that it holds, or None if it holds all of the partnership."""
    whole_agreement: bool = Field(default=False, exclude_if=is_false)
    """True if it holds payments in every partnership under the agreement."""
    lead: str = Field(default="", exclude_if=is_empty)
    """The partnership whose hold on the whole agreement it repeats. It falls with that one."""

    @property
    def code(self) -> str:
        """The hold's holder and scope without a reason: STAFF_FUNDS_OUT, for example, or RULES_PARTNERSHIP."""
        scope = "AGREEMENT" if self.whole_agreement else self.leg.value if self.leg is not None else "PARTNERSHIP"
        return f"{'RULES' if self.actor == ACCORD else 'STAFF'}_{scope}"

    def covers(self, leg: Direction | None) -> bool:
        """True if it holds a leg. None stands for all of the partnership."""
        return self.leg is None or self.leg is leg

    def says_as(self, other_hold: Hold) -> bool:
        """True if it is by the same, for the same reason and on the same, whenever it was placed."""
        return _content(self) == _content(other_hold)

    @property
    def told(self) -> str:
        """Its author and reason, in words, with the leg that it holds alone."""
        leg = f" ({self.leg.value.lower()})" if self.leg is not None else ""
        return f"by {self.actor}{leg}: {masked(self.reason)}"

    @property
    def deadline(self) -> Deadline | None:
        """The deadline for lifting it, which needs no event of its own."""
        if self.at is None:
            return None
        first = deadline_of(Wait.HOLD, self.at)
        later = {"reminded": self.reminded, "escalated": self.due is not None, "due": self.due or first.due}
        return first.model_copy(update=later)


Holds = tuple[Hold, ...]


def _content(hold: Hold) -> tuple[object, ...]:
    return hold.actor, hold.reason, hold.leg, hold.whole_agreement, hold.lead


def own_reason(standing: Holds, actor: str, reason: str) -> str:
    """Return a hold's own reason: up to release 0.2.0 a rule's hold repeated the reasons of what stood already."""
    before = "; ".join(hold.reason for hold in standing)
    return reason.removeprefix(f"{before}; ") if before and actor == ACCORD else reason


def without(standing: Holds, numbers: Iterable[int]) -> Holds:
    """Return the holds that stay after these were lifted. A lift that names none, up to 0.2.0, lifted all."""
    lifted_numbers = frozenset(numbers)
    return tuple(hold for hold in standing if lifted_numbers and hold.number not in lifted_numbers)


def next_told(standing: Holds) -> Hold | None:
    """Return the hold that its clock tells of next, or None if no day is known of any."""
    deadlines = [
        (deadline.next_at, place) for place, hold in enumerate(standing) if (deadline := hold.deadline) is not None
    ]
    return standing[min(deadlines)[1]] if deadlines else None


def on_hold(partnership_id: str) -> str:
    """Return the beginning of the reason for a payment to wait for the partnership's holds. `in_words` follows it."""
    return f"{partnership_id} stands on hold: "


def led_on_hold(lead: str) -> str:
    """Return the beginning of the reason for a payment to wait for the holds of the partnership that leads."""
    return f"everything under the agreement of {lead} is on hold: "


def in_words(standing: Holds) -> str:
    """Return the holds in words: the person who placed each and the reason, numbered where there are several."""
    return standing[0].told if len(standing) == 1 else numbered(standing)


def numbered(standing: Holds) -> str:
    """Return the number of each hold, who placed it and why."""
    return "; ".join(f"hold {hold.number} {hold.told}" for hold in standing)
