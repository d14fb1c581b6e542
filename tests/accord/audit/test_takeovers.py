"""The audit names every act that took over what was never handed in, what was changed, or what was judged before."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from accord.audit.takeovers import faults_of_takeovers
from domain.partnership import events as e
from domain.streams import StreamId
from domain.submissions.reference import SubmissionReference
from ledger import AppendRequest, Ledger
from records.codec import to_ledger
from records.opening import open_ledger
from records.submissions.seals import seal_submissions
from tests.builders import DIGEST, NOON
from tests.domain.partnership import specification as s
from tests.doors import handed_in, link_to
from tests.records.submissions.test_seals import changed, reference_of

SUBJECT = s.REFERENCE


def returned(reference: SubmissionReference) -> e.SubmissionReturned:
    command = s.return_submission().model_copy(update={"submission": reference})
    fields = {name: getattr(command, name) for name in ("at", "actor", "reason", "questions", "submission")}
    return e.SubmissionReturned(**fields, signature=s.signed(s.active().partnership, command).signature)


async def recorded(pool: asyncpg.Pool, *events: Any, subject: str = SUBJECT, version: int = 0) -> None:
    """The events on the stream of a partnership, as somebody with the worker's login writes them."""
    command_id = uuid4()
    stream = StreamId.partnership(subject)
    request = AppendRequest(stream, command_id, version, to_ledger(events, "vera.lind", command_id))
    await open_ledger(pool).append(request)


async def sealed_reference(pool: asyncpg.Pool) -> SubmissionReference:
    submission = await handed_in(pool, await link_to(pool, SUBJECT))
    await seal_submissions(Ledger(pool), pool)
    return await reference_of(pool, submission.sha256)


async def faults(pool: asyncpg.Pool) -> str:
    return "; ".join(await faults_of_takeovers(Ledger(pool)))


async def test_what_was_handed_in_sealed_and_judged_once_has_no_fault(pool: asyncpg.Pool) -> None:
    await recorded(pool, returned(await sealed_reference(pool)))
    assert await faults(pool) == ""


async def test_what_was_never_handed_in_is_named(pool: asyncpg.Pool) -> None:
    await recorded(pool, returned(s.HANDED_IN))
    told = await faults(pool)
    assert f"nothing was handed in under {DIGEST[:16]}" in told
    assert "event 4711 does not seal it" in told


async def test_what_was_judged_before_or_elsewhere_or_at_another_time_is_named(pool: asyncpg.Pool) -> None:
    reference = await sealed_reference(pool)
    await recorded(pool, returned(reference), returned(reference.model_copy(update={"at": NOON})))
    await recorded(pool, returned(reference), subject="P-2026-0077")
    told = await faults(pool)
    assert "judged it already" in told
    assert "its number, time or question set is not the one" in told
    assert f"P-2026-0077 took over a submission: it was handed in for {SUBJECT}" in told


@pytest.mark.parametrize("statement", ["UPDATE grantee.submissions SET sha256 = decode(repeat('cd', 32), 'hex')"])
async def test_what_was_changed_since_it_was_sealed_is_named(pool: asyncpg.Pool, statement: str) -> None:
    await recorded(pool, returned(await sealed_reference(pool)))
    await changed(pool, statement)
    told = await faults(pool)
    assert "nothing was handed in" in told
    assert "is not what event" in told
