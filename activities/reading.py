"""Between the ledger's form of an event and the domain's."""

from __future__ import annotations

from uuid import UUID

from pydantic_core import from_json

from activities.contracts import RecordedEvent
from domain.events import AnyEvent, event_payload, read_event
from domain.personal import HER_OWN, Person, people_in
from ledger import Naming, NewEvent, StoredEvent


def to_ledger(
    events: tuple[AnyEvent, ...], actor: str, command_id: UUID, people: tuple[Person, ...] = ()
) -> tuple[NewEvent, ...]:
    """Return events in the ledger's form, with actor and causation as metadata, and with whom they may name."""
    meta = {"actor": actor, "causation_id": str(command_id)}
    named = [Naming(person.subject, person.name, HER_OWN) for person in dict.fromkeys((*people, *people_in(events)))]
    return tuple(
        NewEvent.of(event.event_type, event.schema_version, event_payload(event), meta, named) for event in events
    )


def from_ledger(stored: StoredEvent) -> RecordedEvent:
    """Return a stored event with its meaning, lifted to the newest schema."""
    event = read_event(stored.event_type, stored.schema_version, from_json(stored.payload))
    return RecordedEvent(
        version=stored.version,
        position=stored.position,
        recorded_at=stored.recorded_at,
        command_id=stored.command_id,
        event=event,
        leaf=stored.leaf.hex(),
    )
