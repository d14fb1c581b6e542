"""A writer keeps what it read of the records of before, and is never misled by it."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from accord.client.desk import Desk
from accord.organisation.imports.checking import check_file
from activities.contracts import ImportPart
from activities.imports.writing import Imports
from domain.directory.people import KeyRevoked
from ledger import clock
from records.imports import read_imported
from tests.accord.organisation.imports.test_bringing_in import FIRST, signed_by_two, table
from tests.governing import decree
from tests.imports.grants import mapping


@pytest.fixture
async def parts(furnished: Desk) -> list[ImportPart]:
    """Return an import that two people signed, in two parts of one record each."""
    file = table({}, {})
    order = await signed_by_two(furnished, file)
    records = (await check_file(furnished, file, mapping())).records()
    return [ImportPart(order_sha256=order, records=(record,)) for record in records]


async def brought_in(desk: Desk) -> list[str]:
    """Return the references that stand."""
    return sorted((await read_imported(desk.reader)).standing)


async def test_what_another_wrote_since_is_not_written_again(furnished: Desk, parts: list[ImportPart]) -> None:
    """Given two writers, when each writes a part, then neither writes what the other wrote, nor its own again."""
    first, other = Imports(furnished.pool), Imports(furnished.pool)
    for writer, part in ((first, parts[0]), (other, parts[1])):
        assert (await writer.write_records(part)).refusal is None
    head = await furnished.ledger.head()
    answers = [await writer.write_records(part) for writer in (first, other) for part in parts]
    assert [answer.refusal for answer in answers] == [None] * 4
    assert await furnished.ledger.head() == head


async def test_a_part_that_is_written_twice_at_once_stands_once(furnished: Desk, parts: list[ImportPart]) -> None:
    """Given a writer, when a part is written by it twice at once, then its record has one event."""
    writer, head = Imports(furnished.pool), await furnished.ledger.head()
    await asyncio.gather(writer.write_records(parts[0]), writer.write_records(parts[0]))
    assert await furnished.ledger.head() == head + 1
    assert (await writer.write_records(parts[0])).refusal is None
    assert await brought_in(furnished) == ["P-2026-5001"]


async def test_what_a_restored_ledger_lost_is_written_again(furnished: Desk, parts: list[ImportPart]) -> None:
    """Given a writer that wrote two parts, when the ledger is put back to before, then it writes them anew."""
    writer, head = Imports(furnished.pool), await furnished.ledger.head()
    for part in (*parts, parts[1]):  # the third time it reads that the second is written
        await writer.write_records(part)
    await furnished.pool.execute("ALTER TABLE ledger.events DISABLE TRIGGER USER")  # a restore meets none
    await furnished.pool.execute("DELETE FROM ledger.events WHERE position > $1", head + 1)
    assert (await writer.write_records(parts[1])).refusal is None
    assert await brought_in(furnished) == ["P-2026-5001", "P-2026-5002"]


async def test_a_key_that_was_stolen_signs_no_later_part(furnished: Desk, parts: list[ImportPart]) -> None:
    """Given a part that was written, when a signer's key was stolen before, then no more is written or stands."""
    writer, signed_since = Imports(furnished.pool), clock.now() - timedelta(hours=1)
    assert (await writer.write_records(parts[0])).refusal is None
    key_id = furnished.keyring.public(FIRST).key_id
    await decree(furnished, KeyRevoked(staff_id=FIRST, key_id=key_id, compromised_since=signed_since))
    refusal = (await writer.write_records(parts[1])).refusal
    assert refusal is not None
    assert refusal.kind == "NotSigned"
    assert await brought_in(furnished) == []
