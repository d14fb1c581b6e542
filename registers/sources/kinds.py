"""Public registers: the kinds of files that each is published in, and how a file is split into rows with keys.

A new register needs one module beside `irs` and `ofac`, with a `Register` and its kinds of files, and a line in the
catalogue. Loading, guards, history, evidence and re-screening then work for it.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Final, NamedTuple

from domain.values import short
from registers.loading.texts import NumberedLine, lines
from registers.matching import ListedName
from registers.matching.identity.keys import key_of
from registers.matching.identity.registered_name import names_somebody
from registers.sources.shapes import Shape

Fields = tuple[str, ...]
"""The fields of a row, in order."""


class BadRow(ValueError):
    """A row that does not fit the format of its register. The message says why."""


class FileKind(NamedTuple):
    """One kind of file of a register."""

    name: str
    """The name stored with each of its rows."""
    title: str
    parse: Callable[[str], Fields]
    """A function that splits a row as published into its fields, or raises BadRow."""
    minimum_rows: int = 0
    """The fewest rows of the whole register. With fewer it is treated as truncated. 0 for a companion file."""
    beginning: str = ""
    """The prefix of its files' names. It may be empty for the first kind, which takes all files that no prefix fits."""
    optional: bool = False
    """True if the register is complete without it."""
    header: str = ""
    """The header line that its files begin with, empty if they have none."""
    split: Callable[[Path], Iterator[NumberedLine]] = lines
    """A function that yields a file's rows as published and its faults (`NumberedLine`), or raises UnreadableFile."""
    key: int = 0
    """The index of the field by which rows are looked up."""
    plain: str = ""
    """The field separator of plain rows: rows without quotes that begin with their key, an EIN. Empty if not used."""
    width: int = 0
    """The number of fields of a plain row."""
    unique: bool = False
    """True if each key, which is then nine digits, may occur in one row only. A second row with it is bad."""
    shapes: tuple[Shape, ...] = ()
    """The shapes of its columns. A file in which one does not fit was exchanged or emptied."""
    named: int | None = None
    """The index of the field with the name of the body that has the key, or None if its rows name no such body."""
    second_named: int | None = None
    """The index of the field with a further name of that body, or None if its rows have no such field."""
    ends: bool = False
    """True if a file shows by itself that it is whole: by a closing mark, or as an XML element."""

    def key_of(self, row: str) -> str:
        """Return the key of a row as published, without parsing the row if it is plain.

        Raises:
            BadRow: The row does not fit the format.
        """
        key, separator = row[:9], self.plain
        plain = separator and row[9:10] == separator and row.count(separator) == self.width - 1 and '"' not in row
        return key if plain and key.isdigit() and key.isascii() else self.parse(row)[self.key]

    def name_key_of(self, row: str) -> int | None:
        """Return the key of the name in a row that fits the format, or None if the kind has none.

        Plain rows are not parsed: a register has millions of them.
        """
        if self.named is None:
            return None
        plain = self.plain and '"' not in row
        fields = row.split(self.plain, self.named + 1) if plain else self.parse(row)
        return key_of(fields[self.named])

    def second_key_of(self, row: str) -> int | None:
        """Return the key of the further name in a row that fits the format, 0 without one, or None as `name_key_of`."""
        if self.second_named is None:
            return None
        plain = self.plain and '"' not in row
        name = (row.split(self.plain) if plain else self.parse(row))[self.second_named]
        return key_of(name) if name and names_somebody(name) else 0

    @property
    def main(self) -> bool:
        """True if this is a main file, whose rows count as the register's size, and not a companion file."""
        return self.minimum_rows > 0


class ListedRow(NamedTuple):
    """A parsed row of a sanctions list."""

    reference: int
    """Its index among the rows that were read."""
    kind: str
    key: str
    fields: Fields


class Register(NamedTuple):
    """A public register."""

    name: str
    title: str
    kinds: tuple[FileKind, ...]
    addresses: tuple[str, ...]
    """The publisher's addresses of its files."""
    listed: Callable[[Iterable[ListedRow]], Iterator[ListedName]] | None = None
    """A function that yields the listed names in the rows, or None if the register is not a sanctions list."""
    programme: Callable[[ListedRow], str] = lambda _row: ""
    """A function that returns the sanctions programme that an entity's main row states, or an empty string."""
    programmes: Callable[[str], tuple[str, ...]] = lambda written: (written,) if written else ()
    """A function that returns the programmes in what `programme` returned, where the publisher writes several."""
    day_of: Callable[[Path], date | None] = lambda _path: None
    """A function that returns the day that a file itself says it is true of, or None if its format has no such day."""
    converts: bool = False
    """True if sums are converted by it: one bad row, or many of past days that changed, are not taken."""
    needs_token: bool = False
    """True if its publisher gives the file only to whoever shows a token of theirs."""

    def kind_of(self, file_name: str) -> FileKind:
        """Return the kind of a file by the prefix of its name in any case, or the first kind if no prefix fits."""
        return next(self._fitting(file_name), self.kinds[0])

    def knows(self, file_name: str) -> bool:
        """Return True if a file's name is one of the register's, or if it may have any."""
        return any(not kind.beginning for kind in self.kinds) or any(self._fitting(file_name))

    def _fitting(self, file_name: str) -> Iterator[FileKind]:
        name = file_name.casefold()
        return (kind for kind in self.kinds if kind.beginning and name.startswith(kind.beginning))

    def kind(self, name: str) -> FileKind:
        """Return a kind by name."""
        return next(kind for kind in self.kinds if kind.name == name)


def separated(line: str, count: int) -> Fields:
    """Return the fields of a comma-separated line with RFC 4180 quotes.

    Raises:
        BadRow: The quotes are wrong, or the line does not have `count` fields.
    """
    try:
        return _counted(next(csv.reader([line], strict=True), []), count)
    except csv.Error as fault:
        raise BadRow(f"quoting: {fault}") from None


def piped(line: str, count: int) -> Fields:
    """Return the fields of a pipe-separated line without quotes.

    Raises:
        BadRow: The line does not have `count` fields.
    """
    return _counted(line.split("|"), count)


def _counted(fields: list[str], count: int) -> Fields:
    if len(fields) != count:
        raise BadRow(f"{len(fields)} fields where {count} are expected")
    return tuple([field.strip() for field in fields])


_EIN: Final = re.compile(r"[0-9]{9}")
_SHORT_EIN: Final = re.compile(r"[0-9]{6,8}")

LOST_ZEROS: Final = "lost its leading zeros in a spreadsheet"
"""The fault of a whole file: its other numbers may have been changed too (C39)."""


def by_ein(fields: Fields) -> Fields:
    """Return the fields of a row unchanged, after checking that the first is an EIN.

    Raises:
        BadRow: The first field is not nine digits.
    """
    if _SHORT_EIN.fullmatch(fields[0]):
        raise BadRow(f"EIN {fields[0]} {LOST_ZEROS}")
    if not _EIN.fullmatch(fields[0]):
        raise BadRow(f"EIN {short(fields[0])} is not nine digits")
    return fields


_NUMBER: Final = re.compile(r"[0-9]{1,18}")


def is_number(text: str) -> bool:
    """Return True if a field can be the number of an entry (1 to 18 digits)."""
    return _NUMBER.fullmatch(text) is not None


_BEGINNING: Final = 4096
"""Bytes at the start of a file that are searched for its own day."""


def day_in(path: Path, pattern: re.Pattern[bytes], form: str) -> date | None:
    """Return the day that the beginning of a file says it is of, or None. `form`: as the publisher writes a day."""
    with path.open("rb") as file:
        match = pattern.search(file.read(_BEGINNING))
    try:
        return datetime.strptime(match[1].decode(), form).date() if match else None  # noqa: DTZ007 - a calendar date
    except ValueError:
        return None


@lru_cache(maxsize=10_000)
def parse_date(text: str) -> date | None:
    """Return a date written DD-MON-YYYY, or None for an empty field.

    Raises:
        BadRow: The text is not such a date, or is not a day of the calendar (31-FEB).
    """
    if not text:
        return None
    try:
        return datetime.strptime(text, "%d-%b-%Y").date()  # noqa: DTZ007 - a calendar date has no zone
    except ValueError:
        raise BadRow(f"date {short(text)} is not a day of the calendar written DD-MON-YYYY") from None
