"""Read the way of the money: releases and their permission, the bank's word on them, and refunds."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

from accord.audit.bank.refunds import refunds_after
from accord.audit.walk.agreement import note_account_fault
from accord.audit.walk.walk import Attempt, Released, Walk
from domain.fault import Fault
from domain.partnership import events as e
from domain.payment.bank_answers import HOLDS, BankAnswer, BankStatus, ExceptionKind
from domain.payment.recalls import RecallAnswer
from domain.payment.tranche.status import TrancheOutcome
from domain.proposal import Direction

_AGAINST_US: Final = (BankStatus.REJECTED, BankStatus.RETURNED)


def release(walk: Walk, event: e.TrancheReleased) -> None:
    """Note a release, with the reason why it was not permitted, if there is one."""
    walk.released[Attempt(event.tranche, event.attempt)] = Released(event, _release_fault(walk, event))
    walk.paid = True


def release_in_doubt(walk: Walk, event: e.TrancheReleased) -> None:
    """Note a release that does not count: what it started may have left."""
    fault = Fault(f"it was released with a key of {event.actor} that others may have used")
    walk.released[Attempt(event.tranche, event.attempt)] = Released(event, fault)
    walk.paid = True


def cancel(walk: Walk, event: e.PaymentCancelled) -> None:
    """Remember an attempt that a person cancelled."""
    walk.cancelled.add(Attempt(event.tranche, event.attempt))


def agree_on_rest(walk: Walk, event: e.RestAgreed) -> None:
    """Note that a person agreed to pay the rest of a tranche, after its newest attempt."""
    newest = walk.newest_attempt(event.tranche)
    walk.waivers.get(newest, {}).pop(event.actor, None)
    walk.rests.get(newest, {}).pop(event.actor, None)  # the newest word is the last
    walk.rests.setdefault(newest, {})[event.actor] = event.remainder


def give_up_rest(walk: Walk, event: e.RestGivenUp) -> None:
    """Note a person's giving up of the rest of a tranche. Once two did, as much less of it may be paid."""
    newest = walk.newest_attempt(event.tranche)
    walk.rests.get(newest, {}).pop(event.actor, None)
    walk.waivers.setdefault(newest, {})[event.actor] = event.remainder
    remainder = walk.waived_remainder(newest)
    if remainder is None:
        return
    walk.given_up[event.tranche] = walk.given_up.get(event.tranche, Decimal(0)) + remainder.amount
    del walk.waivers[newest]
    walk.rests.pop(newest, None)


def recall(walk: Walk, event: e.PaymentRecalled | e.RecallAnswered) -> None:
    """Note that a payment was asked back, or that the bank refused it: no other attempt is released meanwhile."""
    attempt = Attempt(event.tranche, event.attempt)
    walk.refusals.pop(attempt, None)
    is_over = isinstance(event, e.RecallAnswered) and event.answer is RecallAnswer.REFUSED
    walk.recalls = walk.recalls - {attempt} if is_over else walk.recalls | {attempt}


def hear_of_recall(walk: Walk, event: e.RecallHeard) -> None:
    """Note a bank's refusal of a recall, as it is claimed: it is looked up before a payment."""
    attempt = Attempt(event.tranche, event.attempt)
    if event.answer is RecallAnswer.REFUSED and attempt in walk.recalls:
        walk.recalls.discard(attempt)
        walk.refusals[attempt] = event


def end_short(walk: Walk, event: e.TranchePaidShort) -> None:
    """Remember that an attempt paid a part: it makes the same reports due as one that paid all."""
    walk.responsibility = walk.responsibility.with_payment(event.at.date())
    walk.reporting = walk.reporting.with_settled(event.tranche, event.at.date())


def hand_over(walk: Walk, event: e.TrancheHandedOver) -> None:
    """Note the file in which an attempt was handed over."""
    walk.handed_over.setdefault(Attempt(event.tranche, event.attempt), []).append(event.message_id)


def end_attempt(walk: Walk, event: e.TrancheEnded) -> None:
    """Remember the end of an attempt."""
    match event.outcome:
        case TrancheOutcome.REJECTED | TrancheOutcome.RETURNED:
            walk.recalls.discard(Attempt(event.tranche, event.attempt))
            note_account_fault(walk, event.reason)
        case TrancheOutcome.WITHHELD:
            walk.withheld.add(Attempt(event.tranche, event.attempt))
        case TrancheOutcome.SETTLED:
            walk.responsibility = walk.responsibility.with_payment(event.at.date())
            walk.reporting = walk.reporting.with_settled(event.tranche, event.at.date())
        case _:
            pass


def contradict(walk: Walk, event: e.BankContradicted) -> None:
    """Remember a word of the bank that only people can resolve, where our own money is at stake."""
    if event.exception not in HOLDS:
        return
    walk.contradicted.add(event.exception_id)
    if event.exception is ExceptionKind.SECOND_BOOKING and event.answer is not None:
        walk.booked_twice.add(Attempt(event.answer.tranche, event.answer.attempt))
    elif (booking := event.booking) is not None:
        walk.booked_beside[booking.answer_id] = Attempt(booking.tranche, booking.attempt)


def resolve(walk: Walk, event: e.ContradictionResolved) -> None:
    """Note the answer that people are said to have resolved to count."""
    answer = event.answer
    if not isinstance(answer, BankAnswer):
        return
    note_account_fault(walk, answer.reason if answer.status in _AGAINST_US else "")
    walk.resolved.setdefault(Attempt(answer.tranche, answer.attempt), []).append(answer)
    walk.booked_beside.pop(answer.answer_id, None)
    if answer.status in _AGAINST_US:
        walk.recalls.discard(Attempt(answer.tranche, answer.attempt))
    if answer.status is BankStatus.SETTLED:
        walk.reporting = walk.reporting.with_settled(answer.tranche, event.at.date())


def receive(walk: Walk, _event: e.FundsReceived) -> None:
    """Remember money that is said to have come in."""
    walk.received = True


def refund(walk: Walk, event: e.RefundRecorded | e.RefundConfirmed | e.RefundWithdrawn) -> None:
    """Remember a refund, and its signers."""
    walk.refunds = refunds_after(walk.refunds, event, tuple(walk.released))


def is_for_people(walk: Walk, attempt: Attempt) -> bool:
    """True if only people can say what of an attempt came back: the bank told more than one booking."""
    return attempt in walk.booked_twice or attempt in walk.booked_beside.values()


def _release_fault(walk: Walk, release: e.TrancheReleased) -> Fault | None:
    """Return the reason why a release is not permitted in the state before it, or None if it is."""
    out = walk.out
    approved_sum = walk.sum_of(Attempt(release.tranche, release.attempt))
    early = walk.payable_from is not None and min(release.at, walk.now or release.at) < walk.payable_from
    faults = {
        "no money goes out in this partnership": out is None,
        "the partnership had ended": walk.ended,
        "it was released while on hold": walk.stops_payment,
        "the money out had ended": Direction.FUNDS_OUT in walk.ended_legs,
        "money was diverted, and no assurance is on record": bool(walk.responsibility.diverted),
        f"the sum is not the {approved_sum} that were approved": approved_sum != release.money,
        "an earlier attempt was recalled, and no return of it was booked": any(
            attempt.tranche == release.tranche for attempt in walk.recalls
        ),
        "the account changed, and its cooling-off time was not over": early,
        "the payer did not sign which attempt it is": not release.attempt_signed,
    }
    return next((Fault(words) for words, true in faults.items() if true), None)
