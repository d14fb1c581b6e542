"""The lives that leave golden histories of days that pass, of acts of the organisation, and of a register's refresh."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from temporalio.client import Client, WorkflowFailureError, WorkflowHandle, WorkflowHistory
from temporalio.testing import WorkflowEnvironment

from accord.client.desk import Desk
from accord.organisation.governance import change_directory
from accord.organisation.imports.applying import apply_import
from accord.presentation.faults import Refused
from domain.calendars import CALENDAR
from domain.directory.people import StaffMember, StaffRegistered
from domain.directory.tiers import Role
from domain.partnership import commands as c
from domain.partnership.events import DeadlineSet
from domain.partnership.waiting.deadlines import ALLOWANCES, Deadline, Wait, end_of
from domain.payment.bank_answers import BankStatus
from domain.payment.tranche.status import TrancheStatus
from tests.accord.organisation.imports.test_bringing_in import signed_by_two, silent, table
from tests.builders import proposal
from tests.conftest import working
from tests.lives import Life
from tests.waiting import until
from tests.workflows import test_deadlines, test_refreshing, test_reports
from tests.workflows.misfortune.test_in_flight import is_running
from tests.workflows.replay.golden_scenes import (
    Kept,
    all_runs,
    damaged,
    ended,
    forgetful,
    now,
    one_payment,
    until_ended,
    until_runs,
)
from workflows.imports import WRITING
from workflows.options import REGISTERS_QUEUE
from workflows.refreshing import RegisterRefreshWorkflow
from workflows.tranche import BANK_SILENCE


@dataclass
class Clock:
    """A life on a server whose time is moved."""

    life: Life
    environment: WorkflowEnvironment
    skipped: timedelta = timedelta()

    @asynccontextmanager
    async def standing(self) -> AsyncIterator[Life]:
        """Let people work while time stands still."""
        with self.environment.with_time_skipping_disabled():
            async with working(self.environment.client, self.life.desk.pool):
                yield self.life

    async def pass_to(self, moment: datetime, event: str, times: int = 1) -> WorkflowHistory:
        """Let time pass until something happened, and return the history then."""
        async with working(self.environment.client, self.life.desk.pool):
            ahead = moment - datetime.now(UTC) - self.skipped + timedelta(minutes=1)
            await self.environment.fast_forward(self.life.handle, ahead)
            self.skipped += ahead
            await self.life.until_told(event, times)
            return await now(self.life.handle)


async def _overdue(clock: Clock, deadline: Deadline) -> WorkflowHistory:
    """Let a deadline pass, with its reminder before it."""
    await clock.pass_to(deadline.remind_at, "DeciderReminded")
    return await clock.pass_to(deadline.due, "DeadlineEscalated")


async def _begun(clock: Clock, wait: Wait) -> Deadline:
    """Bring the life to where somebody is waited for, and return the deadline."""
    async with clock.standing() as life:
        await test_deadlines.BEGINNINGS[wait](life)
        told = [one.event for one in await life.events()]
    return [one.deadline for one in told if isinstance(one, DeadlineSet)][-1]


async def overdue_clearance(clock: Clock) -> Kept:
    """A referral that nobody decides in time."""
    return {"overdue-clearance": await _overdue(clock, await _begun(clock, Wait.CLEARANCE))}


async def overdue_answer(clock: Clock) -> Kept:
    """A question that nobody answers in time."""
    return {"overdue-answer": await _overdue(clock, await _begun(clock, Wait.ANSWER))}


async def overdue_agreement(clock: Clock) -> Kept:
    """An agreement that nobody signs in time."""
    return {"overdue-agreement": await _overdue(clock, await _begun(clock, Wait.AGREEMENT))}


async def timer_stays(clock: Clock) -> Kept:
    """Approvals in time, and an agreement that nobody signs: the timer of the first goes on for the second."""
    return {"timer-stays": await _overdue(clock, await _begun(clock, Wait.AGREEMENT))}


async def timer_set_sooner(clock: Clock) -> Kept:
    """A hold whose reminder comes before that of the agreement that was waited for."""
    async with clock.standing() as life:
        await life.approved(proposal(life.reference))
        await life.do(c.PlaceHold, "vera.lind", reason="a question in the press")
        hold = (await life.state()).hold
    assert hold is not None
    assert hold.deadline is not None
    return {"timer-set-sooner": await _overdue(clock, hold.deadline)}


async def lapsed(clock: Clock) -> Kept:
    """An approval that nobody gives, until it lapses."""
    deadline = await _begun(clock, Wait.APPROVAL)
    kept = {"overdue-approval": await _overdue(clock, deadline)}
    second = CALENDAR.after(deadline.due, ALLOWANCES[Wait.APPROVAL].escalated)
    return {**kept, "lapsed": await clock.pass_to(second, "PartnershipDeclined")}


async def overdue_hold(clock: Clock) -> Kept:
    """A hold that nobody lifts in time."""
    async with clock.standing() as life:
        await life.awaiting_approval(proposal(life.reference))
        await life.do(c.PlaceHold, "vera.lind", reason="a question in the press")
        hold = (await life.state()).hold
    assert hold is not None
    assert hold.deadline is not None
    return {"overdue-hold": await _overdue(clock, hold.deadline)}


async def overdue_report(clock: Clock) -> Kept:
    """A report that nobody files in time."""
    due = datetime.now(UTC).date() + timedelta(days=20)
    async with clock.standing() as life:
        await life.signed(test_reports.planned(life.reference, due.isoformat()))
    return {"overdue-report": await clock.pass_to(end_of(due) + timedelta(days=4), "DeadlineEscalated")}


async def silent_bank(clock: Clock) -> Kept:
    """A payment that waits to leave for long, and about which the bank is silent then. Its run begins anew."""
    life = clock.life
    async with clock.standing():
        tranche = await life.released(one_payment(life))
    await _pass_silence(clock)
    async with clock.standing():
        await life.hand_over()
        await life.tranche().signal("catch_up")
        await now(life.tranche())
    await _pass_silence(clock)
    async with clock.standing():
        await life.until_attempt(lambda known: known.status is TrancheStatus.UNKNOWN)
        kept = {"silent-bank": await now(life.handle), "silent-payment": await now(life.tranche())}
        await life.tranche().signal("begin_anew")
        await until_runs(life, life.tranche(), 2)
        await now(life.tranche())
        await life.bank_says(tranche, BankStatus.SETTLED)
        await until_ended(life.tranche())
        first, second = await all_runs(life, life.tranche())
        return {**kept, "silent-payment-first": first, "silent-payment-second": second}


async def stopped_for_hours(clock: Clock) -> Kept:
    """A ledger that forgot an event, and that is asked again and again until it got it back."""
    life = clock.life
    async with clock.standing():
        await life.awaiting_approval(proposal(life.reference))
    async with clock.standing(), forgetful(life):
        await now(life.handle)
        await _pass(clock, life.handle, timedelta(hours=4))
    async with clock.standing():
        await life.handle.signal("catch_up")
        await life.until_quiet()
        await life.do(c.Approve, "femi.ade", no_interest=True, reason="within budget")
        return {"stopped-for-hours": await now(life.handle)}


async def unreadable(clock: Clock) -> Kept:
    """An event of a payment that nobody can read for hours, so that neither its run nor its partnership's can go on."""
    life = clock.life
    async with clock.standing():
        tranche = await life.released(one_payment(life))
        await life.hand_over()
    async with clock.standing(), damaged(life, life.tranche().id, "PaymentHandedOver"):
        await life.tranche().signal("catch_up")
        await now(life.tranche())
        await _pass(clock, life.tranche(), timedelta(hours=4))
        kept = {"unreadable-payment": await now(life.tranche())}
    async with clock.standing():
        await life.tranche().signal("catch_up")
        await now(life.tranche())
    async with clock.standing(), damaged(life, life.tranche().id, "PaymentHandedOver"):
        await life.tranche().terminate("by somebody")
        await now(life.handle)
        await _pass(clock, life.handle, timedelta(hours=4))
    async with clock.standing():
        # No time passes for whoever has a child that runs, so the end of this hour never comes.
        passing = asyncio.create_task(clock.environment.fast_forward(life.handle, timedelta(hours=2)))
        await until(lambda: is_running(life.tranche()))
        passing.cancel()
        await now(life.tranche())
        await life.bank_says(tranche, BankStatus.SETTLED)
        return {**kept, "unreadable": await ended(life.handle)}


async def _pass(clock: Clock, handle: WorkflowHandle[Any, Any], ahead: timedelta) -> None:
    """Let time pass for a workflow."""
    await clock.environment.fast_forward(handle, ahead)
    await now(handle)


async def _pass_silence(clock: Clock) -> None:
    """Let the time pass after which somebody must enquire at the bank."""
    async with working(clock.environment.client, clock.life.desk.pool):
        await clock.environment.fast_forward(clock.life.tranche(), BANK_SILENCE + timedelta(hours=1))
        await now(clock.life.tranche())


DAYS: Final[dict[str, Callable[[Clock], Awaitable[Kept]]]] = {
    one.__name__: one
    for one in (
        overdue_clearance, overdue_answer, overdue_agreement, timer_stays, timer_set_sooner, lapsed, overdue_hold,
        overdue_report, silent_bank, stopped_for_hours, unreadable,
    )
}  # fmt: skip
"""The lives in which days pass."""


async def acts(desk: Desk) -> Kept:
    """A change of the directory that is begun by somebody who may, and one by somebody who may not."""
    member = StaffMember(staff_id="new.person", name="Noa Somebody", roles=(Role.AUDITOR,))
    changed = await change_directory(desk, (StaffRegistered(member=member),), "dora.kim")
    kept = {"act": await now(desk.temporal.get_workflow_handle(f"act/{changed.change_id}"))}
    with suppress(Refused):
        await change_directory(desk, (StaffRegistered(member=member),), "paul.nkosi")
    kept |= {"act-refused": await _newest_act(desk.temporal, f"act/{changed.change_id}")}
    return {**kept, **await _brought_in(desk)}


async def _brought_in(desk: Desk) -> Kept:
    """A table of one partnership of before, which two people signed."""
    file = table({})
    await signed_by_two(desk, file)
    await apply_import(desk, file, silent)
    return {"import": await now(desk.temporal.get_workflow_handle(WRITING))}


async def _newest_act(client: Client, but: str) -> WorkflowHistory:
    began = "WorkflowType = 'OrganisationAct'"
    found = [one async for one in client.list_workflows(began) if one.id != but]
    newest = max(found, key=lambda one: one.start_time)
    return await now(client.get_workflow_handle(newest.id, run_id=newest.run_id))


async def refreshed(night: test_refreshing.Night) -> Kept:
    """A register that is loaded, and one whose file a guard refuses."""
    kept = {"refreshed": await _refresh(night, "first")}
    rows = test_refreshing.ROWS[:2]
    night.publisher.lists(*rows, modified="Mon, 02 Nov 2026 23:30:00 GMT")
    return {**kept, "refresh-refused": await _refresh(night, "second")}


async def _refresh(night: test_refreshing.Night, name: str) -> WorkflowHistory:
    handle = await night.client.start_workflow(
        RegisterRefreshWorkflow.run,
        "ofac-sdn",
        id=f"refresh/{name}/{datetime.now(UTC):%H%M%S%f}",
        task_queue=REGISTERS_QUEUE,
    )
    with suppress(WorkflowFailureError):
        await handle.result()
    return await now(handle)
