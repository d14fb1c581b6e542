"""Deliver the bank's answers to the workflows they concern; what could not be delivered is delivered next time."""

from __future__ import annotations

from typing import NamedTuple

from commands.desk import Desk
from domain.identity import partnership_workflow_id, tranche_workflow_id
from domain.tranche import BankAnswer, BankStatus
from payments.reconciliation import mark_delivered, raise_exception, undelivered

SIGNAL = "bank_answered"


class Delivery(NamedTuple):
    """How many answers were delivered, and what needs a person."""

    delivered: int
    for_a_person: tuple[str, ...]


async def deliver(desk: Desk) -> Delivery:
    """Tell each undelivered answer to its tranche, or to its partnership once the tranche has ended."""
    delivered, for_a_person = 0, []
    async with desk.pool.acquire() as connection:
        for answer in await undelivered(connection):
            if await _tell(desk, answer):
                delivered += 1
            elif answer.status in {BankStatus.RETURNED, BankStatus.RECEIVED, BankStatus.REJECTED}:
                reason = f"{answer.status.value} {answer.money} for {answer.partnership_id}, which has ended"
                await raise_exception(connection, answer.bank_reference, reason, str(answer.answer_id))
                for_a_person.append(reason)
            await mark_delivered(connection, answer)
    return Delivery(delivered, tuple(for_a_person))


async def _tell(desk: Desk, answer: BankAnswer) -> bool:
    """A payment that came back concerns the partnership: its tranche may have ended long ago."""
    partnership = partnership_workflow_id(answer.partnership_id)
    if answer.status in {BankStatus.RETURNED, BankStatus.RECEIVED}:
        return await desk.tell(partnership, SIGNAL, answer)
    tranche = tranche_workflow_id(answer.partnership_id, answer.tranche, answer.attempt)
    if await desk.tell(tranche, SIGNAL, answer):
        return True
    settled_before = answer.status in {BankStatus.SETTLED, BankStatus.ACCEPTED}
    return settled_before or await desk.tell(partnership, SIGNAL, answer)
