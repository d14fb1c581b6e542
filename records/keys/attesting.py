"""Verify the maker of a model of security key, by its certificates, with the library `cryptography`."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509 import (
    BasicConstraints,
    Certificate,
    DuplicateExtension,
    Extension,
    ExtensionNotFound,
    InvalidVersion,
    KeyUsage,
    Name,
    ObjectIdentifier,
    UnrecognizedExtension,
    UnsupportedGeneralNameType,
    Version,
    load_der_x509_certificate,
)
from cryptography.x509.oid import NameOID

from domain.fault import Fault
from domain.signatures.attestation import KeyModel, Vouched

_AAGUID: Final = ObjectIdentifier("1.3.6.1.4.1.45724.1.1.4")
_OCTETS: Final = b"\x04\x10"
"""The bytes before 16 bytes in a DER OCTET STRING: the extension's value holds one."""
_RUBBISH: Final = (
    DuplicateExtension, ExtensionNotFound, InvalidSignature, InvalidVersion, TypeError, UnsupportedAlgorithm,
    UnsupportedGeneralNameType, ValueError,
)  # fmt: skip
"""The library's errors on certificates that are none, or not as they must be."""


@lru_cache(maxsize=256)
def vouched(key: Vouched, message: bytes, signature: bytes) -> bool:
    """True if a certificate of the model made a signature, and a root of the model vouches for the certificate.

    The dates of certificates are not looked at: whether a key counts must be the same years later.
    """
    try:
        chain = [load_der_x509_certificate(certificate) for certificate in key.chain]
        roots = [load_der_x509_certificate(base64.b64decode(root)) for root in key.roots]
        if not _is_of_model(chain[0], key) or not _leads_to(chain, roots):
            return False
        public = chain[0].public_key()
        if not isinstance(public, EllipticCurvePublicKey) or not isinstance(public.curve, SECP256R1):
            return False
        public.verify(signature, message, ECDSA(SHA256()))
    except _RUBBISH:
        return False
    return True


def certificate_fault(models: Iterable[KeyModel]) -> Fault | None:
    """Return the first root among those of models that is no certificate, in words, or None."""
    for model in models:
        for number, root in enumerate(model.roots, 1):
            try:
                load_der_x509_certificate(base64.b64decode(root))
            except _RUBBISH:
                return Fault(
                    f"rules.models: root {number} of {model.name} is no X.509 certificate; give it as its maker does"
                )
    return None


def _is_of_model(certificate: Certificate, key: Vouched) -> bool:
    """True if a certificate attests this model (WebAuthn, section 8.2.1).

    It must name the model, although the standard asks for that only where a root vouches for several models.
    """
    model_extension = certificate.extensions.get_extension_for_oid(_AAGUID)
    return (
        certificate.version is Version.v3
        and _text(certificate.subject, NameOID.ORGANIZATIONAL_UNIT_NAME) == "Authenticator Attestation"
        and len(_text(certificate.subject, NameOID.COUNTRY_NAME)) == 2
        and _text(certificate.subject, NameOID.ORGANIZATION_NAME) != ""
        and _text(certificate.subject, NameOID.COMMON_NAME) != ""
        and not certificate.extensions.get_extension_for_class(BasicConstraints).value.ca
        and not model_extension.critical
        and isinstance(model_extension.value, UnrecognizedExtension)
        and model_extension.value.value == _OCTETS + key.aaguid.bytes
    )


def _text(name: Name, heading: ObjectIdentifier) -> str:
    """Return a name's text under one heading, or '' if there is none or more than one."""
    attributes = name.get_attributes_for_oid(heading)
    return str(attributes[0].value) if len(attributes) == 1 else ""


def _leads_to(chain: list[Certificate], roots: list[Certificate]) -> bool:
    """True if each certificate is issued by the next, until one is a root or issued by one (RFC 5280, 6.1)."""
    for below, certificate in enumerate(chain):
        if any(_unread(extension) for extension in certificate.extensions):
            return False
        if certificate in roots or any(_issued(certificate, root, below) for root in roots):
            return True
        if below + 1 == len(chain) or not _issued(certificate, chain[below + 1], below):
            return False
    return False


def _unread(extension: Extension) -> bool:  # type: ignore[type-arg]
    """True if a certificate must not count without something that is not looked at here (RFC 5280, 4.2)."""
    return extension.critical and not isinstance(extension.value, BasicConstraints | KeyUsage)


def _issued(certificate: Certificate, issuer: Certificate, below: int) -> bool:
    """True if an authority issued a certificate. `below`: the number of authorities between it and the key."""
    if certificate.issuer != issuer.subject or not _may_issue(issuer, below):
        return False
    try:
        certificate.verify_directly_issued_by(issuer)
    except InvalidSignature:
        return False
    return True


def _may_issue(issuer: Certificate, below: int) -> bool:
    try:
        limits = issuer.extensions.get_extension_for_class(BasicConstraints).value
    except ExtensionNotFound:
        return False
    if not limits.ca or (limits.path_length is not None and below > limits.path_length):
        return False
    try:
        return issuer.extensions.get_extension_for_class(KeyUsage).value.key_cert_sign
    except ExtensionNotFound:
        return True
