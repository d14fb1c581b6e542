"""Bookings that come again in a statement of another form: BAI2, a bank's CSV and camt.053 of one day are one."""

from __future__ import annotations

from collections.abc import Sequence

from accord.counter.stated.told_before import heard_from_statement
from accord.counter.transactions import Counter
from domain.payment.bank_answers import BankStatus, Contradiction, ExceptionKind
from domain.payment.tranche.state import Tranche
from domain.payment.tranche.status import AT_THE_BANK, TrancheStatus
from payments.answers.bank_files import BankFile
from payments.answers.entries import has_reference
from payments.answers.matching.matched import MatchedEntry


async def is_copy(
    counter: Counter, file: BankFile, matched_entry: MatchedEntry, beside: Sequence[MatchedEntry]
) -> bool:
    """True if an entry is a booking that its payment heard from another statement of account.

    It is of the same sum and day, and the only one of its payment in its own file: two of them are two bookings. Where
    the bank gave both a reference of their own, these say whether they are one.
    """
    answer = matched_entry.answer
    if answer is None or sum(entry.entry.about == matched_entry.entry.about for entry in beside) > 1:
        return False
    before = await heard_from_statement(counter, answer)
    if before is None or before.file_sha256 == file.sha256 or before.booked_on != answer.booked_on:
        return False
    return not (matched_entry.entry.referenced and await has_reference(counter.connection, before.answer_id))


def not_open(attempt: Tranche, matched_entry: MatchedEntry) -> Contradiction | None:
    """Return the reason why a booking in words alone settles nothing, or None if its payment waits for one.

    What came before decides: nobody guesses of words which part of a payment they are.
    """
    notice, answer = matched_entry.said, matched_entry.answer
    if notice is None or not notice.unnumbered or answer is None:
        return None
    waits = attempt.status in AT_THE_BANK or (attempt.status is TrancheStatus.SETTLED and not attempt.booked)
    if waits and answer.status is BankStatus.SETTLED:
        return None
    kind = ExceptionKind.SECOND_BOOKING if attempt.booked else ExceptionKind.CONTRADICTION
    return Contradiction(kind, f"{answer.money} was booked of a payment that waits for no booking")
