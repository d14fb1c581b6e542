"""Write BAI2 files (version 2): the ledger balances and the transactions of one account on one day.

Source: Bank Administration Institute, Cash Management Balance Reporting Specifications, version 2.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from deploy.embedded.trial_bank.account_book import BankBooking, DayStatement, digits_of

_CREDIT, _DEBIT, _FEE = "165", "455", "698"
"""Type codes: a preauthorised ACH credit, such a debit, and miscellaneous fees."""
_RETURN, _REVERSAL = "257", "495"
"""An ACH item that came back, and a wire that left, for what is taken back."""
_OPENING_LEDGER, _CLOSING_LEDGER = "010", "015"
_SENDER: Final = "121000248"
_FINAL: Final = "2"
"""The modifier of the day: previous day, final."""


def bai2_statement(made: DayStatement, number: int) -> bytes:
    """Return a file with the statement of one account, with its totals and counts. `number`: that of the file."""
    account, currency = made.account, made.account.currency
    opening, closing = (_units(amount, currency) for amount in (made.opening, made.closing))
    entries = [_entry(booking) for booking in made.bookings]
    total = opening + closing + sum(_units(booking.amount, currency) for booking in made.bookings)
    head = f"03,{account.number},{currency},{_OPENING_LEDGER},{opening},,,{_CLOSING_LEDGER},{closing},,/"
    of_account = [head, *entries, f"49,{total},{len(entries) + 2}/"]
    group = f"02,RECEIVER,{_SENDER},1,{made.closed_on:%y%m%d},2359,{currency},{_FINAL}/"
    of_group = [group, *of_account, f"98,{total},1,{len(of_account) + 2}/"]
    file = f"01,{_SENDER},RECEIVER,{made.closed_on:%y%m%d},2359,{number},,,2/"
    lines = [file, *of_group, f"99,{total},1,{len(of_group) + 2}/"]
    return "".join(f"{line}\n" for line in lines).encode("ascii")


def _entry(booking: BankBooking) -> str:
    units = _units(booking.amount, booking.currency)
    words = " ".join("".join(sign for sign in booking.remittance if " " <= sign <= "~" and sign != "/").split())
    return f"16,{_code(booking)},{units},Z,{booking.reference},{booking.end_to_end_id},{words}/"


def _code(booking: BankBooking) -> str:
    if booking.is_bank_charge:
        return _FEE
    if booking.return_code:
        return _RETURN
    if booking.is_reversal:
        return _CREDIT if booking.is_credit else _REVERSAL
    return _CREDIT if booking.is_credit else _DEBIT


def _units(amount: Decimal, currency: str) -> int:
    return int(amount.scaleb(digits_of(currency)))
