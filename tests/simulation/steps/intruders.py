"""Steps of intruders: with access to Temporal, and with a worker's login."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from temporalio.exceptions import WorkflowAlreadyStartedError

from activities.contracts import InstructionOutcome
from domain.identity import ACCORD
from domain.partnership import events as e
from domain.payment.payment_file import FileStatus
from domain.payment.tranche.events import PaymentWithheld, TrancheReleasedForPayment
from domain.payment.tranche.status import TrancheOutcome
from domain.streams import StreamId
from ledger import clock
from payments.answers.bank_files import bank_file, keep_bank_file
from payments.answers.entries import keep_entry
from payments.answers.matching.judging import judge_all
from payments.answers.messages import read_message
from tests.simulation import forging
from tests.simulation.bank.records import State
from tests.simulation.draw import Draw
from tests.simulation.grounds.lists import PAYEES
from tests.simulation.grounds.world import World
from tests.simulation.steps import people
from tests.simulation.steps.insiders import plant
from tests.simulation.steps.money import import_one
from tests.simulation.steps.people import releasable
from tests.simulation.steps.shared import Idle, is_stopped, some_partnership, some_payment

THIEF: Final = PAYEES[2].iban


# With access to Temporal alone.


async def start_again(world: World, draw: Draw) -> str:
    """Somebody starts a partnership that does not run, with a snapshot of their own making or with none."""
    known = await some_partnership(world, draw, lambda one: is_stopped(world, one.partnership_id))
    how = draw.one(["none", "true", "rejected", "older"])
    await forging.start_with(world, known, how)
    return f"{known.partnership_id} is started again, snapshot: {how}"


async def start_a_tranche(world: World, draw: Draw) -> str:
    """Somebody starts a payment's workflow before its time, with another sum."""
    known = await some_partnership(world, draw, lambda one: bool(releasable(one)))
    tranche = known.tranche(draw.one(releasable(known)))
    if tranche is None:
        raise Idle
    stream = StreamId.attempt(known.partnership_id, tranche.number, tranche.attempt + 1)
    given = {
        "partnership_id": known.partnership_id, "tranche": tranche.number, "attempt": tranche.attempt + 1,
        "money": {"amount": "900.00", "currency": "USD"},
    }  # fmt: skip
    try:
        await world.client.start_workflow("Tranche", given, id=stream)
    except WorkflowAlreadyStartedError:
        return f"{stream} runs already"
    return f"somebody starts {stream} with another sum"


async def send_signals(world: World, draw: Draw) -> str:
    """Somebody sends signals that mean nothing, or that were never signed."""
    known = await some_partnership(world, draw, lambda one: not is_stopped(world, one.partnership_id))
    name = draw.one(["submit", "catch_up", "registers_changed", "bank_answered"])
    handle = world.client.get_workflow_handle(StreamId.partnership(known.partnership_id))
    unsigned = {"kind": "lift", "command_id": str(UUID(int=draw.number(1, 9))), "actor": "fay.okoro", "reason": "x"}
    for _ in range(draw.one([1, 30])):
        await handle.signal(name, unsigned)
    return f"somebody signals {name} to {known.partnership_id}"


# With a worker's login.


async def forge_event(world: World, draw: Draw) -> str:
    """Somebody appends an event that never happened."""
    known = await some_partnership(world, draw, lambda one: any(tranche.attempt for tranche in one.tranches))
    tranche = draw.one([one for one in known.tranches if one.attempt])
    stream, at = StreamId.partnership(known.partnership_id), world.clock.at
    match draw.one(["ended", "never sent", "withheld", "lifted", "rechecked", "released", "conflict"]):
        case "ended":
            outcome = draw.one([TrancheOutcome.REJECTED, TrancheOutcome.RETURNED, TrancheOutcome.SETTLED])
            said = await forging.end_of_payment(world, known, tranche, outcome)
        case "never sent":
            said = await forging.never_sent(world, known, tranche)
        case "withheld":
            event: Any = PaymentWithheld(at=at, reason="nothing")
            said = await forging.append(world, forging.attempt_stream(known, tranche), ACCORD, event)
        case "lifted":
            event = e.HoldLifted(at=at, actor="fay.okoro", reason="nothing is wrong")
            said = await forging.append(world, stream, "fay.okoro", event)
        case "rechecked" if known.verification is not None and known.assessment is not None:
            event = e.RegistersRechecked(at=at, verification=known.verification, assessment=known.assessment)
            said = await forging.append(world, stream, ACCORD, event)
        case "released":
            event = e.TrancheReleased(
                at=at, actor="petra.wolf", tranche=tranche.number, attempt=tranche.attempt + 1, money=tranche.money,
                attempt_signed=True,
            )  # fmt: skip
            said = await forging.append(world, stream, "petra.wolf", event)
        case _:
            raise Idle
    await forging.hint(world, known)
    return f"somebody appends {said} to {known.partnership_id}"


async def lie_in_wait(world: World, draw: Draw) -> str:
    """Somebody writes to a payment's stream between its last check and the record of it, once a payer releases it."""

    async def strike(result: Any) -> None:
        if isinstance(result, InstructionOutcome) and result.instructed is not None:
            order = result.instructed.order
            stream = StreamId.attempt(order.partnership_id, order.tranche, order.attempt)
            event = TrancheReleasedForPayment(at=order.released_at, order=order)
            await forging.append(world, stream, ACCORD, event)
            world.forged.discard(stream)  # it says the truth; what is to follow must follow

    world.ambush = ("instruct_payment", strike)
    return f"somebody lies in wait; {await people.release(world, draw)}"


async def forge_row(world: World, draw: Draw) -> str:
    """Somebody writes rows into the tables of payments."""
    match draw.one(["identifiers", "uninstructed", "payee", "sum", "entry", "entry", "status"]):
        case "entry":
            return await _pretend_known(world, draw)
        case "status":
            return await _mark_a_file(world, draw)
        case choice:
            return await plant(world, draw, choice)


async def _pretend_known(world: World, draw: Draw) -> str:
    """A row claims that a future word of the bank was told before."""
    if not world.unimported:
        world.bank.settle(some_payment(world, draw, lambda one: one.state is State.TAKEN))
    said = draw.one(world.unimported)
    file = bank_file(said.name, said.content)
    async with world.pool.acquire() as connection:
        await keep_bank_file(connection, file)
        judged = await judge_all(connection, read_message(said.content, said.name), file.sha256, clock.now())
        for one in judged:
            await keep_entry(connection, one.entry, file.sha256, None)
    return f"a row says that {said.name} was told before; {await import_one(world, said)}"


async def _mark_a_file(world: World, draw: Draw) -> str:
    """A file's row is moved on, though nobody signed that."""
    status, after = draw.one([("MADE", "VOID"), ("MADE", "HANDED_OVER"), ("HANDED_OVER", "NEVER_SENT")])
    files = await world.office.files(FileStatus(status))
    if not files:
        raise Idle
    message_id = draw.one(files).message_id
    await world.pool.execute("UPDATE payments.files SET status = $2 WHERE message_id = $1", message_id, after)
    return f"a row says that {message_id} is {after}"


async def import_meanwhile(world: World, draw: Draw) -> str:
    """Somebody imports a file of the bank's between the next decision and its append."""
    if not world.unimported:
        raise Idle
    said = draw.one(world.unimported)

    async def strike(result: Any) -> None:
        del result
        await import_one(world, said)

    world.ambush = ("decide", strike)
    return f"{said.name} will be imported between the next decision and its append"
