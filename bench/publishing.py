"""`make bench-publish PARTNERSHIPS=n`: every publication of so many grants, beside reading the same events bare.

The grants are lives from proposal to settlement, each to a payee of its own, in eight countries: every third is work
abroad with sector and period, and all are of more than the schedules leave out. Reading the cases off the ledger is
apart from making the files, which is a pure function of them.
"""

from __future__ import annotations

import argparse
import gc
import os
import resource
import sys
import tempfile
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, NamedTuple

from rich.console import Console
from rich.table import Table

from bench.books import A_LIFE, Lives, memory
from bench.console.organisation import found_on_the_sample
from bench.growth import Spent, timed
from bench.office import Office, open_office
from deploy.loop import work_through
from domain.directory.chart import BookBasis
from domain.grants import Place
from domain.parties import AccountingBasis, Funder
from domain.partnership.events import Event
from domain.plans import Period
from publishing.board.publication import board
from publishing.commongrants.publication import common_grants
from publishing.files import Publication, folder_of
from publishing.iati.publication import iati
from publishing.schedules.publication import schedules
from publishing.threesixty.publication import three_sixty
from records.authorship import Reader
from records.codec import read_stored
from records.publications.reading import CasesRead, published_state, read_cases

FAR: Final = datetime(2099, 12, 31, tzinfo=UTC)

out, err = Console(highlight=False), Console(stderr=True, highlight=False)


class PublishedSize(NamedTuple):
    """The things that a publication lists, those that it leaves out, and its bytes."""

    listed: int
    left_out: int
    bytes: int


class PublicationLine(NamedTuple):
    """A piece of work, what it took, the memory in MiB that is held after it, and what it made."""

    work: str
    spent: Spent
    grown: float
    made: PublishedSize | None = None


class ManyLives(Lives):
    """Lives of which every publication lists some."""

    def _proposed(self, number: int, at: datetime) -> tuple[Event, ...]:
        events: tuple[Any, ...] = super()._proposed(number, at)
        first, *other_events = events
        proposal = first.proposal
        abroad = {"places": (Place(country="UG"),), "programme": f"Programme {number % 7}"} if number % 3 == 0 else {}
        interest = {"sector": "22040", "objective": "ACCESS"} if number % 3 == 0 else {}
        out = proposal.funds_out.model_copy(update=abroad)
        if number % 2 == 0:
            [plan, *others] = out.tranches
            money = plan.money.model_copy(update={"amount": plan.money.amount + 9000})
            out = out.model_copy(update={"tranches": (plan.model_copy(update={"money": money}), *others)})
        told = {
            "funds_out": out, "period": Period(starts=at.date(), ends=at.date().replace(year=at.year + 1)),
            "public_interest": proposal.public_interest.model_copy(update=interest),
        }  # fmt: skip
        again = first.model_copy(update={"proposal": proposal.model_copy(update=told)})
        return (self._signed(again, again.proposal.reference), *other_events)


class Measuring:
    """The measures of one office."""

    def __init__(self, office: Office) -> None:
        self._desk = office.desk
        self._read: CasesRead | None = None
        self.lines: list[PublicationLine] = []

    async def measure(self) -> None:
        """Measure bare reading, decoding, reading the cases, and each publication."""
        head = await self._desk.ledger.head()

        async def bare() -> None:
            async for _ in self._desk.ledger.read_between(0, head):
                pass

        async def decoded() -> None:
            async for event in self._desk.ledger.read_all():
                read_stored(event)

        await self._line("read bare", bare)
        await self._line("read and decoded", decoded)
        await self._line("the cases read", self._cases)
        for make in (schedules, three_sixty, iati, common_grants, board):
            await self._publish(make)

    async def _cases(self) -> None:
        reader = Reader(self._desk.ledger)
        state = await published_state(reader, None)
        found = state.directory.funder("ISOC")
        if found is None:
            raise RuntimeError("the sample has no funder ISOC")
        said = {"ein": "541650477", "year_ends": "12-31", "basis": AccountingBasis.ACCRUAL}
        funder = Funder.model_validate({**found.model_dump(), **said})
        self._read = await read_cases(reader, state.position, funder, BookBasis.ACCRUAL, FAR, state.known_at)

    async def _publish(self, make: Callable[..., Publication]) -> None:
        read, sizes = self._read, list[PublishedSize]()
        if read is None:
            raise RuntimeError("the cases are read first")

        # The schedules are of the newest year that is over, so the day is the last one of the lives' own year.
        stand = read.stand._replace(on=read.cases[0].agreement.on.replace(month=12, day=31))

        async def made() -> None:
            publication = make(read.cases, stand)
            tally, size = publication.tally, sum(map(len, folder_of(publication, stand).values()))
            left_out = sum(counted.number for counted in tally.left_out.values())
            sizes.append(PublishedSize(tally.published.number, left_out, size))

        await self._line(make.__name__, made, sizes)

    async def _line(
        self, name: str, work: Callable[[], Awaitable[None]], sizes: list[PublishedSize] | None = None
    ) -> None:
        gc.collect()
        before = memory()
        spent = await timed(work)
        self.lines.append(PublicationLine(name, spent, memory() - before, sizes[0] if sizes else None))


async def main(partnerships: int) -> int:
    """Fill a ledger with so many grants, and measure."""
    with tempfile.TemporaryDirectory() as folder:
        async with open_office(Path(folder)) as office:
            lives = ManyLives(office.desk, await found_on_the_sample(office.desk), partnerships * A_LIFE)
            written = await timed(lambda: lives.write_lives(partnerships))
            err.print(f"written in {written.seconds:.0f} s; load {os.getloadavg()[0]:.1f}")
            head, measuring = await office.desk.ledger.head(), Measuring(office)
            await measuring.measure()
    table = Table("work", "seconds", "computed", "share of bare reading", "MiB more", "listed", "left out", "KiB")
    for name, spent, grown, size in measuring.lines:
        share = measuring.lines[0].spent.seconds / spent.seconds
        made = ("", "", "") if size is None else (f"{size.listed:,}", f"{size.left_out:,}", f"{size.bytes / 1024:,.0f}")
        table.add_row(name, f"{spent.seconds:.2f}", f"{spent.computed:.2f}", f"{share:.3f}", f"{grown:,.0f}", *made)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    out.print(f"{partnerships:,} grants, {head:,} events; {peak:,.0f} MiB at most; load at the end: {load}")
    out.print(table)
    return 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--partnerships", type=int, default=1_000)
    sys.exit(work_through(main(parser.parse_args().partnerships)))
