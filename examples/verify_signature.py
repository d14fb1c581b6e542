"""Verify the signer of an event of Accord's ledger, without Accord: with Python and the library `cryptography`.

Usage: python verify_signature.py EVENT.json KEY.json. EVENT is `event` of `accord ledger check-receipt --json`, or a
signature alone; KEY is one of `keys` of `accord staff list --json`. Prints the statement; or why not, and ends with 1.
"""

import base64
import hashlib
import json
import sys
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519


def decoded(text: str) -> bytes:
    """Return the bytes of base64url without padding."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def require(true: bool, fault: str) -> None:
    """Exit with 1 and the fault unless something is true."""
    return None if true else sys.exit(f"not proved: {fault}")


def verify(signature: Any, key: Any) -> Any:
    """Verify a signature of either kind. A statement holds no fractions: sorted compact JSON is its RFC 8785 form."""
    message = json.dumps(signature["statement"], sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    if "ed25519" in key:
        public = ed25519.Ed25519PublicKey.from_public_bytes(base64.b64decode(key["ed25519"]))
        return public.verify(base64.b64decode(signature["value"]), message)
    said, about = json.loads(client_data := decoded(signature["client_data"])), decoded(signature["authenticator_data"])
    if among := signature.get("among"):  # one touch for several statements, whose digests stand in the signature
        acts = "accept_report assign comment decline extend_deadline hold lift return return_report terminate withdraw"
        counts = signature["statement"]["act"] in acts.split() and among == sorted({*among})[:50]
        require(counts and hashlib.sha256(message).hexdigest() in among, "touched for other statements")
    content = b"accord.passkey.list.1\0" + bytes.fromhex("".join(among)) if among else b"accord.passkey.1\0" + message
    matches = said["challenge"] == base64.urlsafe_b64encode(hashlib.sha256(content).digest()).decode().rstrip("=")
    require(said["type"] == "webauthn.get" and matches, "touched for another statement")
    elsewhere = said.get("crossOrigin", False) is not False or "topOrigin" in said
    require(said["origin"] == key["origin"] and not elsewhere, "touched on another page")
    require(about[:32] == hashlib.sha256(key["relying_party"].encode()).digest(), "touched for another party")
    require(about[32] & 5 == 5, "its owner was not verified")
    require(bool(about[32] & 8) != key["device_bound"], "another passkey")
    passkey: Any = serialization.load_der_public_key(decoded(key["passkey"]))
    how = (ec.ECDSA(hashes.SHA256()),) if key["algorithm"] == "ES256" else ()
    return passkey.verify(decoded(signature["value"]), about + hashlib.sha256(client_data).digest(), *how)


if __name__ == "__main__":
    try:
        event, key = (json.loads(Path(name).read_text("utf-8")) for name in sys.argv[1:3])
        verify(signature := event.get("signature", event), key.get("key", key))
    except (InvalidSignature, ValueError, KeyError, TypeError, AttributeError, OSError) as fault:
        sys.exit(f"not proved: {str(fault) or 'the key did not sign it'}" if len(sys.argv) == 3 else __doc__)
    sys.stdout.write(json.dumps(signature["statement"], indent=2, ensure_ascii=False) + "\n")
