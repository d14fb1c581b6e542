"""Misspell names as people do, by the words of the file itself. Nothing here knows how names are compared.

A slip is made in a word that is nobody's. A misspelt place is another place, as a given name is another's, and a letter
less may make a word of others: such writings are made too, and are counted by themselves.
"""

from __future__ import annotations

import random
import re
import string
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Final, NamedTuple

_STATES: Final = """
ALABAMA ALASKA ARIZONA ARKANSAS CALIFORNIA CAROLINA COLORADO COLUMBIA CONNECTICUT DAKOTA DELAWARE FLORIDA GEORGIA HAWAII
IDAHO ILLINOIS INDIANA IOWA JERSEY KANSAS KENTUCKY LOUISIANA MAINE MARYLAND MASSACHUSETTS MEXICO MICHIGAN MINNESOTA
MISSISSIPPI MISSOURI MONTANA NEBRASKA NEVADA HAMPSHIRE OHIO OKLAHOMA OREGON PENNSYLVANIA PUERTO RHODE TENNESSEE TEXAS
UTAH VERMONT VIRGINIA WASHINGTON WISCONSIN WYOMING YORK
"""
_NUMERAL: Final = frozenset("IVXLCDM")
_IN_CARE_OF: Final = re.compile(r"%\s*([A-Z]{3,})\s")
_SEVERAL: Final = 3
"""Names that bear a word, or people who bear a given name, before it counts as one."""

_SLIP_FROM: Final = 5
"""Letters of the shortest word with a slip, in either writing. The first letter stays."""

_TRIES: Final = 20


class FileWords(NamedTuple):
    """The words of a file."""

    borne: frozenset[str]
    """Words of several names."""
    places: frozenset[str]
    given_names: frozenset[str]

    def are_others(self, word: str) -> bool:
        """True for a place, a given name and a numeral, whose slips are another's."""
        return word in self.places or word in self.given_names or set(word) <= _NUMERAL


def file_words(names: Iterable[str], cities: Iterable[str], in_care_of: Iterable[str]) -> FileWords:
    """Return the words of a file's names, those of its places, and the given names of whom mail is in care of."""
    borne = Counter(word for name in names for word in set(re.findall(r"[A-Z]+", name.upper())))
    people = Counter(match[1] for text in in_care_of if (match := _IN_CARE_OF.match(text.upper())))
    places = {word for city in cities for word in re.findall(r"[A-Z]+", city.upper())}
    return FileWords(_several(borne), frozenset(places.union(_STATES.split())), _several(people))


def _several(counts: Mapping[str, int]) -> frozenset[str]:
    return frozenset(word for word, count in counts.items() if count >= _SEVERAL)


def misspelt(words: FileWords, name: str, chance: random.Random) -> str:
    """Return a name with a slip in a word that is nobody's, which makes no word of other names, or ''."""
    return _with_a_slip(
        name, chance, lambda word, slip: not words.are_others(word) and slip not in words.borne and _is_long(slip)
    )


def misspelt_as_anothers(words: FileWords, name: str, chance: random.Random) -> str:
    """Return a name with a slip in a place, a given name or a numeral, or one that makes a word of others, or ''."""
    return _with_a_slip(name, chance, lambda word, slip: words.are_others(word) or slip in words.borne)


def _with_a_slip(name: str, chance: random.Random, fits: Callable[[str, str], bool]) -> str:
    words = name.split()
    places = [place for place, word in enumerate(words) if _is_long(word) and word.isalpha()]
    for _ in range(_TRIES if places else 0):
        place = chance.choice(places)
        slip = _slip(words[place], chance)
        if slip != words[place] and fits(words[place], slip):
            return " ".join((*words[:place], slip, *words[place + 1 :]))
    return ""


def _is_long(word: str) -> bool:
    return len(word) >= _SLIP_FROM


def _slip(word: str, chance: random.Random) -> str:
    """A letter left out, doubled, exchanged with its neighbour, or another one in its place."""
    at = chance.randrange(1, len(word) - 1)
    match chance.randrange(4):
        case 0:
            return word[:at] + word[at + 1 :]
        case 1:
            return word[:at] + word[at] + word[at:]
        case 2:
            return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
        case _:
            return word[:at] + chance.choice(string.ascii_uppercase) + word[at + 1 :]
