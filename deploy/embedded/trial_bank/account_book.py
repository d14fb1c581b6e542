"""An account at the bank: its bookings in order, what stands on it, and the statement of each day that was closed."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Final, NamedTuple

_DIGITS: Final = {"BHD": 3, "CLP": 0, "ISK": 0, "JOD": 3, "JPY": 0, "KRW": 0, "KWD": 3, "OMR": 3, "TND": 3, "UGX": 0}
"""The digits after the point, of currencies that have not two (ISO 4217)."""


class StatementForm(StrEnum):
    """The format of an account's statements."""

    CAMT_053 = "camt.053"
    BAI2 = "bai2"


class TrialAccount(NamedTuple):
    """An account at the bank."""

    number: str
    """Its IBAN, or its number where the country has none."""
    currency: str
    opening: Decimal = Decimal(0)
    form: StatementForm = StatementForm.CAMT_053
    originator: str = ""
    """The company identification by which NACHA files name it."""
    bic: str = ""
    """The bank's BIC, which a statement names beside a number that is no IBAN."""


class BankCharge(NamedTuple):
    """A charge on a payment."""

    amount: Decimal
    bearer: str = "DEBT"
    """Who bears it, by the code of ISO 20022: DEBT, CRED, SHAR or SLEV."""
    currency: str = ""
    """'' for the account's."""
    included: bool = True
    """Whether the booked sum holds it. What the payee bears never is in it."""


class BankExchange(NamedTuple):
    """An exchange: how much of the account's currency one of the order's currency was."""

    rate: Decimal
    account_currency: str
    order_currency: str
    contract: str = ""
    quoted_on: date | None = None


class BankBooking(NamedTuple):
    """A booking on an account. The amount is in the account's currency and above zero."""

    account: str
    amount: Decimal
    currency: str
    is_credit: bool
    booked_on: date
    reference: str = ""
    """The bank's own, the only thing that tells two equal bookings apart. Some banks give none."""
    end_to_end_id: str = ""
    remittance: str = ""
    instructed: tuple[Decimal, str] | None = None
    """The sum with its currency that the bank says it was told to pay, or None where it says the amount alone."""
    exchange: BankExchange | None = None
    charges: tuple[BankCharge, ...] = ()
    return_code: str = ""
    """The reason of a return."""
    party: tuple[str, str] = ("", "")
    """Who paid, by name and account."""
    is_reversal: bool = False
    """Whether it takes back a booking of before."""
    is_bank_charge: bool = False
    """Whether it is a charge of the bank's own, beside any payment."""

    @property
    def movement(self) -> Decimal:
        """Return the amount, below zero for a debit."""
        return self.amount if self.is_credit else -self.amount


class DayStatement(NamedTuple):
    """The statement of an account: what stood on it before and after its bookings."""

    account: TrialAccount
    number: int
    opened_on: date
    closed_on: date
    opening: Decimal
    closing: Decimal
    bookings: tuple[BankBooking, ...]


class AccountBook:
    """The bookings on one account. Nothing that was booked or stated is ever taken out."""

    def __init__(self, account: TrialAccount) -> None:
        self.account = account
        self.bookings: list[BankBooking] = []
        self.statements: list[DayStatement] = []
        self._stated = 0

    @property
    def balance(self) -> Decimal:
        """Return the balance of the account."""
        return self.account.opening + sum((booking.movement for booking in self.bookings), Decimal(0))

    @property
    def unstated(self) -> tuple[BankBooking, ...]:
        """Return the bookings that no statement has yet."""
        return tuple(self.bookings[self._stated :])

    def book(self, booking: BankBooking) -> BankBooking:
        """Keep a booking.

        Raises:
            ValueError: It is of another account or currency, or of a day that was stated.
        """
        if (booking.account, booking.currency) != (self.account.number, self.account.currency):
            raise ValueError(f"{booking.currency} on {booking.account} is not booked on {self.account.number}")
        if self.statements and booking.booked_on <= self.statements[-1].closed_on:
            raise ValueError(f"the statement of {self.statements[-1].closed_on} is closed")
        self.bookings.append(booking)
        return booking

    def close(self, day: date) -> DayStatement:
        """Close the account for a day, with all days since the last closing, and return the statement."""
        before = self.statements[-1] if self.statements else None
        opening = before.closing if before else self.account.opening
        opened_on = min(day, before.closed_on + timedelta(days=1)) if before else day
        bookings = tuple(booking for booking in self.unstated if booking.booked_on <= day)
        closing = opening + sum((booking.movement for booking in bookings), Decimal(0))
        number = before.number + 1 if before else 1
        self._stated += len(bookings)
        self.statements.append(DayStatement(self.account, number, opened_on, day, opening, closing, bookings))
        return self.statements[-1]


def digits_of(currency: str) -> int:
    """Return the digits after the point of a currency."""
    return _DIGITS.get(currency, 2)


def rounded(amount: Decimal, currency: str) -> Decimal:
    """Return an amount in the smallest unit of its currency."""
    return amount.quantize(Decimal(1).scaleb(-digits_of(currency)), ROUND_HALF_UP)
