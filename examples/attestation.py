"""Check the attestations of an Accord with nothing but files: Python, `cryptography`, and the ledger's public key.

Each day's line says whether events, postings, bank statements and open workflows agreed on where the money was. This
shows that the lines were signed by the ledger's key, that none between them was left out or changed, and that each was
made as of a checkpoint that was signed too. Run it beside the folder `examples`:
`python -m examples.attestation checkpoints ledger.key.pub` (where lines stand elsewhere, name their folder third).
Prints a line for each day; or why nothing is proved, and ends with 1.
"""

import json
import re
import sys
from hashlib import sha256
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature

from examples.receipt import bytes_of, verify_checkpoint
from examples.verify_signature import require

NOTE = re.compile(r"(accord attestation 1\n(\{.*\})\n)\n((?:— \S+ \S+\n)+)", re.A)
CHECKPOINT = re.compile(r"((.+)\n(\d+)\n(\S+)\n)\n((?:— \S+ \S+\n)+)", re.A)


def checkpoints_in(folder: Path, key: str) -> dict[int, str]:
    """Return the signed roots in a folder, in hexadecimal, by the number of events."""
    roots = {}
    for file in sorted(folder.glob("*.checkpoint")):
        parts = CHECKPOINT.fullmatch(file.read_text("utf-8")) or sys.exit(f"not proved: {file.name} is no checkpoint")
        verify_checkpoint(key, parts[1], parts[5])
        roots[int(parts[3])] = bytes_of(parts[4]).hex()
    return roots


def lines_in(folder: Path, key: str) -> list[dict[str, Any]]:
    """Return the lines in a folder, each signed, in its order, after the one that it names."""
    lines: list[dict[str, Any]] = []
    before, days = "", dict[str, int]()
    for file in sorted(folder.glob("*.attestation")):
        parts = NOTE.fullmatch(file.read_text("utf-8")) or sys.exit(f"not proved: {file.name} is no attestation")
        verify_checkpoint(key, parts[1], parts[3])
        line = json.loads(parts[2])
        in_order = (line["number"], line["before"]) == (len(lines) + 1, before)
        require(in_order, f"{file.name} does not follow the line before it: one was left out or changed")
        require(line.get("supersedes") == days.get(line["day"]), f"{file.name} does not name the day's earlier line")
        before, days[line["day"]] = sha256(parts[1].encode()).hexdigest(), line["number"]
        lines.append(line)
    return lines


def proved_by(checkpoints: Path, key: str, folder: Path) -> str:
    """Return what the newest line of each day says. Ends with 1 if a line proves nothing, or if there is none."""
    roots, lines = checkpoints_in(checkpoints, key), lines_in(folder, key)
    require(bool(lines), f"no line of a day is in {folder}")
    for line in lines:
        named = line["checkpoint"]
        require(roots.get(named["size"]) == named["root"], f"line {line['number']} names a checkpoint that is not here")
    newest = {line["day"]: line for line in lines}
    return "".join(f"{day} {newest[day]['verdict']}{words_of(newest[day])}\n" for day in sorted(newest))


def words_of(line: dict[str, Any]) -> str:
    """Return where sides differ, and what is not known, in the words of a line."""
    apart = [
        f"{one['side']} by {one['currency']} {one['amount']} at {one['where']}: {one['words']}"
        for one in line.get("differences", [])
    ]
    unknown = [f"{one['side']} not known: {one['reason']}" for one in line.get("unknowns", [])]
    return "".join(f"; {words}" for words in (*apart, *unknown))


def main(checkpoints: Path, key: Path, folder: Path | None = None) -> None:
    """Print what the lines prove."""
    try:
        sys.stdout.write(proved_by(checkpoints, key.read_text("utf-8"), folder or checkpoints))
    except InvalidSignature:
        sys.exit("not proved: a signature does not hold")
    except (ValueError, KeyError, TypeError, AttributeError, OSError) as fault:
        sys.exit(f"not proved: it cannot be read ({fault})")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:4])) if len(sys.argv) > 2 else sys.exit(__doc__)
