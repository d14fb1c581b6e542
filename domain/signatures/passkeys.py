"""Passkeys: keys that a person's authenticator keeps, and what its assertion must say to prove a statement (WebAuthn).

The authenticator signs a challenge that a page gave it: here the digest of a statement. It shows its owner the relying
party and no more, so an assertion proves that they touched it for this statement, not that they read it (ADR 0048).
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Sequence
from typing import Annotated, Any, Final, Literal, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from domain.fault import Fault
from domain.values import Value, is_none

CHALLENGE: Final = b"accord.passkey.1\0"
"""The bytes before a statement in its challenge: no other page's challenge is ever that of a statement."""

LIST_CHALLENGE: Final = b"accord.passkey.list.1\0"
"""The bytes before the digests of several statements in their one challenge."""

MOST_TOGETHER: Final = 50
"""Statements of one touch."""

PRESENT, VERIFIED, BACKUP_ELIGIBLE = 0x01, 0x04, 0x08
"""Flags of authenticator data: touched, by whoever knows the PIN or is its owner, may leave its device (6.1)."""

_HASH: Final = 32
_HEAD: Final = 37
"""The length of authenticator data without extensions: hash of the relying party, flags and counter (6.1)."""


def _decodes(text: str) -> str:
    if encoded(decoded(text)) != text:
        raise ValueError("it must be base64url without padding")
    return text


def _base64url(longest: int) -> Any:
    pattern = StringConstraints(pattern=r"^[A-Za-z0-9_-]+$", max_length=longest)
    return Annotated[str, pattern, AfterValidator(_decodes)]


def encoded(content: bytes) -> str:
    """Return bytes as base64url without padding (RFC 7515, appendix C)."""
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode("ascii")


def decoded(text: str) -> bytes:
    """Return the bytes of base64url without padding. Raises ValueError if it is none."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


PasskeyId = Annotated[str, StringConstraints(pattern=r"^PK-[A-Z2-7]{16}$")]
ClientData = _base64url(1366)
"""The browser's word on an assertion, exactly as it made it: at most 1,024 bytes of JSON (5.8.1)."""
AuthenticatorData = _base64url(683)
"""The authenticator's word, exactly as it made it: at most 512 bytes (6.1)."""
AssertionSignature = _base64url(120)
"""The 64 bytes of an Ed25519 signature, or an ECDSA signature on P-256 in DER."""


class Making(Value):
    """The words of browser and authenticator at the making of a passkey, exactly as they were."""

    client_data: ClientData  # type: ignore[valid-type]
    attestation: _base64url(10923)  # type: ignore[valid-type]
    """The attestation object: at most 8,192 bytes of CBOR (6.5)."""


class PasskeyKey(Value):
    """The public half of a passkey, and where it is valid: one relying party, and one origin of its pages."""

    passkey: _base64url(200)  # type: ignore[valid-type]
    """The key as DER SubjectPublicKeyInfo (RFC 5280, section 4.1.2.7)."""
    algorithm: Literal["ES256", "EdDSA"]
    credential: _base64url(1366)  # type: ignore[valid-type]
    """The credential's id, by which a page asks for it: at most 1,023 bytes (WebAuthn, section 4)."""
    relying_party: Annotated[str, StringConstraints(pattern=r"^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$")]
    origin: Annotated[str, StringConstraints(pattern=r"^https?://[a-z0-9.-]{1,253}(:[0-9]{1,5})?$")]
    """The origin of the only page whose assertions count."""
    device_bound: bool
    """True if it cannot leave its device, as the authenticator said when it made it."""
    name: Annotated[str, StringConstraints(min_length=1, max_length=60)] = Field(
        description="How its owner tells it from their others"
    )
    made: Making | None = Field(default=None, exclude_if=is_none)
    """Its making, by which its model can be judged, or None if it was entered when no models were listed."""

    @property
    def content(self) -> bytes:
        """The key's bytes, as DER SubjectPublicKeyInfo."""
        return decoded(self.passkey)

    @property
    def key_id(self) -> str:
        """A short identifier derived from the key's bytes."""
        digest = hashlib.sha256(b"accord passkey" + self.content).digest()
        return "PK-" + base64.b32encode(digest).decode("ascii")[:16]

    @model_validator(mode="after")
    def _its_origin_is_of_its_relying_party(self) -> Self:
        scheme, _, rest = self.origin.partition("://")
        host = rest.partition(":")[0]
        if host != self.relying_party and not host.endswith("." + self.relying_party):
            raise ValueError(f"origin: {self.origin} is no page of {self.relying_party}")
        if scheme != "https" and host != "localhost":
            raise ValueError(f"origin: {self.origin} is not served over https; only localhost may be")
        return self


def challenge_of(message: bytes) -> bytes:
    """Return the challenge that an authenticator must sign for a statement with these bytes."""
    return hashlib.sha256(CHALLENGE + message).digest()


def challenge_of_list(digests: Sequence[str]) -> bytes:
    """Return the challenge for several statements together, given the SHA-256 of each in hexadecimal, in order."""
    return hashlib.sha256(LIST_CHALLENGE + b"".join(map(bytes.fromhex, digests))).digest()


def signed_bytes(client_data: str, authenticator_data: str) -> bytes:
    """Return the bytes that an authenticator signs (WebAuthn, section 6.3.3, step 11)."""
    return decoded(authenticator_data) + hashlib.sha256(decoded(client_data)).digest()


def assertion_fault(client_data: str, authenticator_data: str, challenge: bytes, key: PasskeyKey) -> Fault | None:
    """Return the reason why an assertion does not answer a challenge as its key must, or None (WebAuthn, section 7.2).

    The signature counter is not looked at: whether an assertion counts must be the same years later.
    """
    return _client_data_fault(decoded(client_data), challenge, key) or _authenticator_fault(
        decoded(authenticator_data), key
    )


def _client_data_fault(content: bytes, challenge: bytes, key: PasskeyKey) -> Fault | None:
    try:
        said = json.loads(content)
    except (ValueError, RecursionError):  # 1,024 bytes are enough for a thousand brackets
        said = None
    if not isinstance(said, dict):
        return Fault("what the browser said of it cannot be read")
    if said.get("type") != "webauthn.get":
        return Fault("the passkey was asked for something else than an assertion")
    if said.get("challenge") != encoded(challenge):
        return Fault("the passkey was touched for another statement")
    if said.get("origin") != key.origin or said.get("crossOrigin", False) is not False or "topOrigin" in said:
        return Fault(f"the passkey was touched on another page than {key.origin}")
    return None


def _authenticator_fault(content: bytes, key: PasskeyKey) -> Fault | None:
    if len(content) < _HEAD:
        return Fault("what the authenticator said of it cannot be read")
    flags = content[_HASH]
    if content[:_HASH] != hashlib.sha256(key.relying_party.encode("ascii")).digest():
        return Fault(f"the passkey was touched for another party than {key.relying_party}")
    if not flags & PRESENT or not flags & VERIFIED:
        return Fault("the authenticator did not verify who touched it: set a PIN or a fingerprint")
    if bool(flags & BACKUP_ELIGIBLE) == key.device_bound:
        return Fault("the passkey is not the one that was enrolled: whether it may leave its device differs")
    return None
