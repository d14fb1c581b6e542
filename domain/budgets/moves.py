"""Moves between categories: measured over all reports together against the agreed budget, so ten small are one large.

Figures run from the first payment on, so the newest report tells all of them. What a category spent above its agreed
sum is its rise. Direct cost rises freely by its share, or by the floor where that is more; indirect cost never does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import NamedTuple

from domain.budgets.lines import EXCHANGE_CATEGORY, BudgetLine, GrantBudget
from domain.budgets.spending import Disallowed, LineSpent, SpentAbroad, spent_by_line
from domain.budgets.terms import HUNDRED, LineKind

ZERO = Decimal(0)


class CategoryStanding(NamedTuple):
    """A category beside what was agreed of it."""

    category: str
    kind: LineKind
    agreed: Decimal
    to_date: Decimal
    """The agreed sum of the periods that are reported on."""
    spent: Decimal
    free: Decimal
    """The sum by which it may rise freely."""

    @property
    def rise(self) -> Decimal:
        """The sum that was spent above what was agreed."""
        return max(ZERO, self.spent - self.agreed)

    @property
    def excess(self) -> Decimal:
        """The part of the rise that is not free."""
        return max(ZERO, self.rise - self.free)

    @property
    def left(self) -> Decimal:
        """The agreed sum that is not spent, below zero if more was spent."""
        return self.agreed - self.spent


def standing_of(
    budget: GrantBudget, lines: tuple[LineSpent, ...], abroad: SpentAbroad | None = None, period: int | None = None
) -> tuple[CategoryStanding, ...]:
    """Return each category beside what was agreed, in the budget's order, with the exchange difference at the end."""
    spent, last = spent_by_line(lines), period or len(budget.periods)
    categories = [_category(budget, name, group, spent, last) for name, group in _by_category(budget).items()]
    difference = abroad.difference if abroad is not None else ZERO
    if difference:
        free = _free(budget, budget.total)
        exchange = CategoryStanding(EXCHANGE_CATEGORY, LineKind.DIRECT, ZERO, ZERO, difference, free)
        return (*categories, exchange)
    return tuple(categories)


def _by_category(budget: GrantBudget) -> Mapping[str, list[BudgetLine]]:
    categories: dict[str, list[BudgetLine]] = {}
    for line in budget.lines:
        categories.setdefault(line.category, []).append(line)
    return categories


def _category(
    budget: GrantBudget, name: str, lines: list[BudgetLine], spent: Mapping[int, Decimal], last: int
) -> CategoryStanding:
    agreed, kind = sum((line.total for line in lines), ZERO), lines[0].kind
    return CategoryStanding(
        category=name,
        kind=kind,
        agreed=agreed,
        to_date=sum((line.until(last) for line in lines), ZERO),
        spent=sum((spent.get(line.number, ZERO) for line in lines), ZERO),
        free=ZERO if kind is LineKind.INDIRECT else _free(budget, agreed),
    )


def _free(budget: GrantBudget, agreed: Decimal) -> Decimal:
    return max(agreed * budget.free_move / HUNDRED, budget.free_floor)


def is_far(budget: GrantBudget, line: BudgetLine, spent: Decimal, period: int) -> bool:
    """True if a line is further from its budget to date than the free share and the floor: it needs a reason."""
    to_date = line.until(period)
    distance = abs(spent - to_date)
    return distance > to_date * budget.free_move / HUNDRED and distance > budget.free_floor


def uncovered(
    standings: Iterable[CategoryStanding], disallowed: tuple[Disallowed, ...]
) -> tuple[tuple[CategoryStanding, Decimal], ...]:
    """Return the categories beyond what is free, each with the excess of which nobody says that it is not allowed."""
    allowed_less = {cost.category: cost.amount for cost in disallowed}
    pairs = ((standing, standing.excess - allowed_less.get(standing.category, ZERO)) for standing in standings)
    return tuple((standing, missing) for standing, missing in pairs if missing > 0)
