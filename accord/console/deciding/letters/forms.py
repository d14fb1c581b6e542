"""The form that asks for a letter: which of those that may be written now, and in which language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from accord.console.deciding.fields import Field, Typed, form_field, said
from accord.letters.orders import LetterOrder
from accord.presentation.numbers import whole_number
from domain.partnership import commands as c
from domain.partnership.letter.kinds import Addressee, LetterKind
from domain.partnership.state import Partnership
from ledger import clock

LETTER, LANGUAGE = "letter_choice", "letter_language"
NOTHING: Final = (
    "No letter can be written now: no edition of a letter that fits is in force. A letter's edition is asked for, and "
    "confirmed by a director, under Editions."
)
_FIELDS: Final = (
    Field(LETTER, "Letter", "It is made of what stands now. You read it before you sign.", "choice"),
    Field(LANGUAGE, "Language", kind="choice"),
    replace(form_field(c.IssueLetter, "note"), hint="What the letter says beside the facts, where it takes a sentence: "
            "what a returned report lacks, or the goods or services that a donor got."),
)  # fmt: skip
_DIGESTS: Final = ("edition_sha256", "facts_sha256", "pdf_sha256", "code_sha256")


def letter_fields(_: Partnership) -> tuple[Field, ...]:
    """Return the fields of the form that asks for a letter."""
    return _FIELDS


def letter_probe(_: Partnership) -> Mapping[str, Any]:
    """Return the letter by which the state is asked whether any may be issued: a summary, of what stands."""
    fields = {
        "to": Addressee.BOARD,
        "language": "en",
        "edition_name": "any",
        "edition": "2026.1",
        "dated": clock.today(),
    }
    return {"letter": LetterKind.SUMMARY, **fields, **dict.fromkeys(_DIGESTS, "0" * 64)}


def letter_order(_: Partnership, answers: Typed) -> dict[str, Any]:
    """Return the letter that was chosen."""
    name, _between, about = said(answers, LETTER).partition(" ")
    number = whole_number(about, most_digits=3) if about else None
    order = LetterOrder(name, said(answers, LANGUAGE), number, said(answers, "note") or None)
    return {"order": order}
