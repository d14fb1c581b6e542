"""The European Union's consolidated list of financial sanctions: one XML element per person or entity.

Format: Financial Sanctions Files (FSF) 1.1, namespace http://eu.europa.ec/fpi/fsd/export. A row is the element as
published. The list holds only those whose funds are frozen, and to whom no funds may be made available.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Final
from xml.etree.ElementTree import Element, ParseError

from defusedxml.ElementTree import fromstring

from domain.values import short
from registers.loading.texts import NumberedLine, elements
from registers.matching import ListedKind, ListedName, Quality
from registers.sources.kinds import BadRow, Fields, FileKind, ListedRow, Register, day_in, is_number
from registers.sources.listings import listed_names
from registers.sources.shapes import NAMED, column

_SEPARATOR: Final = "\x1f"
_LONGEST: Final = 1 << 20
"""The most bytes of an entry: those with very many names, each with its regulation, exceed what rows of others have."""

_BETWEEN: Final = "; "
"""The separator of an entry's regulations."""


def _rows(path: Path) -> Iterator[NumberedLine]:
    return elements(path, "sanctionEntity", longest=_LONGEST)


def _parse(text: str) -> Fields:
    """Return (number, kind, regulations, reference, first name, names, weak names, countries, births).

    Each of the last four is a text with `_SEPARATOR` between its values.
    """
    try:
        entry = fromstring(text)
    except ParseError as fault:
        raise BadRow(f"not whole XML ({fault})") from None
    number = entry.get("logicalId", "").strip()
    if not is_number(number):
        raise BadRow(f"logicalId {short(number)} is not a number")
    strong, weak = (tuple(_names(entry, is_weak)) for is_weak in (False, True))
    if not strong and not weak:
        raise BadRow(f"entry {number} has no name")
    columns = (_SEPARATOR.join(dict.fromkeys(values)) for values in (strong, weak, _countries(entry), _births(entry)))
    first, reference = (*strong, *weak)[0], entry.get("euReferenceNumber", "")
    return (number, _kind(entry), _regulations(entry), reference, first, *columns)


def _kind(entry: Element) -> str:
    subject = entry.find("subjectType")
    return subject.get("classificationCode", "") if subject is not None else ""


def _regulations(entry: Element) -> str:
    """Return the programmes under which an entry is listed, each with the regulation that lists it."""
    texts = (
        _one_line(f"{regulation.get('programme', '')} {regulation.get('numberTitle', '').partition(';')[0]}")
        for regulation in entry.findall("regulation")
    )
    return _BETWEEN.join(dict.fromkeys(filter(None, texts)))


def _names(entry: Element, is_weak: bool) -> Iterator[str]:
    for alias in entry.findall("nameAlias"):
        parts = (alias.get(part, "") for part in ("firstName", "middleName", "lastName"))
        name = _one_line(alias.get("wholeName", "")) or _one_line(" ".join(parts))
        if name and (alias.get("strong", "true").casefold() == "false") == is_weak:
            yield name


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _countries(entry: Element) -> Iterator[str]:
    for place in (*entry.findall("citizenship"), *entry.findall("address"), *entry.findall("birthdate")):
        code = place.get("countryIso2Code", "").upper()
        if re.fullmatch(r"[A-Z]{2}", code):  # 00 is unknown
            yield code


def _births(entry: Element) -> Iterator[str]:
    for birth in entry.findall("birthdate"):
        day, year = birth.get("birthdate", ""), birth.get("year", "")
        is_about = birth.get("circa", "false").casefold() == "true"
        if re.fullmatch(r"\d{4}(-\d{2}-\d{2})?", day):
            yield day[:4] if is_about else day
        elif re.fullmatch(r"\d{4}", year):
            yield year


def _listed(rows: Iterable[ListedRow]) -> Iterator[ListedName]:
    for row in rows:
        number, code, _, _, _, *columns = row.fields
        strong, weak, countries, births = (tuple(filter(None, text.split(_SEPARATOR))) for text in columns)
        kind = ListedKind.PERSON if code == "P" else ListedKind.ENTITY
        names = ((Quality.PRIMARY, strong[:1]), (Quality.ALIAS, strong[1:]), (Quality.WEAK, weak))
        yield from listed_names(row, number, kind, names, countries, births)


_GENERATED: Final = re.compile(rb'generationDate="(\d{4}-\d{2}-\d{2})')

_COLUMNS: Final = (
    column(1, "the classification code", "[PE]"),
    column(2, "the regulation", ".+"),
    column(4, "the name", NAMED),
)


def _programmes(text: str) -> tuple[str, ...]:
    return tuple(filter(None, text.split(_BETWEEN)))


CONSOLIDATED: Final = Register(
    "eu-consolidated",
    "European Union consolidated list of financial sanctions",
    (FileKind("entries", "Financial sanctions file", _parse, 3_000, split=_rows, shapes=_COLUMNS, ends=True),),
    ("https://webgate.ec.europa.eu/fsd/fsf/public/files/xmlFullSanctionsList_1_1/content",),
    _listed,
    lambda row: row.fields[2],
    _programmes,
    partial(day_in, pattern=_GENERATED, form="%Y-%m-%d"),
    needs_token=True,
)

REGISTERS: Final = (CONSOLIDATED,)
