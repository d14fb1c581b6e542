"""`make chaos`: sixty partnerships in flight while a worker, Temporal and PostgreSQL are killed several times each."""

from __future__ import annotations

import argparse
import asyncio
import logging
import sys
import tempfile
from pathlib import Path

from rich.console import Console

from tests.chaos.episode import Report, episode

out = Console(highlight=False)


def main() -> int:
    """Run one episode and say what it showed; the exit code is 0 only if nothing was violated."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="the moments of the kills follow from it")
    parser.add_argument("--partnerships", type=int, default=60)
    parser.add_argument("--kills", type=int, default=5, help="how often each of the three is killed")
    parser.add_argument("--limit", type=float, default=540.0, help="seconds until an unfinished life is a failure")
    chosen = parser.parse_args()
    logging.disable(logging.CRITICAL)  # servers are killed under its drivers on purpose; what that did is the report
    with tempfile.TemporaryDirectory(prefix="accord-chaos-", ignore_cleanup_errors=True) as folder:
        report = asyncio.run(episode(Path(folder), chosen.seed, chosen.partnerships, chosen.kills, chosen.limit))
    say(report)
    return 1 if report.violations else 0


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
