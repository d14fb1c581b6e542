"""The table of the numbers by which banks' portals confirmed what was typed.

It only finds: the signed acts on a sheet are the proof.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple
from uuid import UUID

from payments import Connection
from payments.out.instructions import Instruction, thaw


class TypedNumber(NamedTuple):
    """A line of the table: a number on an own account, with the sheet and the payment that it confirmed."""

    account: UUID
    """The account, by `domain.payment.bookings.account_key`."""
    number_key: str
    """The number, by `domain.payment.bookings.reference_key`."""
    message_id: str
    payment_id: UUID


async def keep_typed_number(connection: Connection, line: TypedNumber) -> None:
    """Store a line. The same one again changes nothing."""
    await connection.execute(
        "INSERT INTO payments.typed_numbers (account, number_key, message_id, payment_id) VALUES ($1, $2, $3, $4) "
        "ON CONFLICT DO NOTHING",
        *line,
    )


async def all_typed_numbers(connection: Connection) -> set[tuple[str, str]]:
    """Return the file and the number of every line: the console may read no more of them."""
    query = "SELECT message_id, number_key FROM payments.typed_numbers"
    return {(row["message_id"], row["number_key"]) for row in await connection.fetch(query)}


async def sheets_of_number(connection: Connection, account: UUID, number_key: str) -> list[str]:
    """Return the message ids of the sheets that a number on an account is of."""
    rows = await connection.fetch(
        "SELECT message_id FROM payments.typed_numbers WHERE account = $1 AND number_key = $2 ORDER BY message_id",
        account,
        number_key,
    )
    return [row["message_id"] for row in rows]


async def typed_under(connection: Connection, account: UUID, number_keys: Collection[str]) -> Instruction | None:
    """Return the one payment that was typed on an account under one of these numbers, or None."""
    rows = await connection.fetch(
        "SELECT DISTINCT i.payment_id, i.frozen FROM payments.typed_numbers n "
        "JOIN payments.instructions i USING (payment_id) WHERE n.account = $1 AND n.number_key = ANY ($2)",
        account,
        list(number_keys),
    )
    return thaw(rows[0]["frozen"]) if len(rows) == 1 else None
