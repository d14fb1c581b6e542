"""The lists of the Office of Foreign Assets Control: blocked persons, and others with whom some dealings are forbidden.

Format: treasury.gov/ofac/downloads, "SDN data specification": comma-separated, no header, `-0-` for an empty field. A
list is published as a main file with companion files for alternate names, addresses and the rest of long remarks. The
main, names and addresses files of the SDN list end with 0x1A.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import partial
from typing import Final, TypeAlias

from domain.policy.programmes import split_programmes
from domain.values import short
from registers.loading.texts import lines
from registers.matching import Birth, ListedKind, ListedName, Quality
from registers.sources.countries import country_code
from registers.sources.kinds import BadRow, Fields, FileKind, ListedRow, Register, is_number, separated
from registers.sources.shapes import NAMED, column

_DOWNLOADS: Final = "https://www.treasury.gov/ofac/downloads/"
_BIRTH: Final = re.compile(r"DOB (?:circa )?((?:\d{1,2} )?(?:[A-Z][a-z]{2} )?\d{4})")
_COUNTRY: Final = re.compile(r"(?:nationality|citizen|POB [^;]*,) ([A-Z][^;.,]+)")
_WEAK: Final = re.compile(r"[afn]\.k\.a\. ['\"]([^'\"]+)['\"]")
_PATTERNS: Final = ("%d %b %Y", "%b %Y", "%Y")
_KINDS: Final = {
    "individual": ListedKind.PERSON,
    "vessel": ListedKind.VESSEL,
    "aircraft": ListedKind.AIRCRAFT,
}

_Name: TypeAlias = tuple[ListedRow, str, ListedKind, Quality]


def _numbered(count: int) -> Callable[[str], Fields]:
    def parse(line: str) -> Fields:
        fields = separated(line, count)
        if not is_number(fields[0]):
            raise BadRow(f"entity number {short(fields[0])} is not a number")
        return tuple(["" if field == "-0-" else field for field in fields])

    return parse


def _listed(rows: Iterable[ListedRow]) -> Iterator[ListedName]:
    entities: dict[str, list[ListedRow]] = defaultdict(list)
    for row in rows:
        entities[row.key].append(row)
    for entity in entities.values():
        yield from _names_of(entity)


def _names_of(rows: list[ListedRow]) -> Iterator[ListedName]:
    """Yield the names of one entity from its rows, of which several may be main rows."""
    mains = [row for row in rows if row.kind == "main"]
    more = "".join(row.fields[1] for row in rows if row.kind == "comments")
    remarks = [main.fields[11] + more for main in mains] or [more]
    address_countries = {country_code(row.fields[4]) for row in rows if row.kind == "addresses"}
    remark_countries = {country_code(name) for remark in remarks for name in _COUNTRY.findall(remark)}
    countries = frozenset(filter(None, address_countries | remark_countries))
    births = tuple(dict.fromkeys(birth for remark in remarks for birth in _births(remark)))
    for row, name, kind, quality in (*_aliases(mains, rows), *_own_names(mains, more)):
        yield ListedName(row.reference, row.key, name, kind, quality, countries, births)


def _aliases(mains: list[ListedRow], rows: list[ListedRow]) -> Iterator[_Name]:
    kinds = dict.fromkeys(map(_kind, mains)) or (ListedKind.ENTITY,)
    for row in rows:
        if row.kind == "names" and row.fields[3]:
            yield from ((row, row.fields[3], kind, Quality.ALIAS) for kind in kinds)


def _own_names(mains: list[ListedRow], more: str) -> Iterator[_Name]:
    for main in mains:
        yield main, main.fields[1], _kind(main), Quality.PRIMARY
        for name in _WEAK.findall(main.fields[11] + more):
            yield main, name, _kind(main), Quality.WEAK


def _kind(main: ListedRow) -> ListedKind:
    return _KINDS.get(main.fields[2], ListedKind.ENTITY)


def _births(remarks: str) -> Iterator[Birth]:
    for birth_text in _BIRTH.findall(remarks):
        yield _birth(birth_text)


def _birth(birth_text: str) -> Birth:
    """Return the date as precisely as it is written, and only the year of an impossible date, such as 31 Feb."""
    parts = birth_text.count(" ")
    try:
        day = datetime.strptime(birth_text, _PATTERNS[2 - parts])  # noqa: DTZ007 - a calendar date has no zone
    except ValueError:
        return Birth(int(birth_text[-4:]))
    return Birth(day.year, day.month if parts else None, day.day if parts == 2 else None)


_MAIN: Final = (
    column(1, "the name", NAMED),
    column(2, "the type", "individual|vessel|aircraft|entity|"),
    column(3, "the programme", r"[A-Z0-9-]+(\] ?\[[A-Z0-9-]+)*"),
)
_NAMES: Final = (
    column(1, "the number of the name", "[0-9]+"),
    column(2, "the type", "[a-z]ka"),
    column(3, "the name", NAMED),
)
_ADDRESSES: Final = (
    column(1, "the number of the address", "[0-9]+"),
    column(4, "the country", "[^0-9,]*"),
    column(4, "the country", ".+", least=0.3),
)


def _kinds(title: str, main: str, prefix: str, minimum_rows: int, has_end_mark: bool = False) -> tuple[FileKind, ...]:
    """Return the kinds of a list's files. `has_end_mark`: all but the remarks end with 0x1A."""
    of = partial(FileKind, split=partial(lines, closed=has_end_mark), ends=has_end_mark)
    return (
        of("main", f"{title}: main file", _numbered(12), minimum_rows, main, shapes=_MAIN),
        of("names", f"{title}: alternate names", _numbered(5), beginning=f"{prefix}alt", shapes=_NAMES),
        of("addresses", f"{title}: addresses", _numbered(6), beginning=f"{prefix}add", shapes=_ADDRESSES),
        FileKind(
            "comments", f"{title}: long remarks", _numbered(2), beginning=f"{prefix or 'sdn_'}comments", optional=True
        ),
    )


def _programme(row: ListedRow) -> str:
    return row.fields[3] if row.kind == "main" else ""


SDN: Final = Register(
    "ofac-sdn",
    "OFAC Specially Designated Nationals",
    _kinds("SDN list", "sdn.", "", 5_000, has_end_mark=True),
    tuple(f"{_DOWNLOADS}{name}.csv" for name in ("sdn", "alt", "add", "sdn_comments")),
    _listed,
    _programme,
    split_programmes,
)
CONSOLIDATED: Final = Register(
    "ofac-consolidated",
    "OFAC Consolidated (non-SDN) list",
    _kinds("Consolidated list", "cons_prim", "cons_", 300),
    tuple(f"{_DOWNLOADS}consolidated/cons_{name}.csv" for name in ("prim", "alt", "add", "comments")),
    _listed,
    _programme,
    split_programmes,
)

REGISTERS: Final = (SDN, CONSOLIDATED)
