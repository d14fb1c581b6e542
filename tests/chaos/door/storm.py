"""One storm at the door: grantees report while its processes are killed and frozen, and the judgement afterwards."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Final, NamedTuple

import asyncpg

from accord.grantee.store import GranteeLink
from accord.operations.seals.receipts import keep_receipts
from deploy.database import open_pool
from ledger import Ledger
from ledger.proof.checkpoints import CheckpointFolder, sign_checkpoint
from ledger.proof.receipts import ReceiptRefused
from ledger.proof.stored_tree import StoredTree
from records.submissions.receipts import check_submission_receipt, submission_receipt
from records.submissions.seals import faults_of_submissions
from tests.chaos.door.grantees import Grantee
from tests.chaos.door.house import NAMES, House
from tests.chaos.monkey import Bounds, Monkey
from tests.chaos.partnerships.drive import persist
from tests.ledger.proof import KNOWN, LOG
from tests.waiting import until

LOAD: Final[Bounds] = (0.1, 0.5)
_UNDONE: Final = """
SELECT (SELECT count(*) FROM grantee.submissions s LEFT JOIN grantee.proofs p USING (number) WHERE p.number IS NULL)
     + (SELECT count(*) FROM grantee.papers WHERE digest IS NOT NULL AND removed_at IS NULL)
"""


class Report(NamedTuple):
    """The results of a storm."""

    faults: Counter[str]
    submissions: int
    papers: int
    violations: tuple[str, ...]


async def storm(folder: Path, seed: int, grantees: int, cycles: int, with_papers: bool = True) -> Report:
    """Let grantees report through so many faults, and say what is missing afterwards."""
    house = House(folder, with_papers)
    try:
        await house.start()
        pool = await open_pool(house.postgres.url, 10)
        try:
            people = [Grantee(pool, house.origin, f"P-2026-{6000 + number}", with_papers) for number in range(grantees)]
            monkey = Monkey(house.victims(), seed, cycles, LOAD)
            await _through(monkey, people)
            await until(lambda: persist(lambda: _is_done(pool)))
            violations = [*await _missing(pool, people), *await _unproved(pool, folder, people)]
            received = sum(len(person.journal.received) for person in people)
            papers = sum(len(person.journal.papers) for person in people)
            return Report(monkey.done, received, papers, tuple(violations))
        finally:
            pool.terminate()
    finally:
        await asyncio.to_thread(house.stop)


async def _through(monkey: Monkey, people: list[Grantee]) -> None:
    over = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        reporting = [group.create_task(person.report(over)) for person in people]
        await monkey.rage()
        over.set()
        await asyncio.gather(*reporting)


async def _is_done(pool: asyncpg.Pool) -> bool:
    return await pool.fetchval(_UNDONE) == 0


async def _missing(pool: asyncpg.Pool, people: list[Grantee]) -> list[str]:
    """Return what was acknowledged and is not there, and what is there twice."""
    faults = []
    rows = await pool.fetch("SELECT number, encode(sha256, 'hex') AS sha256, form FROM grantee.submissions ORDER BY 1")
    if [row["number"] for row in rows] != list(range(1, sum(len(person.journal.received) for person in people) + 1)):
        faults.append(f"numbers: {[row['number'] for row in rows]}")
    kept = {row[0].hex() for row in await pool.fetch("SELECT digest FROM grantee.papers WHERE verdict = 'CLEAN'")}
    for person in people:
        laid_down = [row["sha256"] for row in rows if row["form"] == person.form]
        if laid_down != person.journal.received:
            faults.append(f"{person.subject} was told of {person.journal.received}, and there is {laid_down}")
        faults += [f"{person.subject}: paper {digest}" for digest in person.journal.papers if digest not in kept]
        faults += [fault async for fault in _unsaved(pool, person)]
    return faults


async def _unsaved(pool: asyncpg.Pool, person: Grantee) -> AsyncIterator[str]:
    link = GranteeLink(pool, person.secret, "whoever judges")
    form = await link.look()
    drafts = await link.drafts(form) if form is not None else {}
    for name, text in person.journal.saved.items():
        if [draft.value for draft in drafts.get(name, [])] != [text]:
            yield f"{person.subject}: of {name} {text!r} was saved, and there is {drafts.get(name)}"


async def _unproved(pool: asyncpg.Pool, folder: Path, people: list[Grantee]) -> list[str]:
    """Return the submissions whose receipt does not verify by its file and a public key alone."""
    ledger, kept = Ledger(pool), CheckpointFolder(folder / "checkpoints")
    await sign_checkpoint(StoredTree(ledger), kept, LOG)
    await keep_receipts(pool, ledger, kept, KNOWN)
    faults = await faults_of_submissions(pool, ledger)
    for person in people:
        link = GranteeLink(pool, person.secret, "whoever judges")
        form = await link.look()
        for handed in await link.handed_in(form) if form is not None else ():
            receipt = submission_receipt(handed.number, handed.sha256, handed.path, handed.receipt or b"")
            try:
                check_submission_receipt(receipt.written(), KNOWN)
            except ReceiptRefused as fault:
                faults.append(f"{person.subject}, submission {handed.number}: {fault}")
    return faults


def every_fault(with_papers: bool) -> Iterator[str]:
    """Yield the names of the faults of one whole round."""
    for name in NAMES if with_papers else NAMES[:-1]:
        yield f"{name} killed"
        yield f"{name} frozen"
