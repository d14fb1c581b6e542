"""Verify who signed an event of Accord's ledger, with nothing of Accord: Python and the library `cryptography`.

Usage: python verify_signature.py EVENT.json KEY.json

EVENT is the event's content as `accord receipt` and `accord ledger export` hand it out, or a signature alone. KEY is
the key as the directory's event KeyEnrolled holds it. Prints the statement and exits with 0, or says why not: 1.
"""

import base64
import hashlib
import json
import sys
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key


def decoded(text: str) -> bytes:
    """Return the bytes of base64url without padding."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def require(true: bool, fault: str) -> None:
    """Exit with 1 and the fault unless something is true."""
    if not true:
        sys.exit(f"not proved: {fault}")


def verify(signature: dict, key: dict) -> None:
    """Verify a signature of either kind. A statement holds no fractions: sorted compact JSON is its RFC 8785 form."""
    message = json.dumps(signature["statement"], sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    if "ed25519" in key:
        public = Ed25519PublicKey.from_public_bytes(base64.b64decode(key["ed25519"]))
        return public.verify(base64.b64decode(signature["value"]), message)
    client_data, about = decoded(signature["client_data"]), decoded(signature["authenticator_data"])
    said, challenge = json.loads(client_data), hashlib.sha256(b"accord.passkey.1\0" + message).digest()
    require(said["type"] == "webauthn.get" and decoded(said["challenge"]) == challenge, "touched for another statement")
    elsewhere = said.get("crossOrigin", False) is not False or "topOrigin" in said
    require(said["origin"] == key["origin"] and not elsewhere, "touched on another page")
    require(about[:32] == hashlib.sha256(key["relying_party"].encode()).digest(), "touched for another party")
    require(about[32] & 5 == 5, "its owner was not verified")
    require(bool(about[32] & 8) != key["device_bound"], "another passkey")
    public, signed = load_der_public_key(decoded(key["passkey"])), about + hashlib.sha256(client_data).digest()
    how = (ECDSA(SHA256()),) if key["algorithm"] == "ES256" else ()
    return public.verify(decoded(signature["value"]), signed, *how)


if __name__ == "__main__":
    event, key = (json.loads(Path(name).read_text("utf-8")) for name in sys.argv[1:3])
    signature = event.get("signature", event)
    try:
        verify(signature, key.get("key", key))
    except InvalidSignature:
        sys.exit("not proved: the key did not sign it")
    sys.stdout.write(json.dumps(signature["statement"], indent=2, ensure_ascii=False) + "\n")
