"""The bank's answers: statements about one payment or receipt, and the exceptions that they may raise."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Final, Literal, NamedTuple
from uuid import UUID

from pydantic import Field

from domain.identity import derive
from domain.values import Moment, Money, PartnershipId, Sha256, Value, is_none


class BankStatus(StrEnum):
    """The meaning of a bank's message for one payment, whatever code it used (ISO 20022 external status codes)."""

    ACCEPTED = "ACCEPTED"
    SETTLED = "SETTLED"
    REJECTED = "REJECTED"
    RETURNED = "RETURNED"
    RECEIVED = "RECEIVED"
    """Money in: a credit to the funder's own account."""


BOOKED: Final = "BOOK"
"""The code of a booking on an account (camt.054), as against a status report on a payment (pain.002)."""


class BankAnswer(Value):
    """One statement by the bank about a payment or about money received.

    The import matched it to our partnership, tranche and attempt where it could.
    """

    answer_id: UUID
    """The identity of the booking (account, servicer's reference, detail) or of the status report."""
    status: BankStatus
    code: str
    """The bank's own code, such as ACCP, RJCT or BOOK."""
    reason: str = ""
    money: Money
    said_at: Moment
    bank_reference: str
    partnership_id: PartnershipId | Literal[""]
    """The partnership that it is about; empty for money that came in and names none."""
    tranche: int = 0
    attempt: int = 0
    file_sha256: Sha256 | None = Field(default=None, exclude_if=is_none)
    """The digest of the bank's file that says so, which is kept: without it nothing proves the answer."""
    booked_on: date | None = Field(default=None, exclude_if=is_none)
    value_on: date | None = Field(default=None, exclude_if=is_none)

    @property
    def is_booking(self) -> bool:
        """True for a booking on an account, False for a status report on a payment."""
        return self.code == BOOKED


class ExceptionKind(StrEnum):
    """The kind of an exception: the reason why a person must look at what the bank said."""

    UNREADABLE = "UNREADABLE"
    UNKNOWN_PAYMENT = "UNKNOWN_PAYMENT"
    OTHER_CONTENT = "OTHER_CONTENT"
    """Amount, currency, account or reference are not those of the payment."""
    IMPOSSIBLE_DAY = "IMPOSSIBLE_DAY"
    WRONG_ACCOUNT = "WRONG_ACCOUNT"
    NOT_HANDED_OVER = "NOT_HANDED_OVER"
    """The bank speaks of a payment that never left Accord."""
    SECOND_BOOKING = "SECOND_BOOKING"
    CONTRADICTION = "CONTRADICTION"
    """Settled and rejected, or anything else that cannot both be true."""
    PARTIAL_RETURN = "PARTIAL_RETURN"
    LATE_RETURN = "LATE_RETURN"
    """A payment came back after its partnership had ended."""
    IDENTITY_USED_AGAIN = "IDENTITY_USED_AGAIN"
    """A message and entry that are known already, now with other content."""
    PERHAPS_TOLD_BEFORE = "PERHAPS_TOLD_BEFORE"
    """Another message holds an equal entry without a servicer's reference: perhaps a duplicate."""
    UNEXPECTED_RECEIPT = "UNEXPECTED_RECEIPT"


HOLDS: Final = frozenset(
    {
        ExceptionKind.UNREADABLE,
        ExceptionKind.OTHER_CONTENT,
        ExceptionKind.IMPOSSIBLE_DAY,
        ExceptionKind.NOT_HANDED_OVER,
        ExceptionKind.SECOND_BOOKING,
        ExceptionKind.CONTRADICTION,
        ExceptionKind.PARTIAL_RETURN,
        ExceptionKind.IDENTITY_USED_AGAIN,
    }
)
"""The kinds that put our own money at stake: the partnership is held until people have resolved the exception."""


class Contradiction(NamedTuple):
    """An answer that a person must resolve before it counts: the kind of exception, and the reason."""

    kind: ExceptionKind
    reason: str


class Resolution(StrEnum):
    """A person's finding on an exception."""

    BELONGS_TO = "belongs-to"
    """It belongs to the partnership and payment that the person names, and counts."""
    TOLD_BEFORE = "told-before"
    """The same booking or status as one that is known: it does not count again."""
    RETURNED_TO_SENDER = "returned-to-sender"
    BANK_ERROR = "bank-error"
    """The bank's mistake, which the bank puts right: it does not count."""
    OURS = "ours"
    """Our own transfer or mistake, of no partnership."""


def alternative_status(said: BankStatus) -> BankStatus:
    """Return the status that a person may give an answer instead of the bank's.

    RETURNED for RECEIVED, since a receipt may be our own payment coming back; any other status unchanged.
    """
    return BankStatus.RETURNED if said is BankStatus.RECEIVED else said


def exception_of(answer: BankAnswer) -> UUID:
    """Return the id of the exception that an answer may raise; the same answer always has the same one."""
    return derive("exception", answer.answer_id)


def resolution_needs_two(resolution: Resolution, said: BankAnswer | None, counts: BankAnswer | None) -> bool:
    """Return whether two people must sign a resolution: if it makes money payable again, or counts it as received.

    That is a rejection, a return or a receipt that counts, and a booking of our own payment that does not count.
    """
    if resolution is Resolution.BELONGS_TO:
        moves = {BankStatus.REJECTED, BankStatus.RETURNED, BankStatus.RECEIVED}
        return counts is not None and counts.status in moves
    return said is not None and said.status is BankStatus.SETTLED and said.partnership_id != ""
