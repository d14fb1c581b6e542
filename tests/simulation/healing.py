"""After the storm: faults end, the bank answers everything, operators follow the runbook, and the house is diligent."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from domain.identity import partnership_workflow_id, tranche_workflow_id
from domain.partnership import Partnership
from domain.people import StaffMember, StaffRegistered
from domain.tiers import Role
from tests.simulation import lists
from tests.simulation.acts import Act, acts, endings
from tests.simulation.bank.book import State
from tests.simulation.house import make_key
from tests.simulation.steps import FUNDER_IBAN, account_of, carry_out, hand_in, import_one, states
from tests.simulation.violations import Promise
from tests.simulation.world import World
from workflows.messages import PartnershipStart

ROUNDS: Final = 40
RELIEF: Final = {f"relief.{role.value.lower().replace('_', '')}": role for role in Role}
"""People who come to help, and had no part in anything before."""


async def heal(world: World) -> None:
    """Bring everything to rest. Raises Violation where something waits and nobody may do anything about it."""
    world.say("healing begins")
    await _calm(world)
    for _ in range(ROUNDS):
        await _runbook(world)
        await _bank_day(world)
        waiting = [one for one in await states(world) if not one.ended]
        if not waiting and not world.unimported:
            break
        for known in waiting:
            await _one_act(world, known)
        await world.pass_to(world.clock.at + timedelta(days=1))
    await _ask_for_rest(world)


async def _calm(world: World) -> None:
    """Faults end: the worker lives, registers are as they were, people come to help."""
    world.host.lose_after = 0
    if world.lists:
        world.say(f"registers as they were: {await lists.restore(world)}")
    directory = await world.office.desk.directory()
    for person, role in RELIEF.items():
        if directory.person(person) is None:
            member = StaffMember(staff_id=person, name=f"Relief {role.value.title()}", roles=(role,))
            facts = StaffRegistered(member=member), make_key(world.ground.keyring, person)
            await world.office.decree(*facts, by="dirk.holm", confirmed_by="olga.fisk")
    world.imported.clear()  # the bank's files are kept, and all of them imported once more: it does no harm


async def _runbook(world: World) -> None:
    """What operators do for workflows that do not run, and workers for those that are behind."""
    for stuck in world.host.try_again():
        world.say(f"stuck, and tried again: {stuck}")
    for known in await states(world):
        await _run_again(world, known)
    await world.host.settle()
    await world.reconciliation.once(rest=timedelta(0))
    await world.client.start_workflow("Rescreening", id=f"rescreening-{len(world.trace)}-{world.clock.at:%j%H%M}")


async def _run_again(world: World, known: Partnership) -> None:
    workflow_id = partnership_workflow_id(known.partnership_id)
    run = world.host.newest(workflow_id)
    if not known.ended and (run is None or not run.open):
        await world.client.start_workflow(
            "Partnership", PartnershipStart(partnership_id=known.partnership_id), id=workflow_id
        )
        world.say(f"the runbook: {workflow_id} is started again")
    if (run is not None and run.open) or not known.ended:
        await world.client.get_workflow_handle(workflow_id).signal("catch_up")
    for tranche in known.tranches:
        await _reset_tranche(world, tranche_workflow_id(known.partnership_id, tranche.number, tranche.attempt))


async def _reset_tranche(world: World, workflow_id: str) -> None:
    """A payment whose workflow was ended from outside is put back to its last task."""
    run = world.host.newest(workflow_id)
    if run is not None and not run.open and run.status.value in {"TERMINATED", "CANCELED"} and run.tasks:
        await world.host.reset(workflow_id, max(1, len(run.tasks) - (run.status.value == "CANCELED")))
        world.say(f"the runbook: {workflow_id} is reset")


async def _bank_day(world: World) -> None:
    """Files go out, the bank books what it holds, donors pay, and all that it says is imported."""
    try:
        sent = await world.office.send("relief.payer")
    except Exception as fault:
        world.broken(Promise.REST, f"nothing can be handed over: {type(fault).__name__}: {fault}")
        return
    for content in sent.files:
        world.say(f"handed over: {await hand_in(world, content)}")
    for payment in world.bank.payments.values():
        if payment.state is State.TAKEN:
            world.bank.settle(payment)
    for known in await states(world):
        gift = known.proposal.funds_in if known.proposal is not None else None
        if gift is not None and not known.ended and known.stage.value == "ACTIVE":
            if (left := gift.money.amount - known.received) > 0:
                world.bank.receive(FUNDER_IBAN, left, gift.money.currency, f"gift {known.partnership_id}")
    for said in world.unimported:
        world.say(await import_one(world, said))


async def _one_act(world: World, known: Partnership) -> None:
    directory = await world.office.desk.directory()
    for act in acts(known, directory, await account_of(world, known)):
        if await _somebody(world, known.partnership_id, act):
            return


async def _somebody(world: World, partnership_id: str, act: Act) -> bool:
    """Whether one of those who hold a role for it could do it; who comes to help goes first."""
    before = len(world.given)
    for actor in sorted(act.actors, key=lambda one: (one not in RELIEF, one)):
        told = await carry_out(world, partnership_id, act, actor)
        if len(world.given) > before:
            world.say(told)
            return True
    return False


async def _ask_for_rest(world: World) -> None:
    """What still waits must at least be able to end."""
    for stuck in world.host.try_again():
        world.broken(Promise.REST, f"work without progress: {stuck}")
    directory = await world.office.desk.directory()
    for known in await states(world):
        if known.ended:
            continue
        why = await _why(world, known)
        if not any([await _somebody(world, known.partnership_id, act) for act in endings(known, directory)]):
            world.broken(Promise.REST, f"{known.partnership_id} waits, and nobody may do anything that ends it: {why}")


async def _why(world: World, known: Partnership) -> str:
    waiting = [one for one in (await world.office.send("relief.payer")).waiting if known.partnership_id in one]
    tranches = ", ".join(f"{one.number} {one.state.value} {one.attempt}" for one in known.tranches)
    return "; ".join([f"{known.stage.value}, tranches {tranches or 'none'}", *waiting])
