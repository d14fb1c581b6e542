"""Identifiers derived from business keys, the same on every attempt, replay, reset and failover.

Never from a run, an activity, an attempt of the server's, a clock or chance: each of those pays twice.
"""

from __future__ import annotations

import base64
import hashlib
from typing import Final
from uuid import UUID, uuid5

ACCORD: Final = "accord"
"""The actor of events that follow from rules or time rather than from a person."""
NAMESPACE: Final = UUID("6f1b6a3e-6a0c-5d5e-9d57-0a7c1f7f6b11")
"""Accord's own namespace (RFC 9562, section 5.5). Changing it would change every identifier ever derived."""


def derive(*parts: object) -> UUID:
    """Derive a UUIDv5 from business keys. The unit separator keeps ("a", "bc") apart from ("ab", "c")."""
    return uuid5(NAMESPACE, "\x1f".join(str(part) for part in parts))


def payment_id(partnership_id: str, tranche: int, attempt: int) -> UUID:
    """Return the identity of one business attempt to pay one tranche."""
    return derive("payment", partnership_id, tranche, attempt)


def end_to_end_id(payment: UUID) -> str:
    """Return the EndToEndId that a payment carries to the beneficiary (ISO 20022, at most 35 characters)."""
    return "ACC" + _base32(payment.bytes)[:26]


def message_id(payments: tuple[UUID, ...], void: int = 0) -> str:
    """Return the MsgId of the payment file that holds these payments, in any order.

    `void` is the number of earlier files with these payments that never reached the bank, which refuses a known id.
    """
    content = b"".join(sorted(payment.bytes for payment in payments))
    return "ACCM" + _base32(content + (b"void %d" % void if void else b""))[:26]


def unique_transaction_reference(payment: UUID) -> str:
    """Return the UETR: a digest with the version and variant bits of a UUIDv4, which the schema requires."""
    digest = hashlib.sha256(b"uetr" + payment.bytes).digest()[:16]
    return str(UUID(bytes=digest, version=4))


def _base32(content: bytes) -> str:
    return base64.b32encode(hashlib.sha256(content).digest()).decode("ascii")
