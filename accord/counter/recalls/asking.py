"""Make the request by which the bank is asked for a payment back, from what was recorded: the same bytes each time."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any, NamedTuple

from accord.client.desk import Desk
from accord.presentation.faults import Refused
from domain.money.rails import is_usual
from domain.partnership import events as e
from domain.partnership.payment.recalling import open_recall
from domain.payment.recalls import Recall, RecallCase, reversible_until
from domain.payment.tranche.events import PaymentHandedOver, PaymentInstructed
from domain.streams import StreamId
from payments.accounts import AccountChanged, UnknownAccount, read_account
from payments.out.camt055 import RecallRequest, write_recall
from payments.out.instructions import Instruction, instruction_by_end_to_end_id


class RecallFile(NamedTuple):
    """A request to the bank, and the case that it names."""

    case: RecallCase
    content: bytes

    @property
    def name(self) -> str:
        """The usual name of its file."""
        return f"{self.case.name}.camt.055.xml"


async def recall_file(desk: Desk, partnership_id: str, tranche: int) -> RecallFile:
    """Return the request of a tranche's open recall.

    Raises:
        Refused: No recall is open, the payment left by a rail without such a message, or what it was instructed with
            cannot be read.
    """
    partnership = await desk.known_partnership(partnership_id)
    recall = open_recall(partnership, tranche)
    if recall is None:
        way = f"open its case first: `accord payments recall {partnership_id} --tranche {tranche}`"
        raise Refused(f"no recall of tranche {tranche} of {partnership_id} is open; {way}", "IllegalTransition")
    attempt = [
        recorded_event.event
        for recorded_event in await desk.reader.read(StreamId.attempt(partnership_id, tranche, recall.attempt))
    ]
    instruction = await _instruction(desk, attempt)
    if not is_usual(instruction.rail):
        raise Refused(by_hand(instruction), "IllegalTransition")
    files = [event.message_id for event in attempt if isinstance(event, PaymentHandedOver)]
    if not files:
        raise Refused(f"the hand-over of tranche {tranche} is not on record; look again in a minute", "Conflict")
    case = RecallCase(instruction.end_to_end_id, recall.number)
    asked_at = await _asked_at(desk, partnership_id, recall)
    async with desk.pool.acquire() as connection:
        account = instruction.debtor_account
        try:
            debtor = await read_account(connection, account.reference, account.sha256)
        except (UnknownAccount, AccountChanged) as fault:
            raise Refused(str(fault), type(fault).__name__) from fault
    return RecallFile(case, write_recall(RecallRequest(instruction, debtor, files[-1], case, asked_at)))


def by_hand(instruction: Instruction) -> str:
    """Return the way to get a payment back on a rail that has no message for it: ACH."""
    last = reversible_until(instruction.execution_on)
    return (
        f"by ACH no message asks for {instruction.short_id} back. Ask the bank: before it sent the file it can delete "
        f"the entry, until {last:%Y-%m-%d} it can reverse a duplicate or one of a wrong sum or payee (five banking "
        "days), and later it can request a return (R06). Record its answer: `accord payments answer-recall`"
    )


async def _instruction(desk: Desk, attempt: list[Any]) -> Instruction:
    """Return the instruction of an attempt, by the bytes that its stream vouches for."""
    instruction_event = next((event for event in attempt if isinstance(event, PaymentInstructed)), None)
    async with desk.pool.acquire() as connection:
        stored_instruction = (
            await instruction_by_end_to_end_id(connection, instruction_event.end_to_end_id)
            if instruction_event is not None
            else None
        )
    if instruction_event is None or stored_instruction is None:
        raise Refused("the payment has no instruction on record", "Unknown")
    if hashlib.sha256(stored_instruction.frozen()).hexdigest() != instruction_event.instruction_sha256:
        raise Refused("the stored instruction is not the one that was recorded", "Conflict")
    return stored_instruction


async def _asked_at(desk: Desk, partnership_id: str, recall: Recall) -> datetime:
    """Return the time at which a recall was asked for, as its person signed it."""
    events = [recorded_event.event for recorded_event in await desk.history(partnership_id)]
    of_attempt = [
        event.at
        for event in events
        if isinstance(event, e.PaymentRecalled) and (event.tranche, event.attempt) == (recall.tranche, recall.attempt)
    ]
    return of_attempt[recall.number - 1]
