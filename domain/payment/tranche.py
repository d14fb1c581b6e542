"""One attempt to pay one tranche: its frozen instruction, its hand-over, and the bank's answers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import reduce
from itertools import dropwhile
from typing import ClassVar, Final, Literal, assert_never
from uuid import UUID

from pydantic import Field

from domain.directory.disregarded import Disregarded
from domain.money.rails import USUAL, PaymentRail
from domain.parties import AccountReference, Funder, Party
from domain.payment.bank_answers import BankAnswer, BankStatus, Contradiction, ExceptionKind
from domain.payment.booked.figures import BookedFigures
from domain.payment.booked.weighing import NO_TERMS, BookingTerms, Weighing, difference_fault
from domain.payment.rejections import refuses_a_copy
from domain.screening.evidence import RegisterVersion
from domain.values import Moment, Money, PartnershipId, Sha256, Value, is_none


class TrancheStatus(StrEnum):
    """The status of an attempt to pay a tranche."""

    RELEASED = "RELEASED"
    INSTRUCTED = "INSTRUCTED"
    """The instruction is frozen, and no file with it was handed over yet."""
    HANDED_OVER = "HANDED_OVER"
    """The payment's file was handed over to the bank, and only the bank's answer ends the attempt."""
    ACCEPTED = "ACCEPTED"
    """The bank accepted it (ACTC, ACCP, ACSP, PDNG ...): it is in flight and is never sent again."""
    UNKNOWN = "UNKNOWN"
    """The bank has not answered. Only its answer or a person ends this; a timeout never sends the payment again."""
    WITHHELD = "WITHHELD"
    CANCELLED = "CANCELLED"
    SETTLED = "SETTLED"
    SHORT = "SHORT"
    """The bank booked less than was instructed. The rest is another attempt's, if people decide so."""
    REJECTED = "REJECTED"
    RETURNED = "RETURNED"


class TrancheOutcome(StrEnum):
    """The outcome of an attempt to pay, as the partnership records it."""

    SETTLED = "SETTLED"
    SHORT = "SHORT"
    REJECTED = "REJECTED"
    RETURNED = "RETURNED"
    WITHHELD = "WITHHELD"
    CANCELLED = "CANCELLED"


class PaidFor(Value):
    """The subject of a payment, as its partnership stood when it was released. No instruction is made from it."""

    title: str
    of: int
    """The number of payments that the partnership plans."""
    funds: tuple[str, ...]


class TrancheOrder(Value):
    """The order to pay a released tranche: everything that its instruction is made from."""

    partnership_id: PartnershipId
    tranche: int
    attempt: int
    payment_id: UUID
    money: Money
    funder: Funder
    payee: Party
    account: AccountReference
    released_by: str
    released_at: Moment
    purpose: str
    rail: PaymentRail | None = Field(default=None, exclude_if=is_none)
    """The rail if it is not the usual one, for good: by the organisation's table when the order was made."""
    execute_on: date | None = Field(default=None, exclude_if=is_none)
    """The banking day on which the bank is to pay, if it is not the day of the release."""

    @property
    def leaves_by(self) -> PaymentRail:
        """The rail by which it leaves."""
        return self.rail or USUAL

    @property
    def execution_on(self) -> date:
        """The day on which the bank is to pay."""
        return self.execute_on or self.released_at.date()


class ReliedOn(Value):
    """The register versions that a payment relied on when it was instructed (Rev. Proc. 2018-32)."""

    versions: tuple[RegisterVersion, ...]
    assessment_sha256: Sha256
    """The digest of the facts that the rule book was applied to."""
    rule_book: str


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

AT_THE_BANK: Final = frozenset({TrancheStatus.HANDED_OVER, TrancheStatus.ACCEPTED, TrancheStatus.UNKNOWN})
"""The statuses of an attempt that was handed over and that no answer of the bank has ended."""


class Tranche(Value):
    """The state of one attempt to pay."""

    order: TrancheOrder
    paid_for: PaidFor | None = None
    status: TrancheStatus = TrancheStatus.RELEASED
    end_to_end_id: str = ""
    message_id: str = ""
    """The message id of the file in which it was handed over, empty before that."""
    reason: str = ""
    answers: tuple[UUID, ...] = ()
    booked: bool = False
    """True once the bank booked it on the account, rather than only reporting its status."""
    figures: BookedFigures | None = Field(default=None, exclude_if=is_none)
    """The bank's figures of the booking, where they tell more than the sum."""
    short_of: Decimal | None = Field(default=None, exclude_if=is_none)
    """The sum that the bank booked, where that is less than was instructed."""
    version: int = 0

    @property
    def paid_money(self) -> Money:
        """The sum that the bank booked or, before a booking, that was instructed."""
        order = self.order.money
        return order if self.short_of is None else Money(amount=self.short_of, currency=order.currency)

    @property
    def short_money(self) -> Money | None:
        """The sum that the bank booked of a payment that is short, or None."""
        return self.paid_money if self.status is TrancheStatus.SHORT else None

    @property
    def is_typed(self) -> bool:
        """True if people type it into the bank's portal: a booking alone settles it, and no report on its status."""
        return self.order.leaves_by is PaymentRail.MANUAL

    @property
    def outcome(self) -> TrancheOutcome | None:
        """The outcome, or None while the attempt is open."""
        return _OUTCOMES.get(self.status)


_OUTCOMES: Final = {
    TrancheStatus.SETTLED: TrancheOutcome.SETTLED,
    TrancheStatus.SHORT: TrancheOutcome.SHORT,
    TrancheStatus.REJECTED: TrancheOutcome.REJECTED,
    TrancheStatus.RETURNED: TrancheOutcome.RETURNED,
    TrancheStatus.WITHHELD: TrancheOutcome.WITHHELD,
    TrancheStatus.CANCELLED: TrancheOutcome.CANCELLED,
}


TYPED: Final = "it was typed into the bank's portal, and only people can say that it was taken out there"
WRITTEN_AGAIN: Final = "the file was written again, and the bank may have refused the second copy alone"


def events_of_answer(
    tranche: Tranche, answer: BankAnswer, *, written_again: bool = False, terms: BookingTerms = NO_TERMS
) -> tuple[TrancheEvent, ...] | Contradiction:
    """Return the events that follow from a bank's answer, or the contradiction that a person must resolve.

    An answer that is known already leads to no event, unless it ended an attempt that it would not end today.
    `written_again`: a file with the payment was written again after
    its hand-over. `terms`: what a booking with the bank's rate or charges is weighed by.
    """
    if answer.answer_id in tranche.answers and not answer.doubt:
        return ()
    if fault := _other_content(tranche, answer):
        return fault
    match tranche.status:
        case TrancheStatus.HANDED_OVER | TrancheStatus.ACCEPTED | TrancheStatus.UNKNOWN:
            doubt = answer.doubt or (WRITTEN_AGAIN if written_again else "") or (TYPED if tranche.is_typed else "")
            return _beyond_tolerance(answer, terms) or _heard_at_the_bank(tranche, answer, doubt, terms)
        case TrancheStatus.SETTLED | TrancheStatus.SHORT:
            return _heard_after_settlement(tranche, answer, terms)
        case TrancheStatus.REJECTED | TrancheStatus.RETURNED:
            return _heard_after_the_end(tranche, answer)
        case _:
            where = tranche.status.value.lower()
            reason = f"the bank says {answer.status.value.lower()} of a payment that was never handed over ({where})"
            return Contradiction(ExceptionKind.NOT_HANDED_OVER, reason)


def _beyond_tolerance(answer: BankAnswer, terms: BookingTerms) -> Contradiction | None:
    """Return the contradiction of a booking that is apart from its instruction by more than the organisation allows."""
    fault = difference_fault(answer.figures, terms) if answer.figures is not None else None
    return Contradiction(ExceptionKind.OTHER_CONTENT, str(fault)) if fault is not None else None


def _other_content(tranche: Tranche, answer: BankAnswer) -> Contradiction | None:
    """Return the contradiction of an answer with another sum than the payment's, or None.

    Less may be booked of it, or come back: no more than was instructed, and no more than was booked.
    """
    is_return = answer.status is BankStatus.RETURNED
    sum_ = tranche.paid_money if is_return else tranche.order.money
    # Where the bank tells what was instructed, that is our sum or another payment's.
    is_part = answer.status is BankStatus.SETTLED and answer.is_booking and answer.figures is None
    may_be_less = is_return or (is_part and _takes_a_booking(tranche))
    is_less = answer.money.currency == sum_.currency and answer.money.amount < sum_.amount
    if answer.money == sum_ or (may_be_less and is_less):
        return None
    return Contradiction(ExceptionKind.OTHER_CONTENT, f"the bank says {answer.money}, the order says {sum_}")


def _takes_a_booking(tranche: Tranche) -> bool:
    """True if the bank may still book the payment, or the part that it left out."""
    return tranche.status in {*AT_THE_BANK, TrancheStatus.SHORT} or (
        tranche.status is TrancheStatus.SETTLED and not tranche.booked
    )


def booking_event(tranche: Tranche, answer: BankAnswer, terms: BookingTerms) -> PaymentSettled | PaymentShort:
    """Return the event of a booking: the payment is settled, or short where less than was instructed was booked.

    Sums that were booked of it before count with it. A booking apart from its instruction keeps what it was weighed by.
    """
    sum_ = answer.money.amount + (tranche.short_of or Decimal(0))
    if answer.is_booking and sum_ < tranche.order.money.amount:
        return PaymentShort(at=answer.said_at, answer=answer)
    return PaymentSettled(at=answer.said_at, answer=answer, weighing=_weighing(answer, terms))


def return_event(answer: BankAnswer, terms: BookingTerms) -> PaymentReturned:
    """Return the event of a payment all of which came back. An exchanged one keeps what it was weighed by."""
    return PaymentReturned(at=answer.said_at, answer=answer, weighing=_weighing(answer, terms))


def _weighing(answer: BankAnswer, terms: BookingTerms) -> Weighing | None:
    return terms.weighing if answer.figures is not None and not answer.figures.is_exact else None


def _heard_at_the_bank(
    tranche: Tranche, answer: BankAnswer, doubt: str, terms: BookingTerms
) -> tuple[TrancheEvent, ...] | Contradiction:
    """Return the events for a payment at the bank. `doubt`: the reason why a rejection would end nothing, if any."""
    match answer.status:
        case BankStatus.ACCEPTED:
            return (PaymentAccepted(at=answer.said_at, answer=answer),)
        case BankStatus.SETTLED if tranche.is_typed and not answer.is_booking:
            return (_noted(answer, "settled by its status: what was typed settles by a booking alone"),)
        case BankStatus.SETTLED:
            return (booking_event(tranche, answer, terms),)
        case BankStatus.REJECTED if doubt:
            return _rejection_in_doubt(doubt)
        case BankStatus.REJECTED:
            return (PaymentRejected(at=answer.said_at, answer=answer),)
        case BankStatus.RETURNED | BankStatus.RECEIVED:
            return Contradiction(ExceptionKind.CONTRADICTION, "nothing was booked yet that could come back")
        case _:
            assert_never(answer.status)


def _rejection_in_doubt(doubt: str) -> Contradiction:
    ends = "it ends once two who had no part in it hold the bank's letter that nothing was booked"
    return Contradiction(ExceptionKind.REJECTION_IN_DOUBT, f"the bank rejects it, and {doubt}; {ends}")


def _heard_after_settlement(
    tranche: Tranche, answer: BankAnswer, terms: BookingTerms
) -> tuple[TrancheEvent, ...] | Contradiction:
    match answer.status:
        case BankStatus.ACCEPTED:
            return (_noted(answer, "accepted, after it was settled"),)
        case BankStatus.SETTLED if answer.is_booking and tranche.booked:
            return Contradiction(ExceptionKind.SECOND_BOOKING, f"{answer.money} was booked a second time")
        case BankStatus.SETTLED if answer.is_booking:
            return _beyond_tolerance(answer, terms) or (booking_event(tranche, answer, terms),)
        case BankStatus.SETTLED:
            return (_noted(answer, "settled, as it was said before"),)
        case BankStatus.REJECTED if refuses_a_copy(answer.doubt):
            return (_noted(answer, "a copy of its file was refused, after it was settled"),)
        case BankStatus.REJECTED:
            return Contradiction(ExceptionKind.CONTRADICTION, "the bank rejects what it had settled")
        case BankStatus.RETURNED if answer.money != tranche.paid_money:
            return Contradiction(ExceptionKind.PARTIAL_RETURN, f"{answer.money} of {tranche.paid_money} came back")
        case BankStatus.RETURNED if answer.figures is not None and not tranche.booked:
            return Contradiction(ExceptionKind.CONTRADICTION, "it was exchanged, and its booking is not on record yet")
        case BankStatus.RETURNED:
            return _beyond_tolerance(answer, terms) or (return_event(answer, terms),)
        case BankStatus.RECEIVED:
            return Contradiction(ExceptionKind.CONTRADICTION, "a receipt with the reference of a payment of ours")
        case _:
            assert_never(answer.status)


def _heard_after_the_end(tranche: Tranche, answer: BankAnswer) -> tuple[TrancheEvent, ...] | Contradiction:
    """Return the note on an answer that repeats the end or comes late. Any other answer is a contradiction."""
    if answer.doubt:
        return _rejection_in_doubt(answer.doubt)
    end = tranche.status.value.lower()
    is_repeat = answer.status.value == tranche.status.value and not answer.is_booking
    if answer.status is BankStatus.ACCEPTED or is_repeat:
        return (_noted(answer, f"{answer.status.value.lower()}, after it was {end}"),)
    if tranche.status is TrancheStatus.RETURNED and answer.status is BankStatus.SETTLED and not answer.is_booking:
        return (_noted(answer, "settled, after it was returned"),)
    return Contradiction(
        ExceptionKind.CONTRADICTION, f"the bank says {answer.status.value.lower()} of a payment that was {end}"
    )


def _noted(answer: BankAnswer, reason: str) -> BankAnswerRefused:
    return BankAnswerRefused(
        at=answer.said_at, content=answer.model_dump_json(), reason=reason, answer_id=answer.answer_id
    )


def evolve_tranche(tranche: Tranche, event: TrancheEvent | Disregarded) -> Tranche:
    """Return the tranche after an event."""
    if isinstance(event, Disregarded):
        return tranche.model_copy(update={"version": tranche.version + 1})
    return tranche.model_copy(update={**_change(tranche, event), "version": tranche.version + 1})


def _change(tranche: Tranche, event: TrancheEvent) -> dict[str, object]:
    match event:
        case TrancheReleasedForPayment():
            return {"order": event.order, "paid_for": event.paid_for}
        case PaymentInstructed():
            return _unless_gone(tranche, status=TrancheStatus.INSTRUCTED) | {"end_to_end_id": event.end_to_end_id}
        case PaymentHandedOver(message_id=message_id):
            return {"status": TrancheStatus.HANDED_OVER, "message_id": message_id, "reason": ""}
        case PaymentNeverSent(message_id=message_id) if tranche.status in AT_THE_BANK:
            reason = f"the bank never got file {message_id}"
            return {"status": TrancheStatus.INSTRUCTED, "message_id": "", "reason": reason}
        case PaymentTakenBack(reason=reason):
            return _unless_gone(tranche, status=TrancheStatus.CANCELLED, reason=reason)
        case PaymentWithheld(reason=reason):
            return _unless_gone(tranche, status=TrancheStatus.WITHHELD, reason=reason)
        case PaymentUnanswered() if tranche.status in AT_THE_BANK:
            return {"status": TrancheStatus.UNKNOWN, "reason": "the bank has not answered"}
        case PaymentNeverSent() | PaymentUnanswered():
            return {}  # too late: the bank has answered, or never had the payment
        case PaymentAccepted(answer=answer):
            return {"status": TrancheStatus.ACCEPTED, "answers": _with(tranche, answer)}
        case PaymentSettled() | PaymentShort():
            return _with_booking(tranche, event)
        case PaymentRejected(answer=answer):
            return {"status": TrancheStatus.REJECTED, **_why(tranche, answer)}
        case PaymentReturned(answer=answer):
            return {"status": TrancheStatus.RETURNED, **_why(tranche, answer), "short_of": None}
        case BankAnswerRefused(answer_id=answer_id):
            return {} if answer_id is None else {"answers": (*tranche.answers, answer_id)}
        case _:
            assert_never(event)


def _with_booking(tranche: Tranche, event: PaymentSettled | PaymentShort) -> dict[str, object]:
    answer, is_short = event.answer, isinstance(event, PaymentShort)
    return {
        "status": TrancheStatus.SHORT if is_short else TrancheStatus.SETTLED,
        "reason": answer.code,
        "answers": _with(tranche, answer),
        "booked": tranche.booked or answer.is_booking,
        "figures": answer.figures or tranche.figures,
        "short_of": (tranche.short_of or Decimal(0)) + answer.money.amount if is_short else None,
    }


def _unless_gone(tranche: Tranche, **change: object) -> dict[str, object]:
    """Return the change, or none once the payment was handed over: it can no longer be withheld or cancelled."""
    return {} if tranche.message_id else change


def _why(tranche: Tranche, answer: BankAnswer) -> dict[str, object]:
    return {"reason": f"{answer.code} {answer.reason}".strip(), "answers": _with(tranche, answer)}


def _with(tranche: Tranche, answer: BankAnswer) -> tuple[UUID, ...]:
    return (*tranche.answers, answer.answer_id)


def fold_tranche(events: Sequence[TrancheEvent | Disregarded]) -> Tranche | None:
    """Return the tranche after its events, or None if nobody released it, so that none of them counts."""
    released_events = from_release(events)
    return evolved(None, released_events, before=len(events) - len(released_events))


def evolved(
    tranche: Tranche | None, events: Sequence[TrancheEvent | Disregarded], *, before: int = 0
) -> Tranche | None:
    """Return the tranche after its next events, of which the first is its release if there is no tranche yet.

    `before`: how many events stand before that release.
    """
    if tranche is None and events and isinstance(events[0], TrancheReleasedForPayment):
        tranche = Tranche(order=events[0].order, version=before)
    return reduce(evolve_tranche, events, tranche) if tranche is not None else None


def from_release(events: Sequence[TrancheEvent | Disregarded]) -> tuple[TrancheEvent | Disregarded, ...]:
    """Return the events from the release on. What somebody wrote before it, with a stolen login, counts for nothing."""
    return tuple(dropwhile(lambda event: not isinstance(event, TrancheReleasedForPayment), events))
