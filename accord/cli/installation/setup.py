"""Shell command: set up an installation on one machine."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Final, NamedTuple
from urllib.parse import urlsplit

import asyncpg
import typer
from temporalio.service import RPCError

from accord.cli.installation.stack import migrated
from accord.cli.options import JsonOption, run
from accord.cli.printing.output import err, out, print_json
from accord.operations.setting_up import (
    LOG,
    QUESTIONS,
    Files,
    answer_fault,
    ledger_key,
    read_settings,
    secrets_missing,
    suggestion,
    superuser_statements,
    write_files,
)
from accord.presentation.faults import BadInput
from accord.presentation.words.codes import words_of
from accord.runs.preparing import ensure_namespace
from deploy.connections import connect_temporal, temporal_answer
from deploy.database import ServiceUnavailable
from deploy.payloads.keys import FILE, make_payload_keys
from deploy.processes.table import OIDC_RETURN, PROCESSES
from deploy.processes.units import SECRETS, SETTINGS_FILE, TARGET
from deploy.settings import admin_url
from domain.directory.tiers import FIRST_RULES
from domain.partnership.people.fewest import FEWEST_GUARDIANS, fewest_staff, first_staff

SECRETS_FOLDER: Final = "secrets"
STATEMENTS: Final = "superuser.sql"
CLIENTS: Final = {"oidc-console": ("accord", "ACCORD_CONSOLE_ORIGIN"),
                  "oidc-counter": ("accord-counter", "ACCORD_COUNTER_ORIGIN")}  # fmt: skip
"""The client of each process at the OpenID provider, by the file of its secret, with the setting of its origin."""


class _Outcome(NamedTuple):
    """The outcome of a set-up."""

    migrations: tuple[str, ...]
    logins: tuple[str, ...]
    keys: tuple[str, ...]
    files: Files
    missing: list[str]
    namespace: str
    """The new namespace of Temporal's, or ''."""
    temporal: str
    """The reason why there is none yet, or ''."""
    superuser: list[str]
    """A superuser's missing statements. A file holds them."""


def setup(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="A folder of root's alone, such as /etc/accord.")],
    ledger: Annotated[str, typer.Option("--ledger", help="The ledger's name, as ledger.example.org.")] = "",
    answers_file: Annotated[
        Path | None, typer.Option("--answers", help='The settings as NAME = "value" in TOML, instead of questions.')
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do what it says without asking.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Set up an installation on one machine: schema, logins, secrets, keys, Temporal's namespace, settings, and units.

    It asks what it must know, says what it will do, and asks before it does it. Given again, it keeps every secret and
    key, changes what was answered otherwise, and leaves the file before beside it. ACCORD_DATABASE_URL names who
    migrates; nobody else needs that secret. At the end it says who must be there, and what comes first.
    Example: ACCORD_DATABASE_URL=postgresql://admin:SECRET@localhost/accord accord setup /etc/accord
    """
    answers = _answers(folder, _given(answers_file), asks=not (yes or as_json))
    name = ledger or f"ledger.{_site(answers)}"
    if not as_json:
        _say_plan(folder, name)
        if not yes and not typer.confirm("Do this?", err=True):
            raise typer.Exit(1)
    outcome = _set_up(folder, answers, name)
    if as_json:
        print_json({**outcome._asdict(), "people": _people(), "next": _steps(folder, outcome, answers)})
        return
    _say_done(outcome)
    _say_people()
    for number, step in enumerate(_steps(folder, outcome, answers), 1):
        out.print(f"{number}. {step}", markup=False, soft_wrap=True)


def _given(file: Path | None) -> dict[str, str]:
    if file is None:
        return {}
    try:
        content = tomllib.loads(file.read_text("utf-8"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise BadInput(f"--answers: {file} cannot be read ({fault})") from fault
    if unknown := sorted(content.keys() - QUESTIONS.keys()):
        raise BadInput(f"--answers: {unknown[0]} is nothing that is asked; write one of {', '.join(QUESTIONS)}")
    return {name: str(value) for name, value in content.items()}


def _answers(folder: Path, file_answers: Mapping[str, str], asks: bool) -> dict[str, str]:
    """Return an answer to each question: as given, as asked, or as before.

    Raises:
        BadInput: One is none. Every fault is named.
    """
    answers, faults = {**read_settings(folder)}, list[str]()
    for name, question in QUESTIONS.items():
        value = file_answers.get(name) or suggestion(name, answers)
        while asks and name not in file_answers:
            value = str(typer.prompt(question, default=value, err=True)).strip()
            if (fault := answer_fault(name, value)) is None:
                break
            err.print(f"{fault}.", markup=False, soft_wrap=True)
        if fault := answer_fault(name, value):
            faults.append(str(fault))
        answers[name] = value
    if faults:
        raise BadInput("; ".join(faults))
    return answers


def _site(answers: Mapping[str, str]) -> str:
    return answers["ACCORD_CONSOLE_ORIGIN"].rpartition("/")[2].partition(":")[0].partition(".")[2] or "localhost"


def _say_plan(folder: Path, name: str) -> None:
    err.print(
        "This migrates the database, makes the logins that are missing, and Temporal's namespace if there is none, and "
        f"writes to {folder}: {SECRETS_FOLDER}/ "
        f"with a secret for each task, the ring of payload keys and the key of {name}; settings.env; "
        "systemd/ with a unit for each process (no notifier if nobody is to be told). No secret or key that is there "
        "is replaced.",
        markup=False, soft_wrap=True,
    )  # fmt: skip


def _set_up(folder: Path, answers: dict[str, str], name: str) -> _Outcome:
    secrets = folder / SECRETS_FOLDER
    try:
        secrets.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as fault:
        raise BadInput(f"FOLDER: {folder} cannot be made ({fault.strerror})") from fault
    migrations, logins, _ = run(migrated(secrets, end_old=False))
    keys = [] if (secrets / FILE).exists() else [FILE]
    make_payload_keys(secrets)
    public, is_new = ledger_key(secrets, name)
    keys += [name] if is_new else []
    files = write_files(folder, {**answers, LOG: public})
    is_made, away = run(_namespace(answers, secrets))
    statements = run(_superuser_statements())
    if statements:
        (folder / STATEMENTS).write_text("".join(f"{statement};\n" for statement in statements), "utf-8")
    return _Outcome(
        migrations, tuple(logins.made), tuple(keys), files, secrets_missing(secrets, answers),
        answers["TEMPORAL_NAMESPACE"] if is_made else "", away, statements,
    )  # fmt: skip


async def _namespace(answers: Mapping[str, str], secrets: Path) -> tuple[bool, str]:
    """Return True if Temporal's namespace was made now, and the reason why there is none yet, or ''."""
    try:
        client = await connect_temporal(answers["TEMPORAL_ADDRESS"], secrets=secrets)
        return await ensure_namespace(client, answers["TEMPORAL_NAMESPACE"]), ""
    except ServiceUnavailable as fault:
        return False, str(fault)
    except RPCError as fault:
        return False, temporal_answer(fault)


async def _superuser_statements() -> list[str]:
    connection = await asyncpg.connect(admin_url(), timeout=5)
    try:
        return await superuser_statements(connection)
    finally:
        await connection.close()


def _say_done(outcome: _Outcome) -> None:
    for label, names in (
        ("Migrated", outcome.migrations), ("Logins made", outcome.logins), ("Keys made", outcome.keys),
        ("Namespace made in Temporal", (outcome.namespace,) if outcome.namespace else ()),
        ("Files made", outcome.files.new), ("Files changed, each with its .before", outcome.files.different),
        ("Kept as they were", outcome.files.same),
    ):  # fmt: skip
        if names:
            out.print(f"{label}: {', '.join(names)}.", markup=False, soft_wrap=True)


def _people() -> list[dict[str, Any]]:
    return [member._asdict() for member in first_staff()]


def _say_people() -> None:
    staff, small_tier = first_staff(), FIRST_RULES.tiers[0]
    out.print(
        f"At least {len(staff)} people lead a grant of any sum and risk by the rules that the founding's form offers, "
        f"since some parts in it exclude each other; {len(fewest_staff(small_tier.quorum))} lead one up to "
        f"{small_tier.currency} {small_tier.up_to:,} whose risk is not elevated. {FEWEST_GUARDIANS} of "
        "them are directors or auditors, since two whom it does not concern sign each change of people and keys:",
        markup=False, soft_wrap=True,
    )  # fmt: skip
    for roles, parts in staff:
        words = (", ".join(map(words_of, roles)), ", ".join(map(words_of, parts)))
        out.print("- {}: {}".format(*words), markup=False, soft_wrap=True)


def _steps(folder: Path, outcome: _Outcome, answers: Mapping[str, str]) -> list[str]:
    """Return the next steps, in order."""
    place = folder.absolute()
    environment = f"set -a; . {place / Path(SETTINGS_FILE).name}; ACCORD_SECRETS={place / SECRETS_FOLDER}; set +a"
    return [
        *_steps_of_others(place, outcome, answers),
        f"Install {place}/systemd/* into /etc/systemd/system"
        + (f", and the rest of {place} as {SETTINGS_FILE} and {SECRETS}" if str(place) != "/etc/accord" else "")
        + f"; then: systemctl enable --now {TARGET}",
        f"In a shell of {place}'s owner: {environment}; accord doctor. Each line says what is wrong, with the remedy.",
        f"Found the organisation at {answers['ACCORD_CONSOLE_ORIGIN']}: its first people make passkeys there, and one "
        "command in that shell records them.",
        "The loader fetches the registers: `accord registers status` shows them, and nothing is approved before.",
        "Copy the folder of checkpoints to another machine, and let `accord backup FOLDER` run each night. The signer "
        f"tells its age once that folder is ACCORD_BACKUPS in {Path(SETTINGS_FILE).name}.",
    ]


def _steps_of_others(place: Path, outcome: _Outcome, answers: Mapping[str, str]) -> Iterator[str]:
    """Yield the steps at the OpenID provider, Temporal, the database and a proxy."""
    for file in outcome.missing:
        client, setting = CLIENTS[file]
        yield (
            f"Enter {client} as a client at {answers['ACCORD_OIDC_ISSUER']}, which leads back to "
            f"{answers[setting]}{OIDC_RETURN} and says who somebody is by their id here, and put its secret into "
            f"{place / SECRETS_FOLDER / file} (mode 0600)."
        )
    if outcome.temporal:
        yield f"Give this again once Temporal answers, which makes its namespace: {outcome.temporal}"
    if outcome.superuser:
        database = urlsplit(answers["ACCORD_DATABASE_URL"]).path.removeprefix("/")
        yield (
            f"Let a superuser of the database say what {place / STATEMENTS} holds, once: "
            f"sudo -u postgres psql {database} < {place / STATEMENTS}"
        )
    origins = [
        f"{origin} ({port})"
        for process in PROCESSES
        for setting, port in process.pages
        if (origin := answers.get(setting, "")).startswith("https:")
    ]
    if origins:
        yield f"Let a proxy on this machine speak https for {', '.join(origins)}."


def register(app: typer.Typer) -> None:
    """Add the command of this module to `accord`."""
    app.command()(setup)
