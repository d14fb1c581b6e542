"""What is handed in goes under a seal within the minute; what is changed, slipped in or dropped is found."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import asyncpg
import pytest

from domain.identity import derive
from domain.streams import SUBMISSIONS_STREAM
from domain.submissions.events import SubmissionsSealed
from domain.submissions.kinds import DoorForm
from domain.submissions.reference import SubmissionReference
from ledger import AppendRequest, Ledger, clock
from ledger.tree import includes
from records.codec import to_ledger
from records.submissions import seals
from records.submissions.gate import submission_fault
from records.submissions.seals import LaidDown, faults_of_submissions, seal_submissions, seals_on_record
from tests.doors import entered, handed_in, link_to

SUBJECT = "P-2026-0042"


async def reference_of(pool: asyncpg.Pool, sha256: str) -> SubmissionReference:
    number, at = await pool.fetchrow(
        "SELECT number, at FROM grantee.submissions WHERE sha256 = $1", bytes.fromhex(sha256)
    )
    entry = next(entry for entry in await seals_on_record(Ledger(pool)) if entry.seal.last >= number)
    return SubmissionReference(sha256=sha256, number=number, seal=entry.position, at=at)


async def fault_of(
    pool: asyncpg.Pool, reference: SubmissionReference, act: str = "report", subject: str = SUBJECT
) -> str:
    return str(await submission_fault(Ledger(pool), subject, act, reference) or "")


async def changed(pool: asyncpg.Pool, statement: str) -> None:
    """Somebody with the database itself changes what was handed in."""
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute("ALTER TABLE grantee.submissions DISABLE TRIGGER USER")
        await connection.execute(statement)
        await connection.execute("ALTER TABLE grantee.submissions ENABLE TRIGGER USER")


async def test_what_was_handed_in_since_the_last_seal_is_one_event_and_nothing_is_none(pool: asyncpg.Pool) -> None:
    ledger = Ledger(pool)
    secret = await link_to(pool, SUBJECT)
    for _ in range(3):
        await handed_in(pool, secret)
    assert [await seal_submissions(ledger, pool) for _ in range(3)] == [1, 0, 0]
    [entry] = await seals_on_record(ledger)
    assert (entry.seal.first, entry.seal.last) == (1, 3)
    assert await faults_of_submissions(pool, ledger) == []


async def test_workers_that_race_seal_once(pool: asyncpg.Pool) -> None:
    ledger = Ledger(pool)
    await handed_in(pool, await link_to(pool, SUBJECT))
    assert sum(await asyncio.gather(*(seal_submissions(ledger, pool) for _ in range(5)))) >= 1
    assert len(await seals_on_record(ledger)) == 1


async def test_a_path_shows_that_it_was_handed_in(pool: asyncpg.Pool) -> None:
    ledger, secret = Ledger(pool), await link_to(pool, SUBJECT)
    submissions = [await handed_in(pool, secret) for _ in range(5)]
    await seal_submissions(ledger, pool)
    at_door, form = await entered(pool, secret)
    [entry], handed = await seals_on_record(ledger), await at_door.handed_in(form)
    for place, (receipt, submission) in enumerate(zip(handed, submissions, strict=True)):
        leaf = LaidDown(1, bytes.fromhex(receipt.sha256), receipt.at).leaf
        path = [bytes.fromhex(step) for step in receipt.path]
        assert (receipt.sha256, receipt.position) == (submission.sha256, entry.position)
        assert includes(leaf, place, 5, path, bytes.fromhex(entry.seal.root))


async def test_a_path_that_a_worker_died_before_is_written_later(pool: asyncpg.Pool) -> None:
    ledger = Ledger(pool)
    await handed_in(pool, await link_to(pool, SUBJECT))
    await seal_submissions(ledger, pool)
    await pool.execute("DELETE FROM grantee.proofs")
    await seal_submissions(ledger, pool)
    assert await pool.fetchval("SELECT count(*) FROM grantee.proofs") == 1


async def test_what_is_under_a_seal_may_be_judged_and_what_is_not_may_not(pool: asyncpg.Pool) -> None:
    submission = await handed_in(pool, await link_to(pool, SUBJECT))
    unsealed = SubmissionReference(sha256=submission.sha256, number=1, seal=1, at=await at_of(pool))
    assert "under no seal" in await fault_of(pool, unsealed)
    await seal_submissions(Ledger(pool), pool)
    reference = await reference_of(pool, submission.sha256)
    assert await fault_of(pool, reference) == ""
    assert await fault_of(pool, reference, "return_submission") == ""


async def at_of(pool: asyncpg.Pool) -> object:
    return await pool.fetchval("SELECT max(at) FROM grantee.submissions")


async def test_it_is_judged_for_its_own_partnership_by_its_own_act_and_under_its_own_name(pool: asyncpg.Pool) -> None:
    submission = await handed_in(pool, await link_to(pool, SUBJECT))
    await seal_submissions(Ledger(pool), pool)
    reference = await reference_of(pool, submission.sha256)
    assert "handed in for P-2026-0042" in await fault_of(pool, reference, subject="P-2026-0043")
    assert "taken over by: report" in await fault_of(pool, reference, "amend")
    assert "nothing was handed in" in await fault_of(pool, reference.model_copy(update={"sha256": "ab" * 32}))
    later = reference.model_copy(update={"at": clock.now()})
    assert "its number, time or question set" in await fault_of(pool, later)


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE grantee.submissions SET content = set_byte(content, 40, 1 + get_byte(content, 40) % 255)", "not what"),
        ("UPDATE grantee.submissions SET number = 2", "number, time or question set"),
        ("UPDATE grantee.submissions SET at = at - interval '40 days'", "number, time or question set"),
        ("DELETE FROM grantee.submissions", "nothing was handed in"),
    ],
)
async def test_what_somebody_changes_in_the_database_is_refused(pool: asyncpg.Pool, statement: str, words: str) -> None:
    submission = await handed_in(pool, await link_to(pool, SUBJECT))
    await seal_submissions(Ledger(pool), pool)
    reference = await reference_of(pool, submission.sha256)
    await pool.execute("DELETE FROM grantee.proofs")
    await changed(pool, statement)
    assert words in await fault_of(pool, reference)


async def test_what_is_slipped_in_beside_a_seal_is_refused_and_told(pool: asyncpg.Pool) -> None:
    """Given two under a seal, when one is put in the place of the other, then its seal is named."""
    ledger, secret = Ledger(pool), await link_to(pool, SUBJECT)
    first, second = await handed_in(pool, secret), await handed_in(pool, secret)
    await seal_submissions(ledger, pool)
    reference = await reference_of(pool, first.sha256)
    await pool.execute("DELETE FROM grantee.proofs")
    await changed(pool, f"DELETE FROM grantee.submissions WHERE sha256 = '\\x{second.sha256}'")
    assert "is not what event" in await fault_of(pool, reference)
    assert "submissions 1 to 2 are not those that were sealed" in str(await faults_of_submissions(pool, ledger))


@pytest.mark.slow
async def test_a_seal_that_nothing_bears_out_is_not_gone_on_from(pool: asyncpg.Pool) -> None:
    """Given a seal by the worker's login over numbers to come, then what comes is sealed all the same."""
    ledger = Ledger(pool)
    forged = SubmissionsSealed(at=clock.now(), first=1, last=1_000_000, root="ab" * 32)
    command = derive("a forged seal", uuid4())
    await ledger.append(AppendRequest(SUBMISSIONS_STREAM, command, 0, to_ledger((forged,), "accord", command)))
    submission = await handed_in(pool, await link_to(pool, SUBJECT))
    assert await seal_submissions(ledger, pool) == 1
    entry = (await seals_on_record(ledger))[-1]
    reference = SubmissionReference(sha256=submission.sha256, number=1, seal=entry.position, at=await at_of(pool))
    assert await fault_of(pool, reference) == ""
    assert "submissions 1 to 1000000 are not those" in str(await faults_of_submissions(pool, ledger))


async def test_what_a_ledger_that_was_put_back_forgot_is_sealed_and_proved_anew(pool: asyncpg.Pool) -> None:
    """Given proofs by a seal that the ledger, put back, lost, then each is proved by the seal that followed."""
    ledger, secret = Ledger(pool), await link_to(pool, SUBJECT)
    await handed_in(pool, secret)
    await seal_submissions(ledger, pool)
    await handed_in(pool, secret)
    await seal_submissions(ledger, pool)
    await pool.execute("UPDATE grantee.proofs SET position = 900, path = '' WHERE number = 2")
    await pool.execute("UPDATE grantee.proofs SET position = 901, path = '', receipt = 'whole' WHERE number = 1")
    assert await seal_submissions(ledger, pool) == 0
    positions = [row["position"] for row in await pool.fetch("SELECT position FROM grantee.proofs ORDER BY number")]
    assert positions == [901, (await seals_on_record(ledger))[1].position], (
        "a whole receipt proves by itself, and stays"
    )


async def test_what_was_sealed_late_is_compared_by_a_person(pool: asyncpg.Pool) -> None:
    submission = await handed_in(pool, await link_to(pool, SUBJECT, DoorForm.REPORT))
    await changed(pool, "UPDATE grantee.submissions SET at = at - interval '2 hours'")
    await seal_submissions(Ledger(pool), pool)
    reference = await reference_of(pool, submission.sha256)
    assert "say in `outage` which it was" in await fault_of(pool, reference)
    assert await fault_of(pool, reference.model_copy(update={"outage": "The database was away from 9 to 11"})) == ""


async def test_a_worker_reads_the_newest_seals_and_older_ones_where_none_of_them_holds(
    pool: asyncpg.Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given more seals than a worker reads, the newest of them forged, then nothing is left out or sealed twice."""
    monkeypatch.setattr(seals, "RECENT", 2)
    ledger, secret = Ledger(pool), await link_to(pool, SUBJECT)
    for _ in range(4):
        await handed_in(pool, secret)
        assert await seal_submissions(ledger, pool) == 1
    forged = SubmissionsSealed(at=clock.now(), first=90, last=91, root="ab" * 32)
    for version in (4, 5):
        command = derive("a forged seal", uuid4())
        await ledger.append(
            AppendRequest(SUBMISSIONS_STREAM, command, version, to_ledger((forged,), "accord", command))
        )
    assert await seal_submissions(ledger, pool) == 0
    await handed_in(pool, secret)
    assert await seal_submissions(ledger, pool) == 1
    spans = [(entry.seal.first, entry.seal.last) for entry in await seals_on_record(ledger)]
    assert spans == [(1, 1), (2, 2), (3, 3), (4, 4), (90, 91), (90, 91), (5, 5)]
    assert await pool.fetchval("SELECT count(*) FROM grantee.proofs") == 5
