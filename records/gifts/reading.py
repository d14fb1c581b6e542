"""Read all that a gift's page is made of, as of a signed checkpoint."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import reduce
from typing import Any

from domain.directory.chart import BookBasis
from domain.directory.directory import Directory
from domain.directory.disregarded import Disregarded
from domain.errors import EventUnreadable
from domain.funds import events as f
from domain.funds.claims import fund_of_own_gift
from domain.funds.fund import Fund, evolve
from domain.funds.transfers import waits_for, with_transfers
from domain.partnership.evolution import fold
from domain.partnership.state import Partnership
from domain.streams import StreamId
from ledger import StoredEvent
from ledger.proof.notes import Checkpoint
from ledger.proof.stored_tree import StoredTree
from publishing.cases import Occurrence, case_of
from publishing.gifts.evidence import FundOccurrence, GiftSource, LedgerHead, is_shared
from publishing.gifts.statement import GiftUntraceable
from publishing.gifts.transfers import CountedTransfer, transfers_of
from records.authorship import Reader
from records.books.reading import Books
from records.codec import event_in, from_ledger
from records.funds import counted
from records.read_models.as_of import LedgerAsOf, streams_as_of


async def read_gift(reader: Reader, reference: str, checkpoint: Checkpoint) -> GiftSource:
    """Return the evidence of a gift over the first events of the ledger, as many as a checkpoint holds.

    Raises:
        GiftUntraceable: There is no such gift, or its money goes to no fund.
        EventUnreadable: A stream that it rests on holds an event that nobody can read.
    """
    reading = _Reading(reader, checkpoint.size, (await reader.registrar.directories()).at(checkpoint.size))
    own_history = await reading.history(reference)
    gift = fold(reference, tuple(occurrence.event for occurrence in own_history))
    fund_id = fund_of_own_gift(gift)
    if fund_id is None:
        raise GiftUntraceable(f"{reference} is no gift of money on record by then, so that no fund holds it")
    stored = await reading.stored(StreamId.fund(fund_id))
    fund, transfers = await reading.fund(fund_id, stored)
    uses = () if is_shared(fund, reference) else tuple(fund.claims)
    histories = {reference: own_history} | {use: await reading.history(use) for use in uses}
    head = await reading.head(checkpoint)
    entries = await _entries(reader, checkpoint.size, {*histories})
    cases = {use: case_of(use, histories[use], entries.get(use, ()), head.recorded_at) for use in uses}
    return GiftSource(
        head, gift, reading.funder_name(gift), fund, transfers, tuple(reading.occurrence(event) for event in stored),
        cases, histories, entries, await _leaves(reader, histories, entries),
    )  # fmt: skip


class _Reading:
    """One reading of the ledger up to a size, by the directory there."""

    def __init__(self, reader: Reader, size: int, directory: Directory) -> None:
        self._reader, self._size, self._directory = reader, size, directory

    async def stored(self, stream: str) -> list[StoredEvent]:
        """Return all events of a stream, judged."""
        events = await streams_as_of(self._reader, [stream], LedgerAsOf(position=self._size))
        async with self._reader.ledger.connection() as connection:
            versions = await self._reader.ledger.read_streams([stream], self._size, connection)
        if len(events) != len(versions):
            raise EventUnreadable(f"{stream} holds an event that nobody can read; two guardians judge it first")
        return events

    async def history(self, reference: str) -> tuple[Occurrence, ...]:
        """Return the events of a partnership that count."""
        events = await self.stored(StreamId.partnership(reference))
        return tuple(
            Occurrence(event.position, event.recorded_at, event_in(event)) for event in events if not event.doubt
        )

    async def fund(self, fund_id: str, stored: Iterable[StoredEvent]) -> tuple[Fund, dict[int, CountedTransfer]]:
        """Return a fund with the transfers that count, and what each of them moved."""
        history = self._events(stored)
        fund = reduce(evolve, history, Fund(fund_id))
        other_funds = {
            name: reduce(evolve, self._events(await self.stored(StreamId.fund(name))), Fund(name))
            for name in waits_for(fund, {})
        }
        return with_transfers(fund, other_funds), transfers_of(fund, history, other_funds)

    async def head(self, checkpoint: Checkpoint) -> LedgerHead:
        """Return the place as of which everything is read."""
        newest = await StoredTree(self._reader.ledger).event(checkpoint.size)
        return LedgerHead(checkpoint.origin, checkpoint.size, checkpoint.root.hex(), newest.recorded_at)

    def occurrence(self, event: StoredEvent) -> FundOccurrence:
        """Return an event of a fund with all that its leaf is made of."""
        says = counted(from_ledger(event), self._directory)
        return FundOccurrence(event.position, event.version, says, event.leaf.hex(), whole_of(event))

    def funder_name(self, gift: Partnership) -> str:
        """Return the name of the funder that a gift was given to."""
        terms = gift.proposed.funds_in
        funder = self._directory.funder(terms.funder) if terms is not None else None
        return funder.name if funder is not None else ""

    def _events(self, stored: Iterable[StoredEvent]) -> list[f.AnyFundEvent | Disregarded]:
        return [counted(from_ledger(event), self._directory) for event in stored]


async def _entries(reader: Reader, size: int, references: set[str]) -> dict[str, tuple[Any, ...]]:
    """Return the entries of the book of some partnerships, as their bookings are."""
    entries: dict[str, tuple[Any, ...]] = {}
    for entry in await Books(reader).fold(BookBasis.CASH).read(size):
        if entry.partnership in references and entry.origin.stream.startswith("partnership/"):
            entries[entry.partnership] = (*entries.get(entry.partnership, ()), entry)
    return entries


async def _leaves(
    reader: Reader, histories: Mapping[str, Iterable[Occurrence]], entries: Mapping[str, Iterable[Any]]
) -> dict[int, str]:
    positions = {entry.origin.position for of in entries.values() for entry in of}
    positions |= {
        occurrence.position for of in histories.values() for occurrence in of
        if occurrence.event.event_type == "ReportAccepted"
    }  # fmt: skip
    tree = StoredTree(reader.ledger)
    return {position: (await tree.event(position)).leaf.hex() for position in sorted(positions)}


def whole_of(event: StoredEvent) -> dict[str, Any]:
    """Return the fields that a leaf is made of, the content as it is stored."""
    return {
        "position": event.position, "stream_id": event.stream_id, "version": event.version,
        "event_id": str(event.event_id), "command_id": str(event.command_id), "event_type": event.event_type,
        "schema_version": event.schema_version, "payload": event.payload.decode(), "meta": event.meta.decode(),
        "recorded_at": f"{event.recorded_at.isoformat('T', 'microseconds')[:26]}Z",
    }  # fmt: skip
