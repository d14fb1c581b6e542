"""The publishers' own file formats: how a line becomes a row with a key, and what makes a line bad.

The next register is one more `Format` here: its name, where its key stands, and what a good line looks like.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Final, NamedTuple


class BadRow(ValueError):
    """A line that is not a row of this register. The message says why."""


class Format(NamedTuple):
    """One kind of register file."""

    register: str
    title: str
    parse: Callable[[str], tuple[str, ...]]
    """Split a line into its fields, or raise BadRow."""
    key: int
    """The field that rows are found by."""
    minimum_rows: int
    """A file of the whole register never has fewer; a smaller one is taken for truncated."""
    header: str = ""
    """The beginning of a header line, which is skipped."""
    name_field: int | None = None
    """The field that holds a name to screen against, if any."""

    @property
    def main(self) -> bool:
        """Whether this is the register's own file, whose rows count, and not a companion of it."""
        return self.minimum_rows > 0


MASTER_FILE_FIELDS: Final = (
    "EIN,NAME,ICO,STREET,CITY,STATE,ZIP,GROUP,SUBSECTION,AFFILIATION,CLASSIFICATION,RULING,DEDUCTIBILITY,FOUNDATION,"
    "ACTIVITY,ORGANIZATION,STATUS,TAX_PERIOD,ASSET_CD,INCOME_CD,FILING_REQ_CD,PF_FILING_REQ_CD,ACCT_PD,ASSET_AMT,"
    "INCOME_AMT,REVENUE_AMT,NTEE_CD,SORT_NAME"
)


def _fields(line: str, count: int, delimiter: str) -> tuple[str, ...]:
    fields = line.split("|") if delimiter == "|" else next(csv.reader([line], strict=True), [])
    if len(fields) != count:
        raise BadRow(f"{len(fields)} fields where {count} are expected")
    return tuple(field.strip() for field in fields)


def _ein(fields: tuple[str, ...]) -> tuple[str, ...]:
    if not re.fullmatch(r"\d{9}", fields[0]):
        raise BadRow(f"EIN {fields[0]!r} is not nine digits")
    return fields


def parse_date(text: str) -> date | None:
    """Return a date written DD-MON-YYYY, None for an empty field; raise BadRow for 31-FEB and the like."""
    if not text:
        return None
    try:
        return datetime.strptime(text, "%d-%b-%Y").date()  # noqa: DTZ007 - a calendar date has no zone
    except ValueError:
        raise BadRow(f"date {text!r} is not a day of the calendar written DD-MON-YYYY") from None


def _master_file(line: str) -> tuple[str, ...]:
    return _ein(_csv(line, 28))


def _csv(line: str, count: int) -> tuple[str, ...]:
    try:
        return _fields(line, count, ",")
    except csv.Error as fault:
        raise BadRow(f"quoting: {fault}") from None


def _publication_78(line: str) -> tuple[str, ...]:
    return _ein(_fields(line, 6, "|"))


def _revocation(line: str) -> tuple[str, ...]:
    fields = _ein(_fields(line, 12, "|"))
    if parse_date(fields[9]) is None or parse_date(fields[10]) is None:
        raise BadRow("revocation or posting date is missing")
    parse_date(fields[11])
    return fields


def _numbered(count: int) -> Callable[[str], tuple[str, ...]]:
    def parse(line: str) -> tuple[str, ...]:
        fields = _csv(line, count)
        if not fields[0].isdigit():
            raise BadRow(f"entity number {fields[0]!r} is not a number")
        return tuple("" if field == "-0-" else field for field in fields)

    return parse


MASTER_FILE: Final = Format(
    "irs-bmf", "IRS Exempt Organizations Business Master File", _master_file, 0, 100_000, header="EIN,"
)
PUBLICATION_78: Final = Format("irs-pub78", "IRS Publication 78", _publication_78, 0, 100_000)
REVOCATIONS: Final = Format("irs-revocation", "IRS automatic revocation list", _revocation, 0, 100_000)
SDN: Final = Format("ofac-sdn", "OFAC Specially Designated Nationals", _numbered(12), 0, 5_000, name_field=1)
SDN_ALIASES: Final = Format("ofac-sdn", "OFAC SDN alternate names", _numbered(5), 0, 0, name_field=3)
SDN_ADDRESSES: Final = Format("ofac-sdn", "OFAC SDN addresses", _numbered(6), 0, 0)

REGISTERS: Final = {known.register: known for known in (MASTER_FILE, PUBLICATION_78, REVOCATIONS, SDN)}
"""The registers that can be loaded, by name."""

COMPANIONS: Final = {"alt": SDN_ALIASES, "add": SDN_ADDRESSES}
"""Files that belong to the SDN list, by the beginning of the file's name."""


def format_of(register: str, file_name: str) -> Format:
    """Return the format of one file of a register: OFAC publishes aliases and addresses beside the main file."""
    if register == SDN.register:
        return next((known for stem, known in COMPANIONS.items() if file_name.startswith(stem)), SDN)
    return REGISTERS[register]
