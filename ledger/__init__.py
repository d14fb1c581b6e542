"""The ledger: an append-only, totally ordered event store in PostgreSQL.

It stores bytes in streams and knows nothing of partnerships. An event's position is its place in the whole ledger,
1 to n without a gap; its version is its place in its own stream. Both are assigned and committed under one lock,
so no event appears later below a position that a reader has already seen.
"""

from ledger.model import (
    AppendReport,
    AppendRequest,
    AppendResult,
    AppendStatus,
    Door,
    KnownNames,
    LedgerUnavailable,
    Movement,
    NewEvent,
    NotAllowed,
    PersonalName,
    ReadablePayload,
    StoredEvent,
    StoredPayload,
)
from ledger.store import Ledger

__all__ = [
    "AppendReport",
    "AppendRequest",
    "AppendResult",
    "AppendStatus",
    "Door",
    "KnownNames",
    "Ledger",
    "LedgerUnavailable",
    "Movement",
    "NewEvent",
    "NotAllowed",
    "PersonalName",
    "ReadablePayload",
    "StoredEvent",
    "StoredPayload",
]
