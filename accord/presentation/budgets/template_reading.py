"""A filled template of a budget: the content of `funds_out.budget`, and what is wrong with it by cell."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from accord.presentation.budgets.answers import FormAnswers, origin_in
from accord.presentation.budgets.files import MOST_FORM_BYTES
from accord.presentation.budgets.report_form import ORIGIN
from accord.presentation.budgets.template import (
    CATEGORIES,
    CATEGORY,
    ENDS,
    FIRST_LINE,
    FIRST_PERIOD,
    FIRST_TERM,
    FORM,
    KIND,
    MOST_LINES,
    MOST_PERIODS,
    SHEET,
    SOURCE,
    STARTS,
    TERMS,
    WHAT,
)
from accord.presentation.editions.cells import marks_in, sheets_of
from accord.presentation.editions.reading import faults_told
from accord.presentation.faults import BadInput
from domain.budgets.lines import GrantBudget


def filled_budget(name: str, content: bytes, currency: str) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Return the budget that a filled template says, and the parts of the file that are not read.

    Raises:
        BadInput: It is no such template, or has faults; all of them are told.
    """
    if len(content) > MOST_FORM_BYTES:
        raise BadInput(f"{name} has more than {MOST_FORM_BYTES:,} bytes, which no form has; fill in a new one")
    sheets = sheets_of(name, content)
    if SHEET not in sheets or origin_in(sheets, ORIGIN).get("form") != FORM:
        raise BadInput(f"{name} is no template of a budget; make a new one: accord budget --template {name}")
    answers = FormAnswers(SHEET, sheets[SHEET], marks_in(content)[SHEET])
    budget, rows = _budget(answers, currency)
    faults = list(dict.fromkeys(answers.faults)) or _faults_of(answers, budget, rows)
    if faults:
        raise BadInput(f"{name} has {faults_told(faults)}")
    others = (title for title in sheets if title not in {SHEET, CATEGORIES, ORIGIN})
    return budget, tuple(f"the sheet {title} is not read" for title in others)


def _budget(answers: FormAnswers, currency: str) -> tuple[dict[str, Any], list[int]]:
    """Return the budget, with the row of each of its lines."""
    periods = _periods(answers)
    rows = [row for row in range(FIRST_LINE, FIRST_LINE + MOST_LINES) if _is_answered(answers, row)]
    lines = [_line(answers, row, number, len(periods), currency) for number, row in enumerate(rows, 1)]
    return {**_terms(answers, currency), "periods": periods, "lines": lines}, rows


def _is_answered(answers: FormAnswers, row: int) -> bool:
    return any(not answers.cell(row, column).is_empty for column in range(1, SOURCE + 4))


def _terms(answers: FormAnswers, currency: str) -> dict[str, str]:
    terms: dict[str, str] = {}
    for row, name in enumerate(TERMS, FIRST_TERM):
        match name:
            case "indirect_of":
                terms[name] = answers.text(row, 2).upper()
            case "free_floor":
                terms[name] = answers.amount(row, 2, currency)
            case _:
                terms[name] = answers.number(row, 2)
    return {name: text for name, text in terms.items() if text}


def _periods(answers: FormAnswers) -> list[dict[str, str]]:
    """Return the periods, which stand in columns without a gap."""
    columns = range(FIRST_PERIOD, FIRST_PERIOD + MOST_PERIODS)
    pairs = [(answers.day(STARTS, column), answers.day(ENDS, column)) for column in columns]
    last = max((place for place, pair in enumerate(pairs, 1) if any(pair)), default=0)
    for place, pair in enumerate(pairs[:last]):
        if not all(pair):
            answers.missing(ENDS if pair[0] else STARTS, FIRST_PERIOD + place, "the period has no such day")
    if not last and not answers.faults:
        answers.missing(STARTS, FIRST_PERIOD, "a budget has a period")
    return [{"starts": starts, "ends": ends} for starts, ends in pairs[:last]]


def _line(answers: FormAnswers, row: int, number: int, periods: int, currency: str) -> dict[str, Any]:
    words = {"category": CATEGORY, "what": WHAT, "kind": KIND}
    line: dict[str, Any] = {"number": number}
    for name, column in words.items():
        line[name] = answers.text(row, column)
        if not line[name]:
            answers.missing(row, column, "it is not answered")
    line["kind"] = line["kind"].upper()
    line["sums"] = [_sum(answers, row, FIRST_PERIOD + place, currency) for place in range(periods)]
    for column in range(FIRST_PERIOD + periods, FIRST_PERIOD + MOST_PERIODS):
        if not answers.cell(row, column).is_empty:
            answers.missing(STARTS, column, "a line has a sum in this period, and the period has no first day")
    if (other := _other(answers, row, currency)) is not None:
        line["others"] = [other]
    return line


def _sum(answers: FormAnswers, row: int, column: int, currency: str) -> str:
    text = answers.amount(row, column, currency)
    if not text and answers.cell(row, column).is_empty:
        answers.missing(row, column, "it is not answered; write 0 for nothing")
    return text


def _other(answers: FormAnswers, row: int, currency: str) -> dict[str, Any] | None:
    source, amount = answers.text(row, SOURCE), answers.amount(row, SOURCE + 1, currency)
    if not source and not amount:
        return None
    if not source or not amount:
        answers.missing(row, SOURCE + 1 if source else SOURCE, "say who pays, and how much, together")
    flags = {"in_kind": answers.flag(row, SOURCE + 2), "confirmed": answers.flag(row, SOURCE + 3)}
    return {"source": source, "amount": amount, **{name: True for name, is_so in flags.items() if is_so}}


def _faults_of(answers: FormAnswers, budget: dict[str, Any], rows: list[int]) -> list[str]:
    """Return the faults of a budget as its rules have them, each with its row where it is of a line."""
    try:
        GrantBudget.model_validate(budget)
    except ValidationError as fault:
        return [_fault(answers, error, rows) for error in fault.errors()]
    return []


def _fault(answers: FormAnswers, error: Any, rows: list[int]) -> str:
    where, words = error["loc"], str(error["msg"]).removeprefix("Value error, ")
    columns = {"category": CATEGORY, "what": WHAT, "kind": KIND, "sums": FIRST_PERIOD, "others": SOURCE}
    if len(where) > 2 and where[0] == "lines":
        return f"{answers.cell(rows[where[1]], columns.get(where[2], CATEGORY)).place}: {words}"
    if where and where[0] in TERMS:
        return f"{answers.cell(FIRST_TERM + list(TERMS).index(where[0]), 2).place}: {words}"
    if len(where) > 1 and where[0] == "periods":
        return f"{answers.cell(ENDS, FIRST_PERIOD + where[1]).place}: {words}"
    return f"{SHEET}: {words}"
