"""The events of payments, and of the bank's word on them."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Literal
from uuid import UUID

from pydantic import Field

from domain.partnership.acts import PartnershipEvent, StaffEvent
from domain.payment.bank_answers import BankAnswer, BankStatus, ExceptionKind, Resolution
from domain.payment.booked.figures import BookedFigures
from domain.payment.recalls import RecallAnswer
from domain.payment.tranche.status import TrancheOutcome
from domain.values import Moment, Money, Sha256, StaffId, is_false, is_none


class TrancheReleased(StaffEvent):
    """A payer released a tranche. `attempt` is the number of the attempt to pay it: each attempt is a payment."""

    event_type: Literal["TrancheReleased"] = "TrancheReleased"
    tranche: int
    attempt: int
    money: Money
    attempt_signed: bool = Field(default=False, exclude_if=is_false)
    """True if the payer's signature covers the attempt. A release without it no longer leads to a payment."""


class PaymentCancelled(StaffEvent):
    """A person cancelled a released payment before its file was handed over."""

    event_type: Literal["PaymentCancelled"] = "PaymentCancelled"
    tranche: int
    attempt: int
    reason: str


class TrancheHandedOver(PartnershipEvent):
    """The file with this payment was handed over to the bank, as recorded in the transaction of the hand-over."""

    event_type: Literal["TrancheHandedOver"] = "TrancheHandedOver"
    tranche: int
    attempt: int
    message_id: str


class TrancheNeverSent(PartnershipEvent):
    """Two people stated that the file never arrived, with the bank's confirmation on file. The payment is pending."""

    event_type: Literal["TrancheNeverSent"] = "TrancheNeverSent"
    tranche: int
    attempt: int
    message_id: str


class TrancheEnded(PartnershipEvent):
    """An attempt to pay ended: settled, rejected, returned after settlement, withheld before payment, or cancelled."""

    schema_version: ClassVar[int] = 2
    event_type: Literal["TrancheEnded"] = "TrancheEnded"
    tranche: int
    attempt: int
    outcome: TrancheOutcome
    reason: str
    figures: BookedFigures | None = Field(default=None, exclude_if=is_none)
    """The bank's figures of the booking, where they tell more than the sum."""


class TranchePaidShort(PartnershipEvent):
    """The bank booked less of an attempt to pay than was instructed. The attempt ended, and the rest is not paid."""

    event_type: Literal["TranchePaidShort"] = "TranchePaidShort"
    tranche: int
    attempt: int
    money: Money
    """The sum that the bank booked."""
    reason: str


class RestAgreed(StaffEvent):
    """A person agreed that the rest of a tranche is paid by a new attempt. Two do before it can be released."""

    event_type: Literal["RestAgreed"] = "RestAgreed"
    tranche: int
    remainder: Money
    reason: str


class RestGivenUp(StaffEvent):
    """A person gave up the rest of a tranche. The second one ends it: nobody pays that rest any more."""

    event_type: Literal["RestGivenUp"] = "RestGivenUp"
    tranche: int
    remainder: Money
    reason: str


class RecoveryWaived(StaffEvent):
    """A person let the grantee keep what it was paid beyond the plan. The second one ends the claim."""

    event_type: Literal["RecoveryWaived"] = "RecoveryWaived"
    money: Money
    reason: str


class PaymentRecalled(StaffEvent):
    """A person asked for a payment back that had left. The case waits for the bank, and ends nothing."""

    event_type: Literal["PaymentRecalled"] = "PaymentRecalled"
    tranche: int
    attempt: int
    reason: str
    responsible: StaffId | None = None
    """The person who follows it up, or None if it is who asked."""
    due: date
    """The day by which the bank answers."""


class RecallAnswered(StaffEvent):
    """A person recorded the bank's answer to a recall. Only a booked return brings the money back."""

    event_type: Literal["RecallAnswered"] = "RecallAnswered"
    tranche: int
    attempt: int
    answer: RecallAnswer
    reason: str
    document_sha256: Sha256
    due: date
    """The day by which the return of a granted recall is booked."""


class RecallHeard(PartnershipEvent):
    """A file of the bank answered a recall (camt.029). Only a booked return brings the money back."""

    event_type: Literal["RecallHeard"] = "RecallHeard"
    tranche: int
    attempt: int
    number: int = 0
    """The number of the recall that the bank named, or 0 if it named the payment alone."""
    answer: RecallAnswer
    code: str
    """The bank's own code, such as CNCL or RJCR."""
    reason: str
    money: Money | None = Field(default=None, exclude_if=is_none)
    """The sum that is to come back, where the bank tells it."""
    answer_id: UUID
    bank_reference: str
    said_at: Moment
    file_sha256: Sha256
    due: date
    """The day by which the return of a granted recall is booked."""


class BankContradicted(PartnershipEvent):
    """The bank said something that a person must resolve before it counts, as the exception `exception_id`."""

    schema_version: ClassVar[int] = 2
    event_type: Literal["BankContradicted"] = "BankContradicted"
    exception_id: UUID
    exception: ExceptionKind
    reason: str
    answer: BankAnswer | None = None
    taken_back: Money | None = Field(default=None, exclude_if=is_none)
    """The sum of the gift that the bank took back: nobody spends it until people resolved the exception."""

    @property
    def booking(self) -> BankAnswer | None:
        """A payment's booking that counts for nothing until it is resolved.

        It is None if the booking may be one that the bank told of before.
        """
        answer = self.answer
        if answer is None or self.exception is ExceptionKind.PERHAPS_TOLD_BEFORE:
            return None
        return answer if answer.status is BankStatus.SETTLED and answer.is_booking else None


class ContradictionResolved(PartnershipEvent):
    """One or two people resolved an exception. If `answer` is given, it counts from here on."""

    schema_version: ClassVar[int] = 2
    event_type: Literal["ContradictionResolved"] = "ContradictionResolved"
    exception_id: UUID
    resolution: Resolution
    answer: BankAnswer | None = None


class FundsReceived(PartnershipEvent):
    """The bank booked money that came in for this partnership."""

    schema_version: ClassVar[int] = 2
    event_type: Literal["FundsReceived"] = "FundsReceived"
    money: Money
    bank_reference: str
    answer: BankAnswer | None = Field(default=None, exclude_if=is_none)
    """The bank's answer, which names the bank's file: the evidence of the receipt."""


PaymentEvent = (
    TrancheReleased
    | PaymentCancelled
    | TrancheHandedOver
    | TrancheNeverSent
    | TrancheEnded
    | TranchePaidShort
    | RestAgreed
    | RestGivenUp
    | RecoveryWaived
    | PaymentRecalled
    | RecallAnswered
    | RecallHeard
    | BankContradicted
    | ContradictionResolved
    | FundsReceived
)
