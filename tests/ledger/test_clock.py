"""There is one clock for all that is recorded: a drill may set it, and nobody who only works here can."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from deploy.logins import Login
from ledger import clock
from payments.accounts import record_account
from tests.builders import NOON
from tests.payments.orders import RIVERBEND


def test_the_time_is_that_of_the_machine() -> None:
    before = datetime.now(UTC)
    assert before <= clock.now() <= datetime.now(UTC)


def test_a_drill_sets_the_time_for_itself_alone() -> None:
    with clock.reading(lambda: NOON):
        assert (clock.now(), clock.today()) == (NOON, NOON.date())
    assert clock.now() - NOON != timedelta(0)


async def test_no_column_dates_its_row_by_another_clock(connection: asyncpg.Connection) -> None:
    found = await connection.fetch(
        "SELECT table_schema, table_name, column_name FROM information_schema.columns "
        "WHERE column_default ~ 'clock_timestamp|now' AND column_default <> 'ledger.now()' AND table_schema <> 'accord'"
    )
    assert [tuple(row) for row in found] == []


async def test_what_is_recorded_is_dated_by_the_clock_that_the_owner_gave(connection: asyncpg.Connection) -> None:
    await connection.execute(
        "CREATE OR REPLACE FUNCTION ledger.now() RETURNS timestamptz LANGUAGE sql AS "
        f"$$ SELECT '{NOON.isoformat()}'::timestamptz $$"
    )
    await record_account(connection, RIVERBEND, "operator")
    assert await connection.fetchval("SELECT recorded_at FROM payments.accounts") == NOON


@pytest.mark.sampled(4)
@pytest.mark.parametrize("role", [f"accord_{login}" for login in Login])
async def test_who_works_here_cannot_set_it(connection: asyncpg.Connection, role: str) -> None:
    await connection.execute(f"SET ROLE {role}")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await connection.execute(
            "CREATE OR REPLACE FUNCTION ledger.now() RETURNS timestamptz LANGUAGE sql AS $$ SELECT now() $$"
        )
