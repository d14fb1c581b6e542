"""Find the signer of the event that a receipt proves, from the event and the enrolment that the receipt carries.

Names of people are encrypted in a receipt as they are in the ledger. If an event holds one, its signature is verified,
but its content cannot be compared with what was signed.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from pydantic import ValidationError

from domain.fault import Fault
from domain.identity import ACCORD
from domain.recorded.authorship import BEAR_SIGNATURES, act_of, expected_of
from domain.recorded.schema import read_event
from domain.signatures.signing import AnyKey, Signature, fault_of, key_from, signature_from
from domain.streams import DIRECTORY_STREAM, StreamId
from ledger.model import MARK, StoredEvent
from ledger.store import Ledger
from records.keys.verification import verified

_CHANGES: Final = {"DirectoryFounded", "DirectoryChangeProposed"}


class NotTheirs(ValueError):
    """The event is in the ledger, but the person whom it names did not validly sign it."""


class SignedBy(NamedTuple):
    """The signer of an event."""

    person: str
    key_id: str
    enrolled_at: tuple[int, ...]
    """The positions of the events that enrolled the key: a founding, or a change and its confirmation."""
    words_shown: bool
    """True if the event's content was compared with what was signed, which an encrypted name prevents."""


def signed_by(event: StoredEvent, enrolment: Sequence[StoredEvent]) -> SignedBy | None:
    """Return the signer of an event, or None if it needs no signature because Accord recorded it by itself.

    `enrolment`: the directory's events that enrolled the signer's key.

    Raises:
        NotTheirs: The event names a person, but no enrolled key of theirs signed it.
    """
    payload = json.loads(event.payload)
    if event.event_type not in BEAR_SIGNATURES or payload.get("actor") == ACCORD:
        return None
    signature = _signature(payload)
    actor = payload.get("actor", signature.statement.actor)
    if fault := _fault_of_names(actor, signature, event):
        raise NotTheirs(str(fault))
    key = _enrolled(actor, signature, event, enrolment)
    words = MARK.encode() not in event.payload
    statement = signature.statement.model_copy(update={"shown": None})
    if words:
        expectation = expected_of(_read(event, payload), event.stream_id, payload)
        statement = expectation.within(signature.statement.log) if expectation else statement
    elif fault := _fault_of_kind(event, payload, signature):
        raise NotTheirs(str(fault))
    if fault := fault_of(signature, statement, key, verified):
        raise NotTheirs(str(fault))
    return SignedBy(actor, signature.key_id, tuple(event.position for event in enrolment), words)


def _signature(payload: dict[str, Any]) -> Signature:
    if payload.get("signature") is None:
        raise NotTheirs(f"{payload.get('actor', 'nobody')} did not sign it")
    try:
        return signature_from(payload["signature"])
    except ValidationError:
        raise NotTheirs("the signature in it cannot be read") from None


def _read(event: StoredEvent, payload: dict[str, Any]) -> Any:
    try:
        return read_event(event.event_type, event.schema_version, payload)
    except ValidationError:
        raise NotTheirs("what it says cannot be read") from None


def _fault_of_names(actor: str, signature: Signature, event: StoredEvent) -> Fault | None:
    """Return a fault if a signature's actor, command or subject is not that of the event, or None."""
    if signature.statement.actor != actor:
        return Fault(f"the signature is {signature.statement.actor}'s, not {actor}'s")
    if signature.statement.command_id != event.command_id:
        return Fault(f"the signature in it was given for another command of {actor}'s")
    subject = signature.statement.subject
    is_of_event = subject in {event.stream_id, StreamId(event.stream_id).subject}
    return None if is_of_event else Fault(f"the signature is for {subject}")


def _fault_of_kind(event: StoredEvent, payload: dict[str, Any], signature: Signature) -> Fault | None:
    """Return a fault if a signature is for another kind of decision or another time than the event's, or None."""
    if act_of(event.event_type) not in {signature.statement.act, None}:
        return Fault("the signature is for another kind of decision")
    time_text = payload.get("at")
    is_same_time = time_text is None or datetime.fromisoformat(time_text) == signature.statement.at
    return None if is_same_time else Fault("the signature is for another time")


def _enrolled(actor: str, signature: Signature, event: StoredEvent, enrolment: Sequence[StoredEvent]) -> AnyKey:
    """Return the key that signed an event, which the enrolment shows to be the actor's.

    Raises:
        NotTheirs: The enrolment does not show that.
    """
    for stored_event in enrolment:
        before = stored_event.stream_id == DIRECTORY_STREAM and stored_event.position < event.position
        if (
            key := enrolled_key(stored_event, actor, signature.key_id)
            if before and _in_force(stored_event, enrolment)
            else None
        ):
            return key
    raise NotTheirs(f"the receipt does not show that {signature.key_id} was enrolled as a key of {actor}")


def _in_force(change: StoredEvent, enrolment: Sequence[StoredEvent]) -> bool:
    """True if a change of the directory needed no confirmation, or the enrolment contains its confirmation."""
    if change.event_type != "DirectoryChangeProposed":
        return True
    change_id = json.loads(change.payload)["change_id"]
    return any(_confirms(event, change_id) for event in enrolment)


def _confirms(event: StoredEvent, change_id: str) -> bool:
    return event.event_type == "DirectoryChangeConfirmed" and json.loads(event.payload)["change_id"] == change_id


def enrolled_key(event: StoredEvent, staff_id: str, key_id: str) -> AnyKey | None:
    """Return the person's key with this id if an event of the directory enrols it, else None."""
    payload = json.loads(event.payload)
    facts = payload["changes"] if event.event_type in _CHANGES else [{**payload, "event_type": event.event_type}]
    for fact in facts:
        if fact.get("event_type") == "KeyEnrolled" and fact["staff_id"] == staff_id:
            key = key_from(fact["key"])
            if key.key_id == key_id:
                return key
    return None


async def enrolment_of(ledger: Ledger, position: int) -> list[int]:
    """Return the positions of the directory's events that enrolled the key which signed the event at `position`.

    These are a change and its confirmation, or a single event such as the founding. The list is empty if the event is
    not signed, or if its key was not enrolled before it.
    """
    events = [event async for event in ledger.read_between(position - 1, position)]
    signature = json.loads(events[0].payload).get("signature") if events else None
    if signature is None or events[0].event_type not in BEAR_SIGNATURES:
        return []
    actor, key_id = signature["statement"]["actor"], signature["key_id"]
    directory = [event for event in await ledger.read_stream(DIRECTORY_STREAM) if event.position < position]
    for change in directory:
        if enrolled_key(change, actor, key_id) is None:
            continue
        if change.event_type != "DirectoryChangeProposed":
            return [change.position]
        change_id = json.loads(change.payload)["change_id"]
        if confirmations := [event.position for event in directory if _confirms(event, change_id)]:
            return [change.position, confirmations[0]]
    return []


__all__ = ["NotTheirs", "SignedBy", "enrolled_key", "enrolment_of", "signed_by"]
