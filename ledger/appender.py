"""Group commit: the appends of one process are sent in batches, and each append gets its own answer.

While one batch is being committed, new appends queue and form the next batch. So a single caller never waits for a
batch to fill, and many callers share one commit. A batch is one autocommit statement: the append lock is taken and
released inside the server, so a client that freezes does not block others.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Final, NamedTuple

from ledger.model import AppendRequest, AppendResult, LedgerUnavailable

Send = Callable[[Sequence[AppendRequest]], Awaitable[list[AppendResult]]]
"""Records requests in one transaction and returns their answers in order. Raises LedgerUnavailable."""

BATCH_COMMANDS: Final = 256
BATCH_BYTES: Final = 4 << 20
"""The limits of one statement: its number of commands, and their content in bytes."""

SMALL_BATCH: Final = 64
"""A queue of up to this many commands is sent whole. Of a longer one half is sent, at most BATCH_COMMANDS."""

QUEUE_COMMANDS: Final = 10_000
"""The most commands that may be queued or being sent; further callers wait for a place."""

PATIENCE: Final = 10.0
"""Seconds that a command waits for a place in the queue."""

RETRY_PAUSES: Final = (0.05, 0.2, 0.5, 1.0)
"""Seconds before each retry of a batch whose outcome is unknown. A retry never records an event twice."""


class WaitingAppend(NamedTuple):
    """A queued command and the future that receives its answer."""

    request: AppendRequest
    answer: asyncio.Future[AppendResult]


class Appender:
    """A queue that sends the appends of one process in batches, in the order in which they were requested."""

    def __init__(self, send: Send, queue_commands: int = QUEUE_COMMANDS, patience: float = PATIENCE) -> None:
        self._send = send
        self._patience = patience
        self._places = asyncio.Semaphore(queue_commands)
        self._queue: deque[WaitingAppend] = deque()
        self._sender: asyncio.Task[None] | None = None

    async def append(self, request: AppendRequest) -> AppendResult:
        """Queue a command and return its answer.

        Raises:
            LedgerUnavailable: The queue stayed full, and nothing was sent; or the database did not answer, and the
                outcome is unknown. Appending the same request again is safe in both cases.
        """
        if self._places.locked():
            await self._wait_for_a_place()
        else:
            await self._places.acquire()
        return await self._enqueue(request)

    async def _wait_for_a_place(self) -> None:
        try:
            await asyncio.wait_for(self._places.acquire(), self._patience)
        except TimeoutError:
            raise LedgerUnavailable(f"the queue of the ledger stayed full for {self._patience:g} s") from None

    def _enqueue(self, request: AppendRequest) -> asyncio.Future[AppendResult]:
        answer: asyncio.Future[AppendResult] = asyncio.get_running_loop().create_future()
        self._queue.append(WaitingAppend(request, answer))
        if self._sender is None:
            self._sender = asyncio.create_task(self._drain())
        return answer

    async def _drain(self) -> None:
        try:
            while self._queue:
                batch = self._next_batch()
                await self._send_batch([waiting for waiting in batch if not waiting.answer.done()])
                for _ in batch:  # frees a place once its command was processed, even if its caller was cancelled
                    self._places.release()
                if len(self._queue) < SMALL_BATCH:
                    await asyncio.sleep(0)  # lets answered callers queue their next command for this batch
        finally:  # with no await in between, so that the next command starts a new sender
            self._sender = None

    def _next_batch(self) -> list[WaitingAppend]:
        """Remove the next batch from the queue and return it: at least one command."""
        batch: list[WaitingAppend] = []
        size = 0
        most = min(BATCH_COMMANDS, max(SMALL_BATCH, len(self._queue) // 2))
        while self._queue and len(batch) < most:
            size += self._queue[0].request.size
            if batch and size > BATCH_BYTES:
                break
            batch.append(self._queue.popleft())
        return batch

    async def _send_batch(self, batch: list[WaitingAppend]) -> None:
        if not batch:
            return
        try:
            results = await self._persist([waiting.request for waiting in batch])
            answered = list(zip(batch, results, strict=True))
        except Exception as fault:
            for waiting in batch:
                if not waiting.answer.done():
                    waiting.answer.set_exception(fault)
        else:
            for waiting, result in answered:
                if not waiting.answer.done():
                    waiting.answer.set_result(result)

    async def _persist(self, requests: Sequence[AppendRequest]) -> list[AppendResult]:
        """Send a batch, and retry it while its outcome is unknown: events recorded before are answered as a replay."""
        for pause in RETRY_PAUSES:
            try:
                return await self._send(requests)
            except LedgerUnavailable:
                await asyncio.sleep(pause)
        return await self._send(requests)
