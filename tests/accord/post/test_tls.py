"""Beyond this machine nothing goes out but over TLS, by a certificate that is checked: no secret, no mail."""

from __future__ import annotations

import ssl
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Final

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from accord.post.sending import ServerAway, session
from accord.post.settings import MailServer, MailSettings, server_at
from deploy.logins import SecretUnusable
from ledger import clock
from tests.accord.post.servers import rogue

BEYOND: Final = "127.0.0.2"
"""An address that the product takes for another machine's."""


def certificate(folder: Path, host: str = BEYOND) -> tuple[Path, ssl.SSLContext]:
    """A certificate that vouches for itself, and a server's context with it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail.test")])
    now = clock.now()
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(host))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    public, private = folder / "mail.pem", folder / "mail.key"
    public.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(public, private)
    return public, context


async def test_a_server_elsewhere_without_tls_hears_no_secret_and_no_mail() -> None:
    async with rogue(host=BEYOND) as server:
        with pytest.raises(ServerAway):
            async with session(MailServer(BEYOND, server.port, implicit_tls=False, user="accord", secret="hunter2")):
                pass
        assert {*server.heard} <= {"EHLO", "HELO", "QUIT"}


async def test_a_certificate_that_nobody_vouches_for_is_refused(tmp_path: Path) -> None:
    _, context = certificate(tmp_path)
    async with rogue(host=BEYOND, tls=context) as server:
        with pytest.raises(ServerAway, match="cannot be used"):
            async with session(MailServer(BEYOND, server.port, implicit_tls=True)):
                pass
        assert server.heard == []


@pytest.mark.parametrize(("host", "taken"), [(BEYOND, True), ("127.0.0.3", False)])
async def test_a_certificate_is_of_the_very_host(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, host: str, taken: bool
) -> None:
    public, context = certificate(tmp_path, host)
    monkeypatch.setenv("SSL_CERT_FILE", str(public))
    async with rogue(host=BEYOND, tls=context) as server:
        try:
            async with session(MailServer(BEYOND, server.port, implicit_tls=True)) as opened:
                await opened.address("grants@funder.test", "jane@riverbend.test")
                await opened.content(b"Subject: x\r\n\r\ny\r\n")
        except ServerAway:
            pass
        assert server.contents == taken


def test_the_secret_of_a_user_is_read_from_a_file_that_nobody_else_reads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ACCORD_SECRETS", str(tmp_path))
    with pytest.raises(SecretUnusable):
        server_at("smtps://accord@mail.test")
    (tmp_path / "smtp").write_text("hunter2\n")
    (tmp_path / "smtp").chmod(0o600)
    assert server_at("smtps://accord%40funder@mail.test") == MailServer(
        "mail.test", 465, implicit_tls=True, user="accord@funder", secret="hunter2"
    )
    assert server_at("smtp://mail.test") == MailServer("mail.test", 587, implicit_tls=False)


def test_a_sender_has_a_name_or_the_name_of_its_domain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ACCORD_SMTP", "smtp://localhost:25")
    for written, name in (("Grants <grants@funder.test>", "Grants"), ("grants@funder.test", "funder.test")):
        monkeypatch.setenv("ACCORD_MAIL_FROM", written)
        settings = MailSettings.from_environment()
        assert (settings.name, settings.sender, settings.to_grantees) == (name, "grants@funder.test", False)
    assert settings.return_path("ab") == "grants+ab@funder.test"
