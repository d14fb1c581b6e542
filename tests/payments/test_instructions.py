"""A retry must be the same payment: one frozen instruction per attempt, in exactly one file, sent as it is."""

from __future__ import annotations

import asyncio
import hashlib
from pathlib import Path
from typing import Any

import asyncpg
import pytest
import rfc8785
from payments.export import Withheld, export_waiting, stored_files, write_to

from payments.accounts import AccountChanged, UnknownAccount, record_account, reference_of
from payments.instructions import (
    Instruction,
    InstructionDiffers,
    freeze,
    instruction_by_end_to_end_id,
    instructions_of_file,
    thaw,
)
from payments.pain001 import Transfer, write_file
from tests.builders import money
from tests.payments.orders import (
    FOUNDATION,
    ISOC,
    RIVERBEND,
    export_all,
    exported,
    foundation,
    freeze_all,
    order,
    record_accounts,
)


@pytest.fixture
async def office(connection: asyncpg.Connection) -> asyncpg.Connection:
    """A connection to a database with the accounts recorded."""
    await record_accounts(connection)
    return connection


# Freezing


async def test_freezing_twice_is_one_row_and_the_same_instruction(office: asyncpg.Connection) -> None:
    first = await freeze(office, order())
    assert await freeze(office, order()) == first
    assert await office.fetchval("SELECT count(*) FROM payments.instructions") == 1


async def test_freezing_at_once_is_one_row(pool: asyncpg.Pool) -> None:
    async def attempt() -> Any:
        async with pool.acquire() as connection:
            return await freeze(connection, order())

    await record_accounts(pool)
    first, *others = await asyncio.gather(*[attempt() for _ in range(5)])
    assert others == [first] * 4
    assert await pool.fetchval("SELECT count(*) FROM payments.instructions") == 1


@pytest.mark.parametrize(
    "change", [{"money": money("1000.01")}, {"payee_account": FOUNDATION}, {"money": money("1000", "EUR")}]
)
async def test_other_content_for_the_same_attempt_is_refused(office: asyncpg.Connection, change: Any) -> None:
    first, _ = await freeze(office, order())
    with pytest.raises(InstructionDiffers, match=f"payment {first.payment_id} was instructed before"):
        await freeze(office, order(**change))
    stored = await instruction_by_end_to_end_id(office, first.end_to_end_id)
    assert stored == first


async def test_another_attempt_is_another_payment(office: asyncpg.Connection) -> None:
    one, other = await freeze_all(office, order(attempt=1), order(attempt=2))
    assert one.end_to_end_id != other.end_to_end_id
    assert one.unique_transaction_reference != other.unique_transaction_reference


async def test_identifiers_follow_from_the_order_and_fit_the_format(office: asyncpg.Connection) -> None:
    instruction, _ = await freeze(office, order())
    assert instruction.end_to_end_id == "ACCCZGBSHSHQFMU3CPVBX72BEBEFO"
    assert instruction.unique_transaction_reference == "dc6a48a5-f5ee-471a-b20e-3ca09a604ee6"
    assert (instruction.creditor_account, instruction.debtor_account) == (reference_of(RIVERBEND), reference_of(ISOC))
    assert instruction.remittance == "P-2026-0042 tranche 1"


async def test_what_is_kept_are_the_canonical_bytes_and_they_mean_the_same(office: asyncpg.Connection) -> None:
    instruction, sha256 = await freeze(office, order())
    row = await office.fetchrow("SELECT frozen, sha256 FROM payments.instructions")
    assert row["frozen"] == rfc8785.dumps(instruction.model_dump(mode="json"))
    assert row["sha256"] == sha256 == hashlib.sha256(row["frozen"]).hexdigest()
    assert thaw(row["frozen"]) == instruction


async def test_bank_details_are_not_in_the_instruction(office: asyncpg.Connection) -> None:
    instruction, _ = await freeze(office, order())
    assert str(RIVERBEND.iban).encode() not in instruction.frozen()
    assert str(ISOC.iban).encode() not in instruction.frozen()


async def test_a_funder_without_a_recorded_account_pays_nothing(connection: asyncpg.Connection) -> None:
    with pytest.raises(UnknownAccount):
        await freeze(connection, order())
    assert await connection.fetchval("SELECT count(*) FROM payments.instructions") == 0


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ("UPDATE payments.instructions SET frozen = 'x'", "an instruction is frozen"),
        ("UPDATE payments.instructions SET tranche = 2, message_id = NULL", "an instruction is frozen"),
        ("DELETE FROM payments.instructions", "what was recorded stays"),
    ],
)
async def test_the_database_refuses_to_change_an_instruction(
    office: asyncpg.Connection, change: str, reason: str
) -> None:
    await freeze(office, order())
    with pytest.raises(asyncpg.IntegrityConstraintViolationError, match=reason):
        await office.execute(change)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ("UPDATE payments.instructions SET message_id = NULL", "an instruction is frozen"),
        ("UPDATE payments.files SET content = 'x'", "what was recorded stays"),
        ("DELETE FROM payments.files", "what was recorded stays"),
    ],
)
async def test_the_database_refuses_to_send_an_instruction_again(
    connection: asyncpg.Connection, change: str, reason: str
) -> None:
    await exported(connection)
    with pytest.raises(asyncpg.IntegrityConstraintViolationError, match=reason):
        await connection.execute(change)


# Exporting


async def test_exporting_twice_gives_no_new_file(connection: asyncpg.Connection) -> None:
    _, file = await exported(connection)
    assert (file.new, file.payment_count) == (True, 1)
    assert await export_all(connection) == []


async def test_the_stored_bytes_are_those_that_were_sent_and_that_are_written_again(
    connection: asyncpg.Connection,
) -> None:
    instructions, file = await exported(connection, order(1), order(2), order(3))
    (stored,) = await stored_files(connection)
    assert stored == file._replace(new=False)
    assert await stored_files(connection, file.message_id) == [stored]
    assert await stored_files(connection, "ACCMUNKNOWN") == []
    again = write_file(ISOC, tuple(Transfer(item, RIVERBEND) for item in reversed(instructions)))
    assert (again.message_id, again.content) == (file.message_id, file.content)
    assert file.sha256 == hashlib.sha256(file.content).hexdigest()


async def test_the_file_on_disk_is_the_file_in_the_database(connection: asyncpg.Connection, tmp_path: Path) -> None:
    _, file = await exported(connection)
    for _ in range(2):
        (path,) = write_to(tmp_path / "out", await stored_files(connection))
        assert path.name == f"{file.message_id}.pain.001.xml"
        assert path.read_bytes() == file.content
    assert list((tmp_path / "out").iterdir()) == [path]


async def test_one_file_for_each_debtor_currency_and_day(office: asyncpg.Connection) -> None:
    next_day = order().released_at.replace(day=3)
    orders = [
        order(1),
        order(2),
        order(3, money=money("5", "EUR")),
        order(4, released_at=next_day),
        order(5, funder=foundation()),
    ]
    instructions = await freeze_all(office, *orders)
    files = await export_all(office)
    assert sorted(file.payment_count for file in files) == [1, 1, 1, 2]
    together = await instructions_of_file(office, max(files, key=lambda file: file.payment_count).message_id)
    assert {i.tranche for i in together} == {1, 2}
    of_files = [{i.payment_id for i in await instructions_of_file(office, file.message_id)} for file in files]
    assert sorted(map(len, of_files)) == [1, 1, 1, 2]
    assert set.union(*of_files) == {i.payment_id for i in instructions}


async def test_an_instruction_frozen_later_goes_into_a_later_file(connection: asyncpg.Connection) -> None:
    _, first = await exported(connection, order(1))
    await freeze(connection, order(2))
    (second,) = await export_all(connection)
    assert second.message_id != first.message_id
    assert [file.message_id for file in await stored_files(connection)] == [first.message_id, second.message_id]


async def test_exports_at_once_never_put_an_instruction_into_two_files(pool: asyncpg.Pool) -> None:
    await record_accounts(pool)

    async def export() -> list[Any]:
        async with pool.acquire() as connection:
            return await export_all(connection)

    async def instruct(tranche: int) -> None:
        async with pool.acquire() as connection:
            await freeze(connection, order(tranche))

    exports = [export() for _ in range(6)]
    await asyncio.gather(*[instruct(tranche) for tranche in range(1, 21)], *exports)
    await export()
    files = await pool.fetch("SELECT content FROM payments.files")
    everything = b"".join(file["content"] for file in files)
    named = await pool.fetch("SELECT end_to_end_id, message_id FROM payments.instructions")
    assert [everything.count(f"<EndToEndId>{row['end_to_end_id']}<".encode()) for row in named] == [1] * 20
    assert await pool.fetchval("SELECT sum(payment_count) FROM payments.files") == 20


async def test_an_export_that_fails_leaves_everything_waiting(office: asyncpg.Connection) -> None:
    unknown = RIVERBEND.model_copy(update={"town": "Nowhere"})
    await freeze_all(office, order(1), order(2, payee_account=unknown))
    with pytest.raises(UnknownAccount):
        await export_all(office)
    assert await office.fetchval("SELECT count(*) FROM payments.files") == 0
    await record_account(office, unknown, "operator")
    (file,) = await export_all(office)
    assert file.payment_count == 2


async def test_nothing_is_exported_to_an_account_that_was_changed(office: asyncpg.Connection) -> None:
    await freeze(office, order())
    await office.execute("ALTER TABLE payments.accounts DISABLE TRIGGER accounts_are_kept")
    tamper = "UPDATE payments.accounts SET details = details || $1::jsonb WHERE reference = $2"
    await office.execute(tamper, f'{{"iban": "{FOUNDATION.iban}"}}', reference_of(RIVERBEND).reference)
    with pytest.raises(AccountChanged):
        await export_all(office)
    assert await office.fetchval("SELECT count(*) FROM payments.files") == 0


# The gate


async def test_what_the_gate_does_not_let_through_waits_and_its_neighbour_is_sent(office: asyncpg.Connection) -> None:
    one, other = await freeze_all(office, order(1), order(2))

    async def gate(instruction: Instruction) -> str:
        return "it is forged" if instruction == one else ""

    made = await export_waiting(office, gate)
    assert [(file.payment_count, file.new) for file in made.files] == [(1, True)]
    assert made.withheld == [Withheld(one, "it is forged")]
    assert await instructions_of_file(office, made.files[0].message_id) == [other]
    assert await export_waiting(office, gate) == ([], [Withheld(one, "it is forged")])
    assert [file.payment_count for file in await export_all(office)] == [1]


async def test_the_gate_is_asked_of_every_payment_once_and_of_none_that_is_sent(office: asyncpg.Connection) -> None:
    frozen = await freeze_all(office, order(1), order(2), order(3))
    asked: list[Instruction] = []

    async def gate(instruction: Instruction) -> str:
        asked.append(instruction)
        return ""

    await export_waiting(office, gate)
    await export_waiting(office, gate)
    assert sorted(asked, key=lambda one: one.tranche) == frozen


async def test_a_gate_that_breaks_writes_nothing(office: asyncpg.Connection) -> None:
    await freeze_all(office, order(1), order(2))

    async def gate(instruction: Instruction) -> str:
        if instruction.tranche == 2:
            raise ConnectionError("the ledger is away")
        return ""

    with pytest.raises(ConnectionError):
        await export_waiting(office, gate)
    assert await office.fetchval("SELECT count(*) FROM payments.files") == 0
    assert await office.fetchval("SELECT count(*) FROM payments.instructions WHERE message_id IS NULL") == 2
