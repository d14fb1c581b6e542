"""Convert events between the ledger's form and the domain's."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from pydantic import ValidationError

from domain.canonical_json import canonical_with
from domain.directory.disregarded import Disregarded
from domain.directory.personal import Person, people_in
from domain.errors import EventUnreadable
from domain.recorded.event import RecordedEvent
from domain.recorded.further import form_of
from domain.recorded.schema import AnyEvent, event_payload, parse_json_object, read_event_bytes
from ledger import NewEvent, PersonalName, StoredEvent, StoredPayload

_REMEMBERED: Final = 512
"""Events that a process keeps decoded: those of the partnerships in which something is decided just now."""


def to_ledger(
    events: tuple[AnyEvent, ...], actor: str, command_id: UUID, people: tuple[Person, ...] = ()
) -> tuple[NewEvent, ...]:
    """Return events in the ledger's form, with actor and causation as metadata, and the people they may name."""
    meta, names = _meta(actor, command_id), _names((*people, *people_in(events)))
    return tuple(NewEvent.of(event.event_type, form_of(event), event_payload(event), meta, names) for event in events)


def to_ledger_with(event: AnyEvent, field: str, content: bytes, actor: str, command_id: UUID) -> NewEvent:
    """Return an event in the ledger's form as `to_ledger` does. `content`: a field of it, in canonical JSON already."""
    payload = canonical_with(event.model_dump(mode="json", exclude={"event_type", field}), field, content)
    names = _names(people_in(event))
    return NewEvent.of_canonical(event.event_type, form_of(event), payload, _meta(actor, command_id), names)


def _meta(actor: str, command_id: UUID) -> dict[str, str]:
    return {"actor": actor, "causation_id": str(command_id)}


def _names(people: Iterable[Person]) -> list[PersonalName]:
    return [PersonalName(person.subject, person.name, person.beside) for person in dict.fromkeys(people)]


def from_ledger(stored_event: StoredEvent) -> RecordedEvent:
    """Return a stored event as a domain event, upcast to the newest schema, or as Disregarded.

    Raises:
        EventUnreadable: The stored event cannot be read.
        UpgradeNeeded: A newer release recorded it.
    """
    return RecordedEvent(
        version=stored_event.version,
        position=stored_event.position,
        recorded_at=stored_event.recorded_at,
        command_id=stored_event.command_id,
        event=event_in(stored_event),
        leaf=stored_event.leaf.hex(),
    )


def event_in(stored_event: StoredEvent) -> AnyEvent | Disregarded:
    """Return the domain event that a stored event holds, or Disregarded. Raises as `from_ledger` does."""
    return _disregarded(stored_event) if stored_event.doubt else read_stored(stored_event)


def read_stored(stored_event: StoredEvent | StoredPayload) -> AnyEvent:
    """Return the domain event that a stored event holds. Raises as `from_ledger` does."""
    try:
        return _event_of(stored_event.event_type, stored_event.schema_version, stored_event.payload)
    except ValueError as fault:
        raise EventUnreadable(
            f"event {stored_event.position} of {stored_event.stream_id} cannot be read as {stored_event.event_type}:"
            f" {_first_fault(fault)}. Until two guardians judged it, nothing is decided on it and nothing is paid:"
            f" `accord ledger set-aside {stored_event.position} --as STAFF`"
        ) from None


@lru_cache(_REMEMBERED)
def _event_of(event_type: str, schema_version: int, payload: bytes) -> AnyEvent:
    """Return the event of stored bytes, which each command on its stream reads again."""
    return read_event_bytes(event_type, schema_version, payload)


def content_of(event: StoredEvent) -> dict[str, Any]:
    """Return the fields of a stored event.

    Raises:
        ValueError: The payload is not a JSON object.
    """
    return parse_json_object(event.payload)


def _disregarded(event: StoredEvent) -> Disregarded:
    return Disregarded(at=event.recorded_at, recorded=event.event_type, reason=event.doubt)


def _first_fault(fault: ValueError) -> str:
    """Return the first faulty field and its fault, without its value, which may name people."""
    if isinstance(fault, ValidationError):
        first = fault.errors(include_input=False, include_url=False)[0]
        return f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}"[:200]
    return str(fault)[:200]
