"""`make bench-imports ROWS=n DATA=folder`: a table of so many partnerships of before, checked, screened and written.

A check is the command itself, in a process of its own, of which the most memory is told. It screens each partner
against the lists that are loaded: first the sample's few names, then OFAC's and the United Nations' where DATA has
them. Written is what two people signed, a part at a time, beside bare appends of the same events. The end is 1 if an
aim is missed.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

from rich.console import Console
from rich.table import Table

from accord.organisation.imports.applying import PART
from accord.organisation.imports.checking import SourceFile, check_file
from accord.organisation.imports.signing import confirm_import, sign_import
from activities.contracts import ImportPart
from activities.imports.writing import Imports
from bench.growth import Spent, timed
from bench.imports.table import big_mapping, big_table
from bench.office import Office, open_office
from bench.portfolio.measuring import load_registers
from deploy.loop import work_through
from domain.identity import ACCORD, derive
from domain.imported.events import PartnershipImported
from domain.imported.orders import ImportRecord
from domain.imported.totals import totals_of
from domain.recorded.writers import Writer
from domain.streams import StreamId
from ledger import AppendRequest, clock
from records.codec import to_ledger
from records.opening import open_ledger
from registers.loading.archive import Archive

SEED: Final = 20261202
LISTS: Final = ("ofac-sdn", "ofac-consolidated", "un-consolidated")
LOOKS: Final = ("OFAC's and the UN's lists, indexed first", "the same lists, as kept on disk")
"""The first look indexes the lists and keeps the index, as `accord registers load` does."""
MOST_MEMORY: Final = 300
"""The aim, in MiB, for the process that checks."""
SHARE: Final = 0.6
"""The aim for writing, as a share of the pace of bare appends: the same bytes, in as many transactions."""
CHECKED_IN, SCREENED_IN = 15, 40
"""The aims, in seconds, for 5,000 partnerships."""

out, err = Console(highlight=False), Console(stderr=True, highlight=False)


class CheckLine(NamedTuple):
    """A check by the command: what it took, and the most memory that its process held, in MiB."""

    work: str
    seconds: float
    computed: float
    memory: float
    aim: int

    @property
    def met(self) -> bool:
        """True if the aims are met. To index lists may take more memory: a load does it, and rarely a look."""
        return self.seconds <= self.aim and (self.memory <= MOST_MEMORY or self.work.endswith(LOOKS[0]))


class Usage(NamedTuple):
    """The end of a process, its seconds of computing, and the most memory that it held, in MiB."""

    code: int
    computed: float
    memory: float


_TELLS: Final = """
import resource, subprocess, sys
code = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL).returncode
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(code, used.ru_utime + used.ru_stime, used.ru_maxrss)
"""
"""A small process that runs another and tells what it took: a process that is begun counts its parent's memory as its
own, and the one that measures is larger than what it measures."""


class Brought(NamedTuple):
    """What was signed: the digest of the order, and its records."""

    order: str
    records: tuple[ImportRecord, ...]


async def main(rows: int, data: Path) -> int:
    """Measure, and print two tables."""
    with tempfile.TemporaryDirectory() as folder:
        file = _written_table(Path(folder), rows)
        async with open_office(Path(folder) / "sample") as office:
            checks = [await _checked(office, Path(folder), file, "checked", CHECKED_IN)]
            brought = await _signed(office, file)
            written = await timed(lambda: _write(office, brought))
            bare = await timed(lambda: _append_bare(office, brought))
        checks += await _screened(Path(folder), file, data)
    _say(rows, checks, written, bare)
    return 0 if all(check.met for check in checks) and bare.seconds >= SHARE * written.seconds else 1


async def _screened(folder: Path, file: SourceFile, data: Path) -> list[CheckLine]:
    """Check the table where the real lists are loaded, or say why not."""
    if not (data / "ofac").is_dir():
        err.print(f"not screened: no lists under {data}; give their folder with DATA=...")
        return []
    async with open_office(folder / "lists", sample_registers=False) as office:
        await load_registers(office, data, Archive(folder / "archive"), LISTS)
        (folder / "data").mkdir()
        return [await _checked(office, folder, file, f"checked, by {lists}", SCREENED_IN) for lists in LOOKS]


def _written_table(folder: Path, rows: int) -> SourceFile:
    (folder / "mapping.json").write_text(big_mapping().model_dump_json(), "utf-8")
    (folder / "grants.xlsx").write_bytes(big_table(rows, SEED))
    return SourceFile("grants.xlsx", (folder / "grants.xlsx").read_bytes())


async def _checked(office: Office, folder: Path, file: SourceFile, work: str, aim: int) -> CheckLine:
    """Check the table by the command. It must read every row: 1 is the end where something is asked."""
    words = ["import", "check", str(folder / file.name), "--mapping", str(folder / "mapping.json"), "--json"]
    places = {"ACCORD_DATABASE_URL": office.stack.postgres.url, "ACCORD_DATA": str(folder / "data")}
    environment = {**os.environ, **places}
    began = time.perf_counter()
    usage = await asyncio.to_thread(_run, [sys.executable, "-m", "accord", *words], environment)
    seconds = time.perf_counter() - began
    if usage.code > 1:
        raise RuntimeError(f"the check ended with {usage.code}")
    return CheckLine(work, seconds, usage.computed, usage.memory, aim)


def _run(command: list[str], environment: dict[str, str]) -> Usage:
    """Run a command, and return what it took."""
    telling = [sys.executable, "-c", _TELLS, *command]
    code, computed, kibibytes = subprocess.run(
        telling, env=environment, stdout=subprocess.PIPE, check=True
    ).stdout.split()
    return Usage(int(code), float(computed), int(kibibytes) / 1024)


async def _signed(office: Office, file: SourceFile) -> Brought:
    mapping = big_mapping()
    plan = await check_file(office.desk, file, mapping)
    totals = totals_of(plan.partnerships)
    await sign_import(office.desk, file, mapping, totals, "femi.ade", corrections=False)
    return Brought((await confirm_import(office.desk, file, "dora.kim")).order_sha256, plan.records())


async def _write(office: Office, brought: Brought) -> None:
    imports = Imports(office.desk.pool)
    for place in range(0, len(brought.records), PART):
        part = ImportPart(order_sha256=brought.order, records=brought.records[place : place + PART])
        answer = await imports.write_records(part)
        if answer.refusal is not None:
            raise RuntimeError(answer.refusal.reason)


async def _append_bare(office: Office, brought: Brought) -> None:
    """Append the same events to streams of other references, a part at a time, and digest and look at nothing."""
    ledger = open_ledger(office.desk.pool, Writer.WORKER)
    for place in range(0, len(brought.records), PART):
        records = brought.records[place : place + PART]
        await ledger.append_many([_request(brought.order, record) for record in records])


def _request(order: str, record: ImportRecord) -> AppendRequest:
    command = derive("bare", order, record.reference)
    event = PartnershipImported(at=clock.now(), order_sha256=order, record=record)
    stream = StreamId.imported(record.reference.replace("P-2026-", "P-2027-"))
    return AppendRequest(stream, command, 0, to_ledger((event,), ACCORD, command))


def _say(rows: int, checks: Sequence[CheckLine], written: Spent, bare: Spent) -> None:
    table = Table("work", "seconds", "computed", "MiB at most", "aims")
    for check in checks:
        aims = f"{check.aim} s and {MOST_MEMORY} MiB: {'met' if check.met else 'MISSED'}"
        table.add_row(check.work, f"{check.seconds:.1f}", f"{check.computed:.1f}", f"{check.memory:.0f}", aims)
    out.print(f"{rows:,} partnerships of before; load at the end: {', '.join(f'{one:.1f}' for one in os.getloadavg())}")
    out.print(table)
    for name, spent in (("written", written), ("bare appends of the same events", bare)):
        rate = f"{rows / spent.seconds:,.0f} events a second"
        out.print(f"{name}: {spent.seconds:.2f} s, {spent.computed:.2f} s computed, {rate}")
    share, computed = bare.seconds / written.seconds, bare.computed / written.computed
    out.print(f"share of bare appends: {share:.2f} (of what is computed: {computed:.2f}); {SHARE} is the aim")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m bench.imports", description=__doc__)
    parser.add_argument("--rows", type=int, default=5_000)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    chosen = parser.parse_args()
    sys.exit(work_through(main(chosen.rows, chosen.data)))
