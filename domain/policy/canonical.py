"""Canonical bytes of the facts of a decision, as an edition of the rule book knew them: for digests and for replay.

A field that a later edition added is left out, so that an old decision keeps its digest for ever (R35; C40).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from domain.canonical_json import canonical_json
from domain.values import ReadAs, Since


def canonical(value: BaseModel, edition: str) -> bytes:
    """Return the canonical JSON (RFC 8785) of a value, with only the fields that an edition knew."""
    return canonical_json(_known(value, value.model_dump(mode="json"), edition))


def digest_under(value: BaseModel, edition: str) -> str:
    """Return the SHA-256 of a value's canonical JSON under an edition, in hexadecimal."""
    return hashlib.sha256(canonical(value, edition)).hexdigest()


def _known(value: Any, dump: Any, edition: str) -> Any:
    match value:
        case BaseModel():
            names = (name for name in _fields(type(value), edition) if name in dump)
            unsaid = {name: default for name, default in _read_as(type(value), edition).items() if name not in dump}
            return {name: _known(getattr(value, name), dump[name], edition) for name in names} | unsaid
        case tuple():
            return [_known(part, part_dump, edition) for part, part_dump in zip(value, dump, strict=True)]
        case _:
            return dump


@cache
def _fields(model: type[BaseModel], edition: str) -> tuple[str, ...]:
    """Return the names of the fields of a model that an edition knew."""
    edition_order = order_of(edition)
    return tuple(name for name, field in model.model_fields.items() if order_of(_since(field)) <= edition_order)


@cache
def _read_as(model: type[BaseModel], edition: str) -> Mapping[str, bool | list[str]]:
    """Return the values that an edition read for fields of a model that nobody gave, by field."""
    edition_order = order_of(edition)
    marks = {name: mark for name, field in model.model_fields.items() for mark in field.metadata}
    defaults = {name: mark for name, mark in marks.items() if isinstance(mark, ReadAs)}
    fields = _fields(model, edition)
    older = {
        name: mark.value for name, mark in defaults.items() if name in fields and edition_order < order_of(mark.edition)
    }
    return {name: list(value) if isinstance(value, tuple) else value for name, value in older.items()}


def order_of(edition: str) -> tuple[int, ...]:
    """Return an edition as a tuple of numbers, to be compared: 2026.10 is later than 2026.2."""
    return tuple(int(part) for part in edition.split(".")) if edition else ()


def _since(field: FieldInfo) -> str:
    return next((mark.edition for mark in field.metadata if isinstance(mark, Since)), "")
