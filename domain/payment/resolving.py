"""Resolutions that an exception admits, by what the bank said and by the payment that it is about.

They narrow what people are offered. Whether a resolution counts is decided where it is recorded, and when.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from domain.payment.bank_answers import (
    MAY_TAKE_BACK,
    TAKES_BACK,
    BankAnswer,
    BankStatus,
    ExceptionKind,
    Resolution,
)
from domain.payment.bank_file import ExceptionRaised
from domain.payment.tranche.state import Tranche
from domain.payment.tranche.status import TrancheStatus


def admitted(raised: ExceptionRaised, attempt: Tranche | None) -> tuple[Resolution, ...]:
    """Return the resolutions that an exception admits, what counts first. `attempt`: the payment that it names."""
    return tuple(_admitted(raised, attempt))


def _admitted(raised: ExceptionRaised, attempt: Tranche | None) -> Iterator[Resolution]:
    answer = raised.answer
    if answer is not None:
        yield from _by_which_it_counts(raised.exception, answer, attempt)
    if answer is None and raised.partnership_id and raised.reason not in {TAKES_BACK, MAY_TAKE_BACK}:
        yield Resolution.BOOKED_WITH_DIFFERENCE
    yield Resolution.TOLD_BEFORE
    if answer is not None and answer.status is BankStatus.RECEIVED:
        yield Resolution.RETURNED_TO_SENDER
        yield Resolution.BLOCKED_ACCOUNT
    yield Resolution.BANK_ERROR
    if answer is None or not answer.tranche:
        yield Resolution.OURS


def _by_which_it_counts(kind: ExceptionKind, answer: BankAnswer, attempt: Tranche | None) -> Iterator[Resolution]:
    """Yield the resolution by which an answer counts, if it can count as it stands."""
    match answer.status:
        case BankStatus.REJECTED:
            if attempt is not None and kind is ExceptionKind.REJECTION_IN_DOUBT:
                yield Resolution.NOTHING_BOOKED
        case BankStatus.SETTLED if attempt is not None and answer.is_booking and has_difference(answer, attempt):
            yield Resolution.BOOKED_WITH_DIFFERENCE
        case BankStatus.SETTLED if attempt is not None:
            is_new = not attempt.booked or attempt.status in TAKES_A_BOOKING
            if is_new and answer.money.currency == attempt.order.money.currency and fits(attempt, answer):
                yield Resolution.BELONGS_TO
        case BankStatus.RETURNED if attempt is not None:
            if is_exchanged(answer, attempt) or answer.figures is not None:
                is_back = is_exchanged(answer, attempt) or _is_at_most(answer, attempt)
                yield from (Resolution.BOOKED_WITH_DIFFERENCE,) if attempt.booked and is_back else ()
            elif (attempt.booked or attempt.status is TrancheStatus.SETTLED) and _is_at_most(answer, attempt):
                yield Resolution.BELONGS_TO
        case _:
            yield Resolution.BELONGS_TO


def has_difference(answer: BankAnswer, attempt: Tranche) -> bool:
    """True if the bank booked a payment with its charges, or in another currency."""
    order, booking = attempt.order.money, answer.booked
    return booking.currency != order.currency or booking.amount > order.amount


def is_exchanged(answer: BankAnswer, attempt: Tranche) -> bool:
    """True if the bank booked in another currency than that of the order."""
    return answer.booked.currency != attempt.order.money.currency


def _is_at_most(answer: BankAnswer, attempt: Tranche) -> bool:
    return answer.money.currency == attempt.paid_money.currency and answer.money.amount <= attempt.paid_money.amount


TAKES_A_BOOKING: Final = frozenset({TrancheStatus.RETURNED, TrancheStatus.SHORT})
"""The statuses of a booked payment that may be booked once more: all of it anew, or what was left out."""


def fits(attempt: Tranche, answer: BankAnswer) -> bool:
    """True if a sum in the payment's currency can be that of a payment: less may be booked of it, or come back."""
    order, amount = attempt.order.money.amount, answer.money.amount
    match answer.status:
        case BankStatus.RETURNED:
            return amount <= attempt.paid_money.amount
        case BankStatus.SETTLED if answer.is_booking:
            return amount + (attempt.short_of or 0) <= order
        case _:
            return amount == order
