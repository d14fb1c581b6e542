"""The house of a storm: PostgreSQL, the door, the examiner and whoever seals, each a process to be killed."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Final

import asyncpg
import httpx
import psutil

from deploy import rights
from deploy.embedded.ports import free_port
from deploy.embedded.postgres import Postgres
from deploy.embedded.processes import ChildProcess
from deploy.logins import Login
from deploy.migrate import migrate
from deploy.settings import DATABASE_VARIABLE, METRICS_VARIABLE, PROBES_VARIABLE, SECRETS_VARIABLE
from tests.chaos.monkey import LOOK, Bounds, Victim
from tests.papers.files import SCANNER

ROOT: Final = Path(__file__).resolve().parents[3]
DOWN: Final[Bounds] = (0.0, 1.0)
NAMES: Final = ("postgres", "grantee", "sealing", "examiner")


class House:
    """The processes of a door, under one folder."""

    def __init__(self, folder: Path, examines: bool) -> None:
        """`examines`: papers as well. After an outage the examiner waits a while before it looks again."""
        self.folder, self.examines = folder, examines
        self.postgres = Postgres(folder / "postgres")
        self.port = free_port()
        self.children: dict[str, ChildProcess] = {}

    @property
    def origin(self) -> str:
        """The origin of the door's pages."""
        return f"http://localhost:{self.port}"

    async def start(self) -> None:
        """Start the database, then all that uses it."""
        await asyncio.to_thread(self.postgres.start)
        await self.postgres.create_database()
        connection = await asyncpg.connect(self.postgres.url)
        try:
            await migrate(connection)
            await rights.open_forms(connection)  # no worker of another release runs here
        finally:
            await connection.close()
        await self.postgres.make_logins()
        sealing = ["-W", "ignore", "-m", "tests.chaos.door.sealing", self.postgres.url_of(Login.WORKER)]
        self.children = {
            "grantee": self._child("grantee", ["-m", "accord", "grantee"]),
            "sealing": self._child("sealing", sealing),
        }
        if self.examines:
            self.children["examiner"] = self._child("examiner", ["-m", "accord", "examiner"])
        for child in self.children.values():
            child.start()
        await self.serves()

    def stop(self) -> None:
        """Stop all processes, the database last."""
        for child in self.children.values():
            child.stop()
        self.postgres.stop()

    def _child(self, name: str, command: list[str]) -> ChildProcess:
        environment = {
            "PYTHONPATH": str(ROOT),
            DATABASE_VARIABLE: self.postgres.address,
            SECRETS_VARIABLE: str(self.postgres.secrets),
            METRICS_VARIABLE: "",
            PROBES_VARIABLE: "",
            "ACCORD_GRANTEE_ORIGIN": self.origin,
            "ACCORD_QUARANTINE": str(self.folder / "quarantine"),
            "ACCORD_PAPERS": str(self.folder / "papers"),
            "ACCORD_SCAN": SCANNER,
        }
        return ChildProcess(name, [sys.executable, *command], self.folder / "logs" / f"{name}.log", environment)

    async def serves(self) -> None:
        """Wait until pages are served, and the database answers behind them."""
        async with httpx.AsyncClient(base_url=self.origin, timeout=5.0) as asking:
            while True:
                try:
                    if (await asking.get("/health")).status_code == 200:
                        return
                except httpx.HTTPError:
                    pass
                await asyncio.sleep(LOOK)

    def victims(self) -> dict[str, Victim]:
        """Return the monkey's victims, by name."""
        children = {name: self._victim(child) for name, child in self.children.items()}
        database = Victim(
            lambda: psutil.Process(self.postgres.pid), self.serves, self._restarting(self.postgres.start), DOWN
        )
        return {"postgres": database, **children}

    def _victim(self, child: ChildProcess) -> Victim:
        return Victim(lambda: psutil.Process(child.pid), self.serves, self._restarting(child.start), DOWN)

    def _restarting(self, start: Callable[[], None]) -> Callable[[Sequence[psutil.Process]], Awaitable[None]]:
        async def restart(family: Sequence[psutil.Process]) -> None:
            await asyncio.to_thread(psutil.wait_procs, family, 10)
            await asyncio.to_thread(start)

        return restart
