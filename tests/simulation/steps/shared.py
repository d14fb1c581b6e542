"""Common parts of a script's steps: the people asked, the words on it, and the choices."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Final

from temporalio.service import RPCError

from accord.presentation.faults import BadInput, Refused, Unreachable
from domain.parties import AccountReference
from domain.partnership import commands as c
from domain.partnership.state import Partnership
from domain.streams import StreamId
from payments.accounts import find_account
from tests.simulation.bank.records import Payment, Said
from tests.simulation.draw import Draw
from tests.simulation.grounds.states import states
from tests.simulation.grounds.world import World
from tests.simulation.people.acts import Act, payee_account
from workflows.messages import Receipt

PAYERS: Final = ["paul.nkosi", "petra.wolf"]


class Idle(Exception):
    """There is nothing to do such a step on."""


Step = Callable[[World, Draw], Awaitable[str]]


async def carry_out(world: World, partnership_id: str, act: Act, actor: str) -> str:
    """Let somebody give a command."""
    content = dict(act.content)
    if act.kind is c.SignAgreement:
        content["signed_on"] = world.clock.at.date()
    if act.kind is c.Propose:
        return await asked(world, f"propose {partnership_id}", world.office.propose(**content, actor=actor))
    if act.kind is c.CancelPayment:
        return await cancelled(world, partnership_id, content["tranche"], actor)
    return await decided(world, partnership_id, act.kind, actor, **content)


async def decided(world: World, partnership_id: str, kind: type[c.StaffCommand], actor: str, **content: Any) -> str:
    """Let somebody decide, and return what became of it."""
    what = " ".join(str(value) for value in content.values() if isinstance(value, int | str))
    told = f"{actor} {kind.__name__} {partnership_id} {what}".strip()
    return await asked(world, told, world.office.decide(partnership_id, kind, actor, **content))


async def cancelled(world: World, partnership_id: str, tranche: int, actor: str) -> str:
    """Let somebody take a payment back, and return what became of it."""
    told = f"{actor} cancels {partnership_id} tranche {tranche}"
    return await asked(world, told, world.office.cancel(partnership_id, tranche, actor, "it is in doubt"))


async def asked(world: World, told: str, wanted: Awaitable[Receipt]) -> str:
    """Ask for something that has a receipt, and return what became of it."""
    try:
        receipt = await wanted
    except (Refused, BadInput) as fault:
        return f"{told}: refused, {str(fault).splitlines()[0]}"
    except (Unreachable, RPCError):
        return f"{told}: nobody answers"
    world.receive(receipt)
    return f"{told}: {', '.join(receipt.what) or 'nothing new'} (version {receipt.version})"


async def tried(told: str, wanted: Awaitable[Any]) -> str:
    """Ask for something, and return what became of it."""
    try:
        done = await wanted
    except (Refused, BadInput) as fault:
        return f"{told}: refused, {str(fault).splitlines()[0]}"
    except (Unreachable, RPCError):
        return f"{told}: nobody answers"
    return f"{told}: {done}" if done else told


async def open_ones(world: World) -> list[Partnership]:
    """Return the partnerships that have not ended."""
    return [one for one in await states(world) if not one.ended]


async def some_partnership(
    world: World, draw: Draw, fits: Callable[[Partnership], bool] = lambda _: True
) -> Partnership:
    """Return an open partnership that fits. Raises Idle."""
    found = [one for one in await open_ones(world) if fits(one)]
    if not found:
        raise Idle
    return draw.one(found)


def is_stopped(world: World, partnership_id: str) -> bool:
    """True if no workflow runs for a partnership."""
    run = world.host.newest(StreamId.partnership(partnership_id))
    return run is None or not run.open


async def stand_still(world: World, partnership_id: str) -> None:
    """Somebody ends a partnership's workflow: nobody acts for it until it is started again."""
    if not is_stopped(world, partnership_id):
        await world.client.get_workflow_handle(StreamId.partnership(partnership_id)).terminate()


def some_workflow(world: World, draw: Draw, also_closed: bool = False) -> str:
    """Return the id of a workflow. Raises Idle."""
    found = {run.workflow_id for run in world.host.runs.values() if run.open or also_closed}
    known = sorted(one for one in found if one.startswith("partnership/"))
    if not known:
        raise Idle
    return draw.one(known)


def some_payment(world: World, draw: Draw, fits: Callable[[Payment], bool]) -> Payment:
    """Return a payment that the bank has and that fits. Raises Idle."""
    found = [one for one in world.bank.payments.values() if fits(one)]
    if not found:
        raise Idle
    return draw.one(found)


def told(said: Said) -> str:
    """Return the bank's word, in a line."""
    return f"{said.name}: {said.word.value} {said.currency} {said.amount}, {said.remittance}"


async def account_of(world: World, known: Partnership) -> AccountReference | None:
    """Return the account that a partnership's payee is paid to."""
    query = "SELECT reference FROM payments.accounts WHERE $1 IN (details->>'iban', details->>'number')"
    async with world.pool.acquire() as connection:
        reference = await connection.fetchval(query, payee_account(known))
        return await find_account(connection, reference) if reference else None
