"""`make bench-waiting`: how long a person waits while a register touches very many partnerships, which all look again.

People propose at even intervals, whether or not the one before has an answer. Measured are the seconds to the receipt,
and to the rules' answer, by the ledger: with nobody else asking, beside a backlog with people first, as the product has
it, and beside one with every priority equal. They take turns on one server, with a worker process of their own.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Collection, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Final, NamedTuple

from rich.console import Console
from rich.table import Table

from accord.client.desk import Desk
from accord.demo.sample import SAMPLE
from bench.lifecycle import BEHIND
from bench.office import Office, open_office
from bench.registers.files import put
from bench.registers.invented import invented, master_file
from bench.registers.lookups import with_payee
from bench.stretches import STRETCHES, stretches_of
from deploy.embedded.processes import ChildProcess
from deploy.loop import work_through
from deploy.schedules import RESCREENING
from deploy.settings import DATABASE_VARIABLE, SECRETS_VARIABLE
from domain.parties import Party, Principal
from domain.partnership.events import EligibilityAssessed, RegistersRechecked
from domain.streams import StreamId
from workflows.options import LISTS, TASK_QUEUE
from workflows.rescreening import RescreeningWorkflow

out = Console(highlight=False, width=120)
ALONE, FIRST, EQUAL = "nothing", "a backlog, people first", "a backlog, all equal"
EVERYTHING_EQUAL: Final = (
    "from workflows import options; options.BANK = options.LISTS = options.PEOPLE; "
    "options.FINDING['priority'] = options.PEOPLE; import worker; worker.main()"
)
"""A worker whose priorities are equal before any other module has read them."""

WORKERS: Final = {FIRST: ("-m", "worker"), EQUAL: ("-c", EVERYTHING_EQUAL)}
"""How a worker process begins, by the priorities that it gives."""

AT_ONCE: Final = 6
WARM: Final = 3
"""People whose wait does not count: they come while a worker is new."""

POLL_SECONDS: Final = 0.2
PATIENCE_SECONDS: Final = 900.0


class BacklogGone(RuntimeError):
    """The backlog was worked off before the last person sent their proposal."""


class Sent(NamedTuple):
    """A proposal that a person sent."""

    stream: str
    at: datetime
    receipt: float
    """The seconds until they had a receipt."""


class Wait(NamedTuple):
    """How long a person waited."""

    sent: Sent
    answer: float
    """The seconds until the ledger held what the rules say."""
    spent: Counter[str]
    """The seconds of each stretch of their workflow."""


class Backlog(NamedTuple):
    """What became of the partnerships that a register touched."""

    told: float
    """The seconds from the new version on until all were told."""
    looked: float
    """Until all had looked again."""
    left: int
    """How many had not when the last person sent."""


@dataclass(frozen=True)
class Trial:
    """The office, the payees whose partnerships a register touches, and the people who come meanwhile."""

    office: Office
    folder: Path
    touched: Sequence[Party]
    others: Sequence[Party]
    coming: Iterator[tuple[int, Party]]
    people: int
    every: float

    @property
    def desk(self) -> Desk:
        """A desk at which people wait as long as it takes."""
        return replace(self.office.desk, patience=PATIENCE_SECONDS)

    @property
    def streams(self) -> list[str]:
        """The streams of the partnerships that a register touches."""
        return [StreamId.partnership(_reference(number)) for number in range(len(self.touched))]


async def run(count: int, people: int, every: float, rounds: int) -> int:
    """Open the partnerships, measure in turns, and print it."""
    payees = _payees(count + WARM + 2 * rounds * (WARM + 2 * people))
    waits: dict[str, list[Wait]] = {ALONE: [], FIRST: [], EQUAL: []}
    backlogs: dict[str, list[Backlog]] = {FIRST: [], EQUAL: []}
    with tempfile.TemporaryDirectory(prefix="accord-waiting-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        async with open_office(folder / "office") as office:
            coming = iter(enumerate(payees[count:], start=count))
            trial = Trial(office, folder, payees[:count], payees[count:], coming, people, every)
            seconds = await _open_partnerships(trial)
            out.print(f"{count:,} partnerships were opened in {seconds:.0f} s")
            for version, order in enumerate((FIRST, EQUAL, EQUAL, FIRST)[turn % 4] for turn in range(2 * rounds)):
                async with _working(office, order):
                    await _people(trial, WARM)
                    waits[ALONE] += await _people(trial, people)
                    beside, backlog = await _beside_a_backlog(trial, version)
                waits[order] += beside
                backlogs[order].append(backlog)
    report(count, waits, backlogs)
    return 0


def _reference(number: int) -> str:
    return f"P-2026-{100_000 + number}"


def _payees(count: int) -> list[Party]:
    behind = tuple(Principal.model_validate(one) for one in BEHIND)
    return [one.model_copy(update={"principals": behind, "nobody_owns": True}) for one in invented(count)]


@asynccontextmanager
async def _working(office: Office, order: str) -> AsyncIterator[None]:
    """Run a worker process that gives these priorities."""
    own = {
        DATABASE_VARIABLE: office.stack.postgres.address, SECRETS_VARIABLE: str(office.stack.postgres.secrets),
        "TEMPORAL_ADDRESS": office.stack.state.temporal_address, "ACCORD_BUILD_ID": "none",
    }  # fmt: skip
    worker = ChildProcess("worker", [sys.executable, *WORKERS[order]], office.stack.folder / "worker.log", own)
    worker.start()
    try:
        yield
    finally:
        await asyncio.to_thread(worker.stop)


# The partnerships that a register touches.


async def _open_partnerships(trial: Trial) -> float:
    """Start them, wait until the rules have answered for each, and return the seconds that it took."""
    gate, began, head = asyncio.Semaphore(AT_ONCE), time.perf_counter(), await _head(trial.office)

    async def start(number: int, payee: Party) -> None:
        async with gate:
            await _propose(trial.desk, number, payee)

    await _publish(trial, "202412")
    async with _working(trial.office, FIRST):
        await _people(trial, WARM)
        await trial.office.desk.temporal.get_schedule_handle(RESCREENING).pause(note="runs are started one by one here")
        await asyncio.gather(*(start(number, payee) for number, payee in enumerate(trial.touched)))
        await _until_recorded(trial.office, EligibilityAssessed, trial.streams, head, len(trial.touched))
    return time.perf_counter() - began


async def _publish(trial: Trial, tax_period: str) -> None:
    """Put a version of the master file in force; the rows of the touched payees differ in it by a tax period."""
    touched = master_file(trial.touched, trial.folder, "touched", tax_period)
    others = master_file(trial.others, trial.folder, "others")
    async with trial.office.desk.pool.acquire() as connection:
        paths = (SAMPLE / "registers/bmf.csv", touched, others)
        await put(connection, "irs-bmf", paths, trial.folder / "archive")


async def _beside_a_backlog(trial: Trial, version: int) -> tuple[list[Wait], Backlog]:
    """Let a new version of the register touch them all, and people propose once the first has looked again.

    Raises:
        BacklogGone: All had looked again before the last person sent their proposal.
    """
    office, streams, head = trial.office, trial.streams, await _head(trial.office)
    await _publish(trial, f"2025{version + 1:02}")
    began = datetime.now(UTC)
    telling = asyncio.create_task(_rescreen(office, version, len(streams)))
    await _until_recorded(office, RegistersRechecked, streams, head, 1)
    waits = await _people(trial, trial.people)
    told = await telling
    looked = await _until_recorded(office, RegistersRechecked, streams, head, len(streams))
    last = max(one.sent.at for one in waits)
    if not (left := sum(at > last for at in looked.values())):
        raise BacklogGone(f"all {len(streams):,} had looked again before the last person sent; give a larger --count")
    return waits, Backlog((told - began).total_seconds(), (max(looked.values()) - began).total_seconds(), left)


async def _rescreen(office: Office, version: int, count: int) -> datetime:
    """Run re-screening as its schedule does, and return when it had told everybody whom the version touches."""
    run = await office.desk.temporal.execute_workflow(
        RescreeningWorkflow.run, id=f"rescreening/{version}", task_queue=TASK_QUEUE, priority=LISTS
    )
    if len(run.told) != count:
        raise RuntimeError(f"{len(run.told):,} were told, and not {count:,}")
    return datetime.now(UTC)


# People.


async def _people(trial: Trial, count: int) -> list[Wait]:
    """Let so many people propose, one after the other, and return how long each waited."""
    head, sending = await _head(trial.office), []
    for _ in range(count):
        sending.append(asyncio.create_task(_propose(trial.desk, *next(trial.coming))))
        await asyncio.sleep(trial.every)
    sent = await asyncio.gather(*sending)
    streams = [one.stream for one in sent]
    answered = await _until_recorded(trial.office, EligibilityAssessed, streams, head, count)
    return [
        Wait(one, (answered[one.stream] - one.at).total_seconds(), await _spent(trial.office, one.stream))
        for one in sent
    ]


async def _propose(desk: Desk, number: int, payee: Party) -> Sent:
    proposed, at, began = with_payee(_reference(number), payee), datetime.now(UTC), time.perf_counter()
    await desk.propose(proposed, "pia.berg")
    return Sent(StreamId.partnership(proposed.reference), at, time.perf_counter() - began)


async def _spent(office: Office, workflow_id: str) -> Counter[str]:
    return stretches_of((await office.desk.temporal.get_workflow_handle(workflow_id).fetch_history()).events)


# What the ledger says.


async def _head(office: Office) -> int:
    return int(await office.desk.pool.fetchval("SELECT coalesce(max(position), 0) FROM ledger.events"))


async def _until_recorded(
    office: Office, event: type, streams: Collection[str], after: int, enough: int
) -> dict[str, datetime]:
    """Wait until an event was recorded on so many of these streams after a position, and return when."""
    query = (
        "SELECT stream_id, min(recorded_at) AS at FROM ledger.events "
        "WHERE position > $1 AND event_type = $2 AND stream_id = ANY($3::text[]) GROUP BY stream_id"
    )
    async with asyncio.timeout(PATIENCE_SECONDS + len(streams)):
        while len(rows := await office.desk.pool.fetch(query, after, event.__name__, list(streams))) < enough:
            await asyncio.sleep(POLL_SECONDS)
    return {row["stream_id"]: row["at"] for row in rows}


# The report.


def report(count: int, waits: Mapping[str, list[Wait]], backlogs: Mapping[str, list[Backlog]]) -> None:
    """Print how long people waited and where, and how long the backlogs took."""
    out.print(_waits(waits, f"A person's proposal, in seconds; a backlog is of {count:,} partnerships"))
    out.print(_stretches(waits))
    for order, some in backlogs.items():
        told, looked = median(one.told for one in some), median(one.looked for one in some)
        left = min(one.left for one in some)
        out.print(f"{order}: all told after {told:.0f} s, all looked again after {looked:.0f} s; {left:,} or more left")
    out.print("Left: those that had not looked again when the last person of a round sent their proposal.")


def _waits(waits: Mapping[str, list[Wait]], title: str) -> Table:
    table = Table("Beside", "People", "Receipt", "p95", "Rules' answer", "p95", "p95 beside nothing", title=title)
    still = _p95([one.answer for one in waits[ALONE]])
    for beside, some in waits.items():
        receipts, answers = [one.sent.receipt for one in some], [one.answer for one in some]
        figures = (f"{figure(series):.2f}" for series in (receipts, answers) for figure in (median, _p95))
        table.add_row(beside, str(len(some)), *figures, f"{_p95(answers) / still:.2f}")
    return table


def _stretches(waits: Mapping[str, list[Wait]]) -> Table:
    table = Table("Median seconds", *waits, title="Where the time of a proposal's workflow goes")
    for stretch in STRETCHES:
        table.add_row(stretch, *(f"{median(one.spent[stretch] for one in some):.2f}" for some in waits.values()))
    return table


def _p95(series: Sequence[float]) -> float:
    return sorted(series)[min(int(0.95 * len(series)), len(series) - 1)]


def main() -> int:
    """Read the command line and measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=150, help="open partnerships that the register touches")
    parser.add_argument("--people", type=int, default=20, help="who come in a round, beside nothing and a backlog each")
    parser.add_argument("--every", type=float, default=0.5, help="seconds between two people")
    parser.add_argument("--rounds", type=int, default=3, help="of each order of priorities")
    chosen = parser.parse_args()
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)  # the SDK leaves the fault of each request that it repeats
    try:
        return work_through(run(chosen.count, chosen.people, chosen.every, chosen.rounds))
    except BacklogGone as fault:
        out.print(str(fault))
        return 1


if __name__ == "__main__":
    sys.exit(main())
