"""`make bench-pairs BEFORE=commit`: how fast this tree is beside an earlier one, in interleaved pairs, work by work.

Both run at once, each on servers of its own, and are measured in turn; what disturbs one round disturbs its neighbour.
The ratio comes with its 95 % interval (Student's t over the logarithms of the pairs).
"""

from __future__ import annotations

import argparse
import math
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple

from rich.console import Console
from rich.table import Table

from bench.rounds import ANSWER, WORKS

ROOT: Final = Path(__file__).resolve().parent.parent
FLOOR: Final = 0.95
"""The least that each kind of work keeps of the speed of the release before."""
_T95: Final = {5: 2.571, 9: 2.262, 14: 2.145, 19: 2.093, 29: 2.045}
"""Student's t, two-sided 95 %, by degrees of freedom."""

out = Console(highlight=False)


class Ratio(NamedTuple):
    """The ratio of two speeds, with its 95 % interval."""

    middle: float
    low: float
    high: float


class Runner:
    """A process that runs rounds in one tree."""

    def __init__(self, tree: Path, work: str) -> None:
        environment = {**os.environ, "PYTHONPATH": str(tree)}
        self._process = subprocess.Popen(
            [sys.executable, "-P", str(ROOT / "bench" / "rounds.py"), work],  # -P: so that it imports from the tree
            cwd=tree, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        self._answer()

    def rate(self, count: int) -> float:
        """Return the rate a second of one round of a size."""
        if self._process.stdin is None:
            raise RuntimeError("the runner takes no input")
        self._process.stdin.write(f"{count}\n")
        self._process.stdin.flush()
        return float(self._answer())

    def stop(self) -> None:
        """End the process by ending its input."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        self._process.wait()

    def _answer(self) -> str:
        for line in self._process.stdout or ():
            if line.startswith(ANSWER):  # older trees log to their output, too
                return line.removeprefix(ANSWER).strip()
        raise RuntimeError("a runner ended before it answered; its messages are above")


@contextmanager
def tree_of(commit: str) -> Iterator[Path]:
    """Check an earlier commit out beside this tree, and remove it afterwards."""
    asked = ["git", "rev-parse", "--quiet", "--verify", f"{commit}^{{commit}}"]
    if subprocess.run(asked, cwd=ROOT, stdout=subprocess.DEVNULL).returncode:
        sys.exit(f"--before: {commit!r} is no commit of this repository; name it as `git log --oneline` does")
    with tempfile.TemporaryDirectory(prefix="accord-before-") as folder:
        before = Path(folder) / "tree"
        subprocess.run(["git", "worktree", "add", "--quiet", "--detach", before, commit], cwd=ROOT, check=True)
        try:
            yield before
        finally:
            subprocess.run(["git", "worktree", "remove", "--force", before], cwd=ROOT, check=True)


def ratio_of(after: list[float], before: list[float]) -> Ratio:
    """Return the geometric mean of the pairs' ratios with its 95 % interval."""
    logs = [math.log(one / other) for one, other in zip(after, before, strict=True)]
    middle = statistics.fmean(logs)
    degrees = max(known for known in _T95 if known <= len(logs) - 1)
    half = _T95[degrees] * statistics.stdev(logs) / math.sqrt(len(logs))
    return Ratio(math.exp(middle), math.exp(middle - half), math.exp(middle + half))


def measure(before: Path, work: str, pairs: int, rounds: int) -> tuple[list[float], list[float]]:
    """Return (this tree's rates, the earlier one's), pair by pair. A pair is several short rounds of each, in turn."""
    count = WORKS[work][1]
    old, new = Runner(before, work), Runner(ROOT, work)
    try:
        for runner in (old, new):  # the first round warms up
            runner.rate(count)
        theirs, ours = [], []
        for pair in range(pairs):
            told: dict[Runner, list[float]] = {old: [], new: []}
            for turn in range(rounds):
                for runner in (old, new) if (pair + turn) % 2 else (new, old):
                    told[runner].append(runner.rate(count))
            theirs.append(statistics.harmonic_mean(told[old]))
            ours.append(statistics.harmonic_mean(told[new]))
            out.print(f"{work}, pair {pair + 1} of {pairs}: {ours[-1]:,.1f} beside {theirs[-1]:,.1f} a second")
        return ours, theirs
    finally:
        old.stop()
        new.stop()


def main() -> int:
    """Read the command line, measure, and print the ratios. The exit code is 0 if each reaches the floor."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--before", required=True, help="the commit to measure beside")
    parser.add_argument("--work", choices=WORKS, action="append", help="what to measure, once or more; else all of it")
    parser.add_argument("--pairs", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=4, help="rounds of each in a pair")
    chosen = parser.parse_args()
    if chosen.pairs <= min(_T95):
        parser.error(f"--pairs {chosen.pairs}: an interval needs at least {min(_T95) + 1}")
    with tree_of(chosen.before) as before:
        found = {work: ratio_of(*measure(before, work, chosen.pairs, chosen.rounds)) for work in chosen.work or WORKS}
    table = Table("Work", "This tree / before", "95 % interval", "Floor", "Met")
    for work, ratio in found.items():
        met = "yes" if ratio.middle >= FLOOR else "no"
        table.add_row(work, f"{ratio.middle:.3f}", f"{ratio.low:.3f} to {ratio.high:.3f}", f"{FLOOR}", met)
    out.print(table)
    return 0 if all(ratio.middle >= FLOOR for ratio in found.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
