"""Read series of editions from the ledger, and their contents from the table beside it, each against its digest."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import asyncpg
from asyncpg.pool import PoolConnectionProxy

from domain.directory.directory import Directory
from domain.directory.disregarded import Disregarded
from domain.editions.calls import CallForApplications
from domain.editions.content import ContentFault, EditionContent
from domain.editions.events import EditionAsked, EditionConfirmed, EditionEvent
from domain.editions.kinds import EditionKind
from domain.editions.models import BadContent, checked_content, content_of_bytes, digest_of_content
from domain.editions.series import EditionSeries, asked_fault, confirmation_fault, fold
from domain.errors import IllegalTransition
from domain.fault import Fault
from domain.recorded.event import RecordedEvent
from domain.streams import EDITION_STREAMS, StreamId
from records.authorship import Reader
from records.codec import from_ledger
from records.directory import is_doubted
from records.read_models.as_of import LedgerAsOf, events_as_of

Connection = asyncpg.Connection | PoolConnectionProxy


async def keep_content(connection: Connection, content: bytes) -> str:
    """Keep the content of an edition, and return its digest. Kept twice, it is there once."""
    return str(await connection.fetchval("SELECT editions.keep($1)", content))


async def read_content(connection: Connection, sha256: str) -> bytes:
    """Return the content under a digest.

    Raises:
        IllegalTransition: It is not there, or its bytes are not those that were signed.
    """
    content = await connection.fetchval("SELECT content FROM editions.contents WHERE sha256 = $1", sha256)
    if content is None:
        raise IllegalTransition(f"the content {sha256[:16]}… is not in this database; ask for the edition anew")
    if digest_of_content(content) != sha256:
        raise IllegalTransition(
            f"the content {sha256[:16]}… was changed in the database: its digest is another one; restore its bytes"
        )
    return bytes(content)


async def edition_content(connection: Connection, sha256: str) -> EditionContent:
    """Return the edition under a digest. Raises IllegalTransition as `read_content`, or where nobody can read it."""
    try:
        return content_of_bytes(await read_content(connection, sha256))
    except BadContent as fault:
        raise IllegalTransition(f"the content {sha256[:16]}… is no edition: {fault.faults[0]}") from None


class Editions:
    """The editions that an installation has, by what is recorded and counts."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    async def read(self, kind: EditionKind, name: str) -> EditionSeries:
        """Return a series of editions. One that nobody asked for is empty."""
        history = await self._reader.read(StreamId.edition(kind, name))
        return _folded(kind, name, history, await self._reader.registrar.directory())

    async def every(self) -> list[EditionSeries]:
        """Return all series of which something counts, by kind and name."""
        today, histories = await self._reader.registrar.directory(), dict[str, list[RecordedEvent]]()
        for event in await events_as_of(self._reader.ledger, EDITION_STREAMS, LedgerAsOf()):
            histories.setdefault(event.stream_id, []).append(from_ledger(event))
        series = []
        for stream, history in sorted(histories.items()):
            _, kind, name = stream.split("/")
            if kind in [*EditionKind]:
                series.append(_folded(EditionKind(kind), name, history, today))
        return [known_series for known_series in series if known_series.waiting or known_series.confirmed]

    async def content_faults(self, connection: Connection) -> list[str]:
        """Return a line for each confirmed edition whose content is missing, or not what two people signed."""
        faults = []
        for series in await self.every():
            for edition in series.confirmed:
                try:
                    await read_content(connection, edition.sha256)
                except IllegalTransition as fault:
                    faults.append(f"edition {series.kind} {series.name} {edition.edition}: {fault}")
        return faults

    async def fault_of(self, act: EditionEvent, connection: Connection) -> Fault | None:
        """Return the reason why an act on an edition cannot be recorded now, or None."""
        series = await self.read(act.edition_kind, act.name)
        match act:
            case EditionAsked():
                fault = asked_fault(series, act)
            case EditionConfirmed():
                fault = confirmation_fault(series, act)
        return fault or await self._content_fault(act, connection)

    async def _content_fault(self, act: EditionEvent, connection: Connection) -> Fault | None:
        try:
            content = checked_content(await read_content(connection, act.sha256))
        except (BadContent, IllegalTransition) as fault:
            return Fault(str(fault))
        if (content.kind, content.name, content.edition) != (act.edition_kind, act.name, act.edition):
            return Fault(f"the content is {content.kind}/{content.name} {content.edition}, which was not signed for")
        faults = await self.faults_of_references(content)
        return Fault("\n".join(map(str, faults))) if faults else None

    async def faults_of_references(self, content: EditionContent) -> list[ContentFault]:
        """Return the faults of the other editions that a content names: two people must have confirmed each."""
        faults = []
        for place, kind, reference in content.references() if isinstance(content, CallForApplications) else ():
            edition = (await self.read(kind, reference.name)).numbered(reference.edition)
            if edition is None:
                faults.append(ContentFault(place, f"{kind} {reference} is not confirmed; have it confirmed first"))
            elif edition.sha256 != reference.sha256:
                words = f"{kind} {reference} has the digest {edition.sha256}; write that one"
                faults.append(ContentFault((*place, "sha256"), words))
        return faults


def _folded(kind: EditionKind, name: str, history: Sequence[RecordedEvent], today: Directory) -> EditionSeries:
    return fold(kind, name, [_counted(recorded_event, today) for recorded_event in history])


def _counted(recorded_event: RecordedEvent, today: Directory) -> EditionEvent | Disregarded:
    event = recorded_event.event
    if isinstance(event, EditionEvent) and is_doubted(today, event.signature, recorded_event):
        return Disregarded(at=event.at, recorded=event.event_type, reason="its key may have been used by others")
    return cast(EditionEvent | Disregarded, event)
