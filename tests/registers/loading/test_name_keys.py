"""Rows that were loaded before names had keys get them, so that others of a name are found among them too."""

from __future__ import annotations

from pathlib import Path

import asyncpg

from domain.screening.identity import Ruling
from registers.loading.name_keys import fill_name_keys
from registers.lookup import status_of
from tests.builders import party
from tests.registers.files import ein, load_small, write_bmf

NAMED = party("Riverbend Library Network", ein=ein(1))


async def test_rows_without_keys_get_them_and_no_others(connection: asyncpg.Connection, tmp_path: Path) -> None:
    # given: two bodies of one name, of which an earlier release loaded the rows
    await load_small(connection, "irs-bmf", write_bmf(tmp_path, 2))
    before = await connection.fetch("SELECT key, name_key FROM registers.rows ORDER BY key")
    await connection.execute("UPDATE registers.rows SET name_key = NULL")
    alone = await status_of(connection, NAMED)
    # when
    filled = [await fill_name_keys(connection), await fill_name_keys(connection)]
    # then
    beside = await status_of(connection, NAMED)
    assert filled == [len(before), 0]
    assert await connection.fetch("SELECT key, name_key FROM registers.rows ORDER BY key") == before
    rulings = [[comparison.ruling for comparison in evidence.identity] for evidence in (alone, beside) if evidence]
    assert rulings == [[Ruling.CONFIRMED], [Ruling.ADDRESS]]
