"""A real server in the host's place: the embedded one, whose workflows' time is moved as the script's clock is.

Every call of a client's is followed by waiting until nothing is under way, as in the host, so that a script comes out
the same on both. Tasks cannot be lost here, nor runs copied or put back: scripts for both do none of that.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple, TypeVar

from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.service import RPCError, RPCStatusCode
from temporalio.testing import WorkflowEnvironment

from workflows.options import TASK_QUEUE

LOOK_AGAIN: Final = 0.03
LOOKS: Final = 2
"""How often in a row nothing is under way before the server counts as at rest."""

Answer = TypeVar("Answer")


class Known(NamedTuple):
    """A workflow as the server described it last."""

    workflow_id: str
    open: bool
    children: tuple[str, ...]
    """Its open children."""
    stuck: str = ""
    paused: bool = False


class Server:
    """As much of the host as steps use, on a real server."""

    def __init__(self, environment: WorkflowEnvironment) -> None:
        self._environment = environment
        self._known: dict[str, Known] = {}
        self.lose_after = 0
        """Nothing dies here."""
        self.activities: Any = None

    @property
    def runs(self) -> dict[str, Known]:
        """The workflows that were started, by id."""
        return self._known

    def newest(self, workflow_id: str) -> Known | None:
        """Return a workflow as it was described last, or None."""
        return self._known.get(workflow_id)

    def try_again(self) -> list[str]:
        """Nothing is stuck: the server itself tries again."""
        return []

    async def close(self) -> None:
        """End every workflow."""
        for known in [one for one in self._known.values() if one.open]:
            with suppress(RPCError):
                await self._handle(known.workflow_id).terminate()

    def note(self, workflow_id: str) -> None:
        """Somebody started a workflow."""
        self._known[workflow_id] = Known(workflow_id, True, ())

    async def settle(self) -> None:
        """Wait for no workflow to have anything under way."""
        quiet = 0
        while quiet < LOOKS:
            busy = [await self._is_busy(one) for one in list(self._known)]
            quiet = 0 if any(busy) else quiet + 1
            await asyncio.sleep(LOOK_AGAIN)

    async def pass_to(self, at: datetime, move: Callable[[datetime], Awaitable[None]]) -> None:
        """Move the clock, and then the time of every workflow that does not wait for a child."""
        await move(at)
        await self.settle()
        for known in sorted(self._known.values(), key=lambda one: -one.workflow_id.count("/")):
            if known.open and not known.children:
                await self._forward(known.workflow_id, at)
        await self.settle()

    async def _forward(self, workflow_id: str, at: datetime) -> None:
        """A workflow may end while its time is moved, or begin anew: then there is nothing left to move."""
        handle = self._handle(workflow_id)
        with suppress(RPCError):
            left = at - await self._environment.get_current_time(handle)
            if left > timedelta(0):
                await self._environment.fast_forward(handle, left)

    async def _is_busy(self, workflow_id: str) -> bool:
        try:
            found = (await self._handle(workflow_id).describe()).raw_description
        except RPCError as fault:
            if fault.status is not RPCStatusCode.NOT_FOUND:
                raise
            return False
        running = found.workflow_execution_info.status == WorkflowExecutionStatus.RUNNING
        children = tuple(one.workflow_id for one in found.pending_children)
        new = [one for one in children if one not in self._known]
        self._known[workflow_id] = Known(workflow_id, running, children if running else ())
        for one in new:
            self.note(one)
        return running and bool(found.HasField("pending_workflow_task") or found.pending_activities or new)

    def _handle(self, workflow_id: str) -> Any:
        return self._environment.client.get_workflow_handle(workflow_id)


class ServerClient:
    """A client whose every call is followed by rest."""

    def __init__(self, client: Client, server: Server) -> None:
        self._client, self._server = client, server
        self.namespace, self.workflow_service = client.namespace, client.workflow_service
        self.data_converter = client.data_converter

    def get_workflow_handle(self, workflow_id: str, **more: Any) -> ServerHandle:
        """Return a handle to the newest run of a workflow."""
        return ServerHandle(self._client.get_workflow_handle(workflow_id, **more), self._server)

    async def start_workflow(self, workflow: Any, *given: Any, id: str, **more: Any) -> ServerHandle:  # noqa: A002
        """Start a workflow. Raises WorkflowAlreadyStartedError."""
        await self._client.start_workflow(workflow, *given, id=id, **{"task_queue": TASK_QUEUE, **more})
        self._server.note(id)
        await self._server.settle()
        return self.get_workflow_handle(id)

    async def execute_update_with_start_workflow(self, *given: Any, start_workflow_operation: Any, **more: Any) -> Any:
        """Start a workflow unless it runs, and update it."""
        self._server.note(start_workflow_operation._start_workflow_input.id)
        return await _then_rest(
            self._server,
            self._client.execute_update_with_start_workflow(
                *given, start_workflow_operation=start_workflow_operation, **more
            ),
        )


class ServerHandle:
    """A handle whose every call is followed by rest."""

    def __init__(self, handle: Any, server: Server) -> None:
        self._handle, self._server, self.id = handle, server, handle.id
        self.query, self.describe = handle.query, handle.describe
        self.fetch_history_events = handle.fetch_history_events

    async def execute_update(self, *given: Any, **more: Any) -> Any:
        """Update the workflow and wait for its answer."""
        return await _then_rest(self._server, self._handle.execute_update(*given, **more))

    async def signal(self, *given: Any, **more: Any) -> None:
        """Signal the workflow."""
        await _then_rest(self._server, self._handle.signal(*given, **more))

    async def terminate(self, *given: Any, **more: Any) -> None:
        """End the workflow from outside."""
        await _then_rest(self._server, self._handle.terminate(*given, **more))

    async def cancel(self, **more: Any) -> None:
        """Ask the workflow to cancel itself."""
        await _then_rest(self._server, self._handle.cancel(**more))


async def _then_rest(server: Server, asked: Awaitable[Answer]) -> Answer:
    try:
        return await asked
    finally:
        await server.settle()
