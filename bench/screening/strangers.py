"""Names of those who are on no list: charities, recipients abroad, and persons who were invented."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Final

from bench.screening.lists import rows_of
from bench.screening.pairs import Draw, draw_of
from registers.matching import ListedKind, ListedName, Quality

SEED: Final = 20_260_101
CHARITIES: Final = 5_000
ABROAD: Final = 2_000
STRANGERS: Final = 3_000
GIVEN_NAMES: Final = """
James Mary Robert Patricia John Jennifer Michael Linda David Elizabeth William Barbara Richard Susan Joseph Jessica
Thomas Sarah Charles Karen Daniel Nancy Matthew Lisa Anthony Betty Mark Sandra Paul Ashley Steven Emily Andrew Donna
Kevin Carol Brian Michelle George Laura Ahmed Fatima Ali Maria Jose Juan Carlos Ivan Olga Sergey Anna Wei Li Ming Hassan
Omar Aisha Mohammed Ibrahim Yusuf Dmitri Elena Vladimir Natalia Rajesh Priya Amit Sunita Kim Min-jun Ji-woo
"""
SURNAMES: Final = """
Smith Johnson Williams Brown Jones Garcia Miller Davis Rodriguez Martinez Hernandez Lopez Gonzalez Wilson Anderson
Thomas Taylor Moore Jackson Martin Lee Perez Thompson White Harris Sanchez Clark Ramirez Lewis Robinson Walker Young
Allen King Wright Scott Torres Nguyen Hill Flores Green Adams Nelson Baker Hall Rivera Campbell Mitchell Carter Roberts
Khan Patel Singh Sharma Hussain Ahmed Ali Ivanov Petrov Smirnov Wang Zhang Chen Liu Hassan Ibrahim Mohamed Silva Santos
Ferreira Müller Schmidt Rossi Bianchi Novak Kowalski Park Choi Tanaka Suzuki
"""

OFFICES: Final = """
academy accountant accountants accounting admin administrator adviser advisor attn bank baptist board bookkeeper care
center chair chairman church club coach co college commander committee corp council county cpa cpas department dept dir
director district esq exec executive finance foundation fund group hall high hospital inc institute lc llc llp lodge
ltd manager methodist ministries mission office officer pa parish pastor pc president principal school secretary
services society st tax the treasurer trust trustee trustees union university ymca
"""
NO_PERSONS: Final = frozenset(OFFICES.split())
_WORDS_OF_A_PERSON: Final = (2, 3)
_IN_CARE: Final = 2
"""The column of the master file that says in whose care a body is."""


def charities(data: Path) -> list[str]:
    """Return the names of charities drawn at random. Their alarms were looked at while the matcher was made."""
    names = sorted({row[1] for path in sorted((data / "irs/bmf").glob("*.csv")) for row in rows_of(path)})
    return random.Random(SEED).sample(names, CHARITIES)


def other_charities(data: Path) -> list[str]:
    """Return the names of other charities, of the half that no table was made of."""
    seen = set(charities(data))
    return random.Random(SEED).sample([name for name in bodies(data, Draw.SHOWING) if name not in seen], CHARITIES)


def cared_for(data: Path) -> list[str]:
    """Return the names of persons in whose care charities are, drawn at random. A few bear a listed name."""
    return random.Random(SEED).sample(in_care(data, Draw.SHOWING), STRANGERS)


def bodies(data: Path, draw: Draw) -> list[str]:
    """Return the names of the charities of one half, sorted."""
    return sorted({row[1] for row in _master_file(data) if draw_of(row[1]) is draw})


def in_care(data: Path, draw: Draw) -> list[str]:
    """Return the names of the persons of one half in whose care charities are, sorted."""
    names = (row[_IN_CARE].removeprefix("% ") for row in _master_file(data) if row[_IN_CARE].startswith("% "))
    return sorted({name for name in names if draw_of(name) is draw and _is_a_persons(name)})


def _master_file(data: Path) -> Iterator[list[str]]:
    """Return the rows of the master file's extracts, without their headings."""
    return (row for path in sorted((data / "irs/bmf").glob("*.csv")) for row in islice(rows_of(path), 1, None))


def _is_a_persons(name: str) -> bool:
    """True for two or three words of letters of which none is an office or says what a body is."""
    words = name.lower().split()
    plain = all(map(str.isalpha, words)) and min(map(len, (words[0], words[-1]))) > 1
    return plain and len(words) in _WORDS_OF_A_PERSON and NO_PERSONS.isdisjoint(words)


def recombined(listed: Sequence[ListedName]) -> list[str]:
    """Return names made of one listed person's given names and another's surnames: persons who are on no list."""
    chance = random.Random(SEED)
    persons = [one for one in listed if one.kind is ListedKind.PERSON and one.quality is Quality.PRIMARY]
    parts = [one.name.partition(",") for one in persons if one.name.isascii()]
    names = [(given.split(), surname.split()) for surname, comma, given in parts if comma]
    drawn = [chance.choices(names, k=2) for _ in range(STRANGERS)]
    some = (1, 1, 2)
    return [" ".join(one[: chance.choice(some)] + two[-chance.choice(some) :]) for (one, _), (_, two) in drawn]


def common() -> list[str]:
    """Return common names of many countries, combined at random. A few are also those of listed persons."""
    chance, given, surnames = random.Random(SEED), GIVEN_NAMES.split(), SURNAMES.split()
    return [f"{chance.choice(given)} {chance.choice(surnames)}" for _ in range(STRANGERS)]


def abroad(data: Path) -> list[str]:
    """Return the names of recipients of Publication 78 whose address is outside the United States."""
    with (data / "irs/pub78/data-download-pub78.txt").open(encoding="latin-1") as file:
        rows = [line.rstrip("\n").split("|") for line in file]
    names = sorted({row[1] for row in rows if len(row) > 4 and row[4].strip().casefold() not in ("united states", "")})
    return random.Random(SEED).sample(names, min(ABROAD, len(names)))
