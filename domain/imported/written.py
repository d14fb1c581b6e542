"""Records as they were written, by their digests: which stands under a reference, and where a key stands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from domain.fault import Fault
from domain.imported.events import PartnershipImported
from domain.imported.orders import CanonicalRecord, ImportRecord


class KeyOfSystem(NamedTuple):
    """A key, and the system of before in which it names a partnership."""

    source: str
    key: str

    @classmethod
    def of(cls, record: ImportRecord) -> KeyOfSystem:
        """Return the key of a record."""
        return cls(record.source, record.partnership.key)


class WrittenRecord(NamedTuple):
    """A record that was written: its place in the ledger, and everything on which it depends whether it stands."""

    position: int
    order_sha256: str
    sha256: str
    claim_sha256: str
    replaces: str | None
    key: KeyOfSystem

    @classmethod
    def of(cls, position: int, event: PartnershipImported, canonical: CanonicalRecord | None = None) -> WrittenRecord:
        """Return the record of an event. `canonical`: the record's digests, where they were computed before."""
        _, sha256, claim_sha256 = canonical or event.record.canonical
        key = KeyOfSystem.of(event.record)
        return cls(position, event.order_sha256, sha256, claim_sha256, event.record.replaces, key)


class EventOfBefore(NamedTuple):
    """An event on the stream of a reference. `record`: None if it brings nothing in, or another reference."""

    reference: str
    position: int
    version: int
    record: WrittenRecord | None


class WrittenStream(NamedTuple):
    """The stream of a reference: where it began, its number of events, and the records of this reference on it."""

    began: int
    version: int = 0
    records: tuple[WrittenRecord, ...] = ()


_NOTHING = WrittenStream(0)


class WrittenRecords(NamedTuple):
    """The records that were written up to a position, by reference in the order in which their streams began."""

    streams: Mapping[str, WrittenStream] = {}
    keys: Mapping[KeyOfSystem, tuple[str, ...]] = {}
    """The references under which each key was ever written, whether it stands there or not."""

    def followed_by(self, events: Iterable[EventOfBefore]) -> WrittenRecords:
        """Return the records after further events, in the order of their positions."""
        streams, keys = dict(self.streams), dict(self.keys)
        for event in events:
            stream = streams.get(event.reference, WrittenStream(event.position))
            records = stream.records
            if (record := event.record) is not None:
                records = (*records, record)
                keys[record.key] = tuple(dict.fromkeys((*keys.get(record.key, ()), event.reference)))
            streams[event.reference] = WrittenStream(stream.began, event.version, records)
        return WrittenRecords(streams, keys)

    def version(self, reference: str) -> int:
        """Return the number of events on the stream of a reference."""
        return self.streams.get(reference, _NOTHING).version

    def rows(self, reference: str) -> tuple[WrittenRecord, ...]:
        """Return the records that were written on the stream of a reference, whether they stand or not."""
        return self.streams.get(reference, _NOTHING).records

    @property
    def orders(self) -> frozenset[str]:
        """All orders, by digest, that brought something in."""
        return frozenset(row.order_sha256 for stream in self.streams.values() for row in stream.records)

    def orders_about(self, records: Iterable[ImportRecord]) -> frozenset[str]:
        """Return the orders, by digest, on which it depends what stands under the references and keys of records."""
        references = {
            reference
            for record in records
            for reference in (record.reference, *self.keys.get(KeyOfSystem.of(record), ()))
        }
        # Of a record that stands, its key may stand elsewhere: who else wrote that key counts as well.
        others = {other for reference in references for other in self._sharing(reference)}
        return frozenset(row.order_sha256 for reference in references | others for row in self.rows(reference))

    def _sharing(self, reference: str) -> Iterator[str]:
        return (other for row in self.rows(reference) for other in self.keys[row.key])


class StandingRecords(NamedTuple):
    """The written records that count: those that two people signed.

    A record stands in the stream of its own reference alone. Of one key of a system the reference that came first
    stands: several orders of one row may have been signed before any of them was written.
    """

    written: WrittenRecords
    allowed: Mapping[str, frozenset[str]]
    """The digests of the records that each order allows, by the order's digest."""

    def of(self, reference: str) -> WrittenRecord | None:
        """Return the record that stands under a reference, or None."""
        record = self._newest(reference)
        return record if record is not None and self.holder(record.key) == reference else None

    def holder(self, key: KeyOfSystem) -> str | None:
        """Return the reference under which a key stands, or None."""
        references = [
            reference
            for reference in self.written.keys.get(key, ())
            if (record := self._newest(reference)) is not None and record.key == key
        ]
        return min(references, key=lambda reference: self.written.streams[reference].began, default=None)

    def fault_of(self, record: ImportRecord) -> Fault | None:
        """Return the fault for which a record cannot be written now, or None."""
        before = self.of(record.reference)
        if record.replaces != (before.claim_sha256 if before is not None else None):
            return Fault(f"{record.reference} was brought in or corrected meanwhile; check the file anew")
        key = KeyOfSystem.of(record)
        if (holder := self.holder(key)) is not None and holder != record.reference:
            return Fault(f"{key.key} of {key.source} is here as {holder} already")
        return None

    def _newest(self, reference: str) -> WrittenRecord | None:
        """Return the newest record of a reference that two people signed. A correction replaces what stood before."""
        standing: WrittenRecord | None = None
        for record in self.written.rows(reference):
            before = standing.claim_sha256 if standing is not None else None
            if record.sha256 in self.allowed[record.order_sha256] and record.replaces == before:
                standing = record
        return standing
