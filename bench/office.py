"""An office to measure in: the embedded servers, the sample's staff and accounts, and registers of choice."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from commands.demo import FILES, SAMPLE
from commands.desk import Desk
from commands.files import read_file
from deploy.connections import connect_temporal, open_pool
from deploy.embedded.stack import Stack
from domain.parties import AccountReference
from domain.people import DirectoryFile
from payments.accounts import AccountDetails, record_account
from registers.loader import load


@dataclass(frozen=True, slots=True)
class Office:
    """Everything a benchmark needs."""

    desk: Desk
    stack: Stack
    payee_account: AccountReference


@asynccontextmanager
async def open_office(folder: Path, workers: int = 0, sample_registers: bool = True) -> AsyncIterator[Office]:
    """Start the servers and furnish them; without workers, the benchmark runs its own."""
    stack = Stack(folder, workers)
    await stack.start()
    pool = await open_pool(stack.postgres.url, 20)
    try:
        desk = Desk(pool, await connect_temporal(stack.state.temporal_address))
        async with pool.acquire() as connection:
            for register, names in FILES.items() if sample_registers else ():
                await load(connection, register, tuple(SAMPLE / "registers" / n for n in names), date(2026, 11, 1), 1)
            accounts = {
                path.stem: await record_account(connection, read_file(path, AccountDetails), "operator")
                for path in (SAMPLE / "accounts").glob("*.toml")
            }
        await desk.load_directory(read_file(SAMPLE / "house.toml", DirectoryFile), "operator")
        yield Office(desk, stack, accounts["riverbend"])
    finally:
        pool.terminate()
        await asyncio.to_thread(stack.stop)
