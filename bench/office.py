"""An environment to measure in: the embedded servers, the sample's staff and accounts, and registers of choice."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import structlog

from accord.client.desk import Desk
from accord.demo.sample import furnish, load_sample_registers
from deploy.connections import connect_temporal
from deploy.database import open_pool
from deploy.embedded.stack import Stack
from domain.parties import AccountReference
from records.keys.keyring import Keyring
from registers.loading.archive import Archive


@dataclass(frozen=True, slots=True)
class Office:
    """Everything a benchmark needs."""

    desk: Desk
    stack: Stack
    payee_account: AccountReference


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
