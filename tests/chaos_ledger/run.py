"""`make chaos-ledger`: a hundred cycles of kills and freezes under load, and every answer checked afterwards."""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sys
import tempfile
from pathlib import Path
from typing import Any

from accord.cli.proof_options import progress_bar
from tests.chaos_ledger.check import as_json, out, say
from tests.chaos_ledger.storm import Report, storm


def main() -> int:
    """Run one storm and say what it showed; the exit code is 0 only if nothing was violated."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cycles", type=int, default=100, help="how many faults, one after the other")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6), help="faults and their moments follow")  # noqa: S311
    parser.add_argument("--json", action="store_true", help="print the report for a machine")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="accord-chaos-", ignore_cleanup_errors=True) as folder:
        report = asyncio.run(watched(Path(folder), chosen.seed, chosen.cycles))
    if chosen.json:
        print(json.dumps(plain(report), indent=2))  # noqa: T201
    else:
        tell(report)
    return 1 if report.findings.violations else 0


async def watched(folder: Path, seed: int, cycles: int) -> Report:
    """Run a storm under a bar."""
    with progress_bar() as bar:
        task = bar.add_task(f"storm {seed}", total=cycles)
        return await storm(folder, seed, cycles, lambda done: bar.update(task, completed=done))


def plain(report: Report) -> dict[str, Any]:
    """Return a report for a machine."""
    return {**report._asdict(), "findings": as_json(report.findings), "seconds": round(report.seconds, 1)}


def tell(report: Report) -> None:
    """Print a report for a person."""
    faults = ", ".join(f"{name} {count}" for name, count in sorted(report.faults.items()))
    out.print(f"seed {report.seed}: {report.cycles} cycles in {report.seconds:.0f} s")
    out.print(f"faults: {faults}", soft_wrap=True)
    say(report.findings)


if __name__ == "__main__":
    sys.exit(main())
