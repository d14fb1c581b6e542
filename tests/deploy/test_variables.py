"""The table of settings is what the code reads, and what the documents tell."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from accord.cli.installation.settings import as_markdown
from deploy.variables import SETTINGS
from tests.accord.shell import Shell
from tests.conftest import ROOT

PRODUCT: Final = ("accord", "activities", "deploy", "domain", "ledger", "payments", "records", "registers", "workflows")
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
