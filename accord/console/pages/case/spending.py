"""Spending of a report by line, beside the budget to date, as whoever judges it reads it."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from accord.console.pages.case.budget import move_in_words, plain
from accord.presentation.words.codes import words_of
from accord.presentation.words.days import whole_day_in_words
from accord.presentation.words.values import number_in_words, sum_in_words
from domain.budgets.lines import GrantBudget
from domain.budgets.moves import CategoryStanding, is_far
from domain.budgets.spending import LineSpent, SpentAbroad
from domain.budgets.terms import LineKind
from domain.partnership.report.filed import FiledReport, ReportState
from domain.partnership.report.spending import standing_by_report
from domain.partnership.state import Partnership


class JudgedLine(NamedTuple):
    """A line of a report beside its budget to date."""

    name: str
    category: str
    to_date: str
    spending: str
    local: str
    """The sum in the currency in which it was spent, or ''."""
    difference: str
    is_far: bool
    reason: str


class JudgedCategory(NamedTuple):
    """A category that rose above what was agreed of it."""

    category: str
    words: str
    state: str
    tone: str


class JudgedSpending(NamedTuple):
    """The spending of a report by line of the agreed budget."""

    report: int
    name: str
    currency: str
    until: str
    """The period of the budget up to which it goes, in words."""
    local: str
    """The currency in which it was spent, if it is another, or ''."""
    lines: tuple[JudgedLine, ...]
    moves: tuple[JudgedCategory, ...]
    exchange: str


def judged_spending(partnership: Partnership) -> tuple[JudgedSpending, ...]:
    """Return the spending by line of each report that waits to be accepted or returned."""
    reports = (report for report in partnership.reporting.filed if report.state is ReportState.RECEIVED)
    return tuple(filter(None, (spending_of(partnership, report) for report in reports)))


def spending_of(partnership: Partnership, report: FiledReport) -> JudgedSpending | None:
    """Return the spending of a report by line of the agreed budget, or None where it says none."""
    budget = partnership.reporting.budget
    return _judged(budget, report) if budget is not None and report.is_by_line else None


def _judged(budget: GrantBudget, report: FiledReport) -> JudgedSpending:
    figures = report.figures
    currency, abroad = (figures.currency, figures.abroad) if figures is not None else ("", None)
    last = len(budget.periods)
    period = (figures.period if figures is not None else None) or last
    standings = standing_by_report(budget, report)
    return JudgedSpending(
        report=report.number,
        name=f"Report {report.number}, {words_of(report.kind)}",
        currency=currency,
        until=f"up to {whole_day_in_words(budget.periods[period - 1].ends)}, period {period} of {last}",
        local=abroad.currency if abroad is not None else "",
        lines=tuple(_line(budget, line, period, currency, abroad) for line in report.lines),
        moves=tuple(_move(standing, currency) for standing in standings if standing.rise),
        exchange=_exchange(abroad, currency),
    )


def _line(
    budget: GrantBudget, line_spent: LineSpent, period: int, currency: str, abroad: SpentAbroad | None
) -> JudgedLine:
    line = budget.line(line_spent.line)
    to_date = line.until(period) if line is not None else Decimal(0)
    difference = line_spent.spent - to_date
    local = plain(line_spent.local, abroad.currency) if line_spent.local is not None and abroad is not None else ""
    return JudgedLine(
        name=f"{line_spent.line}. {line.what if line is not None else 'no line of the agreed budget'}",
        category=line.category if line is not None else "",
        to_date=plain(to_date, currency),
        spending=plain(line_spent.spent, currency),
        local=local,
        difference=f"{'+' if difference > 0 else ''}{plain(difference, currency)}",
        is_far=line is None or is_far(budget, line, line_spent.spent, period),
        reason=line_spent.reason or "",
    )


def _move(standing: CategoryStanding, currency: str) -> JudgedCategory:
    rise, budget_sum = sum_in_words(standing.rise, currency), sum_in_words(standing.agreed, currency)
    free = sum_in_words(standing.free, currency)
    limit = "indirect cost never rises freely" if standing.kind is LineKind.INDIRECT else f"{free} is free"
    state, tone = move_in_words(standing, currency)
    return JudgedCategory(standing.category, f"{rise} above the {budget_sum} that were agreed; {limit}.", state, tone)


def _exchange(abroad: SpentAbroad | None, currency: str) -> str:
    """Return the rate, and what exchange made beside the lines, in a sentence, or ''."""
    if abroad is None:
        return ""
    rate = f"{number_in_words(abroad.rate)} {abroad.currency} for one {currency}"
    words = f"Spent in {abroad.currency}, at {rate}, as the money arrived on {whole_day_in_words(abroad.arrived_on)}."
    if not abroad.difference:
        return words
    reason = f": {abroad.reason}" if abroad.reason else ""
    return f"{words} The exchange difference is {sum_in_words(abroad.difference, currency)}{reason}."
