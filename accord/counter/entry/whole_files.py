"""Settle the payments of a file that the bank books as a whole, if its one sum is that of all of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from accord.audit.bank.bank_evidence import BankEvidence
from accord.client.desk import Desk
from accord.client.waiting.booked_files import file_booking, standing_of
from accord.counter.entry.asking import ForAPerson, for_a_person, partnership_named
from accord.counter.entry.settling import settle
from accord.counter.stated.told_before import take_as_stated
from accord.counter.transactions import Counter, at_the_counter, tell_workflows
from domain.identity import derive
from domain.payment.bank_answers import BankAnswer, Contradiction, ExceptionKind, Resolution
from domain.payment.stated.files import FileBooking, FiledStanding
from domain.recorded.writers import Writer
from domain.streams import StreamId
from payments.answers.bank_files import BankFile
from payments.answers.booking.kept_files import mark_heard
from payments.answers.entries import keep_entry
from payments.answers.kept_entries import is_stated
from payments.answers.matching.matched import MatchedEntry

Heard = tuple[BankAnswer, ...] | ForAPerson | None
"""The answers that payments heard, or what a person must look at, or None if all was known or stays open."""

_STILL_HEARD: Final = frozenset({Resolution.OURS, Resolution.TOLD_BEFORE})
"""Resolutions of an entry that its payments hear all the same: it is our own, or known."""
_AGAIN: Final = Contradiction(ExceptionKind.SECOND_BOOKING, "each payment of this file is booked already")


async def take_file(desk: Desk, file: BankFile, matched_entry: MatchedEntry) -> Heard:
    """Process an entry over a whole payment file, as it stands now.

    Each payment hears it in a transaction of its own, which looks at it again. An import that was cut off goes on: what
    heard the entry counts in its sum. Of a statement nothing is asked, and it stays open.
    """
    booking = await file_booking(desk.reader, matched_entry)
    fault = fault_of(matched_entry, booking)
    if booking is not None and booking.fits and fault is None and not await _is_put_aside(desk, matched_entry):
        return await _hear_all(desk, file, matched_entry, booking)
    if booking is not None and booking.was_told and await _is_the_same(desk, file, matched_entry, booking):
        await _mark(desk, file, matched_entry)
        return None
    if is_stated(matched_entry) or (booking is not None and booking.fits):
        return None
    return await _ask(desk, file, matched_entry, _AGAIN if fault is None else fault)


def fault_of(matched_entry: MatchedEntry, booking: FileBooking | None) -> Contradiction | None:
    """Return the reason why an entry over a whole file settles nothing, with the difference, or None."""
    for payment in matched_entry.payments:
        if payment.fault is not None:
            return payment.fault
    if booking is None:
        return Contradiction(ExceptionKind.UNREADABLE, "its sum cannot be read")
    if booking.fits or booking.was_told:
        return None
    return Contradiction(ExceptionKind.OTHER_CONTENT, str(booking.fault))


async def _is_put_aside(desk: Desk, matched_entry: MatchedEntry) -> bool:
    """True if people said of the entry that it is a mistake of the bank's, or somebody else's money."""
    exception = await BankEvidence(desk.reader).exception(derive("exception", matched_entry.entry.entry_id))
    act = exception.standing if exception is not None else None
    return act is not None and act.resolution not in _STILL_HEARD


async def _hear_all(desk: Desk, file: BankFile, matched_entry: MatchedEntry, booking: FileBooking) -> Heard:
    awaited, answers = _payments(matched_entry, booking, FiledStanding.AWAITED), list[BankAnswer]()
    for payment in awaited:
        async with at_the_counter(desk, Writer.IMPORTER) as counter:
            heard = await _hear(counter, file, payment, matched_entry.file)
        await tell_workflows(counter)
        if isinstance(heard, ForAPerson):
            return heard
        answers += [heard] if heard is not None else []
    if len(answers) < len(awaited):  # another import was at it: by now it is known, or for a person
        more = await take_file(desk, file, matched_entry)
        return more if isinstance(more, ForAPerson) else (*answers, *(more or ())) or None
    await _mark(desk, file, matched_entry)
    return tuple(answers) or None


def _payments(matched_entry: MatchedEntry, booking: FileBooking, standing: FiledStanding) -> Sequence[MatchedEntry]:
    pairs = zip(matched_entry.payments, booking.payments, strict=False)
    return [payment for payment, (its_standing, _) in pairs if its_standing is standing]


async def _hear(
    counter: Counter, file: BankFile, payment: MatchedEntry, message_id: str
) -> BankAnswer | ForAPerson | None:
    """Settle one payment, or return None if it was booked meanwhile. Another change is for a person, and holds."""
    answer = payment.answer
    assert answer is not None  # noqa: S101 - a payment without an answer is not awaited
    attempt = await counter.read_attempt(answer.partnership_id, answer.tranche, answer.attempt)
    if standing_of(attempt, answer.answer_id, message_id) in {FiledStanding.HEARD, FiledStanding.ELSEWHERE}:
        return None
    partnership = await partnership_named(counter, answer.partnership_id)
    fault = await settle(counter, partnership, payment)
    if fault is not None:
        return await for_a_person(counter, file, payment, fault, partnership)
    await keep_entry(counter.connection, payment.entry, file.sha256, None)
    return answer


async def _is_the_same(desk: Desk, file: BankFile, matched_entry: MatchedEntry, booking: FileBooking) -> bool:
    """True if a booking that was told already is this one: a statement's always, else by reference or by its day."""
    if is_stated(matched_entry):
        return True
    for payment in _payments(matched_entry, booking, FiledStanding.ELSEWHERE):
        async with at_the_counter(desk, Writer.IMPORTER) as counter:
            if not await take_as_stated(counter, file, payment):
                return False
    return True


async def _mark(desk: Desk, file: BankFile, matched_entry: MatchedEntry) -> None:
    async with desk.pool.acquire() as connection:
        await mark_heard(connection, file.sha256, matched_entry.entry.place)


async def _ask(desk: Desk, file: BankFile, matched_entry: MatchedEntry, fault: Contradiction) -> ForAPerson | None:
    """Raise an exception on a notification's entry, or return None if it was raised before."""
    async with at_the_counter(desk, Writer.IMPORTER) as counter:
        if await counter.version(StreamId.exception(derive("exception", matched_entry.entry.entry_id))):
            return None
        return await for_a_person(counter, file, matched_entry, fault, None)
