"""Read the file that a browser made with a passkey: the public key in it, and what the authenticator said of it."""

from __future__ import annotations

from typing import Annotated, Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import load_der_public_key
from pydantic import Field, ValidationError

from accord.presentation.faults import BadInput
from accord.presentation.input_files import lines_of
from domain.signatures.attestation import KeyModel, attestation_fault, key_fields, making_fault, model_of, read_making
from domain.signatures.passkeys import Making, PasskeyKey, decoded
from domain.values import StaffId, Value
from records.keys.verification import verified

_NONE: Final = "the file holds no registration of a passkey; make it anew on the page that signs"


class Registration(Value):
    """A browser's submission of a new passkey, in base64url, with its owner's name for it."""

    staff_id: StaffId
    name: Annotated[str, Field(min_length=1, max_length=60)]
    origin: str
    relying_party: str
    client_data: str
    attestation: str


def passkey_of(registration: Registration) -> PasskeyKey:
    """Return the key that a registration holds, with how it was made (WebAuthn, section 7.1).

    Raises:
        BadInput: It is no registration of a passkey, or was made for another person, page or party.
    """
    key = _key(registration)
    assert key.made is not None  # noqa: S101 - `_key` put it there
    if fault := making_fault(registration.staff_id, key, key.made):
        raise BadInput(fault)
    try:
        load_der_public_key(key.content)
    except (UnsupportedAlgorithm, ValueError):
        raise BadInput("the passkey is no point of its curve; make it with another device") from None
    return key


def _key(registration: Registration) -> PasskeyKey:
    try:
        fields = key_fields(read_making(decoded(registration.attestation)))
    except ValueError as fault:
        raise BadInput(f"{_NONE} ({fault})") from None
    making = {"client_data": registration.client_data, "attestation": registration.attestation}
    about = registration.model_dump(include={"name", "origin", "relying_party"})
    try:
        return PasskeyKey.model_validate({**fields, **about, "made": Making.model_validate(making)})
    except ValidationError as fault:
        raise BadInput(lines_of(fault)) from None


def word_on(staff_id: str, key: PasskeyKey, models: tuple[KeyModel, ...]) -> str:
    """Return the source of the word that a passkey is bound to its device, or may leave it."""
    if fault := attestation_fault(staff_id, key, models, verified):
        return f"by its own word: {fault}"
    model = model_of(key.made, models)
    return f"attested as {model.name}" if model is not None else ""
