"""Find names in texts however they are written: in capitals, with other spaces, composed or not, family name first."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

_SPACES: Final = re.compile(r"\s+")
_UNSEEN: Final = re.compile("[\u00ad\u200b-\u200f\u2060-\u2064\ufeff]")
_TURNED: Final = r"(?: ?, ?| )"
"""The signs between the parts of a name that is written family name first."""


def fold(text: str) -> str:
    """Return the form that all spellings of a text share: no case, one kind of space, decomposed, no unseen signs."""
    plain = unicodedata.normalize("NFD", unicodedata.normalize("NFD", text).casefold())
    return _SPACES.sub(" ", _UNSEEN.sub("", plain))


class Mention(NamedTuple):
    """A name found in a text: the part of the text, from `start` to before `end`, and the name's index."""

    start: int
    end: int
    name: int


class Names:
    """Names of several words, or addresses, to be found within longer texts."""

    def __init__(self, names: Iterable[str]) -> None:
        names_by_length = sorted(enumerate(map(fold, names)), key=lambda pair: len(pair[1]), reverse=True)
        self._indexes = [index for index, _ in names_by_length]
        alternatives = "|".join(f"({_spellings(name)})" for _, name in names_by_length)
        self._pattern = re.compile(rf"(?<!\w)(?:{alternatives})(?!\w)") if names_by_length else None

    def within(self, text: str) -> Iterator[Mention]:
        """Yield the places of names in a text, in order and, of names within names, the longest."""
        if self._pattern is None or self._pattern.search(fold(text)) is None:
            return
        folded_text, places = _fold_with_places(text)
        for match in self._pattern.finditer(folded_text):
            start, end = places[match.start()][0], places[match.end() - 1][1]
            yield Mention(start, end, self._indexes[(match.lastindex or 1) - 1])

    def are_in(self, text: str) -> bool:
        """True if any of the names stands in a text."""
        return self._pattern is not None and self._pattern.search(fold(text)) is not None


def _spellings(name: str) -> str:
    """Return a pattern of a folded name: as it is written, and turned round at any of its spaces."""
    words = [re.escape(word) for word in name.split()]
    inversions = (f"{' '.join(words[at:])}{_TURNED}{' '.join(words[:at])}" for at in range(1, len(words)))
    return "|".join((" ".join(words), *inversions))


def _fold_with_places(text: str) -> tuple[str, list[tuple[int, int]]]:
    """Return a folded text, and for each of its signs where it stood: (start, end)."""
    signs, places, start = list[str](), list[tuple[int, int]](), 0
    while start < len(text):
        end = start + 1
        while end < len(text) and unicodedata.combining(text[end]):
            end += 1
        for sign in fold(text[start:end]):
            if sign == " " and signs and signs[-1] == " ":
                places[-1] = places[-1][0], end
                continue
            signs.append(sign)
            places.append((start, end))
        start = end
    return "".join(signs), places
