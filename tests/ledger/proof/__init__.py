"""Proof: keys that are always the same, a ledger to prove, and a superuser who cheats."""

from __future__ import annotations

from uuid import UUID

import asyncpg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger import AppendRequest, Ledger, NewEvent
from ledger.proof.notes import COSIGNATURE, SIGNATURE, SigningKey

LOG = SigningKey("ledger.example.org", SIGNATURE, Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
OTHER_LOG = SigningKey("ledger.example.org", SIGNATURE, Ed25519PrivateKey.from_private_bytes(bytes(range(64, 96))))
TREASURER = SigningKey("treasurer.example.org", COSIGNATURE, Ed25519PrivateKey.from_private_bytes(bytes(range(32, 64))))
KNOWN = (LOG.verifier,)


def request(position: int, stream: str | None = None, after: int | None = None) -> AppendRequest:
    """The event that goes to a position, in one of three streams unless it is said which."""
    at = position - 1
    event = NewEvent.of("Noted", 1, {"said": f"it is {position}"}, {"actor": "pia.berg"})
    return AppendRequest(stream or f"note/{at % 3}", UUID(int=position), at // 3 if after is None else after, (event,))


async def record(ledger: Ledger, number: int, after: int = 0) -> None:
    """Record so many events after a position."""
    await ledger.append_many([request(position) for position in range(after + 1, after + number + 1)])


async def behind_our_back(connection: asyncpg.Connection, *queries: str) -> None:
    """Change events as a superuser who lifts the guard and puts it back."""
    async with connection.transaction():
        await connection.execute("ALTER TABLE ledger.events DISABLE TRIGGER events_are_kept")
        for query in queries:
            await connection.execute(query)
        await connection.execute("ALTER TABLE ledger.events ENABLE ALWAYS TRIGGER events_are_kept")


FORGED_LEAF = (
    "UPDATE ledger.events SET leaf = ledger.leaf(position, stream_id, version, event_id, command_id, event_type, "
    "schema_version, payload, meta, recorded_at)"
)
"""Makes every leaf fit what its event holds now, as somebody would who knows how it is made."""
