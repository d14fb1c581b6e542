"""The folder of a publication: whole, of one publication alone, and held against its receipt when it is read."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from accord.cli.publishing.explaining import _parts
from accord.cli.publishing.folders import differences_in, read_cells, read_receipt, write_folder
from accord.cli.publishing.receipts import require_this_ledger
from accord.cli.publishing.signatures import Trust, signed
from accord.client.desk import Desk
from accord.presentation.faults import BadInput, Refused
from ledger.proof.notes import Checkpoint, SigningKey
from publishing.files import CELLS, NOTE, RECEIPT, folder_of
from publishing.schedules.publication import schedules
from tests.publishing.casting import Cast, body, given_to, stand

SHEET = "schedule-i-part-2.csv"
KEY = SigningKey.make("ledger.example.org")
TRUST = Trust((str(KEY.verifier),))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    cast = Cast()
    cast.tell("P-2026-0001", given_to(body("Library A", "001000001"), "6000.00"))
    ground = stand("2026-12-31")
    write_folder(tmp_path / "x", signed(folder_of(schedules(cast.cases(), ground), ground), KEY))
    return tmp_path / "x"


def test_it_is_written_again_over_itself_and_over_nothing_else(folder: Path) -> None:
    files = {path.name: path.read_bytes() for path in folder.iterdir()}
    write_folder(folder, files)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == files
    (folder / "notes.txt").write_text("mine")
    with pytest.raises(BadInput, match=r"notes\.txt"):
        write_folder(folder, files)


@pytest.mark.parametrize("changed", [SHEET, CELLS])
def test_what_was_changed_since_is_not_explained(folder: Path, changed: str) -> None:
    assert read_cells(folder / SHEET, TRUST).cells
    (folder / changed).write_bytes((folder / changed).read_bytes() + b"\n")
    with pytest.raises(Refused, match="was changed"):
        read_cells(folder / SHEET, TRUST)


@pytest.mark.parametrize("content", [b"", b"[]", b"no receipt"])
def test_what_is_no_receipt_is_told(folder: Path, content: bytes) -> None:
    (folder / RECEIPT).write_bytes(content)
    (folder / NOTE).write_bytes(signed({RECEIPT: content}, KEY)[NOTE])
    with pytest.raises(BadInput, match="receipt"):
        read_cells(folder / SHEET, TRUST)


def test_what_was_changed_added_or_is_missing_is_named(folder: Path) -> None:
    receipt = read_receipt(folder, TRUST).receipt
    assert differences_in(folder, receipt) == ((), (), ())
    (folder / SHEET).write_bytes(b"another")
    (folder / CELLS).unlink()
    (folder / "more.csv").write_bytes(b"")
    assert differences_in(folder, receipt) == ((SHEET,), ("more.csv",), (CELLS,))


def rewritten(folder: Path) -> None:
    """Somebody changes a file, and the receipt with it."""
    receipt = json.loads((folder / RECEIPT).read_bytes())
    (folder / SHEET).write_bytes(b"another")
    receipt["sha256"][SHEET] = hashlib.sha256(b"another").hexdigest()
    (folder / RECEIPT).write_text(json.dumps(receipt), "utf-8")


def signed_by_another(folder: Path) -> None:
    receipt = {RECEIPT: (folder / RECEIPT).read_bytes()}
    (folder / NOTE).write_bytes(signed(receipt, SigningKey.make("ledger.example.org"))[NOTE])


def a_checkpoint(folder: Path) -> None:
    """A signature of the same key on something else stands for no receipt."""
    text = Checkpoint(KEY.name, 1, bytes(32)).text
    (folder / NOTE).write_text(f"{text}\n{KEY.line(text)}", "utf-8")


@pytest.mark.parametrize("unsigned", [False, True])
@pytest.mark.parametrize(
    ("forged", "words"),
    [
        (rewritten, "not the one that was signed"), (signed_by_another, "none of the keys given"),
        (a_checkpoint, "not the one that was signed"),
    ],
)  # fmt: skip
def test_a_receipt_whose_signature_does_not_hold_is_taken_by_no_option(
    folder: Path, forged: Callable[[Path], None], words: str, unsigned: bool
) -> None:
    forged(folder)
    with pytest.raises(Refused, match=words):
        read_cells(folder / SHEET, TRUST._replace(is_lenient=unsigned))


def test_a_receipt_that_nobody_signed_is_taken_by_an_option_alone_and_that_is_said(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = {path.name: path.read_bytes() for path in folder.iterdir() if path.name != NOTE}
    write_folder(folder, files)
    with pytest.raises(Refused, match="nobody signed the receipt"):
        read_cells(folder / SHEET, TRUST)
    assert read_cells(folder / SHEET, Trust(is_lenient=True)).cells
    assert "nobody signed the receipt" in " ".join(capsys.readouterr().err.split())


def test_a_cell_that_is_not_there_is_told_with_those_like_it(folder: Path) -> None:
    with pytest.raises(BadInput, match=r"9:cash.*1:cash"):
        _parts(read_cells(folder / SHEET, TRUST), folder / SHEET, "9:cash")


async def test_a_receipt_of_another_or_a_longer_ledger_is_refused(furnished: Desk) -> None:
    head = await furnished.ledger.head()
    with pytest.raises(Refused, match="another ledger"):
        await require_this_ledger(furnished.ledger, {"position": head, "head": "00" * 32})
    with pytest.raises(Refused, match="longer ledger"):
        await require_this_ledger(furnished.ledger, {"position": head + 1, "head": "00" * 32})
