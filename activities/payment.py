"""Instruct a payment: one last look, then one frozen instruction."""

from __future__ import annotations

from datetime import UTC, datetime

import asyncpg
from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.contracts import Instructed, InstructionOutcome, TrancheStart, Withheld
from activities.verification import verify
from domain.policy.rulebook import assess, last_look
from payments import Connection
from payments.accounts import AccountChanged, UnknownAccount, read_account
from payments.instructions import InstructionDiffers, freeze


class Payments:
    """Activities over the payments room."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    @activity.defn
    async def instruct_payment(self, start: TrancheStart) -> InstructionOutcome:
        """Verify once more and freeze the instruction, or say why not (R38).

        Running it twice freezes one instruction. A refused account or a differing instruction is not retried.
        """
        async with self._pool.acquire() as connection:
            try:
                return await self._instruct(connection, start)
            except (UnknownAccount, AccountChanged) as fault:
                return InstructionOutcome(withheld=Withheld(at=datetime.now(UTC), reason=str(fault)))
            except InstructionDiffers as fault:
                raise ApplicationError(str(fault), type="InstructionDiffers", non_retryable=True) from fault

    async def _instruct(self, connection: Connection, start: TrancheStart) -> InstructionOutcome:
        if not await self._frozen_before(connection, start):
            assessment = assess(start.proposal, start.funding, await verify(connection, start.proposal))
            if reason := last_look(assessment, start.cleared):
                return InstructionOutcome(withheld=Withheld(at=datetime.now(UTC), reason=reason))
        account = start.order.account
        await read_account(connection, account.reference, account.sha256)
        instruction, sha256 = await freeze(connection, start.order)
        return InstructionOutcome(
            instructed=Instructed(
                at=datetime.now(UTC), end_to_end_id=instruction.end_to_end_id, instruction_sha256=sha256
            )
        )

    async def _frozen_before(self, connection: Connection, start: TrancheStart) -> bool:
        """An instruction that stands may be on its way already; a second look must not contradict it."""
        query = "SELECT true FROM payments.instructions WHERE payment_id = $1"
        return bool(await connection.fetchval(query, start.order.payment_id))
