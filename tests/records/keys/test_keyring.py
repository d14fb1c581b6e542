"""A private key stays in its file: readable by its owner alone, never overwritten, useless without its passphrase."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa, x25519
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from domain.signatures.signing import PublicKey, Statement
from records.keys.keyring import KeyExists, KeyFolderUnusable, KeyMissing, Keyring, KeyUnusable
from records.keys.verification import verified
from tests.builders import DIGEST, NOON, number

ANA = "ana.silva"


def statement(actor: str = ANA) -> Statement:
    return Statement(
        subject="P-2026-0042", act="approve", actor=actor, at=NOON, command_id=number("one"), content_sha256=DIGEST
    )


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def keyring(tmp_path: Path) -> Keyring:
    return Keyring(tmp_path / "keys")


# Making keys


@pytest.mark.parametrize("passphrase", ["", "four quiet herons"])
def test_a_key_is_readable_by_its_owner_alone(tmp_path: Path, passphrase: str) -> None:
    before = os.umask(0)
    try:
        keyring = Keyring(tmp_path / "keys", passphrase)
        keyring.make(ANA)
    finally:
        os.umask(before)
    assert mode(keyring.path(ANA)) == 0o600
    assert mode(keyring.folder) == 0o700


def test_a_key_is_never_overwritten(keyring: Keyring) -> None:
    public = keyring.make(ANA)
    content = keyring.path(ANA).read_bytes()
    with pytest.raises(KeyExists, match=r"a key of ana\.silva is in .* already"):
        keyring.make(ANA)
    assert keyring.path(ANA).read_bytes() == content
    assert keyring.public(ANA) == public


def test_a_key_is_not_written_through_a_link_that_somebody_left(keyring: Keyring, tmp_path: Path) -> None:
    keyring.folder.mkdir()
    keyring.path(ANA).symlink_to(tmp_path / "elsewhere")
    with pytest.raises((KeyExists, KeyFolderUnusable)):
        keyring.make(ANA)
    assert not (tmp_path / "elsewhere").exists()


def test_everybody_has_a_key_of_her_own(keyring: Keyring) -> None:
    keys = {keyring.make(name).ed25519 for name in (ANA, "femi.ade", "dora.kim")}
    assert len(keys) == 3
    assert sorted(path.name for path in keyring.folder.iterdir()) == ["ana.silva.pem", "dora.kim.pem", "femi.ade.pem"]


def test_the_name_of_a_key_follows_from_the_key(keyring: Keyring) -> None:
    public = keyring.make(ANA)
    assert keyring.sign(statement()).key_id == public.key_id == PublicKey(ed25519=public.ed25519).key_id
    assert public.key_id != keyring.make("femi.ade").key_id


def test_holds_and_discard_are_about_the_file(keyring: Keyring) -> None:
    assert not keyring.holds(ANA)
    keyring.make(ANA)
    assert keyring.holds(ANA)
    keyring.discard(ANA)
    keyring.discard(ANA)
    assert not keyring.holds(ANA)


def test_what_is_written_holds_no_key_in_the_clear_where_there_is_a_passphrase(tmp_path: Path) -> None:
    keyring = Keyring(tmp_path, "four quiet herons")
    keyring.make(ANA)
    assert keyring.path(ANA).read_bytes().startswith(b"-----BEGIN ENCRYPTED PRIVATE KEY-----")
    assert b"herons" not in keyring.path(ANA).read_bytes()


def test_a_folder_that_cannot_be_one_is_said_to_be_unusable(tmp_path: Path) -> None:
    (tmp_path / "keys").write_text("a file")
    with pytest.raises(KeyFolderUnusable, match="keys cannot be written to"):
        Keyring(tmp_path / "keys").make(ANA)


# Signing


@pytest.mark.parametrize("passphrase", ["", "four quiet herons", "schlüssel für die tür"])
def test_what_is_signed_verifies_with_the_public_half_alone(tmp_path: Path, passphrase: str) -> None:
    public = Keyring(tmp_path, passphrase).make(ANA)
    signature = Keyring(tmp_path, passphrase).sign(statement())
    assert signature.statement == statement()
    assert verified(public, statement().message(), signature.content)


def test_the_key_is_that_of_the_person_the_statement_names(keyring: Keyring) -> None:
    ana, femi = keyring.make(ANA), keyring.make("femi.ade")
    signature = keyring.sign(statement("femi.ade"))
    assert verified(femi, statement("femi.ade").message(), signature.content)
    assert not verified(ana, statement("femi.ade").message(), signature.content)


def test_without_a_key_nothing_is_signed(keyring: Keyring) -> None:
    for act in (lambda: keyring.sign(statement()), lambda: keyring.public(ANA)):
        with pytest.raises(KeyMissing, match=r"no key of ana\.silva in"):
            act()


@pytest.mark.parametrize(
    ("made_with", "read_with", "fault"),
    [
        pytest.param("four quiet herons", "five loud geese", "does not open: another passphrase", id="wrong"),
        pytest.param("four quiet herons", "", "needs its passphrase", id="missing"),
        pytest.param("", "four quiet herons", "has no passphrase", id="not wanted"),
    ],
)
def test_with_another_passphrase_it_cannot_be_used(tmp_path: Path, made_with: str, read_with: str, fault: str) -> None:
    Keyring(tmp_path, made_with).make(ANA)
    with pytest.raises(KeyUnusable, match=rf"the key of ana\.silva {fault}") as refusal:
        Keyring(tmp_path, read_with).sign(statement())
    assert "herons" not in str(refusal.value)
    assert "geese" not in str(refusal.value)


OTHERS: dict[str, Any] = {
    "RSA": lambda: rsa.generate_private_key(public_exponent=65537, key_size=2048),
    "P-256": lambda: ec.generate_private_key(ec.SECP256R1()),
    "X25519": x25519.X25519PrivateKey.generate,
}


@pytest.mark.parametrize("kind", OTHERS)
def test_a_key_of_another_kind_is_not_used(keyring: Keyring, kind: str) -> None:
    keyring.folder.mkdir()
    pem = OTHERS[kind]().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    keyring.path(ANA).write_bytes(pem)
    with pytest.raises(KeyUnusable, match="is not an Ed25519 key"):
        keyring.sign(statement())


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"not a key", id="text"),
        pytest.param(b"\x00\xff" * 40, id="binary"),
        pytest.param(b"-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2Vw\n-----END PRIVATE KEY-----\n", id="cut off"),
        pytest.param(b"-----BEGIN PRIVATE KEY-----\n", id="no end"),
    ],
)
def test_a_file_that_is_no_key_is_said_to_be_none(keyring: Keyring, content: bytes) -> None:
    keyring.folder.mkdir()
    keyring.path(ANA).write_bytes(content)
    with pytest.raises(KeyUnusable, match=r"the key of ana\.silva does not open: .* no PEM file"):
        keyring.public(ANA)


def test_a_folder_where_the_key_should_be_is_said_to_be_one(keyring: Keyring) -> None:
    keyring.path(ANA).mkdir(parents=True)
    assert not keyring.holds(ANA)
    with pytest.raises(KeyUnusable, match="cannot be read"):
        keyring.sign(statement())


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_key_that_may_not_be_read_is_said_to_be_unreadable(keyring: Keyring) -> None:
    keyring.make(ANA)
    keyring.path(ANA).chmod(0o000)
    with pytest.raises(KeyUnusable, match="cannot be read"):
        keyring.sign(statement())


def test_a_key_does_not_show_in_what_is_printed(keyring: Keyring) -> None:
    keyring.make(ANA)
    secret = keyring.path(ANA).read_text().splitlines()[1]
    shown = f"{keyring!r} {keyring.public(ANA)!r} {keyring.sign(statement())!r}"
    assert secret[-43:] not in shown


def test_a_passphrase_does_not_show_in_what_is_printed(tmp_path: Path) -> None:
    assert "herons" not in repr(Keyring(tmp_path, "four quiet herons"))
