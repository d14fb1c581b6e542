"""The timer of a partnership's open deadline: durable, however many days it takes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Final

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.identity import derive
    from domain.partnership.commands import PassDeadline
    from domain.partnership.waiting.deadlines import Deadline, Wait
    from domain.values import Moment
    from workflows.changes import timers_stay


PUNCTUAL: Final = timedelta(hours=1)
"""A timer that fires later than this, after an outage, counts from then, so that people get the days that they have."""


class DeadlineTimer:
    """A timer for one deadline at a time, which asks for a reminder or an escalation when it is reached.

    A timer that runs out before a later deadline stays, and goes on then for what is left: most are never reached.
    """

    def __init__(self, partnership_id: str, ask: Callable[[PassDeadline], None]) -> None:
        self._partnership_id, self._ask = partnership_id, ask
        self._timer: asyncio.Task[None] | None = None
        self._runs_out: Moment | None = None
        """The time at which the timer runs out; None if none runs."""
        self._set: Deadline | None = None

    def keep(self, deadline: Deadline | None) -> None:
        """Set the timer to this deadline in place of any other, or cancel it if there is none."""
        # The same timer goes on: a new one would cost events of the history after each command.
        if _is_same(self._set, deadline) and (deadline is None or self._timer is not None):
            return
        self._set = deadline
        if deadline is not None and self._runs_out_by(deadline.next_at) and timers_stay():
            return
        if self._timer is not None:
            self._timer.cancel()
        self._runs_out = deadline.next_at if deadline else None
        self._timer = asyncio.create_task(self._run(deadline)) if deadline else None

    def _runs_out_by(self, moment: Moment) -> bool:
        return self._runs_out is not None and self._runs_out <= moment

    async def _run(self, deadline: Deadline) -> None:
        await self._until(deadline)
        while (later := self._set) is not None and not _is_same(later, deadline):
            deadline = later
            await self._until(deadline)
        self._runs_out = None
        until, wait_name = deadline.next_at, deadline.wait.value
        obligations = [deadline.obligation] if deadline.obligation else []
        # Derived from the deadline, so that a timer of a later run which fires for it once more asks for the same
        # command.
        command_id = derive(self._partnership_id, "deadline", wait_name, *obligations, until.isoformat())
        at = workflow.now() if workflow.now() - until > PUNCTUAL else until
        self._ask(PassDeadline(command_id=command_id, at=at, wait=deadline.wait, obligation=deadline.obligation))

    async def _until(self, deadline: Deadline) -> None:
        """Sleep until the time of a deadline."""
        until, what = deadline.next_at, (deadline.obligation or deadline.wait.value).lower()
        self._runs_out, left = until, max(until - workflow.now(), timedelta(0))
        await workflow.sleep(left, summary=f"Remind or escalate {until:%Y-%m-%d %H:%M} UTC, if still due: {what}")


def _is_same(deadline: Deadline | None, other_deadline: Deadline | None) -> bool:
    """True if two deadlines are one for the timer: of the same wait or obligation, at the same time."""
    return _key(deadline) == _key(other_deadline)


def _key(deadline: Deadline | None) -> tuple[Wait, str, Moment] | None:
    return None if deadline is None else (deadline.wait, deadline.obligation, deadline.next_at)
