"""The events of an attempt to pay a tranche."""

from __future__ import annotations

from typing import ClassVar, Final, Literal
from uuid import UUID

from pydantic import Field

from domain.payment.bank_answers import BankAnswer
from domain.payment.booked.weighing import Weighing
from domain.payment.tranche.order import PaidFor, ReliedOn, TrancheOrder
from domain.values import Moment, Sha256, Value, is_none


class TrancheReleasedForPayment(Value):
    """The attempt to pay a released tranche began, in a workflow of its own."""

    event_type: Literal["TrancheReleasedForPayment"] = "TrancheReleasedForPayment"
    schema_version: ClassVar[int] = 2
    at: Moment
    order: TrancheOrder
    paid_for: PaidFor | None = Field(default=None, exclude_if=is_none)
    """Lists show it. Events of before release 0.4.0 have none."""


class PaymentInstructed(Value):
    """The instruction was frozen: its identifiers and content are fixed, and it can only be sent unchanged."""

    event_type: Literal["PaymentInstructed"] = "PaymentInstructed"
    schema_version: ClassVar[int] = 1
    at: Moment
    payment_id: UUID
    end_to_end_id: str
    instruction_sha256: Sha256
    relied_on: ReliedOn | None = Field(default=None, exclude_if=is_none)


class PaymentHandedOver(Value):
    """The payment left Accord in a file that a person handed over to the bank."""

    event_type: Literal["PaymentHandedOver"] = "PaymentHandedOver"
    schema_version: ClassVar[int] = 1
    at: Moment
    message_id: str
    file_sha256: Sha256


class PaymentNeverSent(Value):
    """Two people stated that the file never arrived, with the bank's confirmation on file. The payment is pending."""

    event_type: Literal["PaymentNeverSent"] = "PaymentNeverSent"
    schema_version: ClassVar[int] = 1
    at: Moment
    message_id: str


class PaymentTakenBack(Value):
    """A person cancelled the payment before its file was handed over."""

    event_type: Literal["PaymentTakenBack"] = "PaymentTakenBack"
    schema_version: ClassVar[int] = 1
    at: Moment
    reason: str


class PaymentWithheld(Value):
    """The pre-payment check found a reason not to pay (R38). Nothing was instructed."""

    event_type: Literal["PaymentWithheld"] = "PaymentWithheld"
    schema_version: ClassVar[int] = 1
    at: Moment
    reason: str


class PaymentAccepted(Value):
    """The bank reported that it accepted the payment, which is in flight."""

    event_type: Literal["PaymentAccepted"] = "PaymentAccepted"
    schema_version: ClassVar[int] = 2
    at: Moment
    answer: BankAnswer


class PaymentSettled(Value):
    """The bank booked the payment."""

    event_type: Literal["PaymentSettled"] = "PaymentSettled"
    schema_version: ClassVar[int] = 2
    at: Moment
    answer: BankAnswer
    weighing: Weighing | None = Field(default=None, exclude_if=is_none)
    """The terms by which a booking apart from its instruction was weighed, or None of an exact one."""


class PaymentShort(Value):
    """The bank booked a part of the payment alone. Whether the rest is paid, and how, people decide."""

    event_type: Literal["PaymentShort"] = "PaymentShort"
    schema_version: ClassVar[int] = 1
    at: Moment
    answer: BankAnswer
    weighing: Weighing | None = Field(default=None, exclude_if=is_none)
    """The reference rates of its day, where the bank exchanged it, or None of an exact one."""


class PaymentRejected(Value):
    """The bank refused the payment. No money moved."""

    event_type: Literal["PaymentRejected"] = "PaymentRejected"
    schema_version: ClassVar[int] = 2
    at: Moment
    answer: BankAnswer


class PaymentReturned(Value):
    """All that the bank booked of the payment came back."""

    event_type: Literal["PaymentReturned"] = "PaymentReturned"
    schema_version: ClassVar[int] = 2
    at: Moment
    answer: BankAnswer
    weighing: Weighing | None = Field(default=None, exclude_if=is_none)
    """The terms by which a return that the bank exchanged was weighed, or None of any other."""


class PaymentUnanswered(Value):
    """The bank did not answer in time: the outcome is unknown, and a person must ask the bank."""

    event_type: Literal["PaymentUnanswered"] = "PaymentUnanswered"
    schema_version: ClassVar[int] = 1
    at: Moment


class BankAnswerRefused(Value):
    """The bank's answer changes nothing, such as an acceptance after the booking. It is kept for the record."""

    event_type: Literal["BankAnswerRefused"] = "BankAnswerRefused"
    schema_version: ClassVar[int] = 1
    at: Moment
    content: str
    reason: str
    answer_id: UUID | None = None


TrancheEvent = (
    TrancheReleasedForPayment
    | PaymentInstructed
    | PaymentHandedOver
    | PaymentNeverSent
    | PaymentTakenBack
    | PaymentWithheld
    | PaymentAccepted
    | PaymentSettled
    | PaymentShort
    | PaymentRejected
    | PaymentReturned
    | PaymentUnanswered
    | BankAnswerRefused
)

CHANGES_NOTHING_TO_DO: Final = frozenset({"PaymentHandedOver", "PaymentAccepted", "BankAnswerRefused"})
"""Types of event on which the payment's workflow need not act: it is not signalled and reads them with later ones."""
