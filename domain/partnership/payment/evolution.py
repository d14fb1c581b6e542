"""Evolve a partnership by the events of its payments."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from domain.partnership.acts import day_of
from domain.partnership.letter.issued import Contribution
from domain.partnership.payment import events as e
from domain.partnership.payment.events import PaymentEvent
from domain.partnership.payment.overpaying import recovery_waived
from domain.partnership.payment.recalling import answered, recalled, without_recall
from domain.partnership.refund.refunds import TakenBack, resolved_taking, went_out_again
from domain.partnership.stages import Stage
from domain.partnership.state import ChangedFields, Partnership, TrancheProgress, TrancheState
from domain.payment.bank_answers import HOLDS, BankAnswer, BankStatus, ExceptionKind, account_fault_in
from domain.payment.booked.figures import BookedFigures
from domain.payment.tranche.status import TrancheOutcome
from domain.policy.conditions import ConditionId
from domain.policy.rules.gifts import ACKNOWLEDGED_FROM
from domain.values import Money


def payments_changed(partnership: Partnership, event: PaymentEvent) -> ChangedFields:
    """Return the fields after a payment moved, or the bank spoke."""
    match event:
        case e.TrancheReleased(tranche=number, attempt=attempt, actor=actor, money=money):
            payers = tuple(dict.fromkeys((*partnership.payers, actor)))
            attempt_fields = _with_tranche(partnership, number, lambda tranche: tranche.with_attempt(attempt, money))
            return {**attempt_fields, "payers": payers, "updated_version": 0}
        case e.PaymentCancelled(tranche=number, attempt=attempt):
            return _tranche_moved(partnership, number, TrancheState.CANCELLED, attempt)
        case e.TrancheHandedOver(tranche=number, attempt=attempt):
            return _tranche_moved(partnership, number, TrancheState.HANDED_OVER, attempt)
        case e.TrancheNeverSent(tranche=number, attempt=attempt):
            changes = _tranche_moved(partnership, number, TrancheState.RELEASED, attempt)
            return {**changes, **without_recall(partnership, number, attempt)}
        case e.PaymentRecalled():
            return recalled(partnership, event)
        case e.RecallAnswered() | e.RecallHeard():
            return answered(partnership, event)
        case e.TrancheEnded():
            return _tranche_ended(partnership, event)
        case e.TranchePaidShort(tranche=number, money=money):
            booking = _with_tranche(partnership, number, lambda tranche: tranche.booked_of(money.amount))
            return {**booking, **_paid(partnership, number, day_of(event))}
        case e.RestAgreed() | e.RestGivenUp():
            return _with_tranche(partnership, event.tranche, lambda tranche: _with_word_on_rest(tranche, event))
        case e.RecoveryWaived():
            return recovery_waived(partnership, event)
        case e.BankContradicted():
            return _contradicted(partnership, event)
        case e.ContradictionResolved():
            return _contradiction_resolved(partnership, event)
        case e.FundsReceived(money=money):
            on = partnership.received_on or day_of(event)
            came: ChangedFields = {"received": partnership.received + money.amount, "received_on": on}
            return {**came, **_to_acknowledge(partnership, money, day_of(event))}


def _contradicted(partnership: Partnership, event: e.BankContradicted) -> ChangedFields:
    """Return the fields after the bank said something that people must resolve."""
    exception_id = event.exception_id
    if event.exception in HOLDS:
        return {"contradictions": (*partnership.contradictions, exception_id), **_taken_back(partnership, event)}
    is_late = event.exception is ExceptionKind.LATE_RETURN
    return {"late_returns": (*partnership.late_returns, exception_id)} if is_late else {}


def _with_word_on_rest(tranche: TrancheProgress, event: e.RestAgreed | e.RestGivenUp) -> TrancheProgress:
    person, amount = event.actor, event.remainder.amount
    return tranche.agreed_to(person, amount) if isinstance(event, e.RestAgreed) else tranche.waived(person, amount)


def _taken_back(partnership: Partnership, event: e.BankContradicted) -> ChangedFields:
    """Return the fields after the bank took money of the gift back, in the gift's currency."""
    gift, money = partnership.proposal.funds_in if partnership.proposal is not None else None, event.taken_back
    if gift is None or money is None or money.currency != gift.money.currency:
        return {}
    left_before = went_out_again(partnership.refunds)
    taken = TakenBack(exception_id=event.exception_id, amount=money.amount, left_before=left_before)
    return {"taken_back": (*partnership.taken_back, taken)}


def _tranche_ended(partnership: Partnership, event: e.TrancheEnded) -> ChangedFields:
    """Return the fields after the end of an attempt. A settled one makes a report due (expenditure responsibility)."""
    changes = _tranche_moved(partnership, event.tranche, _STATE_AFTER[event.outcome], event.attempt, event.figures)
    if event.outcome is TrancheOutcome.RETURNED:
        changes = _returned(partnership, event.tranche, event.attempt)
        changes |= _after_the_close(partnership, event.tranche)
    if event.outcome in {TrancheOutcome.REJECTED, TrancheOutcome.RETURNED}:
        changes |= without_recall(partnership, event.tranche, event.attempt)
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
    standing = resolved_taking(partnership.taken_back, event.exception_id, event.resolution, partnership.refunds)
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
        changes |= without_recall(partnership, answer.tranche, answer.attempt)
        changes |= _of_the_account(answer.reason, event.at)
    return {**changes, **_confirmed(partnership, answer, day_of(event))}


def _confirmed(partnership: Partnership, answer: BankAnswer, on: date) -> ChangedFields:
    """Return the fields after an answer that people confirmed.

    The booking of an earlier attempt counts beside what a later one paid, or still pays.
    """
    progress = partnership.tranche(answer.tranche)
    if progress is None or progress.attempt < answer.attempt:
        return {}
    number, amount = answer.tranche, answer.money.amount
    match answer.status:
        case BankStatus.RETURNED if _is_partial(partnership, answer):
            return _with_tranche(partnership, number, lambda tranche: tranche.back(answer.attempt, amount))
        case BankStatus.RETURNED:
            return _returned(partnership, number, answer.attempt)
        case BankStatus.SETTLED if progress.attempt == answer.attempt:
            figures = answer.figures
            booking = _with_tranche(partnership, number, lambda tranche: tranche.booked_of(amount, figures))
            return {**booking, **_paid(partnership, number, on)}
        case BankStatus.SETTLED:
            booking = _with_tranche(partnership, number, lambda tranche: tranche.booked_late(answer.attempt, amount))
            return {**booking, **_paid(partnership, number, on)}
        case BankStatus.REJECTED if progress.attempt == answer.attempt:
            return _tranche_moved(partnership, number, TrancheState.REJECTED, answer.attempt)
        case _:
            return {}


def _of_the_account(reason: str, at: datetime) -> ChangedFields:
    """Return the fields after an answer whose reason may call the payee's account wrong."""
    fault = account_fault_in(reason)
    return {"account_fault": str(fault), "account_fault_at": at} if fault else {}


def _after_the_close(partnership: Partnership, tranche: int) -> ChangedFields:
    """Return the reason why a closed partnership is not as it was at the close: a payment of it came back."""
    after_close = partnership.stage is Stage.CLOSED
    return {"why": f"tranche {tranche} came back after the close"} if after_close else {}


def _is_partial(partnership: Partnership, answer: BankAnswer) -> bool:
    """True if less comes back than an attempt paid, by what the partnership knows of it."""
    tranche = partnership.tranche(answer.tranche)
    if tranche is None:
        return False
    told = tranche.attempt_sum - tranche.returned if tranche.attempt == answer.attempt else Decimal(0)
    return answer.money.amount < dict(tranche.paid_sums).get(answer.attempt, told)


def _returned(partnership: Partnership, number: int, attempt: int) -> ChangedFields:
    """Return the fields after all that an attempt paid came back, of the newest one or of one before it."""
    progress = partnership.tranche(number)
    if progress is None or progress.attempt <= attempt:
        return _tranche_moved(partnership, number, TrancheState.RETURNED, attempt)
    amount = dict(progress.earlier).get(attempt, Decimal(0))
    return _with_tranche(partnership, number, lambda tranche: tranche.back(attempt, amount))


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


def _with_tranche(
    partnership: Partnership, number: int, change: Callable[[TrancheProgress], TrancheProgress]
) -> ChangedFields:
    """Return the fields after a change of one tranche."""
    progresses = (change(tranche) if tranche.number == number else tranche for tranche in partnership.tranches)
    return {"tranches": tuple(progresses)}


def _tranche_moved(
    partnership: Partnership, number: int, state: TrancheState, attempt: int, figures: BookedFigures | None = None
) -> ChangedFields:
    """Return the fields after one tranche changed its state. `figures`: what the bank booked of it, if it says so."""
    change = {"state": state, "attempt": attempt, **({"figures": figures} if figures is not None else {})}
    return _with_tranche(partnership, number, lambda tranche: tranche.model_copy(update=change).without_what_is_paid())


_STATE_AFTER: Final = {
    TrancheOutcome.SETTLED: TrancheState.SETTLED,
    TrancheOutcome.SHORT: TrancheState.SHORT,
    TrancheOutcome.REJECTED: TrancheState.REJECTED,
    TrancheOutcome.RETURNED: TrancheState.RETURNED,
    TrancheOutcome.WITHHELD: TrancheState.WITHHELD,
    TrancheOutcome.CANCELLED: TrancheState.CANCELLED,
}
