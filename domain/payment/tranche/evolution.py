"""An attempt to pay a tranche after its events."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from functools import reduce
from itertools import dropwhile
from typing import assert_never
from uuid import UUID

from domain.directory.disregarded import Disregarded
from domain.payment.bank_answers import BankAnswer
from domain.payment.tranche.events import (
    BankAnswerRefused,
    PaymentAccepted,
    PaymentHandedOver,
    PaymentInstructed,
    PaymentNeverSent,
    PaymentRejected,
    PaymentReturned,
    PaymentSettled,
    PaymentShort,
    PaymentTakenBack,
    PaymentUnanswered,
    PaymentWithheld,
    TrancheEvent,
    TrancheReleasedForPayment,
)
from domain.payment.tranche.state import Tranche, is_booking_of_return
from domain.payment.tranche.status import AT_THE_BANK, TrancheStatus


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
            back = {"status": TrancheStatus.RETURNED, "short_of": None, "back_on": answer.booked_on}
            return {**back, **_why(tranche, answer)}
        case BankAnswerRefused(answer_id=answer_id):
            return {} if answer_id is None else {"answers": (*tranche.answers, answer_id)}
        case _:
            assert_never(event)


def _with_booking(tranche: Tranche, event: PaymentSettled | PaymentShort) -> dict[str, object]:
    answer, is_short = event.answer, isinstance(event, PaymentShort)
    if is_booking_of_return(tranche, answer):
        return {"answers": _with(tranche, answer), "booked": True, "figures": answer.figures or tranche.figures}
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
