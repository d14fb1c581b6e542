"""Forgeries by a thief of a worker's login, or with access to Temporal: events, rows, and inputs of workflows.

Every stream that is written to is noted, so that the ledger's word is asked of the others alone.
"""

from __future__ import annotations

import hashlib
from typing import Any

from accord.client.sight import make_command
from activities.authority import authority_of
from activities.folding import FoldedPartnership
from domain.errors import DomainError
from domain.identity import ACCORD, derive, payment_id
from domain.partnership import commands as c
from domain.partnership import events as e
from domain.partnership.circumstances import Circumstances
from domain.partnership.decisions import decide
from domain.partnership.stages import Stage
from domain.partnership.state import Partnership, TrancheProgress, TrancheState
from domain.payment.bank_answers import BankAnswer, BankStatus
from domain.payment.tranche.events import (
    PaymentInstructed,
    PaymentNeverSent,
    PaymentRejected,
    PaymentReturned,
    PaymentSettled,
    TrancheReleasedForPayment,
)
from domain.payment.tranche.order import TrancheOrder
from domain.payment.tranche.status import TrancheOutcome
from domain.streams import StreamId
from ledger import AppendRequest
from payments.accounts import find_account
from payments.out.instructions import Instruction
from records.codec import to_ledger
from tests.simulation.grounds.world import World


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


async def release(world: World, known: Partnership, tranche: TrancheProgress, payer: str) -> str:
    """Append a release that its payer signed, and that no workflow decided: so nobody instructs it either."""
    desk, stream = world.office.desk, StreamId.partnership(known.partnership_id)
    seen = await world.office.sight(known.partnership_id)
    content = {"tranche": tranche.number, "attempt": tranche.attempt + 1}
    command = await desk.signed(seen, make_command(seen, c.Release, payer, content))
    held = FoldedPartnership(known, tuple(await desk.reader.read(stream)))
    authority = await authority_of(command, held, await desk.registrar.directory(), desk.registrar)
    try:
        events = decide(known, command, Circumstances(authority=authority))
    except DomainError as refusal:
        return f"a release that may not be: {refusal}"
    made = to_ledger(events, payer, command.command_id, known.people)
    await desk.ledger.append(AppendRequest(stream, command.command_id, known.version, made))
    return ", ".join(event.event_type for event in events)


def attempt_stream(known: Partnership, tranche: TrancheProgress, later: int = 0) -> str:
    """Return the stream of a tranche's newest attempt, or of one that is to come."""
    return StreamId.attempt(known.partnership_id, tranche.number, max(tranche.attempt + later, 1))


def answer(world: World, known: Partnership, tranche: TrancheProgress, status: BankStatus, sha256: str | None) -> Any:
    """Return a word of the bank's that it never said."""
    code = {BankStatus.REJECTED: "RJCT", BankStatus.ACCEPTED: "ACSP"}.get(status, "BOOK")
    return BankAnswer(
        answer_id=derive("forged", known.partnership_id, tranche.number, tranche.attempt, status),
        status=status, code=code, money=tranche.money, said_at=world.clock.at, bank_reference="FORGED-1",
        partnership_id=known.partnership_id, tranche=tranche.number, attempt=tranche.attempt, file_sha256=sha256,
    )  # fmt: skip


async def end_of_payment(world: World, known: Partnership, tranche: TrancheProgress, outcome: TrancheOutcome) -> str:
    """Append the end of an attempt, on the partnership's own stream and on the attempt's."""
    sha256 = await world.pool.fetchval("SELECT sha256 FROM payments.bank_files ORDER BY kept_at DESC LIMIT 1")
    said = answer(world, known, tranche, BankStatus(outcome.value), sha256)
    kinds: dict[TrancheOutcome, Any] = {
        TrancheOutcome.REJECTED: PaymentRejected, TrancheOutcome.RETURNED: PaymentReturned,
        TrancheOutcome.SETTLED: PaymentSettled,
    }  # fmt: skip
    event = kinds[outcome](at=world.clock.at, answer=said)
    ended = e.TrancheEnded(
        at=world.clock.at, tranche=tranche.number, attempt=tranche.attempt, outcome=outcome, reason="RJCT"
    )
    one = await append(world, attempt_stream(known, tranche), ACCORD, event)
    other = await append(world, StreamId.partnership(known.partnership_id), ACCORD, ended)
    await hint(world, known)
    return f"{one} and {other}"


async def never_sent(world: World, known: Partnership, tranche: TrancheProgress) -> str:
    """Append, unsigned, that a file never arrived, to both streams."""
    stream = attempt_stream(known, tranche)
    message_id = await world.pool.fetchval(
        "SELECT message_id FROM payments.file_payments JOIN payments.instructions USING (payment_id) "
        "WHERE partnership_id = $1 AND tranche = $2 AND attempt = $3 ORDER BY message_id LIMIT 1",
        known.partnership_id, tranche.number, tranche.attempt,
    )  # fmt: skip
    message_id = message_id or "ACCM" + "A" * 26
    at, number, attempt = world.clock.at, tranche.number, tranche.attempt
    one = await append(world, stream, ACCORD, PaymentNeverSent(at=at, message_id=message_id))
    event = e.TrancheNeverSent(at=at, tranche=number, attempt=attempt, message_id=message_id)
    other = await append(world, StreamId.partnership(known.partnership_id), ACCORD, event)
    await world.pool.execute(
        "UPDATE payments.files SET status = 'NEVER_SENT' WHERE message_id = $1 AND status = 'HANDED_OVER'", message_id
    )
    await hint(world, known)
    return f"{one} and {other}"


async def order_of(world: World, known: Partnership, tranche: TrancheProgress, attempt: int) -> TrancheOrder | None:
    """Return an order to pay as the product would make it of a release."""
    out = known.proposal.funds_out if known.proposal is not None else None
    funder = (await world.office.desk.directory()).funder(out.funder) if out is not None else None
    if out is None or funder is None or known.account is None:
        return None
    return TrancheOrder(
        partnership_id=known.partnership_id, tranche=tranche.number, attempt=attempt,
        payment_id=payment_id(known.partnership_id, tranche.number, attempt), money=tranche.money, funder=funder,
        payee=out.payee, account=known.account, released_by="petra.wolf", released_at=world.clock.at,
        purpose=out.purpose,
    )  # fmt: skip


async def instruction(world: World, order: TrancheOrder, instructed: bool, **changed: Any) -> None:
    """Insert an instruction that nobody gave, with what is to be changed, and say in its stream that it was given."""
    async with world.pool.acquire() as connection:
        debtor = await find_account(connection, order.funder.account)
    one = Instruction.of(order, debtor).model_copy(update=changed)
    sha256 = hashlib.sha256(one.frozen()).hexdigest()
    await world.pool.execute(
        "INSERT INTO payments.instructions (payment_id, partnership_id, tranche, attempt, end_to_end_id, frozen, "
        "sha256) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING",
        one.payment_id, order.partnership_id, one.tranche, one.attempt, one.end_to_end_id, one.frozen(), sha256,
    )  # fmt: skip
    world.forged.add(str(one.payment_id))
    at, stream = world.clock.at, StreamId.attempt(order.partnership_id, order.tranche, order.attempt)
    given = PaymentInstructed(
        at=at, payment_id=one.payment_id, end_to_end_id=one.end_to_end_id, instruction_sha256=sha256
    )
    events: list[Any] = [TrancheReleasedForPayment(at=at, order=order)]
    await append(world, stream, ACCORD, *events, *([given] if instructed else []))


async def hint(world: World, known: Partnership) -> None:
    """Let the partnership's workflow read what was appended, as anybody with access to Temporal may."""
    await world.office.desk.tell(StreamId.partnership(known.partnership_id), "catch_up", None)


async def start_with(world: World, known: Partnership, how: str) -> None:
    """Start a partnership's workflow with what somebody would like it to believe."""
    snapshot = forged_snapshot(known, how)
    given: dict[str, Any] = {"partnership_id": known.partnership_id}
    if snapshot is not None:
        given |= {"snapshot": {"partnership": snapshot.model_dump(mode="json")}}
    await world.client.start_workflow("Partnership", given, id=StreamId.partnership(known.partnership_id))


def forged_snapshot(known: Partnership, how: str) -> Partnership | None:
    """Return a state: what the ledger says, or what somebody would like it to say."""
    match how:
        case "none":
            return None
        case "rejected":
            return known.model_copy(update={"tranches": _refused(known.tranches), "holds": ()})
        case "older":
            return known.model_copy(update={"holds": (), "stage": Stage.ACTIVE})
        case _:
            return known


def _refused(tranches: tuple[TrancheProgress, ...]) -> tuple[TrancheProgress, ...]:
    return tuple(one.model_copy(update={"state": TrancheState.REJECTED}) if one.attempt else one for one in tranches)
