"""A maker of security keys in software: its root, its batch certificates, and keys that it vouches for."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, cast
from uuid import UUID

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from fido2.cose import ES256
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData

from domain.signatures.attestation import KeyModel, enrolment_challenge
from domain.signatures.passkeys import BACKUP_ELIGIBLE, PRESENT, VERIFIED, Making, PasskeyKey, encoded
from tests.authenticators.passkeys import Authenticator

MODEL: Final = UUID("2f1c6a1e-9d2b-4f0e-8a77-0123456789ab")
OTHER_MODEL: Final = UUID("11111111-9d2b-4f0e-8a77-0123456789ab")
_IN_CERTIFICATES: Final = x509.ObjectIdentifier("1.3.6.1.4.1.45724.1.1.4")
_SINCE: Final = datetime(2020, 1, 1, tzinfo=UTC)
_ATTESTED: Final = 0x40


@dataclass(frozen=True)
class Issuer:
    """A certificate and its private key."""

    certificate: x509.Certificate
    private: EllipticCurvePrivateKey

    @property
    def der(self) -> bytes:
        """The certificate as DER."""
        return self.certificate.public_bytes(Encoding.DER)


def named(name: str, unit: str) -> x509.Name:
    said = {
        NameOID.COUNTRY_NAME: "SE",
        NameOID.ORGANIZATION_NAME: "Maker AB",
        NameOID.ORGANIZATIONAL_UNIT_NAME: unit,
        NameOID.COMMON_NAME: name,
    }
    return x509.Name([x509.NameAttribute(kind, text) for kind, text in said.items() if text])


def issued(
    name: str,
    by: Issuer | None = None,
    *,
    authority: bool = False,
    model: UUID | None = None,
    unit: str = "",
    critical: bool = False,
    longest: int | None = None,
) -> Issuer:
    """A certificate. `by` None: its own root. `model`: the AAGUID that it attests, if it does."""
    private = generate_private_key(SECP256R1())
    subject = named(name, unit)
    constraints = x509.BasicConstraints(ca=authority, path_length=longest if authority else None)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(by.certificate.subject if by is not None else subject)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(_SINCE)
        .not_valid_after(_SINCE + timedelta(days=1))  # long over: dates are not looked at
        .add_extension(constraints, critical=True)
    )
    if model is not None:
        said = x509.UnrecognizedExtension(_IN_CERTIFICATES, b"\x04\x10" + model.bytes)
        builder = builder.add_extension(said, critical=critical)
    return Issuer(builder.sign(by.private if by is not None else private, SHA256()), private)


def batch(by: Issuer, model: UUID | None = MODEL, **more: Any) -> Issuer:
    """The certificate of a batch of keys of one model."""
    return issued("Maker Batch 7", by, model=model, unit=more.pop("unit", "Authenticator Attestation"), **more)


ROOT: Final = issued("Maker Root", authority=True)
BATCH: Final = batch(ROOT)


def listed(*roots: Issuer, model: UUID = MODEL) -> KeyModel:
    """The model as an organisation lists it."""
    pem = tuple(one.certificate.public_bytes(Encoding.PEM).decode() for one in roots or (ROOT,))
    return KeyModel(aaguid=model, name="Maker Key 5", roots=pem)


def making(
    device: Authenticator,
    owner: str = "ana.silva",
    signer: Issuer | None = BATCH,
    chain: tuple[Issuer, ...] = (),
    model: UUID = MODEL,
    form: str = "packed",
) -> Making:
    """The words of browser and authenticator on a new key. `signer` None: nobody vouches for it."""
    flags = PRESENT | VERIFIED | _ATTESTED | (0 if device.device_bound else BACKUP_ELIGIBLE)
    public = cast(Any, ES256).from_cryptography_key(device.private.public_key())
    held = AttestedCredentialData.create(model.bytes, b"credential-id-16", public)
    about = AuthenticatorData.create(hashlib.sha256(device.party.encode()).digest(), flags, 0, held)
    said = {"type": "webauthn.create", "challenge": encoded(enrolment_challenge(owner)), "origin": device.origin}
    client_data = json.dumps(said).encode()
    statement: dict[str, Any] = {}
    if signer is not None:
        signature = signer.private.sign(bytes(about) + hashlib.sha256(client_data).digest(), ECDSA(SHA256()))
        statement = {"alg": -7, "sig": signature, "x5c": [signer.der, *(one.der for one in chain)]}
    made = AttestationObject.create(form if signer is not None else "none", about, statement)
    return Making(client_data=encoded(client_data), attestation=encoded(bytes(made)))


def key_of(device: Authenticator, **more: Any) -> PasskeyKey:
    """The key as the directory holds it, with how it was made."""
    return device.key.model_copy(update={"credential": encoded(b"credential-id-16"), "made": making(device, **more)})


def base64_of(issuer: Issuer) -> str:
    """A certificate as the directory holds it."""
    return base64.b64encode(issuer.der).decode()
