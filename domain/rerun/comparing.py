"""A comparison of one fact with a value, or with another fact. Of a fact that nobody recorded it says nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final, NamedTuple, Self

from pydantic import Field, TypeAdapter, ValidationError, model_validator

from domain.policy.facts import Facts
from domain.rerun.paths import fact_at, leaf_type
from domain.values import ExactDecimal, Value, is_empty, is_none


class Must(StrEnum):
    """A relation in which a fact must stand to a value."""

    BE = "be"
    BE_ONE_OF = "be one of"
    BE_NONE_OF = "be none of"
    BE_AT_MOST = "be at most"
    BE_AT_LEAST = "be at least"
    BE_WITHIN_DAYS = "be within days"
    """A day that is at most so many days before the day of the look at the registers."""


_RELATIONS: Final[Mapping[Must, Callable[[Any, Any], bool]]] = MappingProxyType(
    {
        Must.BE: lambda fact, value: bool(fact == value),
        Must.BE_ONE_OF: lambda fact, values: fact in values,
        Must.BE_NONE_OF: lambda fact, values: fact not in values,
        Must.BE_AT_MOST: lambda fact, value: bool(fact <= value),
        Must.BE_AT_LEAST: lambda fact, value: bool(fact >= value),
    }
)
_OF_SEVERAL: Final = frozenset({Must.BE_ONE_OF, Must.BE_NONE_OF})
_OF_ORDER: Final = frozenset({Must.BE_AT_MOST, Must.BE_AT_LEAST})


class FactCompared(NamedTuple):
    """The answer of a comparison, or the fact that nobody recorded."""

    holds: bool
    unknown: str = ""


class FactComparison(Value):
    """A fact, and what it must be: a value, one of several, or a part of another fact."""

    fact: str = Field(description="Its way, such as funds_out.payee.country")
    must: Must
    value: str | bool | int | None = Field(default=None, exclude_if=is_none)
    values: tuple[str, ...] = Field(default=(), max_length=500, exclude_if=is_empty)
    than: str = Field(default="", exclude_if=is_empty, description="Another fact that it is compared with")
    times: ExactDecimal | None = Field(default=None, exclude_if=is_none, description="The part of that fact: 0.10")

    @model_validator(mode="after")
    def _can_be_compared(self) -> Self:
        forms = [self.value is not None, bool(self.values), bool(self.than)]
        if sum(forms) != 1 or bool(self.values) is not (self.must in _OF_SEVERAL):
            raise ValueError(f"{self.fact} must {self.must}: give `values` for one of several, else `value` or `than`")
        kind = leaf_type(self.fact)
        if self.must in _OF_ORDER and not issubclass(kind, int | Decimal | date):
            raise ValueError(f"{self.fact} is a {kind.__name__}, of which none is more than another")
        if self.must is Must.BE_WITHIN_DAYS and (kind is not date or type(self.value) is not int):
            raise ValueError(f"{self.fact}: `be within days` compares a day, with a number of days")
        if self.times is not None and not (self.than and issubclass(kind, int | Decimal)):
            raise ValueError(f"{self.fact}: `times` goes with `than`, of two numbers")
        if self.than and leaf_type(self.than) is not kind:
            raise ValueError(f"{self.fact} and {self.than} are no facts of one kind")
        self._wanted()
        return self

    def on(self, facts: Facts, recorded_under: str) -> FactCompared:
        """Return its answer for some facts. `recorded_under`: the edition of the release that recorded them."""
        fact = fact_at(facts, self.fact, recorded_under)
        if not fact.is_recorded:
            return FactCompared(False, self.fact)
        if self.must is Must.BE_WITHIN_DAYS:
            return FactCompared((facts.as_of - fact.value).days <= int(self.value or 0))
        wanted_value = self._wanted()
        if self.than:
            other_value = fact_at(facts, self.than, recorded_under)
            if not other_value.is_recorded:
                return FactCompared(False, self.than)
            wanted_value = other_value.value if self.times is None else self.times * other_value.value
        return FactCompared(_RELATIONS[self.must](fact.value, wanted_value))

    def _wanted(self) -> Any:
        """Return the value or values that the fact is compared with, in the fact's own type."""
        if self.than or self.must is Must.BE_WITHIN_DAYS:
            return self.value
        kind: TypeAdapter[Any] = TypeAdapter(leaf_type(self.fact))
        try:
            if self.values:
                return tuple(map(kind.validate_python, self.values))
            return kind.validate_python(self.value, strict=type(self.value) is bool)
        except ValidationError as fault:
            raise ValueError(f"{self.fact}: {fault.errors()[0]['msg']}") from None
