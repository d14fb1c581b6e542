"""Names that organisations wrote on their own returns, beside the master file's rows: true pairs, and wrong ones.

Nothing here knows how names are compared. The file is split into two halves by a fixed seed: a comparison is tuned on
one and shown with the other.
"""

from __future__ import annotations

import csv
import random
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Final, NamedTuple

from bench.names.pairs import FILLERS, Draw, words_of

PUBLIC_CHARITIES: Final = frozenset(["10", "11", "12", "13", "15", "16"])
"""FOUNDATION codes of public charities."""


class Body(NamedTuple):
    """A row of the master file, by its fields."""

    ein: str
    name: str
    care_of: str
    city: str
    state: str
    postal_code: str
    subsection: str
    affiliation: str
    foundation: str
    second_name: str


class Group(StrEnum):
    """The kinds of bodies that are counted by themselves."""

    CHARITIES = "independent public charities"
    SUBORDINATES = "group subordinates"
    ALL = "all"

    def has(self, body: Body) -> bool:
        """True if a body is of the kind."""
        match self:
            case Group.CHARITIES:
                is_public = body.subsection == "03" and body.foundation in PUBLIC_CHARITIES
                return is_public and body.affiliation == "3"
            case Group.SUBORDINATES:
                return body.affiliation == "9"
            case _:
                return True


class OnReturn(NamedTuple):
    """A name on a return, with its body's row."""

    name: str
    body: Body


def bodies(folder: Path) -> dict[str, Body]:
    """Return every row of the master file's extracts in a folder, by EIN."""
    found: dict[str, Body] = {}
    for path in sorted(folder.glob("*.csv")):
        with path.open(encoding="latin-1", newline="") as file:
            found.update((row["EIN"], _body(row)) for row in csv.DictReader(file))
    return found


def _body(row: Mapping[str, str]) -> Body:
    fields = (*("EIN", "NAME", "ICO", "CITY", "STATE", "ZIP", "SUBSECTION", "AFFILIATION", "FOUNDATION", "SORT_NAME"),)
    return Body(*(row[field].strip() for field in fields))


def on_returns(path: Path, by_ein: Mapping[str, Body], draw: Draw) -> list[OnReturn]:
    """Return the names of a half of the file, in an order that the seed draws."""
    with path.open(encoding="utf-8", newline="") as file:
        names = [
            OnReturn(row["NAME_ON_RETURN"].strip(), by_ein[row["EIN"]])
            for row in csv.DictReader(file)
            if row["EIN"] in by_ein and row["NAME_ON_RETURN"].strip()
        ]
    random.Random("names on returns").shuffle(names)
    middle = len(names) // 2
    return names[:middle] if draw is Draw.TUNING else names[middle:]


def is_written_otherwise(pair: OnReturn) -> bool:
    """True if the register has the name in other letters."""
    return run_together(pair.name) != run_together(pair.body.name)


def run_together(name: str) -> str:
    """Return the letters and figures of a name without its articles and its corporate form."""
    return "".join(word for word in re.findall(r"[A-Z0-9]+", name.upper().replace("'", "")) if word not in FILLERS)


class Shelf:
    """The master file's rows by their words."""

    def __init__(self, by_ein: Mapping[str, Body]) -> None:
        self._by_word: dict[str, list[Body]] = defaultdict(list)
        for body in by_ein.values():
            for word in sorted(words_of(body.name)):
                self._by_word[word].append(body)

    def wrong(self, pairs: Sequence[OnReturn], draw: str) -> Iterator[tuple[OnReturn, Body]]:
        """Yield names beside the row of another body that shares a word and is called otherwise."""
        chance = random.Random(f"wrong numbers for {draw}")
        for pair in pairs:
            words = [word for word in sorted(words_of(pair.name)) if word in self._by_word]
            if not words:
                continue
            other = chance.choice(self._by_word[chance.choice(words)])
            if other.ein != pair.body.ein and is_another(pair, other):
                yield pair, other

    def near(self, name: str, most: int) -> list[Body]:
        """Return the rows that have the rarest words of a name, the rarest word's first, up to a number of them."""
        found: dict[str, Body] = {}
        words = [word for word in words_of(name) if word in self._by_word]
        for word in sorted(words, key=lambda word: (len(self._by_word[word]), word)):
            for body in self._by_word[word]:
                found.setdefault(body.ein, body)
            if len(found) >= most:
                break
        return list(found.values())[:most]


def is_another(pair: OnReturn, other: Body) -> bool:
    """True if another body's name is really another than a name and than its own body's."""
    return run_together(other.name) not in {run_together(pair.name), run_together(pair.body.name)}
