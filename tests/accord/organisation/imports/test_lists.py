"""Whoever checks a table is told with which sanctions lists its names could not be compared."""

from __future__ import annotations

import asyncpg

from accord.client.desk import Desk
from accord.organisation.imports.checking import check_file
from accord.organisation.imports.lists import lists_not_loaded
from records.keys.keyring import Keyring
from registers.sources.catalogue import LISTS
from tests.accord.organisation.imports.test_bringing_in import table
from tests.imports.grants import mapping


async def test_lists_of_the_sample_are_loaded(furnished: Desk) -> None:
    """Given the sample's registers, then no list is missing."""
    assert await lists_not_loaded(furnished) == ()


async def test_a_new_installation_has_no_list_and_no_funder(pool: asyncpg.Pool, keyring: Keyring) -> None:
    """Given an installation with nothing in it, then every list is named, and a refusal says how funders come in."""
    bare_desk = Desk(pool, keyring)
    assert await lists_not_loaded(bare_desk) == LISTS
    (row,) = (await check_file(bare_desk, table({}), mapping())).rows
    assert "load it with `accord directory load FILE`" in str(row.faults[0])
