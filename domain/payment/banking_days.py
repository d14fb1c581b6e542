"""Banking days: the days on which the systems that settle a currency are open, and the day on which to pay.

A day that is in no calendar here is a banking day unless it is on a weekend. The days are made of the library
`holidays`, which a test holds them against.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from types import MappingProxyType
from typing import Final


def _read(written: str) -> frozenset[date]:
    lines = (line.partition(": ") for line in written.strip().splitlines())
    return frozenset(date.fromisoformat(f"{year}-{day}") for year, _, days in lines for day in days.split())


_FEDWIRE: Final = _read(
    """
2026: 01-01 01-19 02-16 05-25 06-19 09-07 10-12 11-11 11-26 12-25
2027: 01-01 01-18 02-15 05-31 07-05 09-06 10-11 11-11 11-25
2028: 01-17 02-21 05-29 06-19 07-04 09-04 10-09 11-23 12-25
2029: 01-01 01-15 02-19 05-28 06-19 07-04 09-03 10-08 11-12 11-22 12-25
2030: 01-01 01-21 02-18 05-27 06-19 07-04 09-02 10-14 11-11 11-28 12-25
2031: 01-01 01-20 02-17 05-26 06-19 07-04 09-01 10-13 11-11 11-27 12-25
2032: 01-01 01-19 02-16 05-31 07-05 09-06 10-11 11-11 11-25
2033: 01-17 02-21 05-30 06-20 07-04 09-05 10-10 11-11 11-24 12-26
2034: 01-02 01-16 02-20 05-29 06-19 07-04 09-04 10-09 11-23 12-25
2035: 01-01 01-15 02-19 05-28 06-19 07-04 09-03 10-08 11-12 11-22 12-25
2036: 01-01 01-21 02-18 05-26 06-19 07-04 09-01 10-13 11-11 11-27 12-25
2037: 01-01 01-19 02-16 05-25 06-19 09-07 10-12 11-11 11-26 12-25
2038: 01-01 01-18 02-15 05-31 07-05 09-06 10-11 11-11 11-25
2039: 01-17 02-21 05-30 06-20 07-04 09-05 10-10 11-11 11-24 12-26
2040: 01-02 01-16 02-20 05-28 06-19 07-04 09-03 10-08 11-12 11-22 12-25
2041: 01-01 01-21 02-18 05-27 06-19 07-04 09-02 10-14 11-11 11-28 12-25
2042: 01-01 01-20 02-17 05-26 06-19 07-04 09-01 10-13 11-11 11-27 12-25
2043: 01-01 01-19 02-16 05-25 06-19 09-07 10-12 11-11 11-26 12-25
2044: 01-01 01-18 02-15 05-30 06-20 07-04 09-05 10-10 11-11 11-24 12-26
2045: 01-02 01-16 02-20 05-29 06-19 07-04 09-04 10-09 11-23 12-25
"""
)
"""The weekdays on which the Federal Reserve Banks are closed. They are open on the Friday before a Saturday."""

_T2: Final = _read(
    """
2026: 01-01 04-03 04-06 05-01 12-25
2027: 01-01 03-26 03-29
2028: 04-14 04-17 05-01 12-25 12-26
2029: 01-01 03-30 04-02 05-01 12-25 12-26
2030: 01-01 04-19 04-22 05-01 12-25 12-26
2031: 01-01 04-11 04-14 05-01 12-25 12-26
2032: 01-01 03-26 03-29
2033: 04-15 04-18 12-26
2034: 04-07 04-10 05-01 12-25 12-26
2035: 01-01 03-23 03-26 05-01 12-25 12-26
2036: 01-01 04-11 04-14 05-01 12-25 12-26
2037: 01-01 04-03 04-06 05-01 12-25
2038: 01-01 04-23 04-26
2039: 04-08 04-11 12-26
2040: 03-30 04-02 05-01 12-25 12-26
2041: 01-01 04-19 04-22 05-01 12-25 12-26
2042: 01-01 04-04 04-07 05-01 12-25 12-26
2043: 01-01 03-27 03-30 05-01 12-25
2044: 01-01 04-15 04-18 12-26
2045: 04-07 04-10 05-01 12-25 12-26
"""
)
"""The weekdays on which T2, the Eurosystem's system, is closed."""

_CHAPS: Final = _read(
    """
2026: 01-01 04-03 04-06 05-04 05-25 08-31 12-25 12-28
2027: 01-01 03-26 03-29 05-03 05-31 08-30 12-27 12-28
2028: 01-03 04-14 04-17 05-01 05-29 08-28 12-25 12-26
2029: 01-01 03-30 04-02 05-07 05-28 08-27 12-25 12-26
2030: 01-01 04-19 04-22 05-06 05-27 08-26 12-25 12-26
2031: 01-01 04-11 04-14 05-05 05-26 08-25 12-25 12-26
2032: 01-01 03-26 03-29 05-03 05-31 08-30 12-27 12-28
2033: 01-03 04-15 04-18 05-02 05-30 08-29 12-26 12-27
2034: 01-02 04-07 04-10 05-01 05-29 08-28 12-25 12-26
2035: 01-01 03-23 03-26 05-07 05-28 08-27 12-25 12-26
2036: 01-01 04-11 04-14 05-05 05-26 08-25 12-25 12-26
2037: 01-01 04-03 04-06 05-04 05-25 08-31 12-25 12-28
2038: 01-01 04-23 04-26 05-03 05-31 08-30 12-27 12-28
2039: 01-03 04-08 04-11 05-02 05-30 08-29 12-26 12-27
2040: 01-02 03-30 04-02 05-07 05-28 08-27 12-25 12-26
2041: 01-01 04-19 04-22 05-06 05-27 08-26 12-25 12-26
2042: 01-01 04-04 04-07 05-05 05-26 08-25 12-25 12-26
2043: 01-01 03-27 03-30 05-04 05-25 08-31 12-25 12-28
2044: 01-01 04-15 04-18 05-02 05-30 08-29 12-26 12-27
2045: 01-02 04-07 04-10 05-01 05-29 08-28 12-25 12-26
"""
)
"""The weekdays on which CHAPS is closed: bank holidays in England."""

CLOSED: Final[Mapping[str, frozenset[date]]] = MappingProxyType({"USD": _FEDWIRE, "EUR": _T2, "GBP": _CHAPS})
"""The weekdays on which a currency is not settled, by its code."""

_EURO_AREA: Final = "AT BE BG CY DE EE ES FI FR GR HR IE IT LT LU LV MT NL PT SI SK"
_CURRENCIES: Final[Mapping[str, str]] = MappingProxyType(
    {"US": "USD", "GB": "GBP", **dict.fromkeys(_EURO_AREA.split(), "EUR")}
)


def currency_of_banks_in(country: str) -> str | None:
    """Return the currency that the banks of a country settle among themselves, or None if it has no calendar here."""
    return _CURRENCIES.get(country)


def is_banking_day(day: date, currencies: Iterable[str]) -> bool:
    """True if a payment in all of some currencies can be settled on a day."""
    return day.weekday() < 5 and not any(day in CLOSED.get(currency, frozenset()) for currency in currencies)


def execution_day(earliest: date, currencies: Iterable[str]) -> date:
    """Return the first day from a day on that is a banking day of all of some currencies."""
    day, of = earliest, tuple(currencies)
    while not is_banking_day(day, of):
        day += timedelta(days=1)
    return day
