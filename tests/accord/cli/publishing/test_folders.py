"""The folder of a publication: whole, of one publication alone, and held against its receipt when it is read."""

from __future__ import annotations

from pathlib import Path

import pytest

from accord.cli.publishing.explaining import _parts
from accord.cli.publishing.folders import read_cells, write_folder
from accord.cli.publishing.receipts import require_this_ledger
from accord.client.desk import Desk
from accord.presentation.faults import BadInput, Refused
from publishing.files import CELLS, RECEIPT, folder_of
from publishing.schedules.publication import schedules
from tests.publishing.casting import Cast, body, given_to, stand

SHEET = "schedule-i-part-2.csv"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    cast = Cast()
    cast.tell("P-2026-0001", given_to(body("Library A", "001000001"), "6000.00"))
    ground = stand("2026-12-31")
    write_folder(tmp_path / "x", folder_of(schedules(cast.cases(), ground), ground))
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
    assert read_cells(folder / SHEET).cells
    (folder / changed).write_bytes((folder / changed).read_bytes() + b"\n")
    with pytest.raises(Refused, match="was changed"):
        read_cells(folder / SHEET)


@pytest.mark.parametrize("content", [b"", b"[]", b"no receipt"])
def test_what_is_no_receipt_is_told(folder: Path, content: bytes) -> None:
    (folder / RECEIPT).write_bytes(content)
    with pytest.raises(BadInput, match="receipt"):
        read_cells(folder / SHEET)


def test_a_cell_that_is_not_there_is_told_with_those_like_it(folder: Path) -> None:
    with pytest.raises(BadInput, match=r"9:cash.*1:cash"):
        _parts(read_cells(folder / SHEET), folder / SHEET, "9:cash")


async def test_a_receipt_of_another_or_a_longer_ledger_is_refused(furnished: Desk) -> None:
    head = await furnished.ledger.head()
    with pytest.raises(Refused, match="another ledger"):
        await require_this_ledger(furnished.ledger, {"position": head, "head": "00" * 32})
    with pytest.raises(Refused, match="longer ledger"):
        await require_this_ledger(furnished.ledger, {"position": head + 1, "head": "00" * 32})
