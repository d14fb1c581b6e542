"""A filled form of a report by line: what it says as people would type it, and what is wrong with it by cell."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from accord.presentation.budgets.answers import FormAnswers, origin_in
from accord.presentation.budgets.files import MOST_FORM_BYTES
from accord.presentation.budgets.report_form import (
    ANSWER,
    FIELDS,
    FIRST_FIELD,
    FIRST_LINE,
    FORM,
    ORIGIN,
    SHEET,
    FormColumns,
    agreed_budget,
    origin_of,
)
from accord.presentation.editions.cells import SheetRows, merged_in, sheets_of
from accord.presentation.editions.reading import faults_told
from accord.presentation.faults import BadInput
from accord.presentation.spending import TypedSpending
from domain.budgets.lines import GrantBudget
from domain.partnership.state import Partnership


class FilledReport(NamedTuple):
    """A filled form of a report by line."""

    spending: TypedSpending
    sums: Mapping[str, str]
    """The unspent and the returned sum, as far as they are answered."""
    notes: tuple[str, ...]
    """The parts of the file that are not read."""


def filled_report(name: str, content: bytes, partnership: Partnership) -> FilledReport:
    """Return what a filled form says. It records nothing.

    Raises:
        BadInput: It is no such form, or of another partnership or budget, or has faults; all of them are told.
    """
    if len(content) > MOST_FORM_BYTES:
        raise BadInput(f"{name} has more than {MOST_FORM_BYTES:,} bytes, which no form has; fill in a new one")
    budget, sheets = agreed_budget(partnership), sheets_of(name, content)
    _require_origin(name, sheets, partnership)
    answers = FormAnswers(SHEET, sheets[SHEET], merged_in(content).get(SHEET, ()))
    filled = _filled(answers, budget, partnership)
    if answers.faults:
        raise BadInput(f"{name} has {faults_told(list(dict.fromkeys(answers.faults)))}")
    return filled._replace(notes=tuple(f"the sheet {title} is not read" for title in sheets if title not in _OWN))


_OWN = frozenset({SHEET, ORIGIN})


def _require_origin(name: str, sheets: Mapping[str, SheetRows], partnership: Partnership) -> None:
    expected, origin = origin_of(partnership), origin_in(sheets, ORIGIN)
    again = f"make a new form: accord budget {expected.partnership} --workbook {name}"
    if SHEET not in sheets or origin.get("form") != FORM:
        raise BadInput(f"{name} is no form of a report by line; {again}")
    if origin.get("partnership") != expected.partnership:
        raise BadInput(f"{name} is the form of {origin.get('partnership')}, and not of {expected.partnership}; {again}")
    if (digest := origin.get("budget", "")) != expected.budget:
        raise BadInput(
            f"{name} is of another budget ({digest[:8]}) than the agreed one ({expected.budget[:8]}); {again}"
        )


def _filled(answers: FormAnswers, budget: GrantBudget, partnership: Partnership) -> FilledReport:
    out = partnership.proposed.funds_out
    grant_currency = out.currency if out is not None else ""
    rows = {field.name: FIRST_FIELD + place for place, field in enumerate(FIELDS)}
    currency = answers.text(rows["currency"], ANSWER).upper()
    lines, reasons = _lines(answers, budget, currency or grant_currency)
    sums = {name: answers.amount(rows[name], ANSWER, grant_currency) for name in ("unspent", "returned")}
    spending = TypedSpending(
        lines=lines,
        reasons=reasons,
        period=_period(answers, rows["period"], budget),
        currency=currency,
        rate=answers.number(rows["rate"], ANSWER),
        arrived_on=answers.day(rows["arrived_on"], ANSWER) or None,
        difference=answers.amount(rows["difference"], ANSWER, grant_currency, signed=True),
        difference_reason=answers.text(rows["difference_reason"], ANSWER),
    )
    return FilledReport(spending, {name: amount for name, amount in sums.items() if amount}, ())


def _lines(answers: FormAnswers, budget: GrantBudget, currency: str) -> tuple[dict[int, str], dict[int, str]]:
    columns, sums, reasons = FormColumns.of(budget), dict[int, str](), dict[int, str]()
    for row, line in enumerate(budget.lines, FIRST_LINE):
        number = answers.cell(row, 1)
        if number.text.removesuffix(".0") != str(line.number):
            answers.faults.append(f"{number.place}: line {line.number} stands here, and it says {number.text[:20]!r}; "
                                  "rows were moved, so fill in a new form")  # fmt: skip
            break
        if amount := answers.amount(row, columns.spent, currency):
            sums[line.number] = amount
        if reason := answers.text(row, columns.reason):
            reasons[line.number] = reason
    return sums, reasons


def _period(answers: FormAnswers, row: int, budget: GrantBudget) -> int | None:
    text, last = answers.number(row, ANSWER).removesuffix(".0"), len(budget.periods)
    if not text:
        return None
    if not text.isdecimal() or not 1 <= int(text) <= last:
        answers.faults.append(f"{answers.cell(row, ANSWER).place}: {text[:20]!r} is no period; write 1 to {last}")
        return None
    return int(text)
