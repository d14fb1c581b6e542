"""A report by line in a browser: its form goes home as a workbook and fills in the fields, and nothing is recorded."""

from __future__ import annotations

import io
import re
from typing import Any

import httpx
import pytest
from openpyxl import load_workbook

from accord.client.desk import Desk
from tests.accord.console.conftest import Visitor
from tests.accord.console.test_case import said
from tests.budgets import budgeted, milestone
from tests.builders import proposal
from tests.lives import Life

pytestmark = pytest.mark.usefixtures("worker")
FILLED: dict[str, Any] = {
    "C4": 2, "C5": 0, "C6": 0, "G15": 600, "G16": 299.9, "G17": 100.1, "H16": "The bridge was closed",
}  # fmt: skip


def with_cells(form: bytes, cells: dict[str, Any]) -> bytes:
    book = load_workbook(io.BytesIO(form))
    for place, value in cells.items():
        book["Report"][place] = value
    book["Work plan"]["E5"], book["Work plan"]["F5"], book["Work plan"]["G5"] = "late", "It rained", "2029-03-31"
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


async def sent(visitor: Visitor, path: str, content: dict[str, str], workbook: bytes | None) -> httpx.Response:
    """What the console answers to a form that came with a workbook, or with none chosen."""
    headers = {**visitor._headers(), "Origin": visitor.settings.origin, "Sec-Fetch-Site": "same-origin"}
    files = {"workbook": ("report.xlsx", workbook) if workbook is not None else ("", b"")}
    return await visitor.asking.post(visitor.settings.origin + path, data=content, files=files, headers=headers)


async def test_a_workbook_goes_home_and_fills_in_the_form(visit: Any, desk: Desk, reference: str) -> None:
    """Given the filled form, when it is sent, then the fields hold it, and nothing is recorded."""
    life, visitor = Life(desk, reference), await visit("pia.berg")
    marks = [milestone(number, due_on="2029-01-31") for number in range(1, 6)]
    await life.paid(proposal(reference, **budgeted(milestones=marks)))
    path = f"/{reference}/report"
    taken = await visitor.get(f"/{reference}/report-form.xlsx")
    assert (taken.status_code, f"{reference}-report.xlsx" in taken.headers["content-disposition"]) == (200, True)
    page = (await visitor.get(path)).text
    version = re.findall(r'name="version" value="(\d+)"', page)[0]
    content = {"version": version, "fill": "yes", "summary": "Eleven courses", "line-3-reason": "Typed by hand"}
    filled = await sent(visitor, path, content, with_cells(taken.content, FILLED))
    assert filled.status_code == 200
    assert "holds what report.xlsx says. Nothing is recorded" in said(filled.text)
    for name, text in (("line-1", "600.00"), ("line-2", "299.90"), ("line-2-reason", "The bridge was closed"),
                       ("unspent", "0.00"), ("line-3-reason", "Typed by hand"), ("milestone-2-words", "It rained"),
                       ("milestone-2-day", "2029-03-31")):  # fmt: skip
        assert re.search(rf'name="{name}" value="{text}"', filled.text), name
    assert "Eleven courses</textarea>" in filled.text
    assert '<option value="LATE" selected>' in filled.text
    assert (await life.state()).reporting.filed == ()
    wrong = await sent(visitor, path, content, with_cells(taken.content, {**FILLED, "G15": "=1+1"}))
    assert (wrong.status_code, "Report!G15: it holds a formula" in said(wrong.text)) == (422, True)
    assert "Eleven courses</textarea>" in wrong.text
    none = await sent(visitor, path, content, None)
    assert (none.status_code, "choose the filled workbook first" in said(none.text).lower()) == (422, True)
    assert (await life.state()).reporting.filed == ()


@pytest.mark.slow
async def test_a_grant_without_a_budget_has_no_form(visit: Any, desk: Desk, reference: str) -> None:
    await Life(desk, reference).paid(proposal(reference))
    visitor = await visit("pia.berg")
    assert (await visitor.get(f"/{reference}/report-form.xlsx")).status_code == 404
    assert "report-form.xlsx" not in (await visitor.get(f"/{reference}/report")).text
    assert (await visitor.get("/P-2026-9999/report-form.xlsx")).status_code == 404
