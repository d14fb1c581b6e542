"""The consolidated list of the United Nations Security Council: one XML element per person or entity.

Format: www.un.org/sc/resources/sc-sanctions.xsd. A row is the element as published, with the name in several parts.
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
from registers.sources.countries import country_code
from registers.sources.kinds import BadRow, Fields, FileKind, ListedRow, Register, day_in, is_number
from registers.sources.listings import listed_names
from registers.sources.shapes import NAMED, column

_SEPARATOR: Final = "\x1f"
_NAME_PARTS: Final = ("FIRST_NAME", "SECOND_NAME", "THIRD_NAME", "FOURTH_NAME")


def _rows(path: Path) -> Iterator[NumberedLine]:
    return elements(path, "INDIVIDUAL", "ENTITY")


def _parse(text: str) -> Fields:
    """Return (number, element, programme, reference, name, aliases, weak aliases, countries, births).

    Each of the last four is a text with `_SEPARATOR` between its values.
    """
    try:
        entry = fromstring(text)
    except ParseError as fault:
        raise BadRow(f"not whole XML ({fault})") from None
    number, name = _text(entry, "DATAID"), " ".join(filter(None, (_text(entry, part) for part in _NAME_PARTS)))
    if not is_number(number):
        raise BadRow(f"DATAID {short(number)} is not a number")
    if not name:
        raise BadRow(f"entry {number} has no name")
    value_groups = (_aliases(entry, weak=False), _aliases(entry, weak=True), _countries(entry), _births(entry))
    columns = (_SEPARATOR.join(dict.fromkeys(values)) for values in value_groups)
    return (number, entry.tag, _text(entry, "UN_LIST_TYPE"), _text(entry, "REFERENCE_NUMBER"), name, *columns)


def _text(entry: Element, path: str) -> str:
    return " ".join((entry.findtext(path) or "").split())


def _aliases(entry: Element, weak: bool) -> Iterator[str]:
    if not weak and (original := _text(entry, "NAME_ORIGINAL_SCRIPT")):
        yield original
    for alias in (*entry.iter("INDIVIDUAL_ALIAS"), *entry.iter("ENTITY_ALIAS")):
        if (_text(alias, "QUALITY") == "Low") == weak and (name := _text(alias, "ALIAS_NAME")):
            yield name


def _countries(entry: Element) -> Iterator[str]:
    addresses = (*entry.iter("INDIVIDUAL_ADDRESS"), *entry.iter("ENTITY_ADDRESS"))
    country_names = (
        *(_text(address, "COUNTRY") for address in addresses),
        *(_text(nationality, "VALUE") for nationality in entry.iter("NATIONALITY")),
    )
    return filter(None, map(country_code, country_names))


def _births(entry: Element) -> Iterator[str]:
    for birth in entry.iter("INDIVIDUAL_DATE_OF_BIRTH"):
        birth_text = _text(birth, "DATE") or _text(birth, "YEAR")
        if birth_text[:4].isdigit():
            yield birth_text[:10]


def _listed(rows: Iterable[ListedRow]) -> Iterator[ListedName]:
    for row in rows:
        number, element, _, _, name, *columns = row.fields
        aliases, weak, countries, births = (tuple(filter(None, field_text.split(_SEPARATOR))) for field_text in columns)
        kind = ListedKind.PERSON if element == "INDIVIDUAL" else ListedKind.ENTITY
        names = ((Quality.PRIMARY, (name,)), (Quality.ALIAS, aliases), (Quality.WEAK, weak))
        yield from listed_names(row, number, kind, names, countries, births)


_GENERATED: Final = re.compile(rb'dateGenerated="(\d{4}-\d{2}-\d{2})')
_COLUMNS: Final = (column(2, "UN_LIST_TYPE", ".+"), column(4, "the name", NAMED))

CONSOLIDATED: Final = Register(
    "un-consolidated",
    "United Nations Security Council consolidated list",
    (FileKind("entries", "Consolidated list", _parse, 500, split=_rows, shapes=_COLUMNS, ends=True),),
    ("https://scsanctions.un.org/resources/xml/en/consolidated.xml",),
    _listed,
    lambda row: row.fields[2],
    day_of=partial(day_in, pattern=_GENERATED, form="%Y-%m-%d"),
)

REGISTERS: Final = (CONSOLIDATED,)
