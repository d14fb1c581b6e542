"""A signature is over one message by one key: any other bit is no signature, and rubbish is none either."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from domain.signatures.signing import FileSignature, PublicKey, Shown, Statement, Terms, fault_of
from records.keys.keyring import Keyring
from records.keys.verification import verified
from tests.builders import DIGEST, NOON, number

SECRET = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


def as_key(raw: bytes) -> PublicKey:
    return PublicKey(ed25519=base64.b64encode(raw).decode("ascii"))


KEY = as_key(SECRET.public_key().public_bytes_raw())
OTHER = as_key(Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33))).public_key().public_bytes_raw())


def flipped(content: bytes, bit: int) -> bytes:
    """The same with one bit changed."""
    at, of = divmod(bit, 8)
    return content[:at] + bytes([content[at] ^ (1 << of)]) + content[at + 1 :]


# RFC 8032, section 7.1: what others made verifies here.


@pytest.mark.parametrize(
    ("public", "message", "signature"),
    [
        (
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
            "",
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
            "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
        ),
        (
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
            "72",
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
            "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
        ),
        (
            "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
            "af82",
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
            "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
        ),
    ],
)
def test_the_examples_of_the_standard_verify(public: str, message: str, signature: str) -> None:
    assert verified(as_key(bytes.fromhex(public)), bytes.fromhex(message), bytes.fromhex(signature))


# Any other bit


@given(message=st.binary(max_size=300))
def test_what_a_key_signed_verifies_with_that_key_and_no_other(message: bytes) -> None:
    signature = SECRET.sign(message)
    assert verified(KEY, message, signature)
    assert not verified(OTHER, message, signature)


@given(message=st.binary(min_size=1, max_size=300), data=st.data())
def test_any_single_bit_of_the_message_matters(message: bytes, data: st.DataObject) -> None:
    bit = data.draw(st.integers(0, len(message) * 8 - 1))
    assert not verified(KEY, flipped(message, bit), SECRET.sign(message))


@pytest.mark.slow
@given(message=st.binary(max_size=300), bit=st.integers(0, 511))
@settings(max_examples=300)
def test_any_single_bit_of_the_signature_matters(message: bytes, bit: int) -> None:
    assert not verified(KEY, message, flipped(SECRET.sign(message), bit))


@given(message=st.binary(max_size=300), bit=st.integers(0, 255))
def test_any_single_bit_of_the_key_matters(message: bytes, bit: int) -> None:
    assert not verified(as_key(flipped(KEY.content, bit)), message, SECRET.sign(message))


@given(message=st.binary(max_size=100), more=st.binary(min_size=1, max_size=20))
def test_nothing_may_be_added_to_a_message_or_a_signature(message: bytes, more: bytes) -> None:
    signature = SECRET.sign(message)
    assert not verified(KEY, message + more, signature)
    assert not verified(KEY, more + message, signature) or more + message == message
    assert not verified(KEY, message, signature + more)


ORDER = 2**252 + 27742317777372353535851937790883648493


def test_the_second_form_of_a_signature_is_none() -> None:
    """S + L verifies with careless libraries (RFC 8032, section 5.1.7 asks for S below L): one decision, one form."""
    signature = SECRET.sign(b"approved")
    s = int.from_bytes(signature[32:], "little") + ORDER
    assert not verified(KEY, b"approved", signature[:32] + s.to_bytes(32, "little"))


# What is no signature at all


@pytest.mark.parametrize("length", [0, 1, 32, 63, 65, 128, 1000])
def test_a_signature_of_another_length_is_none(length: int) -> None:
    assert not verified(KEY, b"approved", b"\x01" * length)


@given(message=st.binary(max_size=50), signature=st.binary(max_size=100))
def test_rubbish_is_no_signature_and_no_crash(message: bytes, signature: bytes) -> None:
    assert not verified(KEY, message, signature)


@given(raw=st.binary(min_size=32, max_size=32), signature=st.binary(min_size=64, max_size=64))
def test_rubbish_is_no_key_and_no_crash(raw: bytes, signature: bytes) -> None:
    assert not verified(as_key(raw), b"approved", signature)


@pytest.mark.parametrize(
    "written",
    ["", "AAAA", "A" * 44, "A" * 43, "A" * 42 + "==", "_" * 43 + "=", "A" * 44 + "=", None, 7],
)
def test_what_is_no_key_is_not_read_as_one(written: Any) -> None:
    with pytest.raises(ValidationError):
        PublicKey(ed25519=written)


@pytest.mark.parametrize("written", ["", "AAAA", "*" * 88, "A" * 300, "A" * 86 + "===", None, 7])
def test_what_is_no_signature_is_not_read_as_one(written: Any) -> None:
    with pytest.raises(ValidationError):
        FileSignature(statement=statement(), key_id=KEY.key_id, value=written)


@pytest.mark.parametrize("length", range(20, 30))
def test_what_can_be_read_as_a_signature_is_judged_and_never_crashes(length: int) -> None:
    """Base64 that is cut off in the middle of a byte is not read at all, or is judged to be no signature."""
    try:
        signature = FileSignature(statement=statement(), key_id=KEY.key_id, value="A" * length)
    except ValidationError:
        return
    assert str(fault_of(signature, statement(), KEY, verified)) == "the signature is not ana.silva's"


# Statements


def statement(**more: Any) -> Statement:
    content = {
        "subject": "P-2026-0042",
        "act": "approve",
        "actor": "ana.silva",
        "at": NOON,
        "command_id": number("one"),
        "content_sha256": DIGEST,
    }
    return Statement.model_validate({**content, **more})


def terms(**more: Any) -> Terms:
    content = {
        "amount": {"amount": "1000.00", "currency": "USD"},
        "payee": "Riverbend Library Network",
        "funder": "ISOC",
        "purpose_sha256": DIGEST,
        "account_sha256": None,
        "determination_sha256": DIGEST,
        "rule_book": "2026.2",
    }
    return Terms.model_validate({**content, **more})


def shown(**more: Any) -> Shown:
    return Shown.model_validate({"version": 4, "position": 40, "terms": terms(), **more})


@pytest.mark.parametrize(
    "other",
    [
        {"subject": "P-2026-0043"},
        {"act": "decline"},
        {"actor": "femi.ade"},
        {"at": NOON.replace(microsecond=1)},
        {"command_id": number("other")},
        {"content_sha256": "ab" * 32},
        {"shown": None},
        {"shown": shown(version=5)},
        {"shown": shown(position=41)},
        *(
            {"shown": shown(terms=terms(**one))}
            for one in (
                {"amount": {"amount": "1000.01", "currency": "USD"}},
                {"amount": {"amount": "1000.00", "currency": "EUR"}},
                {"amount": None},
                {"payee": "Riverbend Library Networks"},
                {"funder": "ISOC-FOUNDATION"},
                {"purpose_sha256": "ab" * 32},
                {"account_sha256": "ab" * 32},
                {"determination_sha256": "ab" * 32},
                {"rule_book": "2026.1"},
            )
        ),
    ],
    ids=str,
)
def test_a_signature_holds_for_no_other_statement(tmp_path: Path, other: dict[str, Any]) -> None:
    keyring = Keyring(tmp_path)
    public = keyring.make("ana.silva")
    signature = keyring.sign(statement(shown=shown()))
    assert verified(public, signature.statement.message(), signature.content)
    assert not verified(public, statement(**{"shown": shown(), **other}).message(), signature.content)


def test_a_message_is_the_same_bytes_wherever_it_is_written() -> None:
    again = Statement.model_validate_json(statement(shown=shown()).model_dump_json())
    assert again.message() == statement(shown=shown()).message()
