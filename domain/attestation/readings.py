"""Plain values that the four readers of money return. The readers share this module of ours, and no other.

Amounts are signed as the account sees them: below zero is money that went out.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final, NamedTuple

ZERO: Final = Decimal(0)


class MoneySide(StrEnum):
    """One of the four that must agree."""

    EVENTS = "events"
    POSTINGS = "postings"
    STATEMENTS = "statements"
    WORKFLOWS = "workflows"


class OwnAccount(NamedTuple):
    """A funder's own bank account."""

    funder: str
    reference: str


class SideDifference(NamedTuple):
    """A place where a side does not say what the others say, or is not what it was."""

    side: MoneySide
    words: str
    where: str
    """The payment, the gift, the statement or the event that it is about."""
    account: str
    """The reference of the account, or '' where it is of none."""
    currency: str
    amount: Decimal
    """By how much: what the side says, less what it should say."""
    day: date | None = None


class NotKnown(NamedTuple):
    """Something that a side could not say, with the reason."""

    side: MoneySide
    reason: str


class Booking(NamedTuple):
    """A movement on an account of ours that the ledger's events say was booked."""

    funder: str
    account: str
    """The reference of the account that the payment was ordered from, or '' for the funder's account of today."""
    currency: str
    day: date
    amount: Decimal
    partnership: str
    label: str
    """Such as `payment 1/2`, `gift` or `refund BANK-7`."""
    references: frozenset[str]
    """The names by which the bank may know it: letters and digits in capitals."""
    days_around: int | None
    """The days before or after `day` on which the bank may have booked it: 0 where the bank, or a person who read its
    statement, said the day. None if no statement need hold it."""

    @property
    def where(self) -> str:
        """The partnership and what of it, in words."""
        return f"{self.partnership} {self.label}"


class OpenPayment(NamedTuple):
    """An attempt to pay that the events hold as open: released, and not ended."""

    workflow_id: str
    partnership_workflow_id: str
    account: str
    currency: str
    amount: Decimal


class EventsReading(NamedTuple):
    """The word of the ledger's stored events."""

    bookings: tuple[Booking, ...]
    file_digests: frozenset[str]
    """The digests of the bank files that somebody imported under a signature."""
    open_payments: tuple[OpenPayment, ...] = ()
    differences: tuple[SideDifference, ...] = ()


class Posted(NamedTuple):
    """A posting of the book on a bank account."""

    funder: str
    currency: str
    day: date
    amount: Decimal
    partnership: str


class PostingsReading(NamedTuple):
    """The word of the book."""

    postings: tuple[Posted, ...]
    unknowns: tuple[NotKnown, ...] = ()


class StatementLine(NamedTuple):
    """A booked entry of a statement of account, or one payment of it where the bank tells them apart."""

    account: str
    currency: str
    day: date
    amount: Decimal
    references: frozenset[str]
    statement: str
    """The statement that it stands in, in words."""
    file_sha256: str
    counts_on: date | None = None
    """The day on which it counts in the balance, where that is not its own: a day of its statement."""


class ReadStatement(NamedTuple):
    """A statement of account, whether or not it has an entry."""

    account: str
    currency: str
    day: date
    statement: str
    """The statement in words."""
    file_sha256: str


class StatedStretch(NamedTuple):
    """Days of an account over which its statements follow one another without a break."""

    account: str
    currency: str
    first_day: date
    last_day: date
    opening: Decimal
    closing: Decimal

    def covers(self, day: date) -> bool:
        """True if a day lies within it."""
        return self.first_day <= day <= self.last_day


class StatementsReading(NamedTuple):
    """The word of the bank's statements of account."""

    stretches: tuple[StatedStretch, ...]
    entries: tuple[StatementLine, ...]
    differences: tuple[SideDifference, ...] = ()
    unknowns: tuple[NotKnown, ...] = ()
    statements: tuple[ReadStatement, ...] = ()


class OpenRun(NamedTuple):
    """An open workflow, with the money that it says is on its way. A partnership's says none."""

    workflow_id: str
    currency: str = ""
    amount: Decimal | None = None


class WorkflowsReading(NamedTuple):
    """The word of Temporal: the partnerships and the payments that are open."""

    partnerships: frozenset[str]
    payments: tuple[OpenRun, ...]


class Readings(NamedTuple):
    """The word of all four sides. A side that could not be read is the reason why."""

    accounts: tuple[OwnAccount, ...]
    events: EventsReading | NotKnown
    postings: PostingsReading | NotKnown
    statements: StatementsReading | NotKnown
    workflows: WorkflowsReading | NotKnown
