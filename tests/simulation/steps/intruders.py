"""Steps of intruders: with access to Temporal, with a worker's login, and with a payer's own key."""

from __future__ import annotations

import hashlib
from typing import Any, Final
from uuid import UUID

from temporalio.exceptions import WorkflowAlreadyStartedError

from activities.contracts import InstructionOutcome
from commands.counter import at_the_counter, signed_act
from domain import commands as c
from domain import events as e
from domain import tranche as t
from domain.identity import derive, end_to_end_id, partnership_workflow_id, tranche_workflow_id
from domain.partnership import Partnership, Stage, TrancheProgress, TrancheState
from domain.payment_file import FileStatus, PaymentFileMade, payment_file_stream
from domain.tranche import TrancheOutcome
from domain.values import Money
from ledger import clock
from payments.bank_files import bank_file, keep_bank_file
from payments.entries import keep_entry
from payments.files import rows_of_file
from payments.messages import read_message
from payments.reconciliation import judge_all
from tests.simulation import forging
from tests.simulation.bank.book import State
from tests.simulation.draw import Draw
from tests.simulation.lists import PAYEES
from tests.simulation.steps import people
from tests.simulation.steps.money import hand_over, import_one
from tests.simulation.steps.people import in_our_hands, releasable
from tests.simulation.steps.shared import Idle, cancelled, decided, is_stopped, open_ones, some_partnership
from tests.simulation.world import World

THIEF: Final = PAYEES[2].iban


# With access to Temporal alone.


async def start_again(world: World, draw: Draw) -> str:
    """Somebody starts a partnership that does not run, with a snapshot of their own making or with none."""
    known = await some_partnership(world, draw, lambda one: is_stopped(world, one.partnership_id))
    how = draw.one(["none", "true", "rejected", "older"])
    await start_with(world, known, how)
    return f"{known.partnership_id} is started again, snapshot: {how}"


async def start_with(world: World, known: Partnership, how: str) -> None:
    """Start a partnership's workflow with what somebody would like it to believe."""
    snapshot = forged_snapshot(known, how)
    given: dict[str, Any] = {"partnership_id": known.partnership_id}
    if snapshot is not None:
        given |= {"snapshot": {"partnership": snapshot.model_dump(mode="json")}}
    await world.client.start_workflow("Partnership", given, id=partnership_workflow_id(known.partnership_id))


def forged_snapshot(known: Partnership, how: str) -> Partnership | None:
    """Return a state: what the ledger says, or what somebody would like it to say."""
    match how:
        case "none":
            return None
        case "rejected":
            return known.model_copy(update={"tranches": _refused(known.tranches), "hold": None})
        case "older":
            return known.model_copy(update={"hold": None, "stage": Stage.ACTIVE})
        case _:
            return known


def _refused(tranches: tuple[TrancheProgress, ...]) -> tuple[TrancheProgress, ...]:
    return tuple(one.model_copy(update={"state": TrancheState.REJECTED}) if one.attempt else one for one in tranches)


async def start_a_tranche(world: World, draw: Draw) -> str:
    """Somebody starts a payment's workflow before its time, with another sum."""
    known = await some_partnership(world, draw, lambda one: bool(releasable(one)))
    tranche = known.tranche(draw.one(releasable(known)))
    if tranche is None:
        raise Idle
    stream = tranche_workflow_id(known.partnership_id, tranche.number, tranche.attempt + 1)
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
    handle = world.client.get_workflow_handle(partnership_workflow_id(known.partnership_id))
    unsigned = {"kind": "lift", "command_id": str(UUID(int=draw.number(1, 9))), "actor": "fay.okoro", "reason": "x"}
    for _ in range(draw.one([1, 30])):
        await handle.signal(name, unsigned)
    return f"somebody signals {name} to {known.partnership_id}"


# With a worker's login.


async def forge_event(world: World, draw: Draw) -> str:
    """Somebody appends an event that never happened."""
    known = await some_partnership(world, draw, lambda one: any(tranche.attempt for tranche in one.tranches))
    tranche = draw.one([one for one in known.tranches if one.attempt])
    stream, at = partnership_workflow_id(known.partnership_id), world.clock.at
    match draw.one(["ended", "never sent", "withheld", "lifted", "rechecked", "released", "conflict"]):
        case "ended":
            outcome = draw.one([TrancheOutcome.REJECTED, TrancheOutcome.RETURNED, TrancheOutcome.SETTLED])
            said = await forging.end_of_payment(world, known, tranche, outcome)
        case "never sent":
            said = await forging.never_sent(world, known, tranche)
        case "withheld":
            event: Any = t.PaymentWithheld(at=at, reason="nothing")
            said = await forging.append(world, forging.attempt_stream(known, tranche), e.ACCORD, event)
        case "lifted":
            event = e.HoldLifted(at=at, actor="fay.okoro", reason="nothing is wrong")
            said = await forging.append(world, stream, "fay.okoro", event)
        case "rechecked" if known.verification is not None and known.assessment is not None:
            event = e.RegistersRechecked(at=at, verification=known.verification, assessment=known.assessment)
            said = await forging.append(world, stream, e.ACCORD, event)
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
            stream = tranche_workflow_id(order.partnership_id, order.tranche, order.attempt)
            event = t.TrancheReleasedForPayment(at=order.released_at, order=order)
            await forging.append(world, stream, e.ACCORD, event)
            world.forged.discard(stream)  # it says the truth; what is to follow must follow

    world.ambush = ("instruct_payment", strike)
    return f"somebody lies in wait; {await people.release(world, draw)}"


async def forge_row(world: World, draw: Draw) -> str:
    """Somebody writes rows into the tables of payments."""
    match draw.one(["identifiers", "uninstructed", "payee", "sum", "entry", "status"]):
        case "entry":
            return await _pretend_known(world, draw)
        case "status":
            return await _mark_a_file(world, draw)
        case choice:
            return await plant(world, draw, choice)


async def plant(world: World, draw: Draw, choice: str) -> str:
    """Somebody writes an instruction of their own, and events that say so; then a payer releases it and sends it."""
    known = await some_partnership(world, draw, lambda one: bool(releasable(one)))
    tranche = known.tranche(draw.one(releasable(known)))
    order = await forging.order_of(world, known, tranche, tranche.attempt + 1) if tranche is not None else None
    if tranche is None or order is None:
        raise Idle
    another = derive("another", order.payment_id)
    changed: dict[str, dict[str, Any]] = {
        "identifiers": {"payment_id": another, "end_to_end_id": end_to_end_id(another)},
        "sum": {"money": Money(amount=tranche.money.amount * 9, currency=tranche.money.currency)},
        "payee": {"creditor_name": PAYEES[2].name},
        "uninstructed": {},
    }
    await forging.instruction(world, order, choice != "uninstructed", **changed[choice])
    said = await decided(world, known.partnership_id, c.Release, "petra.wolf", tranche=tranche.number)
    return "; ".join([f"somebody plants an instruction ({choice}) and {said}", *await _out_with_it(world, draw)])


async def _pretend_known(world: World, draw: Draw) -> str:
    """What the bank will say was told before, a row says."""
    if not world.unimported:
        raise Idle
    said = draw.one(world.unimported)
    file = bank_file(said.name, said.content)
    async with world.pool.acquire() as connection:
        await keep_bank_file(connection, file)
        judged = await judge_all(connection, read_message(said.content, said.name), file.sha256, clock.now())
        for one in judged:
            await keep_entry(connection, one.entry, file.sha256, None)
    return f"a row says that {said.name} was told before"


async def _mark_a_file(world: World, draw: Draw) -> str:
    """A file's row is moved on, though nobody signed that."""
    status, after = draw.one([("MADE", "VOID"), ("HANDED_OVER", "NEVER_SENT")])
    files = await world.office.files(FileStatus(status))
    if not files:
        raise Idle
    message_id = draw.one(files).message_id
    await world.pool.execute("UPDATE payments.files SET status = $2 WHERE message_id = $1", message_id, after)
    return f"a row says that {message_id} is {after}"


# With a payer's own key as well.


async def rob(world: World, draw: Draw) -> str:
    """A payer would like a payment that the bank has to be paid once more, and has help from inside."""
    found = [
        (one, tranche)
        for one in await open_ones(world)
        for tranche in one.tranches
        if _at_the_bank(world, one, tranche)
    ]
    if not found:
        raise Idle
    known, tranche = draw.one(found)
    how = draw.one(["snapshot", "ended", "never sent", "ended and cancelled"])
    said = [f"a payer would like {known.partnership_id} tranche {tranche.number} once more, by {how}"]
    match how:
        case "snapshot":
            await _terminated(world, known)
            await start_with(world, known, "rejected")
        case "never sent":
            said.append(await forging.never_sent(world, known, tranche))
            said.append(await cancelled(world, known.partnership_id, tranche.number, "paul.nkosi"))
        case _:
            said.append(await forging.end_of_payment(world, known, tranche, TrancheOutcome.REJECTED))
    said.append(await decided(world, known.partnership_id, c.Release, "petra.wolf", tranche=tranche.number))
    if how == "ended and cancelled":
        said.append(await cancelled(world, known.partnership_id, tranche.number, "paul.nkosi"))
        said.append(await decided(world, known.partnership_id, c.Release, "petra.wolf", tranche=tranche.number))
    return "; ".join([*said, *await _out_with_it(world, draw)])


def _at_the_bank(world: World, known: Partnership, tranche: TrancheProgress) -> bool:
    return any(
        (one.partnership_id, one.tranche) == (known.partnership_id, tranche.number) and one.state is not State.RETURNED
        for one in world.bank.payments.values()
    )


async def _terminated(world: World, known: Partnership) -> None:
    if not is_stopped(world, known.partnership_id):
        await world.client.get_workflow_handle(partnership_workflow_id(known.partnership_id)).terminate()


async def _out_with_it(world: World, draw: Draw) -> list[str]:
    await world.office.export("paul.nkosi")
    files = await world.office.files(FileStatus.MADE)
    return [await hand_over(world, draw, file.message_id, courier=False) for file in files]


async def swap_the_account(world: World, draw: Draw) -> str:
    """A payer signs a file of their own making: the payments that wait, to another account."""
    files = await world.office.files(FileStatus.MADE)
    if not files:
        await world.office.export("paul.nkosi")
        files = await world.office.files(FileStatus.MADE)
    if not files:
        raise Idle
    true = draw.one(files)
    async with world.pool.acquire() as connection:
        rows = await rows_of_file(connection, true.message_id)
    content = true.content
    for payee in PAYEES[:2]:
        content = content.replace(payee.iban.encode(), THIEF.encode())
    name = "ACCM" + ("Z" + true.message_id[5:] if true.message_id[4] != "Z" else "Y" + true.message_id[5:])
    content = content.replace(true.message_id.encode(), name.encode())
    made = {"sha256": hashlib.sha256(content).hexdigest(), "payments": tuple(row.payment_id for row in rows)}
    stream = payment_file_stream(name)
    money, day = Money(amount="1.00", currency="USD"), clock.today()
    act = await signed_act(
        world.office.desk, PaymentFileMade, stream, "paul.nkosi", **made, total=money, execution_on=day
    )
    async with at_the_counter(world.office.desk) as counter:
        await counter.act(stream, act)
        await counter.connection.execute(
            "INSERT INTO payments.files (message_id, content, sha256, payment_count) VALUES ($1, $2, $3, $4) "
            "ON CONFLICT DO NOTHING",
            name, content, made["sha256"], len(rows),
        )  # fmt: skip
        for row in rows:
            await counter.connection.execute(
                "INSERT INTO payments.file_payments VALUES ($1, $2) ON CONFLICT DO NOTHING", name, row.payment_id
            )
    return f"paul.nkosi signs {name}, to another account; {await hand_over(world, draw, name, courier=False)}"


async def import_meanwhile(world: World, draw: Draw) -> str:
    """Somebody imports a file of the bank's while the next decision is looked at."""
    if not world.unimported:
        raise Idle
    said = draw.one(world.unimported)

    async def strike(result: Any) -> None:
        del result
        await import_one(world, said)

    world.ambush = ("look_up_authority", strike)
    return f"{said.name} will be imported while the next decision is looked at"


async def cancel_in_time(world: World, draw: Draw) -> str:
    """A payer hands over what another person has just cancelled, while its workflow stands still."""
    known = await some_partnership(world, draw, lambda one: bool(in_our_hands(one)))
    tranche = draw.one(in_our_hands(known))
    await world.office.export("paul.nkosi")
    stopped = tranche_workflow_id(known.partnership_id, tranche, next(
        one.attempt for one in known.tranches if one.number == tranche
    ))  # fmt: skip
    run = world.host.newest(stopped)
    if run is not None and run.open:
        await world.client.get_workflow_handle(stopped).terminate()
    said = await decided(
        world, known.partnership_id, c.CancelPayment, "femi.ade", tranche=tranche,
        attempt=next(one.attempt for one in known.tranches if one.number == tranche), reason="it is in doubt",
    )  # fmt: skip
    return "; ".join([said, *await _out_with_it(world, draw)])
