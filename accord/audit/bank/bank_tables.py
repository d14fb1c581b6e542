"""Compare the tables of exceptions and payment files with their streams. The tables only find what the streams hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final
from uuid import UUID

from accord.audit.bank.payment_files import fold_payment_files
from accord.audit.signed_acts import counted_under
from domain.payment.bank_file import BankException, BankFileEvent, fold_exception
from domain.payment.counter import CounterAct
from domain.payment.payment_file import FileStatus, PaymentFile
from domain.streams import StreamId
from payments import Connection
from payments.answers.exceptions import exception_name
from payments.out.typed_numbers import all_typed_numbers
from records.authorship import Reader
from records.privacy.sealed_texts import ERASED

EXCEPTIONS: Final = "exception/"
"""The prefix of the streams of exceptions."""


async def raised_exceptions(reader: Reader, for_good: tuple[type[CounterAct], ...] = ()) -> dict[UUID, BankException]:
    """Return every exception, folded from the acts on it that count, by its id.

    `for_good`: acts of these types count also if their key was compromised.
    """
    events_by_stream = await counted_under(reader, EXCEPTIONS, BankFileEvent, for_good)
    exceptions = {
        stream: fold_exception(tuple(event for event, _ in events)) for stream, events in events_by_stream.items()
    }
    return {
        UUID(StreamId(stream).subject): exception for stream, exception in exceptions.items() if exception is not None
    }


async def table_faults(reader: Reader, connection: Connection) -> list[str]:
    """Return the differences of the tables of exceptions, payment files and typed numbers from the signed acts."""
    files = {file.message_id: file for file in await fold_payment_files(reader)}
    return [
        *await _faults_of_exceptions(reader, connection),
        *await _faults_of_files(files, connection),
        *await _faults_of_numbers(files, connection),
    ]


async def _faults_of_exceptions(reader: Reader, connection: Connection) -> list[str]:
    exceptions = await raised_exceptions(reader, (CounterAct,))
    query = "SELECT exception_id, kind, partnership, reason, resolved_at FROM payments.exceptions ORDER BY raised_at"
    rows = {row["exception_id"]: row for row in await connection.fetch(query)}
    faults = [
        f"exception {exception_name(exception_id)}: {fault}"
        for exception_id, exception in exceptions.items()
        for fault in _of_exception(rows.get(exception_id), exception)
    ]
    return [*faults, *(f"exception {exception_name(row)}: nobody raised it" for row in rows if row not in exceptions)]


def _of_exception(row: Any, bank_exception: BankException) -> Iterator[str]:
    if row is None:
        yield "it was raised, and its row is missing"
        return
    if row["kind"] != bank_exception.raised.exception.value or row["partnership"] != (
        bank_exception.raised.partnership_id or ""
    ):
        yield "its row names another kind or partnership than was raised"
    if ERASED not in bank_exception.raised.reason and row["reason"] != bank_exception.raised.reason:
        yield "its row gives another reason than was raised"
    if row["resolved_at"] is not None and bank_exception.standing is None:
        yield "its row says that it is resolved, and nobody signed that"
    if row["resolved_at"] is None and bank_exception.standing is not None:
        yield "it is resolved, and its row says that it is not"


async def _faults_of_files(files: Mapping[str, PaymentFile], connection: Connection) -> list[str]:
    rows = {row["message_id"]: row for row in await connection.fetch("SELECT * FROM payments.stored_files()")}
    faults = [
        f"payment file {message_id[:40]}: {fault}"
        for message_id, row in rows.items()
        for fault in _of_file(row, files.get(message_id, PaymentFile(message_id=message_id)))
    ]
    missing = (message_id for message_id, file in files.items() if file.payments and message_id not in rows)
    return [*faults, *(f"payment file {message_id}: it was made, and its row is missing" for message_id in missing)]


def _of_file(row: Any, file: PaymentFile) -> Iterator[str]:
    if not file.payments:
        if row["status"] != FileStatus.VOID.value:  # a void row that nobody signed harms nobody, and stays for good
            yield "nobody signed that it was made"
        return
    if row["status"] != file.status.value:
        yield f"its row says {row['status']}, and by what was signed it is {file.status.value}"
    if not row["sha256"] == row["holds"] == file.sha256:
        yield "its bytes are not those that were signed"
    if set(row["payments"]) != set(file.payments):
        yield "its rows name other payments than were signed"


async def _faults_of_numbers(files: Mapping[str, PaymentFile], connection: Connection) -> list[str]:
    """Return the differences of the table of numbers by which bookings of what was typed are found."""
    lines = await all_typed_numbers(connection)
    signed_numbers = {(message_id, typing.number_key) for message_id, file in files.items() for typing in file.typed}
    faults = (f"{name[:40]}: nobody signed that it was typed as {key}" for name, key in sorted(lines - signed_numbers))
    missing = (
        f"{name}: it was typed as {key}, and its line is missing" for name, key in sorted(signed_numbers - lines)
    )
    return [f"payment file {fault}" for fault in (*faults, *missing)]
