"""A register changes while many partnerships are open: those affected stop within a minute, the others stay idle.

Most of them are in the ledger only, as the product records them; those with running workflows were proposed through the
client. The payees that a change affects are invented, with random names, in a file beside the publisher's.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from bench.office import Office, open_office
from bench.registers.files import Extent, Files, put
from bench.registers.invented import Change, answered, invented, listings, master_file, revocations
from bench.registers.lookups import payees_of, with_payee
from bench.registers.report import Finding
from bench.registers.union import bind, union
from deploy.schedules import RESCREENING
from domain.identity import derive
from domain.parties import Funder, FunderProfile, Party
from domain.partnership.events import DueDiligenceCompleted, EligibilityAssessed, PartnershipProposed
from domain.partnership.stages import Stage
from domain.policy.rulebook import RULE_BOOK, assess
from domain.proposal import Funding
from domain.screening.evidence import Verification
from domain.screening.matches import ScreeningEvidence
from domain.screening.screened import who_is_screened
from domain.screening.sources import RegisterVersion
from domain.streams import StreamId
from ledger import AppendRequest
from records.codec import to_ledger
from registers import Connection
from registers.history import versions_in_force
from registers.lookup import status_of
from registers.sources.catalogue import LISTS
from workflows.options import TASK_QUEUE
from workflows.rescreening import Rescreened, RescreeningWorkflow

TARGET: Final = 60.0
"""Seconds from the switch until all affected partnerships are on hold."""

PATIENCE: Final = 300.0
AT_ONCE: Final = 20
FUNDER: Final = Funder(
    funder_id="ISOC", name="Internet Society", profile=FunderProfile.PUBLIC_CHARITY, account="BA-AAAAAAAAAAAA"
)


async def changing(folder: Path, files: Files, extent: Extent) -> list[Finding]:
    """Open the partnerships, then change one register after the other."""
    named, chance = answered(invented(2 * extent.touched)), random.Random(4)
    others = answered(payees_of(files, extent.standing - len(named), chance))
    running = {
        f"P-2026-{number:05}": payee for number, payee in enumerate((*named, *others[: extent.running]), start=1)
    }
    changes = [
        revocations(files, dict(list(running.items())[: extent.touched]), folder),
        listings(files, dict(list(running.items())[extent.touched : len(named)]), folder),
    ]
    async with open_office(folder / "office", workers=1, sample_registers=False) as office:
        await bind(office, folder / "union")
        await _load(office, {**files, "irs-bmf": (*files["irs-bmf"], master_file(named, folder))}, folder)
        await _record(office, others[extent.running :])
        seconds = await _propose(office, running)
        await office.desk.temporal.get_schedule_handle(RESCREENING).pause(note="runs are started one by one here")
        told = f"{len(running):,} with running workflows, started in {seconds:.0f} s"
        told += f"; {len(others) - extent.running:,} in the ledger only"
        found = [Finding("open partnerships", len(named) + len(others), "", beside=told)]
        await _see_that_they_wait(office, changes)
        for change in changes:
            found += await _switch(office, change, folder, set(running) - change.touched)
        listed = [payee.name for payee in others[extent.running : extent.running + extent.touched]]
        return found + await union(office, folder / "union", extent.union, listed)


# The open partnerships.


async def _load(office: Office, files: Files, folder: Path) -> None:
    for register, paths in files.items():
        async with office.desk.pool.acquire() as connection:
            await put(connection, register, paths, folder / "archive")


async def _record(office: Office, payees: Sequence[Party]) -> None:
    """Record partnerships up to their decision, verified against the versions in force."""
    async with office.desk.pool.acquire() as connection:
        lists = await versions_in_force(connection, LISTS)
        requests = [
            await _request(connection, f"P-2026-{number:06}", payee, lists)
            for number, payee in enumerate(payees, start=100_000)
        ]
    for start in range(0, len(requests), 500):
        await office.desk.ledger.append_many(requests[start : start + 500])


async def _request(
    connection: Connection, reference: str, payee: Party, lists: tuple[RegisterVersion, ...]
) -> AppendRequest:
    proposed, now, funding = with_payee(reference, payee), datetime.now(UTC), Funding(funders=(FUNDER,))
    status = await status_of(connection, payee)
    found = Verification(screening=ScreeningEvidence(parties=(), asked=lists, asked_at=now), status=status)
    # Whoever is behind a payee is screened with it: a partnership that lacks a name is told by every run.
    screened = tuple(dict.fromkeys(party.name for party in who_is_screened(proposed, found)))
    found = found.model_copy(update={"screening": found.screening.model_copy(update={"parties": screened})})
    events = (
        PartnershipProposed(at=now, actor="pia.berg", proposal=proposed, funding=funding),
        DueDiligenceCompleted(at=now, verification=found),
        EligibilityAssessed(at=now, assessment=assess(proposed, funding, found, (), RULE_BOOK)),
    )
    command_id = derive("bench", reference)
    return AppendRequest(StreamId.partnership(reference), command_id, 0, to_ledger(events, "bench", command_id))


async def _propose(office: Office, payees: dict[str, Party]) -> float:
    """Start the workflows, wait until each is verified, and return the seconds that it took."""
    gate, started = asyncio.Semaphore(AT_ONCE), time.perf_counter()

    async def one(reference: str, payee: Party) -> None:
        async with gate:
            await office.desk.propose(with_payee(reference, payee), "pia.berg")
            while not (await office.desk.known_partnership(reference)).assessment:
                await asyncio.sleep(0.1)

    async with asyncio.timeout(PATIENCE * 2):
        await asyncio.gather(*(one(reference, payee) for reference, payee in payees.items()))
    return time.perf_counter() - started


async def _see_that_they_wait(office: Office, changes: Sequence[Change]) -> None:
    """Require that every partnership to be affected awaits approval: an earlier one would be judged anew, not held."""
    for reference in (reference for change in changes for reference in sorted(change.touched)):
        known = await office.desk.known_partnership(reference)
        if known.stage is not Stage.APPROVAL:
            raise RuntimeError(f"{reference} is {known.stage.value}: {known.why}")


# The switch.


async def _switch(office: Office, change: Change, folder: Path, others: set[str]) -> list[Finding]:
    """Put the new version in force, re-screen, and wait until the affected partnerships are on hold."""
    before = await _lengths(office, others)
    await _load(office, {change.register: change.paths}, folder)
    started = time.perf_counter()
    run = asyncio.create_task(_rescreen(office, change.register))
    async with asyncio.timeout(PATIENCE):
        await _until_held(office, change.touched)
        held = time.perf_counter() - started
        found, looked = await run
    after = await _lengths(office, others)
    return _findings(change, held, (found, looked - started), sum(after[one] != before[one] for one in others), others)


async def _rescreen(office: Office, register: str) -> tuple[Rescreened, float]:
    found: Rescreened = await office.desk.temporal.execute_workflow(
        RescreeningWorkflow.run, id=f"rescreening/{register}", task_queue=TASK_QUEUE
    )
    return found, time.perf_counter()


async def _until_held(office: Office, touched: frozenset[str]) -> None:
    waiting = set(touched)
    while waiting:
        for reference in sorted(waiting):
            if (await office.desk.known_partnership(reference)).hold is not None:
                waiting.discard(reference)
        await asyncio.sleep(0.1)


async def _lengths(office: Office, references: Iterable[str]) -> dict[str, int]:
    """Return the length of each workflow's history."""
    handle = office.desk.temporal.get_workflow_handle
    return {one: (await handle(StreamId.partnership(one)).describe()).history_length for one in references}


def _findings(
    change: Change, held: float, run: tuple[Rescreened, float], grown: int, others: Collection[str]
) -> list[Finding]:
    rescreened, looked = run
    astray = len(change.touched.symmetric_difference(rescreened.told))
    beside = f"{rescreened.looked_at:,} looked at, {len(rescreened.told)} told, the run took {looked:.1f} s"
    return [
        Finding(
            f"{change.register} touches {len(change.touched)}: until all are on hold", held, "s", TARGET, beside=beside
        ),
        Finding(f"{change.register}: told in vain, or not told", astray, "", 0),
        Finding(f"{change.register}: histories of others that grew", grown, "", 0, beside=f"{len(others)} run"),
    ]
