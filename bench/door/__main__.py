"""Measure the grantee's door, held to one core, and the console's pages beside it.

Whatever is lost, doubled, unproved or unbounded ends it with 1. Times are printed, and end nothing.
"""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

from rich.console import Console
from rich.table import Table

from bench.console.organisation import Writer, found_on_the_sample
from bench.door.bare import save_beside_update
from bench.door.crowds import Staff, Told, Waits, crowd
from bench.door.facts import (
    MOST_MEMORY,
    faults_of_handed_in,
    faults_of_receipts,
    faults_of_saved,
    faults_of_sent,
    first_of,
)  # fmt: skip
from bench.door.forms import begun_forms
from bench.door.house import House, open_house
from bench.door.lines import BegunForm
from bench.door.sealing import KEY, seal, sign
from bench.papers import MEGABYTE, paper
from ledger.projections import Projector
from records.read_models.judging import judge_of
from records.read_models.partnerships import PARTNERSHIPS

EVERY: Final = 5.0
"""Seconds between two texts that somebody saves."""
AT_ONCE: Final = 60
"""Those who hand in at the same time."""
THERE: Final = 500
"""Partnerships that the console's lists hold."""
_BOUND_OF_TEXT: Final = "bound of the design: p95 100 ms"
_BOUND_OF_PAGES: Final = "bound 1.20"
_THE_TIME: Final = """
CREATE OR REPLACE FUNCTION ledger.now() RETURNS timestamptz LANGUAGE sql VOLATILE AS $$ SELECT clock_timestamp() $$
"""
"""The database's clock as it was, before those partnerships were written on days to come."""
out = Console(highlight=False, soft_wrap=True)


class Extent(NamedTuple):
    """The extent of a run."""

    forms: int
    seconds: float
    uploads: int
    megabytes: int
    submissions: int


class Run:
    """One run: what was measured so far, and what did not hold."""

    def __init__(self, house: House, staff: Staff, extent: Extent) -> None:
        self._house = house
        self._staff = staff
        self._extent = extent
        self._alone = Waits(())
        self._beside: list[tuple[str, Waits]] = []
        self._faults: list[str] = []

    async def all(self) -> bool:
        """Measure all of it, print it, and return True if everything held."""
        await self._staff.alone(5.0)  # the first look at a page is slower, and nobody's
        await self._quiet()
        for part in (self._save, self._send, self._hand_in):
            await part()
            await self._quiet()
        self._bounded()
        self._print_console()
        for fault in first_of(self._faults):
            out.print(f"[red]{fault}[/red]")
        out.print("Everything held." if not self._faults else f"{len(self._faults)} faults.")
        return not self._faults

    async def _quiet(self) -> None:
        """Measure the console while nobody is at the door: before, between and after, since a machine drifts."""
        self._alone = self._alone.beside(await self._staff.alone(min(30.0, max(5.0, self._extent.seconds / 4))))

    async def _save(self) -> None:
        forms = await begun_forms(self._house, self._extent.forms)
        rate = self._extent.forms / EVERY
        told = await crowd(
            self._house, self._staff, "save", forms, at_once=len(forms), seconds=self._extent.seconds, every=EVERY
        )
        self._faults += await faults_of_saved(self._house, told)
        self._noted("open forms", told)
        saved = len(list(told.having("saved")))
        out.print(
            f"{len(forms):,} open forms, {rate:,.0f} texts a second asked, {saved:,} saved in {told.seconds:.0f} s:"
        )
        _print_waits(f"a text, as its browser waits ({_BOUND_OF_TEXT})", told.waits("PUT"))
        for name, waits in (await save_beside_update(self._house)).items():
            _print_waits(name, waits)

    async def _send(self) -> None:
        template = self._house.folder / "paper.pdf"
        template.write_bytes(paper(self._extent.megabytes * MEGABYTE))
        forms = await begun_forms(self._house, self._extent.uploads)
        told = await crowd(self._house, self._staff, "send", forms, at_once=len(forms), paper=str(template))
        self._noted("papers", told)
        self._faults += await faults_of_sent(self._house, told)
        size = self._extent.uploads * self._extent.megabytes
        out.print(f"{len(forms)} papers of {self._extent.megabytes} MB at once: {size / told.seconds:.1f} MB a second:")
        _print_waits("a part", told.waits("PUT"))

    async def _hand_in(self) -> None:
        forms = await begun_forms(self._house, self._extent.submissions, whole=True)
        told = await crowd(self._house, self._staff, "hand in", forms, at_once=AT_ONCE)
        self._noted("handing in", told)
        out.print(f"{len(forms):,} submissions in {told.seconds:.1f} s, {len(forms) / told.seconds:,.0f} a second:")
        _print_waits("handing in", told.waits("POST"))
        _print_waits("the page after it", told.waits("GET"))
        sealing = asyncio.create_task(seal(self._house, len(forms)))
        self._beside.append(("sealing", await self._staff.while_(sealing)))
        faults = await faults_of_handed_in(self._house, told, len(forms))
        self._faults += faults
        numbered = "numbered without a gap, under the fewest seals" if not faults else "; ".join(faults)
        out.print(f"  {numbered}, with the path of each, {sealing.result():.1f} s after a worker began")
        await self._prove(told, forms)

    async def _prove(self, told: Told, forms: Sequence[BegunForm]) -> None:
        """Sign the ledger, take each receipt at the door, and have an outsider verify it."""
        await sign(self._house)
        digests = {line["form"]: line["handed_in"] for line in told.having("handed_in")}
        asking = [form._replace(code=digests[form.form]) for form in forms if digests.get(form.form)]
        receipts = await crowd(self._house, self._staff, "fetch", asking, at_once=AT_ONCE)
        faults = faults_of_receipts(receipts, list(digests.values()), KEY.verifier)
        self._faults += faults
        out.print(f"{len(digests) - len(faults):,} of {len(digests):,} receipts verify by examples/submission.py:")
        _print_waits("a receipt", receipts.waits("GET"))

    def _noted(self, what: str, told: Told) -> None:
        self._beside.append((what, told.staff))

    def _bounded(self) -> None:
        peak = self._house.peak()
        out.print(f"The door held {peak / 2**20:.0f} MiB at most (bound {MOST_MEMORY / 2**20:.0f}).")
        if peak > MOST_MEMORY:
            self._faults.append(f"memory of the door: {peak} bytes")
        failures = self._alone.failures + sum(waits.failures for _, waits in self._beside)
        if failures:
            self._faults.append(f"{failures} pages of the console failed")

    def _print_console(self) -> None:
        table = Table("The console", "Pages", "p50", "p95", "p99", f"p95 beside alone ({_BOUND_OF_PAGES})")
        for what, waits in (("alone", self._alone), *((f"beside {what}", waits) for what, waits in self._beside)):
            ratio = waits.within(0.95) / self._alone.within(0.95)
            times = (f"{waits.within(share) * 1000:.0f} ms" for share in (0.5, 0.95, 0.99))
            table.add_row(what, f"{len(waits.seconds):,}", *times, f"{ratio:.2f}")
        out.print(table)


def _print_waits(what: str, waits: Waits) -> None:
    times = ", ".join(
        f"{name} {waits.within(share) * 1000:.1f} ms" for name, share in (("p50", 0.5), ("p95", 0.95), ("p99", 0.99))
    )
    refused = f", {waits.failures:,} refused or cut off" if waits.failures else ""
    out.print(f"  {what}: {times} ({len(waits.seconds):,}{refused})")


async def measure(extent: Extent) -> bool:
    """Open a house, measure it, and return True if everything held."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        async with open_house(Path(folder)) as house:
            desk = house.office.desk
            await Writer(desk, await found_on_the_sample(desk), THERE).write(lambda _: None)
            await desk.pool.execute(_THE_TIME)
            await Projector(desk.ledger, PARTNERSHIPS, judge_of(desk.ledger)).rebuild(lambda _: None)
            return await Run(house, await Staff.signed_in(house), extent).all()


def main() -> int:
    """Run the benchmark. Return 1 if something did not hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--forms", type=int, default=1000, help="forms that are open, each saved every 5 seconds")
    parser.add_argument("--seconds", type=float, default=600, help="how long they are saved")
    parser.add_argument("--uploads", type=int, default=200, help="papers that are sent at once")
    parser.add_argument("--megabytes", type=int, default=10, help="the size of each")
    parser.add_argument("--submissions", type=int, default=5000, help="forms that are handed in at last")
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # whoever stops it leaves no server behind
    return 0 if asyncio.run(measure(Extent(**vars(parser.parse_args())))) else 1


if __name__ == "__main__":
    sys.exit(main())
