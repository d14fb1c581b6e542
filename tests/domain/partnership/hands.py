"""The hands that sign in the specifications: real Ed25519 keys, the same in every run, one for each name."""

from __future__ import annotations

import base64
import hashlib

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from domain.signatures.signing import FileSignature, PublicKey, Signature, Statement


def _private(name: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(hashlib.sha256(name.encode()).digest())


def key_of(name: str) -> PublicKey:
    """The public key of a name. A second key of the same person is that of another name."""
    raw = _private(name).public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return PublicKey(ed25519=base64.b64encode(raw).decode("ascii"))


def signature_on(statement: Statement, key: str = "") -> Signature:
    """The statement, signed by its actor, or with the key of another name."""
    name = key or statement.actor
    value = base64.b64encode(_private(name).sign(statement.message())).decode("ascii")
    return FileSignature(statement=statement, key_id=key_of(name).key_id, value=value)
