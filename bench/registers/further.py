"""`python -m bench.registers.further`: how many of the benchmark's payees the registers know by a further name too.

Every name that a register gives for a payee's number is screened. Whoever records a partnership and screens the payee's
own name alone has one that lacks a name, and each run of re-screening tells it.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from rich.console import Console

from bench.registers.files import FULL, Files, good_rows, published
from bench.registers.lookups import payees_of
from domain.parties import Party
from domain.screening.screened import known_to_registers
from registers.history import Row
from registers.lookup import ABOUT_STATUS, evidence_of
from registers.sources.catalogue import REGISTERS

out = Console(highlight=False, soft_wrap=True, markup=False)


def rows_of(files: Files, numbers: frozenset[str]) -> Mapping[str, Mapping[str, list[Row]]]:
    """Return the rows of the registers of status under some numbers, by number and register."""
    found: dict[str, dict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
    for register in ABOUT_STATUS:
        of_version = {"register": register, "version": 1, "sha256": "00" * 32, "source_date": date.min}
        for path in files.get(register, ()):
            place = {"kind": REGISTERS[register].kind_of(path.name).name, "file": path.name, "listed_since": 1}
            for row in good_rows(register, path):
                if row.key in numbers:
                    line = {"key": row.key, "row": row.row, "line": row.line}
                    found[row.key][register].append({**of_version, **place, **line})
    return found


def lacking(files: Files, payees: Sequence[Party]) -> tuple[int, ...]:
    """Return the places of the payees that a register knows by a name which they do not give."""
    rows = rows_of(files, frozenset(payee.ein or "" for payee in payees))
    return tuple(place for place, payee in enumerate(payees) if _further(payee, rows.get(payee.ein or "", {})))


def _further(payee: Party, rows: Mapping[str, list[Row]]) -> tuple[Party, ...]:
    return tuple(known_to_registers(payee, evidence_of(payee, payee.ein or "", (), rows, ())))


def main() -> int:
    """Draw the payees as the benchmark does, and say how many of those in the ledger only have a further name."""
    parser = argparse.ArgumentParser(prog="python -m bench.registers.further", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the folder of real registers")
    parser.add_argument("--standing", type=int, default=2_000, help="open partnerships, those with workflows included")
    chosen = parser.parse_args()
    running, listed = FULL.running, FULL.touched
    with tempfile.TemporaryDirectory(prefix="accord-bench-") as name:
        files = published(chosen.data, Path(name), FULL)
        payees = payees_of(files, chosen.standing - 2 * listed, random.Random(4))
        places = [place for place in lacking(files, payees) if place >= running]
    apart = sum(place >= running + listed for place in places)
    out.print(
        f"{len(payees) - running:,} partnerships in the ledger only: {len(places)} payees have a further name, {apart} "
        f"of them beside the {listed} that the union's list names, so that {listed + apart} would be told"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
