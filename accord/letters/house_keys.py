"""A new key of the house, with a certificate of its own."""

from __future__ import annotations

from datetime import timedelta
from typing import Final, NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, pkcs12
from cryptography.x509.oid import NameOID

from ledger import clock

_YEARS: Final = 3
_USAGE: Final = x509.KeyUsage(
    digital_signature=True, content_commitment=True, key_encipherment=False, data_encipherment=False,
    key_agreement=False, key_cert_sign=True, crl_sign=False, encipher_only=False, decipher_only=False,
)  # fmt: skip


class NewHouseKey(NamedTuple):
    """A key of the house that was just made."""

    file: bytes
    """The content of its PKCS #12 file."""
    certificate: str
    """Its certificate in PEM, which is for everybody."""


def new_house_key(name: str, passphrase: bytes) -> NewHouseKey:
    """Return a new key of an organisation, by its legal name, under a passphrase."""
    private_key, now = ec.generate_private_key(ec.SECP256R1()), clock.now()
    subject = x509.Name(
        [x509.NameAttribute(NameOID.ORGANIZATION_NAME, name), x509.NameAttribute(NameOID.COMMON_NAME, name)]
    )
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject).issuer_name(subject).public_key(private_key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5)).not_valid_after(now + timedelta(days=365 * _YEARS))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_USAGE, critical=True)
        .sign(private_key, hashes.SHA256())
    )  # fmt: skip
    encryption = BestAvailableEncryption(passphrase)
    file = pkcs12.serialize_key_and_certificates(b"house", private_key, certificate, None, encryption)
    return NewHouseKey(file, certificate.public_bytes(Encoding.PEM).decode())
