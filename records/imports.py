"""Partnerships of before, as the ledger holds them: orders that two people signed, and the records that they allow."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from domain.directory.directory import Directory, role_fault
from domain.imported.events import ImportAct, PartnershipImported
from domain.imported.orders import ImportRecord
from domain.imported.standing import ImportStanding, standing_of
from domain.imported.written import EventOfBefore, StandingRecords, WrittenRecord, WrittenRecords
from domain.recorded.event import RecordedEvent
from domain.streams import IMPORT_STREAMS, IMPORTED_STREAMS, StreamId
from domain.values import Moment
from ledger import AppendRequest, StoredEvent
from records.authorship import Reader
from records.codec import event_in
from records.directory import is_doubted


class ImportedRecord(NamedTuple):
    """A partnership of before that stands, with its place in the ledger."""

    record: ImportRecord
    order_sha256: str
    position: int
    recorded_at: Moment


class ImportedPartnerships(NamedTuple):
    """All partnerships of before that stand, by reference."""

    standing: Mapping[str, ImportedRecord]

    def of_source(self, source: str) -> dict[str, ImportRecord]:
        """Return the records of one system of before, by its keys."""
        records = (standing.record for standing in self.standing.values())
        return {record.partnership.key: record for record in records if record.source == source}


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


async def read_allowed(reader: Reader, orders: Iterable[str], upto: int | None = None) -> dict[str, frozenset[str]]:
    """Return the digests of the records that two people signed, by the digest of their order."""
    return {order: (await read_standing(reader, order, upto)).allowed for order in sorted(orders)}


async def read_imported(reader: Reader, upto: int | None = None) -> ImportedPartnerships:
    """Return all partnerships of before that stand. `upto`: as of a position. None is as of now."""
    return await ImportedHistory(reader).read(upto)


class SentEvent(NamedTuple):
    """An event as it was sent to a stream: what is stored like it holds the same record."""

    stream_id: str
    event_type: str
    schema_version: int
    payload: bytes

    @classmethod
    def of(cls, request: AppendRequest) -> SentEvent:
        """Return the event of a request that holds one."""
        (event,) = request.events
        return cls(request.stream_id, event.event_type, event.schema_version, event.payload)


class WrittenHistory:
    """The written records that a process keeps, by their digests, so that each look reads what is new alone.

    Whether they count is asked anew at each look: a signature may have come to count for nothing.
    """

    def __init__(
        self, reader: Reader, hear: Callable[[StoredEvent, PartnershipImported], None] = lambda *_: None
    ) -> None:
        """`hear` is called with each event that is decoded, and again where the ledger was put back."""
        self._ledger = reader.ledger
        self._hear = hear
        self._kept: tuple[WrittenRecords, StoredEvent | None] = WrittenRecords(), None
        """With the newest event of them. It is never changed in place, since several tasks may look at a time."""
        self._sent: Mapping[SentEvent, WrittenRecord] = {}

    def sent(self, records: Mapping[SentEvent, WrittenRecord]) -> None:
        """Keep the records that are sent now: what is read again to the byte need be neither decoded nor digested."""
        self._sent = records

    async def read(self, upto: int | None = None) -> WrittenRecords:
        """Return the written records. `upto`: as of a position, which a history that read nothing yet can tell."""
        written, newest = self._kept
        # The last event that is known comes again, to show that it is there still.
        events = await self._after(newest.position - 1 if newest is not None else 0, upto)
        if newest is not None and events and events[0].leaf == newest.leaf:
            events = events[1:]
        elif newest is not None:  # the database was put back
            written, newest, events = WrittenRecords(), None, await self._after(0, upto)
        written = written.followed_by(map(self._event_of_before, events))
        self._kept = written, events[-1] if events else newest
        return written

    async def _after(self, position: int, upto: int | None) -> list[StoredEvent]:
        events = self._ledger.read_all(IMPORTED_STREAMS, after=position)
        return [event async for event in events if upto is None or event.position <= upto]

    def _event_of_before(self, stored_event: StoredEvent) -> EventOfBefore:
        """Return an event on a stream of before, with its record if that is of the reference of the stream."""
        reference = StreamId(stored_event.stream_id).subject
        place = EventOfBefore(reference, stored_event.position, stored_event.version, None)
        if sent_record := self._sent.get(_as_sent(stored_event)):
            return place._replace(record=sent_record._replace(position=stored_event.position))
        event = event_in(stored_event)
        if not isinstance(event, PartnershipImported) or event.record.reference != reference:
            return place
        self._hear(stored_event, event)
        return place._replace(record=WrittenRecord.of(stored_event.position, event))


def _as_sent(event: StoredEvent) -> SentEvent:
    return SentEvent(event.stream_id, event.event_type, event.schema_version, event.payload)


class ImportedHistory:
    """The partnerships of before that a process keeps, so that each look reads what is new alone."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._written = WrittenHistory(reader, self._keep)
        self._records: dict[int, ImportedRecord] = {}
        """By position, whether they stand or not."""

    def _keep(self, stored_event: StoredEvent, event: PartnershipImported) -> None:
        recorded_at = stored_event.recorded_at or event.at
        self._records[stored_event.position] = ImportedRecord(
            event.record, event.order_sha256, stored_event.position, recorded_at
        )

    async def read(self, upto: int | None = None) -> ImportedPartnerships:
        """Return the standing records. `upto`: as of a position, which a history that read nothing yet can tell."""
        written = await self._written.read(upto)
        standing = StandingRecords(written, await read_allowed(self._reader, written.orders, upto))
        newest = {reference: standing.of(reference) for reference in written.streams}
        return ImportedPartnerships(
            {reference: self._records[record.position] for reference, record in newest.items() if record is not None}
        )


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
