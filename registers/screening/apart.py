"""Keep the sanctions lists in a process of their own: no switch to a new version holds up this one's event loop."""

from __future__ import annotations

import asyncio
import sys
from asyncio.subprocess import PIPE, Process, create_subprocess_exec
from contextlib import suppress
from typing import Any, Final

from domain.screening.sources import RegisterVersion
from registers import Connection
from registers.history import all_rows
from registers.screening.lists import Key, Params, Result, Work, key_of
from registers.screening.messages import (
    LENGTH_BYTES,
    Begin,
    Message,
    More,
    RowsComplete,
    ScreeningReply,
    ScreeningWork,
    length_of,
    packed,
    unpacked,
)

_ROWS_AT_ONCE: Final = 200
"""Rows in a message: sending them takes less than a millisecond of the loop's time."""

PATIENCE_SECONDS: Final = 300.0
"""The seconds for one answer, the indexing of whole lists on a starved machine included. Then the process is ended."""

_COMMAND: Final = (sys.executable, "-m", "registers.screening.keeping")


class ListsAway(ConnectionError):
    """The process that keeps the lists ended. The next question starts another."""


class Apart:
    """Asks a process of its own, which it starts when it is needed, and starts anew if it ends.

    It remembers nothing of what that process has: who asks is told what it lacks, sends that, and asks again.
    """

    def __init__(self) -> None:
        self._process: Process | None = None
        self._sending, self._pipe = asyncio.Lock(), asyncio.Lock()

    async def ask(
        self,
        connection: Connection,
        versions: tuple[RegisterVersion, ...],
        work: Work[Params, Result],
        *args: Params.args,
        **keywords: Params.kwargs,
    ) -> Result:
        """Return the answer of a piece of work on the lists of these versions.

        Raises:
            ListsAway: The process ended twice. Asking again is safe.
        """
        question = ScreeningWork(key_of(versions), work, args, keywords)
        try:
            answer: Result = await self._asked(connection, versions, question)
        except ListsAway:
            answer = await self._asked(connection, versions, question)
        return answer

    async def aclose(self) -> None:
        """End the process."""
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()

    async def _asked(
        self, connection: Connection, versions: tuple[RegisterVersion, ...], question: ScreeningWork
    ) -> Any:
        answer = await self._told(question)
        if answer.lacks:
            async with self._sending:  # nobody sends others meanwhile, which would take the place of these
                answer = await self._told(question)
                if answer.lacks:
                    await self._send(connection, versions, question.key)
                    answer = await self._told(question)
        return answer.content

    async def _send(self, connection: Connection, versions: tuple[RegisterVersion, ...], key: Key) -> None:
        await self._told(Begin(key))  # what came of it before, if somebody gave up waiting, is forgotten
        for register_version in versions:
            rows = await all_rows(connection, register_version.version)
            for place in range(0, len(rows), _ROWS_AT_ONCE):
                await self._told(More(key, [dict(row) for row in rows[place : place + _ROWS_AT_ONCE]]))
        await self._told(RowsComplete(key))

    async def _told(self, message: Message) -> ScreeningReply:
        """Send a message and return its answer. Whoever gives up waiting leaves no answer behind for the next."""
        # Shielded: an exchange that broke off halfway would leave its answer in the pipe for the next question.
        answer = await asyncio.shield(asyncio.ensure_future(self._exchange(packed(message))))
        if answer.fault:
            raise RuntimeError(f"the lists could not be asked: {answer.fault}")
        return answer

    async def _exchange(self, message: bytes) -> ScreeningReply:
        async with self._pipe:
            process = await self._running()
            try:
                async with asyncio.timeout(PATIENCE_SECONDS):
                    return await _exchange_with(process, message)
            except (asyncio.IncompleteReadError, OSError) as fault:  # a time-out is an OSError, too
                with suppress(ProcessLookupError):
                    process.kill()
                await process.wait()
                raise ListsAway("the process that keeps the lists ended, or answered no more") from fault

    async def _running(self) -> Process:
        if self._process is None or self._process.returncode is not None:
            self._process = await create_subprocess_exec(*_COMMAND, stdin=PIPE, stdout=PIPE)
        return self._process


async def _exchange_with(process: Process, message: bytes) -> ScreeningReply:
    if process.stdin is None or process.stdout is None:
        raise ListsAway("it has no pipe")
    process.stdin.write(message)
    await process.stdin.drain()
    head = await process.stdout.readexactly(LENGTH_BYTES)
    answer: ScreeningReply = unpacked(await process.stdout.readexactly(length_of(head)))
    return answer
