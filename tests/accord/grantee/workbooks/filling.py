"""Forms as people fill them in a program for sheets, and bring them back without a script."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from typing import Any

import httpx
from openpyxl import Workbook, load_workbook

from tests.accord.grantee.conftest import ORIGIN, Grantee

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Changed = Callable[[str, bytes], bytes | None]


async def fetched(grantee: Grantee) -> Workbook:
    """The form that the door hands out, opened."""
    return load_workbook(io.BytesIO(await fetched_bytes(grantee)))


async def fetched_bytes(grantee: Grantee) -> bytes:
    answer = await grantee.get("workbook/form.xlsx")
    assert (answer.status_code, answer.headers["content-type"]) == (200, WORKBOOK)
    return answer.content


def saved(book: Workbook) -> bytes:
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


async def brought(grantee: Grantee, content: Workbook | bytes, name: str = "report.xlsx") -> httpx.Response:
    """Bring a workbook back, as a browser without a script does."""
    stored = content if isinstance(content, bytes) else saved(content)
    sent = {"Origin": ORIGIN, "Sec-Fetch-Site": "same-origin"}
    grantee.page = await grantee.asking.post(f"{grantee.home}/workbook", files={"file": (name, stored)}, headers=sent)
    return grantee.page


def cell_beside(book: Workbook, label: str, column: int = 4) -> Any:
    """The cell of an answer: in the row of a label, in a column, which is counted from 1."""
    for sheet in book.worksheets:
        for row in sheet.iter_rows(min_row=4):
            if str(row[1].value or "").startswith(label) and row[column - 1].protection.locked is False:
                return row[column - 1]
    raise AssertionError(f"no answer beside {label!r}")


def repacked(content: bytes, change: Changed, name: str = "", more: bytes = b"nothing") -> bytes:
    """A workbook with each of its parts changed, and with one more, if a name is given."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as parts, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in parts.namelist():
            if (new := change(part, parts.read(part))) is not None:
                archive.writestr(part, new)
        if name:
            archive.writestr(name, more)
    return file.getvalue()
