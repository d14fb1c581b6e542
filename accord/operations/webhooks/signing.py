"""The signature of what is posted, by which a receiver knows who posted it, and when (standardwebhooks.com)."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from secrets import token_bytes

from standardwebhooks import Webhook

from ledger import clock

PREFIX = "whsec_"
"""The beginning of a secret as Standard Webhooks writes it."""


def new_signing_secret() -> str:
    """Return a new secret of 256 bits, as Standard Webhooks writes it."""
    return PREFIX + b64encode(token_bytes(32)).decode()


def digest_of(secret: str) -> str:
    """Return the digest by which a secret is on record. It tells nothing of it."""
    return hashlib.sha256(secret.encode()).hexdigest()


def signed_headers(secret: str, message_id: str, body: bytes) -> dict[str, str]:
    """Return the headers with the id of a message, the present time, and the signature over both and the body."""
    now = clock.now()
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(secret).sign(message_id, now, body.decode()),
    }
