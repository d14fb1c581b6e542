"""What one machine needs to run every process: settings, secrets, keys, units. Made once, and looked at again."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import asyncpg

from accord.presentation.faults import BadInput
from deploy.processes.places import SYSTEMD, settings_file, shared_settings
from deploy.processes.table import CHECKPOINT_KEY, PROCESSES, process_named
from deploy.processes.units import shared_folders, units
from deploy.roles import NO_LARGE_OBJECTS, takes_large_objects
from deploy.variables import SETTINGS, fault_of
from domain.fault import Fault
from ledger.proof.notes import SIGNATURE, NoteRefused, SigningKey

SETTINGS_FILE: Final = "settings.env"
BEFORE: Final = ".before"
EXAMPLE: Final = "example.org"
"""The host of every value that somebody must replace."""

QUESTIONS: Final[Mapping[str, str]] = {
    "ACCORD_DATABASE_URL": "The database, without a user",
    "TEMPORAL_ADDRESS": "Temporal's front end, HOST:PORT",
    "TEMPORAL_NAMESPACE": "Its namespace",
    "ACCORD_INSTALLATION": "A name of this installation, for metrics",
    "ACCORD_CONSOLE_ORIGIN": "The console's address, https://HOST",
    "ACCORD_SIGNING_ORIGIN": "The address of the page that signs, another host of the same site",
    "ACCORD_COUNTER_ORIGIN": "The counter's address, another host",
    "ACCORD_OIDC_ISSUER": "The OpenID provider that says who somebody is",
    "ACCORD_NOTICES": "Where notices go: a command or an HTTPS address; - for nowhere",
}
"""The settings that a set-up asks for, each with its question. The public key of the ledger is made."""

NOWHERE: Final = "-"
RUNS_FOR: Final[Mapping[str, tuple[str, ...]]] = {
    "ACCORD_NOTICES": ("notifier",),
    "ACCORD_SMTP": ("post",),
    "ACCORD_GRANTEE_ORIGIN": ("grantee", "examiner"),
}
"""The settings without which some processes have nothing to do, and those processes."""
LOG: Final = "ACCORD_LOG"


def read_settings(folder: Path) -> dict[str, str]:
    """Return the settings of an earlier set-up in a folder, or none."""
    try:
        lines = (folder / SETTINGS_FILE).read_text("utf-8").splitlines()
    except FileNotFoundError:
        return {}
    pairs = (line.partition("=") for line in lines if "=" in line and not line.startswith("#"))
    return {name: value for name, _, value in pairs}


def suggestion(name: str, answers: Mapping[str, str]) -> str:
    """Return what an answer probably is: as before, or what follows from the answers so far, or the usual value."""
    if name in answers:
        return answers[name]
    console = answers.get("ACCORD_CONSOLE_ORIGIN", "")
    site = (urlsplit(console).hostname or "").partition(".")[2]
    match name:
        case "ACCORD_SIGNING_ORIGIN" if site:
            return f"https://sign.{site}"
        case "ACCORD_COUNTER_ORIGIN" if site:
            return f"https://counter.{site}"
        case "ACCORD_OIDC_ISSUER" if site:
            return f"https://login.{site}"
        case "ACCORD_NOTICES":
            return NOWHERE
        case _:
            return shared_settings(SYSTEMD)[name]


def answer_fault(name: str, value: str) -> Fault | None:
    """Return the fault of an answer, with the remedy, or None."""
    if name == "ACCORD_NOTICES" and value == NOWHERE:
        return None
    if not value.strip():
        return Fault(f"{name}: nothing is given; write {QUESTIONS[name][0].lower()}{QUESTIONS[name][1:]}")
    host = urlsplit(value).hostname or ""
    if host == EXAMPLE or host.endswith(f".{EXAMPLE}"):
        return Fault(f"{name}: {value} is an example; write your own")
    if "@" in urlsplit(value).netloc:
        return Fault(f"{name}: it names a user; write it without one, since each process logs in as itself")
    return fault_of(name, value)


@dataclass(frozen=True, slots=True)
class Files:
    """The files of a set-up that changed, by what became of each."""

    new: tuple[str, ...]
    different: tuple[str, ...]
    same: tuple[str, ...]


def ledger_key(secrets: Path, name: str) -> tuple[str, bool]:
    """Return the public key of the ledger, and whether it was made now.

    Raises:
        BadInput: The key that is there cannot be read, or the name is none.
    """
    place = secrets / CHECKPOINT_KEY
    try:
        if place.exists():
            return str(SigningKey.parse(place.read_text("utf-8")).verifier), False
        key = SigningKey.make(name, SIGNATURE)
        handle = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as private:
            private.write(f"{key.written()}\n")
        place.with_name(f"{CHECKPOINT_KEY}.pub").write_text(f"{key.verifier}\n", "utf-8")
    except (NoteRefused, OSError) as fault:
        raise BadInput(f"{place}: {fault}") from fault
    return str(key.verifier), True


def write_files(folder: Path, answers: Mapping[str, str]) -> Files:
    """Write settings and units. A file that differs is replaced, and stands beside as `.before`."""
    new, different, same = list[str](), list[str](), list[str]()
    for name, text in _texts(answers):
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        before = place.read_text("utf-8") if place.exists() else None
        (same if before == text else new if before is None else different).append(name)
        if before not in (None, text):
            place.with_name(f"{place.name}{BEFORE}").write_text(str(before), "utf-8")
        if before != text:
            place.write_text(text, "utf-8")
    return Files(tuple(new), tuple(different), tuple(same))


def _texts(answers: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    yield SETTINGS_FILE, settings_with(answers)
    idle = {process_named(name).unit for name in _idle(answers)}  # they would end at once, again and again
    for name, text in {**units(), **shared_folders()}.items():
        if name not in idle:
            yield f"systemd/{name}", text


def _idle(answers: Mapping[str, str]) -> frozenset[str]:
    """Return the processes that have nothing to do."""
    idle = (processes for name, processes in RUNS_FOR.items() if answers.get(name, NOWHERE) == NOWHERE)
    return frozenset(process for processes in idle for process in processes)


def settings_with(answers: Mapping[str, str]) -> str:
    """Return the file of shared settings with these answers, in the form that every deployment has."""
    names = {setting.name for setting in SETTINGS}
    lines, line_names = list[str](), set[str]()
    for line in settings_file(SYSTEMD).splitlines():
        name = line.removeprefix("# ").partition("=")[0]
        if name in names and "=" in line:
            line_names.add(name)
            value = answers.get(name, "")
            line = f"# {name}=" if value in ("", NOWHERE) else f"{name}={value}"
        lines.append(line)
    lines += [f"{name}={value}" for name, value in answers.items() if name not in line_names and value]
    return "\n".join(lines) + "\n"


def secrets_missing(secrets: Path, answers: Mapping[str, str]) -> list[str]:
    """Return the files of secrets that processes need and that are not there: others hand them out."""
    idle = _idle(answers)
    names = dict.fromkeys(name for process in PROCESSES if process.name not in idle for name in process.secrets)
    return [name for name in names if not (secrets / name).exists()]


async def superuser_statements(connection: asyncpg.Connection) -> list[str]:
    """Return a superuser's missing statements, each to be said once."""
    statements = [NO_LARGE_OBJECTS] if await takes_large_objects(connection) else []
    copies = "SELECT rolreplication OR rolsuper FROM pg_roles WHERE rolname = current_user"
    if not await connection.fetchval(copies):
        user = await connection.fetchval("SELECT quote_ident(current_user)")
        statements.append(f"ALTER ROLE {user} REPLICATION")  # for `accord backup`
    return statements
