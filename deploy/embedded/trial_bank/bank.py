"""The bank of a trial: it takes payment files, books what it is told to book, lets days pass, and writes messages."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Final, NamedTuple

from deploy.embedded.trial_bank.account_book import (
    AccountBook,
    BankBooking,
    BankCharge,
    BankExchange,
    DayStatement,
    StatementForm,
    TrialAccount,
    rounded,
)
from deploy.embedded.trial_bank.orders import TrialOrder, read_orders
from deploy.embedded.trial_bank.writing.ach_return import ach_return
from deploy.embedded.trial_bank.writing.bai2 import bai2_statement
from deploy.embedded.trial_bank.writing.iso20022 import notification, statement, status_report

_NOON: Final = time(12, tzinfo=UTC)


class BankTerms(NamedTuple):
    """The bank's booking of a payment, beside the instructed sum."""

    amount: Decimal | None = None
    """The part of it that is booked, in the order's currency, or None for all of it."""
    rate: Decimal | None = None
    """How much of the account's currency one of the order's was. An order in another currency needs it."""
    charges: tuple[BankCharge, ...] = ()
    contract: str = ""


AS_INSTRUCTED: Final = BankTerms()


class BankMessage(NamedTuple):
    """A file of the bank's, with a name that no other one has."""

    name: str
    content: bytes


class TrialBank:
    """A bank that does what it is told. `today` is the day on which it books, and moves by `pass_day` alone."""

    def __init__(self, today: date, name: str = "TRIAL") -> None:
        self.today = today
        self.orders: dict[str, TrialOrder] = {}
        """What was handed in, by EndToEndId."""
        self.books: dict[str, AccountBook] = {}
        """The accounts, by number."""
        self.rates: dict[tuple[str, str], Decimal] = {}
        """How much of the first currency one of the second is, for what is booked without other terms."""
        self._name = name
        self._decided: set[str] = set()
        self._references = 0
        self._messages = 0
        self._outbox: list[BankMessage] = []

    @property
    def yesterday(self) -> date:
        """Return the day that was closed last."""
        return self.today - timedelta(days=1)

    def open(self, account: TrialAccount) -> AccountBook:
        """Open an account, and return its book."""
        return self.books.setdefault(account.number, AccountBook(account))

    def balance(self, account: str) -> Decimal:
        """Return the balance of an account now."""
        return self.books[account].balance

    def collect(self) -> tuple[BankMessage, ...]:
        """Return the messages since the last time, in the order in which they were written."""
        messages, self._outbox = tuple(self._outbox), []
        return messages

    # Orders

    def take(self, content: bytes) -> tuple[TrialOrder, ...]:
        """Take a payment file and return the payments that are new. What the bank has already it refuses as a copy.

        Raises:
            ValueError: It is no payment file, or one of an account that is not open here.
        """
        originators = {book.account.originator: number for number, book in self.books.items()}
        orders = read_orders(content, originators)
        for order in orders:
            if order.account not in self.books:
                raise ValueError(f"the account {order.account} is not open here")
        new = tuple(order for order in orders if order.end_to_end_id not in self.orders)
        self.orders |= {order.end_to_end_id: order for order in new}
        for order in orders:
            if order not in new:
                self._report(order, "RJCT", "AM05")
        return new

    def accept(self, end_to_end_id: str) -> None:
        """Say that a payment is on its way (pain.002)."""
        self._report(self.orders[end_to_end_id], "ACSP")

    def reject(self, end_to_end_id: str, code: str = "AC04") -> None:
        """Refuse a payment, with a reason (pain.002). It is not booked."""
        self._decided.add(end_to_end_id)
        self._report(self.orders[end_to_end_id], "RJCT", code)

    def hold(self, end_to_end_id: str) -> None:
        """Keep a payment without a word: no day that passes books it."""
        self._decided.add(end_to_end_id)

    def book(self, end_to_end_id: str, terms: BankTerms = AS_INSTRUCTED) -> BankBooking:
        """Book a payment or a part of it today, and tell of it (camt.054).

        Raises:
            ValueError: It is in another currency than its account, and neither the terms nor `rates` have a rate.
        """
        self._decided.add(end_to_end_id)
        order = self.orders[end_to_end_id]
        booking = booking_of(order, self._priced(order, terms), self.books[order.account].account, self.today)
        return self._kept(booking)

    def _priced(self, order: TrialOrder, terms: BankTerms) -> BankTerms:
        currency = self.books[order.account].account.currency
        if terms.rate is not None or order.currency == currency:
            return terms
        return terms._replace(rate=self.rates.get((currency, order.currency)))

    def give_back(
        self, end_to_end_id: str, amount: Decimal | None = None, fee: Decimal = Decimal(0), code: str = "AC04"
    ) -> BankBooking:
        """Book a payment, or so much of it, back to its account, less a fee, and tell of it (camt.054)."""
        order = self.orders[end_to_end_id]
        booked = next(
            booking
            for booking in self.books[order.account].bookings
            if booking.end_to_end_id == end_to_end_id and not booking.is_credit
        )
        return self._kept(return_of(booked, amount, fee, code, self.today))

    def return_by_ach(self, end_to_end_id: str, code: str = "R03") -> None:
        """Say by a NACHA return file that a payment came back, and why. `give_back` books its money."""
        order = self.orders[end_to_end_id]
        self._next_id()
        content = ach_return(order, self.books[order.account].account.originator, code, self.today, self._messages)
        self._send("nacha.return", content)

    # What others pay

    def receive(self, account: str, amount: Decimal, remittance: str, party: tuple[str, str] = ("", "")) -> BankBooking:
        """Book money that came in, and tell of it (camt.054)."""
        currency = self.books[account].account.currency
        booking = BankBooking(account, amount, currency, is_credit=True, booked_on=self.today, remittance=remittance)
        return self._kept(booking._replace(party=party))

    def take_back(self, booking: BankBooking) -> BankBooking:
        """Take money back that came in, since its giver's bank asked for it, and tell of it (camt.054)."""
        return self._kept(reversal_of(booking, self.today))

    def charge(self, account: str, amount: Decimal, words: str = "Account fee") -> BankBooking:
        """Book a charge of the bank's own. Its statement alone tells of it."""
        currency = self.books[account].account.currency
        booking = BankBooking(account, amount, currency, is_credit=False, booked_on=self.today, remittance=words)
        return self._booked(booking._replace(is_bank_charge=True))

    # Days

    def pass_day(self, left_out: Collection[str] = ()) -> tuple[DayStatement, ...]:
        """Book all that is due and not decided, close today on each account, and go on to the next day.

        `left_out`: the accounts whose statement is made and not sent, until `state_again`. Returns all that were made.
        """
        for order in list(self.orders.values()):
            if order.end_to_end_id not in self._decided and order.due_on <= self.today:
                self.book(order.end_to_end_id)
        statements = tuple(book.close(self.today) for book in self.books.values())
        self.today += timedelta(days=1)
        for made in statements:
            if made.account.number not in left_out:
                self._state(made)
        return statements

    def state_again(self, account: str, day: date) -> None:
        """Send the statement of a day, whether it was left out or sent before.

        Raises:
            StopIteration: That day was not closed.
        """
        self._state(next(made for made in self.books[account].statements if made.closed_on == day))

    # Messages

    def _kept(self, booking: BankBooking) -> BankBooking:
        booked = self._booked(booking)
        message_id = self._next_id()
        self._send("camt.054.xml", notification(message_id, self._now(), booked))
        return booked

    def _booked(self, booking: BankBooking) -> BankBooking:
        self._references += 1
        reference = f"{self._name}{self._references:08}"
        return self.books[booking.account].book(booking._replace(reference=reference))

    def _report(self, order: TrialOrder, status: str, code: str = "") -> None:
        self._send("pain.002.xml", status_report(self._next_id(), self._now(), order, status, code))

    def _state(self, made: DayStatement) -> None:
        message_id = self._next_id()
        if made.account.form is StatementForm.BAI2:
            self._send("bai", bai2_statement(made, self._messages))
        else:
            self._send("camt.053.xml", statement(message_id, self._now(), made))

    def _send(self, kind: str, content: bytes) -> None:
        self._outbox.append(BankMessage(f"{self._messages:06}-{kind}", content))

    def _next_id(self) -> str:
        self._messages += 1
        return f"{self._name}-{self._messages:06}"

    def _now(self) -> datetime:
        return datetime.combine(self.today, _NOON)


def booking_of(order: TrialOrder, terms: BankTerms, account: TrialAccount, day: date) -> BankBooking:
    """Return the booking of a payment at some terms.

    Raises:
        ValueError: It is in another currency than its account, and the terms have no rate.
    """
    part = order.amount if terms.amount is None else terms.amount
    exchange = _exchange(order, terms, account, day)
    principal = part if exchange is None else rounded(part * exchange.rate, account.currency)
    charges = tuple(charge._replace(currency=charge.currency or account.currency) for charge in terms.charges)
    added = (charge.amount for charge in charges if charge.included and charge.currency == account.currency)
    return BankBooking(
        account=account.number,
        amount=principal + sum(added, Decimal(0)),
        currency=account.currency,
        is_credit=False,
        booked_on=day,
        end_to_end_id=order.end_to_end_id,
        remittance=order.remittance,
        instructed=(part, order.currency) if exchange or charges else None,
        exchange=exchange,
        charges=charges,
    )


def _exchange(order: TrialOrder, terms: BankTerms, account: TrialAccount, day: date) -> BankExchange | None:
    if order.currency == account.currency:
        return None
    if terms.rate is None:
        raise ValueError(f"no rate of {order.currency} in {account.currency}")
    return BankExchange(terms.rate, account.currency, order.currency, terms.contract, day)


def return_of(booked: BankBooking, amount: Decimal | None, fee: Decimal, code: str, day: date) -> BankBooking:
    """Return the booking by which a payment, or so much of it, comes back less a fee."""
    whole = booked.amount if amount is None else amount
    fees = (BankCharge(fee, "DEBT", booked.currency),) if fee else ()
    return BankBooking(
        account=booked.account,
        amount=whole - fee,
        currency=booked.currency,
        is_credit=True,
        booked_on=day,
        end_to_end_id=booked.end_to_end_id,
        remittance=booked.remittance,
        instructed=(whole, booked.currency) if fee else None,
        charges=fees,
        return_code=code,
    )


def reversal_of(booking: BankBooking, day: date) -> BankBooking:
    """Return the booking that takes back one of before."""
    return booking._replace(is_credit=not booking.is_credit, booked_on=day, is_reversal=True, reference="")
