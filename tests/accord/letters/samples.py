"""The sample letters of deploy/sample, and what tests make of them."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import page
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12
from cryptography.x509.oid import NameOID

from accord.letters.codes import LetterCode
from accord.letters.invented import invented_facts
from accord.letters.merging import Marking, merged
from accord.letters.rendering import render
from domain.partnership.letter.facts import LetterFacts
from domain.partnership.letter.kinds import LetterKind

FOLDER = Path(__file__).parents[3] / "deploy" / "sample" / "letters"
SAMPLES = sorted(path.stem for path in FOLDER.glob("*.toml"))
CODE = LetterCode("P-2027-0042", "7KQ29FJM00000000")
MARKING = Marking(CODE, "https://grants.example.org")
PASSWORD = b"orchard"
STANDARDS = ("2a", "ua1")


def sample(name: str, **changes: Any) -> Any:
    content = tomllib.loads((FOLDER / f"{name}.toml").read_text("utf-8"))
    return SimpleNamespace(**{**content, **changes})


def facts(name: str, **changes: Any) -> LetterFacts:
    return invented_facts(LetterKind(vars(sample(name))["for"])).model_copy(update=changes)


async def letter(name: str, language: str = "en", **changes: Any) -> bytes:
    content = facts(name, **changes)
    template = sample(name)
    return await render(template.template, merged(template, content, language, MARKING), content.on)


def faults(pdf: bytes) -> list[str]:
    """Return what a validator that is not the maker finds: PDF/A-2a and PDF/UA-1."""
    reports = (page.validate_pdf_bytes(pdf, profile=standard) for standard in STANDARDS)
    return [f"{failure.rule_id}: {failure.message}" for report in reports for failure in report.failures]


def house_file(folder: Path, days: int = 900, name: str = "Orchard Foundation") -> Path:
    """Write a key of the house with a certificate of its own, and return the file."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    subject = x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, name)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1000))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(True, True, False, False, False, True, False, False, False), critical=True)
        .sign(key, hashes.SHA256())
    )
    content = pkcs12.serialize_key_and_certificates(b"house", key, certificate, None, BestAvailableEncryption(PASSWORD))
    file = folder / f"{name}.p12"
    file.write_bytes(content)
    return file
