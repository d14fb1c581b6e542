"""Ways to facts: `funds_out.payee.country` names one, and `funds_out.payee.principals.count` the length of a list.

Beside the fields there are the sum of the leg (`sum.amount`, `sum.currency`), and that sum in the organisation's base
currency at the rate that was recorded (`sum.in_base`, `sum.base`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from enum import Enum
from functools import cache
from types import MappingProxyType, NoneType, UnionType
from typing import Annotated, Any, Final, NamedTuple, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from domain.policy.canonical import order_of
from domain.policy.facts import Facts
from domain.values import Money, Since

COUNT: Final = "count"
"""The last word of a way that asks for the length of a list."""

_LEAVES: Final = (str, int, bool, Decimal, date, Enum)


def sum_of(facts: Facts) -> Money | None:
    """Return the sum of a leg, or None of one without money."""
    if facts.funds_out is not None:
        return facts.funds_out.total
    return facts.funds_in.money if facts.funds_in is not None else None


def _in_base(facts: Facts) -> Money | None:
    money = sum_of(facts)
    return facts.conversion.total((money,)) if money is not None and facts.conversion is not None else None


_SUMS: Final[Mapping[str, tuple[type, Callable[[Facts], Any]]]] = MappingProxyType(
    {
        "sum.amount": (Decimal, lambda facts: money.amount if (money := sum_of(facts)) else None),
        "sum.currency": (str, lambda facts: money.currency if (money := sum_of(facts)) else None),
        "sum.in_base": (Decimal, lambda facts: money.amount if (money := _in_base(facts)) else None),
        "sum.base": (str, lambda facts: facts.conversion.base if facts.conversion else None),
    }
)
"""The facts that are no fields: the type of each, and how it is made."""


class FactOnRecord(NamedTuple):
    """The value of a fact, or None where nobody recorded it."""

    value: Any

    @property
    def is_recorded(self) -> bool:
        """True if somebody recorded it."""
        return self.value is not None


NOBODY: Final = FactOnRecord(None)


class _Step(NamedTuple):
    """A field on a way."""

    name: str
    is_list: bool


@cache
def steps_of(way: str) -> tuple[_Step, ...]:
    """Return the fields on a way.

    Raises:
        ValueError: There is no such fact; the message names those that there are.
    """
    model: Any = Facts
    steps: list[_Step] = []
    names = way.split(".")
    for place, name in enumerate(names):
        if steps and steps[-1].is_list:
            if name == COUNT and place == len(names) - 1:
                return tuple(steps)
            raise ValueError(
                f"{'.'.join(names[:place])} is a list: ask for its length, {'.'.join(names[:place])}.count"
            )
        if not (isinstance(model, type) and issubclass(model, BaseModel)):
            raise ValueError(f"{'.'.join(names[:place])} has no parts: write it without .{name}")
        field = model.model_fields.get(name)
        if field is None or field.exclude is True:
            there = ", ".join(key for key, part in model.model_fields.items() if part.exclude is not True)
            raise ValueError(f"{way}: {name} is no fact; there are {there}")
        model, is_list = _type_of(field.annotation)
        steps.append(_Step(name, is_list))
    if steps[-1].is_list:
        raise ValueError(f"{way} is a list: ask for its length, {way}.count")
    if not (isinstance(model, type) and issubclass(model, _LEAVES)):
        raise ValueError(f"{way} has parts: name one of them, such as {way}.{next(iter(model.model_fields), '')}")
    return tuple(steps)


def leaf_type(way: str) -> type:
    """Return the type of a fact: int of the length of a list. Raises as `steps_of`."""
    if way in _SUMS:
        return _SUMS[way][0]
    steps = steps_of(way)
    if steps[-1].is_list:
        return int
    model: Any = Facts
    for step in steps:
        model, _ = _type_of(model.model_fields[step.name].annotation)
    return model if isinstance(model, type) else str


def since_of(field: FieldInfo) -> str:
    """Return the edition that added a field, empty for a field of the first."""
    return next((mark.edition for mark in field.metadata if isinstance(mark, Since)), "")


def is_later(since: str, edition: str) -> bool:
    """True if a field was added after an edition, so that nobody recorded it under that one."""
    return order_of(since) > order_of(edition)


def fact_at(facts: Facts, way: str, recorded_under: str) -> FactOnRecord:
    """Return a fact by its way. `recorded_under`: the edition of the release that recorded it.

    An empty text is none, and so is a field without a value that a later edition added: nobody could record it then.
    """
    if way in _SUMS:
        return FactOnRecord(_SUMS[way][1](facts))
    value: Any = facts
    for step in steps_of(way):
        parent, value = value, getattr(value, step.name)
        if value is None or value == "" or is_unrecorded(parent, step.name, value, recorded_under):
            return NOBODY
        if step.is_list:
            return FactOnRecord(len(value))
    return FactOnRecord(value)


def is_unrecorded(parent: BaseModel, name: str, value: Any, recorded_under: str) -> bool:
    """True if a field was added after an edition and has no value but its default: nobody could record it then."""
    field = type(parent).model_fields[name]
    return is_later(since_of(field), recorded_under) and value == field.get_default()


def _type_of(annotation: Any) -> tuple[Any, bool]:
    """Return the type behind an annotation, and whether it is a list."""
    plain = next(iter(_plain(annotation)), annotation)
    return (plain, False) if get_origin(plain) is None else (plain, get_origin(plain) is tuple)


def _plain(annotation: Any) -> Iterator[Any]:
    """Yield the types in an annotation, without marks and without None."""
    origin = get_origin(annotation)
    if origin is Annotated:
        yield from _plain(get_args(annotation)[0])
    elif origin in {Union, UnionType}:
        for part in get_args(annotation):
            yield from _plain(part)
    elif annotation is not NoneType:
        yield annotation
