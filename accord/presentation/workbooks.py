"""Lists as workbooks: typed days and numbers, widths and filters, and a second sheet on what the first one is."""

from __future__ import annotations

import io
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final, NamedTuple

from accord.presentation.sheets import SUMS, TITLES, Column, cell_of
from domain.values import minor_digits
from ledger import clock

WIDEST: Final = 60
"""The most characters of a column; longer text is wrapped."""
NARROWEST: Final = 8
EXACT_DIGITS: Final = 15
"""The most digits of a number that a double holds exactly; a longer one stays text."""
ABOUT: Final = "About this sheet"

Row = Mapping[str, Any]
About = Sequence[tuple[str, str]]


class _Formats(NamedTuple):
    """The formats of a workbook's cells."""

    heading: Any
    text: Any
    day: Any
    time: Any
    sums: Mapping[int, Any]
    """By the number of decimals."""


def as_workbook(rows: Sequence[Row], columns: Sequence[Column], about: About = ()) -> bytes:
    """Return a workbook of a list. `about`: further lines of its second sheet, each a label and a text."""
    from xlsxwriter import Workbook

    content = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "remove_timezone": True}
    title, headed = _title(columns), with_currency(columns)
    with Workbook(content, options) as book:
        formats = _formats(book)
        _write_rows(book.add_worksheet(title), rows, headed, formats)
        _write_about(book.add_worksheet(ABOUT), title, rows, columns, about, formats)
    return content.getvalue()


def _title(columns: Sequence[Column]) -> str:
    """Return the name of a list, which may have further columns behind its own."""
    return next((title for own, title in TITLES.items() if tuple(columns[: len(own)]) == own), "List")


def with_currency(columns: Sequence[Column]) -> tuple[Column, ...]:
    """Return the columns with the currency behind the sums that are in the row's own, as a file has them."""
    last = max((place for place, column in enumerate(columns, 1) if column.is_sum and not column.currency), default=0)
    return (*columns[:last], *([Column("currency", "Currency")] if last else ()), *columns[last:])


def _formats(book: Any) -> _Formats:
    def make(**properties: Any) -> Any:
        return book.add_format({"valign": "top", **properties})

    return _Formats(
        heading=make(bold=True, bottom=1, text_wrap=True),
        text=make(text_wrap=True),
        day=make(num_format="yyyy-mm-dd"),
        time=make(num_format="yyyy-mm-dd hh:mm"),
        sums={digits: make(num_format="#,##0" + ("." + "0" * digits if digits else "")) for digits in range(5)},
    )


def _write_rows(sheet: Any, rows: Sequence[Row], columns: Sequence[Column], formats: _Formats) -> None:
    for place, column in enumerate(columns):
        sheet.write_string(0, place, column.heading, formats.heading)
        sheet.set_column(place, place, _width(column, rows))
    for line, row in enumerate(rows, 1):
        for place, column in enumerate(columns):
            _write_cell(sheet, (line, place), column, row, formats)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(len(rows), 1), len(columns) - 1)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.set_footer("&L&A&RPage &P of &N")


def _width(column: Column, rows: Sequence[Row]) -> int:
    longest = max((len(cell_of(row.get(column.field))) for row in rows), default=0)
    return min(max(longest + 2, len(column.heading) + 4, NARROWEST), WIDEST)


def _write_cell(sheet: Any, place: tuple[int, int], column: Column, row: Row, formats: _Formats) -> None:
    """Write one cell: a sum and a count as numbers, a day and a time (UTC) as such, all else as text."""
    value = row.get(column.field)
    is_sum = column.is_sum or column.field in SUMS
    if is_sum and value is not None and (number := _number(str(value))) is not None:
        sheet.write_number(*place, number, formats.sums[_decimals(row, column.currency)])
    elif isinstance(value, int) and not isinstance(value, bool):
        sheet.write_number(*place, value)
    elif (moment := _moment(column, value)) is not None:
        is_day = len(str(value)) == len("2026-11-30")
        sheet.write_datetime(*place, moment, formats.day if is_day else formats.time)
    else:
        sheet.write_string(*place, cell_of(value), formats.text)


def _number(text: str) -> float | None:
    return float(text) if len(text.strip("-").replace(".", "")) <= EXACT_DIGITS else None


def _decimals(row: Row, currency_of_all: str = "") -> int:
    currency = currency_of_all or row.get("currency")
    return minor_digits(str(currency)) if currency else 2


def _moment(column: Column, value: Any) -> datetime | None:
    """Return a day or a time of a column that holds such, in UTC, or None."""
    if not isinstance(value, str) or not (column.is_short or column.field == "since"):
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment


def _write_about(
    sheet: Any, title: str, rows: Sequence[Row], columns: Sequence[Column], about: About, formats: _Formats
) -> None:
    """Write what the sheet is: its title, its time, its lines, and the totals by currency."""
    words = (("List", title), *about, ("Made", f"{clock.now():%Y-%m-%d %H:%M} UTC"), ("Times", "UTC"))
    for line, (label, text) in enumerate(words):
        sheet.write_string(line, 0, label, formats.heading)
        sheet.write_string(line, 1, text, formats.text)
    sheet.write_string(len(words), 0, "Lines", formats.heading)
    sheet.write_number(len(words), 1, len(rows))
    for line, (label, currency, total) in enumerate(_totals(rows, columns), len(words) + 2):
        sheet.write_string(line, 0, f"{label}, {currency}", formats.heading)
        number = _number(str(total))
        if number is None:
            sheet.write_string(line, 1, str(total), formats.text)
        else:
            sheet.write_number(line, 1, number, formats.sums[_decimals({"currency": currency})])
    sheet.set_column(0, 0, 28)
    sheet.set_column(1, 1, WIDEST)


def _totals(rows: Sequence[Row], columns: Sequence[Column]) -> list[tuple[str, str, Decimal]]:
    """Return (heading, currency, total) of each column of sums, and its parts by funder and status.

    A total in which what was paid stands beside what was refused or came back says so: it is nothing that was paid.
    """
    statuses = {str(row["status"]) for row in rows if row.get("status")}
    beside = ", of every status" if len(statuses) > 1 else ""
    totals: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    parts: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for column in columns:
        for row in rows if column.is_sum else ():
            if row.get(column.field) is not None:
                label, currency = _total_of(column), column.currency or str(row.get("currency") or "")
                totals[f"{label}{beside}", currency] += Decimal(str(row[column.field]))
                if row.get("funder") and row.get("status"):
                    parts[f"{label}, {row['funder']}, {row['status']}", currency] += Decimal(str(row[column.field]))
    return [(label, currency, total) for (label, currency), total in (*totals.items(), *sorted(parts.items()))]


def _total_of(column: Column) -> str:
    heading = column.heading if column.currency else column.heading.lower()
    return f"Total of {heading}"
