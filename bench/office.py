"""An environment to measure in: the embedded servers, the sample's staff and accounts, and registers of choice."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import structlog

from accord.client.desk import Desk
from accord.demo.sample import furnish, load_sample_registers
from deploy.connections import connect_temporal
from deploy.database import open_pool
from deploy.embedded.stack import Stack
from domain.parties import AccountReference
from records.keys.keyring import Keyring
from registers.loading.archive import Archive

POLL_SECONDS: Final = 0.1


@dataclass(frozen=True, slots=True)
class Office:
    """Everything a benchmark needs."""

    desk: Desk
    stack: Stack
    payee_account: AccountReference
    polls: Counter[str] = field(default_factory=Counter)
    """How often the benchmark looked whether something is recorded, by what: a transaction each."""
    asking: Counter[str] = field(default_factory=Counter)
    """The transactions by which the benchmark asked how many there were."""

    async def is_recorded(self, stream_id: str, event_type: str) -> bool:
        """True if a stream holds an event of a type."""
        self.polls[event_type] += 1
        query = "SELECT EXISTS (SELECT FROM ledger.events WHERE stream_id = $1 AND event_type = $2)"
        return bool(await self.desk.pool.fetchval(query, stream_id, event_type))

    async def until(self, stream_id: str, event_type: str) -> None:
        """Wait until a stream holds an event of a type."""
        while not await self.is_recorded(stream_id, event_type):
            await asyncio.sleep(POLL_SECONDS)


@asynccontextmanager
async def open_office(folder: Path, workers: int = 0, sample_registers: bool = True) -> AsyncIterator[Office]:
    """Start the servers and load the sample's staff and accounts. Without workers, the benchmark runs its own."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))  # the table is the output
    stack = Stack(folder, workers)
    await stack.start()
    pool = await open_pool(stack.postgres.url, 20)
    try:
        keyring = Keyring(folder / "keys")
        desk = Desk(
            pool, keyring, client=await connect_temporal(stack.state.temporal_address, secrets=stack.postgres.secrets)
        )
        if sample_registers:
            await load_sample_registers(pool, Archive(folder / "archive"))
        accounts = await furnish(desk)
        yield Office(desk, stack, accounts["riverbend"])
    finally:
        pool.terminate()
        await asyncio.to_thread(stack.stop)
