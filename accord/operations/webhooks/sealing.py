"""Secrets of endpoints at rest: AES-256-GCM under a key of the ring of payloads, bound to their endpoint."""

from __future__ import annotations

import secrets
from typing import Final, NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from accord.operations.webhooks.signing import digest_of
from deploy.payloads.keys import PayloadKey, PayloadKeys

_NONCE: Final = 12


class SecretUnreadable(RuntimeError):
    """The secret of an endpoint cannot be opened. The message is one line, with the remedy."""


class SealedSecret(NamedTuple):
    """A secret as it is kept, with the key of the ring under which it is sealed."""

    key_id: str
    content: bytes


def seal(keys: PayloadKeys, secret: str) -> SealedSecret:
    """Return a secret, sealed under the key that writes."""
    nonce = secrets.token_bytes(_NONCE)
    content = nonce + _cipher(keys.writes).encrypt(nonce, secret.encode(), digest_of(secret).encode())
    return SealedSecret(keys.writes.key_id, content)


def unseal(keys: PayloadKeys, sha256: str, sealed_secret: SealedSecret) -> str:
    """Return the secret of an endpoint, which is known by the digest of it.

    Raises:
        SecretUnreadable: Its key is not in the ring, or what is kept is not the secret that was enrolled.
    """
    key = keys.find(sealed_secret.key_id)
    if key is None:
        raise SecretUnreadable(
            f"its secret is sealed by key {sealed_secret.key_id}, which the ring lacks; put that back, or enrol it anew"
        )
    try:
        content = sealed_secret.content
        secret = _cipher(key).decrypt(content[:_NONCE], content[_NONCE:], sha256.encode()).decode()
    except (InvalidTag, ValueError):
        secret = ""
    if digest_of(secret) != sha256:
        raise SecretUnreadable("its secret is not the one that was enrolled; revoke it, and enrol it anew")
    return secret


def _cipher(key: PayloadKey) -> AESGCM:
    """Return the cipher for secrets of webhooks alone (RFC 5869)."""
    return AESGCM(HKDF(SHA256(), 32, None, b"accord webhook secret").derive(key.secret))
