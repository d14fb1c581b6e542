"""`make mutation`: check that the tests of the rule book, or of another package, would notice if it were wrong.

Each mutant is the package with one change: a rule that always passes, or a finer one. The tests must fail with it.
The score is killed / all; a mutant that cannot change what the package does is named in
`bench/mutation/equivalent.py`, and counted as alive.

`python -m bench.mutation workflows` changes the workflows. The one oracle is then the replay of the golden histories:
a change that they bear is one that no run under way would notice, and is explained in `bench/mutation/unnoticed.py`.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from bench.mutation.equivalent import (
    IDENTITY,
    IN_IDENTITY,
    IN_LOADING,
    IN_RULES,
    IN_SCREENING,
    LOADING,
    SCREENING,
)
from bench.mutation.mutants import POLICY, ROOT, WORKFLOWS, Mutant, all_mutants, unchanged
from bench.mutation.replayed import Replays, longest_goldens
from bench.mutation.trial import Tests, Trial, move_into_a_copy, try_all, try_unchanged, warm_up
from bench.mutation.unnoticed import UNNOTICED

out = Console(highlight=False, soft_wrap=True, markup=False)
err = Console(highlight=False, soft_wrap=True, markup=False, stderr=True)

FLOOR: Final = 0.99
"""The least score of all mutants together with which the check passes. No rule's own mutant may survive."""


class Bar(NamedTuple):
    """The bar for a package: its explained survivors, the kind of which no other may live, and the least score."""

    explained: Mapping[str, str]
    kind: str
    """None of this kind may survive unexplained; '' for none of any kind."""
    floor: float


RULES: Final = Bar(IN_RULES, "rule", FLOOR)
BARS: Final = {
    WORKFLOWS: Bar(UNNOTICED, "", 0.0),
    IDENTITY: Bar(IN_IDENTITY, "", 0.0),
    LOADING: Bar(IN_LOADING, "", 0.0),
    SCREENING: Bar(IN_SCREENING, "", 0.0),
}
"""The bars of packages, where they are others than that of the rules."""


class Score(NamedTuple):
    """The number of mutants that the tests killed, and the number of all."""

    killed: int
    all: int

    @property
    def ratio(self) -> float:
        """Killed / all, or 1 if there was nothing to kill."""
        return self.killed / self.all if self.all else 1.0

    def __str__(self) -> str:
        return f"{self.killed} of {self.all}, {100 * self.ratio:.1f} %"


class Report(NamedTuple):
    """The outcome of all mutants."""

    trials: tuple[Trial, ...]
    left_out: frozenset[str]
    unwatched: tuple[str, ...]
    seconds: float
    bar: Bar = RULES

    def score(self, kind: str = "") -> Score:
        """Return the score of one kind of mutants, or of all."""
        trials = [one for one in self.trials if kind in ("", one.mutant.kind)]
        return Score(sum(one.killed for one in trials), len(trials))

    @property
    def survivors(self) -> tuple[Mutant, ...]:
        """The mutants that the tests ought to kill, and did not."""
        return tuple(mutant for mutant in self._alive if not self._named(mutant))

    @property
    def explained(self) -> Mapping[str, str]:
        """The reason of each mutant that no test can kill, by its title."""
        return {mutant.title: self.bar.explained[name] for mutant in self._alive if (name := self._named(mutant))}

    @property
    def disproved(self) -> tuple[str, ...]:
        """The explanations of which every mutant that was tried was killed nevertheless."""
        tried = {name for one in self.trials if (name := self._named(one.mutant))}
        return tuple(sorted(tried - {self._named(mutant) for mutant in self._alive}))

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of mutants that were tried."""
        return tuple(dict.fromkeys(one.mutant.kind for one in self.trials))

    @property
    def passed(self) -> bool:
        """True if the scores suffice, every rule has a mutant, no test was left out, and no explanation is wrong."""
        alive = [mutant for mutant in self.survivors if self.bar.kind in ("", mutant.kind)]
        watched = not alive and self.score().ratio >= self.bar.floor
        return watched and not (self.disproved or self.left_out or self.unwatched)

    def _named(self, mutant: Mutant) -> str:
        """Return the name under which a mutant is explained: its own, its function's or its file's, or ''."""
        names = (mutant.key, f"{mutant.path} {mutant.scope}", mutant.path)
        return next((name for name in names if name in self.bar.explained), "")

    @property
    def _alive(self) -> tuple[Mutant, ...]:
        return tuple(one.mutant for one in self.trials if not one.killed)


def chosen(arguments: argparse.Namespace, root: Path) -> tuple[Mutant, ...]:
    """Return the mutants that the command line asks for."""
    pattern = re.compile(arguments.only)
    return tuple(
        one
        for one in all_mutants(root, arguments.rules_only, arguments.package)
        if pattern.search(f"{one.kind} {one.title}")
    )


def check(arguments: argparse.Namespace) -> Report:
    """Run the tests on the rule book as it is, on each mutant, and once more on the rule book as it is."""
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        root = move_into_a_copy(Path(folder))
        mutants, originals = chosen(arguments, root), unchanged(root, arguments.package)
        warm_up(arguments.package)
        tests = oracle(arguments)
        sound = try_unchanged(originals, tests)
        failed = frozenset(sound.by.splitlines())
        if failed and not arguments.despite_failures:
            raise SystemExit("\n  ".join(["tests fail on the package as it is:", *sorted(failed)]))
        err.print(f"the tests take {sound.seconds:.0f} s, {len(failed)} fail anyway; {len(mutants)} mutants")
        tests = tests._replace(left_out=failed, limit=max(tests.limit, 10 * sound.seconds))
        trials = tuple(shown(try_all(mutants, tests, arguments.jobs), len(mutants)))
        if try_unchanged(originals, tests).killed:
            raise SystemExit("tests that passed on the package as it is failed later: nothing is known")
        rules = unwatched() if arguments.package == POLICY else ()
        bar = BARS.get(arguments.package, RULES)
        return Report(trials, failed, rules, time.monotonic() - started, bar)


def oracle(arguments: argparse.Namespace) -> Tests | Replays:
    """Return the judge of the mutants that the command line asks for."""
    if arguments.package == WORKFLOWS:
        return Replays(longest_goldens(), arguments.limit)
    return Tests(arguments.tests, arguments.only_examples, arguments.limit)


def shown(trials: Iterator[Trial], total: int) -> Iterator[Trial]:
    """Yield the trials and show their progress: a bar on a terminal, a line now and then elsewhere."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    alive = 0
    # No thread of its own may refresh the bar: the trials are forks of this process.
    with Progress(*columns, console=err, auto_refresh=False, disable=not err.is_terminal) as bar:
        task = bar.add_task("mutants", total=total)
        for done, trial in enumerate(trials, 1):
            alive += not trial.killed
            bar.update(task, advance=1, description=f"mutants, {alive} alive", refresh=True)
            if not err.is_terminal and (done % 50 == 0 or done == total):
                err.print(f"{done} of {total} mutants, {alive} alive")
            yield trial


def unwatched() -> tuple[str, ...]:
    """Return the revisions of rules, of all editions, of which there is no mutant."""
    from domain.policy.rulebook import EDITIONS

    rules = [rule for book in EDITIONS.values() for rule in book.rules]
    revisions = {f"{rule.rule_id} since {rule.since}" if rule.before else rule.rule_id for rule in rules}
    return tuple(sorted(revisions - {mutant.scope for mutant in all_mutants(Path(), rules_only=True)}))


def as_json(report: Report) -> dict[str, Any]:
    """Return the report for a program."""
    return {
        "passed": report.passed,
        "left_out": sorted(report.left_out),
        "unwatched": report.unwatched,
        "seconds": round(report.seconds, 1),
        "score": report.score().ratio,
        "kinds": {kind: report.score(kind)._asdict() for kind in report.kinds},
        "survivors": [mutant.title for mutant in report.survivors],
        "explained": dict(report.explained),
        "disproved": report.disproved,
        "killed": {one.mutant.title: one.by for one in report.trials if one.killed},
    }


def tell(report: Report) -> None:
    """Print the report for a person."""
    table = Table("mutants", "killed", "all", title="Mutants")
    for kind in (*report.kinds, ""):
        score = report.score(kind)
        table.add_row(kind or "all", str(score.killed), str(score.all))
    out.print(table)
    name("Alive, and ought not to be", [f"{mutant.kind} {mutant.title}" for mutant in report.survivors])
    name("Alive, and explained", [f"{title}: {reason}" for title, reason in report.explained.items()])
    name("Explained, and killed", report.disproved)
    name("Rules that no mutant is made of", report.unwatched)
    name("Left out, as they fail on the package as it is", sorted(report.left_out))
    out.print(f"rules {report.score('rule')}; all {report.score()}; {report.seconds:.0f} s")


def name(heading: str, lines: Sequence[str]) -> None:
    """Print lines under a heading, if there are any."""
    if lines:
        out.print(f"{heading}:", *(f"  {line}" for line in lines), sep="\n")


def parse(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m bench.mutation", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("target", nargs="?", choices=("rules", "workflows"), default="rules", help="what is changed")
    parser.add_argument("--jobs", type=int, choices=(1, 2), default=2, help="processes at a time")
    parser.add_argument("--only", metavar="PATTERN", default="", help="mutants whose line in --list matches this")
    parser.add_argument("--rules-only", action="store_true", help="only whole rules, not the finer changes")
    parser.add_argument("--only-examples", action="store_true", help="leave the tests of hypothesis out")
    parser.add_argument("--despite-failures", action="store_true", help="leave out the tests that fail anyway")
    parser.add_argument("--package", type=Path, default=POLICY, help="the folder that is changed, else the rule book")
    parser.add_argument("--tests", default="tests/domain/policy", help="a folder or a file of tests, the oracle")
    parser.add_argument(
        "--limit",
        type=float,
        default=60.0,
        help="seconds after which a mutant counts as killed, if ten runs of the tests are not longer",
    )
    parser.add_argument("--list", action="store_true", help="print the mutants and try none")
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    found = parser.parse_args(arguments)
    if found.target == "workflows":
        found.package = WORKFLOWS
    return found


def main() -> int:
    """Run the check and return the exit code: 0 if it passed."""
    arguments = parse()
    if arguments.list:
        mutants = chosen(arguments, ROOT)
        name(f"{len(mutants)} mutants", [f"{mutant.kind} {mutant.title}" for mutant in mutants])
        return 0
    report = check(arguments)
    if arguments.json:
        sys.stdout.write(json.dumps(as_json(report), indent=2) + "\n")
    else:
        tell(report)
    return 0 if report.passed else 1
