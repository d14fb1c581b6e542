"""The house at whose door it is measured: real servers, and each process of ours as an operator starts it.

The door is held to one core. Those who come to it share that core: on machines of their own they would take nothing
from the console.
"""

from __future__ import annotations

import asyncio
import math
import os
import re
import sys
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import asyncpg
import httpx

from bench.door.lines import CORES, DOOR_CORES
from bench.office import Office, open_office
from deploy.database import closing, open_pool
from deploy.embedded.ports import free_port
from deploy.embedded.processes import ChildProcess
from deploy.logins import Login
from deploy.processes.table import EVEN_WEIGHT, process_named
from deploy.settings import DATABASE_VARIABLE, METRICS_VARIABLE, PROBES_VARIABLE, SECRETS_VARIABLE

_PEAK: Final = re.compile(r"VmHWM:\s+(\d+) kB")


@dataclass(frozen=True, slots=True)
class House:
    """The addresses of the house, its databases as two logins see them, and its processes."""

    office: Office
    folder: Path
    door: str
    """The origin of the door."""
    console: str
    """The origin of the console."""
    login: asyncpg.Pool
    """The database as the door's login sees it."""
    processes: dict[str, ChildProcess]

    @property
    def pool(self) -> asyncpg.Pool:
        """The database as its owner sees it."""
        return self.office.desk.pool

    def peak(self) -> int:
        """Return the most memory that the door held so far, in bytes."""
        status = Path(f"/proc/{self.processes['grantee'].pid}/status").read_text("utf-8")
        found = _PEAK.search(status)
        return int(found[1]) * 1024 if found else 0

    def start_worker(self) -> None:
        """Start the worker, which seals what was handed in by now."""
        self._begin("worker", ["-m", "worker"], self._temporal)

    def start_pages(self) -> None:
        """Start the door, the examiner and the console."""
        quarantine = {"ACCORD_QUARANTINE": str(self.folder / "quarantine")}
        papers = {"ACCORD_PAPERS": str(self.folder / "papers")}
        door = {"ACCORD_GRANTEE_ORIGIN": self.door, **quarantine}
        self._begin("grantee", ["-m", "accord", "grantee"], door, DOOR_CORES)
        self._begin("examiner", ["-m", "accord", "examiner"], {**quarantine, **papers})
        console = {
            "ACCORD_CONSOLE_ORIGIN": self.console,
            "ACCORD_SIGNING_ORIGIN": f"http://localhost:{free_port()}",
            "ACCORD_OIDC_ISSUER": "http://localhost:1",
        }
        self._begin("console", ["-m", "accord", "console"], {**self._temporal, **console, **papers})

    @property
    def _temporal(self) -> dict[str, str]:
        address = self.office.stack.state.temporal_address
        return {"TEMPORAL_ADDRESS": address, "TEMPORAL_NAMESPACE": "default", "ACCORD_BUILD_ID": "none"}

    def _begin(self, name: str, command: list[str], settings: dict[str, str], cores: Collection[int] = CORES) -> None:
        postgres = self.office.stack.postgres
        database = {DATABASE_VARIABLE: postgres.address, SECRETS_VARIABLE: str(postgres.secrets)}
        quiet = {METRICS_VARIABLE: "", PROBES_VARIABLE: ""}
        log = self.folder / "logs" / f"{name}.log"
        child = ChildProcess(name, [sys.executable, *command], log, {**database, **quiet, **settings})
        child.start()
        os.sched_setaffinity(child.pid, cores)  # before it has threads, which are held where it is
        give_way(child.pid, process_named(name).weight)
        self.processes[name] = child


def give_way(pid: int, weight: int) -> None:
    """Give a process its weight on processors, as its unit does: by niceness, of which a step is a fourth (sched(7)).

    Where the kernel groups processes by session, the group of its own has the same.
    """
    niceness = round(math.log(EVEN_WEIGHT / weight, 1.25))
    os.setpriority(os.PRIO_PROCESS, pid, niceness)
    with suppress(OSError):
        Path(f"/proc/{pid}/autogroup").write_text(str(niceness), "utf-8")


@asynccontextmanager
async def open_house(folder: Path) -> AsyncIterator[House]:
    """Start the servers and the processes with pages, and end them all in the end. The worker begins later."""
    async with open_office(folder) as office, closing(await _as_door(office)) as login:
        origins = [f"http://localhost:{free_port()}" for _ in range(2)]
        house = House(office, folder, origins[0], origins[1], login, {})
        try:
            house.start_pages()
            await asyncio.gather(_serves(f"{house.door}/health"), _serves(f"{house.console}/welcome"))
            yield house
        finally:
            for child in house.processes.values():
                await asyncio.to_thread(child.stop)


async def _as_door(office: Office) -> asyncpg.Pool:
    return await open_pool(office.stack.postgres.url_of(Login.GRANTEE), 8)


async def _serves(address: str) -> None:
    """Wait until a page is served."""
    async with httpx.AsyncClient() as asking:
        while True:
            with suppress(httpx.HTTPError):
                if (await asking.get(address)).status_code == 200:
                    return
            await asyncio.sleep(0.1)
