"""A filled form of a report by line: what it says as people would type it, and what is wrong with it by cell."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from accord.presentation.budgets.answers import FormAnswers, origin_in
from accord.presentation.budgets.files import MOST_FORM_BYTES
from accord.presentation.budgets.plan_reading import TypedMilestone, milestones_said, results_said
from accord.presentation.budgets.plan_sheets import PLAN_SHEET, RESULT_SHEET, sheets_asked
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
from accord.presentation.editions.cells import SheetRows, marks_in, sheets_of
from accord.presentation.editions.reading import faults_told
from accord.presentation.faults import BadInput
from accord.presentation.spending import TypedSpending
from domain.budgets.lines import GrantBudget
from domain.partnership.state import Partnership


class FilledReport(NamedTuple):
    """A filled form of a report by line."""

    spending: TypedSpending
    sums: Mapping[str, str]
    """The sums that are unspent, returned, or did not arrive, as far as they are answered."""
    milestones: Mapping[int, TypedMilestone]
    results: Mapping[int, str]
    notes: tuple[str, ...]
    """The parts of the file that are not read."""


def filled_report(name: str, content: bytes, partnership: Partnership) -> FilledReport:
    """Return the content of a filled form. It records nothing.

    Raises:
        BadInput: It is no such form, or of another partnership or budget, or has faults; all of them are told.
    """
    if len(content) > MOST_FORM_BYTES:
        raise BadInput(f"{name} has more than {MOST_FORM_BYTES:,} bytes, which no form has; fill in a new one")
    budget, sheets = agreed_budget(partnership), sheets_of(name, content)
    _require_origin(name, sheets, partnership)
    own, marks = (SHEET, *sheets_asked(partnership)), marks_in(content)
    _require_sheets(name, own, sheets)
    answers = {title: FormAnswers(title, sheets[title], marks[title]) for title in own}
    filled = _filled(answers[SHEET], budget, partnership)
    if PLAN_SHEET in answers:
        filled = filled._replace(milestones=milestones_said(answers[PLAN_SHEET], partnership.reporting.milestones))
    if RESULT_SHEET in answers:
        indicators = partnership.proposed.public_interest.indicators
        filled = filled._replace(results=results_said(answers[RESULT_SHEET], indicators))
    if faults := [fault for sheet in answers.values() for fault in dict.fromkeys(sheet.faults)]:
        raise BadInput(f"{name} has {faults_told(faults)}")
    others = (title for title in sheets if title not in {*own, ORIGIN})
    return filled._replace(notes=tuple(f"the sheet {title} is not read" for title in others))


def _require_sheets(name: str, own: Iterable[str], sheets: Mapping[str, SheetRows]) -> None:
    if missing := [title for title in own if title not in sheets]:
        raise BadInput(f"{name} has no sheet {missing[0]}; it was removed, so fill in a new form")


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
    if (digest := origin.get("plan", "")) != expected.plan:
        raise BadInput(
            f"{name} is of another work plan or other indicators ({digest[:8]}) than those of {expected.partnership} "
            f"now ({expected.plan[:8]}); {again}"
        )


def _filled(answers: FormAnswers, budget: GrantBudget, partnership: Partnership) -> FilledReport:
    out = partnership.proposed.funds_out
    grant_currency = out.currency if out is not None else ""
    rows = {field.name: FIRST_FIELD + place for place, field in enumerate(FIELDS)}
    currency = answers.text(rows["currency"], ANSWER).upper()
    lines, reasons = _lines(answers, budget, currency or grant_currency)
    names = ("unspent", "returned", "not_arrived")
    sums = {name: answers.amount(rows[name], ANSWER, grant_currency) for name in names}
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
    return FilledReport(spending, {name: amount for name, amount in sums.items() if amount}, {}, {}, ())


def _lines(answers: FormAnswers, budget: GrantBudget, currency: str) -> tuple[dict[int, str], dict[int, str]]:
    columns, sums, reasons = FormColumns.of(budget), dict[int, str](), dict[int, str]()
    for row, line in enumerate(budget.lines, FIRST_LINE):
        if not answers.is_row_of(row, line.number, "line"):
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
