"""The status of an award by the protocol, from a table: the first line that applies decides.

A hold is told as what it does, that payments are paused, and by whom in general: a person or a rule. Its own words, and
what it suspects, stay inside.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

from domain.identity import ACCORD
from domain.partnership.hold.holds import Hold
from domain.partnership.stages import Stage
from domain.proposal import Direction
from publishing.cases import GrantCase
from publishing.figures import SumPart
from publishing.json_text import JsonValue

BY_A_PERSON: Final = "Payments are paused: the funder's staff look at something before they go on."
BY_A_RULE: Final = "Payments are paused: a rule of the funder asks for a check before they go on."


class AwardStatus(NamedTuple):
    """A status: its value, or else the word of a custom one, with what it means, and the events behind it."""

    value: str
    description: str
    parts: tuple[SumPart, ...]
    custom: str | None = None

    def as_json(self) -> dict[str, JsonValue]:
        """Return it as the protocol writes it."""
        custom: dict[str, JsonValue] = {"customValue": self.custom} if self.custom is not None else {}
        return {"value": self.value, **custom, "description": self.description}


def status_of(case: GrantCase) -> AwardStatus:
    """Return the status of a grant that was awarded."""
    status = next((answer for rule in TABLE if (answer := rule(case)) is not None), None)
    if status is not None:
        return status
    return AwardStatus("awarded", "Agreed, and not all of it is done yet.", (SumPart(case.agreement.position),))


def _completed(case: GrantCase) -> AwardStatus | None:
    if case.partnership.stage is not Stage.CLOSED:
        return None
    return AwardStatus("completed", "All that was agreed is done.", _stage_part(case))


def _cancelled(case: GrantCase) -> AwardStatus | None:
    if not case.partnership.ended:
        return None
    return AwardStatus("cancelled", "It ended before all that was agreed was done.", _stage_part(case))


def _money_cancelled(case: GrantCase) -> AwardStatus | None:
    position = case.facts.get(f"LegEnded/{Direction.FUNDS_OUT}")
    if position is None or Direction.FUNDS_OUT not in case.partnership.ended_legs:
        return None
    return AwardStatus("cancelled", "Its payments ended; the partnership goes on.", (SumPart(position),))


def _suspended(case: GrantCase) -> AwardStatus | None:
    holds = case.partnership.holds_on(Direction.FUNDS_OUT)
    if not holds:
        return None
    description = BY_A_PERSON if any(map(_is_by_a_person, holds)) else BY_A_RULE
    parts = (SumPart(position) for hold in holds if (position := case.facts.get(f"Hold/{hold.number}")) is not None)
    return AwardStatus("custom", description, tuple(parts), "suspended")


def _is_by_a_person(hold: Hold) -> bool:
    return hold.actor != ACCORD


def _stage_part(case: GrantCase) -> tuple[SumPart, ...]:
    return (SumPart(case.reached.position),) if case.reached is not None else ()


TABLE: Final[tuple[Callable[[GrantCase], AwardStatus | None], ...]] = (
    _completed, _cancelled, _money_cancelled, _suspended,
)  # fmt: skip
