"""The embedded stack as a whole: start, supervise and stop its processes, and record their addresses."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import asyncpg
import psutil
from temporalio.common import SearchAttributeKey

from deploy import rights
from deploy.connections import connect_temporal
from deploy.database import ServiceUnavailable
from deploy.embedded.correspondence import MAILBOX, SEALER, Correspondence
from deploy.embedded.ports import LOOPBACK, free_port, keep_ports, page_ports, read_ports
from deploy.embedded.postgres import Postgres
from deploy.embedded.processes import STOP_SECONDS, ChildProcess, program
from deploy.logins import make_secret
from deploy.migrate import migrate
from deploy.payloads.keys import make_payload_keys
from deploy.settings import (
    DATABASE_VARIABLE,
    METRICS_VARIABLE,
    NOTICES_VARIABLE,
    PROBES_VARIABLE,
    SECRETS_VARIABLE,
    StackState,
    forget_stack,
    read_stack,
    write_stack,
)
from deploy.variables import configured
from workflows import attributes

WATCH_SECONDS: Final = 0.3
TEMPORAL_START_SECONDS: Final = 60.0
TEMPORAL_STARTS: Final = 3
LOG_KEY: Final = "ledger.key"
"""The file of the key that signs checkpoints and the lines of days, if somebody made one; beside it the public one."""
CHECKPOINTS: Final = "checkpoints"
HOSTS_VARIABLE: Final = "ACCORD_WEBHOOK_HOSTS"
THIS_MACHINE: Final = "127.0.0.1,localhost"
"""The hosts of one's own network to which a trial on one machine sends, unless others are named."""
WORKER: Final = ["-m", "worker"]
NOTIFIER: Final = ["-m", "accord", "notifier"]
POST: Final = ["-m", "accord", "post"]
PROJECTOR: Final = ["-m", "accord", "projector"]
LOADER: Final = ["-m", "accord", "loader"]
CONSOLE: Final = ["-m", "accord", "console"]
COUNTER: Final = ["-m", "accord", "counter"]
GRANTEE: Final = ["-m", "accord", "grantee"]
EXAMINER: Final = ["-m", "accord", "examiner"]
API: Final = ["-m", "accord", "api"]
WEBHOOKS: Final = ["-m", "accord", "webhooks", "send"]
PROVIDER: Final = ["-m", "accord.demo.sign_in"]
STARTS: Final = (
    WORKER,
    PROJECTOR,
    NOTIFIER,
    POST,
    LOADER,
    CONSOLE,
    COUNTER,
    GRANTEE,
    EXAMINER,
    API,
    WEBHOOKS,
    PROVIDER,
    SEALER,
    MAILBOX,
)
"""The beginnings of the commands of our own processes."""
PAGES: Final = ("console_url", "signing_url", "counter_url", "grantee_url", "login_url", "api_url")


class StackRuns(RuntimeError):
    """A stack runs in this folder already."""


class StackFailed(RuntimeError):
    """A process of the stack did not start. The message ends with the last lines of its log."""


class Stack:
    """PostgreSQL, Temporal, workers and a projector under one folder, supervised by the process that creates it."""

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
        self._refreshes = refreshes
        self._builds = builds
        folder.mkdir(parents=True, exist_ok=True)
        before = read_stack(folder)
        self._refuse_a_second(before)
        self.postgres = Postgres(folder / "postgres")
        kept = read_ports(folder)
        self._port, self._ui_port = free_port(kept.get("temporal")), free_port(kept.get("ui"))
        self._metrics: dict[str, str] = {}
        """The addresses at which processes export metrics, by their names."""
        self._pages = page_ports(folder, PAGES if console else ())
        self._letters = Correspondence(folder, self.postgres.secrets, free_port(kept.get("mail")))
        self.temporal = self._temporal()
        self.workers: list[ChildProcess] = []
        self._worker_count = workers
        self._stopping = False

    @property
    def state(self) -> StackState:
        """The addresses and process ids of the stack."""
        children = {child.name: child.pid for child in (self.temporal, *self.workers)}
        return StackState(
            supervisor_pid=os.getpid(),
            database_url=self.postgres.address,
            temporal_address=f"{LOOPBACK}:{self._port}",
            ui_url=self._ui_url,
            metrics_url=f"http://{self._metrics['worker-1']}/metrics" if "worker-1" in self._metrics else "",
            metrics=dict(self._metrics),
            pids={"postgres": self.postgres.pid, **children},
            sealer=self._letters.seal_socket,
            **self._addresses,
        )

    @property
    def _ui_url(self) -> str:
        """The address of the Temporal UI: of the same site as the console, which decrypts for it."""
        return f"http://localhost:{self._ui_port}"

    @property
    def _addresses(self) -> dict[str, str]:
        """The addresses of the pages. They name localhost, where browsers let a page without https use a key."""
        return {name: f"http://localhost:{port}" for name, port in self._pages.items()}

    async def start(self) -> tuple[str, ...]:
        """Start all processes, each after those that it uses, and return the names of the migrations that were applied.

        Raises:
            StackFailed: Temporal did not start.
        """
        self.postgres.start()
        await self.postgres.create_database()
        connection = await asyncpg.connect(self.postgres.url)
        try:
            migrations = await migrate(connection)
            await rights.open_forms(connection)  # no worker of another release runs here
        finally:
            await connection.close()
        await self.postgres.make_logins()
        make_payload_keys(self.postgres.secrets)
        await self._start_temporal()
        self.workers = [self._worker(number) for number in range(1, self._worker_count + 1)]
        if self.workers:
            self.workers.append(self._projector())
        if self.workers and configured(NOTICES_VARIABLE):
            self.workers.append(self._notifier())
        if self.workers:
            self.workers += self._letters.children()
        if self.workers and (configured("ACCORD_SMTP") or self._letters.keeps_mail):
            self.workers.append(self._post())
        if self._refreshes:
            self.workers.append(self._loader())
        if self._pages:
            self.workers += [self._provider(), self._console(), self._counter(), *self._door(), *self._programs()]
        for worker in self.workers:
            worker.start()
        write_stack(self.folder, self.state)
        ports = {"temporal": self._port, "ui": self._ui_port, "mail": self._letters.port}
        metrics = {f"metrics of {name}": int(at.rpartition(":")[2]) for name, at in self._metrics.items()}
        keep_ports(self.folder, {**read_ports(self.folder), **ports, **metrics, **self._pages})
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

    def _worker(self, number: int) -> ChildProcess:
        temporal = {"TEMPORAL_ADDRESS": f"{LOOPBACK}:{self._port}", "TEMPORAL_NAMESPACE": "default"}
        console = {"ACCORD_CONSOLE_ORIGIN": self._addresses["console_url"]} if self._pages else {}
        settings = {**temporal, **console, "ACCORD_BUILD_ID": self._build(number)}
        return self._child(f"worker-{number}", WORKER, settings)

    def _build(self, number: int) -> str:
        """The version of a worker: none, where one machine runs one release."""
        if self._builds:
            return self._builds[(number - 1) % len(self._builds)]
        return configured("ACCORD_BUILD_ID") or "none"

    def _projector(self) -> ChildProcess:
        return self._child("projector", PROJECTOR, {})

    def _notifier(self) -> ChildProcess:
        return self._child("notifier", [*NOTIFIER, "--state", str(self.folder / "notices.db")], {})

    def _post(self) -> ChildProcess:
        return self._child("post", POST, {**(self._origins if self._pages else {}), **self._letters.mail_settings})

    def _loader(self) -> ChildProcess:
        temporal = {"TEMPORAL_ADDRESS": f"{LOOPBACK}:{self._port}", "TEMPORAL_NAMESPACE": "default"}
        return self._child("loader", LOADER, temporal)

    def _console(self) -> ChildProcess:
        of_the_ui = {"ACCORD_TEMPORAL_UI": self._ui_url, "ACCORD_CODEC_TOKEN": self._codec_token}
        sealer = {"ACCORD_SEALER": configured("ACCORD_SEALER") or self._letters.seal_socket}
        settings = {**self._origins, **of_the_ui, "ACCORD_PAPERS": self._papers, **sealer, **self.lines_of_days}
        return self._child("console", CONSOLE, settings)

    @property
    def lines_of_days(self) -> dict[str, str]:
        """The settings by which the console shows the signed line of each day, if this folder has a key that signs."""
        public = self.folder / f"{LOG_KEY}.pub"
        if configured("ACCORD_LOG") or configured("ACCORD_CHECKPOINTS") or not public.exists():
            return {}
        return {"ACCORD_CHECKPOINTS": str(self.folder / CHECKPOINTS), "ACCORD_LOG": str(public)}

    def _counter(self) -> ChildProcess:
        return self._child(
            "counter", COUNTER, {**self._origins, "ACCORD_COUNTER_FOLDER": str(self.folder / "payments")}
        )

    def _door(self) -> tuple[ChildProcess, ChildProcess]:
        """The door of grantees, and the examiner of what comes in there."""
        quarantine = {"ACCORD_QUARANTINE": str(self.folder / "quarantine")}
        door = {"ACCORD_GRANTEE_ORIGIN": self._addresses["grantee_url"], **quarantine}
        return (
            self._child("grantee", GRANTEE, door),
            self._child("examiner", EXAMINER, {"ACCORD_PAPERS": self._papers, **quarantine}),
        )

    def _programs(self) -> tuple[ChildProcess, ChildProcess]:
        """The API that programs read, and the sender to those that hear. Both wait until two guardians let one in."""
        return self._child("api", API, self.of_the_api), self._child("webhooks", WEBHOOKS, self.of_webhooks)

    @property
    def of_the_api(self) -> dict[str, str]:
        """The settings of the API: its own address, and the checkpoints that somebody signs into the stack's folder."""
        checkpoints = configured("ACCORD_CHECKPOINTS") or str(self.folder / CHECKPOINTS)
        return {"ACCORD_API_ORIGIN": self._addresses["api_url"], "ACCORD_CHECKPOINTS": checkpoints}

    @property
    def of_webhooks(self) -> dict[str, str]:
        """The settings of the sender: a receiver that is tried runs on this machine."""
        return {HOSTS_VARIABLE: configured(HOSTS_VARIABLE) or THIS_MACHINE}

    @property
    def _papers(self) -> str:
        return configured("ACCORD_PAPERS") or str(self.folder / "papers")

    @property
    def _origins(self) -> dict[str, str]:
        """The settings of both processes with pages."""
        addresses = self._addresses
        return {
            "TEMPORAL_ADDRESS": f"{LOOPBACK}:{self._port}",
            "TEMPORAL_NAMESPACE": "default",
            "ACCORD_CONSOLE_ORIGIN": addresses["console_url"],
            "ACCORD_SIGNING_ORIGIN": addresses["signing_url"],
            "ACCORD_COUNTER_ORIGIN": addresses["counter_url"],
            "ACCORD_GRANTEE_ORIGIN": addresses["grantee_url"],
            "ACCORD_OIDC_ISSUER": addresses["login_url"],
        }

    @property
    def _codec(self) -> str:
        """The address at which the console decodes for the stack's own Temporal UI."""
        return f"{self._addresses['console_url']}/codec/{self._codec_token}"

    @property
    def _codec_token(self) -> str:
        """The token by which that UI decodes without a click: sign-in asks for no password here."""
        return make_secret(self.postgres.secrets / "codec")

    def _provider(self) -> ChildProcess:
        return self._child("login", [*PROVIDER, str(self._pages["login_url"])], {"AUTHLIB_INSECURE_TRANSPORT": "1"})

    def _child(self, name: str, command: list[str], environment: dict[str, str]) -> ChildProcess:
        database = {DATABASE_VARIABLE: self.postgres.address, SECRETS_VARIABLE: str(self.postgres.secrets)}
        if name != "login":
            # Each has its own addresses: at one that is set for all of them, only the first worker can listen.
            self._metrics[name] = self._metrics_address(name)
            database |= {METRICS_VARIABLE: self._metrics[name], PROBES_VARIABLE: ""}
        log = self.folder / "logs" / f"{name}.log"
        return ChildProcess(name, [sys.executable, *command], log, {**database, **environment})

    def _metrics_address(self, name: str) -> str:
        if name == "worker-1" and (address := configured(METRICS_VARIABLE)):
            return address
        return f"{LOOPBACK}:{free_port(read_ports(self.folder).get(f'metrics of {name}'))}"

    def _temporal_command(self) -> list[str]:
        return [
            *(program("temporal"), "server", "start-dev", "--log-level", "warn", "--ui-disable-news-fetch"),
            *("--db-filename", str(self.folder / "temporal.sqlite"), "--ip", LOOPBACK, "--ui-ip", LOOPBACK),
            *("--port", str(self._port), "--ui-port", str(self._ui_port)),
            *(("--ui-codec-endpoint", self._codec) if self._pages else ()),
            *(f"--search-attribute={key.name}={_flag_type(key)}" for key in attributes.ALL),
        ]

    def _temporal(self) -> ChildProcess:
        return ChildProcess("temporal", self._temporal_command(), self.folder / "logs" / "temporal.log")

    async def _start_temporal(self) -> None:
        """Start Temporal on its previous ports, and on others if it ends because another process has one of them.

        It takes further ports for its own services, and falls if another process binds one of those before it does:
        another Temporal that starts beside it, for instance (temporalio/cli#581, #667).
        """
        for retries in reversed(range(TEMPORAL_STARTS)):
            self._port, self._ui_port = free_port(self._port), free_port(self._ui_port)
            self.temporal = self._temporal()
            self.temporal.start()
            try:
                await self._until_temporal_serves()
                return
            except StackFailed:
                if not retries or self.temporal.alive():
                    raise

    async def _until_temporal_serves(self) -> None:
        """Wait for Temporal to accept clients, which takes a while after it opens its port."""
        deadline = time.monotonic() + TEMPORAL_START_SECONDS
        while (fault := await self._refused()) is not None:
            if not self.temporal.alive() or time.monotonic() > deadline:
                raise StackFailed(f"Temporal did not start: {fault}\n{self.temporal.last_lines()}")
            await asyncio.sleep(0.1)

    async def _refused(self) -> ServiceUnavailable | None:
        try:
            await connect_temporal(self.state.temporal_address, secrets=self.postgres.secrets)
        except ServiceUnavailable as fault:
            return fault
        return None

    def _refuse_a_second(self, before: StackState | None) -> None:
        """Raise StackRuns if another supervisor is alive, or terminate the processes that a dead one left behind."""
        if before is None:
            return
        if before.supervisor_pid != os.getpid() and psutil.pid_exists(before.supervisor_pid):
            raise StackRuns(f"a stack runs in {self.folder} already (process {before.supervisor_pid})")
        left_over = [
            psutil.Process(pid)
            for name, pid in before.pids.items()
            if name != "postgres" and _is_left_over(name, pid, str(self.folder))
        ]
        for process in left_over:
            process.terminate()
        for process in psutil.wait_procs(left_over, STOP_SECONDS)[1]:
            process.kill()


def _flag_type(key: SearchAttributeKey[Any]) -> str:
    return "".join(part.title() for part in key.indexed_value_type.name.split("_"))


def _is_left_over(name: str, pid: int, folder: str) -> bool:
    """True if a process id still belongs to the child that we started, and was not reused since."""
    try:
        command = psutil.Process(pid).cmdline()
    except psutil.Error:
        return False
    if name == "temporal":
        return folder in " ".join(command)
    return any(command[1 : 1 + len(start)] == start for start in STARTS)
