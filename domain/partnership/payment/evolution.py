"""Evolve a partnership by the events of its payments."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Final

from domain.partnership.acts import day_of
from domain.partnership.letter.issued import Contribution
from domain.partnership.payment import events as e
from domain.partnership.payment.events import PaymentEvent
from domain.partnership.refund.refunds import TakenBack, went_out_again
from domain.partnership.stages import Stage
from domain.partnership.state import ChangedFields, Partnership, TrancheProgress, TrancheState
from domain.payment.bank_answers import HOLDS, BankAnswer, BankStatus, ExceptionKind, account_fault_in
from domain.payment.booked.figures import BookedFigures
from domain.payment.tranche import TrancheOutcome
from domain.policy.conditions import ConditionId
from domain.policy.rules.gifts import ACKNOWLEDGED_FROM
from domain.values import Money


def payments_changed(partnership: Partnership, event: PaymentEvent) -> ChangedFields:
    """Return the fields after a payment moved, or the bank spoke."""
    match event:
        case e.TrancheReleased(tranche=number, attempt=attempt, actor=actor):
            payers = tuple(dict.fromkeys((*partnership.payers, actor)))
            return {"tranches": _attempt_begun(partnership, number, attempt), "payers": payers, "updated_version": 0}
        case e.PaymentCancelled(tranche=number, attempt=attempt):
            return _tranche_moved(partnership, number, TrancheState.CANCELLED, attempt)
        case e.TrancheHandedOver(tranche=number, attempt=attempt):
            return _tranche_moved(partnership, number, TrancheState.HANDED_OVER, attempt)
        case e.TrancheNeverSent(tranche=number, attempt=attempt):
            return _tranche_moved(partnership, number, TrancheState.RELEASED, attempt)
        case e.TrancheEnded():
            return _tranche_ended(partnership, event)
        case e.BankContradicted(exception_id=exception_id, exception=kind) if kind in HOLDS:
            return {"contradictions": (*partnership.contradictions, exception_id), **_taken_back(partnership, event)}
        case e.BankContradicted(exception_id=exception_id, exception=ExceptionKind.LATE_RETURN):
            return {"late_returns": (*partnership.late_returns, exception_id)}
        case e.BankContradicted():
            return {}
        case e.ContradictionResolved():
            return _contradiction_resolved(partnership, event)
        case e.FundsReceived(money=money):
            on = partnership.received_on or day_of(event)
            came: ChangedFields = {"received": partnership.received + money.amount, "received_on": on}
            return {**came, **_to_acknowledge(partnership, money, day_of(event))}


def _taken_back(partnership: Partnership, event: e.BankContradicted) -> ChangedFields:
    """Return the fields after the bank took money of the gift back, in the gift's currency."""
    gift, money = partnership.proposed.funds_in, event.taken_back
    if gift is None or money is None or money.currency != gift.money.currency:
        return {}
    left_before = went_out_again(partnership.refunds)
    taken = TakenBack(exception_id=event.exception_id, amount=money.amount, left_before=left_before)
    return {"taken_back": (*partnership.taken_back, taken)}


def _tranche_ended(partnership: Partnership, event: e.TrancheEnded) -> ChangedFields:
    """Return the fields after the end of an attempt. A settled one makes a report due (expenditure responsibility)."""
    changes = _tranche_moved(partnership, event.tranche, _STATE_AFTER[event.outcome], event.attempt, event.figures)
    if event.outcome is TrancheOutcome.RETURNED:
        changes |= _after_the_close(partnership, event.tranche)
    if event.outcome in {TrancheOutcome.REJECTED, TrancheOutcome.RETURNED}:
        return {**changes, **_of_the_account(event.reason, event.at)}
    if event.outcome is not TrancheOutcome.SETTLED:
        return changes
    return {**changes, **_paid(partnership, event.tranche, day_of(event))}


def _contradiction_resolved(partnership: Partnership, event: e.ContradictionResolved) -> ChangedFields:
    """Return the fields after an exception was resolved. An answer that people confirmed counts like the bank's own."""
    open_still = tuple(
        contradiction for contradiction in partnership.contradictions if contradiction != event.exception_id
    )
    late = tuple(late_return for late_return in partnership.late_returns if late_return != event.exception_id)
    resolved_ids = (*partnership.resolved, event.exception_id)
    standing = tuple(taken for taken in partnership.taken_back if taken.exception_id != event.exception_id)
    changes: ChangedFields = {"contradictions": open_still, "late_returns": late, "resolved": resolved_ids}
    changes |= {"taken_back": standing} if standing != partnership.taken_back else {}
    answer = event.answer
    if answer is None:
        return changes
    if answer.status is BankStatus.RECEIVED:
        came: ChangedFields = {"received": partnership.received + answer.money.amount}
        return {**changes, **came, **_to_acknowledge(partnership, answer.money, day_of(event))}
    if answer.status is BankStatus.RETURNED and not _is_partial(partnership, answer):
        changes |= _after_the_close(partnership, answer.tranche)
    if answer.status in {BankStatus.REJECTED, BankStatus.RETURNED}:
        changes |= _of_the_account(answer.reason, event.at)
    return {**changes, **_confirmed(partnership, answer, day_of(event))}


def _confirmed(partnership: Partnership, answer: BankAnswer, on: date) -> ChangedFields:
    """Return the fields after an answer that people confirmed.

    The booking of an earlier attempt settles the tranche, unless a later attempt is at the bank.
    """
    progress = partnership.tranche(answer.tranche)
    if progress is None or progress.attempt < answer.attempt:
        return {}
    if progress.attempt > answer.attempt:
        is_late_booking = answer.status is BankStatus.SETTLED and progress.state is not TrancheState.HANDED_OVER
        if not is_late_booking:
            return {}
        changes = _tranche_moved(partnership, progress.number, TrancheState.SETTLED, progress.attempt)
        return {**changes, **_paid(partnership, progress.number, on)}
    match answer.status:
        case BankStatus.RETURNED if _is_partial(partnership, answer):
            return {"tranches": _came_back(partnership, answer)}
        case BankStatus.ACCEPTED | BankStatus.RECEIVED:
            return {}
        case BankStatus.SETTLED | BankStatus.REJECTED | BankStatus.RETURNED:
            state = TrancheState(answer.status.value)
            changes = _tranche_moved(partnership, answer.tranche, state, answer.attempt, answer.figures)
            return {**changes, **_paid(partnership, answer.tranche, on)} if state is TrancheState.SETTLED else changes


def _of_the_account(reason: str, at: datetime) -> ChangedFields:
    """Return the fields after an answer whose reason may call the payee's account wrong."""
    fault = account_fault_in(reason)
    return {"account_fault": str(fault), "account_fault_at": at} if fault else {}


def _after_the_close(partnership: Partnership, tranche: int) -> ChangedFields:
    """Return the reason why a closed partnership is not as it was at the close: a payment of it came back."""
    after_close = partnership.stage is Stage.CLOSED
    return {"why": f"tranche {tranche} came back after the close"} if after_close else {}


def _is_partial(partnership: Partnership, answer: BankAnswer) -> bool:
    tranche = partnership.tranche(answer.tranche)
    return tranche is not None and answer.money.amount < tranche.money.amount - tranche.returned


def _came_back(partnership: Partnership, answer: BankAnswer) -> tuple[TrancheProgress, ...]:
    return tuple(
        progress.model_copy(update={"returned": progress.returned + answer.money.amount})
        if progress.number == answer.tranche
        else progress
        for progress in partnership.tranches
    )


def _paid(partnership: Partnership, tranche: int, on: date) -> ChangedFields:
    """Return the fields that remember the day on which a tranche settled."""
    return {
        "responsibility": partnership.responsibility.with_payment(on),
        "reporting": partnership.reporting.with_settled(tranche, on),
    }


def _to_acknowledge(partnership: Partnership, money: Money, on: date) -> ChangedFields:
    """Return the fields after a contribution that wants an acknowledgment of its own, whatever was sent before (R18).

    Below USD 250.00 none does (IRC 170(f)(8)).
    """
    if money.currency == "USD" and money.amount < ACKNOWLEDGED_FROM:
        return {}
    ids = tuple(condition_id for condition_id in partnership.met if condition_id is not ConditionId.ACKNOWLEDGMENT)
    filings = tuple(filing for filing in partnership.filed if filing[0] is not ConditionId.ACKNOWLEDGMENT)
    contribution = Contribution(number=len(partnership.contributions) + 1, money=money, on=on)
    return {
        "met": ids,
        "filed": filings,
        "unthanked_on": partnership.unthanked_on or on,
        "contributions": (*partnership.contributions, contribution),
    }


def _attempt_begun(partnership: Partnership, number: int, attempt: int) -> tuple[TrancheProgress, ...]:
    """Return the tranches after an attempt to pay began. Money returned from an earlier attempt is not deducted."""
    anew = {"state": TrancheState.RELEASED, "attempt": attempt, "returned": Decimal(0), "figures": None}
    return tuple(
        tranche.model_copy(update=anew) if tranche.number == number else tranche for tranche in partnership.tranches
    )


def _tranche_moved(
    partnership: Partnership, number: int, state: TrancheState, attempt: int, figures: BookedFigures | None = None
) -> ChangedFields:
    """Return the fields after one tranche changed its state. `figures`: what the bank booked of it, if it says so."""
    changes = {"state": state, "attempt": attempt, **({"figures": figures} if figures is not None else {})}
    progresses = (
        tranche.model_copy(update=changes) if tranche.number == number else tranche for tranche in partnership.tranches
    )
    return {"tranches": tuple(progresses)}


_STATE_AFTER: Final = {
    TrancheOutcome.SETTLED: TrancheState.SETTLED,
    TrancheOutcome.REJECTED: TrancheState.REJECTED,
    TrancheOutcome.RETURNED: TrancheState.RETURNED,
    TrancheOutcome.WITHHELD: TrancheState.WITHHELD,
    TrancheOutcome.CANCELLED: TrancheState.CANCELLED,
}
