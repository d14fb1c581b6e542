"""`python -m bench.screening`: the name matcher against real lists: what it finds, what it lets pass, how fast it is.

The lists are those of OFAC and of the United Nations, the charities those of the Internal Revenue Service. Seeds are
fixed. Names are altered by one typing error, by another order, by a dropped word, and by another transcription.
Labelled pairs are scored by its peers too, in the same run.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.table import Table

from bench.screening.lists import listed_names
from bench.screening.measuring import Row, measured
from bench.screening.pairs import Draw
from bench.screening.quality import OURS, Judged, judged
from registers.matching import NameIndex

out = Console(highlight=False, width=150)
LEAST: Final = {"all pairs": 0.71, "pairs that share a word": 0.78}
"""The F1 below which ours may not fall again. In each group it is at least that of the best peer as well (ADR 0143)."""


def main() -> None:
    """Print the tables. Exit with 1 if a target is missed, and with 2 if there are no data."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--data", type=Path, required=True)
    arguments.add_argument("--json", action="store_true")
    arguments.add_argument("--draw", type=Draw, choices=list(Draw), default=Draw.SHOWING)
    arguments.add_argument("--logic-v2", type=Path, help="a Python that has nomenklatura, to ask its LogicV2 too")
    arguments.add_argument("--only-pairs", action="store_true")
    asked = arguments.parse_args()
    if not (asked.data / "ofac").is_dir():
        out.print(f"skipped: no lists under {asked.data}")
        sys.exit(2)
    listed = listed_names(asked.data)
    groups, absent = judged(asked.data, asked.draw, NameIndex(listed), asked.logic_v2)
    rows = [] if asked.only_pairs else list(measured(asked.data, listed))
    if asked.json:
        facts = {"pairs": [group._asdict() for group in groups], "absent": absent}
        measures = [{**row._asdict(), "met": row.met} for row in rows]
        print(json.dumps({**facts, "measures": measures}, indent=2))  # noqa: T201
    else:
        say_pairs(groups, absent)
        say_measures(rows)
    sys.exit(0 if all(row.met for row in rows) and all(map(is_met, groups)) else 1)


def is_met(group: Judged) -> bool:
    """True if ours reaches its least F1, and that of the best peer."""
    best = max((reached for name, reached in group.f1.items() if name != OURS), default=0.0)
    return group.f1[OURS] >= max(best, LEAST.get(group.what, 0.0))


def say_pairs(groups: Sequence[Judged], absent: Sequence[str]) -> None:
    """Print the F1 of each matcher on each group of pairs."""
    matchers = list(groups[0].f1)
    table = Table("Labelled pairs", "Count", *matchers, "Met")
    for group in groups:
        reached = (f"{group.f1[name]:.3f}" for name in matchers)
        table.add_row(group.what, f"{group.pairs:,}", *reached, "yes" if is_met(group) else "no")
    out.print(table)
    for reason in absent:
        out.print(reason, markup=False)


def say_measures(rows: Sequence[Row]) -> None:
    """Print each measure beside its target."""
    table = Table("What", "Reached", "Target", "Met")
    for row in rows:
        bound = f"{'<=' if row.at_most else '>='} {row.target:g}"
        table.add_row(row.what, f"{row.reached:.2f} {row.unit}", bound, "yes" if row.met else "no")
    if rows:
        out.print(table)


if __name__ == "__main__":
    main()
