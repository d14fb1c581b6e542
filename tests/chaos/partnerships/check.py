"""Check from outside, after the storm: the ledger's order, every acknowledgement, the bank's books, every history."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

from temporalio.api.enums.v1 import WorkflowTaskFailedCause
from temporalio.client import WorkflowHandle
from temporalio.service import RPCError, RPCStatusCode

from accord.client.desk import Desk
from accord.runs.replaying import replayer_of
from deploy.embedded.bank import Bank
from domain.partnership.stages import Stage
from domain.partnership.state import Partnership
from tests.chaos.partnerships.books import bank_books
from tests.chaos.partnerships.drive import Staff
from tests.histories import ask, at_rest, become_equal
from tests.lives import Life

ORDER = """
SELECT count(*) AS events, coalesce(max(position), 0) AS head, count(DISTINCT event_id) AS distinct_ids,
       (SELECT count(*) FROM (SELECT stream_id FROM ledger.events GROUP BY stream_id
                               HAVING max(version) <> count(*)) torn) AS torn_streams
  FROM ledger.events
"""


async def violations(
    desk: Desk, bank: Bank, answers: list[Path], staff: list[Staff], expected: dict[str, Stage]
) -> list[str]:
    """Return everything that must not be. An empty list is the proof."""
    found = await ledger_order(desk)
    for member in staff:
        found += await acknowledgements(desk, member)
    for reference, stage in expected.items():
        found += await one_life(Life(desk, reference), stage)
    return found + await bank_books(desk, bank, answers)


async def ledger_order(desk: Desk) -> list[str]:
    """Positions 1..n, each event once, versions without a gap."""
    row = await desk.pool.fetchrow(ORDER)
    found = []
    if row["events"] != row["head"]:
        found.append(f"{row['events']} events, but the head is at {row['head']}")
    if row["events"] != row["distinct_ids"]:
        found.append("an event is there twice")
    if row["torn_streams"]:
        found.append(f"{row['torn_streams']} streams have a gap")
    return found


async def acknowledgements(desk: Desk, staff: Staff) -> list[str]:
    """Every acknowledged command led to exactly the events that were acknowledged."""
    found = []
    for receipt in staff.acknowledged:
        if receipt.what:
            stored = [
                r.event.event_type
                for r in await desk.history(receipt.partnership_id)
                if r.command_id == receipt.command_id
            ]
            if Counter(stored) != Counter(receipt.what):
                found.append(f"{receipt.partnership_id}: acknowledged {receipt.what}, stored {stored}")
    return found


async def one_life(life: Life, stage: Stage) -> list[str]:
    """The end is as expected, the workflow agrees with the ledger, and its histories replay."""
    state = await life.state()
    found = [] if state.stage is stage else [f"{life.reference} ended as {state.stage}, not {stage}"]
    if not await become_equal(lambda: ask(life.handle, Partnership), life.state):
        found.append(await disagreement(life))
    handles = [life.handle, *(life.tranche(t.number, a) for t in state.tranches for a in range(1, t.attempt + 1))]
    for handle in handles:
        if await is_unknown(handle):
            if await life.desk.ledger.read_stream(handle.id):
                found.append(f"{handle.id} has no workflow, and its stream has events")
            continue
        history = await at_rest(handle)
        await replayer_of(life.desk.temporal).replay_workflow(history)
        found += [f"{handle.id}: a task failed as non-deterministic" for event in history.events if _strayed(event)]
    return found


async def is_unknown(handle: WorkflowHandle[Any, Any]) -> bool:
    """True if the server knows no such workflow, as where a payment was cancelled before its workflow was started."""
    try:
        await handle.describe()
    except RPCError as fault:
        if fault.status is not RPCStatusCode.NOT_FOUND:
            raise
        return True
    return False


async def disagreement(life: Life) -> str:
    """Name the versions of workflow and ledger, and the events that the workflow does not know."""
    known, stored = await ask(life.handle, Partnership), await life.told()
    status = (await life.handle.describe()).status
    return (
        f"{life.reference}: its run ({status.name if status else '?'}) is {known.stage}, version {known.version}, "
        f"the ledger holds {', '.join(stored)}"
    )


def _strayed(event: Any) -> bool:
    cause = event.workflow_task_failed_event_attributes.cause
    return bool(cause == WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_NON_DETERMINISTIC_ERROR)
