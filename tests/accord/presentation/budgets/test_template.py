"""The budget of a proposal as a workbook: an empty one with categories, and each fault of a filled one by its cell."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from accord.presentation.budgets.template import NOTHING, SHEET, TemplateContent, budget_template, content_of_edition
from accord.presentation.budgets.template_reading import filled_budget
from accord.presentation.faults import BadInput
from domain.budgets.lines import GrantBudget
from domain.editions.templates import BudgetTemplate
from tests.domain.editions.contents import EVERY, content

Change = Callable[[Workbook], None]
FILLED: dict[str, Any] = {
    "B4": 15, "B5": "grant", "B6": 10, "B7": 25.5,
    "D9": datetime(2027, 1, 1), "D10": "2027-06-30", "E9": "2027-07-01",  # noqa: DTZ001
    "E10": datetime(2027, 12, 31),  # noqa: DTZ001 - as a spreadsheet has it
    "A12": "Training", "B12": "Courses", "C12": "direct", "D12": 300, "E12": 300.1,
    "A14": "Overhead", "B14": "Rent", "C14": "INDIRECT", "D14": 50, "E14": 0,
    "P12": "The county", "Q12": "50.00", "R12": "yes",
}  # fmt: skip


def filled(cells: dict[str, Any], change: Change = lambda book: None, template: TemplateContent = NOTHING) -> bytes:
    """The template as somebody filled it in, saved by another program than the one that made it."""
    book = load_workbook(io.BytesIO(budget_template(template)))
    for place, value in cells.items():
        book[SHEET][place] = value
    change(book)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def told(cells: dict[str, Any], change: Change = lambda book: None) -> str:
    with pytest.raises(BadInput) as fault:
        filled_budget("budget.xlsx", filled({**FILLED, **cells}, change), "USD")
    return str(fault.value)


def test_a_filled_template_is_a_budget() -> None:
    """Given rows with one between them left empty, then the lines are numbered in order, and each sum has its cents."""
    read, notes = filled_budget("budget.xlsx", filled(FILLED), "USD")
    assert (notes, GrantBudget.model_validate(read).indirect_of) == ((), "GRANT")
    assert read["periods"][1] == {"starts": "2027-07-01", "ends": "2027-12-31"}
    assert read["free_floor"] == "25.50"
    assert read["lines"] == [
        {"number": 1, "category": "Training", "what": "Courses", "kind": "DIRECT", "sums": ["300.00", "300.10"],
         "others": [{"source": "The county", "amount": "50.00", "in_kind": True}]},
        {"number": 2, "category": "Overhead", "what": "Rent", "kind": "INDIRECT", "sums": ["50.00", "0.00"]},
    ]  # fmt: skip


@pytest.mark.slow
def test_a_template_of_an_edition_offers_its_categories_and_holds_its_terms() -> None:
    edition = next(read for fields in EVERY if isinstance(read := content(fields), BudgetTemplate))
    template = content_of_edition(edition)
    book = load_workbook(io.BytesIO(budget_template(template)))
    offered = [row[0].value for row in book["Categories"].iter_rows(min_row=2)]
    assert offered == [category for category, _ in template.categories]
    assert len(offered) == len(edition.categories)
    filled_terms, _ = filled_budget("budget.xlsx", filled({**FILLED, "B4": 100, "B7": None}, template=template), "USD")
    assert filled_terms["free_move"] == "10"


CELLS: list[tuple[dict[str, Any], str]] = [
    ({"E14": None}, "Budget!E14: it is not answered; write 0 for nothing"),
    ({"D12": "=300"}, "Budget!D12: it holds a formula, or a fault; write the value itself"),
    ({"D12": 1.234}, "Budget!D12: 1.234 has more decimals than USD has, 2; round it"),
    ({"D12": -1}, "Budget!D12: -1 is below zero"),
    ({"C12": "both"}, "Budget!C12: Input should be 'DIRECT' or 'INDIRECT'"),
    ({"C12": None}, "Budget!C12: it is not answered"),
    ({"E10": None}, "Budget!E10: the period has no such day"),
    ({"E10": "soon"}, "Budget!E10: 'soon' is no day; write such as 2026-11-20"),
    ({"F12": 5}, "Budget!F9: a line has a sum in this period, and the period has no first day"),
    ({"B4": 1}, "Budget: lines: indirect cost is 50.00, and 1 % of the grant is 6.50; lower it"),
    ({"B4": "some"}, "Budget!B4: 'some' is no number"),
    ({"Q12": None}, "Budget!Q12: say who pays, and how much, together"),
    ({"R12": "perhaps"}, "Budget!R12: 'perhaps' is neither yes nor no; write one of them"),
]  # fmt: skip


@pytest.mark.sampled(4)
@pytest.mark.parametrize(("cells", "words"), CELLS, ids=[words[:40] for _, words in CELLS])
def test_a_fault_names_its_cell(cells: dict[str, Any], words: str) -> None:
    assert words in told(cells)


def test_an_empty_template_is_no_budget() -> None:
    with pytest.raises(BadInput, match="Budget!D9: a budget has a period"):
        filled_budget("budget.xlsx", budget_template(), "USD")


@pytest.mark.slow
def test_merged_cells_are_refused_and_a_further_sheet_is_not_read() -> None:
    assert "Budget!D12: it is merged (D12:E12)" in told({}, lambda book: book[SHEET].merge_cells("D12:E12"))
    _, notes = filled_budget("budget.xlsx", filled(FILLED, lambda book: book.create_sheet("Notes")), "USD")
    assert notes == ("the sheet Notes is not read",)


def test_what_is_no_template_is_refused() -> None:
    other = io.BytesIO()
    Workbook().save(other)
    with pytest.raises(BadInput, match="is no template of a budget"):
        filled_budget("budget.xlsx", other.getvalue(), "USD")
