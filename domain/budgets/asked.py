"""Limits that an organisation sets to a budget: terms of its programme, or an edition of a template."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated

from pydantic import Field

from domain.budgets.lines import GrantBudget
from domain.budgets.terms import HUNDRED, AskedBudget, BudgetTerms, LineKind, LineSum, same_name
from domain.edition_names import EditionReference
from domain.values import Money, Value

FieldFault = tuple[str, str]
"""A field of a budget, and what is wrong with it in words."""


class AskedCategory(Value):
    """A category of costs that a template allows: its names, one in each language, and its kind."""

    names: Annotated[tuple[str, ...], Field(min_length=1)]
    kind: LineKind

    def is_named(self, name: str) -> bool:
        """True if one of its names is this one, however it is spaced and capitalised."""
        return same_name(name) in map(same_name, self.names)


class AskedTemplate(BudgetTerms):
    """The edition of a template that a budget is made within, with what it allows."""

    edition: EditionReference
    categories: tuple[AskedCategory, ...]
    free_floor: LineSum
    periods_most: int

    def category_named(self, name: str) -> AskedCategory | None:
        """Return the category that bears a name in one of its languages, or None."""
        return next((category for category in self.categories if category.is_named(name)), None)


def too_lax(budget: GrantBudget, rule: AskedBudget, total: Money) -> Iterator[FieldFault]:
    """Yield the terms of a budget that exceed what is asked of its programme: each with its field, and in words."""
    floor: Decimal = total.amount * rule.free_move / HUNDRED
    yield from _beyond_terms(budget, rule, rule.programme)
    if budget.free_floor > floor:
        yield (
            "free_floor",
            f"it is {budget.free_floor:,}, and {rule.programme} lets at most {floor:,.2f} rise freely, "
            f"{rule.free_move} % of the grant",
        )


def beyond_template(budget: GrantBudget, template: AskedTemplate) -> Iterator[FieldFault]:
    """Yield the faults of a budget beside its template: each with its field, and in words."""
    name, most = str(template.edition), template.periods_most
    yield from _strange_categories(budget, template, name)
    if len(budget.periods) > most:
        yield "periods", f"there are {len(budget.periods)}, and {name} has at most {most}; join some"
    yield from _beyond_terms(budget, template, name)
    if budget.free_floor > template.free_floor:
        yield "free_floor", f"it is {budget.free_floor:,}, and {name} lets at most {template.free_floor:,} rise freely"


def _strange_categories(budget: GrantBudget, template: AskedTemplate, name: str) -> Iterator[FieldFault]:
    """Yield the lines of no category, of another kind of cost, or of a category in words of two languages."""
    first_words: dict[AskedCategory, str] = {}
    for place, line in enumerate(budget.lines):
        category = template.category_named(line.category)
        if category is None:
            names = ", ".join(allowed_category.names[0] for allowed_category in template.categories)
            yield f"lines.{place}.category", f"{line.category!r} is no category of {name}; it has: {names}"
            continue
        if line.kind is not category.kind:
            yield f"lines.{place}.kind", f"{line.category} is {category.kind.value} in {name}; write that"
        words = first_words.setdefault(category, line.category)
        if words != line.category:
            yield f"lines.{place}.category", f"{line.category!r} is {words!r}, in other words; write it in one way"


def _beyond_terms(budget: GrantBudget, terms: BudgetTerms, name: str) -> Iterator[FieldFault]:
    cap, most = terms.indirect_cap(budget.total - budget.indirect, budget.total), terms.indirect_most
    if cap is not None and budget.indirect > cap:
        yield (
            "lines",
            f"indirect cost is {budget.indirect:,}; {name} allows {most} % of the "
            f"{terms.indirect_of.value.lower()}, {cap:,.2f}",
        )
    if budget.free_move > terms.free_move:
        yield "free_move", f"it is {budget.free_move} %, and {name} lets a category rise by {terms.free_move} %"
