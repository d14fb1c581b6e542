"""The lives that leave golden histories of runs that begin anew, of what is refused or lost, and of second looks.

The names of what they keep are those of the table in `golden_table.HELD`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from temporalio.client import WorkflowHistory, WorkflowUpdateFailedError

from accord.presentation.faults import Refused
from domain.directory.tiers import Role
from domain.partnership import commands as c
from domain.partnership.stages import Stage
from domain.partnership.state import TrancheState
from domain.payment.bank_answers import BankStatus
from records.keys.keyring import Keyring
from tests.builders import party, proposal
from tests.governing import hire
from tests.lives import BACK, Life
from tests.waiting import until
from tests.workflows import test_doubts, test_endurance, test_rescreening
from tests.workflows.misfortune.test_in_flight import begin_again
from tests.workflows.misfortune.test_lost_tasks import lost
from tests.workflows.replay import goldens
from tests.workflows.replay.golden_scenes import (
    Kept,
    Scene,
    all_runs,
    approve,
    damaged,
    ended,
    forgetful,
    now,
    one_payment,
    sign,
    until_ended,
    until_runs,
)
from workflows import attributes
from workflows.messages import Receipt
from workflows.options import TASK_QUEUE
from workflows.rescreening import RescreeningWorkflow


async def many_runs(scene: Scene) -> Kept:
    """A life over runs that continue as new early, with a payment in flight over some of them."""
    life = scene.life
    await test_endurance.start(life, continue_after=12)
    await life.until_stage(Stage.APPROVAL)
    await approve(life)
    await sign(life)
    await life.do(c.Release, "paul.nkosi", tranche=1)
    tranche = await life.instructed()
    for place in range(2):
        await life.do(c.PlaceHold, "vera.lind", reason=f"question {place}")
        await life.do(c.LiftHold, "femi.ade", reason=f"answer {place}")
    await life.bank_says(tranche, BankStatus.SETTLED)
    await life.until_stage(Stage.CLOSED)
    await until_ended(life.handle)
    found = await all_runs(life, life.handle)
    [following, *_] = [one for one in found if "follow" in goldens.signals(one)]
    return {"many-runs-first": found[0], "many-runs-following": following, "many-runs-last": found[-1]}


async def begun_anew(scene: Scene) -> Kept:
    """A partnership and its payment in flight, both told to begin anew."""
    life = scene.life
    tranche = await life.released(one_payment(life))
    for handle in (life.handle, life.tranche()):
        await handle.signal("begin_anew")
        await until_runs(life, handle, 2)
    await life.until_quiet()
    await now(life.handle)
    attempt = life.desk.temporal.get_workflow_handle(life.tranche().id, run_id=(await life.tranche().describe()).run_id)
    first, _ = await all_runs(life, life.tranche())
    await life.bank_says(tranche, BankStatus.SETTLED)
    await until_ended(life.handle)
    kept = dict(zip(("begun-anew-first", "begun-anew-second"), await all_runs(life, life.handle), strict=True))
    return {**kept, "begun-anew-payment-first": first, "begun-anew-payment-second": await now(attempt)}


async def followed(scene: Scene) -> Kept:
    """A partnership that begins anew while its payment in flight goes on, which then tells it of its end.

    It is also asked again what an earlier run did.
    """
    life = scene.life
    tranche = await life.released(one_payment(life))
    command = await life.command(c.PlaceHold, "vera.lind", reason="a question in the press")
    await life.send(command)
    await life.handle.signal("begin_anew")
    await until_runs(life, life.handle, 2)
    await life.until_quiet()
    await now(life.tranche())
    await life.send(command)
    await life.do(c.LiftHold, "femi.ade", reason="answered")
    attempt = life.desk.temporal.get_workflow_handle(life.tranche().id, run_id=(await life.tranche().describe()).run_id)
    await life.bank_says(tranche, BankStatus.SETTLED)
    return {"followed": await ended(life.handle), "followed-payment": await ended(attempt)}


async def from_the_ledger(scene: Scene) -> Kept:
    """A server that lost a partnership and its payment in flight."""
    life = scene.life
    tranche = await life.released(one_payment(life))
    await life.handle.terminate("a drill: the server lost it")
    await life.tranche().terminate("a drill: the server lost it")
    await begin_again(life)
    await life.until_quiet()
    await now(life.tranche())
    await life.bank_says(tranche, BankStatus.SETTLED)
    return {"from-the-ledger": await ended(life.handle), "from-the-ledger-payment": await ended(life.tranche())}


async def first_proposal_refused(scene: Scene) -> Kept:
    """A proposal by somebody whom the directory does not know."""
    life = scene.life
    keyring = Keyring(scene.folder / "strangers")
    keyring.make("nobody.known")
    with suppress(Refused):
        await replace(life.desk, keyring=keyring).propose(proposal(life.reference), "nobody.known")
    return {"first-proposal-refused": await ended(life.handle)}


async def refusals(scene: Scene) -> Kept:
    """Refusals on record, by update and by signal, and commands sent twice."""
    life = scene.life
    before = await life.awaiting_approval(proposal(life.reference))
    await life.handle.signal("submit", "rubbish")
    await life.until(lambda known: known.version > before.version)
    own = await life.command(c.Approve, "pia.berg", no_interest=True, reason="it is mine")
    await life.submit(own)
    await life.until(lambda known: known.version > before.version + 1)
    with suppress(Refused):
        await life.send(own)
    command = await life.command(c.Approve, "ana.silva", no_interest=True, reason="by signal")
    await life.submit(command)
    await life.until(lambda known: len(known.approvals) == 1)
    await life.submit(command)
    await life.until_quiet()
    await now(life.handle)
    await life.send(command)
    other = await life.command(c.Approve, "femi.ade", no_interest=True, reason="under another id")
    for asked in (command, other):
        with suppress(WorkflowUpdateFailedError):
            await life.handle.execute_update("decide", asked, id=f"not {asked.actor}", result_type=Receipt)
    await life.send(other)
    return {"refusals": await now(life.handle)}


async def lost_task(scene: Scene) -> Kept:
    """A decision that the ledger has and the workflow does not."""
    life = scene.life
    await life.awaiting_approval(proposal(life.reference))
    await lost(life, c.Approve, "ana.silva", no_interest=True, reason="fits the programme")
    await life.do(c.Approve, "femi.ade", no_interest=True, reason="within budget")
    await sign(life)
    await lost(life, c.Release, "paul.nkosi", tranche=1)
    await life.handle.signal("catch_up")
    await life.instructed()
    await life.do(c.PlaceHold, "vera.lind", reason="a question in the press")
    return {"lost-task": await now(life.handle)}


async def stopped(scene: Scene) -> Kept:
    """A ledger that forgot an event, and got it back."""
    life, kept = scene.life, {}
    await life.awaiting_approval(proposal(life.reference))
    async with forgetful(life):
        await life.handle.signal("registers_changed")
        kept["stopped"] = await now(life.handle)
    await life.handle.signal("catch_up")
    await life.until_told("RegistersRechecked")
    await life.until_quiet()
    await life.do(c.Approve, "femi.ade", no_interest=True, reason="within budget")
    return {**kept, "stopped-for-a-while": await now(life.handle)}


async def stopped_by_a_look(scene: Scene) -> Kept:
    """A ledger that forgot an event, which a look at the registers finds. The look is taken again when it is back."""
    await _stopped_by(scene.life, "registers_changed")
    await scene.life.until_told("RegistersRechecked")
    await scene.life.until_quiet()
    await scene.life.do(c.Approve, "femi.ade", no_interest=True, reason="within budget")
    return {"stopped-by-a-look": await now(scene.life.handle)}


async def stopped_by_a_hint(scene: Scene) -> Kept:
    """A ledger that forgot an event, which a hint to read it finds."""
    await _stopped_by(scene.life, "catch_up")
    await scene.life.until_quiet()
    await scene.life.do(c.Approve, "femi.ade", no_interest=True, reason="within budget")
    return {"stopped-by-a-hint": await now(scene.life.handle)}


async def stopped_by_a_decision(scene: Scene) -> Kept:
    """A ledger that forgot an event, which a decision by signal finds. The decision is sent again when it is back."""
    decision = await _stopped_by(scene.life, "submit")
    await now(scene.life.handle)
    await scene.life.send(decision)
    return {"stopped-by-a-decision": await now(scene.life.handle)}


async def _stopped_by(life: Life, signal: str) -> c.StaffRequest:
    """Let a signal find that the ledger forgot an event, let it have it again, and return the next decision."""
    await life.awaiting_approval(proposal(life.reference))
    async with forgetful(life, signal) as decision:
        await until_stopped(life)
    await life.handle.signal("catch_up")
    return decision


async def until_stopped(life: Life) -> None:
    """Wait for the workflow to show that nothing may be decided in it."""

    async def stopped() -> bool:
        return attributes.STOPPED in (await life.handle.describe()).typed_search_attributes

    await until(stopped)


async def unreadable_at_first(scene: Scene) -> Kept:
    """A run that begins on a ledger in which an event of its own cannot be read."""
    life = scene.life
    await life.awaiting_approval(proposal(life.reference))
    await life.handle.terminate("a drill: the server lost it")
    async with damaged(life, life.handle.id, "DueDiligenceCompleted"):
        await begin_again(life)
        await until_stopped(life)
        await life.handle.signal("catch_up")
        await now(life.handle)
    await life.handle.signal("catch_up")
    await life.until_quiet()
    await approve(life)
    return {"unreadable-at-first": await now(life.handle)}


async def all_at_once(scene: Scene) -> Kept:
    """Hints that come many at a time, of which one is enough."""
    life = scene.life
    tranche = await life.released(proposal(life.reference))
    await life.hand_over()
    await now(life.handle)
    for handle, hints in ((life.handle, ("catch_up", "registers_changed")), (life.tranche(), ("catch_up",))):
        await asyncio.gather(*(handle.signal(hint) for hint in hints for _ in range(8)))
    await life.until_told("RegistersRechecked")
    await life.until_quiet()
    await life.bank_says(tranche, BankStatus.SETTLED)
    await life.until_tranche(TrancheState.SETTLED)
    await life.do(c.PlaceHold, "vera.lind", reason="a question in the press")
    return {"all-at-once": await now(life.handle), "all-at-once-payment": await ended(life.tranche())}


async def rechecked(scene: Scene) -> Kept:
    """A list on which the payee is now, and whom the re-screening tells of it."""
    life = scene.life
    await life.signed(proposal(life.reference))
    listed = test_rescreening.listed("RIVERBEND LIBRARY NETWORK")
    await test_rescreening.publish(life, scene.folder, "ofac-sdn", "sdn.csv", listed)
    kept = {"rescreening-told": await rescreened(life, "first")}
    await life.until(lambda known: known.hold is not None)
    await life.until_quiet()
    kept["rescreening-nobody"] = await rescreened(life, "second")
    await life.handle.signal("registers_changed")
    await life.until_told("RegistersRechecked", 2)
    return {**kept, "rechecked": await now(life.handle)}


async def nothing_to_recheck(scene: Scene) -> Kept:
    """Registers that change while a proposal is with its proposer, of which nothing rests on them."""
    life = scene.life
    await life.awaiting_approval(proposal(life.reference))
    await life.do(c.ReturnForInformation, "vera.lind", question="Which villages?")
    await life.handle.signal("registers_changed")
    await life.until_quiet()
    await now(life.handle)
    await life.awaiting_approval(proposal(life.reference, title="Digital skills for eleven villages"), "Eleven")
    return {"nothing-to-recheck": await now(life.handle)}


async def rescreened(life: Life, name: str) -> WorkflowHistory:
    handle = await life.desk.temporal.start_workflow(
        RescreeningWorkflow.run, id=f"rescreening/{life.reference}/{name}", task_queue=TASK_QUEUE
    )
    await handle.result()
    return await now(handle)


async def decisions_fell(scene: Scene) -> Kept:
    """An approval with a key that others may have used."""
    life = scene.life
    lena = await hire(life.desk, "lena.ort", Role.FINANCE_APPROVER)
    before = datetime.now(UTC)
    await life.awaiting_approval(one_payment(life))
    await life.do(c.Approve, "ana.silva", no_interest=True, reason="fits the programme")
    await life.do(c.Approve, lena, no_interest=True, reason="within budget")
    await sign(life)
    await test_doubts.revoke_for_cause(life.desk, lena, before)
    await test_doubts.look_again(life)
    await life.until_quiet()
    await life.do(c.Approve, lena, no_interest=True, reason="within budget, with the new key")
    return {"decisions-fell": await now(life.handle)}


async def subrecipients(scene: Scene) -> Kept:
    """Sub-recipients that are looked up when they are reported."""
    life = scene.life
    await life.signed(proposal(life.reference))
    lakeside = party("Lakeside School of Networking", ein="001000002")
    await life.do(c.ReportSubrecipients, "pia.berg", subrecipients=[{"party": lakeside, "purpose": "A reading room"}])
    await life.until_told("RegistersRechecked")
    await life.do(c.PlaceHold, "vera.lind", reason="a question in the press")
    return {"subrecipients": await now(life.handle)}


async def duties(scene: Scene) -> Kept:
    """A diversion that is found after the end."""
    life, kept = scene.life, {}
    await life.paid(proposal(life.reference))
    await life.reported()
    await life.until_stage(Stage.CLOSED)
    await life.do(c.ReportDiversion, "otto.audit", what="a car was bought, says the auditor")
    kept["owing-after-its-end"] = await now(life.handle)
    await life.do(c.RecordAssurance, "vera.lind", what="the car was sold and the money is back", **BACK)
    return {**kept, "owed-nothing-in-the-end": await ended(life.handle)}


TROUBLES: Final[dict[str, Callable[[Scene], Awaitable[Kept]]]] = {
    one.__name__: one
    for one in (
        many_runs, begun_anew, followed, from_the_ledger, first_proposal_refused, refusals, lost_task, stopped,
        stopped_by_a_look, stopped_by_a_hint,
        stopped_by_a_decision, unreadable_at_first, all_at_once, rechecked, nothing_to_recheck,
        decisions_fell, subrecipients, duties,
    )
}  # fmt: skip
"""The lives with trouble, at the speed of the machine."""
