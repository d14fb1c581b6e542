"""The lives that leave golden histories from stage to stage, and of payments, each in an organisation of its own.

A life is led by what people, the bank and operators do; which histories it keeps is its answer. The names are those of
the table in `golden_table.HELD`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import date
from decimal import Decimal
from typing import Any, Final

from temporalio.client import WorkflowFailureError, WorkflowHandle

from activities.contracts import TrancheStart
from domain.parties import PartyKind
from domain.partnership import commands as c
from domain.partnership.stages import Stage
from domain.partnership.state import TrancheState
from domain.payment.bank_answers import BankStatus
from domain.payment.tranche.status import TrancheStatus
from domain.policy.conditions import ConditionId
from domain.values import Money
from tests.builders import funds_in, funds_out, money, party, proposal
from tests.waiting import until
from tests.workflows import test_doubts
from tests.workflows.misfortune.test_lost_tasks import NOW
from tests.workflows.replay.golden_scenes import (
    Kept,
    Scene,
    approve,
    ended,
    lose_hints,
    now,
    one_payment,
    sign,
)
from workflows.options import TASK_QUEUE
from workflows.tranche import TrancheWorkflow


async def stage_by_stage(scene: Scene) -> Kept:
    """A referral that goes back, comes again, and is paid in two tranches."""
    life, kept = scene.life, {}
    unknown = party("Saint Agnes Parish Room", ein="001999999")
    await life.propose(proposal(life.reference, funds_out=funds_out("600.00", "400.00", payee=unknown)))
    await life.until_stage(Stage.ELIGIBILITY)
    kept["eligibility"] = await now(life.handle)
    await life.do(c.ReturnForInformation, "vera.lind", question="Is the EIN right?")
    kept["proposed"] = await now(life.handle)
    await life.awaiting_approval(proposal(life.reference, funds_out=funds_out("600.00", "400.00")), "It was another")
    kept["approval"] = await now(life.handle)
    await approve(life)
    kept["agreement"] = await now(life.handle)
    await sign(life)
    kept["active"] = await now(life.handle)
    for tranche in (1, 2):
        await life.do(c.Release, "paul.nkosi", tranche=tranche)
        await life.bank_says(await life.instructed(tranche), BankStatus.SETTLED)
        await life.until_tranche(TrancheState.SETTLED, tranche)
    await life.reported()
    await life.until_stage(Stage.CLOSED)
    return {**kept, "reported": await ended(life.handle)}


async def due_diligence(scene: Scene) -> Kept:
    """Registers that do not answer for a while."""
    life = scene.life
    async with life.desk.pool.acquire() as connection, connection.transaction():
        await connection.execute("LOCK TABLE registers.versions IN ACCESS EXCLUSIVE MODE")
        await life.propose(proposal(life.reference))
        kept = {"due-diligence": await now(life.handle)}
    await life.until_stage(Stage.APPROVAL)
    return kept


async def closed(scene: Scene) -> Kept:
    """One payment, of which each word of the bank is heard."""
    life, kept = scene.life, {}
    tranche = await life.released(one_payment(life))
    kept["released"], kept["instructed-payment"] = await now(life.handle), await now(life.tranche())
    await life.hand_over()
    await life.tranche().signal("catch_up")
    kept["handed-over"] = await now(life.handle)
    kept["handed-over-payment"] = await now(life.tranche())
    await life.bank_says(tranche, BankStatus.ACCEPTED)
    await life.tranche().signal("catch_up")
    kept["accepted-payment"] = await now(life.tranche())
    await life.bank_says(tranche, BankStatus.SETTLED)
    await life.until_stage(Stage.CLOSED)
    return {**kept, "closed": await ended(life.handle), "settled-payment": await ended(life.tranche())}


async def declined(scene: Scene) -> Kept:
    """Two who decline at once, so that one comes too late."""
    life = scene.life
    await life.awaiting_approval(proposal(life.reference))
    first = await life.command(c.Decline, "ana.silva", reason="no budget")
    second = await life.command(c.Decline, "femi.ade", reason="no funds")
    await life.submit(first)
    await life.submit(second)
    await life.until_stage(Stage.DECLINED)
    return {"declined": await ended(life.handle)}


async def declined_by_the_rules(scene: Scene) -> Kept:
    """A payee on a sanctions list, of which a report is owed after the end."""
    life = scene.life
    listed = party("Blue Heron Networks", ein=None)
    await life.propose(proposal(life.reference, partner=listed, funds_out=funds_out(payee=listed)))
    await life.until_stage(Stage.DECLINED)
    return {"declined-by-the-rules": await now(life.handle)}


async def withdrawn(scene: Scene) -> Kept:
    """A proposal that is no longer needed, of which the withdrawal is asked for twice."""
    life = scene.life
    await life.awaiting_approval(proposal(life.reference))
    command = await life.command(c.Withdraw, "pia.berg", reason="no longer needed")
    await life.send(command)
    return {"withdrawn": await ended(life.handle)}


async def terminated(scene: Scene) -> Kept:
    """A payment that the bank rejects, a hold, and the end."""
    life, kept = scene.life, {}
    first = await life.released(proposal(life.reference))
    await life.bank_says(first, BankStatus.REJECTED)
    await life.until_tranche(TrancheState.REJECTED)
    await life.do(c.PlaceHold, "vera.lind", reason="a question in the press")
    kept["on-hold"] = await now(life.handle)
    await life.do(c.LiftHold, "femi.ade", reason="answered")
    await life.do(c.Terminate, "dora.kim", reason="the payee has no account")
    return {**kept, "terminated": await ended(life.handle), "rejected-payment": await ended(life.tranche())}


async def gift(scene: Scene) -> Kept:
    """Incoming money."""
    life = scene.life
    await life.approved(proposal(life.reference, funds_in=funds_in("5000.00")))
    await life.do(c.SignAgreement, "dora.kim", signed_on=date(2026, 11, 2))
    await life.money_arrives("5000.00")
    await life.until(lambda known: known.received == 5000)
    for condition in (await life.state()).open_conditions():
        await life.do(c.Satisfy, "vera.lind", condition=condition, note="sent and on file")
    await life.until_stage(Stage.CLOSED)
    return {"gift": await ended(life.handle)}


async def no_money(scene: Scene) -> Kept:
    """A joint activity without any money."""
    life = scene.life
    company = party("Packet Harbour Ltd", kind=PartyKind.PRIVATE_COMPANY, ein=None)
    joint = {"funder": "ISOC", "activity": "A joint campaign"}
    await life.awaiting_approval(proposal(life.reference, partner=company, non_monetary=joint))
    await life.do(c.Approve, "ana.silva", no_interest=True, reason="good work")
    await life.do(c.SignAgreement, "dora.kim", signed_on=date(2026, 11, 2))
    return {"no-money": await now(life.handle)}


async def cancelled(scene: Scene) -> Kept:
    """A payment that is taken back before it leaves, and made again."""
    life, kept = scene.life, {}
    await life.released(one_payment(life))
    await life.do(c.CancelPayment, "femi.ade", tranche=1, attempt=1, reason="the account is in doubt")
    await life.until_attempt(lambda known: known.status is TrancheStatus.CANCELLED)
    kept["cancelled-payment"] = await ended(life.tranche())
    kept["cancelled"] = await now(life.handle)
    await life.do(c.Release, "paul.nkosi", tranche=1)
    await life.bank_says(await life.instructed(1, 2), BankStatus.SETTLED)
    await life.until_stage(Stage.CLOSED)
    return {**kept, "paid-at-the-second-attempt": await ended(life.handle)}


async def withheld(scene: Scene) -> Kept:
    """A payment that is withheld for a condition that is new, and made once that is met."""
    life, kept = scene.life, {}
    await life.signed(one_payment(life))
    await test_doubts.reclassify(life, scene.folder)
    await life.do(c.Release, "paul.nkosi", tranche=1)
    await life.until(lambda known: ConditionId.CONTROL_AND_RECORDS in known.open_conditions())
    kept["withheld-payment"] = await ended(life.tranche())
    kept["withheld"] = await now(life.handle)
    await life.do(c.LiftHold, "dora.kim", reason="the pack is asked for")
    await life.do(c.Satisfy, "vera.lind", condition=ConditionId.CONTROL_AND_RECORDS, note="the pack is on file")
    await life.do(c.Release, "paul.nkosi", tranche=1)
    await life.bank_says(await life.instructed(1, 2), BankStatus.SETTLED)
    await life.until_stage(Stage.CLOSED)
    return {**kept, "paid-after-it-was-withheld": await ended(life.handle)}


async def returned(scene: Scene) -> Kept:
    """A booked payment that comes back before anybody tells the workflows of either."""
    life = scene.life
    tranche = await life.released(proposal(life.reference))
    lose_hints(scene)
    await life.bank_says(tranche, BankStatus.SETTLED)
    await life.bank_says(tranche, BankStatus.RETURNED, reason="AC04")
    await (await life.reconciliation()).once(minimum_age=NOW)
    await life.until_tranche(TrancheState.RETURNED)
    await life.until_quiet()
    return {"returned": await now(life.handle), "returned-payment": await ended(life.tranche())}


async def short(scene: Scene) -> Kept:
    """A payment of which the bank booked a part. Two agree to the rest, and it is released."""
    life = scene.life
    tranche = await life.released(proposal(life.reference))
    await life.bank_says(tranche, BankStatus.SETTLED, money=Money(amount=Decimal(750), currency="USD"))
    await (await life.reconciliation()).once(minimum_age=NOW)
    await life.until_tranche(TrancheState.SHORT)
    await life.until_quiet()
    histories = {"short": await now(life.handle), "short-payment": await ended(life.tranche())}
    for person in ("femi.ade", "dora.kim"):
        await life.do(c.AgreeRest, person, tranche=1, remainder=money("250.00"), reason="the bank sent a part alone")
    await life.do(c.Release, "paul.nkosi", tranche=1)
    order = (await life.instructed(1, 2)).order
    assert str(order.money) == "USD 250.00"
    return histories


async def ended_outside(scene: Scene) -> Kept:
    """An attempt to pay that somebody ends once the ledger has its outcome, before anybody tells it."""
    life = scene.life
    tranche = await life.released(proposal(life.reference))
    lose_hints(scene)
    await life.bank_says(tranche, BankStatus.REJECTED)
    await life.tranche().terminate("by somebody")
    await life.until_quiet()
    await now(life.handle)
    await life.do(c.Release, "paul.nkosi", tranche=1)
    await life.instructed(1, 2)
    await life.do(c.PlaceHold, "vera.lind", reason="a question in the press")
    return {"ended-outside": await now(life.handle)}


async def started_again(scene: Scene) -> Kept:
    """An attempt to pay that somebody ends from outside."""
    life = scene.life
    tranche = await life.released(one_payment(life))
    before = await life.tranche().describe()
    await life.tranche().terminate("by somebody")

    async def again() -> bool:
        return (await life.tranche().describe()).run_id != before.run_id

    await until(again)
    await life.until_quiet()
    await life.bank_says(tranche, BankStatus.SETTLED)
    await life.until_stage(Stage.CLOSED)
    return {"started-again": await ended(life.handle), "started-again-payment": await ended(life.tranche())}


async def started_by_hand(scene: Scene) -> Kept:
    """An attempt to pay that somebody ends from outside, and starts again before its partnership does."""
    life = scene.life
    await life.released(one_payment(life))
    await life.tranche().terminate("by somebody")
    attempt = TrancheStart(partnership_id=life.reference, tranche=1, attempt=1)
    await life.desk.temporal.start_workflow(TrancheWorkflow.run, attempt, id=life.tranche().id, task_queue=TASK_QUEUE)
    return {"started-by-hand-payment": await now(life.tranche())}


async def amended(scene: Scene) -> Kept:
    """A grant that is amended after the agreement, which the rules judge before it is decided."""
    life = scene.life
    await life.signed(one_payment(life))
    more = proposal(life.reference, funds_out=funds_out("1200.00", final_report=False))
    await life.do(c.Amend, "pia.berg", proposal=more, reason="more is needed")
    await life.until(lambda known: known.proposed == more)
    return {"amended": await now(life.handle)}


async def squatter(scene: Scene) -> Kept:
    """A workflow of another kind that stands in an attempt's place."""
    life = scene.life
    await life.signed(one_payment(life))
    await life.desk.temporal.start_workflow("Nobody knows it", "junk", id=life.tranche().id, task_queue="nobody's")
    await life.do(c.Release, "paul.nkosi", tranche=1)
    await life.instructed()
    await life.do(c.PlaceHold, "vera.lind", reason="a question in the press")
    return {"squatter": await now(life.handle)}


async def foreign(scene: Scene) -> Kept:
    """Forged workflows: somebody starts them in the name of others."""
    life, other = scene.life, scene.another()
    await life.signed(one_payment(life))
    start = life.desk.temporal.start_workflow
    forged: WorkflowHandle[Any, Any] = await start(
        "Partnership", {"partnership_id": life.reference}, id=other.handle.id, task_queue=TASK_QUEUE
    )
    attempt = TrancheStart(partnership_id=other.reference, tranche=1, attempt=1)
    paid: WorkflowHandle[Any, Any] = await start(
        TrancheWorkflow.run, attempt, id=life.tranche().id, task_queue=TASK_QUEUE
    )
    for handle in (forged, paid):
        with suppress(WorkflowFailureError):
            await handle.result()
    return {"foreign": await now(forged), "foreign-payment": await now(paid)}


LIVES: Final[dict[str, Callable[[Scene], Awaitable[Kept]]]] = {
    one.__name__: one
    for one in (
        stage_by_stage, due_diligence, closed, declined, declined_by_the_rules, withdrawn, terminated, gift,
        no_money, cancelled, withheld, returned, short, ended_outside, started_again,
        started_by_hand, amended, squatter, foreign,
    )
}  # fmt: skip
"""The lives that are led at the speed of the machine."""
