"""The letters that there are in a partnership as it stands, each with the number that it is about."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final

from domain.errors import IllegalTransition
from domain.partnership.letter.common import LetterWish
from domain.partnership.letter.kinds import NUMBERED, LetterKind
from domain.partnership.letter.making import letter_facts
from domain.partnership.state import Partnership

PossibleLetter = tuple[LetterKind, int | None]
_ANY_NOTE: Final = "a sentence that is still to be written"


def possible_letters(partnership: Partnership, on: date) -> tuple[PossibleLetter, ...]:
    """Return the letters whose facts are there, one whose sentence is still to be written among them."""
    return tuple(
        (letter, about)
        for letter in LetterKind
        for about in _numbers(partnership, letter)
        if _is_there(partnership, LetterWish(letter, on, about, _ANY_NOTE))
    )


def _numbers(partnership: Partnership, letter: LetterKind) -> Iterator[int | None]:
    match NUMBERED.get(letter):
        case None:
            yield None
        case "report":
            yield from (report.number for report in partnership.reporting.filed)
        case "tranche":
            yield from (tranche.number for tranche in partnership.tranches)
        case _:
            yield None
            yield from (contribution.number for contribution in partnership.contributions)


def _is_there(partnership: Partnership, wish: LetterWish) -> bool:
    try:
        letter_facts(partnership, wish)
    except IllegalTransition:
        return False
    return True
