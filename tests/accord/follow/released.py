"""The ledgers that releases left, as their API would give them, and events forged into them by whoever holds keys."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from accord.follow.folder import EventFinding, Replica
from accord.follow.verifier import Verifier
from domain.canonical_json import canonical_json
from domain.partnership.procedure import ACTS
from domain.recorded.proofs import content_of
from domain.recorded.schema import read_event_bytes
from domain.signatures.signing import Statement, content_digest
from ledger import StoredEvent
from ledger.tree import leaf_of
from records.keys.keyring import Keyring

FOLDER = Path(__file__).resolve().parents[2] / "releases"
CASE = "partnership/P-2026-0001"


def keys(release: str = "0.3.0") -> Keyring:
    """The keys of everybody in a release's organisation."""
    return Keyring(FOLDER / release / "keys")


def ledger_of(release: str = "0.3.0") -> list[StoredEvent]:
    """The events of a release's demo. Their metadata were not kept; each was recorded at the time that it says."""
    events, clock = list[StoredEvent](), datetime.fromisoformat("2026-01-01T00:00:00+00:00")
    with gzip.open(FOLDER / release / "events.jsonl.gz", "rt", encoding="utf-8") as lines:
        for fields in map(json.loads, lines):
            said = json.loads(fields["payload"]).get("at")
            clock = max(clock, datetime.fromisoformat(said)) if said else clock
            events.append(stored(fields, clock))
    return events


def stored(fields: Mapping[str, Any], at: datetime) -> StoredEvent:
    """An event with the leaf of its own bytes."""
    event = StoredEvent(
        fields["position"], fields["stream_id"], fields["version"], UUID(fields["event_id"]),
        UUID(fields["command_id"]), fields["event_type"], fields["schema_version"], fields["payload"].encode(), b"{}",
        at, b"",
    )  # fmt: skip
    return event._replace(leaf=leaf_of(event))


def the_case(release: str = "0.3.0") -> list[StoredEvent]:
    """The directory's events, those of one partnership, which is paid, and of files to the bank: soon judged."""
    events = ledger_of(release)
    return [event for event in events if event.stream_id in {"directory", CASE} or "payment-file/" in event.stream_id]


def changed(event: StoredEvent, **content: Any) -> StoredEvent:
    """The event with other content under its old signature, as somebody with the table writes it."""
    payload = canonical_json({**json.loads(event.payload), **content})
    return event._replace(payload=payload)


def signed_again(event: StoredEvent, actor: str, **content: Any) -> StoredEvent:
    """The event as a decision of another person, who holds the key and signs what it says."""
    payload = {**json.loads(event.payload), "actor": actor, **content}
    read: Any = read_event_bytes(event.event_type, event.schema_version, canonical_json(payload))
    before = read.signature.statement
    statement = Statement(
        **before.model_dump(exclude={"act", "actor", "at", "content_sha256"}), act=ACTS[type(read)], actor=actor,
        at=read.at, content_sha256=content_digest(content_of(read, payload)),
    )  # fmt: skip
    payload["signature"] = keys().sign(statement).model_dump(mode="json")
    return event._replace(payload=canonical_json(payload))


def first(events: Iterable[StoredEvent], kind: str) -> StoredEvent:
    """The first event of a type."""
    return next(event for event in events if event.event_type == kind)


def instead(events: list[StoredEvent], event: StoredEvent) -> list[StoredEvent]:
    """The events with another one at its position."""
    return [event if other.position == event.position else other for other in events]


def found_in(events: list[StoredEvent], folder: Path) -> list[EventFinding]:
    """What a follower finds in events."""
    with Replica(folder) as replica:
        return list(Verifier(replica).see(events).findings)
