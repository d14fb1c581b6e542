"""`python -m bench.names`: how often a name confirms another one, by kind of pair and by way of writing."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.names.pairs import COUNT, Draw, Kind, Pair, pairs, registered_names
from registers.matching.same_name import compare_names

out = Console(highlight=False, width=120)
BOUNDS = {Kind.OWN: (97.0, 100.0), Kind.OTHER: (0.0, 0.5), Kind.NAMED_AFTER: (0.0, 0.0)}
"""The least and the most percent of pairs that may be confirmed (rules 3.1)."""


def main() -> int:
    """Print the shares. The exit code is 0 only if all of them are within their bounds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the folder of real registers")
    parser.add_argument("--draw", type=Draw, choices=list(Draw), default=Draw.SHOWING)
    parser.add_argument("--count", type=int, default=COUNT, help="organisations")
    parser.add_argument(
        "--wrong", type=int, default=0, help="print so many pairs of each kind that were judged wrongly"
    )
    chosen = parser.parse_args()
    judged = [
        (one, confirmed(one)) for one in pairs(registered_names(chosen.data / "irs/bmf"), chosen.draw, chosen.count)
    ]
    for kind in Kind:
        say_wrong([one for one, yes in judged if one.kind is kind and yes is not (kind is Kind.OWN)][: chosen.wrong])
    return say(judged)


def confirmed(pair: Pair) -> bool:
    """True if the given name confirms the registered one."""
    return compare_names(pair.given, pair.registered).confirms


def say_wrong(wrong: list[Pair]) -> None:
    """Print pairs that were judged wrongly."""
    for pair in wrong:
        out.print(f"{pair.kind}, {pair.how}: {pair.registered} | {pair.given}", markup=False, soft_wrap=True)


def say(judged: list[tuple[Pair, bool]]) -> int:
    """Print the share of each kind and way, and return the exit code."""
    made, yes = Counter(one[0].kind for one in judged), Counter(one.kind for one, confirms in judged if confirms)
    ways = Counter((one.kind, one.how) for one, _ in judged)
    yes_ways = Counter((one.kind, one.how) for one, confirms in judged if confirms)
    table = Table("Pairs", "Made", "Confirmed", "Percent", "Bound")
    met = True
    for kind in Kind:
        least, most = BOUNDS[kind]
        share = 100 * yes[kind] / made[kind]
        met = met and least <= share <= most
        bound = f">= {least:g}" if kind is Kind.OWN else f"<= {most:g}"
        table.add_row(f"[bold]{kind}[/bold]", str(made[kind]), str(yes[kind]), f"{share:.2f}", bound)
        for (of, how), count in sorted(ways.items()):
            if of is kind:
                table.add_row(
                    f"  {how}", str(count), str(yes_ways[of, how]), f"{100 * yes_ways[of, how] / count:.2f}", ""
                )
    out.print(table)
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
