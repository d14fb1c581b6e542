"""`python -m bench.screening`: the name matcher against real lists: what it finds, what it lets pass, how fast it is.

The lists are those of OFAC and of the United Nations, the charities those of the Internal Revenue Service. Seeds are
fixed. Names are altered by one typing error, by another order, by a dropped word, and by another transcription.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import re
import sys
import time
import tracemalloc
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Final, NamedTuple
from xml.etree.ElementTree import Element

from anyascii import anyascii
from defusedxml.ElementTree import iterparse
from rapidfuzz import fuzz, process, utils
from rich.console import Console
from rich.table import Table
from rigour.territories import lookup_territory

from registers.matching import (
    DEFAULT_THRESHOLD,
    Birth,
    ListedKind,
    ListedName,
    NameIndex,
    Quality,
    Subject,
    SubjectKind,
)

out = Console(highlight=False, width=150)
SEED: Final = 20_260_101
SAMPLE: Final = 2_000
TIMED: Final = 100
CHARITIES: Final = 5_000
STRANGERS: Final = 3_000
LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"
SPELLINGS: Final = (
    (r"\bm[ou]hamm?[ae]d\b", "mohamed muhammad mohammed mohammad mohamad"),
    (r"\by(?:usuf|ousu?s?ef|usef)\b", "yusuf youssef yousef yusef"),
    (r"\bh(?:ussein|usayn|ussain|osein|usein)\b", "hussein husayn hussain hosein"),
    (r"\bahm[ae]d\b", "ahmed ahmad"),
    (r"\babd[ue]l\b", "abdul abdel abdal"),
    (r"ou|(?<=[a-z])u(?=[bdklmnrst])", "ou u"),
    (r"ee|(?<=[bdfhklmnrst])i(?=[bdklmnrst])", "ee i"),
    (r"kh|(?<![cgkpstwz])h(?=[aeiou])", "kh h"),
    (r"q|k(?=[aou])", "q k"),
    (r"y(?=[ae])|i(?=[ae])|(?<=[bdhlmnrt])[yi]\b", "y i"),
    (r"ph|f(?=[aeiou])", "ph f"),
    (r"(?:ov|off)\b", "ov off"),
    (r"(?:ev|eff)\b", "ev eff"),
    (r"w(?=[aeiou])|v(?=[aeiou])", "w v"),
    (r"sk(?:y|iy|ii|i)\b", "sky skiy skii ski"),
    *((rf"(?<=[aeiou]){letter}{{1,2}}(?=[aeiou])", f"{letter} {letter}{letter}") for letter in "bdlmnrst"),
)
"""Patterns of a sound or a name, each with its common spellings, which are exchanged for one another."""

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
KINDS: Final = {"individual": ListedKind.PERSON, "vessel": ListedKind.VESSEL, "aircraft": ListedKind.AIRCRAFT}


class Row(NamedTuple):
    """A target, and the figure that was reached."""

    what: str
    reached: float
    target: float
    unit: str
    at_most: bool

    @property
    def met(self) -> bool:
        """True if the target was reached."""
        return self.reached <= self.target if self.at_most else self.reached >= self.target


def listed_names(data: Path) -> list[ListedName]:
    """Read every name of both lists, aliases too."""
    names = dict.fromkeys(one._replace(reference=0) for one in (*_ofac(data / "ofac/2021-07"), *_nations(data)))
    return [one._replace(reference=number) for number, one in enumerate(names)]


def _rows(path: Path) -> Iterator[list[str]]:
    with path.open(encoding="latin-1", newline="") as file:
        yield from ([field.strip() for field in row] for row in csv.reader(file) if len(row) > 1)


def _ofac(folder: Path) -> Iterator[ListedName]:
    countries: dict[str, set[str]] = {}
    for row in _rows(folder / "add.csv"):
        countries.setdefault(row[0], set()).update(_code(row[4]))
    entities = {}
    for row in _rows(folder / "sdn.csv"):
        births = tuple(map(_birth, re.findall(r"DOB (?:circa )?((?:\d\d \w{3} |\w{3} )?\d{4})", row[11])))
        known = frozenset(countries.get(row[0], ()))
        entity = ListedName(
            0, f"ofac {row[0]}", row[1], KINDS.get(row[2], ListedKind.ENTITY), Quality.PRIMARY, known, births
        )
        entities[row[0]] = entity
        yield entity
        yield from (_alias(entity, name, Quality.WEAK) for name in re.findall(r"a\.k\.a\. '([^;]+?)'[;.]", row[11]))
    yield from (_alias(entities[row[0]], row[3], Quality.ALIAS) for row in _rows(folder / "alt.csv"))


def _birth(text: str) -> Birth:
    *month, year = text.split()
    day = int(month[0]) if len(month) > 1 else None
    return Birth(int(year), datetime.strptime(month[-1], "%b").month if month else None, day)  # noqa: DTZ007


def _alias(entity: ListedName, name: str, quality: Quality) -> ListedName:
    return entity._replace(name=name, quality=quality)


def _code(country: str) -> Iterator[str]:
    if territory := lookup_territory(country):
        yield territory.code.upper()[:2]


def _nations(data: Path) -> Iterator[ListedName]:
    for _, item in iterparse(data / "un/UN_consolidated.xml"):
        if item.tag in ("INDIVIDUAL", "ENTITY"):
            yield from _of_item(item)


def _of_item(item: Element) -> Iterator[ListedName]:
    person = item.tag == "INDIVIDUAL"
    kind = ListedKind.PERSON if person else ListedKind.ENTITY
    parts = (item.findtext(f"{place}_NAME") or "" for place in ("FIRST", "SECOND", "THIRD", "FOURTH"))
    entity = ListedName(0, f"un {item.findtext('DATAID')}", " ".join(" ".join(parts).split()), kind)
    yield entity
    for alias in item.iter(f"{item.tag}_ALIAS"):
        name = " ".join((alias.findtext("ALIAS_NAME") or "").split())
        if any(map(str.isalnum, name)):
            yield _alias(entity, name, Quality.WEAK if alias.findtext("QUALITY") == "Low" else Quality.ALIAS)


def charities(data: Path) -> list[str]:
    """Return the names of charities drawn at random."""
    names = sorted({row[1] for path in sorted((data / "irs/bmf").glob("*.csv")) for row in _rows(path)})
    return random.Random(SEED).sample(names, CHARITIES)


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


def alarms(index: NameIndex, names: Sequence[str], kind: SubjectKind) -> float:
    """Return the share of names, in percent, that raise a potential match."""
    return 100 * sum(bool(index.find(Subject(name, kind), DEFAULT_THRESHOLD)) for name in names) / len(names)


def slip(name: str, chance: random.Random) -> str | None:
    """Return the name with one letter changed, dropped or added, or two letters swapped."""
    place = chance.choice([place for place, letter in enumerate(name) if letter.isalpha()] or [0])
    letter, after = name[place], name[place + 1 : place + 2]
    written = chance.choice((chance.choice(LETTERS), "", letter + chance.choice(LETTERS), after + letter))
    return name[:place] + written + name[place + (2 if written == after + letter else 1) :]


def reorder(name: str, chance: random.Random) -> str | None:
    """Return the name with the surname moved, or beginning with another word."""
    if name.count(",") == 1:
        return " ".join(reversed(name.split(",")))
    words = name.split()
    place = chance.randrange(1, len(words)) if len(words) > 1 else 0
    return " ".join(words[place:] + words[:place])


def omit(name: str, chance: random.Random) -> str | None:
    """Return the name without a word that is neither the first nor the last, or None if it has no such word."""
    surname, _, given = name.partition(", ")
    words = f"{given} {surname}".split() if name.count(",") == 1 else name.split()
    if len(words) < 3:
        return None
    del words[chance.randrange(1, len(words) - 1)]
    return " ".join(words)


def transcribe(name: str, chance: random.Random) -> str | None:
    """Return the name without accents, with up to two sounds transcribed otherwise, or None if that changes nothing."""
    plain = anyascii(name).lower()
    known = [(pattern, spellings) for pattern, spellings in SPELLINGS if re.search(pattern, plain)]
    for pattern, spellings in chance.sample(known, min(2, len(known))):
        met = re.search(pattern, plain)
        if met:
            other = chance.choice([one for one in spellings.split() if one != met[0]])
            plain = plain[: met.start()] + other + plain[met.end() :]
    return plain if plain != name.lower() else None


def found(index: NameIndex, names: Sequence[ListedName], alter: Callable[[str, random.Random], str | None]) -> float:
    """Return the share of altered names, in percent, that still find their own entity."""
    chance = random.Random(SEED)
    altered = ((one, alter(one.name, chance)) for one in chance.sample(list(names), len(names)))
    asked = list(islice(((one, name) for one, name in altered if name), SAMPLE))
    met = sum(
        one.entity in {hit.listed.entity for hit in index.find(_subject(one, name), DEFAULT_THRESHOLD)}
        for one, name in asked
    )
    return 100 * met / len(asked)


def _subject(one: ListedName, name: str) -> Subject:
    return Subject(name, SubjectKind.PERSON if one.kind is ListedKind.PERSON else SubjectKind.ORGANISATION)


def timed(index: NameIndex, listed: Sequence[ListedName], drawn: Sequence[str]) -> tuple[list[float], list[float]]:
    """Return (ours, theirs): the milliseconds of single look-ups, in our index and by a scan with rapidfuzz."""
    chance, all_names = random.Random(SEED), [one.name for one in listed]
    asked = [_subject(one, one.name) for one in chance.sample(list(listed), TIMED)]
    asked += [Subject(name, SubjectKind.ORGANISATION) for name in drawn[:TIMED]]
    ours = [_milliseconds(partial(index.find, one, DEFAULT_THRESHOLD)) for one in asked]
    scan = partial(
        process.extract, choices=all_names, scorer=fuzz.WRatio, processor=utils.default_process, score_cutoff=88
    )
    theirs = [_milliseconds(partial(scan, one.name)) for one in asked[::4]]
    return ours, theirs


def _milliseconds(work: Callable[[], object]) -> float:
    before = time.perf_counter()
    work()
    return (time.perf_counter() - before) * 1000


def _mebibytes(work: Callable[[], object]) -> float:
    """Return the peak memory of a second index beside the first, in MiB. Words that both share are not counted."""
    tracemalloc.start()
    work()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak / (1 << 20)


def measure(data: Path) -> Iterator[Row]:
    """Measure everything that has a target."""
    listed, drawn = listed_names(data), charities(data)
    before = time.perf_counter()
    index = NameIndex(listed)
    built = (time.perf_counter() - before) * 1000
    ours, theirs = timed(index, listed, drawn)
    scan = sum(theirs) / len(theirs)
    yield Row(f"build an index of {len(listed):,} names, in scans by rapidfuzz", built / scan, 200, "times", True)
    yield Row("its memory", _mebibytes(partial(NameIndex, listed)), 150, "MiB", True)
    slowest = sorted(ours)[int(len(ours) * 0.95)]
    yield Row("one name against all, p95, in scans by rapidfuzz", slowest / scan, 0.5, "times", True)
    yield Row("faster than rapidfuzz over all names", scan / (sum(ours) / len(ours)), 3, "times", False)
    strong = [one for one in listed if one.quality is not Quality.WEAK]
    for what, alter, target in (
        ("names as listed", lambda name, _: name, 99.5),
        ("one slip of the pen", slip, 93),
        ("another order of words", reorder, 99),
        ("a middle word dropped", omit, 85),
        ("without accents, transcribed otherwise", transcribe, 95),
    ):
        yield Row(f"found: {what}", found(index, strong, alter), target, "%", False)
    for who, names, kind, target in (
        ("charities", drawn, SubjectKind.ORGANISATION, 1.5),
        ("listed persons' names recombined", recombined(listed), SubjectKind.PERSON, 6),
        ("persons of common names", common(), SubjectKind.PERSON, 4),
    ):
        yield Row(f"{who} with a potential match, of {len(names):,}", alarms(index, names, kind), target, "%", True)


def main() -> None:
    """Print the table. Exit with 1 if a target is missed, and with 2 if there are no data."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--data", type=Path, required=True)
    arguments.add_argument("--json", action="store_true")
    asked = arguments.parse_args()
    if not (asked.data / "ofac").is_dir():
        out.print(f"skipped: no lists under {asked.data}")
        sys.exit(2)
    rows = list(measure(asked.data))
    if asked.json:
        print(json.dumps([{**row._asdict(), "met": row.met} for row in rows], indent=2))  # noqa: T201
    else:
        table = Table("What", "Reached", "Target", "Met")
        for row in rows:
            bound = "<=" if row.at_most else ">="
            table.add_row(
                row.what, f"{row.reached:.2f} {row.unit}", f"{bound} {row.target:g}", "yes" if row.met else "no"
            )
        out.print(table)
    sys.exit(0 if all(row.met for row in rows) else 1)


if __name__ == "__main__":
    main()
