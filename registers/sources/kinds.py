"""Kinds of public registers: the files that each is published in, and how a file falls into rows with keys.

The next register is one module beside `irs` and `ofac`: a `Register` with its kinds of files, and its line in the
catalogue. Loading, guards, history, evidence and re-screening come with it.
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
from registers.matching import Listed

Fields = tuple[str, ...]
"""What a row says, field by field."""


class BadRow(ValueError):
    """A row that is not one of this register. The message says why."""


class Kind(NamedTuple):
    """One kind of file of a register."""

    name: str
    """What its rows are known by."""
    title: str
    parse: Callable[[str], Fields]
    """Split a row as published into its fields, or raise BadRow."""
    minimum_rows: int = 0
    """A file of the whole register never has fewer; a smaller one is taken for truncated. 0 for a companion."""
    beginning: str = ""
    """How its files' names begin; empty for the kind that all other files are."""
    optional: bool = False
    """Whether the register is whole without it."""
    header: str = ""
    """The header line that its files begin with."""
    split: Callable[[Path], Iterator[NumberedLine]] = lines
    """Yield the rows of a file as published, each with its line, and what is none. Raises UnreadableFile."""
    key: int = 0
    """The field that rows are found by."""
    plain: str = ""
    """What separates the fields of a row without quotes that begins with its key, an EIN."""
    width: int = 0
    """How many fields such a row has."""
    unique: bool = False
    """Whether a key, which is then nine digits, stands in one row only; another row of it is bad."""

    def key_of(self, row: str) -> str:
        """Return the key of a row as published, or raise BadRow. At a glance where the row is plain."""
        key, separator = row[:9], self.plain
        plain = separator and row[9:10] == separator and row.count(separator) == self.width - 1 and '"' not in row
        return key if plain and key.isdigit() and key.isascii() else self.parse(row)[self.key]

    @property
    def main(self) -> bool:
        """True if this is the register's own file, whose rows count, and not a companion of it."""
        return self.minimum_rows > 0


class ListedRow(NamedTuple):
    """A row in force of a register that lists names."""

    reference: int
    """Where it stands among those that were read."""
    kind: str
    key: str
    fields: Fields


class Register(NamedTuple):
    """A public register."""

    name: str
    title: str
    kinds: tuple[Kind, ...]
    addresses: tuple[str, ...]
    """Where its publisher offers it."""
    listed: Callable[[Iterable[ListedRow]], Iterator[Listed]] | None = None
    """Return the entries that the rows list, where it is a list of those who may not be dealt with."""
    programme: Callable[[ListedRow], str] = lambda _row: ""
    """Return the programme that an entity's main row names it under."""

    def kind_of(self, file_name: str) -> Kind:
        """Return the kind of one of its files, by how the file is called."""
        told = (kind for kind in self.kinds if kind.beginning and file_name.startswith(kind.beginning))
        return next(told, self.kinds[0])

    def kind(self, name: str) -> Kind:
        """Return a kind by name."""
        return next(kind for kind in self.kinds if kind.name == name)


def separated(line: str, count: int) -> Fields:
    """Return the fields of a line with commas and RFC 4180 quotes."""
    try:
        return _counted(next(csv.reader([line], strict=True), []), count)
    except csv.Error as fault:
        raise BadRow(f"quoting: {fault}") from None


def piped(line: str, count: int) -> Fields:
    """Return the fields of a line with pipes and no quotes."""
    return _counted(line.split("|"), count)


def _counted(fields: list[str], count: int) -> Fields:
    if len(fields) != count:
        raise BadRow(f"{len(fields)} fields where {count} are expected")
    return tuple([field.strip() for field in fields])


_EIN: Final = re.compile(r"[0-9]{9}")


def by_ein(fields: Fields) -> Fields:
    """Return the fields of a row that begins with an EIN, or raise BadRow."""
    if not _EIN.fullmatch(fields[0]):
        raise BadRow(f"EIN {short(fields[0])} is not nine digits")
    return fields


_NUMBER: Final = re.compile(r"[0-9]{1,18}")


def is_number(text: str) -> bool:
    """Return whether a field can be the number of an entry."""
    return _NUMBER.fullmatch(text) is not None


@lru_cache(maxsize=10_000)
def parse_date(text: str) -> date | None:
    """Return a date written DD-MON-YYYY, None for an empty field; raise BadRow for 31-FEB and the like."""
    if not text:
        return None
    try:
        return datetime.strptime(text, "%d-%b-%Y").date()  # noqa: DTZ007 - a calendar date has no zone
    except ValueError:
        raise BadRow(f"date {short(text)} is not a day of the calendar written DD-MON-YYYY") from None
