"""`accord door verify`: the receipt of a submission is checked without a database."""

from __future__ import annotations

import json
from pathlib import Path

import asyncpg
import pytest

from tests.accord.shell import REFUSED, Shell, assert_fails
from tests.examples.test_submission import given as given

NOWHERE = "postgresql://nobody@127.0.0.1:1/nothing"


async def test_a_receipt_is_checked_by_its_file_and_the_public_key(
    shell: Shell, pool: asyncpg.Pool, given: Path
) -> None:
    elsewhere, log = shell.where(ACCORD_DATABASE_URL=NOWHERE), ("--log", given / "ledger.key.pub")
    checked = await elsewhere.done("door", "verify", given / "receipt.json", *log, "--copy", given / "copy.json")
    machine = await elsewhere.done("door", "verify", given / "receipt.json", *log, "--json")
    assert "Proved: submission 2 was handed in before" in checked.words
    assert "copy.json is what was handed in." in checked.words
    assert machine.json["sha256"] == json.loads((given / "receipt.json").read_text("utf-8"))["sha256"]


@pytest.mark.slow
@pytest.mark.parametrize(("changes", "words"), [({"number": 3}, "not under this seal"), ({"leaf": "x"}, "leaf:")])
async def test_one_that_was_changed_proves_nothing(
    shell: Shell, given: Path, changes: dict[str, object], words: str
) -> None:
    file = given / "receipt.json"
    file.write_text(json.dumps({**json.loads(file.read_text("utf-8")), **changes}), "utf-8")
    answer = await shell("door", "verify", file, "--log", given / "ledger.key.pub")
    assert_fails(answer, REFUSED, "it proves nothing", words)
