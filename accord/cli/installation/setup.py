"""Shell command: set up an installation on one machine."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Final, NamedTuple

import typer

from accord.cli.installation.stack import migrated
from accord.cli.options import JsonOption, run
from accord.cli.printing.output import err, out, print_json
from accord.operations.setting_up import (
    LOG,
    NOWHERE,
    QUESTIONS,
    Files,
    answer_fault,
    ledger_key,
    read_settings,
    secrets_missing,
    suggestion,
    write_files,
)
from accord.presentation.faults import BadInput
from accord.presentation.words.codes import words_of
from deploy.payloads.keys import FILE, make_payload_keys
from deploy.processes.units import SECRETS, SETTINGS_FILE, TARGET
from domain.partnership.people.fewest import fewest_people

SECRETS_FOLDER: Final = "secrets"


class _Outcome(NamedTuple):
    """The outcome of a set-up."""

    migrations: tuple[str, ...]
    logins: tuple[str, ...]
    keys: tuple[str, ...]
    files: Files
    missing: list[str]


def setup(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="A folder of root's alone, such as /etc/accord.")],
    ledger: Annotated[str, typer.Option("--ledger", help="The ledger's name, as ledger.example.org.")] = "",
    answers_file: Annotated[
        Path | None, typer.Option("--answers", help='The settings as NAME = "value" in TOML, instead of questions.')
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do what it says without asking.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Set up an installation on one machine: the schema, logins, secrets, keys, settings, and units for systemd.

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
        print_json({**outcome._asdict(), "people": fewest_people(None), "next": _steps(folder, outcome, answers)})
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
        f"This migrates the database, makes the logins that are missing, and writes to {folder}: {SECRETS_FOLDER}/ "
        f"with a secret for each task, the ring of payload keys and the key of {name}; settings.env; "
        "systemd/ with a unit for each process. No secret or key that is there is replaced.",
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
    return _Outcome(migrations, tuple(logins.made), tuple(keys), files, secrets_missing(secrets))


def _say_done(outcome: _Outcome) -> None:
    for label, names in (
        ("Migrated", outcome.migrations), ("Logins made", outcome.logins), ("Keys made", outcome.keys),
        ("Files made", outcome.files.new), ("Files changed, each with its .before", outcome.files.different),
        ("Kept as they were", outcome.files.same),
    ):  # fmt: skip
        if names:
            out.print(f"{label}: {', '.join(names)}.", markup=False, soft_wrap=True)


def _say_people() -> None:
    people = fewest_people(None)
    words = "; ".join(" with ".join(words_of(part) for part in person) for person in people)
    out.print(
        f"At least {len(people)} people lead a grant, since some parts in it exclude each other: {words}.",
        markup=False, soft_wrap=True,
    )  # fmt: skip


def _steps(folder: Path, outcome: _Outcome, answers: Mapping[str, str]) -> list[str]:
    """Return what comes next, in order."""
    console, signing, counter = (
        answers[f"ACCORD_{name}_ORIGIN"] for name in ("CONSOLE", "SIGNING", "COUNTER")
    )  # fmt: skip
    waiting = (
        [f"Put {' and '.join(outcome.missing)} into {folder / SECRETS_FOLDER}, each one secret."]
        if outcome.missing
        else []
    )
    silent = answers["ACCORD_NOTICES"] == NOWHERE
    return [
        *waiting,
        f"Let a proxy on this machine speak https for {console} (8080), {signing} (8090) and {counter} (8070).",
        f"Install {folder}/systemd/* into /etc/systemd/system"
        + (f", and the rest of {folder} as {SETTINGS_FILE} and {SECRETS}" if str(folder) != "/etc/accord" else "")
        + (", without accord-notifier.service: nobody is told anything" if silent else "")
        + f"; then: systemctl enable --now {TARGET}",
        "accord doctor: each line says what is wrong, with the remedy.",
        f"Found the organisation at {console}: its first people make passkeys there, and one command records them.",
        "Copy the folder of checkpoints to another machine, and let `accord backup` run each night.",
    ]


def register(app: typer.Typer) -> None:
    """Add the command of this module to `accord`."""
    app.command()(setup)
