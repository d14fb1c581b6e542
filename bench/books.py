"""`make bench-books EVENTS=n`: the book made anew of so many events, beside reading and decoding them bare.

The events are lives of grants from proposal to settlement, each paid by one of a hundred funds: a third of them is
signed, and each signature is verified.
"""

from __future__ import annotations

import argparse
import gc
import os
import resource
import sys
import tempfile
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, NamedTuple

from rich.console import Console
from rich.table import Table

from bench.console.organisation import AT_ONCE, Writer, found_on_the_sample, set_clock
from bench.growth import Spent, timed
from bench.office import Office, open_office
from deploy.loop import work_through
from domain.books.statements import trial_balance
from domain.directory.tiers import Role
from domain.funds import events as f
from domain.grants import FundShare
from domain.identity import ACCORD, payment_id
from domain.partnership import events as e
from domain.payment.bank_answers import BOOKED, BankAnswer, BankStatus
from domain.payment.tranche.events import PaymentSettled
from domain.payment.tranche.status import TrancheOutcome
from domain.streams import StreamId
from ledger import AppendRequest, clock
from records.authorship import Reader
from records.books.reading import Books
from records.codec import read_stored, to_ledger

FUNDS: Final = 100
A_LIFE: Final = 14
"""The events of one life."""

out, err = Console(highlight=False), Console(stderr=True, highlight=False)


class Lives(Writer):
    """Writes whole lives of grants: proposed, approved, agreed, released and settled, with what their funds keep."""

    async def write_lives(self, count: int) -> None:
        """Write so many lives, and the funds that pay them."""
        at = self._noon(0)
        await set_clock(self._desk, at)
        self._versions = dict.fromkeys((f"FD-P-2025-{number:04}" for number in range(FUNDS)), 0)
        await self._append([self._fund(name, self._opening(name, at)) for name in self._versions])
        requests: list[AppendRequest] = []
        for number in range(count):
            requests += self._life(number, at)
            if len(requests) >= AT_ONCE * 4:
                await self._append(requests)
                requests = []
                self._states.clear()
        await self._append(requests)

    @staticmethod
    def _opening(fund: str, at: datetime) -> tuple[Any, ...]:
        gift = fund.removeprefix("FD-")
        return (
            f.GiftFundOpened(at=at, gift=gift, funder="ISOC", currency="USD"),
            f.GiftReceived(at=at, partnership=gift, amount=Decimal(10**12)),
        )

    def _fund(self, fund: str, events: tuple[Any, ...]) -> AppendRequest:
        stream, version = StreamId.fund(fund), self._versions[fund]
        self._versions[fund] = version + len(events)
        command = payment_id(fund, version, len(events))
        return AppendRequest(stream, command, version, to_ledger(events, ACCORD, command))

    def _life(self, number: int, at: datetime) -> Iterator[AppendRequest]:
        reference, fund = f"P-2026-{number:06}", f"FD-P-2025-{number % FUNDS:04}"
        yield self._request(reference, self._proposed(number, at))
        state = self._states[reference]
        money = state.tranches[0].money
        moved = {"at": at, "partnership": reference, "amount": money.amount}
        common = {"no_interest": True, "reason": "within the budget", "at": at}
        approvals = (("ana.silva", Role.PROGRAMME_APPROVER), ("femi.ade", Role.FINANCE_APPROVER))
        for actor, role in approvals:
            yield self._request(
                reference, (self._signed(e.ApprovalGiven(actor=actor, role=role, **common), reference),)
            )
        share = FundShare(fund=fund, amount=money.amount)
        agreed = e.AgreementSigned(at=at, actor="dora.kim", signed_on=at.date(), document_sha256=None, account=None)
        allotted = e.FundsAllotted(at=at, shares=(share,))
        yield self._request(reference, (self._signed(agreed, reference), allotted))
        yield self._fund(fund, (f.FundsReserved(**moved), f.FundsCommitted(**moved)))
        released = e.TrancheReleased(at=at, actor="paul.nkosi", tranche=1, attempt=1, money=money, attempt_signed=True)
        yield self._request(reference, (self._signed(released, reference),))
        yield from self._settled(reference, at, money)
        yield self._fund(fund, (f.FundsSpent(**moved),))

    def _settled(self, reference: str, at: datetime, money: Any) -> Iterator[AppendRequest]:
        payment = payment_id(reference, 1, 1)
        answer = BankAnswer(
            answer_id=payment, status=BankStatus.SETTLED, code=BOOKED, money=money, said_at=at, tranche=1, attempt=1,
            bank_reference=f"NTRF-{reference}", partnership_id=reference, booked_on=at.date(),
        )  # fmt: skip
        stream = StreamId.attempt(reference, 1, 1)
        events = to_ledger((PaymentSettled(at=at, answer=answer),), ACCORD, payment)
        yield AppendRequest(stream, payment, 0, events)
        ended = e.TrancheEnded(at=at, tranche=1, attempt=1, outcome=TrancheOutcome.SETTLED, reason=BOOKED)
        version = self._states[reference].version
        yield AppendRequest(StreamId.partnership(reference), payment, version, to_ledger((ended,), ACCORD, payment))


def memory() -> float:
    """Return the memory that this process holds now, in MiB, or 0 where the system does not say."""
    status = Path("/proc/self/statm")
    return int(status.read_text().split()[1]) * resource.getpagesize() / 2**20 if status.exists() else 0.0


class Line(NamedTuple):
    """A piece of work, what it took, and the memory in MiB that is held after it beyond what was before."""

    work: str
    spent: Spent
    grown: float


async def measured(office: Office) -> list[Line]:
    """Measure the book made anew and a second look, beside reading and decoding the same events."""
    desk = office.desk
    books, head = Books(Reader(desk.ledger)), await desk.ledger.head()

    async def bare() -> None:
        async for _ in desk.ledger.read_between(0, head):
            pass

    async def decoded() -> None:
        async for event in desk.ledger.read_all():
            read_stored(event)

    async def book() -> None:
        await books.read(clock.today(), head)

    async def statement() -> None:
        view = await books.read(clock.today(), head)
        balance = trial_balance(view.book, clock.today().replace(year=clock.today().year + 1))
        if sum(line.debit - line.credit for line in balance):
            raise RuntimeError("the trial balance does not add up")

    works = {"read bare": bare, "read and decoded": decoded, "the book made anew": book, "a second look": statement}
    lines = []
    for name, work in works.items():
        gc.collect()
        before = memory()
        lines.append(Line(name, await timed(work), memory() - before))
    return lines


async def main(events: int) -> int:
    """Fill a ledger with so many events, and measure."""
    with tempfile.TemporaryDirectory() as folder:
        async with open_office(Path(folder)) as office:
            lives = Lives(office.desk, await found_on_the_sample(office.desk), events)
            written = await timed(lambda: lives.write_lives(events // A_LIFE))
            err.print(f"written in {written.seconds:.0f} s; load {os.getloadavg()[0]:.1f}")
            head, lines = await office.desk.ledger.head(), await measured(office)
    table = Table("work", "seconds", "events a second", "computed", "share of bare reading", "MiB more")
    for name, spent, grown in lines:
        share = lines[0].spent.seconds / spent.seconds
        rate = f"{head / spent.seconds:,.0f}"
        table.add_row(name, f"{spent.seconds:.2f}", rate, f"{spent.computed:.2f}", f"{share:.3f}", f"{grown:,.0f}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    out.print(f"{head:,} events; {peak:,.0f} MiB at most; load of the machine at the end: {load}")
    out.print(table)
    return 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=50_000)
    sys.exit(work_through(main(parser.parse_args().events)))
