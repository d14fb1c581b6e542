"""`make bench`: history events and throughput of an approved, paid partnership, beside a bare workflow in the same run.

Both run on the same server, with a worker each in this process, and the same number of lifecycles at a time.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import date
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.table import Table
from temporalio.client import Client
from temporalio.worker import Worker
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner

from accord.client.sight import Seen
from bench import payees
from bench.banking import hand_over_and_answer
from bench.bare import ANOTHER_QUEUE, BarePartnership, BareTranche, live, look_up, pay
from bench.costs import Cost, cost_of, tell_costs
from bench.office import Office, open_office
from bench.where import looked_at, tell_time
from deploy.loop import work_through
from domain.partnership import commands as c
from domain.proposal import Proposal
from domain.streams import StreamId
from worker import make_worker
from workflows.options import TASK_QUEUE
from workflows.rescreening import RescreeningWorkflow

out = Console(highlight=False)
BARE_QUEUE = "bare"
EVENT_LIMIT = 90
"""The most history events of a lifecycle. Each of two questions to the rules costs three more than a local one."""
TRANSACTION_LIMIT = 60
RATIO_FLOOR = 0.6
BEHIND = [{"name": "Ines Marek", "role": role, "kind": "INDIVIDUAL"} for role in ("DIRECTOR", "SIGNATORY")]
"""Who governs each payee and signs for it; invented."""


def proposal(reference: str) -> Proposal:
    """Return a proposal for a public charity: one tranche, no report due, and so four staff updates after it."""
    payee = {
        "name": "Riverbend Library Network",
        "kind": "NONPROFIT",
        "country": "US",
        "ein": "00-1000001",
        "principals": BEHIND,
        "nobody_owns": True,
    }
    return Proposal.model_validate(
        {
            "reference": reference,
            "title": "Digital skills for river libraries",
            "partner": payee,
            "public_interest": {
                "mission_objective": "Bring people online",
                "community_served": "Readers of eleven villages",
                "statement": "Open courses at no charge",
                "objective": "CONNECT",
                "community": {"kind": "LIBRARY_USERS", "places": [{"country": "US"}], "number": 1200},
            },
            "funds_out": {
                "funder": "ISOC",
                "payee": payee,
                "purpose": f"Training, {reference}",
                "final_report": False,
                "no_private_benefit": "OPEN_TO_ALL",
                "controlled_by_insider": False,
                "uses": ["PROGRAMME"],
                "tranches": [{"number": 1, "money": {"amount": "1.00", "currency": "USD"}}],
            },
        }
    )


async def accord_life(office: Office, reference: str) -> None:
    """Drive one lifecycle of Accord: proposal, two approvals, agreement, release, two answers of the bank."""
    desk, proposed = office.desk, proposal(reference)
    await desk.propose(proposed, "pia.berg")
    await office.until(StreamId.partnership(reference), "EligibilityAssessed")
    seen: Seen = await desk.known_sight(reference)
    steps: list[tuple[type[c.StaffCommand], str, dict[str, object]]] = [
        (c.Approve, "ana.silva", {"no_interest": True, "reason": "fits the programme"}),
        (c.Approve, "femi.ade", {"no_interest": True, "reason": "within budget"}),
        (c.SignAgreement, "dora.kim", {"signed_on": date(2026, 11, 2), "account": office.payee_account}),
        (c.Release, "paul.nkosi", {"tranche": 1}),
    ]
    for kind, actor, content in steps:
        seen = await desk.decide(seen, kind, actor, **content)
    await office.until(StreamId.attempt(reference, 1, 1), "PaymentInstructed")
    await hand_over_and_answer(desk, reference)
    await desk.temporal.get_workflow_handle(f"partnership/{reference}").result()


async def rate(work: Callable[[int], Awaitable[None]], count: int, at_once: int) -> float:
    """Return lifecycles per second for `count` of them, `at_once` at a time."""
    gate = asyncio.Semaphore(at_once)

    async def one(number: int) -> None:
        async with gate:
            await work(number)

    started = time.perf_counter()
    await asyncio.gather(*(one(number) for number in range(count)))
    return count / (time.perf_counter() - started)


async def bare_round(client: Client, turn: int, count: int, at_once: int) -> float:
    """Measure one round of bare lifecycles."""
    return await rate(lambda number: live(client, f"bare-{turn}-{number}", BARE_QUEUE), count, at_once)


async def accord_round(live: Callable[[str], Awaitable[None]], turn: int, count: int, at_once: int) -> float:
    """Measure one round of Accord's lifecycles."""
    return await rate(lambda number: live(reference_of(turn, number)), count, at_once)


def reference_of(turn: int, number: int) -> str:
    """Return the reference of one lifecycle."""
    return f"P-2026-{(turn + 1) * 1000 + number:05}"


async def run(count: int, at_once: int, rounds: int) -> int:
    """Measure both in turn, round by round, then where the time goes, and print it."""
    with tempfile.TemporaryDirectory(prefix="accord-bench-", ignore_cleanup_errors=True) as folder:
        async with open_office(Path(folder), sample_registers=False) as office:
            prepared = await payees.prepare(office, Path(folder))
            payees.take_turns(prepared)
            live = partial(payees.life, office, prepared)
            client, pool = office.desk.temporal, office.desk.pool
            async with make_worker(client, pool), bare_workers(client):
                ours, theirs = [], []
                for turn in range(rounds + 1):
                    bare_rate = await bare_round(client, turn, count, at_once)
                    accord_rate = await accord_round(live, turn, count, at_once)
                    if turn:  # the first round warms both up
                        theirs.append(bare_rate)
                        ours.append(accord_rate)
                turn = rounds + 1
                bare_used = await looked_at(office, lambda: bare_round(client, turn, count, at_once))
                our_used = await looked_at(office, lambda: accord_round(live, turn, count, at_once))
                bare = [await cost_of(client, *bare_workflows(turn, number)) for number in range(count)]
                costs = [await cost_of(client, *workflows_of(reference_of(turn, number))) for number in range(count)]
                watching = await cost_of_watching(client)
    code = report(ours, theirs, costs, our_used.transactions / count)
    tell_costs(out, costs, bare, watching)
    tell_time(out, our_used, bare_used, count)
    return code


@asynccontextmanager
async def bare_workers(client: Client) -> AsyncIterator[None]:
    """Run the bare workflow's two workers: that of its own queue, and that of the other one."""
    own = Worker(
        client, task_queue=BARE_QUEUE, workflows=[BarePartnership, BareTranche], activities=[look_up],
        workflow_runner=SandboxedWorkflowRunner(),
    )  # fmt: skip
    async with own, Worker(client, task_queue=ANOTHER_QUEUE, activities=[look_up, pay]):
        yield


def bare_workflows(turn: int, number: int) -> tuple[str, str]:
    """Return the ids of a bare lifecycle's workflows."""
    return f"bare-{turn}-{number}", f"bare-{turn}-{number}/tranche"


def workflows_of(reference: str) -> tuple[str, str]:
    """Return the ids of a lifecycle's workflows."""
    return StreamId.partnership(reference), StreamId.attempt(reference, 1, 1)


async def cost_of_watching(client: Client) -> Cost:
    """Return the cost of one run of re-screening that affects nobody."""
    running = await client.start_workflow(RescreeningWorkflow.run, id="bench-rescreening", task_queue=TASK_QUEUE)
    await running.result()
    return await cost_of(client, running.id)


def report(ours: list[float], theirs: list[float], costs: list[Cost], transactions: float) -> int:
    """Print the measurements, and return the exit code: 0 if the targets were met."""
    ratios = [one / other for one, other in zip(ours, theirs, strict=True)]
    events = [one.events for one in costs]
    ratio, most = statistics.median(ratios), max(events)
    table = Table("What", "Accord", "Bare workflow", "Ratio", "Target", title="An approved partnership, one tranche")
    table.add_row(
        "lifecycles per second (median of rounds)",
        f"{statistics.median(ours):.1f}",
        f"{statistics.median(theirs):.1f}",
        f"{ratio:.2f} ({min(ratios):.2f} to {max(ratios):.2f})",
        f">= {RATIO_FLOOR}",
    )
    table.add_row(
        "history events, parent and child",
        f"{statistics.median(events):.0f} (most {most})",
        "",
        "",
        f"<= {EVENT_LIMIT}",
    )
    table.add_row("transactions of the database", f"{transactions:.1f}", "", "", f"<= {TRANSACTION_LIMIT}")
    out.print(table)
    return 0 if ratio >= RATIO_FLOOR and most <= EVENT_LIMIT and transactions <= TRANSACTION_LIMIT else 1


def main() -> int:
    """Read the command line and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=20, help="lifecycles per round")
    parser.add_argument("--at-once", type=int, default=10)
    parser.add_argument("--rounds", type=int, default=3)
    chosen = parser.parse_args()
    return work_through(run(chosen.count, chosen.at_once, chosen.rounds))


if __name__ == "__main__":
    sys.exit(main())
