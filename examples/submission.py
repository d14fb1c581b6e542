"""Check the receipt of a submission at Accord's door with nothing but the file: Python, `cryptography`, a public key.

Shows to whoever handed something in by a link, years later and without Accord, that it lay there before the ledger
recorded its seal. Run it beside the folder `examples`: `python -m examples.submission receipt.json ledger.key.pub`, and
with the copy of what was handed in after them. Prints what is proved; or why nothing is, and ends with 1.
"""

import json
import sys
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidSignature

from examples.receipt import bytes_of, is_under, opened
from examples.verify_signature import require


def proved_by(receipt: str, key: str, copy: bytes | None = None) -> str:
    """Return what a receipt proves to whoever trusts the ledger's public key. Ends with 1 if it proves nothing."""
    said = json.loads(receipt)
    event, origin, _ = opened(said["event"], key)
    is_seal = (event["stream_id"], event["event_type"]) == ("submissions", "SubmissionsSealed")
    require(is_seal, "its event seals no submissions")
    seal, digest = json.loads(bytes_of(event["payload"])), bytes.fromhex(said["sha256"])
    leaf, path = sha256(b"\0" + digest).digest(), [bytes.fromhex(step) for step in said["path"]]
    place, size = said["number"] - seal["first"], seal["last"] - seal["first"] + 1
    sealed = 0 <= place < size and is_under(leaf, place, size, path, bytes.fromhex(seal["root"]))
    require(sealed, "the submission is not under this seal: it or its path was changed")
    require(said["leaf"] == leaf.hex(), "the leaf is not that of the digest")
    require(copy is None or sha256(copy).digest() == digest, "the copy is not what was handed in")
    beside = "" if copy is None else "The copy is what was handed in.\n"
    place_in_words = f"under event {event['position']} of {origin}, recorded {event['recorded_at']}"
    return f"Submission {said['number']}, SHA-256 {digest.hex()}: {place_in_words}.\n{beside}"


def main(receipt: Path, key: Path, copy: Path | None = None) -> None:
    """Print what a file proves."""
    try:
        content = copy.read_bytes() if copy is not None else None
        sys.stdout.write(proved_by(receipt.read_text("utf-8"), key.read_text("utf-8"), content))
    except InvalidSignature:
        sys.exit("not proved: a signature in it does not hold")
    except (ValueError, KeyError, TypeError, AttributeError, OSError) as fault:
        sys.exit(f"not proved: it cannot be read ({fault})")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:4])) if len(sys.argv) > 2 else sys.exit(__doc__)
