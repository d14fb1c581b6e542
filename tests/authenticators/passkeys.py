"""An authenticator in software: it makes passkeys, and assertions as a browser hands them over (WebAuthn, level 3)."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from domain.signatures.passkeys import (
    BACKUP_ELIGIBLE,
    PRESENT,
    VERIFIED,
    PasskeyKey,
    challenge_of,
    challenge_of_list,
    encoded,
)
from domain.signatures.signing import PasskeySignature, Statement

ORIGIN, PARTY = "https://sign.example.org", "sign.example.org"


@dataclass
class Authenticator:
    """One passkey. `private` is of either algorithm."""

    private: EllipticCurvePrivateKey | Ed25519PrivateKey = field(
        default_factory=lambda: generate_private_key(SECP256R1())
    )
    origin: str = ORIGIN
    party: str = PARTY
    device_bound: bool = True

    @property
    def key(self) -> PasskeyKey:
        """Its public half, as the directory holds it."""
        public = self.private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return PasskeyKey(
            passkey=encoded(public),
            algorithm="EdDSA" if isinstance(self.private, Ed25519PrivateKey) else "ES256",
            credential=encoded(hashlib.sha256(public).digest()),
            relying_party=self.party,
            origin=self.origin,
            device_bound=self.device_bound,
            name="the key in the drawer",
        )

    def sign(self, statement: Statement, **said: Any) -> PasskeySignature:
        """The assertion for a statement. `said` replaces what the browser says, `flags`, `party` and `extra`."""
        flags = said.pop("flags", PRESENT | VERIFIED | (0 if self.device_bound else BACKUP_ELIGIBLE))
        party, extra = said.pop("party", self.party), said.pop("extra", b"")
        challenge = encoded(challenge_of(statement.message()))
        client = {"type": "webauthn.get", "challenge": challenge, "origin": self.origin, "crossOrigin": False} | said
        content = json.dumps({name: one for name, one in client.items() if one is not None}).encode()
        about = hashlib.sha256(party.encode()).digest() + bytes([flags]) + bytes(4) + extra
        return self.assertion(statement, content, about)

    def sign_together(self, *statements: Statement, **said: Any) -> list[PasskeySignature]:
        """The one assertion for several statements, as the signature of each. `said` as above."""
        among = tuple(sorted(one.digest for one in statements))
        said = {"challenge": encoded(challenge_of_list(among))} | said
        first = self.sign(statements[0], **said)
        return [first.model_copy(update={"statement": one, "among": among}) for one in statements]

    def assertion(self, statement: Statement, client_data: bytes, authenticator_data: bytes) -> PasskeySignature:
        """A signature over exactly these bytes."""
        message = authenticator_data + hashlib.sha256(client_data).digest()
        match self.private:
            case Ed25519PrivateKey():
                value = self.private.sign(message)
            case _:
                value = self.private.sign(message, ECDSA(SHA256()))
        return PasskeySignature(
            statement=statement,
            key_id=self.key.key_id,
            client_data=encoded(client_data),
            authenticator_data=encoded(authenticator_data),
            value=encoded(value),
        )
