"""Payment files in the database: which payments wait, which file they make, and that a file only moves forward."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import asyncpg
import pytest

from domain.payment.payment_file import MESSAGE_ID, FileStatus
from payments.accounts import AccountChanged, UnknownAccount, record_account, reference_of
from payments.out.files import (
    batches,
    count_unsent_files,
    files_with,
    instructions_of_file,
    is_remade,
    keep_file,
    make_file,
    mark,
    remade,
    rows_of_file,
    stored_file,
    stored_files,
    unfiled_instructions,
)
from payments.out.instructions import Instruction, freeze
from tests.builders import money
from tests.payments.orders import FOUNDATION, RIVERBEND, filed, files_of, foundation, freeze_all, order, record_accounts

MADE, HANDED_OVER, VOID, NEVER_SENT = FileStatus


@pytest.fixture
async def office(connection: asyncpg.Connection) -> asyncpg.Connection:
    """A connection to a database with the accounts recorded."""
    await record_accounts(connection)
    return connection


async def waits(connection: asyncpg.Connection) -> set[int]:
    """The tranches that stand in no file that is made or was handed over."""
    return {row.tranche for row in await unfiled_instructions(connection)}


# What waits


async def test_what_stands_in_no_file_waits(office: asyncpg.Connection) -> None:
    await freeze_all(office, order(1), order(2))
    assert await waits(office) == {1, 2}


@pytest.mark.parametrize(
    ("moves", "waiting_then"),
    [((), set()), ((HANDED_OVER,), set()), ((VOID,), {1}), ((HANDED_OVER, NEVER_SENT), {1})],
)
async def test_a_payment_waits_again_once_its_file_is_void_or_was_never_sent(
    connection: asyncpg.Connection, moves: tuple[FileStatus, ...], waiting_then: set[int]
) -> None:
    _, file = await filed(connection)
    for status in moves:
        await mark(connection, file.message_id, status)
    assert await waits(connection) == waiting_then


async def test_a_payment_of_a_void_file_that_stands_in_a_newer_one_does_not_wait(
    connection: asyncpg.Connection,
) -> None:
    instructions, file = await filed(connection)
    await mark(connection, file.message_id, VOID)
    (newer,) = await files_of(connection, instructions)
    assert await waits(connection) == set()
    assert [one.message_id for one in await files_with(connection, instructions[0].payment_id)] == [
        file.message_id, newer.message_id
    ]  # fmt: skip


# Which file payments make


async def test_one_file_for_each_debtor_currency_and_day(office: asyncpg.Connection) -> None:
    later = order().released_at + timedelta(days=1)
    orders = [
        order(1),
        order(2),
        order(3, money=money("5", "EUR")),
        order(4, released_at=later),
        order(5, funder=foundation()),
    ]
    instructions = await freeze_all(office, *orders)
    parts = batches(instructions)
    assert sorted([one.tranche for one in part] for part in parts) == [[1, 2], [3], [4], [5]]


async def test_the_same_payments_make_the_same_bytes_in_whatever_order(office: asyncpg.Connection) -> None:
    instructions = await freeze_all(office, order(1), order(2), order(3))
    file = await make_file(office, instructions)
    assert await make_file(office, list(reversed(instructions))) == file
    assert (file.payment_count, file.status) == (3, MADE)
    assert file.sha256 == hashlib.sha256(file.content).hexdigest()


async def test_a_message_id_has_the_form_that_files_bear_on_a_disk(office: asyncpg.Connection) -> None:
    instructions = await freeze_all(office, order(1), order(2))
    ids = {(await remade(office, instructions[:count], void)).message_id for count in (1, 2) for void in range(20)}
    assert len(ids) == 40
    (matched,) = await office.fetch(
        "SELECT bool_and(id ~ $2) AS all FROM unnest($1::text[]) id", ids, f"^{MESSAGE_ID}$"
    )
    assert matched["all"]


async def test_each_file_of_the_same_payments_after_a_void_one_has_another_message_id_and_no_other_difference(
    office: asyncpg.Connection,
) -> None:
    instructions, made = await freeze_all(office, order(1), order(2)), []
    for _ in range(4):
        (file,) = await files_of(office, instructions)
        await mark(office, file.message_id, VOID)
        made.append(file)
    assert len({file.message_id for file in made}) == 4
    without = {file.content.replace(file.message_id.encode(), b"") for file in made}
    assert len(without) == 1


async def test_only_files_of_exactly_these_payments_that_never_reached_the_bank_are_counted(
    office: asyncpg.Connection,
) -> None:
    one, other = await freeze_all(office, order(1), order(2))
    alone, both = [one.payment_id], [other.payment_id, one.payment_id]

    async def counted() -> tuple[int, int]:
        return await count_unsent_files(office, alone), await count_unsent_files(office, both)

    (file,) = await files_of(office, [one])
    assert await counted() == (0, 0)
    await mark(office, file.message_id, VOID)
    assert await counted() == (1, 0)
    (file,) = await files_of(office, [one, other])
    await mark(office, file.message_id, HANDED_OVER)
    assert await counted() == (1, 0)
    await mark(office, file.message_id, NEVER_SENT)
    assert await counted() == (1, 1)


async def test_no_file_is_made_for_an_account_that_is_unknown_or_was_changed(office: asyncpg.Connection) -> None:
    unknown = RIVERBEND.model_copy(update={"town": "Nowhere"})
    (instruction,) = await freeze_all(office, order(payee_account=unknown))
    with pytest.raises(UnknownAccount):
        await make_file(office, [instruction])
    await record_account(office, unknown, "operator")
    assert (await make_file(office, [instruction])).payment_count == 1
    await office.execute("ALTER TABLE payments.accounts DISABLE TRIGGER accounts_are_kept")
    tamper = "UPDATE payments.accounts SET details = details || $1::jsonb WHERE reference = $2"
    await office.execute(tamper, f'{{"iban": "{FOUNDATION.iban}"}}', reference_of(unknown).reference)
    with pytest.raises(AccountChanged):
        await make_file(office, [instruction])


# Whether a stored file is the one that its payments make


async def test_a_file_is_what_its_payments_make_after_any_number_of_void_ones(office: asyncpg.Connection) -> None:
    instructions = await freeze_all(office, order(1), order(2))
    for _ in range(3):
        (file,) = await files_of(office, instructions)
        assert await is_remade(office, file, instructions)
        await mark(office, file.message_id, VOID)


async def test_a_file_with_other_bytes_another_id_or_other_payments_is_not_what_its_payments_make(
    connection: asyncpg.Connection,
) -> None:
    instructions, file = await filed(connection, order(1), order(2))
    other = file.content.replace(b"1000.00", b"9000.00")
    forged = [
        file._replace(content=other),
        file._replace(content=other, sha256=hashlib.sha256(other).hexdigest()),
        file._replace(sha256="0" * 64),
        file._replace(message_id="ACCM" + "A" * 26),
    ]
    for one in forged:
        assert not await is_remade(connection, one, instructions)
    assert not await is_remade(connection, file, instructions[:1])
    assert await is_remade(connection, file, instructions)


# How a file is kept


async def test_a_file_is_found_by_its_message_id_with_what_it_holds(connection: asyncpg.Connection) -> None:
    instructions, file = await filed(connection, order(1), order(2))
    assert await stored_file(connection, file.message_id) == file
    assert await stored_file(connection, "ACCMUNKNOWN") is None
    assert sorted(await instructions_of_file(connection, file.message_id), key=tranche) == instructions
    assert {row.sha256 for row in await rows_of_file(connection, file.message_id)} == {
        hashlib.sha256(one.frozen()).hexdigest() for one in instructions
    }


def tranche(instruction: Instruction) -> int:
    return instruction.tranche


async def test_files_are_listed_oldest_first_all_of_them_or_those_that_stand_so(office: asyncpg.Connection) -> None:
    made = []
    for number in (1, 2, 3):
        made += await files_of(office, await freeze_all(office, order(number)))
    await mark(office, made[1].message_id, VOID)
    ids = [file.message_id for file in made]
    assert [file.message_id for file in await stored_files(office)] == ids
    assert [file.message_id for file in await stored_files(office, MADE)] == [ids[0], ids[2]]
    assert [file.message_id for file in await stored_files(office, VOID, HANDED_OVER)] == [ids[1]]


async def test_a_file_is_kept_once(connection: asyncpg.Connection) -> None:
    instructions, file = await filed(connection)
    with pytest.raises(asyncpg.UniqueViolationError):
        await keep_file(connection, file, instructions)


WAYS = {
    MADE: {HANDED_OVER, VOID},
    HANDED_OVER: {NEVER_SENT},
    VOID: set(),
    NEVER_SENT: set(),
}
TO: dict[FileStatus, tuple[FileStatus, ...]] = {
    MADE: (), HANDED_OVER: (HANDED_OVER,), VOID: (VOID,), NEVER_SENT: (HANDED_OVER, NEVER_SENT)
}  # fmt: skip


@pytest.mark.sampled(4)
@pytest.mark.parametrize("new", FileStatus)
@pytest.mark.parametrize("old", FileStatus)
async def test_a_file_only_moves_forward(connection: asyncpg.Connection, old: FileStatus, new: FileStatus) -> None:
    _, file = await filed(connection)
    move = "UPDATE payments.files SET status = $2 WHERE message_id = $1"
    for status in TO[old]:
        await connection.execute(move, file.message_id, status)
    if new in WAYS[old]:
        await connection.execute(move, file.message_id, new)
    else:
        with pytest.raises(asyncpg.IntegrityConstraintViolationError, match=f"from {old} it does not become {new}"):
            await connection.execute(move, file.message_id, new)


@pytest.mark.sampled(3)
@pytest.mark.parametrize("new", [HANDED_OVER, VOID, NEVER_SENT])
@pytest.mark.parametrize("old", FileStatus)
async def test_a_file_is_marked_one_step_on_and_otherwise_stays_where_somebody_moved_it(
    connection: asyncpg.Connection, old: FileStatus, new: FileStatus
) -> None:
    _, file = await filed(connection)
    for status in TO[old]:
        await mark(connection, file.message_id, status)
    await mark(connection, file.message_id, new)
    (stored,) = await stored_files(connection)
    assert stored.status is (new if new in WAYS[old] else old)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ("UPDATE payments.files SET content = 'x'", "a payment file stays as it was made"),
        ("UPDATE payments.files SET status = 'VOID', sha256 = 'x'", "a payment file stays as it was made"),
        ("UPDATE payments.files SET status = 'LOST'", "a payment file stays as it was made|check"),
        ("DELETE FROM payments.files", "what was recorded stays"),
        ("UPDATE payments.file_payments SET message_id = message_id", "what was recorded stays"),
        ("DELETE FROM payments.file_payments", "what was recorded stays"),
    ],
)
async def test_the_database_refuses_to_change_a_file_and_what_it_holds(
    connection: asyncpg.Connection, change: str, reason: str
) -> None:
    await filed(connection)
    with pytest.raises(asyncpg.IntegrityConstraintViolationError, match=reason):
        await connection.execute(change)


async def test_a_file_holds_no_payment_that_was_never_instructed(connection: asyncpg.Connection) -> None:
    _, file = await filed(connection)
    with pytest.raises(asyncpg.ForeignKeyViolationError):
        await connection.execute("INSERT INTO payments.file_payments VALUES ($1, gen_random_uuid())", file.message_id)


async def test_an_instruction_that_is_frozen_later_waits_for_a_later_file(connection: asyncpg.Connection) -> None:
    _, first = await filed(connection)
    later, _ = await freeze(connection, order(2))
    assert await waits(connection) == {2}
    (second,) = await files_of(connection, [later])
    assert second.message_id != first.message_id
