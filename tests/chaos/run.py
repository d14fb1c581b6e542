"""`make chaos`: sixty partnerships in flight while a worker, Temporal and PostgreSQL are killed several times each.

Then the database is put back to a backup in the midst of twelve, alone, and together with Temporal.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import sys
import tempfile
from pathlib import Path

from rich.console import Console

from tests.chaos.episode import Report, episode
from tests.chaos.restoring import Restored, restore

out = Console(highlight=False)


def main() -> int:
    """Run one episode and say what it showed; the exit code is 0 only if nothing was violated."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="the moments of the kills follow from it")
    parser.add_argument("--partnerships", type=int, default=60)
    parser.add_argument("--kills", type=int, default=5, help="how often each of the three is killed")
    parser.add_argument("--restored", type=int, default=12, help="partnerships in each drill of a restore")
    parser.add_argument("--limit", type=float, default=540.0, help="seconds until an unfinished life is a failure")
    chosen = parser.parse_args()
    logging.disable(logging.CRITICAL)  # servers are killed under its drivers on purpose; what that did is the report
    with tempfile.TemporaryDirectory(prefix="accord-chaos-", ignore_cleanup_errors=True) as folder:
        report = asyncio.run(episode(Path(folder), chosen.seed, chosen.partnerships, chosen.kills, chosen.limit))
    say(report)
    restored = [put_back(chosen.seed, both, chosen.restored) for both in (False, True)]
    return 1 if report.violations or any(one.violations for one in restored) else 0


def put_back(seed: int, both: bool, partnerships: int) -> Restored:
    """Run a drill of a restore, and say what it showed."""
    with tempfile.TemporaryDirectory(prefix="accord-restore-", ignore_cleanup_errors=True) as folder:
        found = asyncio.run(restore(Path(folder), seed, partnerships, both))
    what = "database and Temporal" if both else "the database"
    out.print(f"put back, {what}: {found.lost} events lost, {found.recorded_again} recorded again")
    out.print(f"files that had left and were forgotten: {found.left}; payments booked: {found.paid}")
    out.print(f"violations: {len(found.violations)}")
    for violation in found.violations:
        out.print(f"  {violation}", markup=False)
    return found


def say(report: Report) -> None:
    """Print the report."""
    kills = ", ".join(f"{name} {count}" for name, count in sorted(report.killed.items()))
    out.print(f"seed {report.seed}: {report.partnerships} partnerships finished in {report.seconds:.0f} s")
    out.print(f"killed: {kills}; {report.events} events in the ledger")
    out.print("meanwhile: " + ", ".join(f"{name} {count}" for name, count in sorted(report.mischief.items())))
    out.print(f"violations: {len(report.violations)}")
    for violation in report.violations:
        out.print(f"  {violation}", markup=False)


if __name__ == "__main__":
    sys.exit(main())
