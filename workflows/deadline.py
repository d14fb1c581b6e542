"""The timer of a partnership's open deadline: durable, however many days it takes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.identity import derive
    from domain.partnership.commands import PassDeadline
    from domain.partnership.deadlines import Deadline, Wait
    from domain.values import Moment


class DeadlineTimer:
    """A timer for one deadline at a time, which asks for a reminder or an escalation when it fires."""

    def __init__(self, partnership_id: str, ask: Callable[[PassDeadline], None]) -> None:
        self._partnership_id, self._ask = partnership_id, ask
        self._timer: asyncio.Task[None] | None = None
        self._set: tuple[Wait, Moment] | None = None

    def keep(self, deadline: Deadline | None) -> None:
        """Set the timer to this deadline in place of any other, or cancel it if there is none."""
        wanted = (deadline.wait, deadline.next_at) if deadline else None
        if self._set == wanted and (wanted is None or self._timer is not None):
            return
        if self._timer is not None:
            self._timer.cancel()
        self._set = wanted
        self._timer = asyncio.create_task(self._run(*wanted)) if wanted else None

    async def _run(self, wait: Wait, until: Moment) -> None:
        left = max(until - workflow.now(), timedelta(0))
        summary = f"Remind or escalate {until:%Y-%m-%d %H:%M} UTC: {wait.value.lower()}"
        await workflow.sleep(left, summary=summary)
        command_id = derive(self._partnership_id, "deadline", wait.value, until.isoformat())
        self._ask(PassDeadline(command_id=command_id, at=until, wait=wait))
