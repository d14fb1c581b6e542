"""Record the bank's word of a payment on its attempt and its partnership, with its claims on bookings."""

from __future__ import annotations

from collections.abc import Sequence

from accord.counter.bookings import claim_all, claims_of, counted_already, refunded_already, too_much_back
from accord.counter.differences.terms import booking_terms
from accord.counter.entry.receiving import receive
from accord.counter.portal.bookings import typed_fault
from accord.counter.transactions import Counter
from domain.errors import FormShut
from domain.identity import ACCORD, derive
from domain.partnership import commands as c
from domain.partnership.state import Partnership
from domain.payment.bank_answers import BankAnswer, BankStatus, Contradiction, ExceptionKind
from domain.payment.tranche.answers import events_of_answer
from domain.payment.tranche.events import PaymentRejected, PaymentReturned, PaymentSettled, PaymentShort, TrancheEvent
from domain.payment.tranche.evolution import evolve_tranche
from domain.payment.tranche.state import Tranche
from domain.payment.tranche.status import TrancheOutcome
from domain.streams import StreamId
from payments.answers.matching.matched import MatchedEntry
from records.forms import require_open


async def settle(counter: Counter, partnership: Partnership | None, entry: MatchedEntry) -> Contradiction | None:
    """Record an answer with its claims on bookings. Return a contradiction if a person must resolve it."""
    answer = entry.answer
    if partnership is None or answer is None:
        name = entry.partnership_id or "is named"
        return Contradiction(ExceptionKind.UNKNOWN_PAYMENT, f"no partnership {name}")
    claims = claims_of(entry.said, answer)
    if fault := await counted_already(counter, claims, answer) or await refunded_already(
        counter, entry.said, answer, partnership
    ):
        return fault
    fault = await _record(counter, partnership, answer, entry)
    # A late return did come back, and counts: only what becomes of it is for a person.
    if fault is None or fault.kind is ExceptionKind.LATE_RETURN:
        await claim_all(counter, claims)
    return fault


async def _record(
    counter: Counter, partnership: Partnership, answer: BankAnswer, entry: MatchedEntry
) -> Contradiction | None:
    """Record an answer on its attempt and partnership. Return a contradiction if a person must resolve it, or None."""
    if answer.status is BankStatus.RECEIVED:
        return await receive(counter, partnership, answer, entry)
    attempt = await counter.read_attempt(answer.partnership_id, answer.tranche, answer.attempt)
    if attempt is None:
        return Contradiction(ExceptionKind.UNKNOWN_PAYMENT, "this attempt to pay is not on record")
    if fault := await typed_fault(counter.desk.reader, attempt, entry):
        return fault
    again = answer.status is BankStatus.REJECTED and await counter.was_written_again(answer)
    terms = await booking_terms(counter, answer)
    events = events_of_answer(attempt, answer, written_again=again, terms=terms)
    if isinstance(events, Contradiction):
        return events
    if answer.status is BankStatus.RETURNED and await counter.was_booked_twice(answer):
        # Only a person can say which of the two came back, and whether a return is another or the one told before.
        return Contradiction(ExceptionKind.CONTRADICTION, "it was booked twice, and one of the two came back")
    if fault := too_much_back(partnership, answer) or await _short_fault(counter, partnership, answer, events):
        return fault
    await record_on_attempt(counter, attempt, answer, events)
    outcome = outcome_of(events)
    if outcome is not None:
        await counter.decide(partnership, outcome_command(answer, outcome))
    # Its attempt's workflow tells the partnership's, so that one signal is enough.
    if outcome in {TrancheOutcome.SETTLED, TrancheOutcome.SHORT, TrancheOutcome.REJECTED}:
        counter.brought_home.add(StreamId.partnership(partnership.partnership_id))
    if outcome is TrancheOutcome.RETURNED and partnership.ended:
        return Contradiction(ExceptionKind.LATE_RETURN, f"{answer.money} came back after the partnership had ended")
    return None


async def _short_fault(
    counter: Counter, partnership: Partnership, answer: BankAnswer, events: Sequence[TrancheEvent]
) -> Contradiction | None:
    """Return the reason why a booking of less than was instructed is for people, or None.

    What it belongs to has ended as paid in full, or this installation does not record yet that a part was booked.
    """
    if outcome_of(events) is not TrancheOutcome.SHORT:
        return None
    try:
        await require_open(counter.desk.pool, events)
    except FormShut as shut:
        return Contradiction(ExceptionKind.OTHER_CONTENT, f"{answer.money} was booked; {shut}")
    if not partnership.ended:
        return None
    reason = f"{answer.money} was booked, which is less than was instructed, after the partnership had ended"
    return Contradiction(ExceptionKind.OTHER_CONTENT, reason)


async def record_on_attempt(
    counter: Counter, attempt: Tranche, answer: BankAnswer, events: Sequence[TrancheEvent]
) -> Tranche:
    """Append the events of a bank's answer to the attempt's own stream, and return the attempt after them."""
    order = attempt.order
    stream = StreamId.attempt(order.partnership_id, order.tranche, order.attempt)
    if events:
        await counter.append(stream, derive("heard", stream, answer.answer_id), ACCORD, *events)
    for event in events:
        attempt = evolve_tranche(attempt, event)
    return attempt


def outcome_of(events: Sequence[TrancheEvent]) -> TrancheOutcome | None:
    """Return the outcome that the given events record for an attempt, or None if none of them ends it."""
    for event in events:
        match event:
            case PaymentSettled():
                return TrancheOutcome.SETTLED
            case PaymentShort():
                return TrancheOutcome.SHORT
            case PaymentRejected():
                return TrancheOutcome.REJECTED
            case PaymentReturned():
                return TrancheOutcome.RETURNED
            case _:
                pass
    return None


def outcome_command(answer: BankAnswer, outcome: TrancheOutcome) -> c.RecordTrancheOutcome:
    """Return the command that records an attempt's end on its partnership."""
    stream = StreamId.attempt(answer.partnership_id, answer.tranche, answer.attempt)
    return c.RecordTrancheOutcome(
        command_id=derive("outcome", stream, outcome, answer.answer_id),
        at=answer.said_at,
        tranche=answer.tranche,
        attempt=answer.attempt,
        outcome=outcome,
        reason=f"{answer.code} {answer.reason}".strip(),
        figures=answer.figures if outcome is TrancheOutcome.SETTLED else None,
        booked_money=answer.money if outcome is TrancheOutcome.SHORT else None,
    )
