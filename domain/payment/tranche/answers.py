"""The events that follow from a bank's answer on an attempt to pay."""

from __future__ import annotations

from decimal import Decimal
from typing import Final, assert_never

from domain.payment.bank_answers import BankAnswer, BankStatus, Contradiction, ExceptionKind
from domain.payment.booked.weighing import NO_TERMS, BookingTerms, Weighing, difference_fault
from domain.payment.rejections import refuses_a_copy
from domain.payment.tranche.events import (
    BankAnswerRefused,
    PaymentAccepted,
    PaymentRejected,
    PaymentReturned,
    PaymentSettled,
    PaymentShort,
    TrancheEvent,
)
from domain.payment.tranche.state import Tranche, is_booking_of_return
from domain.payment.tranche.status import AT_THE_BANK, TrancheStatus

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
            return _heard_after_the_end(tranche, answer, terms)
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
        return PaymentShort(at=answer.said_at, answer=answer, weighing=_weighing(answer, terms))
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
            return Contradiction(
                ExceptionKind.CONTRADICTION, "it was exchanged or charged, and its booking is not on record yet"
            )
        case BankStatus.RETURNED:
            return _beyond_tolerance(answer, terms) or (return_event(answer, terms),)
        case BankStatus.RECEIVED:
            return Contradiction(ExceptionKind.CONTRADICTION, "a receipt with the reference of a payment of ours")
        case _:
            assert_never(answer.status)


def _heard_after_the_end(
    tranche: Tranche, answer: BankAnswer, terms: BookingTerms
) -> tuple[TrancheEvent, ...] | Contradiction:
    """Return the note on an answer that repeats the end or comes late. Any other answer is a contradiction.

    The booking of what came back since is told late where the statement of a day comes after a notification of it.
    """
    if answer.doubt:
        return _rejection_in_doubt(answer.doubt)
    if is_booking_of_return(tranche, answer):
        return _beyond_tolerance(answer, terms) or (booking_event(tranche, answer, terms),)
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
