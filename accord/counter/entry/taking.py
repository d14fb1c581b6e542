"""Process one entry of a bank file: skip it if it is known, record its answer, or raise an exception on it."""

from __future__ import annotations

from collections.abc import Sequence

from accord.counter.bookings import gift_of_reference, gift_taken_back
from accord.counter.differences.terms import as_recorded
from accord.counter.entry.asking import ForAPerson, for_a_person, partnership_named
from accord.counter.entry.settling import settle
from accord.counter.stated.gifts import is_gift, take_gift_as_stated
from accord.counter.stated.taken_back import was_taken_back
from accord.counter.stated.told_before import take_as_stated
from accord.counter.transactions import Counter
from domain.identity import derive
from domain.payment.bank_answers import (
    MAY_TAKE_BACK,
    BankAnswer,
    BankStatus,
    Contradiction,
    ExceptionKind,
    exception_of,
)
from domain.streams import StreamId
from payments.answers.bank_files import BankFile
from payments.answers.entries import (
    has_lookalike_in_other_file,
    is_another_detail,
    is_stored_as_before,
    keep_entry,
    known_digest,
    place_was_used,
)
from payments.answers.matching.matched import MatchedEntry


async def take(
    counter: Counter, file: BankFile, matched_entry: MatchedEntry, beside: Sequence[MatchedEntry]
) -> BankAnswer | ForAPerson | None:
    """Process one entry and return its answer or the exception raised for it, or None if it was known before.

    `beside`: the entries of its file.
    """
    matched_entry = await as_recorded(counter, matched_entry)
    if matched_entry.unclear_before and await counter.version(StreamId.exception(matched_entry.unclear_before)):
        return None
    matched_entry = await _with_new_identity_if_changed(counter, file, matched_entry)
    # Both: the row of an entry proves nothing, and an import that was cut off left entries of which the ledger knows
    # nothing.
    if await _is_stored(counter, file, matched_entry) and await _is_told(counter, matched_entry):
        return None
    if await take_as_stated(counter, file, matched_entry) or await was_taken_back(counter, file, matched_entry):
        return None
    stated = await take_gift_as_stated(counter, file, matched_entry, beside) if is_gift(matched_entry) else False
    if stated is True:
        return None
    matched_entry = await _with_gift_of_a_debit(counter, matched_entry)
    partnership_id = matched_entry.partnership_id or await gift_taken_back(counter, matched_entry.unclear)
    partnership = await partnership_named(counter, partnership_id)
    fault = stated or await _identity_fault(counter, file, matched_entry) or matched_entry.fault
    if fault is None:
        fault = await settle(counter, partnership, matched_entry)
    if fault is not None:
        return await for_a_person(counter, file, matched_entry, fault, partnership)
    # After the events, in the same transaction: an entry that is kept was told.
    await keep_entry(counter.connection, matched_entry.entry, file.sha256, None)
    return matched_entry.answer


async def _with_gift_of_a_debit(counter: Counter, entry: MatchedEntry) -> MatchedEntry:
    """Return the entry. A debit of no payment under a gift's reference may take the gift back, marked so or not."""
    notice = entry.said
    if notice is None or entry.partnership_id or not notice.account or notice.status is not BankStatus.SETTLED:
        return entry
    partnership_id = await gift_of_reference(counter, notice)
    fault = Contradiction(ExceptionKind.UNREADABLE, MAY_TAKE_BACK)
    return entry._replace(answer=None, fault=fault, partnership_id=partnership_id) if partnership_id else entry


async def take_unreadable(counter: Counter, file: BankFile, entry: MatchedEntry, reason: str) -> ForAPerson:
    """Raise an exception for an entry whose payment or partnership cannot be read, so that other entries go on."""
    fault = Contradiction(ExceptionKind.UNREADABLE, f"what it speaks of cannot be read: {reason}")
    return await for_a_person(counter, file, entry, fault, None)


async def _is_told(counter: Counter, matched_entry: MatchedEntry) -> bool:
    """True if the ledger has recorded an entry's answer or exception. The table of entries proves nothing."""
    answer = matched_entry.answer
    exception_id = exception_of(answer) if answer else derive("exception", matched_entry.entry.entry_id)
    if await counter.version(StreamId.exception(exception_id)):
        return True
    if answer is None or not answer.partnership_id or answer.doubt:
        return False
    if answer.tranche:
        attempt = await counter.read_attempt(answer.partnership_id, answer.tranche, answer.attempt)
        return attempt is not None and answer.answer_id in attempt.answers
    return await counter.has_received(answer)


async def _is_stored(counter: Counter, file: BankFile, matched_entry: MatchedEntry) -> bool:
    """True if the entry is stored as it is told now, as a statement told it, or as read by an earlier release."""
    connection, entry = counter.connection, matched_entry.entry
    if await known_digest(connection, entry) in {entry.digest, entry.common_digest or entry.digest}:
        return True
    return await is_stored_as_before(connection, entry, file.sha256)


async def _with_new_identity_if_changed(counter: Counter, file: BankFile, matched_entry: MatchedEntry) -> MatchedEntry:
    """Return the entry, with a new identity and a fault if its identity is known with other content."""
    entry = matched_entry.entry
    is_new = await known_digest(counter.connection, entry) is None
    if is_new or await _is_stored(counter, file, matched_entry):
        return matched_entry
    again = derive("again", entry.entry_id, entry.digest)
    answer = matched_entry.answer.model_copy(update={"answer_id": again}) if matched_entry.answer else None
    reason = "a known booking, told with another content"
    fault = Contradiction(ExceptionKind.IDENTITY_USED_AGAIN, reason)
    return matched_entry._replace(entry=entry._replace(entry_id=again), answer=answer, fault=fault)


async def _identity_fault(counter: Counter, file: BankFile, matched_entry: MatchedEntry) -> Contradiction | None:
    """Return the fault if the entry may repeat or contradict one of another file, or None if it does not."""
    connection, entry = counter.connection, matched_entry.entry
    if not matched_entry.account and await place_was_used(connection, entry, file.sha256):
        reason = f"message {entry.message_id}, entry {entry.place} said something else of this payment before"
        return Contradiction(ExceptionKind.IDENTITY_USED_AGAIN, reason)
    receipt = matched_entry.answer is not None and matched_entry.answer.status is BankStatus.RECEIVED
    if receipt and await has_lookalike_in_other_file(connection, entry, file.sha256):
        reason = "an equal entry stands in another message, and the bank gave no reference to tell them apart"
        return Contradiction(ExceptionKind.PERHAPS_TOLD_BEFORE, reason)
    if receipt and await is_another_detail(connection, entry, file.sha256):
        reason = "another message tells this booking in other details"
        return Contradiction(ExceptionKind.PERHAPS_TOLD_BEFORE, reason)
    return None
