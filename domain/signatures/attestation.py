"""The making of a passkey: its authenticator's word on it, and its maker's on its model.

It reads bytes and compares them. The caller's `Verifier` verifies the signatures. Only the form `packed` with
certificates is looked at (WebAuthn, section 8.2): that is what security keys give.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable
from io import BytesIO
from typing import Annotated, Any, Final, NamedTuple
from uuid import UUID

from cbor2 import CBORDecoder, CBORError
from pydantic import BeforeValidator, Field, StringConstraints

from domain.fault import Fault
from domain.signatures.passkeys import BACKUP_ELIGIBLE, PRESENT, VERIFIED, Making, PasskeyKey, decoded, encoded
from domain.values import OneLine, Printable, Value

ENROLMENT: Final = b"accord.enrolment.1\0"
ATTESTED, EXTENDED = 0x40, 0x80
"""Flags of authenticator data: it holds a key, it holds extensions (6.1)."""

_STRICT: Final[dict[str, Any]] = {"max_depth": 4, "allow_indefinite": False, "allow_duplicate_keys": False}
"""The limits of an authenticator's CBOR: nested four deep (CTAP 2.1, section 8), of known lengths, each name once."""
_P256: Final = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d03010703420004")
_ED25519: Final = bytes.fromhex("302a300506032b6570032100")
"""The bytes before the point in a DER SubjectPublicKeyInfo (RFC 5480, section 2, RFC 8410, section 4)."""


def _without_armour(text: object) -> object:
    lines = text.splitlines() if isinstance(text, str) else ()
    return "".join(line.strip() for line in lines if "-----" not in line) if lines else text


Certificate = Annotated[
    str, BeforeValidator(_without_armour), StringConstraints(pattern=r"^MI[A-Za-z0-9+/]{100,5460}={0,2}$")
]
"""An X.509 certificate as DER in base64. PEM is read too."""


class KeyModel(Value):
    """A model of security key that the organisation lists, and the certificates with which its maker vouches for it."""

    aaguid: UUID
    name: Annotated[str, StringConstraints(min_length=1, max_length=80), Printable, OneLine]
    roots: Annotated[tuple[Certificate, ...], Field(min_length=1, max_length=8)]

    @property
    def fingerprints(self) -> tuple[str, ...]:
        """The SHA-256 of each root, by which guardians compare it with what the maker publishes."""
        return tuple(hashlib.sha256(base64.b64decode(root)).hexdigest() for root in self.roots)


class Vouched(Value):
    """The key of an attestation certificate. It counts if a root vouches for the certificate as one of this model."""

    aaguid: UUID
    chain: tuple[bytes, ...]
    """The certificate, then those that lead from it to a root, as DER."""
    roots: tuple[str, ...]


VouchedVerifier = Callable[[Vouched, bytes, bytes], bool]


class Made(NamedTuple):
    """A passkey as its authenticator described it."""

    form: str
    statement: dict[Any, Any]
    content: bytes
    """The authenticator data, which is what is signed."""
    party: bytes
    flags: int
    aaguid: UUID
    credential: bytes
    algorithm: str
    public: bytes
    """The key as DER SubjectPublicKeyInfo."""


def _item(content: BytesIO) -> Any:
    """Return the next item of CBOR. Raises ValueError if there is none that an authenticator would write."""
    try:
        item = CBORDecoder(content, **_STRICT).decode()
        plain = _is_plain(item)
    except (CBORError, RecursionError) as fault:  # a list that is said to hold itself
        raise ValueError(str(fault)) from None
    if not plain:
        raise ValueError("no authenticator writes that")
    return item


def _is_plain(item: Any) -> bool:
    """True if an item is of whole numbers, texts, bytes, truths, lists of them, and maps by number or text."""
    match item:
        case dict():
            return all(type(name) in (int, str) and _is_plain(value) for name, value in item.items())
        case list():
            return all(map(_is_plain, item))
        case _:
            return isinstance(item, int | str | bytes)


def _take(content: BytesIO, number: int) -> bytes:
    """Return the next bytes. Raises ValueError if there are fewer."""
    if len(taken := content.read(number)) < number:
        raise ValueError("it ends too early")
    return taken


def read_making(attestation: bytes) -> Made:
    """Return the content of an attestation object (WebAuthn, sections 6.1 and 6.5). Raises ValueError if it is none."""
    reader = BytesIO(attestation)
    match _item(reader):
        case {"fmt": str(form), "attStmt": dict(statement), "authData": bytes(content)} if not reader.read():
            return _made(form, statement, content)
        case _:
            raise ValueError("it is no attestation object")


def _made(form: str, statement: dict[Any, Any], content: bytes) -> Made:
    about = BytesIO(content)
    party, flags, _counter = _take(about, 32), _take(about, 1)[0], _take(about, 4)
    if not flags & ATTESTED:
        raise ValueError("it holds no key")
    aaguid, credential = UUID(bytes=_take(about, 16)), _take(about, int.from_bytes(_take(about, 2), "big"))
    algorithm, public = _public(_item(about))
    if flags & EXTENDED:
        _item(about)
    if about.read():
        raise ValueError("something follows the authenticator data")
    return Made(form, statement, content, party, flags, aaguid, credential, algorithm, public)


def _public(key: object) -> tuple[str, bytes]:
    """Return a COSE key's algorithm, and the key as DER (RFC 9053, sections 2.1, 2.2 and 7.1)."""
    match key:
        case {1: 2, 3: -7, -1: 1, -2: bytes(x), -3: bytes(y)} if len(x) == len(y) == 32:
            return "ES256", _P256 + x + y
        case {1: 1, 3: -8, -1: 6, -2: bytes(x)} if len(x) == 32:
            return "EdDSA", _ED25519 + x
        case _:
            raise ValueError("the passkey's algorithm is neither ES256 nor EdDSA; make it with another device")


def enrolment_challenge(staff_id: str) -> bytes:
    """Return the challenge under which a person makes a passkey, so that nobody enters it for another person."""
    return hashlib.sha256(ENROLMENT + staff_id.encode()).digest()


def key_fields(made: Made) -> dict[str, object]:
    """Return the fields of a passkey that follow from what its authenticator said."""
    return {
        "passkey": encoded(made.public),
        "algorithm": made.algorithm,
        "credential": encoded(made.credential),
        "device_bound": not made.flags & BACKUP_ELIGIBLE,
    }


def making_fault(staff_id: str, key: PasskeyKey, making: Making) -> Fault | None:
    """Return the reason why a passkey was not made by this person, on its page, as the directory has it, or None.

    `making` is `key.made`.
    """
    try:
        made, said = read_making(decoded(making.attestation)), json.loads(decoded(making.client_data))
    except (ValueError, RecursionError):
        return Fault(f"what is recorded of the making of {key.key_id} cannot be read")
    if not isinstance(said, dict) or said.get("type") != "webauthn.create":
        return Fault(f"what is recorded of {key.key_id} is not the making of a passkey")
    if said.get("challenge") != encoded(enrolment_challenge(staff_id)):
        return Fault(f"{key.key_id} was not made for {staff_id}; let them make it themselves")
    if said.get("origin") != key.origin or said.get("crossOrigin", False) is not False or "topOrigin" in said:
        return Fault(f"{key.key_id} was made on another page than {key.origin}")
    if made.party != hashlib.sha256(key.relying_party.encode()).digest():
        return Fault(f"{key.key_id} was made for another party than {key.relying_party}")
    if not made.flags & PRESENT or not made.flags & VERIFIED:
        return Fault("the authenticator did not verify its owner: set a PIN or a fingerprint, and make it anew")
    if any(getattr(key, name) != value for name, value in key_fields(made).items()):
        return Fault(f"{key.key_id} is not the key that was made, or not as it was made")
    return None


def model_of(making: Making | None, models: tuple[KeyModel, ...]) -> KeyModel | None:
    """Return the listed model that a passkey says it is, or None if it names another one, or none."""
    if making is None:
        return None
    said = read_making(decoded(making.attestation)).aaguid
    return next((model for model in models if model.aaguid == said), None)


def model_fault(making: Making, model: KeyModel, verifier: VouchedVerifier) -> Fault | None:
    """Return the reason why the maker of a model does not vouch for a passkey that says it is one, or None."""
    made = read_making(decoded(making.attestation))
    match made.form, made.statement:
        case "packed", {"alg": -7, "sig": bytes(signature), "x5c": [bytes(), *_] as chain} if len(chain) <= 4:
            if any(not isinstance(certificate, bytes) for certificate in chain):
                return Fault(f"its attestation as {model.name} cannot be read")
            key = Vouched(aaguid=model.aaguid, chain=tuple(chain), roots=model.roots)
            message = made.content + hashlib.sha256(decoded(making.client_data)).digest()
            known = verifier(key, message, signature)
            return None if known else Fault(f"no root that is listed for {model.name} vouches for it")
        case "packed", {"sig": bytes()} if "x5c" not in made.statement:
            return Fault(f"it says that it is a {model.name}, and vouches for that itself")
        case "none", _:
            return Fault(
                f"it says that it is a {model.name}, and nobody vouches for it: let the page see the key's model"
            )
        case form, _:
            return Fault(
                f"its attestation as {model.name}, of the form {form}, is none that is looked at: packed, with ES256"
            )


def enrolment_fault(
    staff_id: str, key: PasskeyKey, models: tuple[KeyModel, ...], verifier: VouchedVerifier
) -> Fault | None:
    """Return the reason why a passkey is not entered, or None. Without a list of models nothing is asked of it."""
    if key.made is None:
        return Fault(f"it is not said how {key.key_id} was made; let its owner make it anew") if models else None
    if fault := making_fault(staff_id, key, key.made):
        return fault
    model = model_of(key.made, models)
    fault = model_fault(key.made, model, verifier) if model else None
    return Fault(f"passkey {key.key_id} is not entered: {fault}") if fault else None


def attestation_fault(
    staff_id: str, key: PasskeyKey, models: tuple[KeyModel, ...], verifier: VouchedVerifier
) -> Fault | None:
    """Return the reason why nobody but the passkey itself says that it is of a listed model, or None.

    How it was made is looked at anew: before the directory is sealed, nobody looks.
    """
    if key.made is None:
        return Fault("it is not said how it was made")
    if fault := making_fault(staff_id, key, key.made):
        return fault
    model = model_of(key.made, models)
    return model_fault(key.made, model, verifier) if model else Fault("it is of no model that the organisation lists")
