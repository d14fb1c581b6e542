"""Partnerships of before, as the ledger holds them: orders that two people signed, and the records that they allow."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from domain.directory.directory import Directory, role_fault
from domain.fault import Fault
from domain.imported.events import ImportAct, PartnershipImported
from domain.imported.orders import ImportRecord
from domain.imported.standing import ImportStanding, record_of, standing_of
from domain.recorded.event import RecordedEvent
from domain.streams import IMPORT_STREAMS, IMPORTED_STREAMS, StreamId
from domain.values import Moment
from ledger import StoredEvent
from records.authorship import Reader
from records.codec import from_ledger
from records.directory import is_doubted


class ImportedRecord(NamedTuple):
    """A partnership of before that stands, with its place in the ledger."""

    record: ImportRecord
    order_sha256: str
    position: int
    recorded_at: Moment


class ImportedPartnerships(NamedTuple):
    """All partnerships of before, by reference, and how many events each stream holds."""

    standing: Mapping[str, ImportedRecord]
    versions: Mapping[str, int]

    def version(self, reference: str) -> int:
        """Return the number of events on a partnership's stream of before."""
        return self.versions.get(reference, 0)

    def has(self, record: ImportRecord) -> bool:
        """True if a record stands as it is."""
        standing = self.standing.get(record.reference)
        return standing is not None and standing.record.sha256 == record.sha256

    def of_source(self, source: str) -> dict[str, ImportRecord]:
        """Return the records of one system of before, by its keys."""
        records = (standing.record for standing in self.standing.values())
        return {record.partnership.key: record for record in records if record.source == source}

    def fault_of(self, records: Iterable[ImportRecord]) -> Fault | None:
        """Return the fault for which one of the records cannot be written now, or None."""
        keys = {
            (standing.record.source, standing.record.partnership.key): standing.record
            for standing in self.standing.values()
        }
        faults = (self._fault(record, keys.get((record.source, record.partnership.key))) for record in records)
        return next(filter(None, faults), None)

    def _fault(self, record: ImportRecord, same_key: ImportRecord | None) -> Fault | None:
        before = self.standing.get(record.reference)
        claim = before.record.partnership.sha256 if before is not None else None
        if record.replaces != claim:
            return Fault(f"{record.reference} was brought in or corrected meanwhile; check the file anew")
        if same_key is not None and same_key.reference != record.reference:
            return Fault(f"{same_key.partnership.key} of {record.source} is here as {same_key.reference} already")
        return None


async def read_standing(reader: Reader, order_sha256: str, upto: int | None = None) -> ImportStanding:
    """Return the standing of an import, by the signatures that count. `upto`: by those up to a position alone."""
    events = [
        event
        for event in await reader.read(StreamId.import_order(order_sha256))
        if upto is None or event.position <= upto
    ]
    times, today = await reader.registrar.directories(), await reader.registrar.directory()
    counting = (event.event for event in events if _counts(event, times.at(event.position), today))
    return standing_of(order_sha256, (act for act in counting if isinstance(act, ImportAct)))


def _counts(recorded_event: RecordedEvent, then: Directory, today: Directory) -> bool:
    """True if an act was its signer's to take, by the directory of then, and its key is not doubted."""
    event = recorded_event.event
    if not isinstance(event, ImportAct) or is_doubted(today, event.signature, recorded_event):
        return False
    day = (recorded_event.recorded_at or event.at).date()
    return role_fault(then, event.actor, event.act.replace("_", " "), event.roles, day) is None


async def read_imported(reader: Reader, upto: int | None = None) -> ImportedPartnerships:
    """Return all partnerships of before, of each the newest record that two people signed.

    `upto`: as of a position. None is as of now.
    A record stands in the stream of its own reference alone. Of one key of a system the reference that came first
    stands: several orders of one row may have been signed before any of them was written.
    """
    return await ImportedHistory(reader).read(upto)


class ImportedHistory:
    """The events on partnerships of before that a process keeps, so that each look reads what is new alone.

    Whether they count is asked anew at each look: a signature may have come to count for nothing.
    """

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._one_at_a_time = asyncio.Lock()
        self._begin()

    def _begin(self) -> None:
        self._newest: StoredEvent | None = None
        self._histories: dict[str, list[_Written]] = {}
        self._versions: Counter[str] = Counter()
        self._digests: dict[str, frozenset[str]] = {}
        self._records: dict[str, tuple[int, ImportedRecord | None]] = {}
        """By reference: the record that stands after so many events, under these digests."""

    async def read(self, upto: int | None = None) -> ImportedPartnerships:
        """Return the standing records. `upto`: as of a position, which a history that read nothing yet can tell."""
        async with self._one_at_a_time:
            if await self._is_of_another_ledger():
                self._begin()
            after = self._newest.position if self._newest is not None else 0
            async for event in self._reader.ledger.read_all(IMPORTED_STREAMS, after=after):
                if upto is not None and event.position > upto:
                    break
                self._take(event)
            return await self._standing(upto)

    async def _is_of_another_ledger(self) -> bool:
        """True if the database was put back, so that the newest event that was read is not in it as it was."""
        if (newest := self._newest) is None:
            return False
        found = [event.leaf async for event in self._reader.ledger.read_between(newest.position - 1, newest.position)]
        return found != [newest.leaf]

    def _take(self, stored_event: StoredEvent) -> None:
        reference = StreamId(stored_event.stream_id).subject
        history = self._histories.setdefault(reference, [])
        history.extend(_imported(reference, [from_ledger(stored_event)]))
        self._versions[reference] += 1
        self._newest = stored_event

    async def _standing(self, upto: int | None) -> ImportedPartnerships:
        orders = {row.event.order_sha256 for history in self._histories.values() for row in history}
        digests = {order: (await read_standing(self._reader, order, upto)).allowed for order in sorted(orders)}
        if digests != self._digests:
            self._digests, self._records = digests, {}
        records = {reference: self._record(reference, history) for reference, history in self._histories.items()}
        standing = {reference: record for reference, record in records.items() if record is not None}
        return ImportedPartnerships(_once(standing), dict(self._versions))

    def _record(self, reference: str, history: list[_Written]) -> ImportedRecord | None:
        """Return the record of a reference that stands. It is found once for a history: to digest one takes long."""
        length, record = self._records.get(reference, (-1, None))
        if length != len(history):
            record = _newest(history, self._digests)
            self._records[reference] = len(history), record
        return record


def _once(records: Mapping[str, ImportedRecord]) -> dict[str, ImportedRecord]:
    """Return the records without those whose key stands under another reference, whose stream began sooner."""
    first: dict[tuple[str, str], str] = {}
    for reference, standing in records.items():
        first.setdefault((standing.record.source, standing.record.partnership.key), reference)
    return {reference: records[reference] for reference in first.values()}


class _Written(NamedTuple):
    position: int
    event: PartnershipImported
    recorded_at: Moment


def _imported(reference: str, history: Iterable[RecordedEvent]) -> list[_Written]:
    return [
        _Written(recorded_event.position, recorded_event.event, recorded_event.recorded_at or recorded_event.event.at)
        for recorded_event in history
        if isinstance(recorded_event.event, PartnershipImported) and recorded_event.event.record.reference == reference
    ]


def _newest(history: list[_Written], digests_by_order: Mapping[str, frozenset[str]]) -> ImportedRecord | None:
    record = record_of((row.event for row in history), lambda order: digests_by_order[order])
    if record is None:
        return None
    newest = next(row for row in reversed(history) if row.event.record is record)
    return ImportedRecord(record, newest.event.order_sha256, newest.position, newest.recorded_at)


async def read_orders(reader: Reader) -> list[tuple[str, ImportStanding]]:
    """Return every import that somebody signed, in the order of the first signatures."""
    signatures = [event async for event in reader.ledger.read_all(IMPORT_STREAMS, event_types=["ImportSigned"])]
    orders = dict.fromkeys(StreamId(event.stream_id).subject for event in signatures)
    return [(order, await read_standing(reader, order)) for order in orders]


class PastSums:
    """The partnerships of before that a process keeps, read on once more of them are brought in."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._history = ImportedHistory(reader)
        self._upto = 0
        self._records: tuple[ImportedRecord, ...] = ()

    async def records(self, before: int | None = None) -> tuple[ImportedRecord, ...]:
        """Return the records that stand, or those of them that were written before a position."""
        if await self._reader.ledger.moved_since(IMPORTED_STREAMS, [PartnershipImported.__name__], self._upto):
            head = await self._reader.ledger.head()
            self._records = tuple((await self._history.read()).standing.values())
            self._upto = head
        return tuple(record for record in self._records if before is None or record.position < before)
