"""Words without a form, and a seal that came late: a person judges both, and nothing follows by itself."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import pytest

from accord.client.desk import Desk
from accord.client.submissions import submission_numbered
from accord.presentation.faults import Refused
from domain.partnership import commands as c
from domain.partnership import events as e
from domain.submissions.kinds import DoorForm
from tests.accord.console.door.conftest import Formed, sealed_number
from tests.accord.console.door.test_inbox import form_of
from tests.accord.console.organisation.signing import place_of, touched, with_key
from tests.builders import proposal
from tests.domain.partnership.specification import CONTACTS
from tests.lives import Life

OUTAGE = "The worker was away from nine to eleven, as the alert of that day says"
WRONG = "I left in May. Jo Lund does this now."


NOW = "CREATE OR REPLACE FUNCTION ledger.now() RETURNS timestamptz LANGUAGE sql VOLATILE AS $$ SELECT {} $$"


@asynccontextmanager
async def two_hours_ago(pool: asyncpg.Pool) -> AsyncIterator[None]:
    """The database's clock at the time at which something was handed in, while no worker sealed."""
    await pool.execute(NOW.format("clock_timestamp() - interval '2 hours'"))
    yield
    await pool.execute(NOW.format("clock_timestamp()"))


async def test_who_says_that_they_are_the_wrong_person_is_heard_and_nothing_changes_before(
    visit: Any, desk: Desk, office_pool: asyncpg.Pool, reference: str, at_form: Formed
) -> None:
    """Given a wrong person, then staff read it in the inbox, and the link stays as it is until they ask elsewhere."""
    await Life(desk, reference).awaiting_approval(proposal(reference, contacts=CONTACTS))
    ida = await at_form(reference, DoorForm.QUESTION)
    said = await ida.post(
        "say/wrong-person", {"words": WRONG, "given.name": "Ida Holm", "given.capacity": "Until May its director"}
    )
    assert "Thank you. We have it." in said.text
    assert (await ida.get("")).status_code == 200
    number = await sealed_number(office_pool)
    visitor = await visit("pia.berg")
    key = await with_key(desk, visitor.settings, "pia.berg")
    assert "Word that they are the wrong person" in (await visitor.get("/inbox")).text
    shown = (await visitor.get(f"/inbox/{number}")).text
    for words in (WRONG, "Their link stays open", f"/{reference}/comment?submission={number}"):
        assert words in shown
    path = f"/{reference}/comment?submission={number}"
    form = {**await form_of(visitor, path), "text": WRONG}
    assert (await touched(visitor, key, await place_of(visitor, f"/{reference}/comment", form))).get("told")
    [event] = [one.event for one in await desk.history(reference) if isinstance(one.event, e.CommentMade)]
    assert event.submission is not None
    assert event.submission.number == number
    assert (await ida.get("")).status_code == 200


@pytest.mark.slow
async def test_a_late_seal_is_compared_by_a_person_with_the_recorded_outage(
    visit: Any, desk: Desk, office_pool: asyncpg.Pool, reference: str, at_form: Formed
) -> None:
    """Given a seal more than an hour after its time, then a form asks for the outage, and the gate refuses without."""
    life = Life(desk, reference)
    await life.awaiting_approval(proposal(reference, contacts=CONTACTS))
    async with two_hours_ago(office_pool):
        ida = await at_form(reference, DoorForm.QUESTION)
        await ida.fill("answer", answer="Eleven villages are served")
        await ida.hand_in()
    number = await sealed_number(office_pool)
    visitor = await visit("pia.berg")
    key = await with_key(desk, visitor.settings, "pia.berg")
    path = f"/{reference}/comment?submission={number}"
    assert "more than an hour after its time" in (await visitor.get(path)).text
    named = (await submission_numbered(desk.pool, desk.ledger, number)).reference
    with pytest.raises(Refused, match="compare it with the outage on record"):
        await life.do(c.Comment, "pia.berg", text="Eleven villages are served", submission=named)
    form = {**await form_of(visitor, path), "text": "Eleven villages are served", "outage": OUTAGE}
    place = await place_of(visitor, f"/{reference}/comment", form)
    assert OUTAGE in (await visitor.asking.get(place)).text
    assert (await touched(visitor, key, place)).get("told")
    [event] = [one.event for one in await desk.history(reference) if isinstance(one.event, e.CommentMade)]
    assert event.submission is not None
    assert event.submission.outage == OUTAGE
