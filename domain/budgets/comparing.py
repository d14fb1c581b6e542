"""Two budgets beside each other: what an amendment changes."""

from __future__ import annotations

from typing import Any

from domain.budgets.lines import BudgetLine, GrantBudget


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
