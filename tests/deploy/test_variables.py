"""The table of settings is what the code reads, and what the documents tell."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import pytest

from accord.cli.installation.settings import as_markdown
from deploy.variables import SETTINGS, NotConfigured, Setting, configured, fault_of, shown
from tests.accord.shell import Shell
from tests.conftest import ROOT

PRODUCT: Final = (
    "accord",
    "activities",
    "deploy",
    "domain",
    "ledger",
    "papers",
    "payments",
    "records",
    "registers",
    "workflows",
)
NAME: Final = re.compile(r"\"((?:ACCORD|TEMPORAL)_[A-Z_]+)\"")


def read_in(file: Path) -> set[str]:
    return set(NAME.findall(file.read_text("utf-8")))


def test_every_setting_that_the_code_reads_is_in_the_table_and_no_other() -> None:
    table = ROOT / "deploy" / "variables.py"
    code = [ROOT / "worker.py", *(file for room in PRODUCT for file in (ROOT / room).rglob("*.py") if file != table)]
    read = set().union(*(read_in(file) for file in code))
    assert read == {one.name for one in SETTINGS}


def test_the_documents_hold_the_table() -> None:
    page = (ROOT / "docs" / "operations.md").read_text("utf-8")
    assert as_markdown() in page, "docs/operations.md is stale; accord settings --format markdown prints its table"


async def test_a_secret_setting_is_said_to_be_set_and_not_shown() -> None:
    away = {"ACCORD_KEY_PASSPHRASE": "https://hunter2", "ACCORD_NOTICES": "https://u:hunter2@example.org/x"}
    shell = Shell(ACCORD_AS="ana.silva", **away)
    answer = await shell.done("settings", "--json")
    told = {one["name"]: one["value"] for one in answer.json}
    assert (told["ACCORD_AS"], told["ACCORD_KEY_PASSPHRASE"]) == ("ana.silva", "is set")
    assert told["ACCORD_NOTICES"] == "https://example.org"
    assert "hunter2" not in answer.words
    assert "ana.silva" in (await shell.done("settings")).words


BAD: Final = {
    "ACCORD_TRACES": "collector:4318",
    "ACCORD_PROBES": "8081",
    "ACCORD_METRICS": "host:99999",
    "ACCORD_INSTALLATION": "River bend",
    "ACCORD_LISTEN": "console.example.org",
    "ACCORD_QUEUE": "Rules",
    "ACCORD_BUILD_ID": "a b",
    "ACCORD_USER_AGENT": "Riverbend\nHost: elsewhere",
    "ACCORD_EU_TOKEN": "two words",
    "ACCORD_CONSOLE_ORIGIN": "http://accord.example.org",
    "ACCORD_COUNTER_ORIGIN": "http://counter.example.org",
    "ACCORD_API_ORIGIN": "http://api.example.org",
    "ACCORD_GRANTEE_ORIGIN": "http://forms.example.org",
    "ACCORD_SIGNING_ORIGIN": "https://sign.example.org/page",
    "ACCORD_OIDC_ISSUER": "https://[login",
    "ACCORD_SMTP": "mail.example.org:25",
    "ACCORD_MAIL_FROM": "Grants",
    "ACCORD_MAIL_GRANTEES": "yes",
    "ACCORD_MAIL_DKIM": "a selector",
    "ACCORD_MAIL_LANGUAGE": "English",
    "ACCORD_WEBHOOK_HOSTS": "https://ledger.internal",
}


def test_every_setting_that_has_a_form_is_tried_with_a_slip() -> None:
    assert set(BAD) == {one.name for one in SETTINGS if one.form is not None}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_setting_is_told_in_one_line_with_its_name_the_fault_and_the_remedy(name: str) -> None:
    with pytest.raises(NotConfigured) as told:
        configured(name, {name: BAD[name]})
    assert re.fullmatch(rf"{name}: .+ is no .+; write .+", str(told.value))


def test_what_is_not_given_or_has_its_form_is_returned_as_it_is_written() -> None:
    assert configured("ACCORD_PROBES", {}) == ""
    assert configured("ACCORD_PROBES", {"ACCORD_PROBES": "127.0.0.1:8081"}) == "127.0.0.1:8081"


@pytest.mark.parametrize("setting", [one for one in SETTINGS if one.shows != "all"], ids=lambda one: one.name)
def test_no_message_tells_a_secret(setting: Setting) -> None:
    for written in ("hunter2", "https:/u:hunter2@example.org", "postgresql://u:hunter2@host/accord"):
        fault = fault_of(setting.name, written)
        assert "hunter2" not in str(fault)
        assert "hunter2" not in shown(setting.name, written)


def test_nobody_reads_the_environment_but_the_table() -> None:
    """What is left are what a child process is given, what `--debug` sets, and the width of a terminal."""
    read = re.compile(r"os\.environ(\.get\(|\[)\"?[A-Z_]*\"?|os\.getenv")
    code = (file for room in PRODUCT for file in (ROOT / room).rglob("*.py") if file.name != "variables.py")
    found = {str(file.relative_to(ROOT)) for file in code if read.search(file.read_text("utf-8"))}
    assert found == {"accord/cli/main.py", "accord/cli/printing/output.py", "accord/operations/notifying.py"}
