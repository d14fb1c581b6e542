"""Resolve exceptions: one person signs the resolution, or two people if it moves money or is on unreadable content.

A rejection that the bank may not have meant ends an attempt only by two who say that nothing was booked.
"""

from __future__ import annotations

from typing import Any, NamedTuple
from uuid import UUID

from accord.audit.bank.bank_evidence import BankEvidence, earliest_end
from accord.client.desk import Desk
from accord.counter.bank_import import hear_files_again, keep_signed, require_all_taken
from accord.counter.bookings import (
    Claims,
    claim_all,
    claims_of,
    counted_already,
    refunded_before_bookings,
    statement_of_exception,
    too_much_back,
)
from accord.counter.differences.terms import booking_terms
from accord.counter.entry.settling import record_on_attempt
from accord.counter.resolutions import Meaning, PaymentReference, meaning_of
from accord.counter.transactions import Counter, at_the_counter, tell_workflows
from accord.organisation.namelessness import require_nameless
from accord.organisation.signed_acts import require_may, signed_act
from accord.presentation.faults import Refused
from domain.errors import FormShut
from domain.identity import derive
from domain.partnership import commands as c
from domain.partnership.payment.decisions import receipt_fault
from domain.partnership.state import Partnership
from domain.payment.bank_answers import BankAnswer, BankStatus, Resolution
from domain.payment.bank_file import BankException, ExceptionResolved, ResolutionAgreed
from domain.payment.booked.weighing import BookingTerms
from domain.payment.resolving import TAKES_A_BOOKING, fits
from domain.payment.tranche.answers import booking_event, return_event
from domain.payment.tranche.events import PaymentRejected, TrancheEvent
from domain.payment.tranche.state import Tranche, is_booking_of_return
from domain.payment.tranche.status import TrancheStatus
from domain.recorded.writers import Writer
from domain.streams import StreamId
from domain.values import Money
from ledger import clock
from payments.answers.exceptions import RaisedException, mark_resolved
from records.forms import require_open


class Resolved(NamedTuple):
    """The outcome of a resolution."""

    exception: RaisedException
    resolution: Resolution
    waits_for_second: bool
    """True if another person must sign the same resolution before it counts."""
    told: str = ""
    """The signed difference, in words, or '' if there is none."""


async def resolve(
    desk: Desk, exception: RaisedException, resolution: Resolution, belongs: PaymentReference, note: str, actor: str,
    word: tuple[str, bytes] | None = None, booked_money: Money | None = None, back_money: Money | None = None,
) -> Resolved:  # fmt: skip
    """Sign a resolution of an exception. If two people must sign, it counts once a second one signs the same.

    `belongs`: the partnership and payment that the bank's answer belongs to. `note`: the person's explanation. `word`:
    (name, content) of the file with the bank's letter that nothing was booked, which is kept. `booked_money`: what the
    bank booked, where its words cannot be read. `back_money`: the
    sum that they say came back of an exchanged payment, in its own currency.

    Raises:
        Refused: The exception is resolved already, the actor took part in its subject, the answer cannot count, or it
            is too early to say that nothing was booked.
        BadInput: It is not stated which partnership or payment the answer belongs to, the letter is missing, or the
            note names somebody.
    """
    await require_may(desk, actor, ExceptionResolved)
    stream, evidence = StreamId.exception(exception.exception_id), BankEvidence(desk.reader)
    version = len(await desk.ledger.read_stream(stream))
    pending = await _unresolved(desk, evidence, exception)
    await require_nameless(desk, "note", note)
    meaning = await meaning_of(desk, exception, pending, resolution, belongs, word, booked_money, back_money)
    if meaning.ends_unbooked is not None:
        await require_all_taken(desk)
        await _require_late(evidence, meaning.ends_unbooked)
    content = meaning.content(note)
    act = await _signed(desk, evidence, stream, pending, meaning, actor, content)
    if meaning.letter is not None:
        await keep_signed(desk, meaning.letter, actor, Writer.IMPORTER)
    async with at_the_counter(desk, Writer.IMPORTER) as counter:
        if await counter.version(stream) != version:
            raise Refused(f"somebody said something of {exception.name} at this very moment; look again", "Conflict")
        await _record(counter, evidence, exception, pending, meaning, act)
    await tell_workflows(counter)
    waits = isinstance(act, ResolutionAgreed)
    if meaning.ends_unbooked is not None and not waits:
        await hear_files_again(desk)  # what was booked of its file may lack this payment alone
    return Resolved(exception, meaning.resolution, waits, meaning.difference.told if meaning.difference else "")


async def _unresolved(desk: Desk, evidence: BankEvidence, exception: RaisedException) -> BankException:
    """Return an exception as the ledger holds it. Raises Refused if it was resolved."""
    pending = await _read(evidence, exception.exception_id)
    if pending.resolved is not None and await _is_settled(desk, evidence, exception.exception_id):
        raise Refused(f"{exception.name} was resolved by {pending.resolved.actor}", "IllegalTransition")
    return pending


async def _signed(
    desk: Desk, evidence: BankEvidence, stream: str, pending: BankException, meaning: Meaning, actor: str,
    content: dict[str, Any],
) -> ExceptionResolved | ResolutionAgreed:  # fmt: skip
    """Sign a resolution or, where another person must sign the same and has not yet, the first of two signatures.

    One signature is asked for, of which its person knows before whether it settles the exception.

    Raises:
        Refused: The signer took part in its subject, or signs with the key of the first signature.
    """
    two = pending.needs_two(meaning.resolution, meaning.answer)
    people = await evidence.involved(pending, meaning.answer or pending.raised.answer)
    if (two or meaning.answer is not None) and actor in people:
        names = ", ".join(sorted(people))
        words = f"{actor} took part in it ({names} brought in its file, or released, made or handed over its payment)"
        raise Refused(f"{words}; others must say so", "SeparationOfDuties")
    if two and pending.first_signer(content, besides=people | {actor}) is None:
        return await signed_act(desk, ResolutionAgreed, stream, actor, **content)
    act = await signed_act(desk, ExceptionResolved, stream, actor, **content)
    if two and pending.first(act, besides=people) is None:
        raise Refused("the first signature is by the same key; another person signs with theirs", "SeparationOfDuties")
    return act


async def _record(
    counter: Counter, evidence: BankEvidence, exception: RaisedException, pending: BankException, meaning: Meaning,
    act: ExceptionResolved | ResolutionAgreed,
) -> None:  # fmt: skip
    """Record a resolution and its consequences or, while another person must sign, this one's agreement."""
    claims = await _may_count(counter, pending, meaning.answer)
    if meaning.ends_unbooked is not None:
        await _require_not_booked(counter, evidence, meaning.ends_unbooked)
    await counter.act(StreamId.exception(exception.exception_id), act)
    if isinstance(act, ExceptionResolved):
        await _move_totals(counter, exception, act, pending, meaning.answer)
        await claim_all(counter, claims)
        await mark_resolved(counter.connection, exception.exception_id)


async def _may_count(counter: Counter, exception: BankException, answer: BankAnswer | None) -> Claims:
    """Return an answer's claims on its booking, before the act on it is recorded, or none if it does not count.

    Raises:
        Refused: It cannot count on its payment or partnership, or its booking counts already.
    """
    if answer is None:
        return {}
    partnership = await counter.partnership(answer.partnership_id)
    if partnership.version == 0:
        raise Refused(f"there is no partnership {answer.partnership_id}", "Unknown")
    await _events_for(counter, partnership, answer)
    notice = await statement_of_exception(counter.desk.reader, counter.connection, exception.raised, answer)
    claims = claims_of(notice, answer)
    if fault := (
        await counted_already(counter, claims, answer)
        or await refunded_before_bookings(counter, notice, answer)
        or too_much_back(partnership, answer)
    ):
        raise Refused(f"{fault.reason}: {_instead(partnership)}", "IllegalTransition")
    return claims


def _instead(partnership: Partnership) -> str:
    """Return the remedy for a booking that counts already: a refund that two people looked at is not taken back."""
    if all(refund.confirmed_by for refund in partnership.refunds):
        return "resolve it as told-before"
    return "resolve it as told-before, or take back the refund that is wrong first (`accord withdraw-refund`)"


async def _read(evidence: BankEvidence, exception_id: UUID) -> BankException:
    bank_exception = await evidence.exception(exception_id)
    if bank_exception is None:
        raise Refused("the ledger holds no such exception", "Unknown")
    return bank_exception


async def _is_settled(desk: Desk, evidence: BankEvidence, exception_id: UUID) -> bool:
    async with desk.pool.acquire() as connection:
        return await evidence.is_settled(connection, exception_id)


async def _require_late(evidence: BankEvidence, answer: BankAnswer) -> None:
    """Raise Refused before two business days have passed since the payment was to be executed."""
    earliest = earliest_end(await evidence.files_of(answer))
    if earliest is None:
        raise Refused("nobody whose signature counts handed it over, so nobody can say when it was due", "NotSigned")
    if clock.now() < earliest:
        raise Refused(
            f"the bank may execute it until then: not before {earliest:%Y-%m-%d} says anybody that nothing was booked",
            "IllegalTransition",
        )


async def _require_not_booked(counter: Counter, evidence: BankEvidence, answer: BankAnswer) -> None:
    """Raise Refused if the bank booked a payment, under the lock that whoever brings in a bank's file takes as well."""
    await require_all_taken(counter.desk)
    if booking := await evidence.booking_of(counter.connection, answer):
        raise Refused(f"nobody says that nothing was booked: {booking}", "IllegalTransition")


async def _move_totals(
    counter: Counter, exception: RaisedException, act: ExceptionResolved, bank_exception: BankException,
    answer: BankAnswer | None,
) -> None:  # fmt: skip
    """Record the resolution on the partnership that the answer counts for, and on the exception's own if it differs."""
    raised_at = bank_exception.raised.partnership_id
    if answer is not None:
        partnership = await counter.partnership(answer.partnership_id)
        attempt, events = await _events_for(counter, partnership, answer)
        is_back = attempt is not None and is_booking_of_return(attempt, answer)  # it came back since, and stays so
        if attempt is not None:
            await record_on_attempt(counter, attempt, answer, events)
        await _record_resolution(counter, answer.partnership_id, exception, act, None if is_back else answer)
    if raised_at and (answer is None or answer.partnership_id != raised_at):
        await _record_resolution(counter, raised_at, exception, act, None)


async def _record_resolution(
    counter: Counter, partnership_id: str, exception: RaisedException, act: ExceptionResolved,
    answer: BankAnswer | None,
) -> None:  # fmt: skip
    command = c.RecordResolution(
        command_id=derive("resolved", exception.exception_id), at=act.at,
        exception_id=exception.exception_id, resolution=act.resolution, answer=answer,
    )  # fmt: skip
    await counter.decide(await counter.partnership(partnership_id), command)


async def _events_for(
    counter: Counter, partnership: Partnership, answer: BankAnswer
) -> tuple[Tranche | None, tuple[TrancheEvent, ...]]:
    """Return (attempt, events to append to it) for an answer, or (None, ()) for a receipt.

    Raises:
        Refused: The answer cannot count.
    """
    if answer.status is BankStatus.RECEIVED:
        if fault := receipt_fault(partnership, answer):
            raise Refused(str(fault), "IllegalTransition")
        return None, ()
    attempt = await counter.read_attempt(answer.partnership_id, answer.tranche, answer.attempt)
    if attempt is None:
        raise Refused(f"{answer.partnership_id} has no attempt {answer.attempt} at tranche {answer.tranche}", "Unknown")
    if answer.answer_id in attempt.answers:
        return attempt, ()
    _require_the_same_money(attempt, answer)
    terms = (await booking_terms(counter, answer))._replace(tolerance=None)  # people let it through
    events = _events_of(attempt, answer, terms)
    try:
        await require_open(counter.desk.pool, events)
    except FormShut as shut:
        raise Refused(str(shut), type(shut).__name__) from shut
    return attempt, events


def _require_the_same_money(attempt: Tranche, answer: BankAnswer) -> None:
    order, bank_money = attempt.order.money, answer.money
    if bank_money.currency != order.currency or not fits(attempt, answer):
        more = bank_money.currency == order.currency and bank_money.amount > order.amount
        way = (
            "if the difference is the bank's charges, two people say so: --kind booked-with-difference" if more
            else "ask the bank; what it booked by mistake is bank-error until it is mended"
        )  # fmt: skip
        raise Refused(
            f"the bank says {bank_money}, the payment is {order}; it cannot be that payment as it stands: {way}",
            "IllegalTransition",
        )


def _events_of(attempt: Tranche, answer: BankAnswer, terms: BookingTerms) -> tuple[TrancheEvent, ...]:
    """Return the answer's events for the attempt's own stream. A partial return has none: it does not end it."""
    match answer.status:
        case BankStatus.SETTLED if attempt.booked and attempt.status not in TAKES_A_BOOKING:
            raise Refused(
                "it is booked already, and one payment is booked once: resolve it as bank-error or told-before, "
                "or name the payment that it belongs to",
                "IllegalTransition",
            )
        case BankStatus.SETTLED:
            return (booking_event(attempt, answer, terms),)
        case BankStatus.REJECTED:
            return (PaymentRejected(at=answer.said_at, answer=answer),)
        case BankStatus.RETURNED if not (attempt.booked or attempt.status is TrancheStatus.SETTLED):
            raise Refused(
                "nothing of it is booked here that could come back: import its booking, or resolve that first",
                "IllegalTransition",
            )
        case BankStatus.RETURNED if answer.money.amount < attempt.paid_money.amount:
            return ()
        case BankStatus.RETURNED:
            return (return_event(answer, terms),)
        case _:
            return ()
