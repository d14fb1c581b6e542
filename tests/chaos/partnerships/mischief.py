"""Deeds of people and intruders meanwhile, at seeded moments: hold, cancel, end workflows, put workflows back."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from uuid import uuid4

from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.enums.v1 import EventType
from temporalio.api.workflowservice.v1 import ResetWorkflowExecutionRequest
from temporalio.client import WorkflowHandle
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from accord.client.desk import Desk
from accord.presentation.faults import Refused
from domain.partnership import commands as c
from domain.partnership.stages import Stage
from domain.partnership.state import IN_FLIGHT, Partnership, TrancheProgress, TrancheState
from domain.streams import StreamId
from tests.chaos.partnerships.drive import PAUSE, persist
from workflows.options import TASK_QUEUE

SHORTEST, LONGEST = 0.2, 1.2
"""Seconds between two acts."""

LONGEST_HOLD = 1.5
HOLDER = "vera.lind"

GONE = frozenset({RPCStatusCode.NOT_FOUND, RPCStatusCode.INVALID_ARGUMENT, RPCStatusCode.FAILED_PRECONDITION})
"""What the server answers where there is nothing (any more) to end or to put back."""


class Mischief:
    """Does each of its acts a number of times, each to a partnership by chance, while there is one to do it to."""

    def __init__(self, desk: Desk, references: list[str], seed: int, times: int) -> None:
        self._desk, self._references = desk, references
        self._random = random.Random(f"mischief {seed}")  # noqa: S311 - a seeded drill, not a secret
        self._acts: dict[str, Callable[[], Awaitable[bool]]] = {
            "hold": self._hold,
            "cancel": self._cancel,
            "terminate": self._terminate,
            "reset": self._reset,
        }
        self._times = times
        self.done: Counter[str] = Counter()

    async def rage(self) -> None:
        """Do all of it at once, as long as anything is under way."""
        async with asyncio.TaskGroup() as group:
            for name in self._acts:
                group.create_task(self._do(name))

    async def _do(self, name: str) -> None:
        pauses = [self._random.uniform(SHORTEST, LONGEST) for _ in range(self._times)]
        for pause in pauses:
            await asyncio.sleep(pause)
            while not await self._is_over():
                if await persist(self._acts[name]):
                    self.done[name] += 1
                    break
                await asyncio.sleep(PAUSE)

    async def _is_over(self) -> bool:
        """True if every partnership has begun and ended."""
        known = {one.partnership_id: one.ended for one in await persist(self._desk.portfolio)}
        return all(known.get(reference, False) for reference in self._references)

    async def _under_way(self) -> list[Partnership]:
        known = await persist(self._desk.portfolio)
        return [one for one in known if one.partnership_id in self._references and not one.ended]

    async def _one(self, wanted: Callable[[Partnership], bool]) -> Partnership | None:
        found = [one for one in await self._under_way() if wanted(one)]
        return self._random.choice(found) if found else None

    async def _hold(self) -> bool:
        """Hold a partnership about to pay, and let another person lift it a little later."""
        found = await self._one(lambda known: known.stage in {Stage.AGREEMENT, Stage.ACTIVE} and known.hold is None)
        if found is None:
            return False
        await persist(lambda: self._decide(found, c.PlaceHold, HOLDER, reason="a question in the press"))
        held = bool(await persist(lambda: self._held(found)))  # whoever got no answer does not know whether it is
        await asyncio.sleep(self._random.uniform(0, LONGEST_HOLD))
        while own := await persist(lambda: self._held(found)):
            await persist(lambda: self._decide(found, c.LiftHold, "femi.ade", reason="answered", holds=own))
        return held

    async def _held(self, known: Partnership) -> tuple[int, ...]:
        """The holds of that person that stand on it, or none once it has ended."""
        now = (await self._desk.known_sight(known.partnership_id)).partnership
        return () if now.ended else tuple(one.number for one in now.holds if one.actor == HOLDER)

    async def _cancel(self) -> bool:
        """Take back a payment that was released and has not left."""
        found = await self._one(lambda known: _released(known) is not None)
        tranche = _released(found) if found else None
        if found is None or tranche is None:
            return False
        content = {"tranche": tranche.number, "attempt": tranche.attempt, "reason": "the account is in doubt"}
        return await self._decide(found, c.CancelPayment, "femi.ade", **content)

    async def _decide(self, known: Partnership, kind: type[c.StaffCommand], actor: str, **content: object) -> bool:
        try:
            seen = await self._desk.known_sight(known.partnership_id)
            await self._desk.decide(seen, kind, actor, **content)
        except Refused:
            return False
        return True

    async def _terminate(self) -> bool:
        """End a tranche's workflow, or a partnership's and begin that one again with a made-up state."""
        found = await self._one(lambda known: True)
        if found is None:
            return False
        handle = self._workflow(found)
        with suppress(RPCError):
            await handle.terminate("a drill")
        if handle.id == StreamId.partnership(found.partnership_id):
            await persist(lambda: self._begin_again(found))
        return True

    async def _begin_again(self, found: Partnership) -> None:
        """As an intruder would: with a state in which nothing was ever released."""
        forged = found.model_dump(mode="json") | {"tranches": []}
        start = {"partnership_id": found.partnership_id, "snapshot": {"partnership": forged}}
        with suppress(WorkflowAlreadyStartedError):
            await self._desk.temporal.start_workflow(
                "Partnership", start, id=StreamId.partnership(found.partnership_id), task_queue=TASK_QUEUE
            )

    async def _reset(self) -> bool:
        """Put a workflow back to the end of its first task."""
        found = await self._one(lambda known: known.version > 0)
        if found is None:
            return False
        try:
            return await self._put_back(self._workflow(found))
        except RPCError as fault:
            if fault.status in GONE:
                return False
            raise

    async def _put_back(self, handle: WorkflowHandle[object, object]) -> bool:
        history = await handle.fetch_history()
        completed = EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED
        first = next((event.event_id for event in history.events if event.event_type == completed), None)
        if first is None:
            return False
        request = ResetWorkflowExecutionRequest(
            namespace=self._desk.temporal.namespace,
            workflow_execution=WorkflowExecution(workflow_id=handle.id),
            reason="a drill",
            workflow_task_finish_event_id=first,
            request_id=str(uuid4()),
        )
        await self._desk.temporal.workflow_service.reset_workflow_execution(request)
        return True

    def _workflow(self, known: Partnership) -> WorkflowHandle[object, object]:
        """The partnership's own workflow, or that of a payment in flight."""
        ids = [StreamId.partnership(known.partnership_id)]
        flying = [one for one in known.tranches if one.state in IN_FLIGHT]
        ids += [StreamId.attempt(known.partnership_id, one.number, one.attempt) for one in flying]
        return self._desk.temporal.get_workflow_handle(self._random.choice(ids))


def _released(known: Partnership) -> TrancheProgress | None:
    return next((one for one in known.tranches if one.state is TrancheState.RELEASED), None)
