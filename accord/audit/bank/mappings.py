"""The mappings by which the CSV of an own account's bank is read: the one that stands, and those that wait."""

from __future__ import annotations

from domain.directory.directory import Directory, role_fault
from domain.payment.mapping import Mappings, MappingSigned, mappings_of
from domain.recorded.event import RecordedEvent
from domain.streams import StreamId
from records.authorship import Reader
from records.directory import is_doubted


async def mappings_of_account(reader: Reader, reference: str) -> Mappings:
    """Return the mappings of an account, by the signatures that count."""
    events, times = await reader.read(StreamId.account(reference)), await reader.registrar.directories()
    today = await reader.registrar.directory()
    counting = (event.event for event in events if _counts(event, times.at(event.position), today))
    return mappings_of(event for event in counting if isinstance(event, MappingSigned))


def _counts(recorded_event: RecordedEvent, then: Directory, today: Directory) -> bool:
    """True if an account's event is a mapping of somebody who might sign it, with a key of nobody else."""
    event = recorded_event.event
    if not isinstance(event, MappingSigned) or is_doubted(today, event.signature, recorded_event):
        return False
    day = (recorded_event.recorded_at or event.at).date()
    return not role_fault(then, event.actor, "sign mapping", event.roles, day)
