"""A set-up asks for what nobody can know, writes what every process needs, and replaces no secret and no key."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Final

import asyncpg
import pytest

from accord.operations.setting_up import (
    QUESTIONS,
    Files,
    answer_fault,
    ledger_key,
    read_settings,
    secrets_missing,
    settings_with,
    suggestion,
    write_files,
)
from deploy.embedded.ports import free_port
from deploy.embedded.stack import Stack
from deploy.logins import as_user
from deploy.processes.table import PROCESSES
from domain.partnership.people.fewest import first_staff
from tests.accord.shell import BAD_INPUT, DONE, Shell

DATABASES: Final = itertools.count(1)
PAGES: Final = {"CONSOLE": 8080, "SIGNING": 8090, "COUNTER": 8070}
ANSWERS = {
    "ACCORD_DATABASE_URL": "postgresql://localhost:5432/accord",
    "TEMPORAL_ADDRESS": "localhost:7233",
    "TEMPORAL_NAMESPACE": "accord",
    "ACCORD_INSTALLATION": "accord",
    "ACCORD_CONSOLE_ORIGIN": "https://accord.funder.test",
    "ACCORD_SIGNING_ORIGIN": "https://sign.funder.test",
    "ACCORD_COUNTER_ORIGIN": "https://counter.funder.test",
    "ACCORD_OIDC_ISSUER": "https://login.funder.test",
    "ACCORD_NOTICES": "-",
}


def test_what_can_be_guessed_is_suggested() -> None:
    console = {"ACCORD_CONSOLE_ORIGIN": "https://accord.funder.test"}
    assert suggestion("ACCORD_SIGNING_ORIGIN", console) == "https://sign.funder.test"
    assert suggestion("ACCORD_COUNTER_ORIGIN", console) == "https://counter.funder.test"
    assert suggestion("ACCORD_NOTICES", {}) == "-"
    assert suggestion("TEMPORAL_ADDRESS", {"TEMPORAL_ADDRESS": "temporal:7233"}) == "temporal:7233"


@pytest.mark.parametrize(
    ("name", "value", "fault"),
    [
        ("ACCORD_CONSOLE_ORIGIN", "https://accord.example.org", "is an example"),
        ("ACCORD_CONSOLE_ORIGIN", "http://accord.funder.test", "is no origin"),
        ("ACCORD_DATABASE_URL", "postgresql://admin:secret@localhost/accord", "it names a user"),
        ("TEMPORAL_NAMESPACE", " ", "nothing is given"),
    ],
)
def test_an_answer_that_is_none_is_named_with_its_remedy(name: str, value: str, fault: str) -> None:
    found = str(answer_fault(name, value))
    assert (found.startswith(f"{name}: "), fault in found, "secret@" in found) == (True, True, False)


def test_every_answer_of_a_good_set_up_is_one() -> None:
    assert set(ANSWERS) == set(QUESTIONS)
    assert [fault for name, value in ANSWERS.items() if (fault := answer_fault(name, value))] == []


def test_settings_are_read_as_they_were_written(tmp_path: Path) -> None:
    answers = {**ANSWERS, "ACCORD_LOG": "ledger.funder.test+1234+key", "ACCORD_BACKUPS": "/mnt/backups"}
    (tmp_path / "settings.env").write_text(settings_with(answers), "utf-8")
    assert read_settings(tmp_path) == {name: value for name, value in answers.items() if value != "-"}
    assert "# ACCORD_NOTICES=" in (tmp_path / "settings.env").read_text("utf-8")


def test_the_same_set_up_changes_nothing_and_another_leaves_the_file_before(tmp_path: Path) -> None:
    first = write_files(tmp_path, ANSWERS)
    assert len(first.new) == len(PROCESSES)
    # The settings, the target, shared folders and their groups; no notifier where nobody is told, no mail and no door.
    assert write_files(tmp_path, ANSWERS) == Files((), (), first.new)
    told = write_files(tmp_path, {**ANSWERS, "ACCORD_NOTICES": "https://hooks.funder.test/accord"})
    assert (told.new, told.different) == (("systemd/accord-notifier.service",), ("settings.env",))
    assert write_files(tmp_path, ANSWERS).different == ("settings.env",)
    mailing = {**ANSWERS, "ACCORD_SMTP": "smtps://accord@mail.funder.test"}
    assert write_files(tmp_path, mailing).new == ("systemd/accord-post.service",)
    assert "smtp" in secrets_missing(tmp_path, mailing)
    door = {**ANSWERS, "ACCORD_GRANTEE_ORIGIN": "https://forms.funder.test"}
    assert write_files(tmp_path, door).new == ("systemd/accord-grantee.service", "systemd/accord-examiner.service")
    assert {"grantee", "examiner"} <= set(secrets_missing(tmp_path, door))
    changed = write_files(tmp_path, {**ANSWERS, "TEMPORAL_NAMESPACE": "trial"})
    assert changed.different == ("settings.env",)
    assert "TEMPORAL_NAMESPACE=accord\n" in (tmp_path / "settings.env.before").read_text("utf-8")
    assert "TEMPORAL_NAMESPACE=trial\n" in (tmp_path / "settings.env").read_text("utf-8")


def test_the_key_of_the_ledger_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    public, made = ledger_key(tmp_path, "ledger.funder.test")
    assert (made, ledger_key(tmp_path, "ledger.other.test")) == (True, (public, False))
    assert (tmp_path / "ledger.key").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "ledger.key.pub").read_text("utf-8").strip() == public
    assert {"oidc-console", "oidc-counter", "worker"} <= set(secrets_missing(tmp_path, ANSWERS))


@pytest.fixture
async def empty(template: str) -> str:
    """The address of an empty database, as a superuser."""
    server = await asyncpg.connect(template)
    name = f"set_up_{next(DATABASES)}"
    await server.execute(f"CREATE DATABASE {name} TEMPLATE template0")
    await server.close()
    return template.replace("/postgres?", f"/{name}?")


def written(folder: Path, **different: str) -> Path:
    """A file of answers."""
    file = folder / "answers.toml"
    file.write_text("".join(f'{name} = "{value}"\n' for name, value in {**ANSWERS, **different}.items()), "utf-8")
    return file


@pytest.mark.slow
async def test_it_sets_up_a_database_and_can_be_given_again(stack: Stack, empty: str, tmp_path: Path) -> None:
    """Given an empty database, when it is set up twice, then the second run makes nothing and keeps every secret."""
    shell, folder = Shell().as_administrator(empty), tmp_path / "etc"
    answers = written(tmp_path, TEMPORAL_ADDRESS=stack.state.temporal_address, TEMPORAL_NAMESPACE="set-up")
    first = await shell("setup", folder, "--answers", answers, "--json")
    assert first.code == DONE, first
    done = json.loads(first.stdout)
    assert (done["missing"], done["namespace"], done["temporal"]) == (["oidc-console", "oidc-counter"], "set-up", "")
    assert done["people"] == json.loads(json.dumps([member._asdict() for member in first_staff()]))
    secrets = {path.name: path.read_bytes() for path in (folder / "secrets").iterdir()}
    assert {"worker", "console", "payloads", "ledger.key"} <= set(secrets)
    again = json.loads((await shell.done("setup", folder, "--yes", "--json")).stdout)
    assert (again["migrations"], again["logins"], again["keys"], again["files"]["new"]) == ([], [], [], [])
    assert (again["namespace"], again["temporal"]) == ("", "")
    assert {path.name: path.read_bytes() for path in (folder / "secrets").iterdir()} == secrets
    plain = await shell.done("setup", folder, "--yes")
    for words in (
        "At least 6 people lead a grant of any sum and risk", "5 lead one up to USD 10,000.00",
            "- programme approver, director: an approval, an accepted report",
        "which leads back to https://accord.funder.test/login/return", f"{folder}/secrets/oidc-console",
        "systemctl enable --now", "Let a proxy on this machine speak https for https://accord.funder.test (8080)",
        f"set -a; . {folder}/settings.env",
    ):  # fmt: skip
        assert words in plain.words
    assert not any(secret.decode().strip() in plain.words for name, secret in secrets.items() if "pub" not in name)


@pytest.mark.slow
async def test_what_others_must_do_first_is_said(empty: str, tmp_path: Path) -> None:
    """Given no Temporal, and an administrator who is no superuser, then both are named with what they lack."""
    owner = await asyncpg.connect(empty)
    name = await owner.fetchval("SELECT current_database()")
    await owner.execute(f"CREATE ROLE keeper LOGIN CREATEROLE PASSWORD 'words'; ALTER DATABASE {name} OWNER TO keeper")
    shell = Shell().as_administrator(as_user(empty, "keeper", "words"))
    pages = {f"ACCORD_{page}_ORIGIN": f"http://localhost:{port}" for page, port in PAGES.items()}
    answers = written(tmp_path, TEMPORAL_ADDRESS=f"localhost:{free_port()}", **pages)
    told = (await shell.done("setup", tmp_path / "etc", "--answers", answers, "--yes")).words
    assert "Give this again once Temporal answers, which makes its namespace" in told
    assert f"sudo -u postgres psql accord < {tmp_path}/etc/superuser.sql" in told
    assert "speak https" not in told
    await owner.execute((tmp_path / "etc" / "superuser.sql").read_text("utf-8"))
    await owner.close()
    assert "Let a superuser" not in (await shell.done("setup", tmp_path / "etc", "--yes")).words


async def test_an_example_is_no_answer_and_nothing_is_written(template: str, tmp_path: Path) -> None:
    shell = Shell().as_administrator(template)
    answer = await shell("setup", tmp_path / "etc", "--yes")
    assert (answer.code, "ACCORD_CONSOLE_ORIGIN: https://accord.example.org is an example" in answer.message) == (
        BAD_INPUT, True,
    )  # fmt: skip
    assert not (tmp_path / "etc").exists()
    wrong = tmp_path / "answers.toml"
    wrong.write_text('ACCORD_CONSOL_ORIGIN = "https://accord.funder.test"\n', "utf-8")
    answer = await shell("setup", tmp_path / "etc", "--answers", wrong)
    assert (answer.code, "ACCORD_CONSOL_ORIGIN is nothing that is asked" in answer.message) == (BAD_INPUT, True)
