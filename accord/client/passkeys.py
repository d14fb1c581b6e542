"""Read the file that a browser made with a passkey: the public key in it, and what the authenticator said of it."""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Mapping
from typing import Annotated, Any, Final

from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePublicKey,
    EllipticCurvePublicNumbers,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from fido2.webauthn import AttestationObject, AuthenticatorData
from pydantic import Field

from accord.client.faults import BadInput
from domain.passkeys import BACKUP_ELIGIBLE, PRESENT, VERIFIED, PasskeyKey, decoded, encoded
from domain.values import StaffId, Value

ENROLMENT: Final = b"accord.enrolment.1\0"
_ALGORITHM, _CURVE, _X, _Y = 3, -1, -2, -3
"""Labels in a COSE key (RFC 9052, section 7.1; RFC 9053, section 7.1)."""
_RUBBISH: Final = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError, struct.error)
"""What the library's reader of CBOR raises on bytes that are none."""


class Registration(Value):
    """What a browser hands over of a new passkey, in base64url, and what its owner calls it."""

    staff_id: StaffId
    name: Annotated[str, Field(min_length=1, max_length=60)]
    origin: str
    relying_party: str
    client_data: str
    attestation: str


def enrolment_challenge(staff_id: str) -> bytes:
    """Return the challenge under which a person makes a passkey, so that nobody enters it for another person."""
    return hashlib.sha256(ENROLMENT + staff_id.encode()).digest()


def passkey_of(made: Registration) -> PasskeyKey:
    """Return the key that a registration holds (WebAuthn, section 7.1). The model of the device is not attested.

    Raises:
        BadInput: It is no registration of a passkey, or was made for another person, page or party.
    """
    try:
        said: Any = json.loads(decoded(made.client_data))
        about = AttestationObject(decoded(made.attestation)).auth_data
    except _RUBBISH:
        raise BadInput("the file holds no registration of a passkey; make it anew on the page that signs") from None
    if fault := _client_fault(said, made) or _authenticator_fault(about, made):
        raise BadInput(fault)
    return _key(about, made)


def _client_fault(said: Any, made: Registration) -> str:
    if not isinstance(said, dict) or said.get("type") != "webauthn.create":
        return "client_data: it is not of the making of a passkey"
    if said.get("challenge") != encoded(enrolment_challenge(made.staff_id)):
        return f"staff_id: the passkey was not made for {made.staff_id}; let them make it themselves"
    if said.get("origin") != made.origin or said.get("crossOrigin", False) is not False:
        return f"origin: the passkey was made on another page than {made.origin}"
    return ""


def _authenticator_fault(about: AuthenticatorData, made: Registration) -> str:
    if about.rp_id_hash != hashlib.sha256(made.relying_party.encode()).digest():
        return f"relying_party: the passkey was made for another party than {made.relying_party}"
    if not about.flags & PRESENT or not about.flags & VERIFIED:
        return "the authenticator did not verify its owner: set a PIN or a fingerprint, and make it anew"
    return "" if about.credential_data is not None else "attestation: it holds no key"


def _key(about: AuthenticatorData, made: Registration) -> PasskeyKey:
    held = about.credential_data
    assert held is not None  # noqa: S101 - `_authenticator_fault` asked
    algorithm, public = _public(held.public_key)
    return PasskeyKey.model_validate(
        {
            "passkey": encoded(public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)),
            "algorithm": algorithm,
            "credential": encoded(held.credential_id),
            "relying_party": made.relying_party,
            "origin": made.origin,
            "device_bound": not about.flags & BACKUP_ELIGIBLE,
            "name": made.name,
        }
    )


def _public(key: Mapping[int, Any]) -> tuple[str, EllipticCurvePublicKey | Ed25519PublicKey]:
    """Return a COSE key's algorithm and the key (RFC 9053, sections 2.1, 2.2 and 7.1).

    Raises:
        BadInput: It is neither ES256 on P-256 nor EdDSA on Ed25519.
    """
    try:
        match key[_ALGORITHM], key[_CURVE]:
            case -7, 1:
                x, y = int.from_bytes(key[_X], "big"), int.from_bytes(key[_Y], "big")
                return "ES256", EllipticCurvePublicNumbers(x, y, SECP256R1()).public_key()
            case -8, 6:
                return "EdDSA", Ed25519PublicKey.from_public_bytes(key[_X])
            case _:
                pass
    except (KeyError, TypeError, ValueError):
        pass
    raise BadInput("the passkey's algorithm is neither ES256 nor EdDSA; make it with another device")
