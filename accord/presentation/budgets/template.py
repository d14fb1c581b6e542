"""A budget of a proposal as a workbook to be filled in: its terms, its periods, and a row for each line."""

from __future__ import annotations

import io
from typing import Any, Final, NamedTuple

from accord.presentation.budgets.report_form import ORIGIN
from accord.presentation.budgets.styles import FormStyles
from domain.budgets.terms import IndirectBase, LineKind
from domain.editions.templates import BudgetTemplate

FORM: Final = "accord.budget-of-a-proposal.1"
SHEET: Final = "Budget"
CATEGORIES: Final = "Categories"
MOST_LINES: Final = 120
MOST_PERIODS: Final = 12
FIRST_TERM: Final = 4
STARTS, ENDS = 9, 10
"""The rows in which each period starts and ends, counted from 1."""
FIRST_LINE: Final = 12
CATEGORY, WHAT, KIND, FIRST_PERIOD = 1, 2, 3, 4
SOURCE: Final = FIRST_PERIOD + MOST_PERIODS
"""The columns of the lines, counted from 1. Behind the periods stands who else pays, how much, and how."""

TERMS: Final = {
    "indirect_most": "Indirect cost at most, per cent",
    "indirect_of": "Per cent of (GRANT or DIRECT)",
    "free_move": "A category may rise freely by, per cent",
    "free_floor": "Or by this sum, if it is more",
}
OTHERS: Final = {"source": "Also paid by", "amount": "Their sum", "in_kind": "In kind", "confirmed": "Promised"}


class TemplateContent(NamedTuple):
    """The content of a template before it is filled in: categories with their kinds, and terms."""

    categories: tuple[tuple[str, str], ...] = ()
    terms: tuple[tuple[str, str], ...] = ()
    edition: str = ""


def content_of_edition(edition: BudgetTemplate) -> TemplateContent:
    """Return the content that an edition of a budget puts into a template, in its first language."""
    words = edition.words[edition.languages[0]]
    terms = {
        "indirect_most": edition.indirect_most, "indirect_of": edition.indirect_of.value,
        "free_move": edition.free_move, "free_floor": edition.free_floor,
    }  # fmt: skip
    return TemplateContent(
        tuple((words[f"{category.code}.label"], category.kind.value) for category in edition.categories),
        tuple((name, str(value)) for name, value in terms.items() if value is not None),
        f"{edition.name} {edition.edition}",
    )


NOTHING: Final = TemplateContent()


def budget_template(content: TemplateContent = NOTHING) -> bytes:
    """Return the workbook in which the budget of a proposal is filled in."""
    from xlsxwriter import Workbook

    file = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with Workbook(file, options) as book:
        styles, sheet = FormStyles.of(book, 2), book.add_worksheet(SHEET)
        _write_terms(sheet, content, styles)
        _write_headings(sheet, styles)
        for row in range(FIRST_LINE - 1, FIRST_LINE - 1 + MOST_LINES):
            _write_blank_line(sheet, row, styles)
        _offer(sheet, content)
        if content.categories:
            _write_categories(book.add_worksheet(CATEGORIES), content, styles)
        origin = book.add_worksheet(ORIGIN)
        for row, (label, text) in enumerate((("form", FORM), ("edition", content.edition))):
            origin.write_string(row, 0, label)
            origin.write_string(row, 1, text)
        origin.protect()
        origin.hide()
    return file.getvalue()


def _write_terms(sheet: Any, content: TemplateContent, styles: FormStyles) -> None:
    title = f"Budget of a proposal{f', after {content.edition}' if content.edition else ''}"
    guide = "Fill in the yellow cells. Give each period its first and last day, and each line a sum in each period."
    sheet.write_string(0, 0, title, styles.title)
    sheet.write_string(1, 0, f"{guide} Write 0 for nothing: an empty cell is not answered.")
    terms = dict(content.terms)
    for row, (name, label) in enumerate(TERMS.items(), FIRST_TERM - 1):
        sheet.write_string(row, 0, label, styles.text)
        if term := terms.get(name):
            sheet.write_string(row, 1, term, styles.answer)
        else:
            sheet.write_blank(row, 1, None, styles.answer)


def _write_headings(sheet: Any, styles: FormStyles) -> None:
    sheet.write_string(STARTS - 1, KIND - 1, "Starts, such as 2027-01-01", styles.text)
    sheet.write_string(ENDS - 1, KIND - 1, "Ends", styles.text)
    periods = [f"Period {number}" for number in range(1, MOST_PERIODS + 1)]
    for place, heading in enumerate(["Category", "What for", "DIRECT or INDIRECT", *periods, *OTHERS.values()]):
        sheet.write_string(FIRST_LINE - 2, place, heading, styles.heading)
    for column in range(FIRST_PERIOD - 1, FIRST_PERIOD - 1 + MOST_PERIODS):
        sheet.write_blank(STARTS - 1, column, None, styles.answer)
        sheet.write_blank(ENDS - 1, column, None, styles.answer)
    for first, last, width in ((0, 0, 36), (1, 1, 44), (2, 2, 26), (3, 14, 14), (15, 15, 30), (16, 18, 12)):
        sheet.set_column(first, last, width)
    sheet.freeze_panes(FIRST_LINE - 1, 2)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.protect("", {"format_columns": True, "format_rows": True})


def _write_blank_line(sheet: Any, row: int, styles: FormStyles) -> None:
    last = SOURCE - 1 + len(OTHERS)
    for column in range(last):
        is_sum = FIRST_PERIOD - 1 <= column < SOURCE - 1 or column == SOURCE
        sheet.write_blank(row, column, None, styles.answer_amount if is_sum else styles.answer)


def _offer(sheet: Any, content: TemplateContent) -> None:
    """Offer the choices of a cell as a list. What is read does not depend on it."""
    first, last = FIRST_LINE - 1, FIRST_LINE + MOST_LINES - 2
    kinds = [kind.value for kind in LineKind]
    sheet.data_validation(first, KIND - 1, last, KIND - 1, {"validate": "list", "source": kinds})
    bases = [base.value for base in IndirectBase]
    sheet.data_validation(FIRST_TERM, 1, FIRST_TERM, 1, {"validate": "list", "source": bases})
    for column in (SOURCE + 1, SOURCE + 2):
        sheet.data_validation(first, column, last, column, {"validate": "list", "source": ["yes", "no"]})
    if content.categories:
        source = f"={CATEGORIES}!$A$2:$A${len(content.categories) + 1}"
        sheet.data_validation(first, CATEGORY - 1, last, CATEGORY - 1, {"validate": "list", "source": source})


def _write_categories(sheet: Any, content: TemplateContent, styles: FormStyles) -> None:
    for place, heading in enumerate(("Category", "Kind")):
        sheet.write_string(0, place, heading, styles.heading)
    for row, (category, kind) in enumerate(content.categories, 1):
        sheet.write_string(row, 0, category)
        sheet.write_string(row, 1, kind)
    sheet.set_column(0, 0, 44)
    sheet.protect()
