"""Partnerships that a change of the directory affects, and the signal that has them look again."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

from accord.client.desk import open_temporal
from accord.client.reading import LedgerAccess
from accord.client.sending import Sending
from accord.presentation.faults import Refused, Unreachable
from domain.directory.people import DirectoryFacts, EventSetAside, Fact, KeyRevoked
from domain.streams import PARTNERSHIP_STREAMS, StreamId
from ledger import StoredEvent


async def signal_affected_partnerships(desk: Sending, facts: DirectoryFacts) -> list[str]:
    """Signal the partnerships that a change of the directory affects, and return their ids.

    Affected are those with decisions signed with a key now revoked as compromised, and those stopped by an event now
    set aside. No payment depends on the signal: the pre-payment check reads the directory itself.
    """
    doubtful_ids = [partnership for fact in facts for partnership in await _resting_on(desk, fact)]
    stopped_ids = [partnership for fact in facts for partnership in await _stopped_by(desk, fact)]
    if not (doubtful_ids or stopped_ids):
        return []
    with suppress(Unreachable):
        acting = replace(desk, client=desk.client or await open_temporal())
        for partnership_id in doubtful_ids:
            await acting.tell(StreamId.partnership(partnership_id), "registers_changed", None)
        for partnership_id in stopped_ids:
            await acting.tell(StreamId.partnership(partnership_id), "catch_up", None)
    return [*doubtful_ids, *stopped_ids]


async def _resting_on(desk: Sending, fact: Fact) -> list[str]:
    if not isinstance(fact, KeyRevoked) or fact.compromised_since is None:
        return []
    pattern = {"signature": {"key_id": fact.key_id}}
    streams = await desk.ledger.streams_containing(PARTNERSHIP_STREAMS, pattern)
    return [StreamId(stream).subject for stream in streams]


async def _stopped_by(desk: Sending, fact: Fact) -> list[str]:
    if not isinstance(fact, EventSetAside):
        return []
    stream_id = (await event_at(desk, fact.position)).stream_id
    return [StreamId(stream_id).subject] if stream_id.startswith(PARTNERSHIP_STREAMS) else []


async def event_at(desk: LedgerAccess, position: int) -> StoredEvent:
    """Return the event at a position.

    Raises:
        Refused: The ledger holds no event at that position.
    """
    async with desk.ledger.connection() as connection:
        events = await desk.ledger.read_page(position - 1, 1, connection)
        stored_events = await desk.ledger.opened(events, connection)
    if [event.position for event in stored_events] != [position]:
        raise Refused(f"the ledger holds no event {position}; see `accord ledger status`", "Unknown")
    return stored_events[0]
