"""Partnerships touched by a new version of a register, so that each of them looks again."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime
from typing import Final, NamedTuple

from accord.demo.sample import SAMPLE
from bench.office import Office
from bench.registers.files import put
from bench.registers.invented import master_file
from bench.waiting.people import Wait, come, propose
from bench.waiting.trial import Trial, head_of, until_recorded
from deploy.schedules import RESCREENING
from domain.parties import Party
from domain.partnership.events import EligibilityAssessed, RegistersRechecked
from workflows.options import LISTS, TASK_QUEUE
from workflows.rescreening import RescreeningWorkflow

WARM: Final = 3
"""People whose wait does not count: they come while the worker is new."""

PROPOSERS: Final = 6
TELLERS: Final = 30
"""How many of them are opened, and told, at a time."""


class BacklogGone(RuntimeError):
    """The backlog was worked off before the last person sent their proposal."""


class Backlog(NamedTuple):
    """The outcome for the partnerships that a register touched."""

    told: float
    """The seconds from the new version on until all were told."""
    looked: float
    """Until all had looked again."""
    left: int
    """How many had not when the last person sent."""


async def open_partnerships(trial: Trial) -> float:
    """Start them, wait until the rules have answered for each, and return the seconds that it took."""
    gate, began, head = asyncio.Semaphore(PROPOSERS), time.perf_counter(), await head_of(trial.office)

    async def start(number: int, payee: Party) -> None:
        async with gate:
            await propose(trial.desk, number, payee)

    await _publish(trial, "202412")
    await come(trial, WARM)
    await trial.office.desk.temporal.get_schedule_handle(RESCREENING).pause(note="runs are started one by one here")
    await asyncio.gather(*(start(number, payee) for number, payee in enumerate(trial.touched)))
    await until_recorded(trial.office, EligibilityAssessed, trial.streams, head, len(trial.touched))
    return time.perf_counter() - began


async def _publish(trial: Trial, tax_period: str) -> None:
    """Put a version of the master file in force. The rows of the touched payees differ in it by a tax period."""
    touched = master_file(trial.touched, trial.folder, "touched", tax_period)
    others = master_file(trial.others, trial.folder, "others")
    async with trial.office.desk.pool.acquire() as connection:
        paths = (SAMPLE / "registers/bmf.csv", touched, others)
        await put(connection, "irs-bmf", paths, trial.folder / "archive")


async def beside_a_backlog(trial: Trial, version: int) -> tuple[list[Wait], Backlog]:
    """Let a new version of the register touch them all, and people propose once the first has looked again.

    Raises:
        BacklogGone: All had looked again before the last person sent their proposal.
    """
    office, streams, head = trial.office, trial.streams, await head_of(trial.office)
    await _publish(trial, f"2025{version + 1:02}")
    began = datetime.now(UTC)
    telling = asyncio.create_task(_tell_at_once(trial) if trial.at_once else _rescreen(office, version, len(streams)))
    await until_recorded(office, RegistersRechecked, streams, head, 1)
    waits = await come(trial, trial.people)
    told = await telling
    looked = await until_recorded(office, RegistersRechecked, streams, head, len(streams))
    last = max(one.sent.at for one in waits)
    if not (left := sum(at > last for at in looked.values())):
        raise BacklogGone(f"all {len(streams):,} had looked again before the last person sent; give a larger --count")
    return waits, Backlog((told - began).total_seconds(), (max(looked.values()) - began).total_seconds(), left)


async def _tell_at_once(trial: Trial) -> datetime:
    """Tell them as many workers together would, so that their questions queue up. Return the time of the last."""
    gate = asyncio.Semaphore(TELLERS)

    async def tell(stream: str) -> None:
        async with gate:
            await trial.desk.temporal.get_workflow_handle(stream).signal("registers_changed")

    await asyncio.gather(*map(tell, trial.streams))
    return datetime.now(UTC)


async def _rescreen(office: Office, version: int, count: int) -> datetime:
    """Run re-screening as its schedule does, and return when it had told everybody whom the version touches."""
    run = await office.desk.temporal.execute_workflow(
        RescreeningWorkflow.run, id=f"rescreening/{version}", task_queue=TASK_QUEUE, priority=LISTS
    )
    if len(run.told) != count:
        raise RuntimeError(f"{len(run.told):,} were told, and not {count:,}")
    return datetime.now(UTC)
