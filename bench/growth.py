"""`make bench-growth`: what operators wait for as the ledger grows, each beside a comparison measured in the same run.

Re-screening beside a bare read of the documents that are open, and beside reading every event; lists rebuilt beside
reading and decoding the same events; a page of partners beside all; missing workflows found by pages beside one by one.
"""

from __future__ import annotations

import argparse
import os
import resource
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

from rich.console import Console
from rich.table import Table
from temporalio.testing import ActivityEnvironment

from accord.cli.installation import reviving
from accord.cli.partnerships.reading import first_partners, portfolio_at
from accord.client.desk import Desk
from accord.demo.sample import SAMPLE, SAMPLE_REGISTERS
from accord.operations.read_models import ALONE, Processes, processes
from accord.runs.absence import FEW, confirmed_missing, differences, runs
from accord.runs.parallel import AT_ONCE, in_parallel
from activities.contracts import AffectedPartnerships
from activities.registers.rescreening import Rescreening
from bench.console.organisation import Writer, found_on_the_sample
from bench.office import Office, open_office
from deploy.loop import work_through
from domain.partnership.partners import partners
from domain.streams import PARTNERSHIP_STREAMS
from ledger import clock
from ledger.projections import Projector
from records.codec import read_stored
from records.read_models.as_of import LedgerAsOf
from records.read_models.judging import judge_of
from records.read_models.open_partnerships import THE_LEDGER, open_cases
from records.read_models.partnerships import PARTNERSHIPS
from records.read_models.projectors import ALL
from records.read_models.rescreening import RESCREENING
from registers.loading.archive import Archive
from registers.loading.loader import load

SAMPLE_SIZE: Final = 200
"""The number of workflows that are asked about, or started, one by one for a comparison."""

_BARE: Final = """
SELECT d.stream_id, d.document FROM projection.documents d JOIN projection.checkpoints c USING (name, generation)
 WHERE d.name = 'rescreening' AND c.live AND d.asked IS NOT NULL
"""

_SOMEBODY: Final = """
SELECT document -> 'facts' -> 'proposal' -> 'partner' ->> 'name' FROM projection.documents
 WHERE asked IS NOT NULL ORDER BY stream_id LIMIT 1
"""

out, err = Console(highlight=False), Console(stderr=True, highlight=False)


class Spent(NamedTuple):
    """The seconds that something took, and those that this process computed for it."""

    seconds: float
    computed: float

    def __mul__(self, factor: Any) -> Spent:
        return Spent(self.seconds * factor, self.computed * factor)


class Line(NamedTuple):
    """A piece of work, what it took, and what took what it is compared with."""

    work: str
    amount: str
    spent: Spent
    beside: str
    other: Spent


async def timed(work: Callable[[], Awaitable[Any]]) -> Spent:
    """Return what something takes."""
    began, computed = time.perf_counter(), time.process_time()
    await work()
    return Spent(time.perf_counter() - began, time.process_time() - computed)


async def rebuilt(office: Office) -> list[Line]:
    """Build each read model, beside reading and decoding its events; and the first by a process for each processor."""
    desk, lines = office.desk, list[Line]()
    judge = judge_of(desk.ledger)
    for projection in ALL:
        if not (count := await desk.ledger.count(projection.prefix)):
            continue
        projector = Projector(desk.ledger, projection, judge)
        spent = await timed(projector.rebuild)

        async def decode(prefix: str = projection.prefix) -> None:
            async for event in desk.ledger.read_all(prefix):
                read_stored(event)

        lines.append(Line(f"{projection.name} rebuilt", _rate(count, spent), spent, "decoded", await timed(decode)))
    return [*lines, *await _rebuilt_by_several(office, {line.work: line.spent for line in lines})]


async def _rebuilt_by_several(office: Office, by_one: Mapping[str, Spent]) -> list[Line]:
    """Build the read models of partnerships by a process for each processor, beside what one took."""
    ledger, lines = office.desk.ledger, list[Line]()
    with processes(office.stack.postgres.url) as several:
        for projection in (PARTNERSHIPS, PARTNERSHIPS, RESCREENING):  # the first time, they start
            projector = Projector(ledger, projection, judge_of(ledger))

            async def rebuild(projector: Projector = projector) -> None:
                await several.rebuild(projector, ledger, lambda events: None)

            spent, count = await timed(rebuild), await ledger.count(projection.prefix)
            work = f"{projection.name} rebuilt"
            name = f"{work} by {several.helper_count + 1} processes"
            lines.append(Line(name, _rate(count, spent), spent, "by one", by_one[work]))
    return lines[1:]


def _rate(count: int, spent: Spent) -> str:
    return f"{count:,} events, {count / spent.seconds:,.0f} a second, {count / spent.computed:,.0f} computed"


async def rescreened(office: Office) -> list[Line]:
    """Ask whom registers touch, with no change and with one, beside a bare read of the documents that are open."""
    desk = office.desk
    lines = [await _found(desk, "no list changed")]
    with tempfile.TemporaryDirectory() as folder:
        await _name_somebody(desk, Path(folder))
    lines += [await _found(desk, "a list changed, lists indexed anew"), await _found(desk, "a list changed before")]
    rate = lines[-1]
    every = await timed(lambda: open_cases(desk.ledger, THE_LEDGER))
    return [*lines, rate._replace(beside="every event read", other=every)]


async def _found(desk: Desk, when: str) -> Line:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    told: list[AffectedPartnerships] = []

    async def find() -> None:
        told.append(await ActivityEnvironment().run(Rescreening(desk.pool).find_touched))

    spent = await timed(find)
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    bare = await timed(lambda: desk.pool.fetch(_BARE))
    amount = f"{told[0].looked_at:,} open, {len(told[0].partnership_ids):,} touched, {grown:,.0f} MiB more at most"
    return Line(f"re-screening finds: {when}", amount, spent, "bare read of all open", bare)


async def _name_somebody(desk: Desk, folder: Path) -> None:
    """Let a newer version of a list name the payee of one open partnership."""
    name = str(await desk.pool.fetchval(_SOMEBODY))
    main, *companions = [SAMPLE / "registers" / file for file in SAMPLE_REGISTERS["ofac-sdn"]]
    row = f'9999,"{name.upper()}",-0- ,"SAMPLE",{"-0- ," * 7}-0- \r\n\x1a'
    path = folder / main.name
    path.write_bytes(main.read_bytes().rstrip(b"\x1a") + row.encode())
    async with desk.pool.acquire() as connection:
        report = await load(connection, "ofac-sdn", (path, *companions), clock.today(), Archive(folder / "archive"), 1)
    if report.refused:
        raise RuntimeError(str(report))


async def listed(office: Office) -> list[Line]:
    """List a page of partners, beside all; compare the lists with the ledger, beside reading the events."""
    desk = office.desk
    page = await timed(lambda: first_partners(desk, 50))

    async def all_of_them() -> None:
        partners(await portfolio_at(desk, LedgerAsOf()))

    async def verify(several: Processes = ALONE) -> None:
        await several.differences(desk.ledger, lambda name, events: None)

    async def read() -> None:
        async for _ in desk.ledger.read_all(PARTNERSHIP_STREAMS):
            pass

    events = await timed(read)
    with processes(office.stack.postgres.url) as several:
        await verify(several)  # they start
        by_several = await timed(lambda: verify(several))
    return [
        Line("a page of partners", "50", page, "all partners", await timed(all_of_them)),
        Line("read models verified", f"{len(ALL)}", await timed(verify), "events read", events),
        Line(f"the same by {several.helper_count + 1} processes", f"{len(ALL)}", by_several, "events read", events),
    ]


async def missing(office: Office) -> list[Line]:
    """Find who has no workflow, beside asking one by one, and start some, beside one after the other."""
    desk = office.desk
    differ = await differences(desk.temporal, desk.ledger)
    ids = sorted(differ.missing)
    sample = ids[:SAMPLE_SIZE]

    async def find() -> None:
        await confirmed_missing(desk.temporal, (await differences(desk.temporal, desk.ledger)).missing)

    async def one_by_one() -> None:
        for partnership_id in sample:
            await runs(desk.temporal, partnership_id)

    found, asked = await timed(find), await timed(one_by_one) * (len(ids) / max(1, len(sample)))
    first, second = ids[:SAMPLE_SIZE], ids[SAMPLE_SIZE : 2 * SAMPLE_SIZE]
    several = await timed(lambda: in_parallel(first, lambda one: reviving._revive(desk, one, False)))
    one = await timed(lambda: in_parallel(second, lambda one: reviving._revive(desk, one, False), at_once=1))
    rate = f"{len(first)}, {len(first) / several.seconds:,.0f} a second"
    return [
        Line("missing workflows found", f"{len(ids):,}", found, f"one by one, from {len(sample)}", asked),
        Line(f"revived, {AT_ONCE} at a time", rate, several, "one after the other", one * (len(first) / len(second))),
    ]


def _shown(numbers: Iterable[float]) -> list[str]:
    return [f"{number:.2f}" for number in numbers]


async def main(count: int) -> int:
    """Fill a ledger with so many partnerships, and measure."""
    with tempfile.TemporaryDirectory() as folder:
        async with open_office(Path(folder)) as office:
            await Writer(office.desk, await found_on_the_sample(office.desk), count).write(lambda begun: None)
            lines = list[Line]()
            for measure in (rebuilt, rescreened, missing, listed):
                lines += await measure(office)
                err.print(f"measured: {measure.__name__}; load {os.getloadavg()[0]:.1f}")
            head = await office.desk.ledger.head()
    load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    table = Table("work", "how much", "seconds", "computed", "beside", "seconds", "computed", "ratio", "of computing")
    for work, amount, spent, beside, other in lines:
        ratios = (here / there for here, there in zip(spent, other, strict=True))
        table.add_row(work, amount, *_shown(spent), beside, *_shown(other), *_shown(ratios))
    out.print(f"{count:,} partnerships, {head:,} events; load of the machine at the end: {load}")
    out.print(table)
    return 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=1000, help="partnerships")
    sys.exit(work_through(main(max(2 * SAMPLE_SIZE + FEW, parser.parse_args().count))))
