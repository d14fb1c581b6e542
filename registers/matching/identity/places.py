"""The place of a registered body, and whether an address is in it: by postal code, or by city and state."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum
from typing import Final, NamedTuple

from registers.matching.identity.name_words import words_of
from registers.matching.words.short_forms import STATES

_POSTAL_CODE: Final = re.compile(r"\b([0-9]{5})(?:-[0-9]{4})?\b")
_NO_CODE: Final = "00000"
_CITY_WORDS: Final = {"saint": "st", "fort": "ft", "mount": "mt", "north": "n", "south": "s", "east": "e", "west": "w"}


class PlaceAgreement(StrEnum):
    """The agreement of an address with the place of a registered body."""

    IN_PLACE = "IN_PLACE"
    ELSEWHERE = "ELSEWHERE"
    NOT_GIVEN = "NOT_GIVEN"
    """Nobody gave an address, or the register has none."""


class RegisteredPlace(NamedTuple):
    """The place in a row of a register."""

    city: str = ""
    state: str = ""
    """The two letters of a state, empty abroad."""
    postal_code: str = ""

    def __str__(self) -> str:
        return " ".join(
            part for part in (f"{self.city}," if self.city and self.state else self.city, self.state) if part
        )


class GivenPlace(NamedTuple):
    """An address as somebody gives it."""

    lines: tuple[str, ...]
    postal_code: str = ""

    def agreement(self, place: RegisteredPlace | None) -> PlaceAgreement:
        """Return the agreement of the address with the place of a row."""
        if place is None or not (place.city or place.postal_code):
            return PlaceAgreement.NOT_GIVEN
        return PlaceAgreement.IN_PLACE if self._is_in(place) else PlaceAgreement.ELSEWHERE

    def _is_in(self, place: RegisteredPlace) -> bool:
        registered_code = place.postal_code[:5]
        if registered_code.isdigit() and registered_code != _NO_CODE and registered_code in self._postal_codes:
            return True
        state_forms = _forms_of(place.state)
        names_state = not place.state or any(_stands_in(form, _texts(" ".join(self.lines))) for form in state_forms)
        city = _texts(place.city)
        if city in state_forms and self._names_both(city, state_forms):
            return True
        return names_state and any(_ends_with(part, city, state_forms) for part in self._parts)

    def _names_both(self, city: Sequence[str], state_forms: Sequence[Sequence[str]]) -> bool:
        """True if a city that is named like its state stands beside that state, as in New York, NY."""
        parts = [_without_code(part) for part in self._parts]
        return any(
            part == city and any(other in state_forms for other in (*parts[:at], *parts[at + 1 :]))
            for at, part in enumerate(parts)
        )

    @property
    def _parts(self) -> list[list[str]]:
        """The words of each part of the address: a line, or what stands between commas."""
        return [_texts(part) for line in self.lines for part in line.split(",")]

    @property
    def _postal_codes(self) -> set[str]:
        return {self.postal_code[:5], *_POSTAL_CODE.findall(" ".join(self.lines))}


def agreement_of(address: GivenPlace | None, place: RegisteredPlace | None) -> PlaceAgreement:
    """Return the agreement of an address, if somebody gave one, with a place."""
    return PlaceAgreement.NOT_GIVEN if address is None else address.agreement(place)


def _texts(text: str) -> list[str]:
    return [_CITY_WORDS.get(word.text, word.text) for word in words_of(text)]


def _stands_in(part: Sequence[str], whole: Sequence[str]) -> bool:
    """True if some words stand in a row among others."""
    return bool(part) and any(whole[at : at + len(part)] == part for at in range(len(whole)))


def _without_code(part: Sequence[str]) -> list[str]:
    bare = list(part)
    while bare and bare[-1].isdigit():
        bare.pop()
    return bare


def _ends_with(part: Sequence[str], city: Sequence[str], state_forms: Sequence[Sequence[str]]) -> bool:
    """True if a part of an address ends with a city, before its state and postal code. Streets bear cities' names."""
    bare = _without_code(part)
    for form in state_forms:
        if form and bare[-len(form) :] == form:
            bare = bare[: -len(form)]
            break
    return bool(city) and bare[-len(city) :] == list(city)


def _forms_of(state: str) -> list[list[str]]:
    """Return the ways in which a state is written, each as words."""
    code = state.casefold()
    longs = [_texts(long) for long in STATES.get(code, ()) if len(long) > len(code)]
    return [form for form in (*longs, _texts(code)) if form]
