"""One frozen instruction per attempt to pay a tranche: identifiers and content fixed before anything is sent."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Final, Self
from uuid import UUID

from pydantic import Field

from domain import identity
from domain.canonical_json import canonical_json
from domain.money.rails import USUAL, PaymentRail, is_usual
from domain.parties import AccountReference
from domain.payment.tranche.order import TrancheOrder
from domain.values import Moment, Money, Value
from payments import Connection
from payments.accounts import find_account

SHORT_ID: Final = 15
"""The characters of a NACHA entry's identification number."""


class InstructionDiffers(RuntimeError):
    """The attempt already has an instruction with other content, which is never overwritten."""


class Instruction(Value):
    """A payment as it will be sent, with accounts by reference and hash. It is hashed and stored as RFC 8785 JSON."""

    payment_id: UUID
    end_to_end_id: str
    unique_transaction_reference: str
    partnership_id: str
    tranche: int
    attempt: int
    money: Money
    debtor_name: str
    debtor_account: AccountReference
    creditor_name: str
    creditor_account: AccountReference
    execution_on: date
    ordered_at: Moment
    remittance: str
    rail: PaymentRail = Field(default=USUAL, exclude_if=is_usual)

    @property
    def short_id(self) -> str:
        """The beginning of its EndToEndId, for rails whose references have 15 characters."""
        return self.end_to_end_id[:SHORT_ID]

    @property
    def names(self) -> frozenset[str]:
        """The identifiers by which its bank may name it."""
        return frozenset({self.end_to_end_id} if is_usual(self.rail) else {self.end_to_end_id, self.short_id})

    @classmethod
    def of(cls, order: TrancheOrder, debtor_account: AccountReference) -> Self:
        """Return the instruction for an order. The same order and debtor account always give the same one."""
        return cls(
            payment_id=order.payment_id,
            end_to_end_id=identity.end_to_end_id(order.payment_id),
            unique_transaction_reference=identity.unique_transaction_reference(order.payment_id),
            partnership_id=order.partnership_id,
            tranche=order.tranche,
            attempt=order.attempt,
            money=order.money,
            debtor_name=order.funder.name,
            debtor_account=debtor_account,
            creditor_name=order.payee.name,
            creditor_account=order.account,
            execution_on=order.execution_on,
            ordered_at=order.released_at,
            remittance=f"{order.partnership_id} tranche {order.tranche}",
            rail=order.leaves_by,
        )

    def frozen(self) -> bytes:
        """Return the instruction as canonical JSON (RFC 8785)."""
        return canonical_json(self.model_dump(mode="json"))


async def freeze(
    connection: Connection, order: TrancheOrder, debtor_account: AccountReference | None = None
) -> tuple[Instruction, str]:
    """Store the instruction for an order and return it with its SHA-256 in hex. A repeated call returns the same.

    `debtor_account`: the funder's own account as it was checked; the newest one, if none is given.

    Raises:
        InstructionDiffers: The attempt was instructed before with other content.
        UnknownAccount: The funder's own account is not recorded.
    """
    instruction = Instruction.of(order, debtor_account or await find_account(connection, order.funder.account))
    content = instruction.frozen()
    sha256 = hashlib.sha256(content).hexdigest()
    async with connection.transaction():
        await connection.execute(
            "INSERT INTO payments.instructions "
            "(payment_id, partnership_id, tranche, attempt, end_to_end_id, frozen, sha256) "
            "VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING",
            instruction.payment_id,
            instruction.partnership_id,
            instruction.tranche,
            instruction.attempt,
            instruction.end_to_end_id,
            content,
            sha256,
        )
        # Read back, since the insert does nothing where the payment is there already: it must be the same one.
        stored_sha256 = await connection.fetchval(
            "SELECT sha256 FROM payments.instructions WHERE payment_id = $1", instruction.payment_id
        )
    if stored_sha256 != sha256:
        raise InstructionDiffers(f"payment {instruction.payment_id} was instructed before with other content")
    return instruction, sha256


def thaw(frozen: bytes) -> Instruction:
    """Parse an instruction from its stored bytes."""
    return Instruction.model_validate_json(frozen)


async def instruction_by_end_to_end_id(connection: Connection, end_to_end_id: str) -> Instruction | None:
    """Return the instruction that carries an EndToEndId, or None.

    A name of 15 characters is the beginning of the EndToEndId of a payment on a rail that cuts it so.
    """
    frozen = await connection.fetchval(
        "SELECT frozen FROM payments.instructions WHERE end_to_end_id = $1", end_to_end_id
    )
    if frozen is not None:
        return thaw(frozen)
    return await _instruction_by_short_id(connection, end_to_end_id) if len(end_to_end_id) == SHORT_ID else None


async def _instruction_by_short_id(connection: Connection, short_id: str) -> Instruction | None:
    rows = await connection.fetch(
        "SELECT frozen FROM payments.instructions WHERE left(end_to_end_id, 15) = $1", short_id
    )
    instructions = [instruction for row in rows if not is_usual((instruction := thaw(row["frozen"])).rail)]
    return instructions[0] if len(instructions) == 1 else None


async def instruction_by_reference(connection: Connection, unique_transaction_reference: str) -> Instruction | None:
    """Return the instruction that carries a UETR, in capitals or not, or None."""
    frozen = await connection.fetchval(
        "SELECT frozen FROM payments.instructions WHERE position(convert_to($1, 'UTF8') IN frozen) > 0 LIMIT 1",
        f'"unique_transaction_reference":"{unique_transaction_reference.lower()}"',
    )
    return None if frozen is None else thaw(frozen)
