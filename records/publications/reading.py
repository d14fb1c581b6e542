"""Read cases to publish off the ledger: as of two dates, some partnerships at a time."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from domain.books.entries import JournalEntry
from domain.directory.chart import BookBasis
from domain.directory.directory import Directory
from domain.parties import Funder
from domain.streams import PARTNERSHIP_STREAMS, StreamId
from ledger.proof.stored_tree import StoredTree
from publishing.cases import GrantCase, Occurrence, Stand, case_of
from publishing.schedules.past import PastGrant
from records.authorship import Reader
from records.books.reading import Books
from records.codec import event_in
from records.imports import read_imported
from records.read_models.as_of import LedgerAsOf, last_position, streams_as_of

_BEGINS: Final = ("PartnershipProposed",)
_PARTNERSHIPS: Final = 24
"""Partnerships that are folded together: so few that their events are decoded once."""


class PublishedState(NamedTuple):
    """The place in the ledger, and the directory there."""

    position: int
    directory: Directory
    known_at: datetime | None
    """The time that was asked for, or else that of the newest event: with it the same is read again."""


class CasesRead(NamedTuple):
    """A stand with every partnership's case as of it, and the partnerships of before that were brought in by then."""

    stand: Stand
    cases: tuple[GrantCase, ...]
    past: tuple[PastGrant, ...] = ()


async def published_state(reader: Reader, known_at: datetime | None) -> PublishedState:
    """Return the newest position that was on record at a time, or now, and the directory as of it."""
    position = await last_position(reader.ledger, LedgerAsOf(known_at=known_at))
    times = await reader.registrar.directories()
    if known_at is None:
        newest = [event.recorded_at async for event in reader.ledger.read_between(position - 1, position)]
        known_at = next(iter(newest), None)
    return PublishedState(position, times.at(position + 1), known_at)


async def read_cases(
    reader: Reader, position: int, funder: Funder, basis: BookBasis, true_at: datetime, known_at: datetime | None
) -> CasesRead:
    """Return the cases up to a position as they were true at a time, by the book on a basis."""
    [cases_at] = await read_cases_at(reader, position, funder, basis, [true_at], known_at)
    return cases_at


async def read_cases_at(
    reader: Reader, position: int, funder: Funder, basis: BookBasis, times: Sequence[datetime],
    known_at: datetime | None,
) -> list[CasesRead]:  # fmt: skip
    """Return the cases up to a position as they were true at each of some times. Each event is read once for all."""
    fold = Books(reader).fold(basis)
    entries = _by_partnership(await fold.read(position))
    head = await head_at(reader, position)
    cases: dict[datetime, list[GrantCase]] = {true_at: [] for true_at in times}
    async for name, history in histories(reader, position):
        for true_at, cases_at in cases.items():
            case = case_of(name, history, entries.get(name, ()), true_at)
            cases_at += [case] if case is not None else []
    past = await _past(reader, position)
    return [
        CasesRead(
            Stand(funder, true_at.date(), known_at, position, head, len(fold.missing)), tuple(cases[true_at]), past
        )
        for true_at in times
    ]


async def _past(reader: Reader, position: int) -> tuple[PastGrant, ...]:
    standing = (await read_imported(reader, position)).standing
    return tuple(PastGrant(past.record, past.position, past.recorded_at.date()) for past in standing.values())


async def head_at(reader: Reader, position: int) -> str:
    """Return the root of the ledger's tree over all events up to a position, in hexadecimal."""
    return (await StoredTree(reader.ledger).root(position)).hex()


async def histories(reader: Reader, position: int) -> AsyncIterator[tuple[str, list[Occurrence]]]:
    """Yield each partnership with its events up to a position that count."""
    streams = await reader.ledger.moved_since(PARTNERSHIP_STREAMS, _BEGINS, 0)
    for start in range(0, len(streams), _PARTNERSHIPS):
        told = await _told(reader, streams[start : start + _PARTNERSHIPS], position)
        for name, history in told.items():
            yield name, history


async def _told(reader: Reader, streams: Sequence[str], position: int) -> dict[str, list[Occurrence]]:
    """Return the events of some partnerships that count, by partnership."""
    occurrences: dict[str, list[Occurrence]] = {}
    for stored_event in await streams_as_of(reader, streams, LedgerAsOf(position=position)):
        if not stored_event.doubt:
            history = occurrences.setdefault(StreamId(stored_event.stream_id).subject, [])
            history.append(Occurrence(stored_event.position, stored_event.recorded_at, event_in(stored_event)))
    return occurrences


def _by_partnership(entries: Sequence[JournalEntry]) -> dict[str, list[JournalEntry]]:
    by_partnership: dict[str, list[JournalEntry]] = {}
    for entry in entries:
        if entry.origin.stream.startswith(PARTNERSHIP_STREAMS):
            by_partnership.setdefault(entry.partnership, []).append(entry)
    return by_partnership
