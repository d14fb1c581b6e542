"""Group commit: the appends of one process travel in batches, and each is answered on its own.

While a batch is on its way to the disk, others queue; when it is there, the queue leaves as the next batch. So one
caller waits for nobody, and very many share one commit. A batch is one autocommit statement: the lock that orders the
ledger lives inside the server, and a client that freezes holds nobody up.
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
"""The most that travels in one statement."""

SMALL_BATCH: Final = 64
"""Up to here everybody who waits travels together. Of more, half: while it is under way the others get ready."""

QUEUE_COMMANDS: Final = 10_000
"""How many commands may wait; who comes after that waits for a place."""

PATIENCE: Final = 10.0
"""Seconds that a command waits for a place in the queue."""

RETRY_PAUSES: Final = (0.05, 0.2, 0.5, 1.0)
"""Seconds before each new try of a batch whose outcome is unknown. Sending it again is safe: it is then a replay."""


class WaitingAppend(NamedTuple):
    """A command in the queue, and where its answer goes."""

    request: AppendRequest
    answer: asyncio.Future[AppendResult]


class Appender:
    """Batches the appends of one process, in the order they were asked."""

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
                for _ in batch:  # a place is free once its command is dealt with, also if its caller left
                    self._places.release()
                if len(self._queue) < SMALL_BATCH:
                    await asyncio.sleep(0)  # who was answered may have more to ask, and travels with those who wait
        finally:  # at once, so that whoever comes next finds the place free
            self._sender = None

    def _next_batch(self) -> list[WaitingAppend]:
        """Take from the queue what one statement carries; at least one command."""
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
        """Send, and after an unknown outcome send the very same again: what was recorded is answered as a replay."""
        for pause in RETRY_PAUSES:
            try:
                return await self._send(requests)
            except LedgerUnavailable:
                await asyncio.sleep(pause)
        return await self._send(requests)
