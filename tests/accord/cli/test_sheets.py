"""A list as CSV holds no formula, whatever its reader's spreadsheet separates cells by, and its sums are numbers."""

from __future__ import annotations

import csv
import io
import re
from datetime import datetime
from typing import Any, Final

import openpyxl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from accord.presentation.sheets import PARTNERSHIPS, PAYMENTS, as_csv, harmless
from accord.presentation.workbooks import as_workbook, with_currency

FORMULA: Final = "=+-@\uff1d\uff0b\uff0d\uff20"
NUMBER: Final = re.compile(r"-?[0-9]+(\.[0-9]+)?")
texts = st.text(st.sampled_from(f"{FORMULA};,|\t\r\n\"' xa1."), max_size=12)


def cells(written: str) -> list[str]:
    """All content of a cell, by each separator. One other than ours is tried with quotes and without."""
    readers = [csv.reader(io.StringIO(written, newline=""))]
    for separator in ";\t":
        for quoting in (csv.QUOTE_MINIMAL, csv.QUOTE_NONE):
            readers.append(csv.reader(io.StringIO(written, newline=""), delimiter=separator, quoting=quoting))
    return [cell for reader in readers for row in reader for cell in row]


@given(st.lists(st.fixed_dictionaries({"title": texts, "partner": texts, "next_step": texts}), min_size=1, max_size=3))
@example([{"title": 'x;=HYPERLINK("http://evil.example")', "partner": "a\t@SUM(1)", "next_step": "a\n=1+1"}])
@example([{"title": "", "partner": "", "next_step": "-1"}])
@example([{"title": 'x; "=1', "partner": "\r=1", "next_step": ";+1"}])
def test_no_cell_is_a_formula_by_any_separator(rows: list[dict[str, str]]) -> None:
    """Given texts of anybody, when a list is read with commas, semicolons or tabs, then no cell begins a formula.

    A number is none: -1 is the same to every spreadsheet.
    """
    written = as_csv([{"partnership_id": "P-2026-0001", **row} for row in rows], PARTNERSHIPS)
    suspects = [cell for cell in cells(written) if cell.lstrip(' "\r\n\t')[:1] in tuple(FORMULA)]
    assert not [cell for cell in suspects if not NUMBER.fullmatch(cell)]


@pytest.mark.parametrize("sum_", ["-1250.00", "1250", "0.005"])
def test_a_sum_stays_a_number(sum_: str) -> None:
    [row] = csv.DictReader(io.StringIO(as_csv([{"amount": sum_, "currency": "USD", "payee": sum_}], PAYMENTS)))
    assert (row["amount"], row["currency"], row["payee"]) == (sum_, "USD", sum_)


@given(st.text(st.sampled_from("abc ,.;:()'\"é0123456789"), max_size=20))
def test_words_without_a_formula_stay_as_they_are(text: str) -> None:
    assert harmless(text) == text


ROWS: Final = [
    {
        "released_at": "2026-11-29T11:18:00.613230+00:00", "partnership_id": "P-2026-0001", "tranche": 2, "attempt": 1,
        "amount": "1250.50", "currency": "USD", "payee": "=cmd|'/C calc'!A0", "settled_on": "2026-11-30",
        "status": "SETTLED", "funder": "ISOC", "handed_over_on": None,
    },
    {"partnership_id": "P-2026-0002", "tranche": 1, "amount": "120000", "currency": "JPY", "payee": "Riverbend"},
]  # fmt: skip


moment = datetime.fromisoformat


def opened() -> Any:
    """A workbook of two payments, as an accountant's program reads it."""
    return openpyxl.load_workbook(io.BytesIO(as_workbook(ROWS, PAYMENTS, (("Made for", "femi.ade"),))))


def test_a_workbook_has_days_and_numbers_that_can_be_reckoned_with() -> None:
    """Given two payments, then a sum, a count, a day and a time are what they are, and headings are words."""
    sheet = opened()["Payments"]
    headings = [cell.value for cell in sheet[1]]
    assert headings == [column.heading for column in with_currency(PAYMENTS)]
    row = dict(zip(headings, sheet[2], strict=True))
    assert row["Released"].value == moment("2026-11-29T11:18:00.613000")
    assert (row["Settled"].value, row["Settled"].number_format) == (moment("2026-11-30"), "yyyy-mm-dd")
    assert (row["Tranche"].value, row["Sum"].value, row["Sum"].number_format) == (2, 1250.5, "#,##0.00")
    assert dict(zip(headings, sheet[3], strict=True))["Sum"].number_format == "#,##0"
    assert row["Handed over"].value in {None, ""}


def test_no_cell_of_a_workbook_is_a_formula() -> None:
    for sheet in opened().worksheets:
        assert {cell.data_type for line in sheet.iter_rows() for cell in line} <= {"s", "n", "d"}


def test_a_workbook_is_filtered_frozen_and_wide_enough() -> None:
    sheet = opened()["Payments"]
    assert (sheet.auto_filter.ref, sheet.freeze_panes) == ("A1:V3", "A2")
    widths = {cell.value: sheet.column_dimensions[cell.column_letter].width for cell in sheet[1]}
    assert widths["Partnership"] >= len("P-2026-0001")
    assert max(widths.values()) <= 61


def test_its_second_sheet_says_what_it_is_with_the_totals_by_currency() -> None:
    about = opened()["About this sheet"]
    told = {line[0].value: line[1].value for line in about.iter_rows() if line[0].value}
    assert (told["List"], told["Made for"], told["Lines"], told["Times"]) == ("Payments", "femi.ade", 2, "UTC")
    assert (told["Total of sum, USD"], told["Total of sum, JPY"]) == (1250.5, 120000)
    assert told["Total of sum, ISOC, SETTLED, USD"] == 1250.5, (
        "what was paid, by funder, is told from what is under way"
    )
