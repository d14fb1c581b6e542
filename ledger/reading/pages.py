"""Read the ledger by position, across its streams: from anywhere to anywhere, a page at a time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import asyncpg
from asyncpg.pool import PoolConnectionProxy

from ledger.model import StoredEvent, StoredPayload
from ledger.reading.database import LedgerDatabase
from ledger.reading.rows import COLUMNS, PAGE, WANTED, stored

_READ: Final = (
    f"SELECT {COLUMNS} FROM ledger.events "  # noqa: S608
    "WHERE position > $1 AND position <= $2 ORDER BY position LIMIT $3"
)
_PAYLOAD_COLUMNS: Final = "position, stream_id, event_type, schema_version, payload, leaf"
_MAX_POSITION: Final = 2**63 - 1


class LedgerPages(LedgerDatabase):
    """The positions of a ledger, and its events in their order."""

    async def head(self) -> int:
        """Return the newest position, 0 for an empty ledger."""
        async with self.connection() as connection:
            return int(await connection.fetchval("SELECT coalesce(max(position), 0) FROM ledger.events"))

    async def place_of(self, stream_id: str, version: int) -> int | None:
        """Return the position of a version of a stream, or None if the stream does not go as far."""
        query = "SELECT position FROM ledger.events WHERE stream_id = $1 AND version = $2"
        async with self.connection() as connection:
            found: int | None = await connection.fetchval(query, stream_id, version)
        return found

    async def position_of(self, event_id: UUID) -> int | None:
        """Return an event's position, or None if it is not recorded."""
        async with self.connection() as connection:
            position: int | None = await connection.fetchval(
                "SELECT position FROM ledger.events WHERE event_id = $1", event_id
            )
        return position

    async def position_at(self, moment: datetime) -> int:
        """Return the position of the newest event recorded at or before a moment, or 0 if there is none."""
        query = (
            "SELECT coalesce(min(position) - 1, (SELECT coalesce(max(position), 0) FROM ledger.events)) "
            "FROM ledger.events WHERE recorded_at > $1"
        )
        async with self.connection() as connection:
            return int(await connection.fetchval(query, moment))

    async def read_between(self, after: int, upto: int) -> AsyncIterator[StoredEvent]:
        """Yield the events after a position and up to another, in order, as they are stored, with names encrypted.

        Meant for reading the whole ledger: the next page is fetched while the current one is processed.
        """
        page = asyncio.ensure_future(self._page(after, upto))
        try:
            while rows := await page:
                after = rows[-1]["position"]
                page = asyncio.ensure_future(self._page(after, upto))
                await asyncio.sleep(0)  # sends the query now, so that it runs while the rows are processed
                for row in rows:
                    yield stored(row)
        finally:
            page.cancel()

    async def read_page(self, after: int, limit: int, connection: PoolConnectionProxy) -> list[StoredEvent]:
        """Return at most `limit` events after a position, in order, as they are stored, with names encrypted."""
        return [stored(row) for row in await connection.fetch(_READ, after, _MAX_POSITION, limit)]

    async def _page(self, after: int, upto: int) -> list[asyncpg.Record]:
        async with self.connection() as connection:
            return list(await connection.fetch(_READ, after, upto, PAGE))

    async def read_all(
        self, prefix: str = "", upto: int = _MAX_POSITION, *, after: int = 0, event_types: Sequence[str] | None = None
    ) -> AsyncIterator[StoredEvent]:
        """Yield the events of the streams under `prefix` up to a position, decrypted, ordered by position.

        `after`: only those after this position. `event_types`: only those of these types.
        """
        async for page in self._pages(COLUMNS, prefix, event_types, after):
            for event in await self.opened([stored(row) for row in page if row["position"] <= upto]):
                yield event
            if page[-1]["position"] >= upto:
                return

    async def read_payloads(self, prefix: str, event_types: Sequence[str]) -> AsyncIterator[StoredPayload]:
        """Yield the payloads of events of some types in the streams under `prefix`, decrypted, ordered by position."""
        async for page in self._pages(_PAYLOAD_COLUMNS, prefix, event_types):
            contents = await self._seals.open([row["payload"] for row in page])
            for row, content in zip(page, contents, strict=True):
                yield StoredPayload(*row)._replace(**content._asdict())

    async def _pages(
        self, columns: str, prefix: str, event_types: Sequence[str] | None, after_position: int = 0
    ) -> AsyncIterator[list[asyncpg.Record]]:
        query = f"SELECT {columns} FROM ledger.events WHERE {WANTED} ORDER BY position LIMIT $4"  # noqa: S608
        while True:
            async with self.connection() as connection:
                page = await connection.fetch(query, after_position, prefix, event_types, PAGE)
            if page:
                yield page
            if len(page) < PAGE:
                return
            after_position = page[-1]["position"]
