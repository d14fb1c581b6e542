"""A budget beside what accepted reports say was spent of it, by line and by period."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import NamedTuple

from domain.budgets.lines import BudgetLine, GrantBudget
from domain.budgets.spending import spent_by_line
from domain.partnership.report.reports import Reporting, ReportState
from domain.partnership.state import Partnership

ZERO = Decimal(0)


class LineStanding(NamedTuple):
    """A line of a budget beside its spending."""

    line: BudgetLine
    spent: Decimal
    by_period: tuple[Decimal | None, ...]
    """The spending in each period. None of a period that no accepted report ends with."""
    reason: str
    """The reason why it is far from its budget, as the newest accepted report gives it, or ''."""

    @property
    def left(self) -> Decimal:
        """The agreed sum that is not spent, below zero if more was spent."""
        return self.line.total - self.spent


def budget_of(partnership: Partnership) -> GrantBudget | None:
    """Return the agreed budget or, before there is one, the proposed one. None if there is neither."""
    out = partnership.proposal.funds_out if partnership.proposal is not None else None
    return partnership.reporting.budget or (out.budget if out is not None else None)


def lines_beside_spending(partnership: Partnership) -> tuple[LineStanding, ...]:
    """Return each line of a budget beside its spending, or none without a budget."""
    budget, reporting = budget_of(partnership), partnership.reporting
    if budget is None:
        return ()
    until = _spent_until(reporting)
    newest = reporting.by_line(ReportState.ACCEPTED)
    lines = newest.lines if newest is not None else ()
    reasons, spent = {line.line: line.reason or "" for line in lines}, spent_by_line(lines)
    return tuple(
        LineStanding(
            line,
            spent.get(line.number, ZERO),
            _in_periods(line.number, until, len(budget.periods)),
            reasons.get(line.number, ""),
        )
        for line in budget.lines
    )


def _spent_until(reporting: Reporting) -> Mapping[int, Mapping[int, Decimal]]:
    """Return the spending by line until the end of each period that an accepted report covers."""
    reports = (report for report in reporting.filed if report.state is ReportState.ACCEPTED and report.is_by_line)
    return {reporting.period_of(report): spent_by_line(report.lines) for report in reports}


def _in_periods(number: int, until: Mapping[int, Mapping[int, Decimal]], periods: int) -> tuple[Decimal | None, ...]:
    """Return the spending of a line in each period: what a report adds to the one before."""
    sums, before, has_base = list[Decimal | None](), ZERO, True
    for period in range(1, periods + 1):
        lines = until.get(period)
        total = lines.get(number, ZERO) if lines is not None else None
        sums.append(total - before if total is not None and has_base else None)
        before, has_base = (total, True) if total is not None else (before, False)
    return tuple(sums)


class CategoryTotal(NamedTuple):
    """A category over several partnerships, in one currency."""

    category: str
    currency: str
    partnerships: int
    agreed: Decimal
    spent: Decimal

    @property
    def left(self) -> Decimal:
        """The agreed sum that is not spent."""
        return self.agreed - self.spent


def by_category(partnerships: Iterable[Partnership]) -> tuple[CategoryTotal, ...]:
    """Return the categories of agreed budgets over partnerships, by name and currency."""
    totals: dict[tuple[str, str], CategoryTotal] = {}
    for partnership in partnerships:
        out = partnership.proposal.funds_out if partnership.proposal is not None else None
        if out is None or partnership.reporting.budget is None:
            continue
        for category, (agreed_sum, spent) in _sums(partnership).items():
            key = (category, out.currency)
            before = totals.get(key, CategoryTotal(category, out.currency, 0, ZERO, ZERO))
            totals[key] = before._replace(
                partnerships=before.partnerships + 1, agreed=before.agreed + agreed_sum, spent=before.spent + spent
            )
    return tuple(totals[key] for key in sorted(totals))


def _sums(partnership: Partnership) -> Mapping[str, tuple[Decimal, Decimal]]:
    sums: dict[str, tuple[Decimal, Decimal]] = {}
    for standing in lines_beside_spending(partnership):
        agreed_sum, spent = sums.get(standing.line.category, (ZERO, ZERO))
        sums[standing.line.category] = (agreed_sum + standing.line.total, spent + standing.spent)
    return sums
