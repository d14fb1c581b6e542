"""What the bank of a simulation keeps of each payment, of money that came in, and of everything that it ever said."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Final, NamedTuple

from deploy.embedded.trial_bank.account_book import BankBooking, DayStatement
from deploy.embedded.trial_bank.orders import TrialOrder

_NAMED: Final = re.compile(r"(P-\d{4}-\d{4,6}) tranche (\d+)")


class State(StrEnum):
    """The bank's state of a payment."""

    TAKEN = "TAKEN"
    SETTLED = "SETTLED"
    REJECTED = "REJECTED"
    RETURNED = "RETURNED"


class Word(StrEnum):
    """A word that the bank may say."""

    ACCEPTED = "ACCEPTED"
    SETTLED = "SETTLED"
    REJECTED = "REJECTED"
    RETURNED = "RETURNED"
    RECEIVED = "RECEIVED"
    REVERSED = "REVERSED"
    """Money that came in is taken back."""
    STATED = "STATED"
    """A statement of an account, with all that was booked on its days."""
    KNOWN = "KNOWN"
    """It has this payment already."""


@dataclass
class Payment:
    """A payment that was handed in, as the bank's book holds it."""

    order: TrialOrder
    message_id: str
    """The name of the file that it is spoken of in: of a second copy, that of the copy."""
    taken_at: datetime
    number: int = 0
    """Its place among all that the bank ever took."""
    again: int = 0
    """How often it was handed in again."""
    state: State = State.TAKEN
    booked: Decimal = Decimal(0)
    """In the currency of the order, without charges."""
    by_mistake: Decimal = Decimal(0)
    """Booked by an error of the bank's own, or in spite of its word that it would not be."""
    returned: Decimal = Decimal(0)
    paid_back: Decimal = Decimal(0)
    """What its payee paid back, in bookings of their own."""
    words: list[Word] = field(default_factory=list)
    """What the bank said of it, in order."""
    bookings: list[BankBooking] = field(default_factory=list)
    """Its bookings on the account that pays it, those by which it came back too."""

    @property
    def end_to_end_id(self) -> str:
        """Its identifier."""
        return self.order.end_to_end_id

    @property
    def amount(self) -> Decimal:
        """The sum that was instructed."""
        return self.order.amount

    @property
    def currency(self) -> str:
        """The currency that was instructed."""
        return self.order.currency

    @property
    def debtor(self) -> str:
        """The account that pays it."""
        return self.order.account

    @property
    def creditor(self) -> str:
        """The account that it is paid to."""
        return self.order.payee_account

    @property
    def remittance(self) -> str:
        """The words on it."""
        return self.order.remittance

    @property
    def partnership_id(self) -> str:
        """The partnership that it names."""
        return self._named[0]

    @property
    def tranche(self) -> int:
        """The planned payment that it names."""
        return int(self._named[1])

    @property
    def net(self) -> Decimal:
        """The sum that was booked rightly, and of which nothing came back."""
        return self.booked - self.by_mistake - self.returned

    @property
    def is_short(self) -> bool:
        """True if a part of it was booked: of a second booking nobody could say which of them is the mistake."""
        return 0 < self.booked - self.by_mistake < self.amount

    @property
    def may_come_back(self) -> Decimal:
        """The sum that was booked, by mistake or not, and may come back: its payee has it still."""
        return self.booked - self.returned - self.paid_back

    @property
    def _named(self) -> tuple[str, str]:
        found = _NAMED.search(self.remittance)
        return (found[1], found[2]) if found else ("", "0")


class Said(NamedTuple):
    """A file of the bank's, and what is in it."""

    number: int
    name: str
    content: bytes
    word: Word
    message_id: str
    end_to_end_id: str
    amount: Decimal
    currency: str
    remittance: str
    error: bool
    """Whether it is wrong, or somebody else's."""
    identity: tuple[str, ...] = ()
    """By what it can be told from everything else that the bank says: the same, told again, says nothing new."""
    wrong: bool = False
    """Whether nobody may believe it: then a person must look, whatever was said before."""
    back: str = ""
    """The EndToEndId of the payment that its payee paid back by this booking, '' of any other."""

    booking: BankBooking | None = None
    """What it tells of, None of a status report."""
    stated: DayStatement | None = None
    """The statement of account that it is, None of any other message."""

    @property
    def reference(self) -> str:
        """The servicer's own reference of a booking, '' where it gave none, and of a status report."""
        return self.identity[1] if len(self.identity) == 3 and self.word in BOOKINGS else ""

    @property
    def booked(self) -> str:
        """What was booked in all, with its currency, where that is not what was instructed."""
        booking = self.booking
        if booking is None or (booking.amount, booking.currency) == (self.amount, self.currency):
            return ""
        return f"{booking.currency} {booking.amount}"

    @property
    def credited(self) -> Decimal:
        """What came back on the account: less than `amount` where the bank kept a fee of it, and exchanged nothing."""
        booking = self.booking
        is_less = booking is not None and booking.currency == self.currency and self.word is Word.RETURNED
        return booking.amount if booking is not None and is_less else self.amount

    @property
    def booked_on_account(self) -> tuple[Decimal, str] | None:
        """What was booked on the account in its own currency, None where nothing was exchanged."""
        booking = self.booking
        if booking is None or booking.currency == self.currency:
            return None
        return booking.amount, booking.currency


BOOKINGS: Final = frozenset({Word.SETTLED, Word.RETURNED, Word.RECEIVED, Word.REVERSED})


@dataclass
class Received:
    """Money received on an account."""

    account: str
    amount: Decimal
    remittance: str
    reference: str
    stranger: bool = False
    """Whether it came on another account, or without words of a gift."""
    back: str = ""
    """The EndToEndId of the payment that its payee paid back by it, '' of a gift."""
    taken_back: int = 0
    """The number of what the bank said when it took it back, 0 while it did not."""

    @property
    def gift(self) -> str:
        """The partnership whose gift it is, by its own words, or '' of a payee's money, and of a stranger's."""
        words = self.remittance.removeprefix("gift ")
        return "" if self.stranger or self.back or words == self.remittance else words
