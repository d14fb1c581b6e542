"""The UK Sanctions List: one line for each combination of a name and an address of a person, an entity or a ship.

Format: gov.uk, "The UK Sanctions List", CSV: the day of the report, a header, and 58 columns. The lines of an entry
share its Unique ID.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Final

from domain.values import short
from registers.loading.texts import CutOff, NumberedLine, Unfit, records
from registers.matching import Birth, ListedKind, ListedName, Quality
from registers.sources.countries import country_code
from registers.sources.kinds import BadRow, Fields, FileKind, ListedRow, Register, day_in, separated
from registers.sources.shapes import column

UK_FIELDS: Final = (
    "Last Updated,Unique ID,OFSI Group ID,UN Reference Number,Name 6,Name 1,Name 2,Name 3,Name 4,Name 5,Name type,"
    "Alias strength,Title,Name non-latin script,Non-latin script type,Non-latin script language,Regime Name,"
    "Designation Type,Designation source,Sanctions Imposed,Other Information,UK Statement of Reasons,Address Line 1,"
    "Address Line 2,Address Line 3,Address Line 4,Address Line 5,Address Line 6,Address Postal Code,Address Country,"
    "Phone number,Website,Email address,Date Designated,D.O.B,Nationality(/ies),National Identifier number,"
    "National Identifier additional information,Passport number,Passport additional information,Position,Gender,"
    "Town of birth,Country of birth,Type of entity,Subsidiaries,Parent company,Business registration number (s),"
    "IMO number,Current owner/operator (s),Previous owner/operator (s),Current believed flag of ship,Previous flags,"
    "Type of ship,Tonnage of ship,Length of ship,Year Built,Hull identification number (HIN)"
)
_PLACE: Final = {name: place for place, name in enumerate(UK_FIELDS.split(","))}
_NAME_PARTS: Final = tuple(_PLACE[f"Name {part}"] for part in (1, 2, 3, 4, 5, 6))
"""Name 6 is the surname of a person, or the name of a body."""

_ID: Final = _PLACE["Unique ID"]
_COUNTRIES: Final = tuple(_PLACE[name] for name in ("Address Country", "Nationality(/ies)", "Country of birth"))
_KINDS: Final = {"individual": ListedKind.PERSON, "ship": ListedKind.VESSEL}
_WEAK: Final = frozenset({"low quality", "low", "weak"})
_BIRTH: Final = re.compile(r"\b(\d{2}|dd)/(\d{2}|mm)/(\d{4})\b")


def _rows(path: Path) -> Iterator[NumberedLine]:
    """Yield the header, with its quotes taken off, and every record after it. The day of the report is no row."""
    has_header = False
    for row in records(path):
        if isinstance(row, CutOff):
            continue  # a last line without its end is whole if it has all its fields
        if isinstance(row, Unfit) or has_header:
            yield row
        elif not _REPORT.match(row[1].encode()):
            has_header = True
            yield row[0], _unquoted(row[1])


def _unquoted(header: str) -> str:
    """Return the names of the columns without quotes, or the line as it is where its quotes are wrong."""
    try:
        return ",".join(cell.strip() for cell in next(csv.reader([header]), []))
    except csv.Error:
        return header


def _parse(text: str) -> Fields:
    fields = separated(text, len(_PLACE))
    if not re.fullmatch(r"[A-Z0-9]{3,18}", fields[_ID]):
        raise BadRow(f"Unique ID {short(fields[_ID])} is none, such as RUS0001")
    if not _name(fields) and not fields[_PLACE["Name non-latin script"]]:
        raise BadRow(f"entry {fields[_ID]} has no name")
    return fields


def _name(fields: Fields) -> str:
    return " ".join(filter(None, (" ".join(fields[place].split()) for place in _NAME_PARTS)))


def _listed(rows: Iterable[ListedRow]) -> Iterator[ListedName]:
    entries: dict[str, list[ListedRow]] = {}
    for row in rows:
        entries.setdefault(row.key, []).append(row)
    for key, entry in entries.items():
        yield from _names_of(key, entry)


def _names_of(key: str, rows: list[ListedRow]) -> Iterator[ListedName]:
    """Yield the names of one entry, each once, whatever the number of its addresses."""
    countries = frozenset(code for row in rows for code in _countries(row.fields))
    births = tuple(dict.fromkeys(birth for row in rows for birth in _births(row.fields[_PLACE["D.O.B"]])))
    names: dict[tuple[str, Quality], ListedRow] = {}
    for row in rows:
        for name in filter(None, (_name(row.fields), row.fields[_PLACE["Name non-latin script"]])):
            names.setdefault((name, _quality(row.fields)), row)
    for (name, quality), row in names.items():
        yield ListedName(row.reference, key, name, _kind(row.fields), quality, countries, births)


def _quality(fields: Fields) -> Quality:
    if fields[_PLACE["Alias strength"]].casefold() in _WEAK:
        return Quality.WEAK
    is_alias = fields[_PLACE["Name type"]].casefold() != "primary name"
    return Quality.ALIAS if is_alias else Quality.PRIMARY


def _kind(fields: Fields) -> ListedKind:
    return _KINDS.get(fields[_PLACE["Designation Type"]].casefold(), ListedKind.ENTITY)


def _countries(fields: Fields) -> Iterator[str]:
    for place in _COUNTRIES:
        for name in re.split(r"\(\d+\)|[|;/.]", fields[place]):
            if code := country_code(name):
                yield code


def _births(text: str) -> Iterator[Birth]:
    """Yield each birth date as precisely as it is written: 00 stands for a day or a month that is not known."""
    for day, month, year in _BIRTH.findall(text.casefold()):
        known_month = int(month) if month.isdigit() and 1 <= int(month) <= 12 else None
        known_day = int(day) if known_month and day.isdigit() and 1 <= int(day) <= 31 else None
        yield Birth(int(year), known_month, known_day)


def _imposed(row: ListedRow) -> str:
    return row.fields[_PLACE["Sanctions Imposed"]]


def _programmes(text: str) -> tuple[str, ...]:
    return tuple(filter(None, (part.strip() for part in text.split("|"))))


_REPORT: Final = re.compile(rb'(?:\xef\xbb\xbf)?"?Report Date:\s*(\d{1,2}-[A-Za-z]{3}-\d{4})')

_COLUMNS: Final = (
    column(_PLACE["Name type"], "the type of the name", "(?i:primary name|primary name variation|alias)"),
    column(_PLACE["Regime Name"], "the regime", ".+"),
    column(_PLACE["Designation Type"], "the designation type", "(?i:individual|entity|ship)"),
    column(_PLACE["Sanctions Imposed"], "what is imposed", ".+"),
)

SANCTIONS_LIST: Final = Register(
    "uk-sanctions",
    "UK Sanctions List",
    (FileKind("lines", "UK Sanctions List", _parse, 5_000, header=UK_FIELDS, split=_rows, key=_ID, shapes=_COLUMNS),),
    ("https://sanctionslist.fcdo.gov.uk/docs/UK-Sanctions-List.csv",),
    _listed,
    _imposed,
    _programmes,
    partial(day_in, pattern=_REPORT, form="%d-%b-%Y"),
)

REGISTERS: Final = (SANCTIONS_LIST,)
