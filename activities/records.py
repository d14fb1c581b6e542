"""Record what happened: append to the ledger, and say what the stream holds now. Run as local activities."""

from __future__ import annotations

import json
from uuid import UUID

import asyncpg
from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.contracts import AuthorityRequest, Recorded, RecordedEvent, RecordRequest, TrancheEnding
from domain.commands import Authority, Propose
from domain.events import AnyEvent, event_payload, read_event
from domain.people import DIRECTORY_STREAM, Directory, DirectoryEvent, fold_directory
from domain.proposal import Funding
from domain.tranche import TrancheEvent, fold_tranche
from ledger import AppendRequest, AppendStatus, Ledger, NewEvent, StoredEvent


def to_ledger(events: tuple[AnyEvent, ...], actor: str, command_id: UUID) -> tuple[NewEvent, ...]:
    """Return events in the ledger's form, with actor and causation as metadata."""
    meta = {"actor": actor, "causation_id": str(command_id)}
    return tuple(NewEvent.of(event.event_type, event.schema_version, event_payload(event), meta) for event in events)


def from_ledger(stored: StoredEvent) -> RecordedEvent:
    """Return a stored event with its meaning, lifted to the newest schema."""
    event = read_event(stored.event_type, stored.schema_version, json.loads(stored.payload))
    return RecordedEvent(version=stored.version, command_id=stored.command_id, event=event)


async def read_directory(ledger: Ledger, known: Directory | None = None) -> Directory:
    """Return the staff directory as its stream tells it now; only what came after the known one is read."""
    after = known.version if known else 0
    recorded = [from_ledger(stored).event for stored in await ledger.read_stream(DIRECTORY_STREAM, after)]
    return fold_directory((event for event in recorded if isinstance(event, DirectoryEvent)), known)


class Records:
    """Activities over the ledger."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._ledger = Ledger(pool)
        self._directory = Directory()

    @activity.defn
    async def record_events(self, request: RecordRequest) -> Recorded:
        """Append the events of a command, once however often this runs, and return what the stream holds after.

        A retry that computed its events afresh (a lost workflow task asks the registers again) finds what it
        recorded the first time; the workflow evolves from that.
        """
        append = AppendRequest(
            stream_id=request.stream_id,
            command_id=request.command_id,
            expected_version=request.expected_version,
            events=to_ledger(request.events, request.actor, request.command_id),
        )
        answer = await self._ledger.append(append)
        stored = await self._ledger.read_stream(request.stream_id, request.expected_version)
        mine = any(event.command_id == request.command_id for event in stored)
        if answer.status is AppendStatus.KEY_REUSE and not mine:
            raise ApplicationError(
                f"command {request.command_id} was recorded before with other content",
                type=AppendStatus.KEY_REUSE.value,
                non_retryable=True,
            )
        return Recorded(events=tuple(from_ledger(event) for event in stored))

    @activity.defn
    async def look_up_authority(self, request: AuthorityRequest) -> Authority:
        """Return what the directory says of the actor and of the funders a proposal names."""
        directory = self._directory = await read_directory(self._ledger, self._directory)
        member = directory.person(request.command.actor)
        if not isinstance(request.command, Propose):
            return Authority(member=member)
        wanted = request.command.proposal.funder_ids
        known = tuple(funder for name in wanted if (funder := directory.funder(name)) is not None)
        unknown = tuple(name for name in wanted if directory.funder(name) is None)
        return Authority(member=member, funding=Funding(funders=known), unknown_funders=unknown)

    @activity.defn
    async def read_tranche_ending(self, stream_id: str) -> TrancheEnding | None:
        """Return how a tranche ended, or None while it is open."""
        recorded = [from_ledger(stored).event for stored in await self._ledger.read_stream(stream_id)]
        events = tuple(event for event in recorded if isinstance(event, TrancheEvent))
        if not events:
            return None
        tranche = fold_tranche(events)
        if tranche.outcome is None:
            return None
        return TrancheEnding(outcome=tranche.outcome, reason=tranche.reason, at=events[-1].at)
