"""The fields of forms: what they ask, what may be chosen, and what was typed, as a command's content."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

Choices = tuple[tuple[str, str], ...]
"""The options: each as it is sent, and in words."""

Typed = Mapping[str, Sequence[str]]
"""The typed and chosen texts, by the name of the field."""


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a form."""

    name: str
    label: str
    hint: str = ""
    kind: str = "text"
    """text, line, day, tick, choice, choices, person or digest."""
    choices: Choices = ()
    begins_with: str = ""
    """Its text before anybody typed."""
    fills: tuple[str, ...] = ()
    """The fields of the command that it fills under another name: what is wrong with them is said beside it."""

    @property
    def is_needed(self) -> bool:
        """True if it may not be left empty where an act is taken on several partnerships."""
        return self.kind not in {"person", "digest"}

    def is_about(self, fault: str) -> bool:
        """True if a fault is about what was typed here."""
        return any(re.search(rf"\b{re.escape(name)}(\.[\w.]+)?:", fault) for name in (self.name, *self.fills))


REASON: Final = Field("reason", "Reason", "It stands in the record, under your name.")
NO_INTEREST: Final = Field(
    "no_interest", "I have no interest in this partnership, its partner or its people (R32)", kind="tick"
)
COMMENT: Final = Field("text", "Comment", "It stays on record, under your name.")
LOOKS_AFTER: Final = Field("to", "Who looks after it", kind="person", choices=(("", "nobody in particular"),))
DOCUMENT: Final = Field(
    "document_sha256",
    "Document",
    "Its SHA-256 goes on record, and the file stays with you: choose it, or type what `sha256sum` says.",
    kind="digest",
)


def first(choices: Choices, other: str = "") -> str:
    """Return the first of what may be chosen, or something else if there is nothing."""
    return choices[0][0] if choices else other


def plain(text: str) -> str:
    """Return typed text with the record's line ends, not the browser's, and nothing around it."""
    return text.replace("\r\n", "\n").strip()


def said(typed: Typed, name: str) -> str:
    """Return the text typed in a field, or ''."""
    return plain(next(iter(typed.get(name, ())), ""))


def content_as_typed(fields: Sequence[Field], typed: Typed) -> dict[str, Any]:
    """Return a command's content whose fields are those of the form. What was left empty is left out."""
    content: dict[str, Any] = {}
    for field in fields:
        match field.kind:
            case "tick":
                content[field.name] = bool(typed.get(field.name))
            case "choices":
                content[field.name] = tuple(map(plain, typed.get(field.name, ())))
            case _ if given := said(typed, field.name):
                content[field.name] = given
            case _:
                pass
    return content
