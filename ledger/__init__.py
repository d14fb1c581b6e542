"""The ledger: an append-only, totally ordered event store in PostgreSQL.

It knows bytes and streams, not partnerships. A position is the place of an event in the order of everything,
1 to n without a gap; a version is its place in its own stream. Both are assigned and committed under one lock,
so a reader that has seen position n has seen everything before it.
"""

from ledger.model import (
    AppendRequest,
    AppendResult,
    AppendStatus,
    Door,
    LedgerUnavailable,
    Movement,
    Naming,
    NewEvent,
    NotAllowed,
    StoredEvent,
    StoredPayload,
)
from ledger.store import Ledger

__all__ = [
    "AppendRequest",
    "AppendResult",
    "AppendStatus",
    "Door",
    "Ledger",
    "LedgerUnavailable",
    "Movement",
    "Naming",
    "NewEvent",
    "NotAllowed",
    "StoredEvent",
    "StoredPayload",
]
