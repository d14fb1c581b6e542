"""The terms of a budget: the most of it that may be indirect, and how far a category may rise freely."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Final, Self

from pydantic import Field, StringConstraints, WithJsonSchema, model_validator

from domain.edition_names import SeriesName
from domain.fault import Fault
from domain.grants import Programme
from domain.values import ExactDecimal, OneLine, Printable, Value, is_false, is_none, is_zero, minor_digits

Percent = Annotated[
    ExactDecimal,
    Field(ge=0, le=100, max_digits=5, decimal_places=2),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "pattern": r"^(100(\.00?)?|[0-9]{1,2}(\.[0-9]{1,2})?)$"},
                {"type": "number", "minimum": 0, "maximum": 100},
            ]
        }
    ),
]

LineSum = Annotated[
    ExactDecimal,
    Field(ge=0, max_digits=18),
    WithJsonSchema(
        {"anyOf": [{"type": "string", "pattern": r"^[0-9]{1,18}(\.[0-9]{1,18})?$"}, {"type": "number", "minimum": 0}]}
    ),
]
"""A sum of a line, which may be zero, exact, never a float."""

SHORTEST_CATEGORY: Final = 2
LONGEST_CATEGORY: Final = 60

Category = Annotated[
    str, StringConstraints(min_length=SHORTEST_CATEGORY, max_length=LONGEST_CATEGORY), Printable, OneLine
]
"""The name of a category of costs, such as Travel."""

HUNDRED = Decimal(100)


class LineKind(StrEnum):
    """The kind of a cost: of the work itself, or of what the grantee needs beside it."""

    DIRECT = "DIRECT"
    INDIRECT = "INDIRECT"
    """Overhead, such as rent and management, that no single project causes."""


class IndirectBase(StrEnum):
    """The sum of which indirect cost is a share."""

    DIRECT = "DIRECT"
    """The direct cost."""
    GRANT = "GRANT"
    """The whole grant."""


class BudgetTerms(Value):
    """The terms of a budget beside its lines. Without them nothing of it is free, and no share is capped."""

    indirect_most: Percent | None = Field(
        default=None, exclude_if=is_none, description="The most of `indirect_of` that indirect cost may be, in per cent"
    )
    indirect_of: IndirectBase = Field(default=IndirectBase.GRANT, description="The sum of which the cap is a share")
    free_move: Percent = Field(
        default=Decimal(0),
        exclude_if=is_zero,
        description="How far a category of direct cost may rise freely over all reports, in per cent of its agreed sum",
    )

    def indirect_cap(self, direct: Decimal, whole: Decimal) -> Decimal | None:
        """Return the most that may be indirect, or None if nothing caps it."""
        base = direct if self.indirect_of is IndirectBase.DIRECT else whole
        return None if self.indirect_most is None else base * self.indirect_most / HUNDRED


class AskedBudget(BudgetTerms):
    """A programme whose grants need a budget, with terms that no budget of it may exceed."""

    programme: Programme
    template: SeriesName | None = Field(
        default=None,
        exclude_if=is_none,
        description="The series of budget templates whose edition in force holds the categories and the terms",
    )
    optional: bool = Field(
        default=False,
        exclude_if=is_false,
        description="Whether a grant may go without a budget; one that is given is within the terms all the same",
    )

    @model_validator(mode="after")
    def _has_its_terms_once(self) -> Self:
        if self.template is not None and (self.indirect_most is not None or self.free_move):
            raise ValueError("template: its edition holds the terms; leave indirect_most and free_move out")
        return self

    def is_of(self, programme: str | None) -> bool:
        """True if a grant's programme is this one, however it is spaced and capitalised."""
        return programme is not None and same_name(programme) == same_name(self.programme)


def same_name(name: str) -> str:
    """Return a name as it is compared: without capitals, and with single spaces."""
    return " ".join(name.casefold().split())


def decimals_fault(amount: Decimal, currency: str, field: str) -> Fault | None:
    """Return the fault of an amount with more decimals than its currency has, or None."""
    digits = minor_digits(currency)
    if amount == round(amount, digits):
        return None
    return Fault(f"{field}: {amount} has more decimals than {currency} has, {digits}")
