"""Read the rows of a bank's CSV as bookings that payments may hear."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from domain.payment.bookings import is_filler
from domain.payment.mapping import StatementMapping
from payments.accounts import AccountDetails
from payments.answers.booking.plain_bookings import PlainBooking, PlainStatement, plain_notice
from payments.answers.csv.rows import CsvRow
from payments.answers.csv.statements import place_of_day, rows_in_order
from payments.answers.statements import BankNotice


def read_csv_bookings(
    content: bytes, name: str, mapping: StatementMapping, details: AccountDetails, is_over: Callable[[date], bool]
) -> list[BankNotice]:
    """Return the bookings in an account's CSV, the oldest first. `is_over`: whether a day was over at the bank.

    Raises:
        UnreadableMessage: As `read_csv`.
    """
    return [
        plain_notice(_statement(row, mapping, details), _booking(row, mapping))
        for row in rows_in_order(content, name, mapping)
        if row.amount and is_over(row.booked_on)
    ]


def _statement(row: CsvRow, mapping: StatementMapping, details: AccountDetails) -> PlainStatement:
    place = place_of_day(row.booked_on, mapping, details)
    return PlainStatement(f"CSV of {row.booked_on}", place, details.identifier, row.currency, row.booked_on)


def _booking(row: CsvRow, mapping: StatementMapping) -> PlainBooking:
    """Return a row as a booking. The balance after it tells it from others, whichever columns a mapping names."""
    reference = "" if is_filler(row.reference) else row.reference
    place = f"{mapping.sha256[:16]}/{row.line}"
    return PlainBooking(place, row.amount, reference, (row.text,), (f"{row.balance.normalize():f}",))
