"""A mark in the ledger switches off no rule: whoever writes that somebody was erased proves nothing by it."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator
from typing import Any, Final, NamedTuple
from uuid import uuid4

import asyncpg
import pytest

from activities import payment
from activities.contracts import TrancheStart
from activities.payment import Payments
from deploy.database import open_pool
from deploy.logins import Login
from domain.identity import ACCORD
from domain.payment.tranche.events import PaymentInstructed, TrancheReleasedForPayment
from domain.recorded.writers import Writer
from domain.streams import StreamId
from ledger import AppendRequest
from records.codec import to_ledger
from records.opening import open_ledger
from tests.adversary.people.office import PAYER, Office, until
from tests.adversary.people.papers import RIVERBEND, grant, party

MARK: Final = "⟦erased⟧"
REFUSES: Final = "the rule book says something else of the recorded evidence"

Content = dict[str, Any]


class Door(NamedTuple):
    """An intruder's way to append: by a login's function, or as the database's owner, past its refusals."""

    pool: asyncpg.Pool
    function: str


@pytest.fixture
async def owner(office: Office) -> AsyncIterator[Door]:
    """A mark from before the database refused one in the ledger."""
    pool = await open_pool(office.stack.postgres.url)
    yield Door(pool, "ledger.append")
    await pool.close()


@pytest.fixture
def worker(office: Office) -> Door:
    """A stolen login of the worker."""
    return Door(office.stolen[Login.WORKER], "appending.worker")


def company_paid(office: Office) -> Content:
    """A grant to a company, which the rules refuse."""
    reference = office.reference()
    proposal = grant(reference, "30000.00")
    company = {**party(RIVERBEND), "kind": "PRIVATE_COMPANY"}
    proposal["funds_out"]["payee"] = company
    return {**proposal, "partner": company}


async def append(door: Door, stream: str, version: int, *events: tuple[str, Content]) -> bool:
    """Append unsigned events as one command behind a version. Return True if nobody was quicker."""
    command, size = uuid4(), len(events)
    meta = json.dumps({"actor": "accord", "causation_id": str(command)}).encode()
    status = await door.pool.fetchval(
        f"SELECT status FROM {door.function}($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        [stream] * size, [version + 1 + i for i in range(size)], [command] * size, [uuid4() for _ in events],
        [kind for kind, _ in events], [1] * size, [as_written(content) for _, content in events], [meta] * size, [size],
    )  # fmt: skip
    return bool(status == "NEW")


def as_written(content: Content) -> bytes:
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def passed(assessed: Content) -> Content:
    """The assessment, in which nothing fails, is referred or is to be put on file."""
    said = json.loads(json.dumps(assessed))
    for finding in said["assessment"]["findings"]:
        if finding["outcome"] in {"FAIL", "REFER"}:
            finding |= {"outcome": "PASS", "conditions": []}
    return {**said, "quorum": ["PROGRAMME_APPROVER", "FINANCE_APPROVER"]}


async def true_evidence(office: Office) -> tuple[Content, Content]:
    """A worker's findings on the company, when it was proposed before and declined."""
    proposal = company_paid(office)
    await office.done("propose", office.file(proposal, "proposal.json"), "--as", "pia.berg")
    [assessed] = await until(lambda: office.holds(proposal["reference"], "EligibilityAssessed"))
    [found] = await office.holds(proposal["reference"], "DueDiligenceCompleted")
    return found, assessed


async def approved_falsely(office: Office, door: Door, *beside: tuple[str, Content]) -> str:
    """Have people approve and sign against the rules, by an assessment of one's own. Return the reference.

    `beside`: further events of the intruder. Where a worker was quicker, they try again.
    """
    found, assessed = await true_evidence(office)
    forged = ("DueDiligenceCompleted", found), ("EligibilityAssessed", passed(assessed)), *beside
    while True:
        proposal = company_paid(office)
        stream = f"partnership/{proposal['reference']}"
        proposing = asyncio.create_task(
            office.done("propose", office.file(proposal, "proposal.json"), "--as", "pia.berg")
        )
        version = "SELECT count(*) FROM ledger.events WHERE stream_id = $1"
        while await door.pool.fetchval(version, stream) == 0 and not proposing.done():
            await asyncio.sleep(0)
        first = await append(door, stream, 1, *forged)
        await proposing
        if first:
            break
    reference = str(proposal["reference"])
    await office.approved(reference)
    await office.done("sign-agreement", reference, "--as", "dora.kim", "--account", office.accounts["riverbend"])
    return reference


async def release_past_the_last_look(office: Office, reference: str, patch: pytest.MonkeyPatch) -> None:
    """Release the tranche, and instruct the payment before a worker looks at it once more.

    Whoever appends keeps others from appending until their transaction ends.
    """
    stream, pool = StreamId.attempt(reference, 1, 1), office.stolen[Login.WORKER]
    ledger, released = open_ledger(pool, Writer.WORKER), TrancheStart(partnership_id=reference, tranche=1, attempt=1)
    releasing = asyncio.create_task(office.done("release", reference, "--tranche", 1, "--as", PAYER))
    patch.setattr(payment, "against_payment", lambda *_: None)
    query = "SELECT count(*) FROM ledger.events WHERE stream_id = $1 AND event_type = 'TrancheReleased'"
    async with pool.acquire() as connection:
        while await connection.fetchval(query, StreamId.partnership(reference)) == 0:
            assert not releasing.done(), releasing.exception()
            await asyncio.sleep(0)
        async with connection.transaction():
            await ledger.hold_appends(connection)
            said = (await Payments(pool).instruct_payment(released)).instructed
            assert said is not None
            instructed = {"payment_id": said.order.payment_id, **said.model_dump(exclude={"order"})}
            events = TrancheReleasedForPayment(at=said.at, order=said.order), PaymentInstructed(**instructed)
            request = AppendRequest(stream, uuid4(), 0, to_ledger(events, ACCORD, uuid4()))
            [answer] = await ledger.append_within(connection, [request])
    assert answer.recorded
    await releasing


async def test_nobody_who_stole_a_workers_login_writes_that_somebody_was_erased(office: Office, worker: Door) -> None:
    reference = await office.granted("30000.00")
    version = "SELECT max(version) FROM ledger.events WHERE stream_id = $1"
    stream = f"partnership/{reference}"
    for mark in (MARK, f"words {MARK} words", f"⟦{uuid4()}⟧", "⟦"):
        newest, event = await worker.pool.fetchval(version, stream), ("CommandRefused", refused_with(mark))
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="stands for encrypted names alone"):
            await append(worker, stream, newest, event)
    await office.release(reference)
    await office.pay()
    assert len(office.bank.told(reference)) == 1, "and what is in order is paid"


@pytest.mark.slow
async def test_a_payee_whom_the_rules_refuse_is_not_paid_by_false_evidence_alone(
    office: Office, worker: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given a false assessment by a worker's login, when people approved and released, then no file holds it."""
    assert REFUSES in await paid_falsely(office, await approved_falsely(office, worker), monkeypatch)


@pytest.mark.slow
async def test_a_payee_whom_the_rules_refuse_is_not_paid_whatever_says_that_somebody_was_erased(
    office: Office, owner: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same beside a mark that stood there before the database refused one."""
    reference = await approved_falsely(office, owner, ("CommandRefused", refused_with(MARK)))
    words = await paid_falsely(office, reference, monkeypatch)
    assert "no two guardians listed it" in words
    [position] = {int(found) for found in re.findall(r"ledger set-aside (\d+)", words)}
    told = await office.done("ledger", "set-aside", position, "--as", "dora.kim", "--json")
    await office.done("staff", "confirm", told.json["change_id"], "--as", "otto.audit")
    words = " ".join(one.words for one in await office.pay())
    assert (REFUSES in words, office.bank.told(reference)) == (True, [])


async def paid_falsely(office: Office, reference: str, patch: pytest.MonkeyPatch) -> str:
    """Release against the rules, and have all leave that may. Return the answer."""
    await release_past_the_last_look(office, reference, patch)
    said = await office.pay()
    assert office.bank.told(reference) == []
    return " ".join(one.words for one in said)


def refused_with(reason: str) -> Content:
    return {
        "actor": "pia.berg", "at": "2026-11-29T12:00:00.000000Z", "attempted": "Amend", "event_type": "CommandRefused",
        "reason": reason,
    }  # fmt: skip
