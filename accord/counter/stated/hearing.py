"""Tell payments and gifts what only a statement of account says of them. All else is explained, or open."""

from __future__ import annotations

from collections.abc import Sequence

from accord.counter.bookings import gift_taken_back
from accord.counter.entry.asking import ForAPerson, for_a_person, partnership_named
from accord.counter.entry.settling import settle
from accord.counter.stated.copies import is_copy, not_open
from accord.counter.stated.gifts import is_gift, is_new_gift
from accord.counter.transactions import Counter
from domain.payment.bank_answers import BankAnswer, BankStatus, ExceptionKind, exception_of
from domain.streams import StreamId
from payments.answers.bank_files import BankFile
from payments.answers.entries import is_another_detail, keep_entry, known_digest, was_raised
from payments.answers.matching.matched import MatchedEntry


async def take_stated(
    counter: Counter, file: BankFile, matched_entry: MatchedEntry, beside: Sequence[MatchedEntry]
) -> BankAnswer | ForAPerson | None:
    """Process an entry of a statement, and return its answer if it was heard, or None. `beside`: those of its file.

    A payment hears a booking that names it and that it can hear as it stands, and a partnership a gift that names it.
    What contradicts it raises no exception and holds nothing: a notification may have told it, or be underway. It
    stays open until something explains it.
    """
    answer = matched_entry.answer
    if is_gift(matched_entry):
        return await _hear_gift(counter, file, matched_entry, beside)
    if matched_entry.unclear is not None and matched_entry.unclear.takes_back:
        return await _take_back(counter, file, matched_entry)
    if answer is None or not answer.tranche or matched_entry.fault is not None:
        await _keep_booking(counter, file, matched_entry)
        return None
    attempt = await counter.read_attempt(answer.partnership_id, answer.tranche, answer.attempt)
    # An exception on the very booking: what people say of it counts, and no statement says it for them.
    is_raised = await counter.version(StreamId.exception(exception_of(answer)))
    if attempt is None or answer.answer_id in attempt.answers or is_raised:
        return None
    if await is_copy(counter, file, matched_entry, beside):
        return None
    partnership = await partnership_named(counter, matched_entry.partnership_id)
    fault = not_open(attempt, matched_entry) or await settle(counter, partnership, matched_entry)
    if fault is not None and fault.kind is ExceptionKind.LATE_RETURN:
        return await for_a_person(counter, file, matched_entry, fault, partnership)
    if fault is not None:
        await _keep_booking(counter, file, matched_entry)
        return None
    await keep_entry(counter.connection, matched_entry.entry, file.sha256, None)
    return answer


async def _hear_gift(
    counter: Counter, file: BankFile, matched_entry: MatchedEntry, beside: Sequence[MatchedEntry]
) -> BankAnswer | None:
    """Count a gift that no other file told and that can count as it stands, and return it, or None."""
    answer, entry = matched_entry.answer, matched_entry.entry
    if answer is None or await counter.has_received(answer):
        return None
    is_raised = await counter.version(StreamId.exception(exception_of(answer)))
    if is_raised or await is_another_detail(counter.connection, entry, file.sha256):
        return None
    if not await is_new_gift(counter, file, matched_entry, beside):
        return None
    fault = await settle(counter, await partnership_named(counter, matched_entry.partnership_id), matched_entry)
    if fault is not None:
        return None
    await keep_entry(counter.connection, entry, file.sha256, None)
    return answer


async def _take_back(counter: Counter, file: BankFile, matched_entry: MatchedEntry) -> ForAPerson | None:
    """Raise an exception for a debit that takes back a gift, so that its fund lacks the money from now on.

    Only where the bank gave it a reference, by which a notification of it is known: else it stays open.
    """
    entry, partnership_id = matched_entry.entry, await gift_taken_back(counter, matched_entry.unclear)
    is_known = await known_digest(counter.connection, entry) is not None
    partnership = await partnership_named(counter, partnership_id)
    if is_known or partnership is None or not entry.booking or matched_entry.fault is None:
        return None
    if await was_raised(counter.connection, entry, file.sha256):
        return None
    return await for_a_person(counter, file, matched_entry, matched_entry.fault, partnership)


async def _keep_booking(counter: Counter, file: BankFile, matched_entry: MatchedEntry) -> None:
    """Keep an entry that books a payment of ours and did not count, so that nobody says that nothing was booked."""
    answer = matched_entry.answer
    if answer is not None and answer.tranche and answer.status is BankStatus.SETTLED:
        await keep_entry(counter.connection, matched_entry.entry, file.sha256, None)
