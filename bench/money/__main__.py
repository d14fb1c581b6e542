"""`make bench-money PAYMENTS=n EVENTS=n`: run the four, one after another, each in a process of its own.

Each says what it measured. The end is 1 if one of them missed its aim.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from typing import Final

from rich.console import Console

LONGEST: Final = 4 * 3600
"""Seconds after which a part is given up."""

err = Console(stderr=True, highlight=False)


def main() -> int:
    """Read the command line, and run the parts."""
    parser = argparse.ArgumentParser(prog="python -m bench.money", description=__doc__)
    parser.add_argument("--payments", type=int, default=10_000, help="entries of the bank's message")
    parser.add_argument("--events", type=int, default=50_000, help="events of the book")
    parser.add_argument("--decisions", type=int, default=2_000, help="reservations in a round")
    chosen = parser.parse_args()
    parts = (
        ("bench.money.matching", "--payments", str(chosen.payments)),
        ("bench.money.explaining", "--payments", str(chosen.payments)),
        ("bench.books", "--events", str(chosen.events)),
        ("bench.funds", "--count", str(chosen.decisions), "--sizes"),
    )
    ends = [_run(*part) for part in parts]
    return max(ends)


def _run(module: str, *arguments: str) -> int:
    err.print(f"{module} {' '.join(arguments)} (load {os.getloadavg()[0]:.1f})")
    return subprocess.run([sys.executable, "-m", module, *arguments], timeout=LONGEST, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
