"""`make chaos` and `make chaos-ledger`: kills and freezes under load, and what must not be, afterwards.

`partnerships`: sixty in flight while a worker, Temporal and PostgreSQL are struck several times each. Then the database
is put back to a backup in the midst of twelve, alone, and together with Temporal.
`ledger`: a hundred cycles over the ledger alone, and every answer to its callers checked.
`door`: grantees who save, send papers and hand in while the door, the examiner, whoever seals, PostgreSQL are struck.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import random
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from accord.cli.proof.proof_options import progress_bar
from tests.chaos.door import storm as at_the_door
from tests.chaos.ledger import storm
from tests.chaos.ledger.check import as_json, out, say
from tests.chaos.partnerships.episode import Report, episode
from tests.chaos.partnerships.restoring import Restored, restore


def main() -> int:
    """Run one episode or storm and print its results. The exit code is 0 only if nothing was violated."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parts = parser.add_subparsers(required=True, metavar="partnerships | ledger | door")
    _partnerships(parts.add_parser("partnerships"))
    _ledger(parts.add_parser("ledger"))
    _door(parts.add_parser("door"))
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="accord-chaos-", ignore_cleanup_errors=True) as folder:
        violated: bool = chosen.run(Path(folder), chosen)
    return 1 if violated else 0


def _options(parser: argparse.ArgumentParser, run: Callable[[Path, argparse.Namespace], bool], seed: int) -> None:
    parser.add_argument("--seed", type=int, default=seed, help="faults and their moments follow from it")
    parser.set_defaults(run=run)


def _partnerships(parser: argparse.ArgumentParser) -> None:
    _options(parser, run_partnerships, seed=1)
    parser.add_argument("--partnerships", type=int, default=60)
    parser.add_argument("--kills", type=int, default=5, help="how often each of the three is killed, and frozen")
    parser.add_argument("--restored", type=int, default=12, help="partnerships in each drill of a restore")
    parser.add_argument("--limit", type=float, default=540.0, help="seconds until an unfinished life is a failure")


def _ledger(parser: argparse.ArgumentParser) -> None:
    _options(parser, run_ledger, seed=random.randrange(10**6))  # noqa: S311 - a seeded drill, not a secret
    parser.add_argument("--cycles", type=int, default=100, help="how many faults, one after the other")
    parser.add_argument("--json", action="store_true", help="print the report for a machine")


def _door(parser: argparse.ArgumentParser) -> None:
    _options(parser, run_door, seed=1)
    parser.add_argument("--grantees", type=int, default=10)
    parser.add_argument("--cycles", type=int, default=40, help="how many faults, one after the other")


def run_partnerships(folder: Path, chosen: argparse.Namespace) -> bool:
    """Run an episode and two restores. Return True if anything was violated."""
    logging.disable(logging.CRITICAL)  # servers are killed under its drivers on purpose; what that did is the report
    report = asyncio.run(episode(folder / "episode", chosen.seed, chosen.partnerships, chosen.kills, chosen.limit))
    tell_episode(report)
    restored = []
    for name, both in (("database", False), ("both", True)):
        restored.append(asyncio.run(restore(folder / name, chosen.seed, chosen.restored, both)))
        tell_restore(restored[-1])
    return bool(report.violations) or any(one.violations for one in restored)


def run_ledger(folder: Path, chosen: argparse.Namespace) -> bool:
    """Run a storm under a bar. Return True if anything was violated."""
    with progress_bar() as bar:
        task = bar.add_task(f"storm {chosen.seed}", total=chosen.cycles)
        done = asyncio.run(
            storm.storm(folder, chosen.seed, chosen.cycles, lambda done: bar.update(task, completed=done))
        )
    if chosen.json:
        plain = {**done._asdict(), "findings": as_json(done.findings), "seconds": round(done.seconds, 1)}
        print(json.dumps(plain, indent=2))  # noqa: T201
    else:
        tell_storm(done)
    return bool(done.findings.violations)


def run_door(folder: Path, chosen: argparse.Namespace) -> bool:
    """Run a storm at the door. Return True if anything that was acknowledged is missing."""
    logging.disable(logging.CRITICAL)
    report = asyncio.run(at_the_door.storm(folder, chosen.seed, chosen.grantees, chosen.cycles))
    out.print(f"seed {chosen.seed}: {report.submissions} submissions and {report.papers} papers were acknowledged")
    out.print(f"faults: {counted(report.faults)}", soft_wrap=True)
    tell_violations(report.violations)
    return bool(report.violations)


def tell_episode(report: Report) -> None:
    """Print the results of an episode."""
    out.print(f"seed {report.seed}: {report.partnerships} partnerships finished in {report.seconds:.0f} s")
    out.print(f"faults: {counted(report.faults)}; {report.events} events in the ledger", soft_wrap=True)
    out.print(f"meanwhile: {counted(report.mischief)}", soft_wrap=True)
    tell_violations(report.violations)


def tell_restore(found: Restored) -> None:
    """Print the results of a restore."""
    what = "database and Temporal" if found.both else "the database"
    out.print(f"put back, {what}: {found.lost} events lost, {found.recorded_again} recorded again")
    out.print(f"files that had left and were forgotten: {found.left}; payments booked: {found.paid}")
    tell_violations(found.violations)


def tell_storm(report: storm.Report) -> None:
    """Print the results of a storm."""
    out.print(f"seed {report.seed}: {report.cycles} cycles in {report.seconds:.0f} s")
    out.print(f"faults: {counted(report.faults)}", soft_wrap=True)
    say(report.findings)


def tell_violations(violations: Iterable[str]) -> None:
    """Print the violations."""
    found = list(violations)
    out.print(f"violations: {len(found)}")
    for violation in found:
        out.print(f"  {violation}", markup=False, soft_wrap=True)


def counted(what: Mapping[str, int]) -> str:
    """Return names and how often, in order of the names."""
    return ", ".join(f"{name} {count}" for name, count in sorted(what.items()))


if __name__ == "__main__":
    sys.exit(main())
