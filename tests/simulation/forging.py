"""What somebody may write who has a worker's login: events to any stream, rows to the tables of payments.

Every stream that is written to is noted, so that what is asked of the ledger's word is asked of the others alone.
"""

from __future__ import annotations

import hashlib
from typing import Any

from activities.reading import to_ledger
from domain import events as e
from domain import tranche as t
from domain.bank_answers import BankAnswer, BankStatus
from domain.identity import derive, partnership_workflow_id, tranche_workflow_id
from domain.partnership import Partnership, TrancheProgress
from domain.tranche import TrancheOutcome
from ledger import AppendRequest
from payments.instructions import Instruction
from tests.simulation.world import World


async def append(world: World, stream: str, actor: str, *events: Any) -> str:
    """Append events to a stream as a worker could, and return their names."""
    ledger = world.office.desk.ledger
    async with world.pool.acquire() as connection:
        version = (await ledger.versions([stream], connection))[stream]
    command_id = derive("forged", stream, version, len(world.trace))
    known = await world.office.desk.partnership(stream.split("/")[1])
    people = known.people if known is not None else ()
    await ledger.append(AppendRequest(stream, command_id, version, to_ledger(events, actor, command_id, people)))
    world.forged.add(stream)
    return ", ".join(event.event_type for event in events)


def attempt_stream(known: Partnership, tranche: TrancheProgress, later: int = 0) -> str:
    """Return the stream of a tranche's newest attempt, or of one that is to come."""
    return tranche_workflow_id(known.partnership_id, tranche.number, max(tranche.attempt + later, 1))


def answer(world: World, known: Partnership, tranche: TrancheProgress, status: BankStatus, sha256: str | None) -> Any:
    """Return a word of the bank's that it never said."""
    code = {BankStatus.REJECTED: "RJCT", BankStatus.ACCEPTED: "ACSP"}.get(status, "BOOK")
    return BankAnswer(
        answer_id=derive("forged", known.partnership_id, tranche.number, tranche.attempt, status),
        status=status, code=code, money=tranche.money, said_at=world.clock.at, bank_reference="FORGED-1",
        partnership_id=known.partnership_id, tranche=tranche.number, attempt=tranche.attempt, file_sha256=sha256,
    )  # fmt: skip


async def end_of_payment(world: World, known: Partnership, tranche: TrancheProgress, outcome: TrancheOutcome) -> str:
    """Append that an attempt ended, on the partnership's own stream and on the attempt's."""
    sha256 = await world.pool.fetchval("SELECT sha256 FROM payments.bank_files ORDER BY kept_at DESC LIMIT 1")
    said = answer(world, known, tranche, BankStatus(outcome.value), sha256)
    kinds: dict[TrancheOutcome, Any] = {
        TrancheOutcome.REJECTED: t.PaymentRejected, TrancheOutcome.RETURNED: t.PaymentReturned,
        TrancheOutcome.SETTLED: t.PaymentSettled,
    }  # fmt: skip
    event = kinds[outcome](at=world.clock.at, answer=said)
    ended = e.TrancheEnded(
        at=world.clock.at, tranche=tranche.number, attempt=tranche.attempt, outcome=outcome, reason="RJCT"
    )
    one = await append(world, attempt_stream(known, tranche), e.ACCORD, event)
    other = await append(world, partnership_workflow_id(known.partnership_id), e.ACCORD, ended)
    await hint(world, known)
    return f"{one} and {other}"


async def never_sent(world: World, known: Partnership, tranche: TrancheProgress) -> str:
    """Append that a file never arrived, which nobody signed, to both streams."""
    stream = attempt_stream(known, tranche)
    message_id = await world.pool.fetchval(
        "SELECT message_id FROM payments.file_payments JOIN payments.instructions USING (payment_id) "
        "WHERE partnership_id = $1 AND tranche = $2 AND attempt = $3 ORDER BY message_id LIMIT 1",
        known.partnership_id, tranche.number, tranche.attempt,
    )  # fmt: skip
    message_id = message_id or "ACCM" + "A" * 26
    at, number, attempt = world.clock.at, tranche.number, tranche.attempt
    one = await append(world, stream, e.ACCORD, t.PaymentNeverSent(at=at, message_id=message_id))
    event = e.TrancheNeverSent(at=at, tranche=number, attempt=attempt, message_id=message_id)
    other = await append(world, partnership_workflow_id(known.partnership_id), e.ACCORD, event)
    await world.pool.execute(
        "UPDATE payments.files SET status = 'NEVER_SENT' WHERE message_id = $1 AND status = 'HANDED_OVER'", message_id
    )
    await hint(world, known)
    return f"{one} and {other}"


async def instruction(
    world: World, known: Partnership, changed: dict[str, Any]
) -> str:
    """Insert an instruction that nobody gave, made like one that somebody did, with what is to be changed."""
    like = await world.pool.fetchval(
        "SELECT frozen FROM payments.instructions WHERE partnership_id = $1 ORDER BY tranche, attempt LIMIT 1",
        known.partnership_id,
    )
    if like is None:
        return ""
    one = Instruction.model_validate_json(like).model_copy(update=changed)
    sha256 = hashlib.sha256(one.frozen()).hexdigest()
    await world.pool.execute(
        "INSERT INTO payments.instructions (payment_id, partnership_id, tranche, attempt, end_to_end_id, frozen, "
        "sha256) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING",
        one.payment_id, known.partnership_id, one.tranche, one.attempt, one.end_to_end_id, one.frozen(), sha256,
    )  # fmt: skip
    world.forged.add(str(one.payment_id))
    return f"an instruction of tranche {one.tranche}, attempt {one.attempt}"


async def hint(world: World, known: Partnership) -> None:
    """Let the partnership's workflow read what was appended, as anybody with access to Temporal may."""
    await world.office.desk.tell(partnership_workflow_id(known.partnership_id), "catch_up", None)
