"""The table of kinds: the model of each kind's content, and how bytes are read as it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from pydantic import ValidationError
from pydantic_core import ErrorDetails, to_json

from domain.editions.calls import CallForApplications
from domain.editions.content import MOST_BYTES, ContentFault, EditionContent
from domain.editions.kinds import EditionKind
from domain.editions.letters import LetterTemplate
from domain.editions.questions import QuestionSet
from domain.editions.templates import BudgetTemplate, ScoreSheet

MODELS: Final[Mapping[EditionKind, type[EditionContent]]] = MappingProxyType(
    {
        EditionKind.QUESTIONS: QuestionSet,
        EditionKind.BUDGET: BudgetTemplate,
        EditionKind.SHEET: ScoreSheet,
        EditionKind.LETTER: LetterTemplate,
        EditionKind.CALL: CallForApplications,
    }
)
"""The model of the content of each kind."""


class BadContent(ValueError):
    """Content that is no edition. It has one fault or more, each with its place."""

    def __init__(self, faults: list[ContentFault]) -> None:
        super().__init__("\n".join(map(str, faults)))
        self.faults = faults


def content_from(fields: Any) -> EditionContent:
    """Return the content that fields of JSON describe, checked as far as its shape goes.

    Raises:
        BadContent: A field is wrong, or its kind is none.
    """
    kind = fields.get("kind") if isinstance(fields, dict) else None
    if not isinstance(kind, str) or kind not in [*EditionKind]:
        kinds = ", ".join(EditionKind)
        raise BadContent([ContentFault(("kind",), f"{str(kind)[:30]!r} is no kind of edition; write one of {kinds}")])
    try:
        return MODELS[EditionKind(kind)].model_validate_json(to_json(fields), strict=True)
    except ValidationError as fault:
        raise BadContent([_fault_of(error) for error in fault.errors()]) from None


def content_of_bytes(content: bytes) -> EditionContent:
    """Return the content that was kept as canonical bytes. Every release reads what an earlier one kept.

    Raises:
        BadContent: They are no edition's.
    """
    if len(content) > MOST_BYTES:
        raise BadContent([ContentFault((), f"it has {len(content):,} bytes; at most {MOST_BYTES:,} are kept")])
    try:
        fields = json.loads(content)
    except ValueError as fault:
        raise BadContent([ContentFault((), f"it is no JSON: {fault}")]) from None
    return content_from(fields)


def checked_content(content: bytes) -> EditionContent:
    """Return the content of an edition that is asked for: canonical, and without a fault.

    Raises:
        BadContent: It has faults; all of them are told.
    """
    edition = content_of_bytes(content)
    faults = faults_of_content(edition)
    if not faults and edition.canonical() != content:
        faults = [ContentFault((), "its bytes are not canonical; make the file by `accord editions make` or `check`")]
    if faults:
        raise BadContent(faults)
    return edition


def faults_of_content(content: EditionContent) -> list[ContentFault]:
    """Return every fault of an edition's content, its size among them."""
    size = len(content.canonical())
    too_long = [ContentFault((), f"it has {size:,} bytes; at most {MOST_BYTES:,} are kept, so shorten or split it")]
    return [*content.faults(), *(too_long if size > MOST_BYTES else [])]


def digest_of_content(content: bytes) -> str:
    """Return the SHA-256 of an edition's bytes, by which everything else names it."""
    return hashlib.sha256(content).hexdigest()


_NO_KEYWORD: Final = {"pattern": "a pattern can keep a machine busy for ever", "$ref": "a question refers to nothing"}


def _fault_of(error: ErrorDetails) -> ContentFault:
    place = tuple(part for part in error["loc"] if part != "[key]")
    match error["type"]:
        case "missing":
            return ContentFault(place, "missing; add it")
        case "extra_forbidden":
            why = _NO_KEYWORD.get(str(place[-1]), "no such field")
            return ContentFault(place, f"{why}; remove it, or correct its name")
        case "value_error":
            return ContentFault(place, error["msg"].removeprefix("Value error, "))
        case "string_pattern_mismatch":
            return ContentFault(place, f"{_short(error)} does not have the form {error['ctx']['pattern']}")
        case "enum" | "literal_error":
            return ContentFault(place, f"{_short(error)} is not known; write {error['ctx']['expected']}")
        case _:
            return ContentFault(place, f"{error['msg']} (it says {_short(error)})")


def _short(error: ErrorDetails) -> str:
    text = repr(error["input"])
    return text if len(text) <= 60 else text[:57] + "..."
