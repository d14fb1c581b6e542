"""Group commit: the appends of one process are sent in batches, and each append gets its own answer.

While one batch is being committed, new appends queue and form the next batch. So a single caller never waits for a
batch to fill, and many callers share one commit. A batch is one autocommit statement: the append lock is taken and
released inside the server, so a client that freezes does not block others.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from itertools import accumulate
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
"""The most commands that may be queued or being sent. Further callers wait for a place."""

PATIENCE: Final = 10.0
"""Seconds that a command waits for a place in the queue."""

RETRY_PAUSES: Final = (0.05, 0.2, 0.5, 1.0)
"""Seconds before each retry of a batch whose outcome is unknown. A retry never records an event twice."""


class WaitingAppend(NamedTuple):
    """A queued command, of one request for each stream, and the future that receives its answers."""

    requests: tuple[AppendRequest, ...]
    answers: asyncio.Future[list[AppendResult]]

    @property
    def size(self) -> int:
        """The total size of its content in bytes."""
        return sum(request.size for request in self.requests)


class Appender:
    """A queue that sends the appends of one process in batches, in the order in which they were requested."""

    def __init__(self, send: Send, queue_commands: int = QUEUE_COMMANDS, patience: float = PATIENCE) -> None:
        self._send = send
        self._patience = patience
        self._places = asyncio.Semaphore(queue_commands)
        self._queue: deque[WaitingAppend] = deque()
        self._sender: asyncio.Task[None] | None = None

    async def append(self, *requests: AppendRequest) -> list[AppendResult]:
        """Queue a command and return its answers. Raises as `queue` does, and as what records it."""
        return await (await self.queue(requests))

    async def queue(self, requests: Sequence[AppendRequest]) -> asyncio.Future[list[AppendResult]]:
        """Queue a command, and return a future of its answers.

        Its requests bear one id, and are recorded together or not at all. Commands are sent in the order of the calls.

        Raises:
            LedgerUnavailable: The queue stayed full, and nothing was sent; or the database did not answer, and the
                outcome is unknown. Appending the same request again is safe in both cases.
        """
        if self._places.locked():
            await self._wait_for_a_place()
        else:
            await self._places.acquire()
        return self._enqueue(tuple(requests))

    async def _wait_for_a_place(self) -> None:
        try:
            await asyncio.wait_for(self._places.acquire(), self._patience)
        except TimeoutError:
            raise LedgerUnavailable(f"the queue of the ledger stayed full for {self._patience:g} s") from None

    def _enqueue(self, requests: tuple[AppendRequest, ...]) -> asyncio.Future[list[AppendResult]]:
        answers: asyncio.Future[list[AppendResult]] = asyncio.get_running_loop().create_future()
        self._queue.append(WaitingAppend(requests, answers))
        if self._sender is None:
            self._sender = asyncio.create_task(self._drain())
        return answers

    async def _drain(self) -> None:
        try:
            while self._queue:
                batch = self._next_batch()
                # Whose caller has given up is not sent: only commands that somebody still waits for.
                await self._send_batch([waiting for waiting in batch if not waiting.answers.done()])
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
            size += self._queue[0].size
            if batch and size > BATCH_BYTES:
                break
            batch.append(self._queue.popleft())
        return batch

    async def _send_batch(self, batch: list[WaitingAppend]) -> None:
        if not batch:
            return
        try:
            results = await self._persist([request for waiting in batch for request in waiting.requests])
            answer_pairs = list(zip(batch, _shared_out(batch, results), strict=True))
        # The sender must outlive any fault: others wait behind it.
        except Exception as fault:
            for waiting in batch:
                if not waiting.answers.done():
                    waiting.answers.set_exception(fault)
        else:
            for waiting, answers in answer_pairs:
                if not waiting.answers.done():
                    waiting.answers.set_result(answers)

    async def _persist(self, requests: Sequence[AppendRequest]) -> list[AppendResult]:
        """Send a batch, and retry it while its outcome is unknown: events recorded before are answered as a replay."""
        for pause in RETRY_PAUSES:
            try:
                return await self._send(requests)
            except LedgerUnavailable:
                await asyncio.sleep(pause)
        return await self._send(requests)


def _shared_out(batch: Sequence[WaitingAppend], results: list[AppendResult]) -> list[list[AppendResult]]:
    """Return the answers of each command of a batch.

    Raises:
        ValueError: There are not as many answers as requests.
    """
    ends = list(accumulate(len(waiting.requests) for waiting in batch))
    if len(results) != ends[-1]:
        raise ValueError(f"{len(results)} answers came to {ends[-1]} requests")
    return [results[end - len(waiting.requests) : end] for waiting, end in zip(batch, ends, strict=True)]
