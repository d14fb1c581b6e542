"""While an installation may go back to a release, nothing is recorded that this release cannot read."""

from __future__ import annotations

from typing import Any

import asyncpg
import pytest
from temporalio.client import Client
from temporalio.testing import ActivityEnvironment

from accord.client.desk import Desk
from accord.presentation.faults import Refused
from accord.presentation.words.proposal.remedies import said_plainly
from activities.contracts import RecordRequest
from deploy import rights
from domain.identity import ACCORD
from domain.partnership import commands as c
from domain.payment.tranche.events import TrancheReleasedForPayment
from domain.payment.tranche.order import PaidFor
from domain.recorded.writers import Writer
from domain.streams import StreamId
from ledger import AppendRequest
from records.codec import to_ledger
from records.keys.keyring import Keyring
from records.opening import open_ledger
from tests.activities.story import released
from tests.activities.test_twice import REFERENCE, activity, furnished, instruct
from tests.budgets import budgeted, milestone
from tests.builders import NOON, funds_out, number, proposal
from tests.conftest import working
from tests.lives import Life
from tests.offices import led_by
from tests.scribe import Scribe

__all__ = ["furnished"]

SHUT = "UPDATE appending.rights SET form = 1 WHERE event_type = ANY ($1)"
ATTEMPT = StreamId.attempt(REFERENCE, 1, 1)
KINDS = ["ProposalRevised", "TrancheReleasedForPayment"]


async def open_forms(pool: asyncpg.Pool) -> None:
    async with pool.acquire() as connection:
        await rights.open_forms(connection)


@pytest.fixture
async def held(furnished: asyncpg.Pool) -> asyncpg.Pool:
    """An organisation whose installation was upgraded, and may still go back."""
    await furnished.execute(SHUT, KINDS)
    return furnished


async def ordered(pool: asyncpg.Pool, keyring: Keyring) -> TrancheReleasedForPayment:
    """A payment that is released, and what orders it."""
    await released(Scribe(Desk(pool, keyring), REFERENCE))
    outcome = await instruct(pool)
    assert outcome.instructed is not None
    return TrancheReleasedForPayment(at=NOON, order=outcome.instructed.order)


@pytest.mark.parametrize(
    ("opened", "form", "subject"),
    [(False, 1, None), (True, 2, PaidFor(title=proposal(REFERENCE).title, of=1, funds=()))],
    ids=["shut", "open"],
)
async def test_a_payment_is_ordered_without_its_subject_until_the_form_is_opened(
    held: asyncpg.Pool, keyring: Keyring, opened: bool, form: int, subject: PaidFor | None
) -> None:
    order = await ordered(held, keyring)
    if opened:
        await open_forms(held)
    record = RecordRequest(stream_id=ATTEMPT, expected_version=0, command_id=number("order"), events=(order,))
    recorded = await ActivityEnvironment().run(activity(held, "record_attempt"), record)
    assert [event.event.paid_for for event in recorded.events] == [subject]
    assert await held.fetchval("SELECT schema_version FROM ledger.events WHERE stream_id = $1", ATTEMPT) == form


@pytest.mark.slow
async def test_an_answer_waits_for_the_form_to_be_opened_and_is_lost_to_nobody(
    client: Client, furnished_pool: asyncpg.Pool, keyring: Keyring, reference: str
) -> None:
    """Given a question, when it is answered too soon, then a sentence says when, and later the same answer counts."""
    life = Life(Desk(furnished_pool, keyring, client=client), reference)
    await furnished_pool.execute(SHUT, KINDS)
    async with working(client, furnished_pool):
        await life.awaiting_approval(proposal(reference, funds_out=funds_out("5000.00")))
        await life.do(c.ReturnForInformation, "vera.lind", question="Which villages are served?")
        with pytest.raises(
            Refused, match="answer: the answer to a question is recorded once this installation"
        ) as told:
            await life.propose(proposal(reference, funds_out=funds_out("4000.00")), answer="Eleven")
        assert "ProposalRevised" not in await life.told()
        assert said_plainly(str(told.value)).startswith("an answer can be recorded once")
        await open_forms(furnished_pool)
        await life.propose(proposal(reference, funds_out=funds_out("4000.00")), answer="Eleven")
        assert "ProposalRevised" in await life.told()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("content", "field"),
    [
        (budgeted(), "proposal.funds_out.budget"),
        ({"funds_out": funds_out(milestones=[milestone()])}, "proposal.funds_out.milestones"),
        ({"partner": led_by(), "funds_out": funds_out(payee=led_by())}, "proposal.partner.principals.public_office"),
    ],
    ids=["a budget", "a work plan", "a public office"],
)
async def test_a_budget_waits_for_the_form_to_be_opened(
    client: Client, furnished_pool: asyncpg.Pool, keyring: Keyring, reference: str, content: Any, field: str
) -> None:
    """Given a proposal with a budget, when it comes too soon, then a sentence says when, and one without it goes on."""
    life = Life(Desk(furnished_pool, keyring, client=client), reference)
    await furnished_pool.execute(SHUT, ["PartnershipProposed"])
    async with working(client, furnished_pool):
        with pytest.raises(
            Refused,
            match=rf"{field}: a budget, a work plan, the language .*, or a public office of somebody .* is recorded",
        ) as told:
            await life.propose(proposal(reference, **content))
        assert said_plainly(str(told.value)).startswith("it can be recorded once")
        await open_forms(furnished_pool)
        await life.propose(proposal(reference, **content))
        assert "PartnershipProposed" in await life.told()


@pytest.mark.slow
async def test_the_database_lets_nobody_record_what_is_held(held: asyncpg.Pool, keyring: Keyring) -> None:
    """Whatever a worker believes, and whoever has its login."""
    order = (await ordered(held, keyring)).model_copy(update={"paid_for": PaidFor(title="A well", of=1, funds=())})
    ledger = open_ledger(held, Writer.WORKER)
    request = AppendRequest(ATTEMPT, number("order"), 0, to_ledger((order,), ACCORD, number("order")))
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="may not append this: TrancheReleased"):
        await ledger.append(request)
    await open_forms(held)
    assert (await ledger.append(request)).recorded
