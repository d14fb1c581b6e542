"""A silent person is reminded, then a director may act in her place, then it lapses: over any number of restarts."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from temporalio.api.enums.v1 import EventType
from temporalio.testing import WorkflowEnvironment

from accord.client.desk import Desk
from accord.presentation.faults import Refused
from domain.calendars import CALENDAR
from domain.directory.tiers import Role
from domain.partnership import commands as c
from domain.partnership.events import DeadlineSet
from domain.partnership.stages import Stage
from domain.partnership.state import TrancheState
from domain.partnership.waiting.deadlines import ALLOWANCES, Wait
from domain.payment.bank_answers import BankStatus
from domain.payment.tranche.state import Tranche
from domain.payment.tranche.status import TrancheStatus
from tests.builders import funds_out, party, proposal
from tests.conftest import working
from tests.histories import examine
from tests.lives import Life
from tests.time_skipping import time_skipping
from tests.waiting import BACKSTOP
from workflows.tranche import BANK_SILENCE

NewReference = Callable[[], str]


class Clock:
    """A life on a server whose time the test moves. Each move may find another worker."""

    def __init__(self, environment: WorkflowEnvironment, life: Life) -> None:
        self.environment = environment
        self.life = life
        self.skipped = timedelta()

    @asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        async with working(self.environment.client, self.life.desk.pool):
            yield

    async def pass_to(self, moment: datetime, event: str, times: int = 1) -> None:
        """Let time pass under a worker of its own, until something happened."""
        async with self.working():
            ahead = moment - datetime.now(UTC) - self.skipped + timedelta(minutes=1)
            await self.environment.fast_forward(self.life.handle, ahead)
            self.skipped += ahead
            await self.life.until_told(event, times)


@pytest.fixture(scope="module")
async def environment() -> AsyncIterator[WorkflowEnvironment]:
    """A server of the module's own that can skip time."""
    async with time_skipping() as started:
        yield started


@pytest.fixture
async def clock(environment: WorkflowEnvironment, desk: Desk, new_reference: NewReference) -> Clock:
    """A life whose time stands still until the test moves it."""
    later = Desk(desk.pool, desk.keyring, client=environment.client, patience=BACKSTOP)
    return Clock(environment, Life(later, new_reference()))


# How each wait begins


async def until_clearance(life: Life) -> None:
    unknown = party("Saint Agnes Parish Room", ein="001999999")
    await life.propose(proposal(life.reference, funds_out=funds_out(payee=unknown)))
    await life.until_stage(Stage.ELIGIBILITY)


async def until_approval(life: Life) -> None:
    await life.awaiting_approval(proposal(life.reference))


async def until_answer(life: Life) -> None:
    await until_approval(life)
    await life.do(c.ReturnForInformation, "ana.silva", question="Which villages?")


async def until_agreement(life: Life) -> None:
    await life.approved(proposal(life.reference))


BEGINNINGS: dict[Wait, Callable[[Life], Awaitable[None]]] = {
    Wait.CLEARANCE: until_clearance,
    Wait.APPROVAL: until_approval,
    Wait.ANSWER: until_answer,
    Wait.AGREEMENT: until_agreement,
}


async def begun(clock: Clock, wait: Wait) -> Any:
    """Bring the life to where somebody is waited for, and return the deadline."""
    with clock.environment.with_time_skipping_disabled():
        async with clock.working():
            await BEGINNINGS[wait](clock.life)
    set_ = [one.event for one in await clock.life.events() if isinstance(one.event, DeadlineSet)]
    assert set_[-1].deadline.wait is wait
    return set_[-1].deadline


@pytest.mark.slow
@pytest.mark.parametrize("wait", BEGINNINGS)
async def test_a_reminder_an_escalation_and_a_lapse_each_under_another_worker(clock: Clock, wait: Wait) -> None:
    deadline = await begun(clock, wait)
    allowed = ALLOWANCES[wait]
    await clock.pass_to(deadline.remind_at, "DeciderReminded")
    assert "DeadlineEscalated" not in await clock.life.told()
    await clock.pass_to(deadline.due, "DeadlineEscalated")
    second = CALENDAR.after(deadline.due, allowed.escalated)
    asked_at = CALENDAR.after(second, -allowed.reminder)
    await clock.pass_to(asked_at, "DeciderReminded", 2)
    await clock.pass_to(second, "PartnershipDeclined")
    told: list[Any] = [one.event for one in await clock.life.events()]
    reminded, escalated, asked, lapsed = told[-4:]
    assert [event.event_type for event in (reminded, escalated, asked, lapsed)] == [
        "DeciderReminded", "DeadlineEscalated", "DeciderReminded", "PartnershipDeclined",
    ]  # fmt: skip
    assert (reminded.at, escalated.at, escalated.due) == (deadline.remind_at, deadline.due, second)
    assert (asked.at, asked.ends_at) == (asked_at, second)
    assert (lapsed.at, lapsed.actor, lapsed.reason) == (second, "accord", f"lapsed: no {wait.value.lower()} in time")
    async with clock.working():
        await examine(clock.life)


@pytest.mark.slow
async def test_who_is_given_more_time_is_waited_for_anew(clock: Clock) -> None:
    deadline = await begun(clock, Wait.APPROVAL)
    async with clock.working():
        with pytest.raises(Refused, match="there is time until"):
            await clock.life.do(c.ExtendDeadline, "dora.kim", reason="the ministry answers in January")
    await clock.pass_to(deadline.remind_at, "DeciderReminded")
    await clock.pass_to(deadline.due, "DeadlineEscalated")
    with clock.environment.with_time_skipping_disabled():  # or the server skips to what they have more time for
        async with clock.working():
            await clock.life.do(c.ExtendDeadline, "dora.kim", reason="the ministry answers in January")
    anew = (await clock.life.state()).deadline
    assert anew is not None
    assert (anew.wait, anew.escalated) == (Wait.APPROVAL, False)
    assert "PartnershipDeclined" not in await clock.life.told()


@pytest.mark.slow
async def test_a_hold_is_told_of_twice_and_again_under_another_worker(clock: Clock) -> None:
    with clock.environment.with_time_skipping_disabled():
        async with clock.working():
            await until_approval(clock.life)
            await clock.life.do(c.PlaceHold, "vera.lind", reason="a question in the press")
    hold = (await clock.life.state()).hold
    assert hold is not None
    assert hold.deadline is not None
    await clock.pass_to(hold.deadline.remind_at, "DeciderReminded")
    await clock.pass_to(hold.deadline.due, "DeadlineEscalated")
    again = CALENDAR.after(hold.deadline.due, ALLOWANCES[Wait.HOLD].escalated)
    await clock.pass_to(again, "DeadlineEscalated", 2)
    assert (await clock.life.state()).stage is Stage.APPROVAL


@pytest.mark.slow
async def test_after_the_deadline_a_director_acts_in_place_of_who_did_not(clock: Clock) -> None:
    deadline = await begun(clock, Wait.APPROVAL)
    async with clock.working():
        with pytest.raises(Refused, match="needs FINANCE_APPROVER or PROGRAMME_APPROVER"):
            await clock.life.do(c.Approve, "dora.kim", no_interest=True, reason="somebody must")
    await clock.pass_to(deadline.remind_at, "DeciderReminded")
    await clock.pass_to(deadline.due, "DeadlineEscalated")
    async with clock.working():
        await clock.life.do(c.Approve, "dora.kim", no_interest=True, reason="in their place")
        with pytest.raises(Refused, match="already approved"):
            await clock.life.do(c.Approve, "dora.kim", no_interest=True, reason="and once more")
        await clock.life.do(c.Approve, "femi.ade", no_interest=True, reason="late, but here")
        state = await clock.life.state()
        assert state.stage is Stage.AGREEMENT
        assert [(one.actor, one.role) for one in state.approvals] == [
            ("dora.kim", Role.PROGRAMME_APPROVER), ("femi.ade", Role.FINANCE_APPROVER),
        ]  # fmt: skip
        await examine(clock.life)


@pytest.mark.slow
async def test_who_acts_in_time_is_not_reminded_and_the_next_deadline_is_another(clock: Clock) -> None:
    first = await begun(clock, Wait.APPROVAL)
    async with clock.working():
        await clock.life.do(c.Approve, "ana.silva", no_interest=True, reason="fits the programme")
        await clock.life.do(c.Approve, "femi.ade", no_interest=True, reason="within budget")
    state = await clock.life.state()
    assert state.deadline is not None
    assert (state.deadline.wait, state.deadline.due > first.due) == (Wait.AGREEMENT, True)
    assert await timers(clock.life) == 1, "the timer of the approval stays, and looks again when it runs out"
    await clock.pass_to(state.deadline.remind_at, "DeciderReminded")
    assert await timers(clock.life) == 3, "one for what was left then, and one for the agreement's own time"
    [reminded] = [one.event for one in await clock.life.events() if one.event.event_type == "DeciderReminded"]
    assert (getattr(reminded, "wait", None), reminded.at) == (Wait.AGREEMENT, state.deadline.remind_at)


@pytest.mark.slow
async def test_a_deadline_that_comes_sooner_than_the_last_one_is_kept_to_its_time(clock: Clock) -> None:
    agreement = await begun(clock, Wait.AGREEMENT)
    with clock.environment.with_time_skipping_disabled():
        async with clock.working():
            await clock.life.do(c.PlaceHold, "vera.lind", reason="a question in the press")
    hold = (await clock.life.state()).hold
    assert hold is not None
    assert hold.deadline is not None
    assert hold.deadline.remind_at < agreement.remind_at
    await clock.pass_to(hold.deadline.remind_at, "DeciderReminded")
    [reminded] = [one.event for one in await clock.life.events() if one.event.event_type == "DeciderReminded"]
    assert (getattr(reminded, "wait", None), reminded.at) == (Wait.HOLD, hold.deadline.remind_at)


async def timers(life: Life) -> int:
    """How many timers the partnership's workflow started."""
    history = await life.handle.fetch_history()
    return sum(event.event_type == EventType.EVENT_TYPE_TIMER_STARTED for event in history.events)


@pytest.mark.slow
async def test_while_a_hold_stands_nobody_is_waited_for_and_after_it_the_time_begins_anew(clock: Clock) -> None:
    first = await begun(clock, Wait.APPROVAL)
    async with clock.working():
        await clock.life.do(c.PlaceHold, "vera.lind", reason="a question in the press")
        assert (await clock.life.state()).deadline is None
        await clock.life.do(c.LiftHold, "femi.ade", reason="answered")
    state = await clock.life.state()
    assert state.deadline is not None
    assert state.deadline.due > first.due
    assert not {"DeciderReminded", "DeadlineEscalated"} & set(await clock.life.told())


# The bank's silence


@pytest.mark.slow
@pytest.mark.parametrize("last_word", [None, BankStatus.ACCEPTED], ids=["nothing at all", "accepted"])
async def test_of_a_payment_that_the_bank_is_silent_about_somebody_must_enquire_and_nothing_is_sent_again(
    clock: Clock, last_word: BankStatus | None
) -> None:
    life = clock.life
    with clock.environment.with_time_skipping_disabled():
        async with clock.working():
            tranche = await handed_over(life, last_word)
    async with clock.working():
        await clock.environment.fast_forward(life.tranche(), BANK_SILENCE + timedelta(hours=1))
        unknown = await life.until_attempt(lambda known: known.status is TrancheStatus.UNKNOWN)
    assert unknown.reason == "the bank has not answered"
    assert (await life.state()).tranches[0].state is TrancheState.HANDED_OVER
    with clock.environment.with_time_skipping_disabled():
        async with clock.working():
            with pytest.raises(Refused, match="never paid twice"):
                await life.do(c.Release, "paul.nkosi", tranche=1)
            await life.bank_says(tranche, BankStatus.SETTLED)
            await life.until_stage(Stage.CLOSED)
            await examine(life)


async def handed_over(life: Life, last_word: BankStatus | None) -> Tranche:
    """A payment that left, and the bank's last word on it. Nobody hints at either: its timer reads the ledger."""
    tranche = await life.released(proposal(life.reference, funds_out=funds_out("1000.00", final_report=False)))
    await life.hand_over()
    if last_word is not None:
        await life.bank_says(tranche, last_word)
    return tranche
