"""The office of a trial, the partnerships that a register touches, the people who come, and what the ledger says."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Collection, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final

from accord.client.desk import Desk
from bench.office import Office
from bench.registers.invented import answered, invented
from deploy.embedded.processes import ChildProcess
from deploy.settings import DATABASE_VARIABLE, SECRETS_VARIABLE
from domain.parties import Party
from domain.streams import StreamId

POLL_SECONDS: Final = 0.2
PATIENCE_SECONDS: Final = 900.0


@dataclass(frozen=True)
class Trial:
    """The office, the payees whose partnerships a register touches, and the people who come meanwhile."""

    office: Office
    folder: Path
    touched: Sequence[Party]
    others: Sequence[Party]
    coming: Iterator[tuple[int, Party]]
    people: int
    every: float
    at_once: bool

    @property
    def desk(self) -> Desk:
        """A desk at which people wait as long as it takes."""
        return replace(self.office.desk, patience=PATIENCE_SECONDS)

    @property
    def streams(self) -> list[str]:
        """The streams of the partnerships that a register touches."""
        return [StreamId.partnership(reference_of(number)) for number in range(len(self.touched))]


def reference_of(number: int) -> str:
    """Return the reference of a partnership, by its number."""
    return f"P-2026-{100_000 + number}"


def payees_of(count: int) -> list[Party]:
    """Return invented payees, each of which says who is behind it."""
    return answered(invented(count))


@asynccontextmanager
async def working(office: Office) -> AsyncIterator[ChildProcess]:
    """Run a worker process whose priorities can be made equal."""
    own = {
        DATABASE_VARIABLE: office.stack.postgres.address, SECRETS_VARIABLE: str(office.stack.postgres.secrets),
        "TEMPORAL_ADDRESS": office.stack.state.temporal_address, "ACCORD_BUILD_ID": "none",
    }  # fmt: skip
    command = [sys.executable, "-m", "bench.waiting.equalled"]
    worker = ChildProcess("worker", command, office.stack.folder / "worker.log", own)
    worker.start()
    try:
        yield worker
    finally:
        await asyncio.to_thread(worker.stop)


async def head_of(office: Office) -> int:
    """Return the newest position of the ledger."""
    return int(await office.desk.pool.fetchval("SELECT coalesce(max(position), 0) FROM ledger.events"))


async def until_recorded(
    office: Office, event: type, streams: Collection[str], after: int, enough: int
) -> dict[str, datetime]:
    """Wait for an event to be recorded on so many of these streams after a position. Return the times."""
    query = (
        "SELECT stream_id, min(recorded_at) AS at FROM ledger.events "
        "WHERE position > $1 AND event_type = $2 AND stream_id = ANY($3::text[]) GROUP BY stream_id"
    )
    async with asyncio.timeout(PATIENCE_SECONDS + len(streams)):
        while len(rows := await office.desk.pool.fetch(query, after, event.__name__, list(streams))) < enough:
            await asyncio.sleep(POLL_SECONDS)
    return {row["stream_id"]: row["at"] for row in rows}
