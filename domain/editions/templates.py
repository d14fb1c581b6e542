"""Budget templates and score sheets: categories and limits, and criteria on scales of whole numbers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from domain.budgets.lines import EXCHANGE_CATEGORY
from domain.budgets.terms import LONGEST_CATEGORY, SHORTEST_CATEGORY, same_name
from domain.editions.content import RESERVED_NAMES, Code, ContentFault, EditionContent, FromText, Parts, json_of
from domain.editions.kinds import EditionKind
from domain.values import ExactDecimal, Value

Percent = Annotated[ExactDecimal, Field(ge=0, le=100, max_digits=5, decimal_places=2), FromText]
"""A percentage, such as 12.5."""


class CostKind(StrEnum):
    """A kind of cost."""

    DIRECT = "DIRECT"
    INDIRECT = "INDIRECT"


class CostBase(StrEnum):
    """The sum that a cap on indirect cost is a share of."""

    DIRECT = "DIRECT"
    GRANT = "GRANT"


class BudgetCategory(Value):
    """A category of cost."""

    code: Code
    kind: CostKind


class BudgetTemplate(EditionContent):
    """The categories of a budget, and the limits within which it is made and moved."""

    kind: Literal[EditionKind.BUDGET]
    categories: Annotated[tuple[BudgetCategory, ...], Field(min_length=1, max_length=60)]
    indirect_most: Percent | None = None
    """The most indirect cost in percent, or None for no cap."""
    indirect_of: CostBase = CostBase.DIRECT
    free_move: Percent
    """The share of a category that may move without an amendment, in percent."""
    free_floor: Annotated[ExactDecimal, Field(ge=0, max_digits=18), FromText]
    """The sum below which a departure needs no reason, in the budget's currency."""
    periods_most: Annotated[int, Field(ge=1, le=12)]

    def needed_words(self) -> Iterable[str]:
        """Return the key of a label for each category."""
        return (f"{category.code}.label" for category in self.categories)

    def optional_words(self) -> Iterable[str]:
        """Return the key of a hint for each category."""
        return (f"{category.code}.hint" for category in self.categories)

    def own_faults(self) -> Iterator[ContentFault]:
        """Yield the faults of categories: their names, and their labels, which lines of budgets bear."""
        yield from _names_once("categories", [category.code for category in self.categories])
        for language in self.languages:
            yield from self._faults_of_labels(language)

    def _faults_of_labels(self, language: str) -> Iterator[ContentFault]:
        seen = {same_name(EXCHANGE_CATEGORY)}
        for code, label in zip((category.code for category in self.categories), self.labels(language), strict=True):
            place = ("words", language, f"{code}.label")
            if label and ("\n" in label or not SHORTEST_CATEGORY <= len(label) <= LONGEST_CATEGORY):
                words = f"a budget has categories of {SHORTEST_CATEGORY} to {LONGEST_CATEGORY} signs on one line"
                yield ContentFault(place, f"{words}; shorten it")
            if label and same_name(label) in seen:
                yield ContentFault(place, f"{label!r} is another category already; give it other words")
            seen.add(same_name(label))

    def labels(self, language: str) -> tuple[str, ...]:
        """Return the words of each category in a language."""
        return tuple(self.said(f"{category.code}.label", language) for category in self.categories)

    def parts(self) -> Parts:
        """Return its limits and categories in words."""
        limits = {
            "most indirect cost, in percent": json_of(self.indirect_most),
            "of": self.indirect_of.value,
            "free to move, in percent": json_of(self.free_move),
            "and up to": json_of(self.free_floor),
            "most periods": json_of(self.periods_most),
        }
        return {"": limits, **{category.code: {"cost": category.kind.value} for category in self.categories}}


class Criterion(Value):
    """A criterion, scored by whole numbers."""

    code: Code
    least: Annotated[int, Field(ge=0, le=100)]
    most: Annotated[int, Field(ge=1, le=100)]


class ScoreSheet(EditionContent):
    """The criteria by which a reviewer scores an application, each with a reason."""

    kind: Literal[EditionKind.SHEET]
    criteria: Annotated[tuple[Criterion, ...], Field(min_length=1, max_length=30)]

    def needed_words(self) -> Iterable[str]:
        """Return the key of a label for each criterion."""
        return (f"{criterion.code}.label" for criterion in self.criteria)

    def optional_words(self) -> Iterable[str]:
        """Return the key of a hint for each criterion: what its scores mean."""
        return (f"{criterion.code}.hint" for criterion in self.criteria)

    def own_faults(self) -> Iterator[ContentFault]:
        """Yield the faults of criteria."""
        yield from _names_once("criteria", [criterion.code for criterion in self.criteria])
        for number, criterion in enumerate(self.criteria):
            if criterion.least >= criterion.most:
                yield ContentFault(("criteria", number, "most"), "it is not above the least; write a higher number")

    def parts(self) -> Parts:
        """Return its criteria in words."""
        return {criterion.code: {"scale": f"{criterion.least} to {criterion.most}"} for criterion in self.criteria}


def _names_once(place: str, codes: list[str]) -> Iterator[ContentFault]:
    for number, code in enumerate(codes):
        if code in codes[:number]:
            yield ContentFault((place, number, "code"), f"{code} is named twice; name it once")
        if code in RESERVED_NAMES:
            yield ContentFault((place, number, "code"), f"{code} stands for words of the whole; choose another name")
