"""Instruct a payment: one last look, then one frozen instruction."""

from __future__ import annotations

from typing import Final

import asyncpg
from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.contracts import Instructed, InstructionOutcome, TrancheStart, Withheld
from activities.verification import screen_with_clearances, verify
from domain.policy.rulebook import assess, last_look
from domain.tranche import BankAnswer
from ledger import clock
from payments import Connection
from payments.accounts import AccountChanged, UnknownAccount, banks_of, read_account
from payments.instructions import InstructionDiffers, freeze
from payments.reconciliation import was_imported
from privacy import open_ledger
from registers.names import recognition

HOLDER_AGREEMENT_FLOOR: Final = 80.0
"""Below this agreement (0 to 100) of the account holder's name with the payee's, nothing is paid."""


class Payments:
    """Activities over the payments room."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool
        self._ledger = open_ledger(pool)

    @activity.defn
    async def instruct_payment(self, start: TrancheStart) -> InstructionOutcome:
        """Verify once more and freeze the instruction, or say why not (R38).

        Running it twice freezes one instruction. A refused account or a differing instruction is not retried.
        """
        async with self._pool.acquire() as connection:
            try:
                return await self._instruct(connection, start)
            except (UnknownAccount, AccountChanged) as fault:
                return InstructionOutcome(withheld=Withheld(at=clock.now(), reason=str(fault)))
            except InstructionDiffers as fault:
                raise ApplicationError(str(fault), type="InstructionDiffers", non_retryable=True) from fault

    @activity.defn
    async def confirm_answer(self, answer: BankAnswer) -> bool:
        """Return whether the bank said this in a file that was imported; a signal alone is nobody's word."""
        async with self._pool.acquire() as connection:
            return await was_imported(connection, answer)

    async def _instruct(self, connection: Connection, start: TrancheStart) -> InstructionOutcome:
        if not await self._frozen_before(connection, start):
            found = await verify(connection, self._ledger, start.proposal)
            found = found.without_clearances_by(start.raised_by)
            assessment = assess(start.proposal, start.funding, found, start.interests)
            reason = (
                last_look(assessment, start.cleared)
                or await self._another_holder(connection, start)
                or await self._listed_bank(connection, start)
            )
            if reason:
                return InstructionOutcome(withheld=Withheld(at=clock.now(), reason=reason))
        account = start.order.account
        await read_account(connection, account.reference, account.sha256)
        instruction, sha256 = await freeze(connection, start.order)
        return InstructionOutcome(
            instructed=Instructed(at=clock.now(), end_to_end_id=instruction.end_to_end_id, instruction_sha256=sha256)
        )

    async def _another_holder(self, connection: Connection, start: TrancheStart) -> str:
        """Money goes to an account in the payee's own name (R12, R14)."""
        account, payee = start.order.account, start.order.payee
        details = await read_account(connection, account.reference, account.sha256)
        if recognition(details.holder, payee.name) >= HOLDER_AGREEMENT_FLOOR:
            return ""
        return f"the account is held in another name than {payee.name}"

    async def _listed_bank(self, connection: Connection, start: TrancheStart) -> str:
        """Nothing is paid by way of a bank that bears a listed name, or nearly, unless somebody cleared that pair."""
        account = start.order.account
        details = await read_account(connection, account.reference, account.sha256)
        found = await screen_with_clearances(connection, self._ledger, banks_of(details))
        met = [one for one in found.without_clearances_by(start.raised_by).matches if not one.cleared_by]
        if not met:
            return ""
        listed = met[0]
        register = listed.source.register_version.register_name
        return f"the bank {listed.party!r} is near {listed.listed_name!r} of {register} (entity {listed.entity})"

    async def _frozen_before(self, connection: Connection, start: TrancheStart) -> bool:
        """An instruction that stands may be on its way already; a second look must not contradict it."""
        query = "SELECT true FROM payments.instructions WHERE payment_id = $1"
        return bool(await connection.fetchval(query, start.order.payment_id))
