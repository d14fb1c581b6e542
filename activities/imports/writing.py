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
from domain.imported.orders import ImportRecord
from domain.recorded.writers import Writer
from domain.streams import StreamId
from ledger import AppendRequest, AppendStatus, clock
from records.authorship import Reader
from records.codec import to_ledger
from records.directory import DirectoryRepository
from records.forms import require_open
from records.imports import ImportedHistory, ImportedPartnerships, read_standing
from records.opening import open_ledger


class _Place(NamedTuple):
    """A record that is to be written, its digest, and the version at which its stream is."""

    record: ImportRecord
    sha256: str
    version: int


class Imports:
    """Activities over partnerships of before Accord."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool
        self._ledger = open_ledger(pool, Writer.WORKER)
        self._registrar = DirectoryRepository(self._ledger)
        self._reader = Reader(self._ledger, self._registrar)
        self._history = ImportedHistory(self._reader)

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
        standing = await read_standing(self._reader, part.order_sha256)
        records = [(record, record.sha256) for record in part.records]
        if unsigned := [record.reference for record, digest in records if digest not in standing.allowed]:
            raise NotSigned(
                f"{unsigned[0]}: two people did not sign this record of import {part.order_sha256[:12]}; "
                "check the file anew, and have two sign what it says now"
            )
        await self._append(part, await self._places(records))

    async def _places(self, records: Sequence[tuple[ImportRecord, str]]) -> list[_Place]:
        """Return the records, each with its digest, that are not written yet.

        One import is written at a time, so nothing comes between.
        """
        standing = await self._history.read()
        streams = [StreamId.partnership(record.reference) for record, _ in records]
        async with self._pool.acquire() as connection:
            proposed = await self._ledger.versions(streams, connection)
        places = [
            _Place(record, digest, standing.version(record.reference))
            for record, digest in records
            if not standing.has(record)
        ]
        taken_streams = frozenset(stream for stream, version in proposed.items() if version)
        _require_free([place.record for place in places], standing, taken_streams)
        return places

    async def _append(self, part: ImportPart, places: Sequence[_Place]) -> None:
        requests = [_request(part.order_sha256, place) for place in places]
        await require_open(self._pool, tuple(_event(part.order_sha256, place.record) for place in places))
        answers = await self._ledger.append_many(requests)
        if any(answer.status is AppendStatus.CONFLICT for answer in answers):
            raise IllegalTransition("another import wrote some of these partnerships meanwhile; apply it again")


def _require_free(records: Sequence[ImportRecord], standing: ImportedPartnerships, proposed: frozenset[str]) -> None:
    """Raise IllegalTransition for a reference or a key that is in use, and for a correction of what is no more."""
    for record in records:
        if record.replaces is None and StreamId.partnership(record.reference) in proposed:
            raise IllegalTransition(f"{record.reference} was proposed meanwhile; check the file anew, for another")
    if fault := standing.fault_of(records):
        raise IllegalTransition(str(fault))


def _request(order_sha256: str, place: _Place) -> AppendRequest:
    record, command_id = place.record, derive("import", order_sha256, place.sha256)
    event = _event(order_sha256, record)
    stream = StreamId.imported(record.reference)
    return AppendRequest(stream, command_id, place.version, to_ledger((event,), ACCORD, command_id))


def _event(order_sha256: str, record: ImportRecord) -> PartnershipImported:
    return PartnershipImported(at=clock.now(), order_sha256=order_sha256, record=record)
