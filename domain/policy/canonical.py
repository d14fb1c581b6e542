"""Canonical bytes of the facts of a decision, as an edition of the rule book knew them: for digests and for replay.

A field that a later edition added is left out, so that an old decision keeps its digest for ever (R35; C40).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache
from typing import Any

import rfc8785
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from domain.values import ReadAs, Since


def canonical(value: BaseModel, edition: str) -> bytes:
    """Return the canonical JSON (RFC 8785) of a value, with only the fields that an edition knew."""
    return rfc8785.dumps(_known(value, value.model_dump(mode="json"), edition))


def digest_under(value: BaseModel, edition: str) -> str:
    """Return the SHA-256 of a value's canonical JSON under an edition, in hexadecimal."""
    return hashlib.sha256(canonical(value, edition)).hexdigest()


def _known(value: Any, dumped: Any, edition: str) -> Any:
    match value:
        case BaseModel():
            known = (name for name in _fields(type(value), edition) if name in dumped)
            unsaid = {name: said for name, said in _read_as(type(value), edition).items() if name not in dumped}
            return {name: _known(getattr(value, name), dumped[name], edition) for name in known} | unsaid
        case tuple():
            return [_known(one, other, edition) for one, other in zip(value, dumped, strict=True)]
        case _:
            return dumped


@cache
def _fields(model: type[BaseModel], edition: str) -> tuple[str, ...]:
    """Return the names of the fields of a model that an edition knew."""
    known = order_of(edition)
    return tuple(name for name, field in model.model_fields.items() if order_of(_since(field)) <= known)


@cache
def _read_as(model: type[BaseModel], edition: str) -> Mapping[str, bool | list[str]]:
    """Return the values that an edition read for fields of a model that nobody gave, by field."""
    known = order_of(edition)
    marks = {name: mark for name, field in model.model_fields.items() for mark in field.metadata}
    read = {name: mark for name, mark in marks.items() if isinstance(mark, ReadAs)}
    fields = _fields(model, edition)
    older = {name: mark.value for name, mark in read.items() if name in fields and known < order_of(mark.edition)}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in older.items()}


def order_of(edition: str) -> tuple[int, ...]:
    """Return an edition as a tuple of numbers, to be compared: 2026.10 is later than 2026.2."""
    return tuple(int(part) for part in edition.split(".")) if edition else ()


def _since(field: FieldInfo) -> str:
    return next((mark.edition for mark in field.metadata if isinstance(mark, Since)), "")
