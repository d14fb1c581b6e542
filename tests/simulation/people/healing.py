"""After the storm: faults end, the bank answers everything, operators follow the runbook, and people are diligent."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Final

from accord.presentation.faults import BadInput, Refused
from domain.directory.people import StaffMember, StaffRegistered
from domain.directory.tiers import Role
from domain.partnership import commands as c
from domain.partnership.stages import Stage
from domain.partnership.state import Partnership
from domain.payment.payment_file import FileStatus
from domain.streams import StreamId
from tests.simulation.bank.records import State
from tests.simulation.grounds import lists
from tests.simulation.grounds.organisation import FUNDER_IBAN, make_key
from tests.simulation.grounds.states import states
from tests.simulation.grounds.world import World
from tests.simulation.judge.violations import Promise
from tests.simulation.people.acts import Act, acts, endings
from tests.simulation.people.guardians import set_aside_what_was_forged
from tests.simulation.people.resolving import resolve_one
from tests.simulation.people.restoring import follow_the_runbook
from tests.simulation.steps.money import deliver, import_one
from tests.simulation.steps.people import in_our_hands
from tests.simulation.steps.refunding import judged, went_to_donor
from tests.simulation.steps.shared import account_of, cancelled, carry_out, tried
from tests.simulation.steps.truths import answered_by_relief
from workflows.messages import PartnershipStart

ROUNDS: Final = 30
QUIET: Final = 3
"""After so many days on which nothing could be done, nothing more will be."""

PAYER: Final = "relief.payer"
SECOND_WRITER: Final = "relief.writer"
"""Who agrees that a lost file is written again: none of those who resolve what the bank says of its payments."""
RELIEF: Final = {f"relief.{role.value.lower().replace('_', '')}": role for role in Role} | {SECOND_WRITER: Role.PAYER}
"""People who come to help, and had no part in anything before."""

RESOLVERS: Final = ("relief.financeapprover", "relief.director")


async def heal(world: World) -> None:
    """Bring everything to rest. Raises Violation where something waits and nobody may do anything about it."""
    world.say("healing begins")
    await _calm(world)
    quiet = 0
    for _ in range(ROUNDS):
        before = len(world.given), len(world.bank.said)
        await _runbook(world)
        await _bank_day(world)
        waiting = [one for one in await states(world) if not one.ended]
        for known in waiting:
            await _one_act(world, known)
        await world.pass_to(world.clock.at + timedelta(days=1))
        await lists.refresh(world)
        quiet = quiet + 1 if before == (len(world.given), len(world.bank.said)) else 0
        if quiet == QUIET or (not waiting and quiet):
            break
    await _last_statements(world)
    await _ask_for_rest(world)


async def _last_statements(world: World) -> None:
    """The last day is over, and the bank's statements of it are imported: all that it booked is stated."""
    await world.pass_to(world.clock.at + timedelta(days=1))
    world.bank.close_days()
    for made in [*world.bank.left_out]:
        world.bank.state(made)
    for said in world.unimported:
        world.say(await import_one(world, said, PAYER))


async def _calm(world: World) -> None:
    """Faults end: the worker lives, registers are as they were, people come to help."""
    world.host.lose_after, world.ambush = 0, None
    for workflow_id in world.host.paused:
        world.host.unpause(workflow_id)
        world.say(f"an operator lets {workflow_id} go on")
    await world.host.settle()
    if world.lists:
        world.say(f"registers as they were: {await lists.restore(world)}")
    await lists.refresh(world)
    directory = await world.office.desk.directory()
    for person, role in RELIEF.items():
        if directory.person(person) is None:
            member = StaffMember(staff_id=person, name=f"Relief {role.value.title()}", roles=(role,))
            facts = StaffRegistered(member=member), make_key(world.keyring, person)
            await world.office.decree(*facts, by="dora.kim", confirmed_by="olga.fisk")
    world.imported.clear()  # the bank's files are kept, and all of them imported once more: it does no harm


async def _runbook(world: World) -> None:
    """The operators' acts for workflows that do not run, and the workers' for those that are behind."""
    for told in await set_aside_what_was_forged(world):
        world.say(f"the runbook: {told}")
    for told in await answered_by_relief(world, "relief.verifier"):
        world.say(told)
    for stuck in world.host.try_again():
        world.say(f"stuck, and tried again: {stuck}")
    if world.behind:
        await _begin_from_the_ledger(world)
    for told in await follow_the_runbook(world):
        world.say(f"the runbook: {told}")
    for known in await states(world):
        await _run_again(world, known)
    await world.host.settle()
    await world.reconciliation.once(minimum_age=timedelta(0))
    await world.client.start_workflow("Rescreening", id=f"rescreening-{len(world.trace)}-{world.clock.at:%j%H%M}")


async def _begin_from_the_ledger(world: World) -> None:
    """After the database was put back, what workflows know beside it counts for nothing: they are started anew."""
    while running := [run.workflow_id for run in world.host.runs.values() if run.open]:  # one may begin anew meanwhile
        await world.client.get_workflow_handle(running[0]).terminate()
    world.behind = False
    world.say("the runbook: all workflows begin from the ledger")


async def _run_again(world: World, known: Partnership) -> None:
    workflow_id = StreamId.partnership(known.partnership_id)
    run = world.host.newest(workflow_id)
    if not known.ended and (run is None or not run.open):
        start = PartnershipStart(partnership_id=known.partnership_id)
        await world.client.start_workflow("Partnership", start, id=workflow_id)
        world.say(f"the runbook: {workflow_id} is started again")
    elif run is not None and run.open:
        await world.client.get_workflow_handle(workflow_id).signal("catch_up")


async def _bank_day(world: World) -> None:
    """Files go out, the bank books what it holds, donors pay, and all that it says is imported and resolved."""
    await _send(world)
    for payment in world.bank.payments.values():
        if payment.state is State.TAKEN:
            world.bank.settle(payment)
        elif world.bank.told_wrongly(payment):
            world.bank.tell_rightly(payment)  # people asked what it meant
    world.bank.close_days()
    for made in [*world.bank.left_out]:
        world.bank.state(made)
    for known in await states(world):
        gift = known.proposal.funds_in if known.proposal is not None else None
        left = gift.money.amount - known.received if gift is not None else Decimal(0)
        if gift is not None and known.stage is Stage.ACTIVE and known.awaits_money and left > 0:
            world.bank.receive(FUNDER_IBAN, left, gift.money.currency, f"gift {known.partnership_id}")
    for said in world.unimported:
        world.say(await import_one(world, said, PAYER))
    await _judge_refunds(world)  # a wrong one would keep the bank's true word from its payment
    for exception in await world.office.exceptions():
        world.say(await resolve_one(world, exception, RESOLVERS))
    await _write_off(world)


async def _write_off(world: World) -> None:
    """Say of each gift that was taken back, and of each refund, what became of it."""
    for known in await states(world):
        for came in world.bank.received:
            new = all(one.bank_reference != came.reference for one in known.refunds)
            if came.gift == known.partnership_id and came.taken_back in world.imported and known.received and new:
                world.say(await went_to_donor(world, known.partnership_id, came, PAYER))
    await _judge_refunds(world)


async def _judge_refunds(world: World) -> None:
    """Confirm each refund that one person recorded, or take it back, as the bank's book tells it."""
    for known in await states(world):
        for one in known.refunds:
            if not one.confirmed_by:
                world.say(await judged(world, known, one.bank_reference, RESOLVERS[1]))


async def _send(world: World) -> None:
    await _find_what_was_lost(world)
    try:
        await world.office.export(PAYER)
        for file in await world.office.files(FileStatus.MADE):
            done = await world.office.hand_over(file.message_id, PAYER)
            world.say(f"handed over: {done.void or await deliver(world)}")
    except (Refused, BadInput) as fault:
        world.say(f"not handed over: {fault}")
    except Exception as fault:
        world.broken(Promise.REST, f"nothing can be handed over: {type(fault).__name__}: {fault}")


async def _find_what_was_lost(world: World) -> None:
    """A file lost by the courier is written again. If that cannot be, two say that it never arrived."""
    for file in await world.office.files():  # whatever a row says of it
        if file.message_id not in world.lost:
            continue
        world.lost.discard(file.message_id)
        for person in (PAYER, SECOND_WRITER):
            world.say(await tried(f"{person}: {file.message_id}", world.office.write_again(file.message_id, person)))
        if await deliver(world, in_doubt=True) == "nothing":
            word = ("never.txt", f"We never got {file.message_id}.".encode())
            for person in RESOLVERS:
                world.say(await tried(person, world.office.never_sent(file.message_id, word, person)))


async def _one_act(world: World, known: Partnership) -> None:
    directory = await world.office.desk.directory()
    for act in acts(known, directory, await account_of(world, known)):
        if act.kind is not c.CancelPayment and await _somebody(world, known.partnership_id, act):
            return
    for tranche in in_our_hands(known):
        world.say(await cancelled(world, known.partnership_id, tranche, "relief.financeapprover"))


async def _somebody(world: World, partnership_id: str, act: Act) -> bool:
    """True if one of those who hold a role for it could do it. The helper goes first."""
    before = len(world.given)
    for actor in [one for one in act.actors if one in RELIEF] or act.actors:
        told = await carry_out(world, partnership_id, act, actor)
        if len(world.given) > before:
            world.say(told)
            return True
    return False


async def _ask_for_rest(world: World) -> None:
    """A waiting partnership must at least be able to end. One that the database forgot is not asked for."""
    for stuck in world.host.try_again():
        world.broken(Promise.REST, f"work without progress: {stuck}")
    directory = await world.office.desk.directory()
    for known in await states(world):
        if known.ended or known.partnership_id in world.beyond:
            continue
        for tranche in in_our_hands(known):
            world.say(await cancelled(world, known.partnership_id, tranche, "relief.financeapprover"))
        if not any([await _somebody(world, known.partnership_id, act) for act in endings(known, directory)]):
            why = await _why(world, known)
            world.broken(Promise.REST, f"{known.partnership_id} waits, and nobody may do anything that ends it: {why}")


async def _why(world: World, known: Partnership) -> str:
    waiting = [one.reason for one in (await world.office.export(PAYER)).waiting if known.partnership_id == one[0]]
    tranches = ", ".join(f"{one.number} {one.state.value} {one.attempt}" for one in known.tranches)
    hold = known.hold.reason if known.hold is not None else "no hold"
    return "; ".join([f"{known.stage.value}, tranches {tranches or 'none'}, {hold}", *waiting])
