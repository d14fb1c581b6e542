"""A guardian enters a passkey that its owner made, and nothing that only looks like one."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any, cast

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP384R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fido2.cose import ES256, ES384, CoseKey, EdDSA
from fido2.webauthn import AttestationObject, AttestedCredentialData, AuthenticatorData
from hypothesis import given
from hypothesis import strategies as st

from accord.organisation.passkeys import Registration, passkey_of
from accord.presentation.faults import BadInput
from domain.signatures.attestation import enrolment_challenge
from domain.signatures.passkeys import BACKUP_ELIGIBLE, PRESENT, VERIFIED, encoded
from tests.accord.organisation.own import Organisation, change_of
from tests.accord.shell import BAD_INPUT, assert_fails
from tests.authenticators.passkeys import ORIGIN, PARTY, Authenticator

ATTESTED = 0x40
OWNER = "noor.haddad"
SECURITY_KEY, PHONE = Authenticator(), Authenticator(Ed25519PrivateKey.generate(), device_bound=False)


def made(device: Authenticator = SECURITY_KEY, cose: CoseKey | None = None, **more: Any) -> Registration:
    """A registration as a browser hands it over. `more` replaces what the browser or the authenticator says."""
    kind: Any = EdDSA if isinstance(device.private, Ed25519PrivateKey) else ES256
    public = cose or kind.from_cryptography_key(device.private.public_key())
    flags = more.pop("flags", PRESENT | VERIFIED | ATTESTED | (0 if device.device_bound else BACKUP_ELIGIBLE))
    held = AttestedCredentialData.create(bytes(16), b"credential", public) if flags & ATTESTED else b""
    party = more.pop("party", PARTY)
    about = AuthenticatorData.create(hashlib.sha256(party.encode()).digest(), flags, 0, held)
    said = {"type": "webauthn.create", "challenge": encoded(enrolment_challenge(OWNER)), "origin": ORIGIN} | more
    return Registration(
        staff_id=OWNER,
        name="the key on the ring",
        origin=ORIGIN,
        relying_party=PARTY,
        client_data=encoded(json.dumps(said).encode()),
        attestation=encoded(bytes(AttestationObject.create("none", about, {}))),
    )


@pytest.mark.parametrize("device", [SECURITY_KEY, PHONE], ids=["a security key", "a phone"])
def test_the_key_that_was_made_is_the_key_that_is_entered(device: Authenticator) -> None:
    key = passkey_of(made(device))
    assert (key.key_id, key.device_bound, key.algorithm) == (
        device.key.key_id,
        device.device_bound,
        device.key.algorithm,
    )
    assert (key.name, key.origin, key.credential) == ("the key on the ring", ORIGIN, encoded(b"credential"))


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "made for somebody else": (
        {"challenge": encoded(enrolment_challenge("vera.lind"))},
        "was not made for noor.haddad",
    ),
    "a signature": ({"type": "webauthn.get"}, "is not the making of a passkey"),
    "made on another page": ({"origin": "https://evil.example"}, "made on another page"),
    "made in a frame": ({"crossOrigin": True}, "made on another page"),
    "made for another party": ({"party": "evil.example"}, "made for another party"),
    "without a PIN": ({"flags": PRESENT | ATTESTED}, "did not verify its owner"),
    "without a touch": ({"flags": VERIFIED | ATTESTED}, "did not verify its owner"),
    "without a key": ({"flags": PRESENT | VERIFIED}, "holds no key"),
    "of another curve": (
        {"cose": cast(Any, ES384).from_cryptography_key(generate_private_key(SECP384R1()).public_key())},
        "neither ES256 nor EdDSA",
    ),
    "of a point that is on no curve": (
        {"cose": ES256({1: 2, 3: -7, -1: 1, -2: bytes(32), -3: bytes(32)})},
        "no point of its curve",
    ),
    "of a key without a point": ({"cose": ES256({1: 2, 3: -7, -1: 1})}, "neither"),
}


@pytest.mark.parametrize("what", WRONG)
def test_no_passkey_is_entered_that_was(what: str) -> None:
    more, reason = WRONG[what]
    with pytest.raises(BadInput, match=reason):
        passkey_of(made(**more))


@given(content=st.binary(max_size=80))
def test_rubbish_is_no_passkey_and_no_crash(content: bytes) -> None:
    for field in ("client_data", "attestation"):
        with pytest.raises(BadInput):
            passkey_of(made().model_copy(update={field: encoded(content)}))
    with pytest.raises(BadInput):
        passkey_of(made().model_copy(update={"client_data": "é"}))


@pytest.mark.slow
async def test_a_guardian_enters_it_another_is_told_what_it_is_and_it_stands_beside_the_key_file(
    sealed: Organisation, tmp_path: Path
) -> None:
    keys = {}
    for name, device in (("ring", SECURITY_KEY), ("phone", PHONE)):
        file = tmp_path / f"{name}.json"
        file.write_text(made(device).model_dump_json(), "utf-8")
        proposed = await sealed.shell.done("staff", "passkey", file, "--as", "dora.kim")
        assert device.key.key_id in proposed.stdout
        waiting = (await sealed.shell.done("staff", "pending")).stdout
        assert f"key {device.key.key_id} of noor.haddad (the key on the ring" in " ".join(waiting.split())
        await sealed.shell.done("staff", "confirm", change_of(proposed), "--as", "otto.audit")
        keys[name] = device.key.key_id
    held = [one.key.key_id for one in (await sealed.directory()).keys if one.staff_id == "noor.haddad"]
    assert held == [*keys.values()]
    assert_fails(
        await sealed.shell("staff", "revoke", "noor.haddad", "--as", "dora.kim"),
        BAD_INPUT, f"--key: noor.haddad has {keys['ring']}, {keys['phone']}; name the one that is revoked",
    )  # fmt: skip
    await sealed.confirmed("staff", "revoke", "noor.haddad", "--key", keys["ring"])
    held = [one.key.key_id for one in (await sealed.directory()).keys if one.staff_id == "noor.haddad"]
    assert held == [keys["phone"]]


@pytest.mark.slow
async def test_a_file_that_is_none_is_bad_input_in_a_line(sealed: Organisation, file: Any) -> None:
    for content in ("{}", "not json", made(party="evil.example").model_dump(mode="json")):
        answer = await sealed.shell("staff", "passkey", file(content, "it.json"), "--as", "dora.kim")
        assert answer.code == BAD_INPUT
        assert len(answer.stderr.splitlines()) <= 8
