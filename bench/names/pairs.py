"""Make pairs of names from the Business Master File: one organisation's two names, and two organisations' names.

Nothing here knows how names are compared. Seeds follow from the draw: the organisations that a comparison is tuned on
are others than those that it is shown with.
"""

from __future__ import annotations

import csv
import random
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Final, NamedTuple, TypeAlias

from bench.names.slips import FileWords, misspelt, misspelt_as_anothers

COUNT: Final = 3_000
"""Organisations in a draw."""


class Draw(StrEnum):
    """The purpose of a draw of organisations. No organisation is in two."""

    TUNING = "tuning"
    SHOWING = "showing"


class Kind(StrEnum):
    """The kind of the second name of a pair."""

    OWN = "its own name, written otherwise"
    ANOTHERS = "its own name, misspelt as another place, person, number or word of others"
    OTHER = "another organisation's name that shares one or two words"
    NAMED_AFTER = "a company, friends' group or foundation named after it"


class Pair(NamedTuple):
    """A registered name, and a name that somebody gives beside its number."""

    kind: Kind
    how: str
    registered: str
    given: str


Way: TypeAlias = Callable[[str, random.Random], str]
"""A way to write a name otherwise: it returns '' where the name does not allow it."""

ABBREVIATED: Final = {
    "AMERICAN": "AMER",
    "ASSOCIATION": "ASSN",
    "AUXILIARY": "AUX",
    "CENTER": "CTR",
    "CORPORATION": "CORP",
    "DEPARTMENT": "DEPT",
    "FOUNDATION": "FDN",
    "INTERNATIONAL": "INTL",
    "MEMORIAL": "MEM",
    "NATIONAL": "NATL",
    "SAINT": "ST",
    "SOCIETY": "SOC",
    "TRUST": "TR",
    "UNIVERSITY": "UNIV",
    "VETERANS": "VETS",
    "VOLUNTEER": "VOL",
}
"""Words as the file also writes them: each short form is the name of at least 15 organisations of 2021-02."""

FILLERS: Final = frozenset({"THE", "OF", "AND", "FOR", "IN", "A", "AN", "TO", "AT", "ON", "INC", "INCORPORATED"})
"""Words that are not counted among those that two names share."""

NAMED_AFTER: Final = (
    ("a company", "{} LLC"),
    ("a company", "{} Services LLC"),
    ("a company", "{} Holdings Ltd"),
    ("a company", "{} GmbH"),
    ("a company", "{} Pty Ltd"),
    ("a company", "{} S.A."),
    ("a friends' group", "Friends of {}"),
    ("a friends' group", "Friends of the {}"),
    ("a friends' group", "{} Auxiliary"),
    ("a friends' group", "{} Alumni Association"),
    ("a foundation", "{} Foundation"),
    ("a foundation", "{} Trust"),
    ("a foundation", "{} Endowment Fund"),
    ("a foundation", "Foundation for {}"),
)
"""Names of other bodies, made from a name; none is used on a name that has its telling word already."""

_BESIDE: Final = re.compile(r"\s*(?:%|\b(?:C/O|ATTN|DBA|AKA)\b).*$")
_LAST_INITIALS: Final = re.compile(r"(?: [A-Z])+$")
_CORPORATE: Final = re.compile(r",? (?:INC|INCORPORATED)\.?$", re.IGNORECASE)


def registered_names(folder: Path) -> list[tuple[str, str]]:
    """Return every (EIN, name) of the master file's extracts in a folder, in order of the EIN."""
    found: dict[str, str] = {}
    for path in sorted(folder.glob("*.csv")):
        with path.open(encoding="latin-1", newline="") as file:
            found.update((row["EIN"], row["NAME"].strip()) for row in csv.DictReader(file))
    return sorted(found.items())


def drawn(names: Sequence[tuple[str, str]], draw: Draw, count: int = COUNT) -> list[str]:
    """Return the names of the organisations of a draw."""
    order = list(range(len(names)))
    random.Random("names of the master file").shuffle(order)
    start = count * list(Draw).index(draw)
    return [names[place][1] for place in order[start : start + count]]


def pairs(names: Sequence[tuple[str, str]], words: FileWords, draw: Draw, count: int = COUNT) -> Iterator[Pair]:
    """Yield a pair of each kind for every organisation of a draw, where its name allows one."""
    chance = random.Random(f"pairs for {draw}")
    others = _by_word(name for _, name in names)
    for name in drawn(names, draw, count):
        yield own(name, words, chance)
        if given := misspelt_as_anothers(words, name, chance):
            yield Pair(Kind.ANOTHERS, "a slip", name, given)
        if (other := another(name, others, chance)) is not None:
            yield Pair(Kind.OTHER, "of the file", name, other)
        yield named_after(name, chance)


def own(name: str, words: FileWords, chance: random.Random) -> Pair:
    """Return a name as its organisation or its staff may write it, in a way drawn by `WAYS`, or with a slip."""
    ways: tuple[tuple[str, int, Way], ...] = (*WAYS, ("a slip", SLIPS, partial(misspelt, words)))
    written = [(how, share, given) for how, share, write in ways if (given := write(name, chance)) not in {"", name}]
    how, _, given = chance.choices(written, [share for _, share, _ in written])[0]
    return Pair(Kind.OWN, how, name, given)


def another(name: str, others: dict[str, list[str]], chance: random.Random) -> str | None:
    """Return a name of the file that shares one or two words with a name and differs in more, or None."""
    own_words = words_of(name)
    for _ in range(50):
        if not own_words:
            return None
        other = chance.choice(others[chance.choice(sorted(own_words))])
        words = words_of(other)
        if len(own_words & words) in {1, 2} and words != own_words:
            return other
    return None


def named_after(name: str, chance: random.Random) -> Pair:
    """Return the name of another body, made from a name."""
    has = set(re.findall(r"\w+", name.upper()))
    free = [one for one in NAMED_AFTER if has.isdisjoint(_telling_of(one[1]))]
    how, form = chance.choice(free or [one for one in NAMED_AFTER if one[0] == "a company"])
    return Pair(Kind.NAMED_AFTER, how, name, form.format(_without_form(_legal_name(name)).title()))


def words_of(name: str) -> frozenset[str]:
    """Return the words of a name, each in its long form, without fillers."""
    long = {short: word for word, short in ABBREVIATED.items()}
    words = re.findall(r"[A-Z0-9]+", name.upper().replace("'", ""))
    return frozenset(long.get(word, word) for word in words) - FILLERS


def _by_word(names: Iterable[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for name in names:
        for word in sorted(words_of(name)):
            found[word].append(name)
    return found


def _telling_of(form: str) -> set[str]:
    return set(re.findall(r"[A-Z]{3,}", form.upper())) - {"THE", "FOR"}


def _legal_name(name: str) -> str:
    """Return a name without whose care it is in, a trade name, and last initials, to which `S.A.` adds two more."""
    return _LAST_INITIALS.sub("", _BESIDE.sub("", name)) or name


def _without_form(name: str) -> str:
    return _CORPORATE.sub("", name)


def _in_words(name: str, chance: random.Random) -> str:
    """As people write it: capitals at the beginning of words."""
    return " ".join(word if word.upper() in {"OF", "AND"} else word.capitalize() for word in name.split())


def _abbreviated(name: str, chance: random.Random) -> str:
    return " ".join(ABBREVIATED.get(word, word) for word in name.split())


def _written_out(name: str, chance: random.Random) -> str:
    long = {short: word for word, short in ABBREVIATED.items()} | {"&": "AND"}
    return " ".join(long.get(word, word) for word in name.split())


def _reordered(name: str, chance: random.Random) -> str:
    """Return `A OF B` as `B A`, or else the last word first, followed by a comma."""
    bare = _without_form(name)
    head, of, tail = bare.partition(" OF ")
    if of and len(tail.split()) > 1:
        return f"{tail} {head}"
    words = bare.split()
    return f"{words[-1]}, {' '.join(words[:-1])}" if len(words) > 1 else ""


def _other_form(name: str, chance: random.Random) -> str:
    """Without `INC`, or with it: most charities are corporations."""
    bare = _without_form(name)
    return bare if bare != name else f"{name}, Inc."


def _other_signs(name: str, chance: random.Random) -> str:
    """With an article, or with a sign or a space between words that the other writing does not have."""
    if " & " in name:
        return name.replace(" & ", " AND ")
    if "-" in name:
        return name.replace("-", " ")
    return f"The {name}" if not name.startswith("THE ") else name.removeprefix("THE ")


WAYS: Final[tuple[tuple[str, int, Way], ...]] = (
    ("capitals", 15, _in_words),
    ("abbreviated", 20, _abbreviated),
    ("written out", 15, _written_out),
    ("another order", 15, _reordered),
    ("with or without Inc", 10, _other_form),
    ("signs and articles", 5, _other_signs),
)
"""How a name is written otherwise, each with its share among those that change a given name."""

SLIPS: Final = 20
"""The share of slips beside `WAYS`."""
