"""The report as a workbook: each objection with its reason, and another system's words that are no formulas here."""

from __future__ import annotations

import io
from datetime import date

from openpyxl import load_workbook

from accord.operations.shadow.workbook import as_workbook_of
from domain.shadow.judgement import ShadowOutcome
from domain.shadow.report import Objection, ShadowedKind
from tests.accord.operations.shadow.test_log import report
from tests.domain.shadow.exports import usd


def test_what_another_system_writes_is_text() -> None:
    """Given a key that begins as a formula, then its cell is a text; a sign that no workbook holds is shown as lost."""
    objection = Objection(
        kind=ShadowedKind.PAYMENT, key='=HYPERLINK("x")', place="payments.csv row 2", day=date(2026, 11, 30),
        money=usd("12.50"), outcome=ShadowOutcome.STOP, rule="SHADOW-ONCE", source="requirement R37",
        words="twice\ufffe",
    )  # fmt: skip
    made = as_workbook_of(report().model_copy(update={"objections": (objection,)}))
    book = load_workbook(io.BytesIO(made))
    assert book.sheetnames == ["Decisions", "Rules", "Unknown", "About"]
    cells = next(book["Decisions"].iter_rows(min_row=2))
    assert (cells[2].value, cells[2].data_type) == ('=HYPERLINK("x")', "s")
    assert [str(cells[place].value) for place in (0, 4, 5, 6)] == ["STOP", "12.5", "USD", "SHADOW-ONCE"]
    assert cells[8].value == "twice\ufffd"
