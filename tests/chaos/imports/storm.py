"""One import through kills: `accord import apply`, and the worker that writes for it, at seeded moments."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sys
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final, NamedTuple

import asyncpg

from accord.client.desk import Desk
from accord.organisation.imports.checking import SourceFile, check_file
from accord.organisation.imports.signing import confirm_import, sign_import
from bench.imports.table import big_mapping, big_table
from domain.imported.totals import totals_of
from tests.accord import forks
from tests.accord.shell import UNREACHABLE
from tests.conftest import ROOT
from tests.waiting import BACKSTOP

_WRITTEN: Final = "SELECT count(*) FROM ledger.events WHERE event_type = 'PartnershipImported'"
_EACH: Final = """
SELECT count(*) AS events, count(DISTINCT stream_id) AS streams, count(DISTINCT command_id) AS commands
  FROM ledger.events WHERE event_type = 'PartnershipImported'
"""
LOOK: Final = 0.01
"""Seconds between two looks at how much is written."""


MOST_TRIES: Final = 30


class Moment(NamedTuple):
    """A kill: who, once so many are written, and so many seconds later."""

    victim: str
    written: int
    later: float


class Storm(NamedTuple):
    """The results: who was killed how often, what stands, and the ends of the last applying and of one after it."""

    kills: Counter[str]
    events: int
    streams: int
    commands: int
    last: forks.Ended
    again: forks.Ended


def moments_of(seed: int, rows: int, kills: int, victims: tuple[str, ...]) -> list[Moment]:
    """Return the moments of a seed, in the order in which they come. Each victim has its turn."""
    chance = random.Random(seed)  # noqa: S311 - a seeded drill, not a secret
    places = sorted(chance.randrange(rows * 9 // 10) for _ in range(kills))
    return [
        Moment(victims[number % len(victims)], place, chance.uniform(0, 0.3)) for number, place in enumerate(places)
    ]


async def signed_table(desk: Desk, folder: Path, rows: int, seed: int) -> Path:
    """Write a table of so many partnerships, and have two people sign its import."""
    path, mapping = folder / "grants.xlsx", big_mapping()
    path.write_bytes(big_table(rows, seed))
    file = SourceFile(path.name, path.read_bytes())
    totals = totals_of((await check_file(desk, file, mapping)).partnerships)
    await sign_import(desk, file, mapping, totals, "femi.ade", corrections=False)
    await confirm_import(desk, file, "dora.kim")
    return path


class Import:
    """The applying of a table through kills. Whoever is killed is started again."""

    def __init__(
        self, pool: asyncpg.Pool, path: Path, people: Mapping[str, str], work: Mapping[str, str] | None
    ) -> None:
        """`people`: the environment of the shell. `work`: that of a worker to be killed, or None for none."""
        self._pool, self._path, self._people, self._work = pool, path, people, work
        self._applying = 0
        self._worker: asyncio.subprocess.Process | None = None
        self.kills: Counter[str] = Counter()

    async def through(self, moments: list[Moment]) -> Storm:
        """Apply the table until every kill was done and it ended by itself, and then once more."""
        await self._start_worker()
        killing = asyncio.create_task(self._kill(moments))
        try:
            last = await self._applied_until_it_ends(killing)
            await killing
            again = await self._applied()
            row = await self._pool.fetchrow(_EACH)
            assert row is not None
            return Storm(self.kills, row["events"], row["streams"], row["commands"], last, again)
        finally:
            killing.cancel()
            await self._stop_worker()

    async def _applied_until_it_ends(self, killing: asyncio.Task[None]) -> forks.Ended:
        """Apply it after each kill and, as the command says where a worker was away for long, after that too."""
        for _ in range(MOST_TRIES):
            last = await self._applied()
            if last.code not in {-signal.SIGKILL, UNREACHABLE} and (killing.done() or last.code != 0):
                return last
        raise AssertionError(last)

    async def _applied(self) -> forks.Ended:
        def begun(process: int) -> None:
            self._applying = process

        ended = await forks.run(["import", "apply", str(self._path)], self._people, begun=begun)
        self._applying = 0
        return ended

    async def _kill(self, moments: list[Moment]) -> None:
        for moment in moments:
            while not self._applying or await self._pool.fetchval(_WRITTEN) < moment.written:
                await asyncio.sleep(LOOK)
            await asyncio.sleep(moment.later)
            await self._strike(moment.victim)
            self.kills[moment.victim] += 1

    async def _strike(self, victim: str) -> None:
        if victim in {"apply", "both"}:
            while not self._applying:
                await asyncio.sleep(LOOK)
            with suppress(ProcessLookupError):
                os.kill(self._applying, signal.SIGKILL)
            self._applying = 0
        if victim in {"worker", "both"}:
            await self._stop_worker()
            await self._start_worker()

    async def _start_worker(self) -> None:
        if self._work is not None:
            with self._path.with_name("worker.log").open("ab") as log:
                self._worker = await asyncio.create_subprocess_exec(
                    sys.executable, "-m", "worker", cwd=ROOT, env=dict(self._work), stdout=log, stderr=log
                )

    async def _stop_worker(self) -> None:
        if self._worker is not None:
            self._worker.kill()
            async with asyncio.timeout(BACKSTOP):
                await self._worker.wait()
