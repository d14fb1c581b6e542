"""Bookings that a payment heard from a statement of account, when a notification tells them later."""

from __future__ import annotations

from typing import Any

from accord.audit.bank.said_in_files import is_statement
from accord.counter.bookings import claim_all, claims_of
from accord.counter.transactions import Counter
from domain.identity import derive
from domain.payment.bank_answers import BankAnswer, BankStatus
from domain.payment.bookings import reference_key
from domain.payment.tranche.events import PaymentReturned, PaymentSettled, PaymentShort
from domain.streams import StreamId
from payments.answers.bank_files import BankFile, read_bank_file
from payments.answers.entries import has_reference, is_named_by, keep_entry, lookalikes_besides
from payments.answers.matching.matched import MatchedEntry


async def take_as_stated(counter: Counter, file: BankFile, matched_entry: MatchedEntry) -> bool:
    """Take a notification's entry for a booking that its payment heard from a statement, and return whether it is.

    It is known from then on: a further notification of it without the bank's reference is for a person.
    """
    stated_answer = await _stated_answer(counter, matched_entry)
    if stated_answer is None or await _is_told_already(counter, matched_entry, stated_answer):
        return False
    await claim_all(counter, claims_of(matched_entry.said, stated_answer))
    await keep_entry(counter.connection, matched_entry.entry, file.sha256, None)
    return True


async def _is_told_already(counter: Counter, matched_entry: MatchedEntry, stated_answer: BankAnswer) -> bool:
    """True if the bank's references tell the two apart, or if another notification told the booking."""
    connection, entry = counter.connection, matched_entry.entry
    told_apart = (
        entry.referenced
        and await has_reference(connection, stated_answer.answer_id)
        and not await is_named_by(connection, stated_answer.answer_id, _names(matched_entry), _bookings(matched_entry))
    )
    return told_apart or await lookalikes_besides(connection, entry, stated_answer.answer_id)


def _names(matched_entry: MatchedEntry) -> list[str]:
    """Return the bank's references of an entry, however they are written."""
    return [reference_key(name) for name in matched_entry.said.references] if matched_entry.said is not None else []


def _bookings(matched_entry: MatchedEntry) -> list[str]:
    """Return the keys of an entry as one payment of a file that was booked as a whole."""
    keys = [derive("of", matched_entry.account, name, BankStatus.SETTLED).hex for name in _names(matched_entry)]
    return [*keys, matched_entry.entry.booking]


async def _stated_answer(counter: Counter, matched_entry: MatchedEntry) -> BankAnswer | None:
    """Return the booking that counts on an answer's payment, if it is the same by sum and day and a statement told it.

    Its file says whether it is a statement: a line of a table proves nothing.
    """
    answer = matched_entry.answer
    if answer is None or not answer.tranche or not matched_entry.account or matched_entry.fault is not None:
        return None
    return await heard_from_statement(counter, answer)


async def heard_from_statement(counter: Counter, answer: BankAnswer) -> BankAnswer | None:
    """Return the booking that counts on an answer's payment and may be the same, if a statement of account told it."""
    stream = StreamId.attempt(answer.partnership_id, answer.tranche, answer.attempt)
    events: list[Any] = [
        recorded_event.event for recorded_event in await counter.desk.reader.read(stream, connection=counter.connection)
    ]
    answers = [event.answer for event in events if isinstance(event, (PaymentSettled, PaymentShort, PaymentReturned))]
    for before in answers:
        if _is_alike(before, answer) and await _is_of_a_statement(counter, before):
            return before
    return None


def _is_alike(before: BankAnswer, answer: BankAnswer) -> bool:
    """True if two answers may be the same booking: by direction, by sum, and by day where both say it."""
    days = {before.booked_on, answer.booked_on} - {None}
    is_alike = (before.status, before.money, before.is_booking) == (answer.status, answer.money, answer.is_booking)
    return is_alike and before.answer_id != answer.answer_id and len(days) <= 1


async def _is_of_a_statement(counter: Counter, answer: BankAnswer) -> bool:
    file = await read_bank_file(counter.connection, answer.file_sha256) if answer.file_sha256 else None
    return file is not None and await is_statement(counter.desk.reader, counter.connection, file)
