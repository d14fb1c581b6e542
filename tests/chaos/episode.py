"""One episode of chaos: partnerships in flight, servers killed at seeded moments, and the proof afterwards."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from commands.desk import Desk
from commands.files import read_file
from deploy.connections import connect_temporal, open_pool
from deploy.embedded.bank import Bank
from deploy.embedded.stack import Stack
from domain.parties import AccountReference
from domain.partnership import Stage
from domain.people import DirectoryFile
from payments.accounts import AccountDetails, record_account
from registers.loader import load
from tests.builders import funds_out, party, proposal
from tests.chaos.check import violations
from tests.chaos.drive import BankRuns, Staff
from tests.chaos.monkey import Monkey

SAMPLE = Path(__file__).resolve().parents[2] / "deploy" / "sample"
REGISTERS = {
    "irs-bmf": ("bmf.csv",),
    "irs-pub78": ("pub78.txt",),
    "irs-revocation": ("revocation.txt",),
    "ofac-sdn": ("sdn.csv", "alt.csv", "add.csv"),
}


@dataclass(frozen=True, slots=True)
class Report:
    """What an episode showed."""

    seed: int
    partnerships: int
    killed: Counter[str]
    events: int
    seconds: float
    violations: tuple[str, ...]


async def episode(folder: Path, seed: int, partnerships: int, kills_each: int, limit_seconds: float) -> Report:
    """Run an episode and return what it showed. Raises TimeoutError if a partnership does not finish in time."""
    started = time.monotonic()
    stack, bank = Stack(folder / "stack", workers=2), Bank(folder / "bank")
    await stack.start()
    keeper = asyncio.create_task(stack.supervise())
    await asyncio.to_thread(bank.start)
    pool = await open_pool(stack.postgres.url, 20)
    try:
        desk = Desk(pool, await connect_temporal(stack.state.temporal_address), patience=5.0)
        account = await furnish(desk, bank)
        staff, expected = cast(desk, account, partnerships)
        monkey = Monkey(stack, seed, kills_each)
        runs = asyncio.create_task(BankRuns(desk, bank, folder / "answers").forever())
        async with asyncio.timeout(limit_seconds), asyncio.TaskGroup() as group:
            group.create_task(monkey.rage())
            for member in staff:
                group.create_task(member.lead())
        runs.cancel()
        await asyncio.sleep(1)
        found = await violations(desk, bank, staff, expected)
        events = await pool.fetchval("SELECT count(*) FROM ledger.events")
        return Report(seed, partnerships, monkey.killed, events, time.monotonic() - started, tuple(found))
    finally:
        keeper.cancel()
        pool.terminate()
        await asyncio.to_thread(bank.stop)
        await asyncio.to_thread(stack.stop)


async def furnish(desk: Desk, bank: Bank) -> AccountReference:
    """The sample's registers, staff and accounts, and the funder's account at the bank."""
    async with desk.pool.acquire() as connection:
        for register, names in REGISTERS.items():
            await load(connection, register, tuple(SAMPLE / "registers" / n for n in names), date(2026, 11, 1), 1)
        accounts = {
            path.stem: await record_account(connection, read_file(path, AccountDetails), "operator")
            for path in (SAMPLE / "accounts").glob("*.toml")
        }
    await desk.load_directory(read_file(SAMPLE / "house.toml", DirectoryFile), "operator")
    iban = read_file(SAMPLE / "accounts" / "isoc.toml", AccountDetails).iban
    bank.open_account("ISOC", str(iban), balance=10**12)
    return accounts["riverbend"]


def cast(desk: Desk, account: AccountReference, count: int) -> tuple[list[Staff], dict[str, Stage]]:
    """The partnerships of an episode: every fifth is declined by the rule book, the others pay one or two tranches."""
    staff, expected = [], {}
    for place in range(1, count + 1):
        reference = f"P-2026-{7000 + place}"
        revoked = place % 5 == 0
        payee = party("Old Mill Community Net", ein="001000009") if revoked else party()
        amounts = ("100.00",) if place % 2 else ("60.00", "40.00")
        out = funds_out(*amounts, payee=payee, final_report=False)
        staff.append(Staff(desk, proposal(reference, funds_out=out), account))
        expected[reference] = Stage.DECLINED if revoked else Stage.CLOSED
    return staff, expected
