"""`make bench-funds`: reservations beside bare appends of as many events, and their cost as the ledger grows."""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from statistics import median
from typing import Final, NamedTuple
from uuid import UUID, uuid4

from rich.console import Console
from rich.table import Table

from accord.demo.sample import SAMPLE
from accord.presentation.input_files import read_file
from bench.ledger.rows import fill
from bench.ledger.server import Server, opened
from deploy.loop import work_through
from domain.directory.tiers import Role
from domain.funds.booking import Turn
from domain.funds.events import FundsReserved, GiftFundOpened, GiftReceived
from domain.grants import FundPart, FundShare, fund_of_gift
from domain.identity import ACCORD
from domain.partnership.events import ApprovalGiven, FundsAllotted
from domain.partnership.stages import Stage
from domain.partnership.state import Partnership, TrancheProgress
from domain.proposal import Proposal
from domain.streams import StreamId
from ledger import AppendRequest, Ledger, clock
from records.authorship import Reader
from records.codec import to_ledger
from records.funds import Funds

CALLERS: Final = 64
"""The decisions under way at once."""

ROUNDS: Final = 5
TARGETS: Final = {1: 0.5, 1000: 0.65}
"""By number of funds: the least share of the bare appends' rate."""

out = Console(highlight=False)


@dataclass(frozen=True, slots=True)
class Decision:
    """An approval that completes a quorum: its partnership afterwards, and the fund that pays."""

    partnership: Partnership
    fund: str
    command_id: UUID

    def own(self, allotted: FundsAllotted | None) -> AppendRequest:
        """Return the partnership's own request."""
        said = ApprovalGiven(at=clock.now(), actor="femi.ade", role=Role.FINANCE_APPROVER, reason="within budget")
        events = (said,) if allotted is None else (said, allotted)
        stream = StreamId.partnership(self.partnership.partnership_id)
        return AppendRequest(stream, self.command_id, 0, to_ledger(events, ACCORD, self.command_id))

    def bare(self) -> list[AppendRequest]:
        """Return as many events of the same forms, in a stream of their own each, which nobody decided on."""
        share = FundShare(fund=self.fund, amount=Decimal(1000))
        allotted = FundsAllotted(at=clock.now(), shares=(share,))
        reserved = FundsReserved(at=clock.now(), partnership=self.partnership.partnership_id, amount=share.amount)
        made = to_ledger((reserved,), ACCORD, self.command_id)
        return [self.own(allotted), AppendRequest(f"bare/{self.command_id}", self.command_id, 0, made)]


def decisions(sample: Proposal, first: int, count: int, funds: int) -> list[Decision]:
    """Return decisions on so many partnerships, spread over so many funds."""
    return [_decision(sample, f"P-2026-{first + place:06}", fund_name(place % funds)) for place in range(count)]


def fund_name(place: int) -> str:
    """Return the id of a fund by its place."""
    return fund_of_gift(f"P-2025-{place:04}")


def _decision(sample: Proposal, reference: str, fund: str) -> Decision:
    assert sample.funds_out is not None
    out = sample.funds_out.model_copy(update={"funds": (FundPart(fund=fund),)})
    proposal = sample.model_copy(update={"reference": reference, "funds_out": out, "funds_in": None})
    tranches = tuple(TrancheProgress(number=one.number, money=one.money) for one in out.tranches)
    approved = {"proposal": proposal, "stage": Stage.AGREEMENT, "quorum": (), "tranches": tranches}
    return Decision(Partnership(partnership_id=reference, **approved), fund, uuid4())


async def open_funds(ledger: Ledger, currency: str, count: int) -> None:
    """Open funds with more money than is asked of them."""
    at, command = clock.now(), uuid4()
    for place in range(count):
        gift = f"P-2025-{place:04}"
        opened_ = GiftFundOpened(at=at, gift=gift, funder="ISOC", currency=currency)
        given = GiftReceived(at=at, partnership=gift, amount=Decimal(10) ** 12)
        made = to_ledger((opened_, given), ACCORD, command)
        await ledger.append(AppendRequest(StreamId.fund(fund_name(place)), command, 0, made))


async def reserve(funds: Funds, ledger: Ledger, decision: Decision) -> None:
    """Decide and record one approval with its reservation. A conflict is met as in the product, by deciding again."""
    while True:
        at, known = clock.now(), decision.partnership
        turn = Turn(known, known, at, at)
        answers = await funds.record(
            turn, decision.command_id, on_request=True, make_request=decision.own, queue=ledger.queue_together
        )
        if answers[0].recorded:
            return


class Rate(NamedTuple):
    """Decisions recorded in a second, and the microseconds of this process's processor that each took."""

    a_second: float
    computed: float


async def rate(work: Callable[[Decision], Awaitable[object]], asked: Iterable[Decision]) -> Rate:
    """Return the rate at which so many callers at once record decisions."""
    left, began, computed = iter(list(asked)), time.perf_counter(), time.process_time()
    done = 0

    async def caller() -> None:
        nonlocal done
        for one in left:
            await work(one)
            done += 1

    await asyncio.gather(*[caller() for _ in range(CALLERS)])
    return Rate(done / (time.perf_counter() - began), (time.process_time() - computed) / done * 1e6)


async def compare(server: Server, sample: Proposal, funds: int, count: int) -> list[tuple[Rate, Rate]]:
    """Return the rates of (reservations, bare appends) in interleaved rounds, on one database."""
    async with opened(await server.database(f"funds_{funds}")) as ledger:
        await open_funds(ledger, _currency(sample), funds)
        book = Funds(Reader(ledger))
        await book.read_all([fund_name(place) for place in range(funds)])
        found = []
        for turn in range(ROUNDS):
            asked = decisions(sample, 2 * turn * count, count, funds)
            reserved = await rate(lambda one: reserve(book, ledger, one), asked)
            plain = decisions(sample, (2 * turn + 1) * count, count, funds)
            bare = await rate(lambda one: ledger.append_together(one.bare()), plain)
            found.append((reserved, bare))
        return found


async def growth(server: Server, sample: Proposal, sizes: Sequence[int]) -> list[tuple[int, float, float]]:
    """Return (events in the ledger, milliseconds to read a gift's fund, to reserve of it), by size."""
    found = []
    async with opened(await server.database("funds_growing")) as ledger:
        await open_funds(ledger, _currency(sample), len(sizes))
        for place, size in enumerate(sizes):
            await fill(ledger, max(0, size - await ledger.head()))
            found.append((await ledger.head(), *await _cost(ledger, sample, place)))
    return found


async def _cost(ledger: Ledger, sample: Proposal, place: int) -> tuple[float, float]:
    reads, reservations = [], []
    asked = [_decision(sample, f"P-2026-{place * 50 + number:06}", fund_name(place)) for number in range(50)]
    for one in asked:
        book, began = Funds(Reader(ledger)), time.perf_counter()
        await book.read(one.fund)
        read = time.perf_counter()
        await reserve(book, ledger, one)
        reads.append(read - began)
        reservations.append(time.perf_counter() - read)
    return median(reads) * 1000, median(reservations) * 1000


def _currency(sample: Proposal) -> str:
    assert sample.funds_out is not None
    return sample.funds_out.total.currency


async def run(count: int, sizes: list[int]) -> bool:
    """Measure and print. Return True if each target was reached."""
    sample = read_file(SAMPLE / "proposal.toml", Proposal)
    with tempfile.TemporaryDirectory(prefix="accord-bench-", ignore_cleanup_errors=True) as folder:
        server = Server(Path(folder))
        await server.start()
        try:
            rates = {funds: await compare(server, sample, funds, count) for funds in TARGETS}
            grown = await growth(server, sample, sizes) if sizes else []
        finally:
            server.stop()
    if sizes:
        _print_growth(grown)
    return _print_rates(rates)


def _print_rates(rates: dict[int, list[tuple[Rate, Rate]]]) -> bool:
    table = Table("Funds", "Reservations a second (computed, µs)", "Bare appends a second", "Share (median)", "Target")
    met = True
    for funds, turns in rates.items():
        share = median(reserved.a_second / bare.a_second for reserved, bare in turns)
        met = met and share >= TARGETS[funds]
        columns = [
            f"{median(one.a_second for one in column):,.0f} ({median(one.computed for one in column):,.0f})"
            for column in zip(*turns, strict=True)
        ]
        table.add_row(str(funds), *columns, f"{share:.2f}", f"{TARGETS[funds]}")
    out.print(table)
    return met


def _print_growth(grown: list[tuple[int, float, float]]) -> None:
    table = Table("Events in the ledger", "Reading a gift's fund, ms", "Reserving of it, ms")
    for events, read, reserved in grown:
        table.add_row(f"{events:,}", f"{read:.2f}", f"{reserved:.2f}")
    out.print(table)


def main() -> int:
    """Read the command line and measure. Return 1 if a target was not reached."""
    parser = argparse.ArgumentParser(prog="python -m bench.funds", description=__doc__)
    parser.add_argument("--count", type=int, default=2000, help="decisions in a round")
    parser.add_argument(
        "--sizes",
        type=int,
        nargs="*",
        default=[2000, 200_000],
        help="sizes of the ledger, in events; none to leave it out",
    )
    chosen = parser.parse_args()
    return 0 if work_through(run(chosen.count, chosen.sizes)) else 1


if __name__ == "__main__":
    sys.exit(main())
