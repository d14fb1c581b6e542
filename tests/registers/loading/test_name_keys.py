"""Rows that were loaded before names had keys get them, so that others of a name are found among them too."""

from __future__ import annotations

from pathlib import Path

import asyncpg
import pytest

from domain.screening.identity import Ruling
from registers.loading.name_keys import fill_name_keys
from registers.lookup import status_of
from registers.matching.identity.keys import key_of
from registers.sources.catalogue import REGISTERS
from registers.sources.irs import MASTER_FILE, MASTER_FILE_FIELDS, PUBLICATION_78
from tests.builders import party
from tests.registers.files import bmf_row, ein, load_small, pub78_row, write, write_bmf

KEYS = "SELECT kind, key, name_key, second_key FROM registers.rows ORDER BY kind, key"
NAMED = party("Riverbend Library Network", ein=ein(1))


async def test_rows_without_keys_get_them_and_no_others(connection: asyncpg.Connection, tmp_path: Path) -> None:
    # given: two bodies of one name, of which an earlier release loaded the rows
    rows = [MASTER_FILE_FIELDS, bmf_row(0), bmf_row(1), f"{bmf_row(2, 'GRAND LODGE')}RIVERBEND NETWORK LIBRARY"]
    await load_small(connection, "irs-bmf", write(tmp_path, "bmf.csv", *rows))
    before = await connection.fetch(KEYS)
    await connection.execute("ALTER TABLE registers.rows DROP CONSTRAINT rows_name_key")
    await connection.execute("UPDATE registers.rows SET name_key = NULL, second_key = NULL")
    alone = await status_of(connection, NAMED)
    # when
    filled = [await fill_name_keys(connection), await fill_name_keys(connection)]
    # then
    beside = await status_of(connection, NAMED)
    assert filled == [len(before), 0]
    assert await connection.fetch(KEYS) == before
    assert [row["second_key"] > 0 for row in before] == [False, False, True]
    rulings = [[comparison.ruling for comparison in evidence.identity] for evidence in (alone, beside) if evidence]
    assert rulings == [[Ruling.CONFIRMED], [Ruling.ADDRESS]]


async def test_rows_whose_first_names_had_keys_get_those_of_their_further_ones(
    connection: asyncpg.Connection, tmp_path: Path
) -> None:
    """Given rows of the registers that a database between two migrations holds, then all are whole after the second."""
    await load_small(connection, "irs-bmf", write(tmp_path, "bmf.csv", MASTER_FILE_FIELDS, f"{bmf_row(1)}READERS"))
    await load_small(connection, "irs-pub78", write(tmp_path, "pub78.txt", pub78_row(1)))
    before = await connection.fetch(KEYS)
    await connection.execute("UPDATE registers.rows SET second_key = NULL")
    assert [await fill_name_keys(connection), await fill_name_keys(connection)] == [1, 0]
    assert await connection.fetch(KEYS) == before


@pytest.mark.parametrize("written", ["", "SAME", "None", "N/A", "INC"])
def test_a_further_name_that_names_nobody_has_no_key(written: str) -> None:
    kind = MASTER_FILE.kinds[0]
    assert kind.second_key_of(bmf_row(1) + written) == 0
    assert kind.second_key_of(bmf_row(1) + "READERS, NETWORK OF".replace(",", "")) == key_of("Network of Readers")
    assert PUBLICATION_78.kinds[0].second_key_of(pub78_row(1)) is None


async def test_rows_of_a_loader_that_gives_no_keys_are_refused(connection: asyncpg.Connection, tmp_path: Path) -> None:
    """Given a loader of an earlier release beside this database, then its rows hide nobody's name: they do not come."""
    await load_small(connection, "irs-bmf", write_bmf(tmp_path, 2))
    again = "INSERT INTO registers.rows (version, key, file, line, row, kind) SELECT version, key, file, 9, row, kind "
    with pytest.raises(asyncpg.CheckViolationError, match="rows_name_key"):
        await connection.execute(f"{again} FROM registers.rows LIMIT 1")


async def test_the_database_asks_for_keys_of_all_kinds_that_name_a_body(connection: asyncpg.Connection) -> None:
    asked = await connection.fetchval(
        "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'rows_name_key'"
    )
    naming = [kind.name for register in REGISTERS.values() for kind in register.kinds if kind.named is not None]
    assert all(f"'{name}'" in asked for name in naming)
    assert asked.count("'::text") == len(naming)
