"""`python -m bench.registers`: measure everything on the real files, and report whether the targets were reached."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import tempfile
from datetime import date
from pathlib import Path

from rich.console import Console

from bench.ledger.server import Server, versions
from bench.registers.changes import changing
from bench.registers.files import FULL, QUICK, Extent, Files, published, stocks
from bench.registers.loads import a_year, first_version, memory
from bench.registers.lookups import asking
from bench.registers.report import Finding, Findings, as_json, out, show

aside = Console(stderr=True, highlight=False)


async def run(data: Path, extent: Extent) -> Findings:
    """Measure on a database server alone, then on a whole stack."""
    with tempfile.TemporaryDirectory(prefix="accord-bench-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        files = published(data, folder, extent)
        server = Server(folder)
        await server.start()
        try:
            settings = await server.settings() | {"load average before": f"{os.getloadavg()[0]:.1f}"}
            found = await _on_a_server(server, files, extent)
        finally:
            server.stop()
        aside.print("changes of registers")
        found += await changing(folder, files, extent)
        return Findings(extent is QUICK, versions(), settings, stocks(files), found, date.today())  # noqa: DTZ011


async def _on_a_server(server: Server, files: Files, extent: Extent) -> list[Finding]:
    master, year, asked = files["irs-bmf"], server.folder / "year", server.folder / "asked"
    year.mkdir()
    aside.print("first version")
    found = await first_version(server, master, extent)
    aside.print("a year of versions")
    found += await a_year(await server.database("year"), master, year, extent)
    aside.print("memory of a load")
    url = await server.database("asked")
    found += await memory(url, files["irs-pub78"], asked / "archive")
    aside.print("look-ups and verifications")
    return found + await asking(url, files, asked, extent)


def main() -> int:
    """Read the command line and measure. A quick run only shows that everything works."""
    parser = argparse.ArgumentParser(prog="python -m bench.registers", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="the folder of real registers")
    parser.add_argument("--json", action="store_true", help="print everything for machines")
    parser.add_argument("--quick", action="store_true", help="a smoke run; its figures say little")
    chosen = parser.parse_args()
    if not (chosen.data / "irs/bmf").is_dir():
        aside.print(f"no registers in {chosen.data}; give their folder with --data")
        return 2
    findings = asyncio.run(run(chosen.data, QUICK if chosen.quick else FULL))
    if chosen.json:
        out.print_json(json.dumps(as_json(findings)))
    else:
        show(findings)
    return 0 if findings.quick or findings.met else 1


if __name__ == "__main__":
    sys.exit(main())
