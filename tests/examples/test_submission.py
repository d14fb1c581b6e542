"""A grantee checks the receipt of what they handed in without Accord (`examples/submission.py`), or is refused."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from examples.submission import main
from ledger import Ledger
from ledger.proof.notes import SigningKey
from records.submissions.receipts import SubmissionReceipt
from records.submissions.seals import seal_submissions
from tests.conftest import ROOT
from tests.doors import handed_in, link_to
from tests.ledger.proof import LOG, OTHER_LOG
from tests.records.submissions.test_receipts import SUBJECT, receipts_of, signed

OWN = ("receipt.py", "submission.py", "verify_signature.py")


@pytest.fixture
async def given(pool: asyncpg.Pool, tmp_path: Path) -> Path:
    """A folder with a receipt, its key, and the copy of what was handed in."""
    secret = await link_to(pool, SUBJECT)
    made = [await handed_in(pool, secret) for _ in range(3)]
    await seal_submissions(Ledger(pool), pool)
    await signed(pool, tmp_path)
    receipt: SubmissionReceipt = (await receipts_of(pool, secret))[1]
    (tmp_path / "receipt.json").write_text(receipt.written(), "utf-8")
    (tmp_path / "copy.json").write_bytes(made[1].canonical())
    (tmp_path / "ledger.key.pub").write_text(f"{LOG.verifier}\n", "utf-8")
    return tmp_path


def refused(folder: Path, key: SigningKey = LOG, **changes: Any) -> str:
    """The line with which a changed receipt is refused."""
    fields = {**json.loads((folder / "receipt.json").read_text("utf-8")), **changes}
    (folder / "changed.json").write_text(json.dumps(fields), "utf-8")
    (folder / "key.pub").write_text(f"{key.verifier}\n", "utf-8")
    with pytest.raises(SystemExit) as ended:
        main(folder / "changed.json", folder / "key.pub")
    return str(ended.value)


def test_it_runs_where_only_its_own_files_are(given: Path) -> None:
    (given / "examples").mkdir()
    for name in OWN:
        shutil.copy(ROOT / "examples" / name, given / "examples" / name)
    command = (sys.executable, "-m", "examples.submission", "receipt.json", "ledger.key.pub", "copy.json")
    ended = subprocess.run(command, cwd=given, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (0, "")
    digest = json.loads((given / "receipt.json").read_text("utf-8"))["sha256"]
    assert ended.stdout.startswith(f"Submission 2, SHA-256 {digest}: under event ")
    assert ended.stdout.endswith("The copy is what was handed in.\n")


def test_whatever_is_changed_is_refused(given: Path) -> None:
    fields = json.loads((given / "receipt.json").read_text("utf-8"))
    assert "not under this seal" in refused(given, number=1)
    assert "not under this seal" in refused(given, number=9)
    assert "not under this seal" in refused(given, sha256="ab" * 32)
    assert "not under this seal" in refused(given, path=fields["path"][:1])
    assert "not that of the digest" in refused(given, leaf="ab" * 32)
    assert "not the form of a receipt" in refused(given, event="")
    assert "the key given did not sign it" in refused(given, OTHER_LOG)


def test_another_copy_is_refused(given: Path) -> None:
    (given / "copy.json").write_bytes(b"{}")
    with pytest.raises(SystemExit, match="the copy is not what was handed in"):
        main(given / "receipt.json", given / "ledger.key.pub", given / "copy.json")
