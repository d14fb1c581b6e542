"""The cells of a form that came back filled, as a child of the nursery tells them."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile
from datetime import UTC, date, datetime
from typing import Any

from openpyxl import Workbook

from papers.examination.children import answer_of


async def told(book: Workbook) -> dict[str, Any]:
    """The answer of a child of its own."""
    file = io.BytesIO()
    book.save(file)
    answer: dict[str, Any] = json.loads(await answer_of(file, "form", "XLSX"))
    return answer


async def test_a_child_tells_each_cell_by_its_kind_and_works_nothing_out() -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Money"
    day = datetime(2026, 3, 31, 12, tzinfo=UTC).replace(tzinfo=None)
    for row, value in enumerate(("text", 10.10, 7, True, date(2026, 3, 31), day, "=1+1", None), 1):
        sheet.cell(row, 2, value)
    sheet.merge_cells("C2:D3")
    sheet.sheet_state = "hidden"
    book.create_sheet("Other")
    answer = await told(book)
    assert answer["fault"] == ""
    [money, other] = answer["sheets"]
    assert (money["title"], money["hidden"], money["merged"]) == ("Money", True, [["C2:D3", 3, 2, 4, 3]])
    assert money["cells"] == [
        [1, 2, "t", "text"], [2, 2, "n", "10.1"], [3, 2, "n", "7"], [4, 2, "b", "1"], [5, 2, "d", "2026-03-31"],
        [6, 2, "o", "2026-03-31T12:00:00"], [7, 2, "x", ""],
    ]  # fmt: skip
    assert (other["title"], other["cells"]) == ("Other", [])


def test_whoever_forbids_it_is_not_read_by_other_processes_of_its_user() -> None:
    """Given a process that holds a secret, once it forbids reading, then the system lets none attach (prctl(2))."""
    attached = "import ctypes; print(ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))"
    forbids = "from papers.examination.child import forbid_reading; forbid_reading(); "
    for before, dumpable in (("", "1"), (forbids, "0")):
        answer = subprocess.run((sys.executable, "-c", before + attached), capture_output=True, text=True, check=True)
        assert answer.stdout.strip() == dumpable


async def test_what_a_sheet_says_of_its_size_is_not_believed() -> None:
    """Given a sheet that says that it ends at A1, then its further cells are told all the same."""
    book = Workbook()
    assert book.active is not None
    book.active["C3"] = "further"
    file = io.BytesIO()
    book.save(file)
    smaller = io.BytesIO()
    with zipfile.ZipFile(file) as parts, zipfile.ZipFile(smaller, "w") as archive:
        for part in parts.namelist():
            archive.writestr(part, parts.read(part).replace(b'ref="C3"', b'ref="A1"'))
    answer = json.loads(await answer_of(smaller, "form", "XLSX"))
    assert answer["sheets"][0]["cells"] == [[3, 3, "t", "further"]]
