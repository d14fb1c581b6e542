"""Check a receipt of Accord's ledger with nothing but the file: Python, `cryptography`, and the ledger's public key.

Shows that an outsider can do so years later, without Accord, its database, or trust in whoever keeps it: that an event
stands in the ledger that was signed, and whose key signed the decision in it. Run it beside the folder `examples`:
`python -m examples.receipt paid.tlog-proof ledger.key.pub`. Prints what is proved; or why nothing is, and ends with 1.
"""

import base64
import json
import re
import sys
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from examples.verify_signature import decoded, require, verify

FORM = re.compile(
    r"c2sp\.org/tlog-proof@v1\nextra (\S+)\nindex (\d+)\n((?:\S+\n)*)\n((.+)\n(\d+)\n(\S+)\n)\n((?:— \S+ \S+\n)+)", re.A
)
"""An event, its place, the hashes beside it, and a checkpoint: the ledger's name, its size, its root, signatures."""


def bytes_of(text: str) -> bytes:
    """Return the bytes of base64."""
    return base64.b64decode(text, validate=True)


def verify_checkpoint(key: str, text: str, signatures: str) -> None:
    """Verify that a ledger's public key, NAME+ID+KEY, signed a checkpoint. A cosigner's key is another kind."""
    name, key_id, content = key.strip().split("+", 2)
    require(bytes_of(content)[0] == 1, "the key given is no ledger's key")
    public = Ed25519PublicKey.from_public_bytes(bytes_of(content)[1:])
    borne = [bytes_of(line.split(" ")[2]) for line in signatures.splitlines() if line.split(" ")[1] == name]
    own = [one[4:] for one in borne if one[:4].hex() == key_id]
    require(len(own) == 1, f"the key given did not sign it: {key_id} of {name}")
    public.verify(own[0], text.encode())


def leaf_of(event: dict[str, Any]) -> bytes:
    """Return the hash of an event: of where it stands, its names, its time, and the digests of what it says."""
    said = {f"{name}_sha256": sha256(bytes_of(event.pop(name))).hexdigest() for name in ("payload", "meta")}
    said["recorded_at"] = f"{datetime.fromisoformat(event.pop('recorded_at')).astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"
    return sha256(b"\0" + json.dumps(event | said, sort_keys=True, separators=(",", ":")).encode()).digest()


def is_under(leaf: bytes, here: int, size: int, hashes: list[bytes], root: bytes) -> bool:
    """True if a leaf is at a place of the tree of this root, with these hashes beside its way (RFC 9162, 2.1.3.2)."""
    last, found = size - 1, leaf
    for beside in hashes:
        require(last > 0, "the proof is longer than the ledger is high")
        turn = here & 1 or here == last
        found = sha256(b"\1" + (beside + found if turn else found + beside)).digest()
        while turn and here and not here & 1:
            here, last = here >> 1, last >> 1
        here, last = here >> 1, last >> 1
    return last == 0 and found == root


def require_included(event: dict[str, Any], hashes: list[str], size: int, root: bytes) -> None:
    """Require that an event stands in the ledger of this root, with these hashes beside its way."""
    place, beside = event["position"] - 1, [bytes_of(one) for one in hashes]
    proved = 0 <= place < size and is_under(leaf_of({**event}), place, size, beside, root)
    require(proved, "the event is not in the ledger that was signed: it or the proof was changed")


def key_of(person: str, key_id: str, enrolment: list[dict[str, Any]]) -> Any:
    """Return a person's key from the events of the directory that enrolled it: a change, and who confirmed it."""
    said = [(one["event_type"], json.loads(bytes_of(one["payload"]))) for one in enrolment]
    confirmed = [what["change_id"] for kind, what in said if kind == "DirectoryChangeConfirmed"]
    for kind, what in said:
        facts = what.get("changes", [{"event_type": kind, **what}])
        in_force = kind != "DirectoryChangeProposed" or what["change_id"] in confirmed
        for fact in (one for one in facts if in_force and one["event_type"] == "KeyEnrolled"):
            is_file = "ed25519" in (key := fact["key"])
            named = b"accord key" + bytes_of(key["ed25519"]) if is_file else b"accord passkey" + decoded(key["passkey"])
            digest = base64.b32encode(sha256(named).digest()).decode()
            if fact["staff_id"] == person and key_id == f"{'EK' if is_file else 'PK'}-{digest[:16]}":
                return key
    return sys.exit(f"not proved: the receipt does not show that {key_id} was enrolled as a key of {person}")


def signer_of(event: dict[str, Any], enrolment: list[dict[str, Any]]) -> str:
    """Return what is proved of who decided an event, whose signature names this person, command and subject."""
    said = json.loads(bytes_of(event["payload"]))
    if not said.get("signature"):
        return "Nobody signed it: it is no person's decision."
    statement, stream = said["signature"]["statement"], event["stream_id"]
    meant = {"actor": said.get("actor", statement["actor"]), "command_id": event["command_id"]}
    about_it = statement["subject"] in (stream, *stream.split("/")[1:2])
    require(about_it and statement.items() >= meant.items(), "the signature in it was given for something else")
    before = all(one["stream_id"] == "directory" and one["position"] < event["position"] for one in enrolment)
    require(before, "the key was not enrolled in the directory before it signed")
    verify(said["signature"], key_of(statement["actor"], said["signature"]["key_id"], enrolment))
    return f"{statement['actor']} signed it: {statement['act']}, on {statement['at']}."


def opened(receipt: str, key: str) -> tuple[dict[str, Any], str, list[dict[str, Any]]]:
    """Return the event that a receipt proves, its ledger's name, and the events that enrolled the signer's key."""
    parts = FORM.fullmatch(receipt) or sys.exit("not proved: it has not the form of a receipt")
    extra, index, hashes, checkpoint, origin, size, root, signatures = parts.groups()
    verify_checkpoint(key, checkpoint, signatures)
    event = json.loads(bytes_of(extra))
    enrolment = event.pop("enrolment", [])
    require(event["position"] == int(index) + 1, "the proof is for another place than the event's")
    require_included(event, hashes.split(), int(size), bytes_of(root))
    for one in enrolment:
        require_included(one, one.pop("proof"), int(size), bytes_of(root))
    return event, origin, enrolment


def proved_by(receipt: str, key: str) -> str:
    """Return what a receipt proves to whoever trusts the ledger's public key. Ends with 1 if it proves nothing."""
    event, origin, enrolment = opened(receipt, key)
    what = json.dumps(json.loads(bytes_of(event["payload"])), indent=2, ensure_ascii=False)
    place = f"Event {event['position']} of {origin}, recorded {event['recorded_at']}: {event['event_type']}"
    return f"{place} in {event['stream_id']}.\n{signer_of(event, enrolment)}\n{what}\n"


def main(receipt: Path, key: Path) -> None:
    """Print what a file proves."""
    try:
        sys.stdout.write(proved_by(receipt.read_text("utf-8"), key.read_text("utf-8")))
    except InvalidSignature:
        sys.exit("not proved: a signature in it does not hold")
    except (ValueError, KeyError, TypeError, AttributeError, OSError) as fault:
        sys.exit(f"not proved: it cannot be read ({fault})")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:3])) if len(sys.argv) > 2 else sys.exit(__doc__)
