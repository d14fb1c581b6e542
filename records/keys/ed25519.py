"""Verify Ed25519 signatures (RFC 8032) with the library `cryptography`."""

from __future__ import annotations

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from domain.signing import PublicKey


def verified(key: PublicKey, message: bytes, signature: bytes) -> bool:
    """Return whether the key made the signature over the message; False if the key or signature is malformed."""
    try:
        Ed25519PublicKey.from_public_bytes(key.content).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True
