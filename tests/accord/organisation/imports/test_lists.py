"""Whoever checks a table is told with which sanctions lists its names could not be compared."""

from __future__ import annotations

import asyncpg
import pytest

from accord.client.desk import Desk
from accord.organisation.imports.applying import apply_import
from accord.organisation.imports.checking import check_file
from accord.organisation.imports.lists import lists_not_loaded
from accord.organisation.imports.signing import confirm_import, sign_import
from accord.presentation.faults import Refused
from records.imports import read_orders
from records.keys.keyring import Keyring
from registers.sources.catalogue import LISTS
from tests.accord.organisation.imports.test_bringing_in import FIRST, SECOND, counted, signed_by_two, silent, table
from tests.imports.grants import mapping
from tests.registers.files import load_sample


async def test_lists_of_the_sample_are_loaded(furnished: Desk) -> None:
    """Given the sample's registers, then no list is missing."""
    assert await lists_not_loaded(furnished) == ()


async def test_a_new_installation_has_no_list_and_no_funder(pool: asyncpg.Pool, keyring: Keyring) -> None:
    """Given an installation with nothing in it, then every list is named, and a refusal says how funders come in."""
    bare_desk = Desk(pool, keyring)
    assert await lists_not_loaded(bare_desk) == LISTS
    (row,) = (await check_file(bare_desk, table({}), mapping())).rows
    assert "load it with `accord directory load FILE`" in str(row.faults[0])


async def test_what_a_signer_is_warned_of_is_signed(staffed_pool: asyncpg.Pool, keyring: Keyring) -> None:
    """Given a table and no list, then both signers hear of it before they sign, and the order says it."""
    desk, file, heard = Desk(staffed_pool, keyring), table({}), list[tuple[str, ...]]()
    totals = await counted(desk, file, mapping())
    await sign_import(desk, file, mapping(), totals, FIRST, corrections=False, warn=heard.append)
    await confirm_import(desk, file, SECOND, heard.append)
    ((_, standing),) = await read_orders(desk.reader)
    assert standing.order is not None
    assert heard == [standing.order.cautions] * 2
    assert standing.order.cautions[0].startswith("not loaded, so that no name was compared with it")


async def test_whoever_is_warned_may_stop(staffed_pool: asyncpg.Pool, keyring: Keyring) -> None:
    """Given a signer who stops at the warning, then nothing is signed."""

    def stop(_cautions: tuple[str, ...]) -> None:
        raise KeyboardInterrupt

    desk, file = Desk(staffed_pool, keyring), table({})
    totals = await counted(desk, file, mapping())
    with pytest.raises(KeyboardInterrupt):
        await sign_import(desk, file, mapping(), totals, FIRST, corrections=False, warn=stop)
    assert await read_orders(desk.reader) == []


async def test_an_answer_to_another_question_clears_nobody_who_is_listed_later(
    staffed_pool: asyncpg.Pool, keyring: Keyring
) -> None:
    """Given a partner about whom something was answered, when a list names them, then nobody confirms or writes it."""
    desk, listed = Desk(staffed_pool, keyring), {"Organisation": "Zorvania Trade Bureau"}
    by = mapping(answers={"G-1": "another grant of the same title"})
    file, waiting = table(listed), table(listed, {})
    await signed_by_two(desk, file, by)
    await sign_import(desk, waiting, mapping(), await counted(desk, waiting, by), FIRST, corrections=False)
    async with staffed_pool.acquire() as connection:
        await load_sample(connection)
    with pytest.raises(Refused, match="1 of 2 records are not what was signed"):
        await confirm_import(desk, waiting, SECOND)
    result = await apply_import(desk, file, silent)
    assert (result.written, result.left) == (0, 1)
    await signed_by_two(desk, file, by)
    assert (await apply_import(desk, file, silent)).written == 1, "two people signed the answer beside the entry"
