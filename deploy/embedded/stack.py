"""The embedded stack as a whole: start, supervise and stop its processes, and record their addresses."""

from __future__ import annotations

import asyncio
import os
import subprocess
from contextlib import suppress
from pathlib import Path
from typing import Final

import asyncpg

from deploy import rights
from deploy.embedded.correspondence import Correspondence
from deploy.embedded.left_over import refuse_a_second
from deploy.embedded.ports import free_port, keep_ports, page_addresses, page_ports, read_ports
from deploy.embedded.postgres import Postgres
from deploy.embedded.processes import ChildProcess
from deploy.embedded.programs import PAGES, StackPrograms, codec_address
from deploy.embedded.temporal import TemporalServer
from deploy.migrate import migrate
from deploy.payloads.keys import make_payload_keys
from deploy.settings import StackState, forget_stack, read_stack, write_stack

WATCH_SECONDS: Final = 0.3


class Stack:
    """PostgreSQL, Temporal, workers and a projector under one folder, supervised by the process that creates it."""

    server_class: type[TemporalServer] = TemporalServer

    def __init__(
        self,
        folder: Path,
        workers: int = 1,
        refreshes: bool = False,
        console: bool = False,
        builds: tuple[str, ...] = (),
    ) -> None:
        """Prepare a stack without starting it.

        `builds`: the version of each worker, in turn; none of them has one if there are none.
        `refreshes`: fetch registers from their publishers once a day.
        `console`: serve the console and the counter, an OpenID provider for this machine alone, and the HTTP API; send
        to endpoints of webhooks.

        Raises:
            StackRuns: Another supervisor runs a stack in this folder.
            PortTaken: Another program has the port of a page, at whose origin passkeys were made.
        """
        self.folder = folder
        self._refreshes, self._worker_count = refreshes, workers
        folder.mkdir(parents=True, exist_ok=True)
        refuse_a_second(folder, read_stack(folder))
        self.postgres = Postgres(folder / "postgres")
        self._pages = page_ports(folder, PAGES if console else ())
        self._addresses = page_addresses(self._pages)
        codec = codec_address(self._addresses["console_url"], self.postgres.secrets) if console else ""
        self.server = self.server_class(folder, self.postgres.secrets, codec)
        self._letters = Correspondence(folder, self.postgres.secrets, free_port(read_ports(folder).get("mail")))
        self.programs = StackPrograms(folder, self.postgres, self.server, self._letters, self._addresses, builds)
        self.workers: list[ChildProcess] = []
        self._stopping = False

    @property
    def temporal(self) -> ChildProcess:
        """The process of Temporal, which is another one after a start on other ports."""
        return self.server.process

    @property
    def state(self) -> StackState:
        """The addresses and process ids of the stack."""
        children = {child.name: child.pid for child in (self.temporal, *self.workers)}
        metrics = self.programs.metrics
        return StackState(
            supervisor_pid=os.getpid(),
            database_url=self.postgres.address,
            temporal_address=self.server.address,
            ui_url=self.server.ui_url,
            metrics_url=f"http://{metrics['worker-1']}/metrics" if "worker-1" in metrics else "",
            metrics=dict(metrics),
            pids={"postgres": self.postgres.pid, **children},
            sealer=self._letters.seal_socket,
            **self._addresses,
        )

    async def start(self) -> tuple[str, ...]:
        """Start all processes, each after those that it uses, and return the names of the migrations that were applied.

        Raises:
            StackFailed: Temporal did not start.
        """
        self.postgres.start()
        migrations = await self._migrated()
        await self.postgres.make_logins()
        make_payload_keys(self.postgres.secrets)
        await self.server.start()
        self.workers = self._own_processes()
        for worker in self.workers:
            worker.start()
        write_stack(self.folder, self.state)
        self._keep_ports()
        return migrations

    async def supervise(self) -> None:
        """Restart every process that dies, until cancelled or stopped. One that does not start is tried again."""
        while not self._stopping:
            await asyncio.sleep(WATCH_SECONDS)
            if not self._stopping and self._revive():
                write_stack(self.folder, self.state)

    def stop(self) -> None:
        """Stop all processes, each before those that it uses."""
        self._stopping = True
        for child in (*self.workers, self.temporal):
            child.stop()
        self._letters.end()
        self.postgres.stop()
        forget_stack(self.folder)

    async def _migrated(self) -> tuple[str, ...]:
        """Bring the database to this release, and return the names of the migrations that were applied."""
        await self.postgres.create_database()
        connection = await asyncpg.connect(self.postgres.url)
        try:
            migrations = await migrate(connection)
            await rights.open_forms(connection)  # no worker of another release runs here
        finally:
            await connection.close()
        return migrations

    def _own_processes(self) -> list[ChildProcess]:
        workers = [self._worker(number) for number in range(1, self._worker_count + 1)]
        return [
            *workers,
            *(self.programs.beside_workers() if workers else []),
            *([self.programs.loader()] if self._refreshes else []),
            *(self.programs.with_pages() if self._pages else []),
        ]

    def _worker(self, number: int) -> ChildProcess:
        return self.programs.worker(number)

    def _keep_ports(self) -> None:
        ports = {"temporal": self.server.port, "ui": self.server.ui_port, "mail": self._letters.port}
        addresses = self.programs.metrics.items()
        metrics = {f"metrics of {name}": int(address.rpartition(":")[2]) for name, address in addresses}
        keep_ports(self.folder, {**read_ports(self.folder), **ports, **metrics, **self._pages})

    def _revive(self) -> bool:
        has_restart = not self.postgres.alive() and self._postgres_starts()
        for child in (self.temporal, *self.workers):
            if not child.alive():
                child.start()
                has_restart = True
        return has_restart

    def _postgres_starts(self) -> bool:
        """Start PostgreSQL again. Return False where it does not start, as on a full disk: somebody will make room."""
        with suppress(OSError, subprocess.SubprocessError, AssertionError, ValueError):
            self.postgres.start()
            return True
        return False
