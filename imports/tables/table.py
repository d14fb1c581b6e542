"""A table: headings, and rows of cells. Each cell knows its place, and what stands in its way."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Final, NamedTuple

LARGEST_FILE: Final = 20_000_000
"""The most bytes of a file that is brought in."""

MOST_ROWS: Final = 50_000
MOST_COLUMNS: Final = 200
LAST_LINE: Final = 1_000_000
"""The last line of a CSV on which a row may begin: a sheet has few more, and what is wrong is told on one."""

CellValue = str | Decimal | date | bool | None


class TableFault(ValueError):
    """A file that cannot be read as a table. The message says the place, the fault and the remedy."""


class TableCell(NamedTuple):
    """A cell of a table."""

    place: str
    """Its address, such as C7, or its line and column in a CSV."""
    value: CellValue
    fault: str | None = None
    """Why its value is not to be believed, with the remedy."""
    currency: str | None = None
    """The currency that its form shows beside a number, which is no part of its value."""

    @property
    def text(self) -> str:
        """Its value as text, or '' if it is empty."""
        return "" if self.value is None else str(self.value)


class SourceRow(NamedTuple):
    """A row under the headings."""

    number: int
    """Its number in the sheet, or its line."""
    cells: Mapping[str, TableCell]
    """Its cells by heading."""
    is_hidden: bool = False


class Table(NamedTuple):
    """The rows of a sheet or of a CSV."""

    sheet: str
    headings: tuple[str, ...]
    rows: tuple[SourceRow, ...]


def require_headings(place: str, headings: tuple[str, ...], needed: tuple[str, ...]) -> None:
    """Raise TableFault unless each heading that is needed stands there exactly once."""
    for heading in needed:
        if (count := headings.count(heading)) != 1:
            has = "lacks the column" if not count else f"has {count} columns"
            other_headings = ", ".join(dict.fromkeys(filter(None, headings)))[:300] or "nothing"
            raise TableFault(
                f"{place} {has} {heading!r}, and has {other_headings}; name them as the mapping does, or mend it"
            )
