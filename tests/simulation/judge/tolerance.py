"""The promise about what is let through: beyond the organisation's figures a booking counts by people's word alone."""

from __future__ import annotations

import json
from contextlib import suppress
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from domain.identity import derive
from tests.simulation.judge.facts import UNREADABLE
from tests.simulation.judge.violations import Promise

if TYPE_CHECKING:  # the world asks the judge, who is told of the world
    from tests.simulation.grounds.world import World

MOST_CHARGES: Final = Decimal("20.00")
HIGHEST_RATE: Final = Decimal("1.15")
"""No reference rate of the sample is so near to it that two per cent lie between."""

_SETTLED: Final = (
    "SELECT stream_id, payload::text AS content FROM ledger.readable "
    "WHERE stream_id LIKE 'partnership/%/attempt/%' AND event_type = 'PaymentSettled' "
    "AND payload::text LIKE '%\"figures\"%' ORDER BY stream_id, version"
)
_RESOLVED: Final = "SELECT count(*) FROM ledger.events WHERE stream_id = $1 AND event_type = 'ExceptionResolved'"


async def ask_tolerance(world: World) -> None:
    """Ask of each booking beyond what is let through for two people's word on it. Raises Violation."""
    for row in await world.pool.fetch(_SETTLED):
        stream = row["stream_id"]
        if any(stream.startswith(one) for one in world.forged):
            continue
        with suppress(*UNREADABLE):
            answer = json.loads(row["content"])["answer"]
            exception = f"exception/{derive('exception', UUID(answer['answer_id']))}"
            if _is_beyond(answer["figures"]) and not await world.pool.fetchval(_RESOLVED, exception):
                world.broken(Promise.TOLERANCE, f"{stream} is settled by {answer['figures']}, and nobody was asked")


def _is_beyond(figures: dict[str, Any]) -> bool:
    charges = (Decimal(one["money"]["amount"]) for one in figures.get("charges", ()) if one.get("is_part"))
    rate = (figures.get("rate") or {}).get("rate", "0")
    return sum(charges, Decimal(0)) > MOST_CHARGES or Decimal(rate) > HIGHEST_RATE
