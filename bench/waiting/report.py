"""The waits of people, where they waited, and the lengths of the backlogs, as tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import median

from rich.console import Console
from rich.table import Table

from bench.waiting.backlog import Backlog
from bench.waiting.people import Wait
from bench.waiting.stretches import STRETCHES

out = Console(highlight=False, width=120)
ALONE, FIRST, EQUAL = "nothing", "a backlog, people first", "a backlog, all equal"


def report(count: int, waits: Mapping[str, list[Wait]], backlogs: Mapping[str, list[Backlog]]) -> None:
    """Print the waits of people, where they waited, and the lengths of the backlogs."""
    out.print(_waits(waits, f"A person's proposal, in seconds; a backlog is of {count:,} partnerships"))
    out.print(_stretches(waits))
    for order, some in backlogs.items():
        told, looked = median(one.told for one in some), median(one.looked for one in some)
        left = min(one.left for one in some)
        out.print(f"{order}: all told after {told:.0f} s, all looked again after {looked:.0f} s; {left:,} or more left")
    out.print("Left: those that had not looked again when the last person of a round sent their proposal.")


def _waits(waits: Mapping[str, list[Wait]], title: str) -> Table:
    table = Table("Beside", "People", "Receipt", "p95", "Rules' answer", "p95", "p95 beside nothing", title=title)
    still = _p95([one.answer for one in waits[ALONE]])
    for beside, some in waits.items():
        receipts, answers = [one.sent.receipt for one in some], [one.answer for one in some]
        figures = (f"{figure(series):.2f}" for series in (receipts, answers) for figure in (median, _p95))
        table.add_row(beside, str(len(some)), *figures, f"{_p95(answers) / still:.2f}")
    return table


def _stretches(waits: Mapping[str, list[Wait]]) -> Table:
    table = Table("Median seconds", *waits, title="Where the time of a proposal's workflow goes")
    for stretch in STRETCHES:
        table.add_row(stretch, *(f"{median(one.spent[stretch] for one in some):.2f}" for some in waits.values()))
    return table


def _p95(series: Sequence[float]) -> float:
    return sorted(series)[min(int(0.95 * len(series)), len(series) - 1)]
