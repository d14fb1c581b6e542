"""A retry must be the same payment: one frozen instruction per attempt, whose identifiers follow from its keys."""

from __future__ import annotations

import asyncio
import hashlib
from datetime import UTC, date, datetime
from typing import Any

import asyncpg
import pytest
import rfc8785

from domain.payment.tranche.order import TrancheOrder
from payments.accounts import UnknownAccount, reference_of
from payments.out.instructions import (
    InstructionDiffers,
    freeze,
    instruction_by_end_to_end_id,
    instruction_by_reference,
    thaw,
)
from tests.builders import money
from tests.payments.orders import FOUNDATION, ISOC, RIVERBEND, freeze_all, order, record_accounts


@pytest.fixture
async def office(connection: asyncpg.Connection) -> asyncpg.Connection:
    """A connection to a database with the accounts recorded."""
    await record_accounts(connection)
    return connection


async def test_freezing_twice_is_one_row_and_the_same_instruction(office: asyncpg.Connection) -> None:
    first = await freeze(office, order())
    assert await freeze(office, order()) == first
    assert await office.fetchval("SELECT count(*) FROM payments.instructions") == 1


async def test_freezing_at_once_is_one_row(pool: asyncpg.Pool) -> None:
    """Whoever comes second may meet the first in any of the table's unique indexes."""

    async def attempt(number: int) -> Any:
        async with pool.acquire() as connection:
            return await freeze(connection, order(attempt=number))

    await record_accounts(pool)
    for number in range(1, 31):
        first, *others = await asyncio.gather(*[attempt(number) for _ in range(5)])
        assert others == [first] * 4
    assert await pool.fetchval("SELECT count(*) FROM payments.instructions") == 30


async def test_it_is_paid_on_the_banking_day_that_its_order_names(office: asyncpg.Connection) -> None:
    """Given an order of a release on a Saturday, then its instruction is for the Monday, also when it is made again."""
    saturday = datetime(2026, 12, 5, 9, tzinfo=UTC)
    ordered = order(released_at=saturday, execute_on=date(2026, 12, 7))
    instruction, sha256 = await freeze(office, ordered)
    assert instruction.execution_on == date(2026, 12, 7)
    assert await freeze(office, TrancheOrder.model_validate_json(ordered.model_dump_json())) == (instruction, sha256)


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
        ("UPDATE payments.instructions SET frozen = 'x'", "what was recorded stays"),
        ("UPDATE payments.instructions SET tranche = 2", "what was recorded stays"),
        ("DELETE FROM payments.instructions", "what was recorded stays"),
    ],
)
async def test_the_database_refuses_to_change_an_instruction(
    office: asyncpg.Connection, change: str, reason: str
) -> None:
    await freeze(office, order())
    with pytest.raises(asyncpg.IntegrityConstraintViolationError, match=reason):
        await office.execute(change)


async def test_an_instruction_is_found_by_each_of_the_identifiers_that_a_bank_may_name(
    office: asyncpg.Connection,
) -> None:
    one, other = await freeze_all(office, order(1), order(2))
    assert await instruction_by_end_to_end_id(office, other.end_to_end_id) == other
    assert await instruction_by_reference(office, one.unique_transaction_reference) == one
    for unknown in ("", "ACCUNKNOWN", "%"):
        assert await instruction_by_end_to_end_id(office, unknown) is None
        assert await instruction_by_reference(office, unknown) is None
