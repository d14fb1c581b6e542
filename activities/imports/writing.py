"""Write the records of an import that two people signed. Run as a local activity, a part of the order at a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import asyncpg
from temporalio import activity

from activities.contracts import ActAnswer, ImportPart, Refusal
from domain.errors import DomainError, EpochNotBegun, IllegalTransition, NotSigned, Stopped
from domain.identity import ACCORD, derive
from domain.imported.events import PartnershipImported
from domain.imported.orders import CanonicalRecord, ImportRecord
from domain.imported.written import StandingRecords, WrittenRecord, WrittenRecords
from domain.recorded.writers import Writer
from domain.streams import StreamId
from ledger import AppendRequest, AppendStatus, clock
from records.authorship import Reader
from records.codec import to_ledger_with
from records.directory import DirectoryRepository
from records.forms import require_open
from records.imports import SentEvent, WrittenHistory, read_allowed, read_standing
from records.opening import open_ledger


class _Signed(NamedTuple):
    """A record of a part, and its canonical JSON with its digest, which is among those that two people signed."""

    record: ImportRecord
    canonical: CanonicalRecord


class Imports:
    """Activities over partnerships of before Accord."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool
        self._ledger = open_ledger(pool, Writer.WORKER)
        self._registrar = DirectoryRepository(self._ledger)
        self._reader = Reader(self._ledger, self._registrar)
        self._written = WrittenHistory(self._reader)

    @activity.defn
    async def write_records(self, part: ImportPart) -> ActAnswer:
        """Write the records of a part that are not written yet, each once however often this runs, or refuse all."""
        try:
            await self._write(part)
        except Stopped:
            raise
        except DomainError as fault:
            return ActAnswer(refusal=Refusal(kind=type(fault).__name__, reason=str(fault)))
        return ActAnswer()

    async def _write(self, part: ImportPart) -> None:
        if fault := await self._registrar.fault_of_installation():
            raise EpochNotBegun(str(fault))
        allowed = (await read_standing(self._reader, part.order_sha256)).allowed
        signed = [_Signed(record, record.canonical) for record in part.records]
        if unsigned := [record.reference for record, canonical in signed if canonical.sha256 not in allowed]:
            raise NotSigned(
                f"{unsigned[0]}: two people did not sign this record of import {part.order_sha256[:12]}; "
                "check the file anew, and have two sign what it says now"
            )
        await self._append(part, allowed, signed)

    async def _append(self, part: ImportPart, allowed: frozenset[str], signed: Sequence[_Signed]) -> None:
        """Append the records that do not stand yet. One import is written at a time, so nothing comes between."""
        written, order = await self._written.read(), part.order_sha256
        others = written.orders_about(part.records) - {order}
        standing = StandingRecords(written, {**await read_allowed(self._reader, others), order: allowed})
        waiting = [row for row in signed if not _stands(standing, row)]
        await self._require_free([record for record, _ in waiting], standing)
        await self._send(order, waiting, written)

    async def _require_free(self, records: Sequence[ImportRecord], standing: StandingRecords) -> None:
        """Raise IllegalTransition for a reference or a key in use, and for a correction of what is no more."""
        streams = [StreamId.partnership(record.reference) for record in records if record.replaces is None]
        async with self._pool.acquire() as connection:
            versions = await self._ledger.versions(streams, connection)
        if proposed := [stream for stream in streams if versions[stream]]:
            reference = proposed[0].subject
            raise IllegalTransition(f"{reference} was proposed meanwhile; check the file anew, for another")
        if fault := next(filter(None, map(standing.fault_of, records)), None):
            raise IllegalTransition(str(fault))

    async def _send(self, order_sha256: str, waiting: Sequence[_Signed], written: WrittenRecords) -> None:
        """Append records of an order in one statement."""
        events = [PartnershipImported(at=clock.now(), order_sha256=order_sha256, record=row.record) for row in waiting]
        await require_open(self._pool, events)
        rows = list(zip(events, waiting, strict=True))
        requests = [_request(event, row, written.version(row.record.reference)) for event, row in rows]
        records = [WrittenRecord.of(0, event, row.canonical) for event, row in rows]
        self._written.sent(dict(zip(map(SentEvent.of, requests), records, strict=True)))
        answers = await self._ledger.append_many(requests)
        if any(answer.status is AppendStatus.CONFLICT for answer in answers):
            raise IllegalTransition("another import wrote some of these partnerships meanwhile; apply it again")


def _stands(standing: StandingRecords, row: _Signed) -> bool:
    record = standing.of(row.record.reference)
    return record is not None and record.sha256 == row.canonical.sha256


def _request(event: PartnershipImported, row: _Signed, version: int) -> AppendRequest:
    command_id = derive("import", event.order_sha256, row.canonical.sha256)
    stream = StreamId.imported(event.record.reference)
    stored_event = to_ledger_with(event, "record", row.canonical.content, ACCORD, command_id)
    return AppendRequest(stream, command_id, version, (stored_event,))
