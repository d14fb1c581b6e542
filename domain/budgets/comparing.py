"""Two budgets beside each other: what an amendment changes, and what the organisation asks of a budget."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from domain.budgets.lines import BudgetLine, GrantBudget
from domain.budgets.terms import HUNDRED, AskedBudget
from domain.values import Money


def is_same_budget(before: GrantBudget | None, after: GrantBudget | None) -> bool:
    """True if two budgets pay for the same in the same sums and on the same terms, in whatever order of lines."""
    if before is None or after is None:
        return before is after
    left_out = {"lines"}
    same_terms = before.model_dump(exclude=left_out) == after.model_dump(exclude=left_out)
    return same_terms and sorted(map(_bare, before.lines)) == sorted(map(_bare, after.lines))


def _bare(line: BudgetLine) -> tuple[Any, ...]:
    sources = sorted((source.source, source.amount, source.in_kind, source.confirmed) for source in line.others)
    return line.category, line.what, line.kind, line.sums, sources


def has_no_more_indirect(before: GrantBudget | None, after: GrantBudget | None) -> bool:
    """True if an amended budget pays no more indirect cost, and takes no limit of it away."""
    if before is None or after is None:
        return (after is None and before is None) or (after is not None and not after.indirect)
    cap, new_cap = before.indirect_most, after.indirect_most
    looser = cap is not None and (new_cap is None or new_cap > cap or before.indirect_of != after.indirect_of)
    return after.indirect <= before.indirect and not looser


def too_lax(budget: GrantBudget, rule: AskedBudget, total: Money) -> Iterator[tuple[str, str]]:
    """Yield the terms of a budget that exceed what is asked of its programme: each with its field, and in words."""
    direct = budget.total - budget.indirect
    cap, most = rule.indirect_cap(direct, budget.total), rule.indirect_most
    if cap is not None and budget.indirect > cap:
        yield (
            "lines",
            f"indirect cost is {budget.indirect:,}; {rule.programme} allows {most} % of the "
            f"{rule.indirect_of.value.lower()}, {cap:,.2f}",
        )
    if budget.free_move > rule.free_move:
        yield (
            "free_move",
            f"it is {budget.free_move} %, and {rule.programme} lets a category rise by {rule.free_move} %",
        )
    floor: Decimal = total.amount * rule.free_move / HUNDRED
    if budget.free_floor > floor:
        yield (
            "free_floor",
            f"it is {budget.free_floor:,}, and {rule.programme} lets at most {floor:,.2f} rise freely, "
            f"{rule.free_move} % of the grant",
        )
