"""The fields of forms: what they ask, what may be chosen, and what was typed, as a command's content."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from accord.presentation.acts import ActField, FieldKind, field_of, fields_of
from accord.presentation.words.codes import as_sentence, in_plain_words, words_of
from domain.partnership.acts import Choices
from domain.partnership.commands import Approve, Decline, StaffCommand
from domain.partnership.state import Partnership

Typed = Mapping[str, Sequence[str]]
"""The typed and chosen texts, by the name of the field."""


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a form."""

    name: str
    label: str
    hint: str = ""
    kind: str = "text"
    """text, line, day, tick, choice, choices, person, digest or paper."""
    choices: Choices = ()
    begins_with: str = ""
    """Its text before anybody typed."""
    fills: tuple[str, ...] = ()
    """The fields of the command that it fills under another name: what is wrong with them is said beside it."""

    @property
    def is_needed(self) -> bool:
        """True if it may not be left empty where an act is taken on several partnerships."""
        return self.kind not in {"person", "digest", "paper"}

    def is_about(self, fault: str) -> bool:
        """True if a fault is about what was typed here."""
        return any(re.search(rf"(?<!\w){re.escape(name)}(\.[\w.]+)?:", fault) for name in (self.name, *self.fills))


DOCUMENT: Final = Field(
    "document_sha256",
    "Document",
    "Choose the file. It stays with you. What goes on record is its fingerprint (SHA-256), which tells years later "
    "whether a copy is the same. Without the file, write its SHA-256.",
    kind="digest",
)


PAPER_HINT: Final = (
    "Choose the file: it is kept here, encrypted, and its fingerprint (SHA-256) goes on record. Of a paper that stays "
    "with you, write the SHA-256."
)
ISSUED_HINT: Final = "The SHA-256 of the agreement that was issued stands here. "
UPLOAD: Final = "{}_file"
"""The name of the file beside a field that takes a digest."""


def form_field(command: type[StaffCommand], name: str, partnership: Partnership | None = None) -> Field:
    """Return a form's field for a field of a command, with the choices that a partnership's state gives."""
    return _form_field(field_of(command, name), partnership)


def form_fields(command: type[StaffCommand], partnership: Partnership) -> tuple[Field, ...]:
    """Return a form's fields for everything that a command asks."""
    return tuple(_form_field(field, partnership) for field in fields_of(command) if field.asked)


def _form_field(field: ActField, partnership: Partnership | None) -> Field:
    if field.kind is FieldKind.DOCUMENT:
        return DOCUMENT
    by_state = field.choices(partnership) if field.choices is not None and partnership is not None else None
    title, description = in_plain_words(field.title), in_plain_words(field.description)
    if by_state is not None:
        kind = "choices" if field.several else "choice"
        return Field(
            field.name,
            title,
            kind=kind,
            choices=tuple((key, as_sentence(in_plain_words(state))) for key, state in by_state),
        )
    if field.kind is FieldKind.CHOICE:
        every = tuple((str(member.value), as_sentence(words_of(member))) for member in field.values)
        return Field(field.name, title, description, "choice", every)
    kind = FieldKind.LINE if field.kind is FieldKind.NUMBER else field.kind
    return Field(field.name, title, "" if kind is FieldKind.TICK else description, kind.value)


REASON: Final = form_field(Decline, "reason")
NO_INTEREST: Final = form_field(Approve, "no_interest")


def first(choices: Choices, default: str = "") -> str:
    """Return the first of what may be chosen, or something else if there is nothing."""
    return choices[0][0] if choices else default


def plain(text: str) -> str:
    """Return typed text with the record's line ends, not the browser's, and nothing around it."""
    return text.replace("\r\n", "\n").strip()


def said(answers: Typed, name: str) -> str:
    """Return the text typed in a field, or ''."""
    return plain(next(iter(answers.get(name, ())), ""))


def content_as_typed(fields: Sequence[Field], answers: Typed) -> dict[str, Any]:
    """Return a command's content whose fields are those of the form. What was left empty is left out."""
    content: dict[str, Any] = {}
    for field in fields:
        match field.kind:
            case "tick":
                content[field.name] = bool(answers.get(field.name))
            case "choices":
                content[field.name] = tuple(map(plain, answers.get(field.name, ())))
            case _ if text := said(answers, field.name):
                content[field.name] = text
            case _:
                pass
    return content
