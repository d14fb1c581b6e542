"""The bank's words are kept: its files as they came, each entry once by its identity, and each exception."""

from __future__ import annotations

import hashlib
from typing import Any

import asyncpg
import pytest

from domain.payment.bank_answers import ExceptionKind
from payments.answers.bank_files import BankFile, bank_file, keep_bank_file, mark_taken, read_bank_file, unfinished
from payments.answers.entries import Entry, has_lookalike_in_other_file, keep_entry, known_digest, place_was_used
from payments.answers.exceptions import exception_name, keep_exception, mark_resolved, read_exceptions
from tests.builders import number

CAME = bank_file("bank.xml", b"what the bank said")


@pytest.fixture
async def kept(connection: asyncpg.Connection) -> asyncpg.Connection:
    """A connection to a database in which a file of the bank's, and another one, are kept."""
    await keep_bank_file(connection, CAME)
    await keep_bank_file(connection, LATER)
    return connection


LATER = bank_file("later.xml", b"what it said later")


# Files


async def test_a_file_is_kept_as_it_came_under_its_digest(kept: asyncpg.Connection) -> None:
    assert BankFile(hashlib.sha256(CAME.content).hexdigest(), "bank.xml", b"what the bank said") == CAME
    assert await read_bank_file(kept, CAME.sha256) == CAME
    assert await read_bank_file(kept, "0" * 64) is None


async def test_the_same_content_is_kept_once_under_its_first_name(kept: asyncpg.Connection) -> None:
    await keep_bank_file(kept, bank_file("renamed.xml", CAME.content))
    assert await read_bank_file(kept, CAME.sha256) == CAME


async def test_content_that_is_not_what_its_digest_says_is_not_believed(kept: asyncpg.Connection) -> None:
    await kept.execute("ALTER TABLE payments.bank_files DISABLE TRIGGER ALL")
    await kept.execute("UPDATE payments.bank_files SET content = 'forged' WHERE sha256 = $1", CAME.sha256)
    assert await read_bank_file(kept, CAME.sha256) is None


async def test_a_file_is_unfinished_until_every_entry_of_it_was_taken(kept: asyncpg.Connection) -> None:
    assert await unfinished(kept) == [CAME.sha256, LATER.sha256]
    for _ in range(2):
        await mark_taken(kept, CAME.sha256)
    assert await unfinished(kept) == [LATER.sha256]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ("UPDATE payments.bank_files SET content = 'x'", "stays as it came"),
        ("UPDATE payments.bank_files SET name = 'x'", "stays as it came"),
        ("UPDATE payments.bank_files SET taken_at = NULL", "stays as it came"),
        ("DELETE FROM payments.bank_files", "what was recorded stays"),
        ("UPDATE payments.entries SET digest = 'x'", "what was recorded stays"),
        ("DELETE FROM payments.entries", "what was recorded stays"),
        ("DELETE FROM payments.exceptions", "what was recorded stays"),
    ],
)
async def test_the_database_refuses_to_change_what_was_kept(kept: asyncpg.Connection, change: str, reason: str) -> None:
    await keep_entry(kept, entry("a"), CAME.sha256, None)
    await raise_one(kept)
    await mark_taken(kept, CAME.sha256)
    await mark_taken(kept, LATER.sha256)
    with pytest.raises(asyncpg.IntegrityConstraintViolationError, match=reason):
        await kept.execute(change)


# Entries


def entry(name: str, **more: Any) -> Entry:
    content = {
        "entry_id": number(name), "message_id": "BANK-1", "place": "1/1", "about": "a payment", "digest": name,
        "referenced": True,
    }  # fmt: skip
    return Entry(**{**content, **more})


async def test_an_entry_is_kept_once_by_its_identity(kept: asyncpg.Connection) -> None:
    one = entry("a")
    assert await known_digest(kept, one) is None
    await keep_entry(kept, one, CAME.sha256, None)
    await keep_entry(kept, one._replace(digest="other"), LATER.sha256, None)
    assert await known_digest(kept, one) == "a"
    assert await kept.fetchval("SELECT count(*) FROM payments.entries") == 1


@pytest.mark.parametrize(
    ("other", "file", "used"),
    [
        pytest.param({}, LATER, True, id="the same place said something else in another file"),
        pytest.param({}, CAME, False, id="in the same file"),
        pytest.param({"digest": "a"}, LATER, False, id="the same thing"),
        pytest.param({"place": "1/2"}, LATER, False, id="another place"),
        pytest.param({"message_id": "BANK-2"}, LATER, False, id="another message"),
        pytest.param({"about": "another"}, LATER, False, id="another payment"),
        pytest.param({"about": ""}, LATER, False, id="of nobody"),
    ],
)
async def test_a_place_that_said_something_else_of_the_same_payment_was_used(
    kept: asyncpg.Connection, other: dict[str, Any], file: BankFile, used: bool
) -> None:
    await keep_entry(kept, entry("a"), CAME.sha256, None)
    assert await place_was_used(kept, entry("b", **other), file.sha256) is used


@pytest.mark.parametrize(
    ("first", "second", "file", "stands"),
    [
        pytest.param(False, False, LATER, True, id="neither has a reference"),
        pytest.param(True, False, LATER, True, id="the second has none"),
        pytest.param(False, True, LATER, True, id="the first had none"),
        pytest.param(True, True, LATER, False, id="both have one"),
        pytest.param(False, False, CAME, False, id="in the same file"),
    ],
)
async def test_an_equal_entry_in_another_file_is_found_where_one_of_the_two_has_no_reference(
    kept: asyncpg.Connection, first: bool, second: bool, file: BankFile, stands: bool
) -> None:
    await keep_entry(kept, entry("a", referenced=first, likeness="alike"), CAME.sha256, None)
    assert (
        await has_lookalike_in_other_file(kept, entry("b", referenced=second, likeness="alike"), file.sha256) is stands
    )
    assert not await has_lookalike_in_other_file(kept, entry("b", referenced=second, likeness="other"), file.sha256)


async def test_entries_that_are_like_nothing_are_not_like_each_other(kept: asyncpg.Connection) -> None:
    await keep_entry(kept, entry("a", referenced=False), CAME.sha256, None)
    assert not await has_lookalike_in_other_file(kept, entry("b", referenced=False), LATER.sha256)


# Exceptions


async def raise_one(connection: asyncpg.Connection, name: str = "one", partnership: str = "P-2026-0042") -> bool:
    said = (ExceptionKind.SECOND_BOOKING, partnership, "bank.xml", "booked twice", "SETTLED USD 1000")
    return await keep_exception(connection, number(name), *said)


async def test_an_exception_is_raised_once_and_waits_until_it_is_resolved(connection: asyncpg.Connection) -> None:
    assert await raise_one(connection)
    assert not await raise_one(connection)
    await raise_one(connection, "other")
    first, second = await read_exceptions(connection)
    assert (first.exception_id, first.kind) == (number("one"), ExceptionKind.SECOND_BOOKING)
    await mark_resolved(connection, first.exception_id)
    assert await read_exceptions(connection) == [second]
    resolved, _ = await read_exceptions(connection, with_history=True)
    assert resolved.resolved_at is not None
    await mark_resolved(connection, first.exception_id)
    assert (await read_exceptions(connection, with_history=True))[0] == resolved


async def test_an_exception_has_a_short_name(connection: asyncpg.Connection) -> None:
    await raise_one(connection)
    (one,) = await read_exceptions(connection)
    assert one.name == exception_name(number("one")) == f"EX-{number('one').hex[:10].upper()}"
