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


PUNCTUAL: Final = timedelta(hours=1)
"""A timer that fires later than this, after an outage, counts from then, so that people get the days that they have."""


class DeadlineTimer:
    """A timer for one deadline at a time, which asks for a reminder or an escalation when it fires."""

    def __init__(self, partnership_id: str, ask: Callable[[PassDeadline], None]) -> None:
        self._partnership_id, self._ask = partnership_id, ask
        self._timer: asyncio.Task[None] | None = None
        self._set: Deadline | None = None

    def keep(self, deadline: Deadline | None) -> None:
        """Set the timer to this deadline in place of any other, or cancel it if there is none."""
        # The same timer goes on: a new one would cost events of the history after each command.
        if _is_same(self._set, deadline) and (deadline is None or self._timer is not None):
            return
        if self._timer is not None:
            self._timer.cancel()
        self._set = deadline
        self._timer = asyncio.create_task(self._run(deadline)) if deadline else None

    async def _run(self, deadline: Deadline) -> None:
        until, what = deadline.next_at, deadline.wait.value
        left = max(until - workflow.now(), timedelta(0))
        summary = f"Remind or escalate {until:%Y-%m-%d %H:%M} UTC: {(deadline.obligation or what).lower()}"
        await workflow.sleep(left, summary=summary)
        owed = [deadline.obligation] if deadline.obligation else []
        # Derived from the deadline, so that a timer of a later run which fires for it once more asks for the same
        # command.
        command_id = derive(self._partnership_id, "deadline", what, *owed, until.isoformat())
        at = workflow.now() if workflow.now() - until > PUNCTUAL else until
        self._ask(PassDeadline(command_id=command_id, at=at, wait=deadline.wait, obligation=deadline.obligation))


def _is_same(deadline: Deadline | None, other: Deadline | None) -> bool:
    """True if two deadlines are one for the timer: of the same wait or obligation, at the same time."""
    return _key(deadline) == _key(other)


def _key(deadline: Deadline | None) -> tuple[Wait, str, Moment] | None:
    return None if deadline is None else (deadline.wait, deadline.obligation, deadline.next_at)
