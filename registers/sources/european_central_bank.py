"""The European Central Bank's euro foreign exchange reference rates: one line per day, one column per currency.

Format: ecb.europa.eu, "Euro foreign exchange reference rates", time series (eurofxref-hist.csv): a header with the
currencies, then a line per day, the newest first; N/A stands where a currency had no rate. A row is kept as the day
with each rate beside its currency, so that a column that comes or goes changes no other day. The ECB publishes them
about 16:00 CET on its working days, for information only.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from functools import partial
from pathlib import Path
from re import compile as pattern
from re import fullmatch
from typing import Final

from domain.money.rates import DayRates, leaps, read_rates, write_rates
from domain.values import short
from registers.loading.texts import CutOff, NumberedLine, Unfit, UnreadableFile, lines
from registers.sources.kinds import BadRow, Fields, FileKind, Register, day_in

_ABSENT: Final = frozenset({"N/A", ""})
_FIRST_DAY: Final = "1999-01-04"
"""The first day of the euro: the last line of the whole file, with which it may end without a line break."""

_SHOWN: Final = 200
_AGAIN: Final = "fetch eurofxref-hist.zip again and give the eurofxref-hist.csv in it"


def _rows(path: Path) -> Iterator[NumberedLine]:
    """Yield the row of each day. What does not fit the header, or is not older than the day above it, is `Unfit`."""
    codes: tuple[str, ...] = ()
    newer, last = None, ""
    for line in lines(path):
        if isinstance(line, CutOff):
            yield from () if last == _FIRST_DAY else (line,)
        elif isinstance(line, Unfit):
            yield line
        elif not codes:
            codes = _codes(path, *line)
        else:
            row = _row(*line, codes)
            day = _read(row)
            yield _beside(row, day, newer) if day is not None and newer is not None else row
            newer, last = day or newer, line[1].partition(",")[0].strip()


def _codes(path: Path, number: int, text: str) -> tuple[str, ...]:
    """Return the currencies of the header, in order.

    Raises:
        UnreadableFile: It is no header of this file.
    """
    first, *cells = _cells(text.strip().removesuffix(","))
    where = f"{path.name} line {number}"
    if first != "Date" or not cells:
        raise UnreadableFile(f"{where}: the header 'Date,USD,JPY ...' is missing; {_AGAIN}")
    if wrong := next((cell for cell in cells if not fullmatch("[A-Z]{3}", cell) or cells.count(cell) > 1), None):
        raise UnreadableFile(f"{where}: the column {short(wrong)} is no currency, or stands there twice; {_AGAIN}")
    return tuple(cells)


def _cells(text: str) -> list[str]:
    return [cell.strip() for cell in text.split(",")]


def _row(number: int, text: str, codes: tuple[str, ...]) -> tuple[int, str] | Unfit:
    day, *cells = _cells(text)
    if len(cells) == len(codes) + 1 and not cells[-1]:
        cells.pop()  # the publisher closed lines with a comma for many years
    if len(cells) != len(codes):
        return Unfit(number, text[:_SHOWN], f"{len(cells)} rates where the header has {len(codes)} currencies")
    rates: Mapping[str, str] = {code: cell for code, cell in zip(codes, cells, strict=True) if cell not in _ABSENT}
    return number, write_rates(day, rates)


def _read(row: tuple[int, str] | Unfit) -> DayRates | None:
    """Return the rates of a row, or None if it is none. Its fault is told where the row is parsed."""
    try:
        return None if isinstance(row, Unfit) else read_rates(row[1])
    except ValueError:
        return None


def _beside(row: tuple[int, str] | Unfit, day: DayRates, newer: DayRates) -> tuple[int, str] | Unfit:
    """Return a row, or `Unfit` if it does not go with the day above it, which is newer."""
    if day.day >= newer.day:
        return Unfit(row[0], row[1][:_SHOWN], f"{day.day} is not before {newer.day}, the day of the line above")
    leap = next(leaps(day, newer), None)
    return Unfit(row[0], row[1][:_SHOWN], f"{leap}: a point was lost, or columns were exchanged") if leap else row


def _parse(text: str) -> Fields:
    """Return (day as eight digits, the row): by the day it is looked up."""
    try:
        day = read_rates(text).day
    except ValueError as fault:
        raise BadRow(str(fault)) from None
    return key_of_day(day), text


def key_of_day(day: date) -> str:
    """Return the key of a day's row, in digits alone."""
    return f"{day:%Y%m%d}"


_NEWEST: Final = pattern(rb"\n(\d{4}-\d{2}-\d{2}),")

REFERENCE_RATES: Final = Register(
    "ecb-rates",
    "ECB euro foreign exchange reference rates",
    (FileKind("days", "Reference rates", _parse, 5_000, split=_rows),),
    ("https://www.ecb.europa.eu/stats/eurofxref/eurofxref-hist.zip",),
    day_of=partial(day_in, pattern=_NEWEST, form="%Y-%m-%d"),
    converts=True,
)

REGISTERS: Final = (REFERENCE_RATES,)
