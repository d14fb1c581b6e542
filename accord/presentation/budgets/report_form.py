"""A report by line as a workbook: the agreed budget and the work plan, locked, with cells for what became of them."""

from __future__ import annotations

import io
from hashlib import sha256
from typing import Any, Final, NamedTuple

from accord.presentation.budgets.plan_sheets import plan_asked, write_plan_sheets
from accord.presentation.budgets.styles import FormStyles
from accord.presentation.faults import BadInput
from domain.budgets.lines import BudgetLine, GrantBudget
from domain.canonical_json import canonical_json
from domain.partnership.state import Partnership
from domain.values import minor_digits

FORM: Final = "accord.report-by-line.1"
SHEET: Final = "Report"
ORIGIN: Final = "Accord"
"""The hidden sheet that says which form it is, of which partnership, budget and work plan."""
FIRST_FIELD: Final = 4
LABEL, ANSWER, HINT = 2, 3, 4
"""The columns of a field, counted from 1."""
FIRST_LINE: Final = 15
"""The row of the first line, counted from 1. The headings stand above it."""


class FormField(NamedTuple):
    """A question of the form that is of no single line."""

    name: str
    label: str
    hint: str


FIELDS: Final = (
    FormField("period", "Up to which period", "Its number. Empty for a final report."),
    FormField("unspent", "Unspent", "In the grant's currency."),
    FormField("returned", "Returned", "What went back to the funder, in the grant's currency."),
    FormField("currency", "Spent in another currency", "Its code, such as KES. The lines are in it then."),
    FormField("rate", "Rate", "How much of it one unit of the grant's currency bought when it arrived."),
    FormField("arrived_on", "Day on which the money arrived", "Such as 2026-11-20."),
    FormField("difference", "Exchange difference", "In the grant's currency, beside the lines."),
    FormField("difference_reason", "What made the difference", "In a sentence."),
    FormField("not_arrived", "Did not arrive", "What less arrived than was paid, in the grant's currency. Else empty."),
)


class FormColumns(NamedTuple):
    """The columns of the lines, counted from 1: they follow from the number of periods."""

    total: int
    spent: int
    reason: int

    @classmethod
    def of(cls, budget: GrantBudget) -> FormColumns:
        """Return the columns for a budget: number, category and name stand before its periods."""
        last = 3 + len(budget.periods)
        return cls(total=last + 1, spent=last + 2, reason=last + 3)


class FormOrigin(NamedTuple):
    """The origin of a form: which it is, and of which partnership, budget and work plan."""

    form: str
    partnership: str
    budget: str
    plan: str


def agreed_budget(partnership: Partnership) -> GrantBudget:
    """Return the agreed budget. Raises BadInput if there is none to report on."""
    budget = partnership.reporting.budget
    if budget is None:
        raise BadInput(f"{partnership.partnership_id} has no agreed budget, so there is no report by line")
    return budget


def origin_of(partnership: Partnership) -> FormOrigin:
    """Return the origin that the form of a partnership's report says."""
    budget = _digest(agreed_budget(partnership).model_dump(mode="json"))
    return FormOrigin(FORM, partnership.partnership_id, budget, _digest(plan_asked(partnership)))


def _digest(content: Any) -> str:
    return sha256(canonical_json(content)).hexdigest()


def report_form(partnership: Partnership) -> bytes:
    """Return the workbook in which a report by line is filled in. Raises BadInput without an agreed budget."""
    from xlsxwriter import Workbook

    budget, content = agreed_budget(partnership), io.BytesIO()
    out = partnership.proposed.funds_out
    currency = out.currency if out is not None else ""
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with Workbook(content, options) as book:
        styles = FormStyles.of(book, minor_digits(currency))
        sheet = book.add_worksheet(SHEET)
        _write_head(sheet, partnership, currency, styles)
        _write_lines(sheet, budget, styles)
        write_plan_sheets(book, partnership, styles)
        _write_origin(book.add_worksheet(ORIGIN), origin_of(partnership))
    return content.getvalue()


def _write_head(sheet: Any, partnership: Partnership, currency: str, styles: FormStyles) -> None:
    reference = partnership.partnership_id
    sheet.write_string(0, 0, f"Report by line, {reference}: {partnership.proposed.title}", styles.title)
    guide = f"Fill in the yellow cells. Sums run from the first payment on, in {currency}. Write 0 for nothing spent."
    sheet.write_string(1, 0, f"{guide} An empty cell is not answered.")
    for row, field in enumerate(FIELDS, FIRST_FIELD - 1):
        is_sum = field.name in {"unspent", "returned", "difference"}
        sheet.write_string(row, LABEL - 1, field.label, styles.text)
        sheet.write_blank(row, ANSWER - 1, None, styles.answer_amount if is_sum else styles.answer)
        sheet.write_string(row, HINT - 1, field.hint)


def _write_lines(sheet: Any, budget: GrantBudget, styles: FormStyles) -> None:
    columns, last = FormColumns.of(budget), FIRST_LINE - 1 + len(budget.lines)
    periods = [f"Period {number}, until {period.ends}" for number, period in enumerate(budget.periods, 1)]
    headings = ["Line", "Category", "What for", *periods, "Budget", "Spent", "Why it is far from its budget"]
    for place, heading in enumerate(headings):
        sheet.write_string(FIRST_LINE - 2, place, heading, styles.heading)
    for row, line in enumerate(budget.lines, FIRST_LINE - 1):
        _write_line(sheet, row, line, columns, styles)
    sheet.write_string(last, 2, "All lines", styles.heading)
    sheet.write_number(last, columns.total - 1, float(budget.total), styles.amount)
    _write_sum(sheet, last, columns.spent - 1, styles)
    for first, end, width in ((0, 0, 6), (1, 1, 28), (2, 2, 44), (3, columns.spent - 1, 16), (columns.spent, 99, 44)):
        sheet.set_column(first, end, width)
    sheet.freeze_panes(FIRST_LINE - 1, 3)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.protect("", {"format_columns": True, "format_rows": True})


def _write_line(sheet: Any, row: int, line: BudgetLine, columns: FormColumns, styles: FormStyles) -> None:
    sheet.write_number(row, 0, line.number, styles.text)
    sheet.write_string(row, 1, line.category, styles.text)
    sheet.write_string(row, 2, line.what, styles.text)
    for place, amount in enumerate((*line.sums, line.total), 3):
        sheet.write_number(row, place, float(amount), styles.amount)
    sheet.write_blank(row, columns.spent - 1, None, styles.answer_amount)
    sheet.write_blank(row, columns.reason - 1, None, styles.answer)


def _write_sum(sheet: Any, row: int, column: int, styles: FormStyles) -> None:
    from xlsxwriter.utility import xl_range

    cells = xl_range(FIRST_LINE - 1, column, row - 1, column)
    sheet.write_formula(row, column, f"=SUM({cells})", styles.amount, 0)


def _write_origin(sheet: Any, origin: FormOrigin) -> None:
    for row, (label, text) in enumerate(origin._asdict().items()):
        sheet.write_string(row, 0, label)
        sheet.write_string(row, 1, text)
    sheet.protect()
    sheet.hide()
