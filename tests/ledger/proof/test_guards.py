"""A guard against change that somebody switched off is told, though nothing was changed yet."""

from __future__ import annotations

import asyncpg
import pytest

from ledger import Ledger
from ledger.proof.guards import TRIGGERS, guards_off


async def test_a_migrated_database_has_every_guard_and_no_other(
    pool: asyncpg.Pool, connection: asyncpg.Connection
) -> None:
    assert await guards_off(Ledger(pool)) == []
    rows = await connection.fetch("SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE NOT tgisinternal")
    assert {tuple(row) for row in rows} == set(TRIGGERS)


@pytest.mark.sampled(10)
@pytest.mark.parametrize(
    "change", ["DISABLE TRIGGER {trigger}", "DISABLE TRIGGER ALL", "ENABLE REPLICA TRIGGER {trigger}"]
)
@pytest.mark.parametrize(("table", "trigger"), TRIGGERS)
async def test_a_guard_that_is_off_is_named(
    pool: asyncpg.Pool, connection: asyncpg.Connection, table: str, trigger: str, change: str
) -> None:
    await connection.execute(f"ALTER TABLE {table} {change.format(trigger=trigger)}")
    assert f"{table}: {trigger}" in await guards_off(Ledger(pool))


async def test_a_guard_that_is_gone_is_named(pool: asyncpg.Pool, connection: asyncpg.Connection) -> None:
    await connection.execute("DROP TRIGGER events_are_kept ON ledger.events")
    assert await guards_off(Ledger(pool)) == ["ledger.events: events_are_kept"]
