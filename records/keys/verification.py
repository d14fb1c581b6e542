"""Verify signatures of key files and passkeys with the library `cryptography`."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from domain.signatures.attestation import Vouched
from domain.signatures.passkeys import PasskeyKey
from domain.signatures.signing import AnyKey
from records.keys.attesting import vouched

_REMEMBERED: Final = 4096
"""The verdicts that a process keeps: each gate, and each reader of a stream, asks about the same signatures."""


def verified(key: AnyKey | Vouched, message: bytes, signature: bytes) -> bool:
    """True if the key made the signature over the message, and False if the key or signature is malformed."""
    if isinstance(key, Vouched):
        return vouched(key, message, signature)
    return _is_made_by(key, message, signature)


@lru_cache(_REMEMBERED)
def _is_made_by(key: AnyKey, message: bytes, signature: bytes) -> bool:
    try:
        _verify(key, message, signature)
    except (InvalidSignature, UnsupportedAlgorithm, ValueError):
        return False
    return True


def _verify(key: AnyKey, message: bytes, signature: bytes) -> None:
    if not isinstance(key, PasskeyKey):
        return Ed25519PublicKey.from_public_bytes(key.content).verify(signature, message)
    match key.algorithm, load_der_public_key(key.content):
        case "ES256", EllipticCurvePublicKey(curve=SECP256R1()) as public:
            return public.verify(signature, message, ECDSA(SHA256()))
        case "EdDSA", Ed25519PublicKey() as public:
            return public.verify(signature, message)
        case _:
            raise InvalidSignature
