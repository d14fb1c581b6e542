"""Checks of what a report says by line of the budget, and of what may be accepted of it."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from domain.budgets.lines import GrantBudget
from domain.budgets.moves import CategoryStanding, is_far, standing_of, uncovered
from domain.budgets.spending import Disallowed, exchange_faults, spent_by_line
from domain.budgets.terms import LineKind, decimals_fault
from domain.fault import Fault
from domain.partnership.report.filed import Figures, FiledReport
from domain.plans import ReportKind
from domain.values import minor_digits


def faults_by_line(budget: GrantBudget | None, figures: Figures, kind: ReportKind) -> Iterator[Fault]:
    """Yield the faults of figures beside the agreed budget."""
    if budget is None:
        if figures.lines or figures.period is not None or figures.abroad is not None:
            yield Fault("figures.lines: no budget is agreed here; leave the lines out")
        return
    if not figures.lines:
        yield Fault("figures.lines: there is a budget; say what was spent of each line (--line 1=1250.00 ...)")
        return
    yield from _faults_of_numbers(budget, figures)
    yield from _faults_of_period(budget, figures, kind)
    yield from _faults_of_sums(figures)
    yield from exchange_faults(figures.lines, figures.abroad, figures.currency)
    yield from _unexplained(budget, figures)


def _faults_of_numbers(budget: GrantBudget, figures: Figures) -> Iterator[Fault]:
    said_numbers = [line.line for line in figures.lines]
    if unknown := [number for number in said_numbers if budget.line(number) is None]:
        yield Fault(f"figures.lines: line {unknown[0]} is not in the agreed budget; it has 1 to {len(budget.lines)}")
    if twice := [number for number in said_numbers if said_numbers.count(number) > 1]:
        yield Fault(f"figures.lines: line {twice[0]} is reported on twice; say it once")
    if missing := [line for line in budget.lines if line.number not in said_numbers]:
        yield Fault(
            f"figures.lines: line {missing[0].number} ({missing[0].what}) is not answered; give its sum, 0 for nothing"
        )


def _faults_of_period(budget: GrantBudget, figures: Figures, kind: ReportKind) -> Iterator[Fault]:
    last = len(budget.periods)
    if figures.period is None and last > 1 and kind is not ReportKind.FINAL:
        yield Fault(f"figures.period: say up to which period of the budget they go, 1 to {last} (--period)")
    if figures.period is not None and figures.period > last:
        yield Fault(f"figures.period: the budget has {last} periods, and no period {figures.period}")
    if figures.period is not None and figures.period < last and kind is ReportKind.FINAL:
        yield Fault(f"figures.period: the final report covers all {last} periods; leave it out")


def _faults_of_sums(figures: Figures) -> Iterator[Fault]:
    difference = figures.abroad.difference if figures.abroad is not None else Decimal(0)
    for number, amount in (*spent_by_line(figures.lines).items(), (0, difference)):
        name = f"figures.lines: line {number}" if number else "figures.abroad: the exchange difference"
        if fault := decimals_fault(amount, figures.currency, name):
            yield fault
    whole = sum((line.spent for line in figures.lines), difference)
    if whole != figures.spent:
        beside = f" with the exchange difference of {difference:,}" if difference else ""
        yield Fault(
            f"figures.lines: the lines make {whole:,}{beside}, and {figures.spent:,} was spent; "
            f"{abs(whole - figures.spent):,} {'too much' if whole > figures.spent else 'is missing'}"
        )


def _unexplained(budget: GrantBudget, figures: Figures) -> Iterator[Fault]:
    period = figures.period or len(budget.periods)
    for entry in figures.lines:
        line = budget.line(entry.line)
        if line is not None and entry.reason is None and is_far(budget, line, entry.spent, period):
            yield Fault(
                f"figures.lines: line {line.number} ({line.what}) spent {entry.spent:,}, and its budget to date is "
                f"{line.until(period):,}; say why (--line-reason {line.number}=...)"
            )


def standing_by_report(budget: GrantBudget, report: FiledReport) -> tuple[CategoryStanding, ...]:
    """Return each category of a budget beside what a report says was spent of it."""
    if report.figures is None:
        return standing_of(budget, ())
    return standing_of(budget, report.figures.lines, report.figures.abroad, report.figures.period)


def fault_beyond(budget: GrantBudget, report: FiledReport, disallowed: tuple[Disallowed, ...] = ()) -> Fault | None:
    """Return the reason why a report is received and not accepted: it moved more than is free, or None."""
    standings = standing_by_report(budget, report) if report.is_by_line else ()
    beyond = uncovered(standings, disallowed)
    if not beyond:
        return None
    standing, missing = beyond[0]
    currency = report.figures.currency if report.figures is not None else ""
    is_indirect = standing.kind is LineKind.INDIRECT
    free = "indirect cost never rises freely" if is_indirect else f"{_sum(standing.free, currency)} is free"
    return Fault(
        f"{standing.category} spent {_sum(standing.spent, currency)}, {_sum(standing.rise, currency)} above budget, "
        f"and {free}; amend the budget first (`accord amend`), or do not allow {_sum(missing, currency)} of it "
        f"(--disallowed '{standing.category}={_plain(missing, currency)}'), or return it: `accord return-report`"
    )


def _sum(amount: Decimal, currency: str) -> str:
    return f"{currency} {amount:,.{minor_digits(currency)}f}"


def _plain(amount: Decimal, currency: str) -> str:
    return f"{amount:.{minor_digits(currency)}f}"


def faults_of_disallowed(
    budget: GrantBudget | None, report: FiledReport, disallowed: tuple[Disallowed, ...]
) -> Iterator[Fault]:
    """Yield the costs that cannot be disallowed: of no budget or category, named twice, or more than was spent."""
    if not disallowed:
        return
    if budget is None or report.figures is None or not report.is_by_line:
        yield Fault(f"disallowed: report {report.number} says nothing by line; return it instead, or leave this out")
        return
    spent = {standing.category: standing.spent for standing in standing_by_report(budget, report)}
    names = [cost.category for cost in disallowed]
    for cost in disallowed:
        if cost.category not in spent:
            yield Fault(f"disallowed: {cost.category!r} is no category of the budget; it has: {', '.join(spent)}")
        elif names.count(cost.category) > 1:
            yield Fault(f"disallowed: {cost.category!r} is named twice; say it once")
        elif cost.amount > spent[cost.category]:
            yield Fault(f"disallowed: {cost.category!r} spent {spent[cost.category]:,}, and {cost.amount:,} is more")
        elif fault := decimals_fault(cost.amount, report.figures.currency, f"disallowed: {cost.category!r}"):
            yield fault
