"""One episode of chaos: partnerships in flight, servers killed at seeded moments, and the proof afterwards."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Coroutine, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from temporalio.api.enums.v1 import EventType
from temporalio.client import WorkflowExecution, WorkflowExecutionStatus
from temporalio.service import RPCError

from accord.client.desk import Desk
from accord.demo.sample import furnish, load_sample_registers, sample_iban
from deploy.connections import connect_temporal
from deploy.database import open_pool
from deploy.embedded.bank import Bank
from deploy.embedded.stack import Stack
from domain.parties import AccountReference
from domain.partnership.stages import Stage
from domain.partnership.state import Partnership
from domain.streams import StreamId
from records.keys.keyring import Keyring
from registers.loading.archive import Archive
from tests.builders import funds_out, party, proposal
from tests.chaos.monkey import Bounds, Monkey
from tests.chaos.partnerships.check import violations
from tests.chaos.partnerships.deploying import BUILDS, Operator
from tests.chaos.partnerships.drive import OUTAGES, Staff, persist
from tests.chaos.partnerships.mischief import Mischief
from tests.chaos.partnerships.teller import Teller
from tests.chaos.partnerships.victims import TARGETS, victims_of
from tests.waiting import until

LOAD: Final[Bounds] = (0.2, 0.8)
"""Of undisturbed work before a fault."""

DEPLOYS_TO_A_KILL: Final = 2
"""For each kill of a server. Without an end a slow machine would do nothing but begin runs anew."""


@dataclass(frozen=True, slots=True)
class Report:
    """The results of an episode."""

    seed: int
    partnerships: int
    faults: Counter[str]
    mischief: Counter[str]
    events: int
    seconds: float
    violations: tuple[str, ...]


async def episode(folder: Path, seed: int, partnerships: int, kills_each: int, limit_seconds: float) -> Report:
    """Run an episode and return what it showed. Raises TimeoutError if a partnership does not finish in time."""
    started = time.monotonic()
    stack, bank = Stack(folder / "stack", workers=2, builds=BUILDS), Bank(folder / "bank")
    await stack.start()
    keeper = asyncio.create_task(stack.supervise())
    await asyncio.to_thread(bank.start)
    pool = await open_pool(stack.postgres.url, 20)
    try:
        desk = Desk(
            pool,
            Keyring(folder / "keys"),
            client=await connect_temporal(stack.state.temporal_address, secrets=stack.postgres.secrets),
            patience=5.0,
        )
        await load_sample_registers(pool, Archive(folder / "archive"))
        account = (await furnish(desk))["riverbend"]
        bank.open_account("ISOC", sample_iban("isoc"), balance=10**12)
        staff, expected = cast(desk, account, partnerships)
        monkey = Monkey(victims_of(stack, seed), seed, 2 * len(TARGETS) * kills_each, LOAD)
        teller = Teller(desk, bank, folder, seed)
        mischief = Mischief(desk, list(expected), seed, kills_each)
        operator = Operator(desk.temporal, seed, DEPLOYS_TO_A_KILL * kills_each)
        await operator.begin()
        leading = [monkey.rage(), mischief.rage(), *(member.lead() for member in staff)]
        try:
            async with asyncio.timeout(limit_seconds):
                await together(leading, beside=[teller.forever(), operator.rage()])
        except TimeoutError as fault:
            raise TimeoutError(await unfinished(desk, staff)) from fault
        await until(lambda: healed(stack, desk))
        await teller.until_all_is_told()
        found = await violations(desk, bank, teller.answers, staff, expected) + await operator.idle()
        events = await pool.fetchval("SELECT count(*) FROM ledger.events")
        seconds = time.monotonic() - started
        done = mischief.done + operator.done + Counter({"torn away": teller.torn_away})
        return Report(seed, partnerships, monkey.done, done, events, seconds, tuple(found))
    finally:
        keeper.cancel()
        pool.terminate()
        await asyncio.to_thread(bank.stop)
        await asyncio.to_thread(stack.stop)


async def together(leading: Iterable[Coroutine[Any, Any, None]], beside: Iterable[Coroutine[Any, Any, None]]) -> None:
    """Run all at once until those that lead are done. What fails beside them fails the whole, and is not silent."""
    async with asyncio.TaskGroup() as group:
        others = [group.create_task(other) for other in beside]
        async with asyncio.TaskGroup() as inner:
            for work in leading:
                inner.create_task(work)
        for other in others:
            other.cancel()


async def unfinished(desk: Desk, staff: Iterable[Staff]) -> str:
    """Say of each partnership that has not ended how far it is, and what its workflow's runs and its staff met."""
    begun = {each.partnership_id: each for each in await persist(desk.portfolio)}
    answers = {member.proposal.reference: member.last_answer for member in staff}
    lines = [f"{reference} was not begun" for reference in answers if reference not in begun]
    for state in begun.values():
        if not state.ended:
            tranches = ", ".join(f"{each.number}.{each.attempt} {each.state}" for each in state.tranches)
            runs = await runs_of(desk, state)
            counts = Counter(f"{run.id} {run.status.name if run.status else '?'}" for run in runs)
            lines.append(f"{state.partnership_id} {state.stage}: {tranches}; {dict(counts)}; holds {state.holds}")
            lines.append(f"  last answer: {answers.get(state.partnership_id)}")
            lines += [await standing(desk, run) for run in runs if run.status is WorkflowExecutionStatus.RUNNING]
    return "\n".join(["not finished:", *lines])


async def standing(desk: Desk, run: WorkflowExecution) -> str:
    """Say where an open run stands: its last events, and the task that waits for a worker."""
    handle = desk.temporal.get_workflow_handle(run.id, run_id=run.run_id)
    history = await persist(handle.fetch_history)
    waiting = (await persist(handle.describe)).raw_description.pending_workflow_task
    names = [EventType.Name(event.event_type).removeprefix("EVENT_TYPE_") for event in history.events[-6:]]
    task = str(waiting).replace("\n", " ") or "none"
    since = f"{len(history.events)} events since {run.start_time:%H:%M:%S}"
    return f"  {run.id}: {since}, ... {', '.join(names)}; task: {task}"


async def runs_of(desk: Desk, state: Partnership) -> list[WorkflowExecution]:
    """The runs of a partnership's workflow and of its payments'."""
    query = f"WorkflowId STARTS_WITH '{StreamId.partnership(state.partnership_id)}'"

    async def listed() -> list[WorkflowExecution]:
        return [run async for run in desk.temporal.list_workflows(query)]

    return await persist(listed)


async def healed(stack: Stack, desk: Desk) -> bool:
    """True if all that was killed runs again and answers."""
    with suppress(RPCError, *OUTAGES):
        await desk.portfolio()
        return await desk.temporal.service_client.check_health() and all(one.alive() for one in stack.workers)
    return False


def cast(desk: Desk, account: AccountReference, count: int) -> tuple[list[Staff], dict[str, Stage]]:
    """The partnerships of an episode: every fifth is declined by the rule book, the others pay one or two tranches."""
    staff, expected = [], {}
    for place in range(1, count + 1):
        reference = f"P-2026-{7000 + place}"
        listed = place % 5 == 0
        payee = party("Blue Heron Networks", ein=None) if listed else party()
        amounts = ("100.00",) if place % 2 else ("60.00", "40.00")
        out = funds_out(*amounts, payee=payee, final_report=False)
        staff.append(Staff(desk, proposal(reference, funds_out=out), account))
        expected[reference] = Stage.DECLINED if listed else Stage.CLOSED
    return staff, expected
