"""`python -m bench.ledger`: measure everything on one server, and report whether the targets were reached."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

from rich.console import Console

from bench.ledger.growth import grow
from bench.ledger.report import Findings, as_json, out, show
from bench.ledger.server import Server, versions
from bench.ledger.tailing import tail_all
from bench.ledger.works import FULL, QUICK, Scale, measure_all
from deploy.loop import work_through

aside = Console(stderr=True, highlight=False)


async def run(scale: Scale, growth: int) -> Findings:
    """Start a server, measure, stop it."""
    with tempfile.TemporaryDirectory(prefix="accord-bench-", ignore_cleanup_errors=True) as folder:
        server = Server(Path(folder))
        await server.start()
        try:
            return await _measured(server, scale, growth)
        finally:
            server.stop()


async def _measured(server: Server, scale: Scale, growth: int) -> Findings:
    settings = await server.settings()
    lines = await measure_all(server, scale)
    tailed = await tail_all(server, scale.tail_seconds)
    grown = await grow(server, growth, min(1.0, scale.seconds), aside.print) if growth else []
    return Findings(versions(), settings, scale, lines, tailed, grown)


def main() -> int:
    """Read the command line and measure. A quick run fails only if the reader missed an event, not by targets."""
    parser = argparse.ArgumentParser(prog="python -m bench.ledger", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print everything for machines")
    parser.add_argument("--growth", type=int, default=0, metavar="N", help="also fill a ledger up to so many events")
    parser.add_argument("--quick", action="store_true", help="a smoke run; its figures say little")
    chosen = parser.parse_args()
    found = work_through(run(QUICK if chosen.quick else FULL, chosen.growth))
    if chosen.json:
        out.print_json(json.dumps(as_json(found)))
    else:
        show(found)
    return 0 if (found.sound if chosen.quick else found.met) else 1


if __name__ == "__main__":
    sys.exit(main())
