"""The readers' view of a projection: its documents, its position, and the reason if it stopped."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from ledger.projections.model import Document, Quarantined
from ledger.store import Ledger

_POSITION: Final = """
SELECT position FROM projection.checkpoints c WHERE name = {} AND live AND NOT EXISTS
 (SELECT FROM projection.forgotten f WHERE f.name = c.name AND f.generation = c.generation)
"""


def waits_since_query(projection: str = "$1") -> str:
    """Return the query for the time of the first event that a projection has not folded in, NULL if it has all.

    `projection`: the parameter of the query that names it.
    """
    return (
        f"SELECT recorded_at FROM ledger.events WHERE position > COALESCE(({_POSITION.format(projection)}), 0) "  # noqa: S608
        "ORDER BY position LIMIT 1"
    )


class NotCaughtUp(TimeoutError):
    """The read model did not reach a position in time."""


class ReadModel:
    """A projection's read model: the documents of its live generation."""

    def __init__(self, ledger: Ledger, name: str) -> None:
        self._ledger = ledger
        self.name = name

    async def position(self) -> int:
        """Return the last folded position, or 0 if there is none or while dropped documents wait to be folded anew."""
        async with self._ledger.connection() as connection:
            return int(await connection.fetchval(_POSITION.format("$1"), self.name) or 0)

    async def waits_since(self) -> datetime | None:
        """Return the time at which the first event that is not folded in was recorded, or None if all are."""
        async with self._ledger.connection() as connection:
            moment: datetime | None = await connection.fetchval(waits_since_query(), self.name)
        return moment

    async def fault(self) -> str:
        """Return the reason why the projector stopped, or ''."""
        query = "SELECT max(fault) FROM projection.checkpoints WHERE name = $1"
        async with self._ledger.connection() as connection:
            return str(await connection.fetchval(query, self.name) or "")

    async def wait_for(self, position: int, patience: float = 5.0) -> None:
        """Wait for all events up to a position to be folded in, so that a caller reads its own latest write.

        Raises:
            NotCaughtUp: They are not folded in within `patience` seconds.
        """
        deadline = asyncio.get_running_loop().time() + patience
        while (current_position := await self.position()) < position:
            if asyncio.get_running_loop().time() > deadline:
                why = await self.fault() or "is `accord projector` running?"
                raise NotCaughtUp(f"{self.name} is at position {current_position} of {position}: {why}")
            await asyncio.sleep(0.02)

    async def document(self, stream_id: str) -> Document | None:
        """Return the document of one stream, or None."""
        rows = await self._rows("AND d.stream_id = $2", stream_id)
        return rows[0][1] if rows else None

    async def documents(self, stream_ids: Sequence[str] | None = None) -> list[tuple[str, Document]]:
        """Return (stream id, document) for every stream, or for some of them, ordered by stream id."""
        return (
            await self._rows("") if stream_ids is None else await self._rows("AND d.stream_id = ANY ($2)", stream_ids)
        )

    async def quarantined(self) -> list[Quarantined]:
        """Return the streams that could not be folded."""
        query = (
            "SELECT stream_id, q.position, reason FROM projection.quarantine q JOIN projection.checkpoints c "
            "USING (name, generation) WHERE name = $1 AND live ORDER BY stream_id"
        )
        async with self._ledger.connection() as connection:
            return [Quarantined(*row) for row in await connection.fetch(query, self.name)]

    async def _rows(self, condition: str, *arguments: object) -> list[tuple[str, Document]]:
        query = (
            "SELECT d.stream_id, d.document FROM projection.documents d JOIN projection.checkpoints c "  # noqa: S608
            f"USING (name, generation) WHERE name = $1 AND c.live {condition} ORDER BY d.stream_id"
        )
        async with self._ledger.connection() as connection:
            return [(row[0], json.loads(row[1])) for row in await connection.fetch(query, self.name, *arguments)]
