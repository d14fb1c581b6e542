"""Steps of those who have a payer's own key, beside access to Temporal and a worker's login."""

from __future__ import annotations

import hashlib
from typing import Any, Final

from accord.counter.transactions import at_the_counter
from accord.organisation.signed_acts import signed_act
from domain.identity import derive, end_to_end_id
from domain.partnership import commands as c
from domain.partnership.state import Partnership, TrancheProgress
from domain.payment.payment_file import FileStatus, PaymentFileMade
from domain.payment.tranche.status import TrancheOutcome
from domain.recorded.writers import Writer
from domain.streams import StreamId
from domain.values import Money
from ledger import clock
from payments.out.files import StoredFile, rows_of_file
from tests.simulation import forging
from tests.simulation.bank.records import State
from tests.simulation.draw import Draw
from tests.simulation.grounds.lists import PAYEES
from tests.simulation.grounds.world import World
from tests.simulation.steps.money import hand_over, out_with_it, pay
from tests.simulation.steps.people import in_our_hands, payable, releasable
from tests.simulation.steps.shared import Idle, cancelled, decided, open_ones, stand_still

THIEF: Final = PAYEES[2].iban


async def plant(world: World, draw: Draw, choice: str) -> str:
    """Somebody writes an instruction of their own, and events that say so. Then a payer releases it and sends it."""
    known = await payable(world, draw)
    tranche = known.tranche(draw.one(releasable(known))) if releasable(known) else None
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
    if choice == "uninstructed":
        await stand_still(world, known.partnership_id)
        said = await forging.release(world, known, tranche, "petra.wolf")
    else:
        said = await decided(world, known.partnership_id, c.Release, "petra.wolf", tranche=tranche.number)
    return "; ".join([f"somebody plants an instruction ({choice}) and {said}", *await out_with_it(world, draw)])


async def rob(world: World, draw: Draw) -> str:
    """A payer would like a payment that the bank has to be paid once more, and has help from inside."""
    found, said = await _paid(world), []
    if not found:
        said.append(await pay(world, draw))
        found = await _paid(world)
    if not found:
        return "; ".join(said)
    known, tranche = draw.one(found)
    how = draw.one(["snapshot", "ended", "never sent", "ended and cancelled"])
    said.append(f"a payer would like {known.partnership_id} tranche {tranche.number} once more, by {how}")
    match how:
        case "snapshot":
            await stand_still(world, known.partnership_id)
            await forging.start_with(world, known, "rejected")
        case "never sent":
            said.append(await forging.never_sent(world, known, tranche))
            said.append(await cancelled(world, known.partnership_id, tranche.number, "paul.nkosi"))
        case _:
            said.append(await forging.end_of_payment(world, known, tranche, TrancheOutcome.REJECTED))
    said.append(await decided(world, known.partnership_id, c.Release, "petra.wolf", tranche=tranche.number))
    if how == "ended and cancelled":
        said.append(await cancelled(world, known.partnership_id, tranche.number, "paul.nkosi"))
        said.append(await decided(world, known.partnership_id, c.Release, "petra.wolf", tranche=tranche.number))
    return "; ".join([*said, *await out_with_it(world, draw)])


async def _paid(world: World) -> list[tuple[Partnership, TrancheProgress]]:
    """Return the bank's payments of partnerships that have not ended."""
    return [
        (one, tranche)
        for one in await open_ones(world)
        for tranche in one.tranches
        if _at_the_bank(world, one, tranche)
    ]


def _at_the_bank(world: World, known: Partnership, tranche: TrancheProgress) -> bool:
    return any(
        (one.partnership_id, one.tranche) == (known.partnership_id, tranche.number) and one.state is not State.RETURNED
        for one in world.bank.payments.values()
    )


async def swap_the_account(world: World, draw: Draw) -> str:
    """A payer signs a file of their own making: the payments that wait, to another account."""
    true = await _made_file(world, draw)
    async with world.pool.acquire() as connection:
        rows = await rows_of_file(connection, true.message_id)
    content = true.content
    for payee in PAYEES[:2]:
        content = content.replace(payee.iban.encode(), THIEF.encode())
        content = content.replace(payee.number.encode(), PAYEES[2].number.encode())
    name = "ACCM" + ("Z" + true.message_id[5:] if true.message_id[4] != "Z" else "Y" + true.message_id[5:])
    content = content.replace(true.message_id.encode(), name.encode())
    made = {"sha256": hashlib.sha256(content).hexdigest(), "payments": tuple(row.payment_id for row in rows)}
    stream = StreamId.payment_file(name)
    money, day = Money(amount="1.00", currency="USD"), clock.today()
    act = await signed_act(
        world.office.desk, PaymentFileMade, stream, "paul.nkosi", **made, total=money, execution_on=day
    )
    async with at_the_counter(world.office.desk, Writer.EXPORTER) as counter:
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


async def _made_file(world: World, draw: Draw) -> StoredFile:
    """A file of the waiting payments. If there is none, a payment is released first. Raises Idle."""
    await world.office.export("paul.nkosi")
    files = await world.office.files(FileStatus.MADE)
    if not files:
        known = await payable(world, draw)
        if not in_our_hands(known):
            await decided(world, known.partnership_id, c.Release, "petra.wolf", tranche=draw.one(releasable(known)))
        await world.office.export("paul.nkosi")
        files = await world.office.files(FileStatus.MADE)
    if not files:
        raise Idle
    return draw.one(files)


async def cancel_in_time(world: World, draw: Draw) -> str:
    """A payer hands over what another person has just cancelled, while its workflow stands still."""
    known = await payable(world, draw)
    if not in_our_hands(known):
        await decided(world, known.partnership_id, c.Release, "petra.wolf", tranche=draw.one(releasable(known)))
        known = await world.office.desk.known_partnership(known.partnership_id)
    if not in_our_hands(known):
        raise Idle
    tranche = draw.one(in_our_hands(known))
    await world.office.export("paul.nkosi")
    stopped = StreamId.attempt(known.partnership_id, tranche, next(
        one.attempt for one in known.tranches if one.number == tranche
    ))  # fmt: skip
    run = world.host.newest(stopped)
    if run is not None and run.open:
        await world.client.get_workflow_handle(stopped).terminate()
    said = await decided(
        world, known.partnership_id, c.CancelPayment, "femi.ade", tranche=tranche,
        attempt=next(one.attempt for one in known.tranches if one.number == tranche), reason="it is in doubt",
    )  # fmt: skip
    return "; ".join([said, *await out_with_it(world, draw)])
