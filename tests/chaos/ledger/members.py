"""The processes of a run: started again after each kill, with a look at what they have done in this life."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Final

import asyncpg
import psutil

from deploy.embedded.postgres import Postgres
from deploy.embedded.processes import ChildProcess
from deploy.logins import Login
from tests.chaos.monkey import LOOK
from tests.waiting import BACKSTOP

ROOT: Final = Path(__file__).resolve().parents[3]
LIMIT: Final = BACKSTOP
"""Seconds after a fault until a silent process counts as stuck."""

ANSWER: Final = b'"kind":"answer"'


class Stuck(TimeoutError):
    """Nothing moved for a long time after a fault was over."""


class EndedByItself(RuntimeError):
    """A process ended that nobody killed."""


class Member:
    """One process of the run, in its present life."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name = name
        self.life = 0
        self.folder = folder
        self._child: ChildProcess | None = None

    def command(self) -> list[str]:
        """The program and its arguments in this life."""
        raise NotImplementedError

    def start(self) -> None:
        """Begin the next life."""
        self.life += 1
        command = [sys.executable, "-W", "ignore", "-m", *self.command()]
        self._child = ChildProcess(self.name, command, self.folder / f"{self.name}.log", {"PYTHONPATH": str(ROOT)})
        self._child.start()

    def process(self) -> psutil.Process:
        """The process to kill or freeze. Raises EndedByItself."""
        self.must_be_alive()
        return psutil.Process(self.pid)

    @property
    def pid(self) -> int:
        """The process id of this life."""
        return self._running.pid

    def must_be_alive(self) -> None:
        """Raise EndedByItself if it ended without us."""
        if not self._running.alive():
            raise EndedByItself(f"{self.name} ended by itself: {self._running.last_lines()}")

    def stop(self) -> None:
        """Ask it to end, and wait."""
        if self._child is not None:
            self._child.stop()

    @property
    def _running(self) -> ChildProcess:
        if self._child is None:
            raise RuntimeError(f"{self.name} was not started")
        return self._child


class AppendingMember(Member):
    """An appending process. Its journal shows the number of its answers."""

    def __init__(self, name: str, folder: Path, url: str, seed: int) -> None:
        super().__init__(name, folder)
        self.url, self._seed = url, seed
        self._answers = self._offset = 0

    def command(self) -> list[str]:
        """The program and its arguments in this life."""
        self._answers = self._offset = 0
        life = ["--life", str(self.life), "--seed", str(self._seed)]
        return ["tests.chaos.ledger.appending", self.url, str(self.folder), self.name, *life]

    def answers(self) -> int:
        """Return the number of its answers in this life."""
        journal = self.folder / f"{self.name}-{self.life:04}.jsonl"
        if journal.exists():
            with journal.open("rb") as file:
                file.seek(self._offset)
                whole = file.read().rpartition(b"\n")[0]
            self._offset += len(whole)
            self._answers += whole.count(ANSWER)
        return self._answers


class ProjectingMember(Member):
    """The projector process. Its checkpoint shows its position."""

    def __init__(self, folder: Path, url: str) -> None:
        super().__init__("projector", folder)
        self.url = url

    def command(self) -> list[str]:
        """The program and its arguments."""
        return ["tests.chaos.ledger.projecting", self.url]


class Crew:
    """All running processes, each of which may be killed."""

    def __init__(self, postgres: Postgres, folder: Path, seed: int, appenders: int = 2) -> None:
        self.postgres = postgres
        numbers = range(1, appenders + 1)
        worker, projector = postgres.url_of(Login.WORKER), postgres.url_of(Login.PROJECTOR)
        self.appenders = [AppendingMember(f"appender-{n}", folder, worker, seed) for n in numbers]
        self.projector = ProjectingMember(folder, projector)

    def turn_to(self, postgres: Postgres) -> None:
        """Kill every process. Its next life works with another server."""
        for member in self.members:
            member.process().kill()
            member.stop()
        self.postgres = postgres
        for appender in self.appenders:
            appender.url = postgres.url_of(Login.WORKER)
        self.projector.url = postgres.url_of(Login.PROJECTOR)

    @property
    def members(self) -> list[Member]:
        """The processes beside the server."""
        return [*self.appenders, self.projector]

    async def until_answered(self, times: int = 1) -> None:
        """Wait for every appending process to be answered so often again. Raises Stuck or EndedByItself."""
        before = [appender.answers() for appender in self.appenders]
        for appender, had in zip(self.appenders, before, strict=True):

            async def more(appender: AppendingMember = appender, had: int = had) -> bool:
                return appender.answers() >= had + times

            await self._until(more, self.members, f"{appender.name} was not answered")

    async def until_projected(self, position: int) -> None:
        """Wait for the projection to reach a position. Raises Stuck or EndedByItself."""

        async def reached() -> bool:
            return await self.projected() >= position

        await self._until(reached, [self.projector], f"the projection did not reach {position}")

    async def projected(self) -> int:
        """Return the position of the projection."""
        return await self._number("SELECT coalesce(max(position), 0) FROM projection.checkpoints")

    async def head(self) -> int:
        """Return the newest position of the ledger."""
        return await self._number("SELECT coalesce(max(position), 0) FROM ledger.events")

    async def _until(self, reached: Callable[[], Awaitable[bool]], watched: Sequence[Member], otherwise: str) -> None:
        deadline = time.monotonic() + LIMIT
        while not await reached():
            for member in watched:
                member.must_be_alive()
            if time.monotonic() > deadline:
                raise Stuck(f"{otherwise} within {LIMIT:g} s")
            await asyncio.sleep(LOOK)

    async def _number(self, query: str) -> int:
        """Ask the server. After a killed backend it may need a moment to recover. Raises Stuck."""
        deadline = time.monotonic() + LIMIT
        while True:
            try:
                return await self._ask(query)
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as fault:
                if time.monotonic() > deadline:
                    raise Stuck(f"the server did not answer within {LIMIT:g} s") from fault
            await asyncio.sleep(LOOK)

    async def _ask(self, query: str) -> int:
        connection = await asyncpg.connect(self.postgres.url)
        try:
            return int(await connection.fetchval(query))
        finally:
            await connection.close()
