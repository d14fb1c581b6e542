"""Gather the readings of the four sides. A side that is away is not known, with its reason, and stops no other one."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date
from typing import Final, NamedTuple, TypeVar

import asyncpg
from temporalio.client import Client

from accord.audit.signed_acts import counted_under
from accord.operations.attesting.readers.events import read_events
from accord.operations.attesting.readers.postings import read_postings
from accord.operations.attesting.readers.statements import read_statements
from accord.operations.attesting.readers.workflows import read_workflows
from deploy.database import ServiceUnavailable
from domain.attestation.readings import (
    EventsReading,
    MoneySide,
    NotKnown,
    OwnAccount,
    Readings,
    WorkflowsReading,
)
from domain.attestation.running import open_differences
from domain.payment.bank_file import BankFileImported
from records.authorship import Reader
from records.books.reading import Books

LOOKS: Final = 3
"""How often workflows are looked at before it is said that they differ: a payment begins and ends in two steps."""

_FILES: Final = "bank-file/"

Word = TypeVar("Word")


class Sources(NamedTuple):
    """The sources of the four readers."""

    pool: asyncpg.Pool
    reader: Reader
    books: Books
    connect: Callable[[], Awaitable[Client]]
    """Connects to Temporal, or raises ServiceUnavailable."""
    pause: float = 2.0
    """Seconds before workflows that differ are looked at again."""


async def gather(sources: Sources, day: date, upto: int) -> Readings:
    """Return the word of all sides on the days up to one, with the events up to a position of the ledger."""
    accounts = await _word(MoneySide.EVENTS, _accounts(sources))
    events = await _word(MoneySide.EVENTS, _events(sources, upto))
    funder_accounts = accounts if not isinstance(accounts, NotKnown) else ()
    readings = Readings(
        funder_accounts,
        accounts if isinstance(accounts, NotKnown) else events,
        await _word(MoneySide.POSTINGS, read_postings(sources.books, day, upto)),
        await _word(MoneySide.STATEMENTS, read_statements(sources.pool, _references(funder_accounts, events))),
        await _word(MoneySide.WORKFLOWS, _workflows(sources)),
    )
    return await _looked_again(sources, readings, upto)


async def _looked_again(sources: Sources, readings: Readings, upto: int) -> Readings:
    """Look at workflows and open payments again while they differ: what differs at each look stands."""
    for _ in range(LOOKS - 1):
        if not any(open_differences(readings.events, readings.workflows)):
            break
        await asyncio.sleep(sources.pause)
        events = await _word(MoneySide.EVENTS, _events(sources, upto))
        readings = readings._replace(events=events, workflows=await _word(MoneySide.WORKFLOWS, _workflows(sources)))
    return readings


async def _events(sources: Sources, upto: int) -> EventsReading:
    """Return the word of the events, in which an import vouches for its file if a person signed it.

    The reader of events verifies no signature. So whoever stole the importer's login could vouch for a file of theirs.
    """
    reading = await read_events(sources.pool, upto)
    imports = await counted_under(sources.reader, _FILES, BankFileImported, (BankFileImported,))
    digests = {act.sha256 for stream, acts in imports.items() for act, _ in acts if stream == f"{_FILES}{act.sha256}"}
    return reading._replace(file_digests=reading.file_digests & digests)


async def _accounts(sources: Sources) -> tuple[OwnAccount, ...]:
    funders = (await sources.reader.registrar.directory()).funders
    return tuple(OwnAccount(funder.funder_id, funder.account) for funder in funders)


def _references(accounts: tuple[OwnAccount, ...], events: EventsReading | NotKnown) -> list[str]:
    """Return the accounts of today, and those that payments were ordered from."""
    bookings = () if isinstance(events, NotKnown) else events.bookings
    return sorted({account.reference for account in accounts} | {booking.account for booking in bookings} - {""})


async def _workflows(sources: Sources) -> WorkflowsReading:
    return await read_workflows(await sources.connect())


async def _word(side: MoneySide, reading: Awaitable[Word]) -> Word | NotKnown:
    """Return the reading of a side, or the reason why there is none."""
    try:
        return await reading
    except ServiceUnavailable as fault:
        return NotKnown(side, str(fault))
    except Exception as fault:
        return NotKnown(side, f"it could not be read ({type(fault).__name__}); try again, and see the log")
