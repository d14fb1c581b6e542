"""Checks of a letter against the state: its day, and that its PDF was not issued before."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from domain.errors import IllegalTransition
from domain.partnership.letter import commands as c
from domain.partnership.letter.common import LetterWish
from domain.partnership.letter.making import letter_facts
from domain.partnership.state import Partnership

_APART: Final = timedelta(days=2)
"""Days that a letter's own may be from that of the act: it was made in the evening, or in another part of the world."""


def admit_letter(partnership: Partnership, command: c.IssueLetter) -> None:
    """Refuse a letter that the state does not allow, of another day, or issued already."""
    facts = letter_facts(partnership, wish_of(command))
    if facts.to.part is not command.to:
        raise IllegalTransition(
            f"to: a letter {command.letter} goes to the {facts.to.part}, and not to the {command.to}"
        )
    if abs(command.dated - command.at.date()) > _APART:
        raise IllegalTransition(
            f"dated: the letter bears {command.dated}, and it is {command.at:%Y-%m-%d}; make it anew"
        )
    if any(letter.pdf_sha256 == command.pdf_sha256 for letter in partnership.letters):
        raise IllegalTransition("this very letter was issued already; what is to be said otherwise is another letter")


def wish_of(command: c.IssueLetter) -> LetterWish:
    """Return the letter that a command issues."""
    return LetterWish(command.letter, command.dated, command.about, command.note)
