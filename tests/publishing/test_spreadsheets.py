"""Tables of what is published: no cell is a formula, and sums are numbers."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal

import openpyxl

from publishing.figures import EventSum, SumPart
from publishing.spreadsheets import MOST_SIGNS, PublishedColumn, PublishedTable, table_as_csv, tables_as_workbook

FORMULA = "=HYPERLINK(0)"
CASH = EventSum("USD", (SumPart(3, Decimal("5000.01")), SumPart(9, Decimal("-1"))))
TABLE = PublishedTable(
    "grants", "Grants", (PublishedColumn("name", "Name"), PublishedColumn("cash", "Cash")),
    ({"name": FORMULA, "cash": CASH}, {"name": "+1"}),
    {(1, "name"): (2,)},
)  # fmt: skip


def test_a_cell_of_a_csv_file_begins_no_formula() -> None:
    assert table_as_csv(TABLE).decode().split("\r\n") == ["row,name,cash", "1,'=HYPERLINK(0),4999.01", "2,'+1,", ""]


def test_a_workbook_holds_words_as_text_and_sums_as_numbers_and_is_the_same_again() -> None:
    content = tables_as_workbook([TABLE], date(2026, 12, 31))
    assert tables_as_workbook([TABLE], date(2026, 12, 31)) == content
    sheet = openpyxl.load_workbook(io.BytesIO(content))["Grants"]
    (_, name, cash), (_, other, _) = sheet.iter_rows(min_row=2)
    assert (name.value, name.data_type, cash.value, cash.data_type) == (FORMULA, "s", 4999.01, "n")
    assert (other.value, other.data_type) == ("+1", "s")


def test_a_text_that_is_too_long_for_a_cell_is_cut_and_not_dropped() -> None:
    long = TABLE._replace(rows=({"name": "x" * 40_000},))
    sheet = openpyxl.load_workbook(io.BytesIO(tables_as_workbook([long], date(2026, 12, 31))))["Grants"]
    assert len(sheet["B2"].value) == MOST_SIGNS
    assert "x" * 40_000 in table_as_csv(long).decode()


def test_the_cells_of_a_table_are_named_by_row_and_column() -> None:
    assert {cell.name: [part.position for part in cell.parts] for cell in TABLE.cells} == {
        "1:cash": [3, 9],
        "1:name": [2],
    }
