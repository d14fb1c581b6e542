"""The processes of our own code in a stack: what each is started with, and which settings it is given."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

from deploy.embedded.correspondence import MAILBOX, SEALER, Correspondence
from deploy.embedded.ports import LOOPBACK, free_port, read_ports
from deploy.embedded.postgres import Postgres
from deploy.embedded.processes import ChildProcess
from deploy.embedded.temporal import TemporalServer
from deploy.logins import make_secret
from deploy.settings import DATABASE_VARIABLE, METRICS_VARIABLE, NOTICES_VARIABLE, PROBES_VARIABLE, SECRETS_VARIABLE
from deploy.variables import configured

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
LOG_KEY: Final = "ledger.key"
"""The file of the key that signs checkpoints and the lines of days, if somebody made one; beside it the public one."""
CHECKPOINTS: Final = "checkpoints"
HOSTS_VARIABLE: Final = "ACCORD_WEBHOOK_HOSTS"
THIS_MACHINE: Final = "127.0.0.1,localhost"
"""The hosts of one's own network to which a trial on one machine sends, unless others are named."""


class StackPrograms:
    """The processes of a stack beside its two servers, made but not started."""

    def __init__(
        self,
        folder: Path,
        postgres: Postgres,
        temporal: TemporalServer,
        letters: Correspondence,
        page_addresses: dict[str, str],
        builds: tuple[str, ...] = (),
    ) -> None:
        """Prepare them. `builds`: the version of each worker, in turn. Without any, none of them has one."""
        self._folder, self._postgres, self._temporal = folder, postgres, temporal
        self._letters, self._addresses, self._builds = letters, page_addresses, builds
        self.metrics: dict[str, str] = {}
        """The addresses at which processes export metrics, by their names."""

    def beside_workers(self) -> list[ChildProcess]:
        """Return the processes that a stack with workers has beside them."""
        has_mail = configured("ACCORD_SMTP") or self._letters.keeps_mail
        return [
            self._projector(),
            *([self._notifier()] if configured(NOTICES_VARIABLE) else []),
            *self._letters.children(),
            *([self._post()] if has_mail else []),
        ]

    def with_pages(self) -> list[ChildProcess]:
        """Return the processes of a stack that people and programs reach with a browser or over HTTP."""
        return [self._provider(), self._console(), self._counter(), *self._door(), *self._interfaces()]

    def loader(self) -> ChildProcess:
        """Return the process that fetches registers from their publishers."""
        return self._child("loader", LOADER, self._temporal.settings)

    def worker(self, number: int) -> ChildProcess:
        """Return a worker. `number`: 1 for the first."""
        console = {"ACCORD_CONSOLE_ORIGIN": self._addresses["console_url"]} if self._addresses else {}
        settings = {**self._temporal.settings, **console, "ACCORD_BUILD_ID": self._build(number)}
        return self._child(f"worker-{number}", WORKER, settings)

    def _build(self, number: int) -> str:
        """The version of a worker: none, where one machine runs one release."""
        if self._builds:
            return self._builds[(number - 1) % len(self._builds)]
        return configured("ACCORD_BUILD_ID") or "none"

    def _projector(self) -> ChildProcess:
        return self._child("projector", PROJECTOR, {})

    def _notifier(self) -> ChildProcess:
        return self._child("notifier", [*NOTIFIER, "--state", str(self._folder / "notices.db")], {})

    def _post(self) -> ChildProcess:
        return self._child("post", POST, {**(self._origins if self._addresses else {}), **self._letters.mail_settings})

    def _provider(self) -> ChildProcess:
        port = self._addresses["login_url"].rpartition(":")[2]
        return self._child("login", [*PROVIDER, port], {"AUTHLIB_INSECURE_TRANSPORT": "1"})

    def _console(self) -> ChildProcess:
        token = codec_token(self._postgres.secrets)
        of_the_ui = {"ACCORD_TEMPORAL_UI": self._temporal.ui_url, "ACCORD_CODEC_TOKEN": token}
        sealer = {"ACCORD_SEALER": configured("ACCORD_SEALER") or self._letters.seal_socket}
        settings = {**self._origins, **of_the_ui, "ACCORD_PAPERS": self._papers, **sealer, **self.lines_of_days}
        return self._child("console", CONSOLE, settings)

    @property
    def lines_of_days(self) -> dict[str, str]:
        """The settings by which the console shows the signed line of each day, if this folder has a key that signs."""
        public = self._folder / f"{LOG_KEY}.pub"
        if configured("ACCORD_LOG") or configured("ACCORD_CHECKPOINTS") or not public.exists():
            return {}
        return {"ACCORD_CHECKPOINTS": str(self._folder / CHECKPOINTS), "ACCORD_LOG": str(public)}

    def _counter(self) -> ChildProcess:
        return self._child(
            "counter", COUNTER, {**self._origins, "ACCORD_COUNTER_FOLDER": str(self._folder / "payments")}
        )

    def _door(self) -> tuple[ChildProcess, ChildProcess]:
        """The door of grantees, and the examiner of what comes in there."""
        quarantine = {"ACCORD_QUARANTINE": str(self._folder / "quarantine")}
        door = {"ACCORD_GRANTEE_ORIGIN": self._addresses["grantee_url"], **quarantine}
        return (
            self._child("grantee", GRANTEE, door),
            self._child("examiner", EXAMINER, {"ACCORD_PAPERS": self._papers, **quarantine}),
        )

    def _interfaces(self) -> tuple[ChildProcess, ChildProcess]:
        """The API that programs read, and the sender to those that hear. Both wait until two guardians let one in."""
        return self._child("api", API, self.of_the_api), self._child("webhooks", WEBHOOKS, self.of_webhooks)

    @property
    def of_the_api(self) -> dict[str, str]:
        """The settings of the API: its own address, and the checkpoints that somebody signs into the stack's folder."""
        checkpoints = configured("ACCORD_CHECKPOINTS") or str(self._folder / CHECKPOINTS)
        return {"ACCORD_API_ORIGIN": self._addresses["api_url"], "ACCORD_CHECKPOINTS": checkpoints}

    @property
    def of_webhooks(self) -> dict[str, str]:
        """The settings of the sender: a receiver that is tried runs on this machine."""
        return {HOSTS_VARIABLE: configured(HOSTS_VARIABLE) or THIS_MACHINE}

    @property
    def _papers(self) -> str:
        return configured("ACCORD_PAPERS") or str(self._folder / "papers")

    @property
    def _origins(self) -> dict[str, str]:
        """The settings of both processes with pages."""
        addresses = self._addresses
        return {
            **self._temporal.settings,
            "ACCORD_CONSOLE_ORIGIN": addresses["console_url"],
            "ACCORD_SIGNING_ORIGIN": addresses["signing_url"],
            "ACCORD_COUNTER_ORIGIN": addresses["counter_url"],
            "ACCORD_GRANTEE_ORIGIN": addresses["grantee_url"],
            "ACCORD_OIDC_ISSUER": addresses["login_url"],
        }

    def _child(self, name: str, command: list[str], environment: dict[str, str]) -> ChildProcess:
        database = {DATABASE_VARIABLE: self._postgres.address, SECRETS_VARIABLE: str(self._postgres.secrets)}
        if name != "login":
            # Each has its own addresses: at one that is set for all of them, only the first worker can listen.
            self.metrics[name] = self._metrics_address(name)
            database |= {METRICS_VARIABLE: self.metrics[name], PROBES_VARIABLE: ""}
        log = self._folder / "logs" / f"{name}.log"
        return ChildProcess(name, [sys.executable, *command], log, {**database, **environment})

    def _metrics_address(self, name: str) -> str:
        if name == "worker-1" and (address := configured(METRICS_VARIABLE)):
            return address
        return f"{LOOPBACK}:{free_port(read_ports(self._folder).get(f'metrics of {name}'))}"


def codec_address(console_url: str, secrets: Path) -> str:
    """Return the address at which the console decodes for the stack's own Temporal UI."""
    return f"{console_url}/codec/{codec_token(secrets)}"


def codec_token(secrets: Path) -> str:
    """Return the token by which that UI decodes without a click: sign-in asks for no password here."""
    return make_secret(secrets / "codec")
