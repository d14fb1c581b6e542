"""Payment files that the bank books as a whole: the standing of each payment in them, by what is on record."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal
from typing import Any
from uuid import UUID

from pydantic import ValidationError

from accord.audit.bank.payment_files import read_payment_file
from accord.audit.bank.said_in_files import entries_in
from accord.client.reading import LedgerAccess
from domain.payment.payment_file import FileStatus
from domain.payment.stated.files import FileBooking, FiledStanding
from domain.payment.tranche.evolution import fold_tranche
from domain.payment.tranche.state import Tranche
from domain.payment.tranche.status import AT_THE_BANK, TrancheStatus
from domain.streams import StreamId
from domain.values import Money
from ledger import clock
from payments.answers.bank_files import read_bank_file
from payments.answers.kept_entries import find_entries
from payments.answers.matching.judging import judge_all
from payments.answers.matching.matched import MatchedEntry
from payments.answers.seen_bookings import moved_by
from records.authorship import Reader


async def file_booking(reader: Reader, matched_entry: MatchedEntry) -> FileBooking | None:
    """Return the booking of a whole file as it stands now, or None if its sum cannot be read.

    A file counts as it was signed: with the payments that were handed over in it, and no others.
    """
    money = _booked_money(matched_entry)
    if money is None:
        return None
    file = await read_payment_file(reader, matched_entry.file)
    signed_payments = {str(payment) for payment in file.payments} if file.status is FileStatus.HANDED_OVER else set()
    payments = list[tuple[FiledStanding, Decimal]]()
    for payment_entry in matched_entry.payments:
        if payment_entry.answer is not None:
            is_in_it = (
                payment_entry.entry.about in signed_payments and payment_entry.answer.money.currency == money.currency
            )
            standing = (
                await _standing(reader, payment_entry, matched_entry.file) if is_in_it else FiledStanding.NOT_IN_IT
            )
            payments.append((standing, payment_entry.answer.money.amount))
    missing = len(signed_payments) - len(payments)
    return FileBooking(money, (*payments, *[(FiledStanding.NOT_IN_IT, money.amount)] * max(0, missing)))


async def differences(desk: LedgerAccess, entry_ids: Collection[UUID]) -> dict[UUID, str]:
    """Return the difference between each entry of a statement over a whole file and the payments of that file."""
    apart = dict[UUID, str]()
    async with desk.pool.acquire() as connection:
        digests = {sha256 for entry_id, sha256 in await find_entries(connection) if entry_id in entry_ids}
        for sha256 in sorted(digests if entry_ids else ()):
            file = await read_bank_file(connection, sha256)
            statements = await entries_in(desk.reader, connection, file) if file is not None else []
            for matched_entry in await judge_all(connection, statements, sha256, clock.now()):
                booking = await file_booking(desk.reader, matched_entry) if matched_entry.file else None
                if booking is not None and matched_entry.entry.entry_id in entry_ids:
                    apart[matched_entry.entry.entry_id] = str(booking.fault)
    return apart


def _booked_money(matched_entry: MatchedEntry) -> Money | None:
    statement = matched_entry.said or matched_entry.unclear
    if statement is None:
        return None
    try:
        return Money.model_validate({"amount": -moved_by(statement), "currency": statement.currency})
    except ValidationError:
        return None


async def _standing(reader: Reader, matched_entry: MatchedEntry, message_id: str) -> FiledStanding:
    answer = matched_entry.answer
    assert answer is not None  # noqa: S101 - it is a payment of ours
    stream = StreamId.attempt(answer.partnership_id, answer.tranche, answer.attempt)
    events: list[Any] = [recorded_event.event for recorded_event in await reader.read(stream)]
    attempt = fold_tranche(tuple(events))
    return standing_of(attempt, answer.answer_id, message_id)


def standing_of(attempt: Tranche | None, answer_id: UUID, message_id: str) -> FiledStanding:
    """Return the standing of an attempt to pay towards a booking of a file."""
    if attempt is None or attempt.message_id != message_id:
        return FiledStanding.NOT_IN_IT
    if attempt.booked:
        return FiledStanding.HEARD if answer_id in attempt.answers else FiledStanding.ELSEWHERE
    if attempt.status in {*AT_THE_BANK, TrancheStatus.SETTLED}:
        return FiledStanding.AWAITED
    return FiledStanding.REJECTED if attempt.status is TrancheStatus.REJECTED else FiledStanding.NOT_IN_IT
