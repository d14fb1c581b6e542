"""Whoever has the event and the key verifies a signature of either kind by `examples/verify_signature.py` alone."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from domain.signatures.signing import ACTS_OF_LISTS, AnyKey, Signature
from records.keys.keyring import Keyring
from tests.authenticators.passkeys import Authenticator
from tests.conftest import ROOT
from tests.records.keys.test_verification import shown, statement, terms

SCRIPT = ROOT / "examples" / "verify_signature.py"
STATEMENT = statement(shown=shown(terms=terms(payee="Bibliothèque de l'Île")))
PASSKEYS = {"ES256": Authenticator(), "EdDSA": Authenticator(Ed25519PrivateKey.generate())}


def said_by(folder: Path, kind: str) -> tuple[Signature, AnyKey]:
    if kind in PASSKEYS:
        return PASSKEYS[kind].sign(STATEMENT), PASSKEYS[kind].key
    keyring = Keyring(folder)
    key = keyring.make("ana.silva")
    return keyring.sign(STATEMENT), key


def verify(folder: Path, event: Any, key: Any) -> subprocess.CompletedProcess[str]:
    (folder / "event.json").write_text(json.dumps(event), "utf-8")
    (folder / "key.json").write_text(json.dumps(key), "utf-8")
    asked = [sys.executable, "-I", str(SCRIPT), str(folder / "event.json"), str(folder / "key.json")]
    return subprocess.run(asked, capture_output=True, text=True, check=False)


@pytest.mark.sampled(1)
@pytest.mark.parametrize("kind", ["key file", *PASSKEYS])
def test_a_signature_is_verified_by_others_and_a_changed_one_is_not(tmp_path: Path, kind: str) -> None:
    signature, key = said_by(tmp_path, kind)
    said, held = signature.model_dump(mode="json"), key.model_dump(mode="json")
    told = verify(tmp_path, {"event_type": "ApprovalGiven", "signature": said}, {"staff_id": "ana.silva", "key": held})
    assert (told.returncode, json.loads(told.stdout)) == (0, said["statement"])
    said["statement"]["shown"]["terms"]["amount"]["amount"] = "1000.01"
    told = verify(tmp_path, said, held)
    assert (told.returncode, told.stdout) == (1, "")
    assert told.stderr.startswith("not proved: ")


def listed(act: str) -> tuple[Any, Any]:
    """The signature of a statement that was signed among two, and its key."""
    mine, said = PASSKEYS["ES256"], statement(act=act, shown=shown(terms=terms()))
    other = statement(act="hold", shown=shown(terms=terms(payee="Another payee")))
    return mine.sign_together(said, other)[0].model_dump(mode="json"), mine.key.model_dump(mode="json")


@pytest.mark.slow
@pytest.mark.parametrize("act", sorted(ACTS_OF_LISTS))
def test_a_touch_over_a_list_is_verified_by_others_and_another_list_is_not(tmp_path: Path, act: str) -> None:
    said, held = listed(act)
    assert verify(tmp_path, said, held).returncode == 0
    among = said["among"]
    for other in ([], among[:1], among[1:], [*among, "0" * 64], among[::-1], [among[0], *among]):
        told = verify(tmp_path, {**said, "among": other}, held)
        assert (told.returncode, told.stdout) == (1, "")
        assert "touched for " in told.stderr


@pytest.mark.parametrize("act", ["approve", "release", "sign_agreement"])
def test_what_pays_or_agrees_is_proved_by_no_list(tmp_path: Path, act: str) -> None:
    told = verify(tmp_path, *listed(act))
    assert (told.returncode, told.stdout, told.stderr) == (1, "", "not proved: touched for other statements\n")


def test_the_verifier_is_short_enough_to_read() -> None:
    """By requirement: under 60 lines, without a library for WebAuthn."""
    lines = SCRIPT.read_text("utf-8").splitlines()
    assert len(lines) < 60
    assert not any("fido2" in one or ("webauthn" in one.lower() and "import" in one) for one in lines)


@pytest.mark.sampled(3)
@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"origin": "https://sign.example.com"}, "touched on another page"),
        ({"crossOrigin": True}, "touched on another page"),
        ({"type": "webauthn.create"}, "touched for another statement"),
        ({"party": "example.com"}, "touched for another party"),
        ({"flags": 1}, "its owner was not verified"),
        ({"flags": 13}, "another passkey"),
    ],
    ids=str,
)
def test_what_a_passkey_did_elsewhere_is_not_proved(tmp_path: Path, said: dict[str, Any], reason: str) -> None:
    mine = PASSKEYS["ES256"]
    told = verify(tmp_path, mine.sign(STATEMENT, **said).model_dump(mode="json"), mine.key.model_dump(mode="json"))
    assert (told.returncode, told.stderr.strip()) == (1, f"not proved: {reason}")
