"""The steps of a script: what people, the bank, operators, adversaries and misfortune may do next."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final

from temporalio.service import RPCError

from commands.desk import Seen
from commands.faults import BadInput, Refused, Unreachable
from domain import commands as c
from domain.admission import RELEASABLE
from domain.identity import partnership_workflow_id
from domain.parties import Party, PartyKind
from domain.partnership import Partnership, Stage, TrancheProgress, TrancheState
from domain.people import KeyRevoked, StaffLeft
from payments.accounts import AccountReference, find_account
from tests.builders import funds_in, funds_out, proposal
from tests.simulation import lists
from tests.simulation.acts import Act, acts, payee_iban
from tests.simulation.bank.book import Payment, Said, State, Word
from tests.simulation.draw import Draw
from tests.simulation.lists import PAYEES
from tests.simulation.oracle import ask_at_hand_over
from tests.simulation.temporal.host import NotFound
from tests.simulation.world import World
from workflows.messages import PartnershipStart, Receipt, Snapshot

MOST_PARTNERSHIPS: Final = 8
FUNDER_IBAN: Final = "NL23MOCK0000001101"


class Idle(Exception):
    """There is nothing to do such a step on."""


Step = Callable[[World, Draw], Awaitable[str]]


# People.


async def propose(world: World, draw: Draw) -> str:
    """A new partnership: one or two payments out, or a gift in."""
    if len(world.partnerships) >= MOST_PARTNERSHIPS:
        raise Idle
    reference = f"P-2026-{len(world.partnerships) + 1:04}"
    world.partnerships.append(reference)
    payee = draw.one(PAYEES)
    party = Party(name=payee.name, kind=PartyKind.NONPROFIT, country="US", ein=payee.ein)
    amounts = draw.one([("1000.00",), ("600.00", "400.00")])
    legs: dict[str, Any] = {"funds_out": funds_out(*amounts, payee=party, final_report=False)}
    if draw.number(1, 4) == 1:
        legs = {"funds_in": funds_in("5000.00")}
    wanted = proposal(reference, partner=party, **legs)
    return await _asked(world, f"propose {reference}", world.office.propose(wanted, "pia.berg"))


async def lead(world: World, draw: Draw) -> str:
    """A new partnership is led to where it may pay, by the diligent."""
    told = await propose(world, draw)
    reference = world.partnerships[-1]
    for _ in range(8):
        known = await world.office.desk.partnership(reference)
        if known is None or known.ended or known.stage is Stage.ACTIVE:
            break
        wanted = acts(known, await world.office.desk.directory(), await account_of(world, known))
        if not wanted:
            break
        told = await carry_out(world, reference, wanted[0], draw.one(wanted[0].actors))
    return f"{reference} is led on, until {told}"


async def go_on(world: World, draw: Draw) -> str:
    """Somebody does what comes next in a partnership."""
    known = await _some_partnership(world, draw)
    wanted = acts(known, await world.office.desk.directory(), await account_of(world, known))
    if not wanted:
        raise Idle
    act = wanted[0] if draw.number(1, 5) > 1 else draw.one(wanted)
    return await carry_out(world, known.partnership_id, act, draw.one(act.actors))


async def release(world: World, draw: Draw) -> str:
    """A payer releases a tranche that may be."""
    known = await _some_partnership(world, draw, lambda one: bool(_releasable(one)))
    actor = draw.one(["pam.osei", "paul.nkosi", "petra.wolf"])
    return await _decide(world, known.partnership_id, c.Release, actor, tranche=draw.one(_releasable(known)))


def _releasable(known: Partnership) -> list[int]:
    return [one.number for one in known.tranches if one.state in RELEASABLE] if known.stage is Stage.ACTIVE else []


async def hold(world: World, draw: Draw) -> str:
    """Somebody stops a partnership."""
    known = await _some_partnership(world, draw)
    actor = draw.one(["vera.lind", "vito.rana", "femi.ade", "pam.osei", "dora.kim"])
    return await _decide(world, known.partnership_id, c.PlaceHold, actor, reason="something is wrong with it")


async def lift(world: World, draw: Draw) -> str:
    """Somebody lifts a hold."""
    known = await _some_partnership(world, draw, lambda one: one.hold is not None)
    actor = draw.one(["fay.okoro", "dirk.holm", "dora.kim"])
    return await _decide(world, known.partnership_id, c.LiftHold, actor, reason="it was looked into")


async def declare_interest(world: World, draw: Draw) -> str:
    """Somebody declares an interest, perhaps after they decided."""
    known = await _some_partnership(world, draw)
    involved = {one.actor for one in known.approvals} | {known.signatory, known.verifier} - {""}
    person = draw.one(sorted(involved) or ["ana.silva"])
    interest = {"person": person, "what": "a friend of the treasurer"}
    return await _decide(world, known.partnership_id, c.DeclareInterest, person, interest=interest)


async def report_diversion(world: World, draw: Draw) -> str:
    """Somebody reports that money went elsewhere."""
    known = await _some_partnership(world, draw, lambda one: one.has_paid)
    return await _decide(world, known.partnership_id, c.ReportDiversion, "otto.audit", what="a car was bought")


async def end(world: World, draw: Draw) -> str:
    """Somebody ends a partnership before its time."""
    known = await _some_partnership(world, draw)
    kind, actor = draw.one([(c.Terminate, "dirk.holm"), (c.Decline, "dora.kim"), (c.Withdraw, "pia.berg")])
    return await _decide(world, known.partnership_id, kind, actor, reason="it is no longer wanted")


async def leave(world: World, draw: Draw) -> str:
    """Somebody leaves, or their key is taken out of force."""
    leaving = sorted({"pam.osei", "fay.okoro", "vito.rana", "rosa.lund"} - world.departed)
    if not leaving:
        raise Idle
    person = draw.one(leaving)
    world.departed.add(person)
    key = world.ground.keyring.public(person).key_id
    fact = draw.one([StaffLeft(staff_id=person), KeyRevoked(staff_id=person, key_id=key)])
    decreed = world.office.decree(fact, by="dora.kim", confirmed_by="otto.audit")
    return await _tried(f"{fact.event_type} {person}", decreed)


# Registers.


async def change_a_list(world: World, draw: Draw) -> str:
    """A register says something new of a payee, or no longer does."""
    if world.lists and draw.number(1, 2) == 1:
        return f"registers as they were: {await lists.restore(world)}"
    variant, payee = draw.one(sorted(lists.VARIANTS)), draw.one(PAYEES)
    return f"{payee.name} is {variant}: {await lists.change(world, variant, payee)}"


async def rescreen(world: World, draw: Draw) -> str:
    """The schedule of the re-screening runs."""
    del draw
    await world.client.start_workflow("Rescreening", id=f"rescreening-{len(world.trace)}")
    return "re-screening"


# Payments and the bank.


async def send(world: World, draw: Draw) -> str:
    """A payer makes files of what waits, and hands them to the bank."""
    actor = draw.one(["paul.nkosi", "petra.wolf"])
    sent = await world.office.send(actor)
    told = [await hand_in(world, content) for content in sent.files]
    waiting = f"; waiting: {'; '.join(sent.waiting)}" if sent.waiting else ""
    return f"{actor} hands over {', '.join(told) or 'nothing'}{waiting}"


async def send_again(world: World, draw: Draw) -> str:
    """A file is handed to the bank once more."""
    content = await world.office.send_again(draw.one)
    if content is None:
        raise Idle
    return f"an earlier file again: {await hand_in(world, content)}"


async def hand_in(world: World, content: bytes) -> str:
    """Hand a file to the bank, and ask at once whether its payments might leave. Raises Violation."""
    new = world.bank.take(content)
    await ask_at_hand_over(world, new)
    return ", ".join(f"{one.partnership_id} tranche {one.tranche}" for one in new) or "what the bank has"


async def bank_answers(world: World, draw: Draw) -> str:
    """The bank says what becomes of a payment."""
    payment = _payment(world, draw, lambda one: one.state is State.TAKEN)
    match draw.weighted({"accept": 2, "settle": 4, "reject": 2}):
        case "accept":
            said = world.bank.accept(payment)
        case "settle":
            said = world.bank.settle(payment, reference=draw.number(1, 5) > 1)
        case _:
            said = world.bank.reject(payment)
    return _told(said)


async def bank_gives_back(world: World, draw: Draw) -> str:
    """A payment comes back, whole or in part."""
    payment = _payment(world, draw, lambda one: one.booked > one.returned)
    left = payment.booked - payment.returned
    part = draw.weighted({1: 3, 2: 1})
    return _told(world.bank.give_back(payment, (left / part).quantize(Decimal("0.01"))))


async def bank_errs(world: World, draw: Draw) -> str:
    """The bank contradicts itself, tells a booking twice, or books twice."""
    payment = _payment(world, draw, lambda one: bool(one.words))
    match draw.one(["contradict", "repeat", "twice", "same id"]):
        case "contradict" if payment.state is State.SETTLED:
            said = world.bank.reject(payment)
        case "repeat":
            told = [one for one in world.bank.said if one.end_to_end_id == payment.end_to_end_id]
            said = world.bank.repeat(draw.one(told))
        case "same id" if payment.state is State.TAKEN:
            before = [one for one in world.bank.said if one.end_to_end_id == payment.end_to_end_id]
            said = world.bank.reject(payment, message_id=before[-1].message_id)
        case "twice" if payment.state is State.SETTLED:
            said = world.bank.settle(payment)
        case _:
            raise Idle
    return f"the bank errs: {_told(said)}"


async def money_comes_in(world: World, draw: Draw) -> str:
    """A credit on some account: a donor's, or somebody else's."""
    gifts = [one for one in await _open(world) if one.proposal is not None and one.proposal.funds_in is not None]
    purpose = draw.one([f"gift {one.partnership_id}" for one in gifts] or ["thank you"])
    iban = draw.weighted({FUNDER_IBAN: 5, PAYEES[0].iban: 1})
    amount = draw.one([Decimal("2500.00"), Decimal("5000.00")])
    stranger = iban != FUNDER_IBAN or purpose == "thank you"
    return _told(world.bank.receive(iban, amount, "USD", purpose, stranger))


async def take_in(world: World, draw: Draw) -> str:
    """Somebody imports a file of the bank's: a new one, in any order, or an old one again."""
    files = world.unimported if world.unimported and draw.number(1, 6) > 1 else world.bank.said
    if not files:
        raise Idle
    return await import_one(world, draw.one(files))


async def import_one(world: World, said: Said) -> str:
    """Import a file of the bank's."""
    world.imported.add(said.number)
    return await _tried(f"import {said.name} ({said.word.value})", world.office.take_in(said, "petra.wolf"))


# Time, operators, adversaries, misfortune.


async def pass_time(world: World, draw: Draw) -> str:
    """Hours or days pass."""
    wait = draw.weighted({timedelta(hours=3): 4, timedelta(days=1): 3, timedelta(days=6): 1, timedelta(days=25): 1})
    await world.pass_to(world.clock.at + wait)
    return f"{wait} pass"


async def workers_look(world: World, draw: Draw) -> str:
    """Workers look for workflows that are behind the ledger."""
    del draw
    behind = await world.reconciliation.once(rest=timedelta(0))
    return f"workers look: {', '.join(behind) or 'nobody is behind'}"


async def lose_a_task(world: World, draw: Draw) -> str:
    """The worker will die in the middle of what is done next."""
    world.host.lose_after = draw.number(1, 4)
    return f"the worker will die after {world.host.lose_after} local activities"


async def restart_workers(world: World, draw: Draw) -> str:
    """Workers are started anew: everything is replayed."""
    del draw
    await world.host.forget()
    return "workers are started anew"


async def stop_workflow(world: World, draw: Draw) -> str:
    """An operator terminates or cancels a workflow."""
    workflow_id = _some_workflow(world, draw)
    handle = world.client.get_workflow_handle(workflow_id)
    if draw.number(1, 4) == 1:
        await handle.cancel()
        return f"an operator cancels {workflow_id}"
    await handle.terminate()
    return f"an operator terminates {workflow_id}"


async def reset_workflow(world: World, draw: Draw) -> str:
    """An operator puts a workflow back to an earlier task."""
    workflow_id = _some_workflow(world, draw, also_closed=True)
    run = world.host.newest(workflow_id)
    if run is None or not run.tasks:
        raise Idle
    tasks = draw.number(0, len(run.tasks) - 1)
    await world.host.reset(workflow_id, tasks, say_again=draw.number(1, 3) > 1)
    await world.host.settle()
    return f"an operator resets {workflow_id} to after {tasks} of {len(run.tasks)} tasks"


async def start_again(world: World, draw: Draw) -> str:
    """Somebody starts a partnership that does not run, with a snapshot of their own making or with none."""
    known = await _some_partnership(world, draw, lambda one: _stopped(world, one.partnership_id))
    how = draw.one(["none", "true", "rejected", "older"])
    start = PartnershipStart(partnership_id=known.partnership_id, snapshot=forged(known, how))
    await world.client.start_workflow("Partnership", start, id=partnership_workflow_id(known.partnership_id))
    if how == "none":
        await world.client.get_workflow_handle(partnership_workflow_id(known.partnership_id)).signal("catch_up")
    return f"{known.partnership_id} is started again, snapshot: {how}"


def forged(known: Partnership, how: str) -> Snapshot | None:
    """Return a snapshot: what the ledger says, or what somebody would like it to say."""
    match how:
        case "none":
            return None
        case "rejected":
            return Snapshot(partnership=known.model_copy(update={"tranches": _refused(known.tranches), "hold": None}))
        case "older":
            return Snapshot(partnership=known.model_copy(update={"hold": None, "stage": Stage.ACTIVE}))
        case _:
            return Snapshot(partnership=known)


def _refused(tranches: tuple[TrancheProgress, ...]) -> tuple[TrancheProgress, ...]:
    return tuple(one.model_copy(update={"state": TrancheState.REJECTED}) if one.attempt else one for one in tranches)


async def keep(world: World, draw: Draw) -> str:
    """A copy of a store is made."""
    if draw.number(1, 2) == 1 and len(world.databases) < 2:
        await world.keep_database()
        return f"database copied ({len(world.databases)})"
    world.servers.append(world.host.copy())
    return f"workflows copied ({len(world.servers)})"


async def put_back(world: World, draw: Draw) -> str:
    """The database, the workflows, or both are put back to a copy."""
    told = []
    what = draw.one(["database", "workflows", "both"])
    if what != "workflows" and world.databases:
        place = draw.number(0, len(world.databases) - 1)
        await world.put_database_back(place)
        told.append(f"the database ({place + 1})")
    if what != "database" and world.servers:
        place = draw.number(0, len(world.servers) - 1)
        await world.host.put_back(world.servers[place])
        world.host.fire()
        await world.host.settle()
        told.append(f"the workflows ({place + 1})")
    if not told:
        raise Idle
    return f"put back: {' and '.join(told)}"


# What the steps share.


async def carry_out(world: World, partnership_id: str, act: Act, actor: str) -> str:
    """Let somebody give a command."""
    content = dict(act.content)
    if act.kind is c.SignAgreement:
        content["signed_on"] = world.clock.at.date()
    if act.kind is c.Propose:
        return await _asked(world, f"propose {partnership_id}", world.office.propose(content["proposal"], actor))
    return await _decide(world, partnership_id, act.kind, actor, **content)


async def _decide(world: World, partnership_id: str, kind: type[c.StaffCommand], actor: str, **content: Any) -> str:
    what = " ".join(str(value) for value in content.values() if isinstance(value, int | str))
    told = f"{actor} {kind.__name__} {partnership_id} {what}".strip()
    return await _asked(world, told, world.office.decide(partnership_id, kind, actor, **content))


async def _asked(world: World, told: str, asked: Awaitable[Receipt]) -> str:
    try:
        receipt = await asked
    except (Refused, BadInput) as fault:
        return f"{told}: refused, {str(fault).splitlines()[0]}"
    except (Unreachable, RPCError):
        return f"{told}: nobody answers"
    world.given.append(receipt)
    return f"{told}: {', '.join(receipt.what) or 'nothing new'} (version {receipt.version})"


async def _tried(told: str, asked: Awaitable[Any]) -> str:
    try:
        done = await asked
    except (Refused, BadInput) as fault:
        return f"{told}: refused, {str(fault).splitlines()[0]}"
    except (Unreachable, RPCError):
        return f"{told}: nobody answers"
    return f"{told}: {done}" if done else told


async def states(world: World) -> list[Partnership]:
    """Return every partnership that the ledger knows."""
    found = [await world.office.desk.partnership(one) for one in world.partnerships]
    return [one for one in found if one is not None]


async def _open(world: World) -> list[Partnership]:
    return [one for one in await states(world) if not one.ended]


async def _some_partnership(
    world: World, draw: Draw, fits: Callable[[Partnership], bool] = lambda _: True
) -> Partnership:
    found = [one for one in await _open(world) if fits(one)]
    if not found:
        raise Idle
    return draw.one(found)


def _stopped(world: World, partnership_id: str) -> bool:
    run = world.host.newest(partnership_workflow_id(partnership_id))
    return run is None or not run.open


def _some_workflow(world: World, draw: Draw, also_closed: bool = False) -> str:
    found = {run.workflow_id for run in world.host.runs.values() if run.open or also_closed}
    known = sorted(one for one in found if one.startswith("partnership/"))
    if not known:
        raise Idle
    return draw.one(known)


def _payment(world: World, draw: Draw, fits: Callable[[Payment], bool]) -> Payment:
    found = [one for one in world.bank.payments.values() if fits(one)]
    if not found:
        raise Idle
    return draw.one(found)


def _told(said: Said) -> str:
    return f"{said.name}: {said.word.value} {said.currency} {said.amount}, {said.remittance}"


async def account_of(world: World, known: Partnership) -> AccountReference | None:
    """Return the account that a partnership's payee is paid to."""
    iban = payee_iban(known)
    query = "SELECT reference FROM payments.accounts WHERE details->>'iban' = $1"
    async with world.pool.acquire() as connection:
        reference = await connection.fetchval(query, iban)
        return await find_account(connection, reference) if reference else None


@dataclass(frozen=True)
class Kind:
    """A kind of step, and how often it comes."""

    step: Step
    weight: int


STEPS: Final[dict[str, Kind]] = {
    "propose": Kind(propose, 3),
    "lead": Kind(lead, 6),
    "go_on": Kind(go_on, 24),
    "release": Kind(release, 14),
    "hold": Kind(hold, 3),
    "lift": Kind(lift, 4),
    "declare_interest": Kind(declare_interest, 2),
    "report_diversion": Kind(report_diversion, 1),
    "end": Kind(end, 1),
    "leave": Kind(leave, 1),
    "change_a_list": Kind(change_a_list, 2),
    "rescreen": Kind(rescreen, 2),
    "send": Kind(send, 10),
    "send_again": Kind(send_again, 1),
    "bank_answers": Kind(bank_answers, 10),
    "bank_gives_back": Kind(bank_gives_back, 2),
    "bank_errs": Kind(bank_errs, 3),
    "money_comes_in": Kind(money_comes_in, 3),
    "take_in": Kind(take_in, 12),
    "pass_time": Kind(pass_time, 5),
    "workers_look": Kind(workers_look, 3),
    "lose_a_task": Kind(lose_a_task, 3),
    "restart_workers": Kind(restart_workers, 1),
    "stop_workflow": Kind(stop_workflow, 2),
    "reset_workflow": Kind(reset_workflow, 2),
    "start_again": Kind(start_again, 4),
    "keep": Kind(keep, 2),
    "put_back": Kind(put_back, 1),
}
"""Everything that may happen, by name."""

__all__ = ["STEPS", "Idle", "NotFound", "Seen", "Word"]
