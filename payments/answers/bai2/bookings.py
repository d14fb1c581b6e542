"""Read the entries of a BAI2 account as bookings that payments may hear."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from domain.payment.bookings import is_filler
from payments.answers.bai2.records import BaiAccount, BaiEntry, BaiGroup
from payments.answers.bai2.values import account_of, currency_of, day_of, is_charge, is_return, movements, signed
from payments.answers.booking.plain_bookings import PlainBooking, PlainStatement, plain_notice
from payments.answers.statements import BankNotice

_RETURN: Final = "a return, a reversal or a correction by its type code (BAI2)"


def read_bookings(place: str, group: BaiGroup, account: BaiAccount) -> Iterator[BankNotice]:
    """Yield the entries of an account that move money, in their order. `place`: that of its statement in the file."""
    currency, day = currency_of(group, account), day_of(group)
    statement = PlainStatement(f"BAI2 of {day}", place, account_of(account), currency, day)
    for entry in movements(account):
        if entry.figure.units:
            yield plain_notice(statement, _booking(place, entry, currency))


def _booking(place: str, entry: BaiEntry, currency: str) -> PlainBooking:
    reference = "" if is_filler(entry.bank_reference) else entry.bank_reference
    texts = (entry.customer_reference, entry.text)
    return PlainBooking(
        f"{place}/{entry.record.line}", signed(entry, currency), reference, texts,
        (entry.figure.code, entry.bank_reference, *texts),
        is_charge=is_charge(entry), doubt=_RETURN if is_return(entry) else "",
    )  # fmt: skip
