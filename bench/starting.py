"""`make bench-starting`: how long a command of the shell takes to begin, beside importing what it cannot do without."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from statistics import median
from typing import Final

from rich.console import Console
from rich.table import Table

ROUNDS: Final = 15
MOST: Final = 2.5
"""The target for a list: so many times the bare imports."""
BARE: Final = ("-c", "import typer, rich, asyncpg")
LISTS: Final = (("list",), ("payments", "list"), ("obligations",))
OTHERS: Final = (("work",), ("show", "P-2026-0001"), ("history", "P-2026-0001"), ("approve", "--help"), ("--help",))

out = Console(highlight=False)


def seconds(*words: str) -> float:
    """Return the seconds of a process. There is no database, so a command ends where it would ask it."""
    environment = {"PATH": os.environ["PATH"], "ACCORD_DATA": "/nowhere"}
    began = time.perf_counter()
    subprocess.run([sys.executable, *words], env=environment, capture_output=True, check=False)
    return time.perf_counter() - began


def main() -> int:
    """Measure in turns, print, and return 1 if a list misses its target."""
    table, met = Table("Command", "Begins in", "Bare imports", "Ratio"), True
    for words in (*LISTS, *OTHERS):
        pairs = [(seconds("-m", "accord", *words), seconds(*BARE)) for _ in range(ROUNDS)]
        ours, bare = median(one for one, _ in pairs), median(other for _, other in pairs)
        met &= words not in LISTS or ours / bare <= MOST
        table.add_row(f"accord {' '.join(words)}", f"{ours:.2f} s", f"{bare:.2f} s", f"{ours / bare:.2f}")
    out.print(table)
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
