"""The monkey: SIGKILL, or SIGSTOP and SIGCONT, to one thing after another, at moments that follow from a seed.

It signals only what the run has started, by process id: the server, one of its backends, an appending process, the
projector.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from enum import StrEnum
from typing import Any, Final

import psutil

from tests.chaos_ledger.members import LOOK, AppendingMember, Crew, Member

LOAD: Final = (0.1, 0.5)
"""Seconds of undisturbed load before a fault: shortest and longest."""

ENOUGH: Final = 200
"""Answers before the first fault: among so many, some are replays and conflicts, however slow the machine is."""

FROZEN: Final = (0.05, 0.5)
"""Seconds between SIGSTOP and SIGCONT."""

DOWN: Final = (0.0, 2.5)
"""Seconds until a killed server is started; the longest exceed what the ledger waits out for its callers."""


class Fault(StrEnum):
    """What the monkey does."""

    KILL_SERVER = "postmaster killed"
    FREEZE_SERVER = "postmaster frozen"
    KILL_BACKEND = "backend killed"
    FREEZE_BACKEND = "backend frozen"
    KILL_APPENDER = "appender killed"
    FREEZE_APPENDER = "appender frozen"
    KILL_PROJECTOR = "projector killed"
    FREEZE_PROJECTOR = "projector frozen"


def plan_of(seed: int, cycles: int) -> list[Fault]:
    """Return a fault for each cycle: every kind once, in a seeded order, and then all over again in another."""
    chance = random.Random(seed)  # noqa: S311 - a seeded drill, not a secret
    rounds = range(-(-cycles // len(Fault)))
    return [fault for _ in rounds for fault in chance.sample(list(Fault), len(Fault))][:cycles]


class Monkey:
    """Carries out the plan of a seed."""

    def __init__(self, crew: Crew, seed: int, cycles: int) -> None:
        self._crew = crew
        self._random = random.Random(seed)  # noqa: S311 - a seeded drill, not a secret
        self._plan = plan_of(seed, cycles)
        self.done: Counter[str] = Counter()

    async def rage(self, progress: Callable[[int], Any]) -> None:
        """Carry out the plan; each cycle ends when every appending process is answered again."""
        await self._crew.until_answered(ENOUGH)
        for number, fault in enumerate(self._plan, 1):
            await self._settle(fault)
            await self._sleep(LOAD)
            await self._commit(fault)
            self.done[fault] += 1
            await self._crew.until_answered()
            progress(number)

    async def _settle(self, fault: Fault) -> None:
        """Wait until the projector works in its present life, if it is next: killing the dead would prove nothing."""
        if fault in {Fault.KILL_PROJECTOR, Fault.FREEZE_PROJECTOR}:
            await self._crew.until_projected(await self._crew.projected() + 1)

    async def _commit(self, fault: Fault) -> None:
        match fault:
            case Fault.KILL_SERVER:
                await self._kill_server()
            case Fault.FREEZE_SERVER:
                await self._freeze(self._server())
            case Fault.KILL_BACKEND:
                await self._on_a_backend(self._kill)
            case Fault.FREEZE_BACKEND:
                await self._on_a_backend(self._freeze)
            case Fault.KILL_APPENDER:
                await self._kill_member(self._appender())
            case Fault.FREEZE_APPENDER:
                await self._freeze(self._appender().process())
            case Fault.KILL_PROJECTOR:
                await self._kill_member(self._crew.projector)
            case Fault.FREEZE_PROJECTOR:
                await self._freeze(self._crew.projector.process())

    async def _kill_server(self) -> None:
        server = self._server()
        processes = [server, *server.children()]
        server.kill()
        await self._sleep(DOWN)
        await asyncio.to_thread(psutil.wait_procs, processes, 10)
        await asyncio.to_thread(self._crew.postgres.start)

    async def _kill_member(self, member: Member) -> None:
        process = member.process()
        process.kill()
        await asyncio.to_thread(member.stop)
        member.start()

    async def _kill(self, process: psutil.Process) -> None:
        process.kill()

    async def _freeze(self, process: psutil.Process) -> None:
        async with _frozen(process):
            await self._sleep(FROZEN)

    async def _on_a_backend(self, act: Callable[[psutil.Process], Awaitable[None]]) -> None:
        """Do something to a backend; if it went away in the meantime, to another."""
        while True:
            if found := backends(self._server()):
                with suppress(psutil.NoSuchProcess):
                    return await act(self._random.choice(found))
            await asyncio.sleep(LOOK)

    def _server(self) -> psutil.Process:
        return psutil.Process(self._crew.postgres.pid)

    def _appender(self) -> AppendingMember:
        return self._random.choice(self._crew.appenders)

    async def _sleep(self, bounds: tuple[float, float]) -> None:
        await asyncio.sleep(self._random.uniform(*bounds))


@asynccontextmanager
async def _frozen(process: psutil.Process) -> AsyncIterator[None]:
    process.suspend()
    try:
        yield
    finally:
        with suppress(psutil.NoSuchProcess):
            process.resume()


def backends(server: psutil.Process) -> list[psutil.Process]:
    """Return the server's processes that serve a client, those at work if there are any."""
    titles = [(child, _title(child)) for child in server.children()]
    serving = [(child, title) for child, title in titles if " accord " in title]
    return [child for child, title in serving if not title.endswith("idle")] or [child for child, _ in serving]


def _title(process: psutil.Process) -> str:
    with suppress(psutil.Error):
        return " ".join(process.cmdline()).strip()
    return ""
