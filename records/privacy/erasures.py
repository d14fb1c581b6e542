"""Read the erasures that two guardians signed, to judge events with names that cannot be read any more."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from asyncpg.pool import PoolConnectionProxy

from domain.directory.erasures import ErasureApproval, Erasures, EventWorth
from domain.directory.personal import ErasureApproved, approval_fault
from domain.streams import PRIVACY_STREAM
from ledger import Ledger, StoredEvent, StoredPayload
from records.directory import readable
from records.directory_stream import Directories
from records.keys.verification import verified


async def read_erasures(ledger: Ledger, times: Directories, connection: PoolConnectionProxy | None = None) -> Erasures:
    """Return the erasures whose approvals were proved where they stand: with the guardian's key, role and epoch then.

    A key that is revoked for cause later takes nothing away: a list counts only as far as two guardians agree on it.
    """
    return Erasures(_valid(await ledger.read_stream(PRIVACY_STREAM, connection=connection), times))


def _valid(events: Iterable[StoredEvent], times: Directories) -> Iterator[ErasureApproval]:
    for recorded_event in readable(events):
        event = recorded_event.event
        if not isinstance(event, ErasureApproved):
            continue
        is_same_command = event.signature.statement.command_id == recorded_event.command_id
        if is_same_command and not approval_fault(event, times.at(recorded_event.position), verified):
            yield ErasureApproval(recorded_event.position, event)


def standing_of(stored_event: StoredEvent | StoredPayload, erasures: Erasures) -> EventWorth:
    """Return the standing of an event with texts on some people that could not be read."""
    return erasures.standing(stored_event.position, stored_event.leaf.hex(), stored_event.blanked)
