"""An office as tests of the bank's counter ask of it: its payment files, their signers, and a bank's answers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any, Final

from accord.audit.bank.payment_files import read_payment_file
from accord.client.desk import Desk
from accord.client.waiting.open_exceptions import listed_exceptions
from accord.counter.bank_import import Import, import_file
from accord.counter.hand_over import hand_over
from accord.counter.payment_files import Export, export
from domain.calendars import CALENDAR
from domain.payment.payment_file import FileStatus, PaymentFile
from domain.streams import StreamId
from ledger import clock
from payments.answers.exceptions import RaisedException
from payments.out.files import StoredFile, stored_files
from records.codec import from_ledger
from tests.payments.orders import entry, notification

PAYER: Final = "paul.nkosi"
OTHER: Final = "P-2026-0043"
"""A second partnership, beside `paying.REFERENCE`."""


async def made_file(desk: Desk) -> StoredFile:
    """The one file that is made of everything that waits."""
    exported = await export(desk, PAYER)
    assert len(exported.files) == 1, exported
    (made,) = exported.files
    return made.file


async def handed_over(desk: Desk, folder: Path, actor: str = PAYER) -> StoredFile:
    """The one file of everything that waits, once it left for the bank."""
    file = await made_file(desk)
    assert (await hand_over(desk, file.message_id, actor, folder)).path is not None
    return file


async def files(desk: Desk, *statuses: FileStatus) -> list[StoredFile]:
    async with desk.pool.acquire() as connection:
        return await stored_files(connection, *statuses)


async def signed(desk: Desk, message_id: str) -> PaymentFile:
    """The file as its signed acts tell it."""
    return await read_payment_file(desk.reader, message_id)


async def recorded(desk: Desk, stream: str) -> list[str]:
    """The names of a stream's events."""
    return [from_ledger(one).event.event_type for one in await desk.ledger.read_stream(stream)]


async def recorded_of(desk: Desk, message_id: str) -> list[str]:
    return await recorded(desk, StreamId.payment_file(message_id))


def reasons(made: Export) -> list[tuple[str, int, str]]:
    return [(one.partnership_id, one.tranche, one.reason) for one in made.waiting]


# What a bank says, dated by the day on which the test runs


def booked(end_to_end: str, amount: str = "1000.00", **more: Any) -> str:
    """An entry of today that books a payment."""
    today = f"<Dt>{datetime.now(UTC).date()}</Dt>"
    return entry(end_to_end, amount, **{"booked": today, "value": today, **more})


def told_now(*entries: str, message: str = "BANK-1", **more: Any) -> bytes:
    """A notification of the bank that is dated now."""
    return notification(
        *entries, message=message, **{"made": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}", **more}
    ).encode()


@asynccontextmanager
async def business_days_later(desk: Desk, days: int, less: timedelta = timedelta(0)) -> AsyncIterator[None]:
    """The beginning of the day that is so many business days after today, or a moment before, for people and ledger."""
    today = datetime.combine(datetime.now(UTC).date(), time(), UTC)
    ahead = CALENDAR.after(today, days) - less - datetime.now(UTC)
    ours = "CREATE OR REPLACE FUNCTION ledger.now() RETURNS timestamptz LANGUAGE sql VOLATILE AS $$ SELECT {} $$"
    await desk.pool.execute(ours.format(f"clock_timestamp() + interval '{ahead.total_seconds()} seconds'"))
    try:
        with clock.reading(lambda: datetime.now(UTC) + ahead):
            yield
    finally:
        await desk.pool.execute(ours.format("clock_timestamp()"))


async def imports(desk: Desk, content: bytes | str, name: str = "bank.xml", actor: str = PAYER) -> Import:
    return await import_file(desk, name, content if isinstance(content, bytes) else content.encode(), actor)


async def exceptions_of(desk: Desk, everything: bool = False) -> list[RaisedException]:
    return await listed_exceptions(desk, everything)
