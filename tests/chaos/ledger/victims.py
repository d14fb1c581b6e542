"""The monkey's victims around a ledger: the server, a backend, an appending process, the projector."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

import psutil

from tests.chaos.ledger.members import Crew
from tests.chaos.monkey import Bounds, Victim

DOWN: Final[Bounds] = (0.0, 2.5)
"""Until a killed server is started; the longest exceed what the ledger waits out for its callers."""

NAMES: Final = ("postmaster", "backend", "appender", "projector")


def victims_of(crew: Crew, seed: int) -> dict[str, Victim]:
    """Return the monkey's victims, by name. Of several of a kind, it meets one by chance."""
    chance = random.Random(f"victims {seed}")  # noqa: S311 - a seeded drill, not a secret

    def server() -> psutil.Process:
        return psutil.Process(crew.postgres.pid)

    async def restart(family: Sequence[psutil.Process]) -> None:
        await asyncio.to_thread(psutil.wait_procs, family, 10)
        await asyncio.to_thread(crew.postgres.start)

    async def projecting() -> None:
        await crew.until_projected(await crew.projected() + 1)

    async def restart_member(family: Sequence[psutil.Process]) -> None:
        member = next(one for one in crew.members if one.pid == family[0].pid)
        await asyncio.to_thread(member.stop)
        member.start()

    victims = (
        Victim(server, restart=restart, down=DOWN),
        Victim(lambda: _one_of(backends(server()), chance)),
        Victim(lambda: chance.choice(crew.appenders).process(), restart=restart_member),
        Victim(crew.projector.process, ready=projecting, restart=restart_member),
    )
    return dict(zip(NAMES, victims, strict=True))


def _one_of(found: list[psutil.Process], chance: random.Random) -> psutil.Process:
    if not found:
        raise psutil.NoSuchProcess(0)
    return chance.choice(found)


def backends(server: psutil.Process) -> list[psutil.Process]:
    """Return the server's processes that serve a client, those at work if there are any."""
    titles = [(child, _title(child)) for child in server.children()]
    serving = [(child, title) for child, title in titles if " accord " in title]
    return [child for child, title in serving if not title.endswith("idle")] or [child for child, _ in serving]


def _title(process: psutil.Process) -> str:
    with suppress(psutil.Error):
        return " ".join(process.cmdline()).strip()
    return ""
