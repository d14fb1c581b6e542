"""Seal a letter: a PAdES signature by the house's own key, over bytes that nobody changes afterwards.

A seal says that a letter came from the house, and never that anybody decided anything. The key lies in a file that one
process reads (`accord.letters.sealer`).
"""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, pkcs12
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import signers, timestamps
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.validation import SignatureCoverageLevel, async_validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from accord.letters.seal_field import FIELD, with_field
from ledger import clock


class SealRefused(RuntimeError):
    """Nothing was sealed. The message says why, and what to do."""


class HouseKey(NamedTuple):
    """The key of the house, and the certificate that says whose it is."""

    signer: signers.SimpleSigner
    certificate: x509.Certificate
    roots: tuple[x509.Certificate, ...]

    @property
    def name(self) -> str:
        """The name in the certificate."""
        return self.certificate.subject.rfc4514_string()

    @property
    def until(self) -> datetime:
        """The moment until which the certificate holds."""
        return self.certificate.not_valid_after_utc

    def fault(self, at: datetime) -> str:
        """Return the reason why nothing is sealed with it at a moment, or ''."""
        if at < self.certificate.not_valid_before_utc:
            return f"the certificate of {self.name} holds from {self.certificate.not_valid_before_utc:%Y-%m-%d} on"
        if at > self.until:
            return f"the certificate of {self.name} ended on {self.until:%Y-%m-%d}; put a new one into its file"
        return ""


def read_house_key(file: Path, password: bytes) -> HouseKey:
    """Return the key in a PKCS #12 file, with its certificates.

    Raises:
        SealRefused: It cannot be read, or holds no key and certificate.
    """
    try:
        content = file.read_bytes()
        key, certificate, others = pkcs12.load_key_and_certificates(content, password or None)
        signer = signers.SimpleSigner.load_pkcs12_data(content, other_certs=[], passphrase=password or None)
    except (OSError, ValueError) as fault:
        raise SealRefused(f"{file}: no key can be read there ({fault}); make one with `accord letters key`") from None
    if key is None or certificate is None or signer is None:
        raise SealRefused(f"{file}: it holds no key with its certificate; make one with `accord letters key`")
    return HouseKey(signer, certificate, tuple(others) or (certificate,))


async def sealed(pdf: bytes, house: HouseKey, authority: str = "") -> bytes:
    """Return a letter sealed and checked: PAdES B-B or, with a time-stamp authority's address, B-T.

    Raises:
        SealRefused: The certificate does not hold now, the authority does not answer, or the seal does not verify.
    """
    if fault := house.fault(clock.now()):
        raise SealRefused(fault)
    out = BytesIO()
    stamper = timestamps.HTTPTimeStamper(authority, timeout=10) if authority else None
    try:
        await signers.PdfSigner(_metadata(), signer=house.signer, timestamper=stamper).async_sign_pdf(
            with_field(pdf, f"Seal of {house.name}"), output=out
        )
    except Exception as fault:  # whatever the authority answers
        raise SealRefused(f"the letter cannot be sealed ({fault}); nothing was issued") from None
    content = out.getvalue()
    if why := await seal_fault(content, house.roots):
        raise SealRefused(f"the letter was sealed and its seal does not verify: {why}")
    return content


def _metadata() -> signers.PdfSignatureMetadata:
    return signers.PdfSignatureMetadata(field_name=FIELD, subfilter=SigSeedSubFilter.PADES, md_algorithm="sha256")


def is_sealed(pdf: bytes) -> bool:
    """True if a letter bears a seal."""
    return bool(PdfFileReader(BytesIO(pdf), strict=False).embedded_signatures)


async def seal_fault(pdf: bytes, roots: tuple[x509.Certificate, ...]) -> str:
    """Return the reason why a letter's seal does not verify against certificates that are trusted, or ''."""
    try:
        signatures = PdfFileReader(BytesIO(pdf), strict=False).embedded_signatures
        if len(signatures) != 1:
            return f"it bears {len(signatures)} seals, and one is expected"
        status = await async_validate_pdf_signature(signatures[0], _trusting(roots))
    except Exception as fault:  # a file that was changed may break any reader
        return f"it cannot be read ({type(fault).__name__})"
    if not (status.intact and status.valid):
        return "it was changed after it was sealed"
    if not status.trusted:
        return "the certificate that sealed it is none that is trusted here"
    if status.coverage is not SignatureCoverageLevel.ENTIRE_FILE:
        return "something was added to it after it was sealed"
    return ""


def _trusting(roots: tuple[x509.Certificate, ...]) -> ValidationContext:
    return ValidationContext(
        trust_roots=[asn1.Certificate.load(root.public_bytes(Encoding.DER)) for root in roots],
        moment=clock.now(),
        allow_fetching=False,
    )
