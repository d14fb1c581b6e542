"""Read the lists of OFAC and of the United Nations as they are published: every name, with its entity."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Final
from xml.etree.ElementTree import Element

from defusedxml.ElementTree import iterparse
from rigour.territories import lookup_territory

from registers.matching import Birth, ListedKind, ListedName, Quality

KINDS: Final = {"individual": ListedKind.PERSON, "vessel": ListedKind.VESSEL, "aircraft": ListedKind.AIRCRAFT}


def listed_names(data: Path) -> list[ListedName]:
    """Read every name of both lists, aliases too."""
    names = dict.fromkeys(one._replace(reference=0) for one in (*_ofac(data / "ofac/2021-07"), *_nations(data)))
    return [one._replace(reference=number) for number, one in enumerate(names)]


def rows_of(path: Path) -> Iterator[list[str]]:
    """Yield the rows of a file of comma-separated values."""
    with path.open(encoding="latin-1", newline="") as file:
        yield from ([field.strip() for field in row] for row in csv.reader(file) if len(row) > 1)


def _ofac(folder: Path) -> Iterator[ListedName]:
    countries: dict[str, set[str]] = {}
    for row in rows_of(folder / "add.csv"):
        countries.setdefault(row[0], set()).update(_code(row[4]))
    entities = {}
    for row in rows_of(folder / "sdn.csv"):
        births = tuple(map(_birth, re.findall(r"DOB (?:circa )?((?:\d\d \w{3} |\w{3} )?\d{4})", row[11])))
        known = frozenset(countries.get(row[0], ()))
        entity = ListedName(
            0, f"ofac {row[0]}", row[1], KINDS.get(row[2], ListedKind.ENTITY), Quality.PRIMARY, known, births
        )
        entities[row[0]] = entity
        yield entity
        yield from (_alias(entity, name, Quality.WEAK) for name in re.findall(r"a\.k\.a\. '([^;]+?)'[;.]", row[11]))
    yield from (_alias(entities[row[0]], row[3], Quality.ALIAS) for row in rows_of(folder / "alt.csv"))


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
