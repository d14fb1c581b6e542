"""The bank's answers: statements about one payment or receipt, and the exceptions that they may raise."""

from __future__ import annotations

import re
from datetime import date
from enum import StrEnum
from typing import Final, Literal, NamedTuple
from uuid import UUID

from pydantic import Field

from domain.fault import Fault
from domain.identity import derive
from domain.payment.booked.figures import BookedFigures
from domain.values import Moment, Money, PartnershipId, Sha256, Value, is_empty, is_none


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

    It names our partnership, tranche and attempt if the import could match it.
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
    """The partnership that it is about, or '' for money that came in without naming one."""
    tranche: int = 0
    attempt: int = 0
    file_sha256: Sha256 | None = Field(default=None, exclude_if=is_none)
    """The digest of the bank's file that the answer is from. The file is kept as the proof of the answer."""
    booked_on: date | None = Field(default=None, exclude_if=is_none)
    value_on: date | None = Field(default=None, exclude_if=is_none)
    doubt: str = Field(default="", exclude_if=is_empty)
    """The reason why a rejection ends nothing by itself (see `domain.payment.rejections`), empty if it may."""
    figures: BookedFigures | None = Field(default=None, exclude_if=is_none)
    """The bank's figures, where they tell more than the sum: its rate, its charges, what was taken on the way."""

    @property
    def booked(self) -> Money:
        """The sum that the bank booked, in the account's currency. `money` is the sum at which it counts."""
        return self.figures.booked_sum if self.figures is not None else self.money

    @property
    def is_booking(self) -> bool:
        """True for a booking on an account, False for a status report on a payment."""
        return self.code == BOOKED

    def is_booked_until(self, day: date | None) -> bool:
        """True if it is a booking of a day or of one before it, as far as both are known."""
        return self.is_booking and self.booked_on is not None and day is not None and self.booked_on <= day


class ExceptionKind(StrEnum):
    """The reason why a person must resolve what the bank said."""

    UNREADABLE = "UNREADABLE"
    UNKNOWN_PAYMENT = "UNKNOWN_PAYMENT"
    OTHER_CONTENT = "OTHER_CONTENT"
    """Amount, currency, account or reference are not those of the payment."""
    IMPOSSIBLE_DAY = "IMPOSSIBLE_DAY"
    WRONG_ACCOUNT = "WRONG_ACCOUNT"
    NOT_HANDED_OVER = "NOT_HANDED_OVER"
    """The bank reports on a payment that was not handed over to it."""
    SECOND_BOOKING = "SECOND_BOOKING"
    CONTRADICTION = "CONTRADICTION"
    """Two reports of the bank that cannot both be true, such as settled and rejected."""
    PARTIAL_RETURN = "PARTIAL_RETURN"
    LATE_RETURN = "LATE_RETURN"
    """A payment came back after its partnership had ended."""
    IDENTITY_USED_AGAIN = "IDENTITY_USED_AGAIN"
    """A known message and entry came again, with other content."""
    PERHAPS_TOLD_BEFORE = "PERHAPS_TOLD_BEFORE"
    """Another message holds an equal entry without a servicer's reference: perhaps a duplicate."""
    UNEXPECTED_RECEIPT = "UNEXPECTED_RECEIPT"
    REJECTION_IN_DOUBT = "REJECTION_IN_DOUBT"
    """The bank rejects a payment and may execute it all the same: it names no fault, or may mean a second copy."""


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
        ExceptionKind.REJECTION_IN_DOUBT,
    }
)
"""The kinds with our own money at stake: the partnership is put on hold, at least until the exception is resolved."""


class Contradiction(NamedTuple):
    """An answer that a person must resolve before it counts: the kind of exception, and the reason."""

    kind: ExceptionKind
    reason: str


class Resolution(StrEnum):
    """A person's finding on an exception."""

    BELONGS_TO = "belongs-to"
    """The answer belongs to the partnership and payment that the person names, and it counts."""
    TOLD_BEFORE = "told-before"
    """The answer repeats a known booking or status and does not count again."""
    RETURNED_TO_SENDER = "returned-to-sender"
    """The money was sent back. A blocked person's is not, whatever they meant to pay for."""
    BLOCKED_ACCOUNT = "blocked-account"
    """The sender is blocked: the money lies in a blocked account, and is reported (31 CFR 501.603)."""
    BANK_ERROR = "bank-error"
    """The bank made a mistake, which it corrects. The answer does not count."""
    OURS = "ours"
    """The answer is about a transfer or mistake of our own that belongs to no partnership."""
    NOTHING_BOOKED = "nothing-booked"
    """The bank wrote that it booked nothing of a payment that it rejected, and the attempt ends by that."""

    BOOKED_WITH_DIFFERENCE = "booked-with-difference"
    """The bank booked the payment with its charges, or in another currency. It counts at the instructed sum.

    Where the bank says that it was told to pay a part of that, it counts at this part.
    """


TAKES_BACK: Final = "a debit that takes back money which came in before"
MAY_TAKE_BACK: Final = "a debit under the reference of a gift, which it may take back"
"""The reasons of exceptions on a gift that the bank took back, or may have."""

COUNTING: Final = frozenset({Resolution.BELONGS_TO, Resolution.NOTHING_BOOKED, Resolution.BOOKED_WITH_DIFFERENCE})
"""The resolutions by which the bank's answer counts."""


def alternative_status(status: BankStatus) -> BankStatus:
    """Return the status that a person may give an answer instead of the bank's.

    For RECEIVED it is RETURNED, since a receipt may be our own payment coming back. Every other status stays the same.
    """
    return BankStatus.RETURNED if status is BankStatus.RECEIVED else status


def exception_of(answer: BankAnswer) -> UUID:
    """Return the id of the exception that an answer may raise. The same answer always has the same one."""
    return derive("exception", answer.answer_id)


def resolution_needs_two(resolution: Resolution, answer: BankAnswer | None, counts: BankAnswer | None) -> bool:
    """True if two people must sign a resolution, because money becomes payable again or counts as received.

    This is so if `counts`, the answer that would count, is a rejection, a return or a receipt, and if `answer`, the
    bank's answer, is a booking of our own payment that would not count.
    """
    if resolution in {Resolution.NOTHING_BOOKED, Resolution.BOOKED_WITH_DIFFERENCE}:
        return True
    if resolution is Resolution.BELONGS_TO:
        moves = {BankStatus.REJECTED, BankStatus.RETURNED, BankStatus.RECEIVED}
        return counts is not None and counts.status in moves
    return answer is not None and answer.status is BankStatus.SETTLED and answer.partnership_id != ""


ACCOUNT_FAULTS: Final = {
    "AC01": "its number is wrong",
    "AC03": "its number is wrong",
    "AC04": "it is closed",
    "AC06": "it is blocked",
    "AC07": "it is closed",
}
"""Reasons for which nothing may be paid to an account until somebody called back again (ISO 20022 status reasons)."""


def account_fault_in(reason: str) -> Fault | None:
    """Return the fault of the payee's account in a bank's reason, with its code, or None."""
    code = next((fault_code for fault_code in ACCOUNT_FAULTS if fault_code in re.findall(r"\w+", reason)), "")
    return Fault(f"{ACCOUNT_FAULTS[code]} ({code})") if code else None
