"""Facts that take note of what a rule asks of them that nobody could record.

An older decision lacks the fields that later editions added. A newer rule reads their defaults as if somebody had said
them. Run on these facts, it leaves the names of such fields behind, and its verdict is no answer.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextvars import ContextVar
from functools import cache
from types import new_class
from typing import Any, Final, get_args

from pydantic import BaseModel

from domain.policy.facts import Facts
from domain.policy.findings import Finding
from domain.policy.rule import Rule, apply
from domain.rerun.paths import is_later, is_unrecorded, since_of

NOT_FOLLOWED: Final = "a fact that cannot be named"
"""The name of what a rule asked that decides otherwise once it is watched."""

_READINGS: ContextVar[dict[str, None]] = ContextVar("readings")


class FactTrace:
    """The facts of one leg as an edition recorded them, watched while rules of a later edition read them."""

    def __init__(self, facts: Facts, recorded_under: str) -> None:
        self._facts = facts
        self._watched = _watched(facts, "", recorded_under)

    def apply(self, rule: Rule) -> tuple[Finding | None, tuple[str, ...]]:
        """Return a rule's finding, and each fact that it asked and nobody could record."""
        finding = apply(rule, self._facts)
        if self._watched is self._facts:
            return finding, ()
        readings: dict[str, None] = {}
        token = _READINGS.set(readings)
        try:
            watched_finding = apply(rule, self._watched)
        finally:
            _READINGS.reset(token)
        return finding, tuple(readings) or (() if watched_finding == finding else (NOT_FOLLOWED,))


def _watched(value: Any, way: str, edition: str) -> Any:
    """Return a watched copy of a value, or the value itself where nothing in it can be unrecorded."""
    if isinstance(value, tuple):
        return tuple(_watched(part, way, edition) for part in value)
    if not isinstance(value, BaseModel) or not is_younger(type(value), edition):
        return value
    content = {name: value.__dict__[name] for name in type(value).model_fields}
    missing = (name for name, part in content.items() if is_unrecorded(value, name, part, edition))
    parts = {name: _watched(part, _joined(way, name), edition) for name, part in content.items()}
    return _watching(type(value), way, tuple(missing)).model_construct(value.model_fields_set, **parts)


@cache
def _watching(model: type[BaseModel], way: str, missing: tuple[str, ...]) -> type[BaseModel]:
    """Return a class of the same values, which notes each reading of fields that are missing."""
    watching = new_class(f"Watched{model.__name__}", (model,))
    for name in missing:
        setattr(watching, name, property(_noting(name, _joined(way, name))))
    watching.__eq__ = _same  # type: ignore[method-assign, assignment]
    return watching


def _noting(name: str, way: str) -> Any:
    def read(value: BaseModel) -> Any:
        _READINGS.get({}).setdefault(way)
        return value.__dict__[name]

    return read


def _same(value: BaseModel, other_value: object) -> bool:
    """True if two values have the same fields, watched or not."""
    return isinstance(other_value, BaseModel) and value.__dict__ == other_value.__dict__


def _joined(way: str, name: str) -> str:
    return f"{way}.{name}" if way else name


@cache
def is_younger(model: type[BaseModel], edition: str) -> bool:
    """True if a model, or a part of it, has a field that was added after an edition."""
    return any(
        is_later(since_of(field), edition) for part in {model, *_parts(model)} for field in part.model_fields.values()
    )


@cache
def _parts(model: type[BaseModel]) -> frozenset[type[BaseModel]]:
    """Return every model that stands in a model, however deep."""
    models: set[type[BaseModel]] = set()
    open_models = [model]
    while open_models:
        inner = {part for field in open_models.pop().model_fields.values() for part in _models_in(field.annotation)}
        open_models += inner - models
        models |= inner
    return frozenset(models)


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    """Yield the models in an annotation."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for part in get_args(annotation):
        yield from _models_in(part)
