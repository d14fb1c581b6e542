"""Run rounds of one kind of work when told to: for a comparison of two trees, each in a process of its own.

Reads the size of the next round from a line of its input, and answers with the rate in a line of its output, behind
ANSWER. Needs little of the tree that release 0.2.0 lacks, so it runs in older trees, too.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from statistics import harmonic_mean
from typing import Any, Final

from bench import whatif
from bench.ledger import ours, processes
from bench.ledger.rows import fill
from bench.ledger.server import Server, opened
from bench.office import open_office
from domain.policy.rulebook import EDITIONS
from domain.proposal import Proposal
from worker import make_worker

ANSWER: Final = "rounds: "
AT_ONCE: Final = 10
EVENTS, DECISIONS = 50_000, 1_000
ROUND_SECONDS: Final = 1.0

Round = Callable[[int], Awaitable[float]]
"""Does a round of a size, and returns its rate a second."""


@asynccontextmanager
async def lifecycles(folder: Path) -> AsyncIterator[Round]:
    """So many lifecycles of an approved, paid partnership."""
    first = [10_000]
    async with open_office(folder, sample_registers=False) as office:
        payees = _beside("payees")
        prepared = await payees.prepare(office, folder)
        payees.take_turns(prepared)

        async def measured(count: int) -> float:
            first[0] += count
            live = partial(payees.life, office, prepared)
            return await _lifecycles(live, first[0] - count, count)

        async with make_worker(office.desk.temporal, office.desk.pool):
            yield measured


def _beside(name: str) -> Any:
    """Return a module that lies beside this file, though the tree that is measured has none of its name."""
    spec = spec_from_file_location(f"beside_{name}", Path(__file__).with_name(f"{name}.py"))
    if spec is None or spec.loader is None:
        raise ImportError(name)
    module = sys.modules[spec.name] = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


async def _lifecycles(live: Callable[[str], Awaitable[None]], first: int, count: int) -> float:
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(number: int) -> None:
        async with gate:
            await live(f"P-2026-{number:05}")

    started = time.perf_counter()
    await asyncio.gather(*(one(first + number) for number in range(count)))
    return count / (time.perf_counter() - started)


@asynccontextmanager
async def appends(folder: Path) -> AsyncIterator[Round]:
    """Appends of one event each, by so many callers of one process."""
    async with _ledger(folder) as (ledger, _):

        async def measured(callers: int) -> float:
            return (await ours.appends(ledger, callers, ROUND_SECONDS)).rate

        yield measured


@asynccontextmanager
async def reading(folder: Path) -> AsyncIterator[Round]:
    """Events read and decoded, the whole ledger so many times."""
    async with _ledger(folder) as (ledger, _):
        await fill(ledger, EVENTS)

        yield _repeating(lambda: ours.catch_up(ledger))


@asynccontextmanager
async def verification(folder: Path) -> AsyncIterator[Round]:
    """Events verified, the whole ledger so many times, by a process of its own."""
    async with _ledger(folder) as (ledger, url):
        await fill(ledger, EVENTS)

        yield _repeating(lambda: processes.verify_alone(url))


def _repeating(measure: Callable[[], Awaitable[Any]]) -> Round:
    """Return a round that measures so many times, and gives the rate of all of them together."""

    async def measured(times: int) -> float:
        return float(harmonic_mean([(await measure()).rate for _ in range(times)]))

    return measured


@asynccontextmanager
async def decisions(folder: Path) -> AsyncIterator[Round]:
    """Recorded decisions of the rule book re-run, all of them so many times, under the first edition."""
    whatif.proposal = _proposal  # type: ignore[attr-defined]  # the same facts in both trees
    async with open_office(folder) as office:
        await whatif.fill(office, DECISIONS)
        edition = min(EDITIONS)

        async def measured(times: int) -> float:
            took = [(await whatif.rerun(office, edition))[0] for _ in range(times)]
            return DECISIONS * times / sum(took)

        yield measured


def _proposal(reference: str) -> Proposal:
    """Return a proposal as release 0.2.0 could say it: later ones ask for more, which takes longer to read."""
    payee = {"name": "Riverbend Library Network", "kind": "NONPROFIT", "country": "US", "ein": "00-1000001"}
    tranche = {"number": 1, "money": {"amount": "1.00", "currency": "USD"}}
    out = {"funder": "ISOC", "payee": payee, "purpose": f"Training, {reference}", "tranches": [tranche]}
    served = {
        "mission_objective": "Bring people online",
        "community_served": "Readers of eleven villages",
        "statement": "Open courses at no charge",
    }
    return Proposal.model_validate(
        {
            "reference": reference,
            "title": "Digital skills for river libraries",
            "partner": payee,
            "public_interest": served,
            "funds_out": out,
        }
    )


@asynccontextmanager
async def _ledger(folder: Path) -> AsyncIterator[tuple[Any, str]]:
    server = Server(folder)
    await server.start()
    try:
        url = await server.database("rounds")
        async with opened(url) as ledger:
            yield ledger, url
    finally:
        server.stop()


WORKS: Final[dict[str, tuple[Callable[[Path], AbstractAsyncContextManager[Round]], int]]] = {
    "lifecycles": (lifecycles, 20),
    "appends": (appends, 1),
    "appends-of-eight": (appends, 8),
    "reading": (reading, 2),
    "verification": (verification, 2),
    "decisions": (decisions, 2),
}
"""Each kind of work, with the size of a round."""


async def serve(work: str) -> None:
    """Serve rounds until the input ends."""
    opening, _ = WORKS[work]
    with tempfile.TemporaryDirectory(prefix="accord-rounds-", ignore_cleanup_errors=True) as folder:
        async with opening(Path(folder)) as measured:
            _say("ready")
            while line := await asyncio.to_thread(sys.stdin.readline):
                _say(f"{await measured(int(line)):.6f}")


def _say(line: str) -> None:
    sys.stdout.write(f"{ANSWER}{line}\n")
    sys.stdout.flush()


def _as_its_worker_runs(work: Coroutine[Any, Any, None]) -> None:
    """Run on the loop on which the tree's worker runs: one of before that loop's module has no other than asyncio's."""
    try:
        from deploy.loop import work_through
    except ModuleNotFoundError:
        asyncio.run(work)
    else:
        work_through(work)


if __name__ == "__main__":
    _as_its_worker_runs(serve(sys.argv[1]))
