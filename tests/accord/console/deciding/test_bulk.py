"""One decision on many: each is shown, signed and answered by itself, and a stop in the middle does nothing twice."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from typing import Any

import asyncpg
import httpx
import pytest
from temporalio.client import Client

from accord.audit.signatures import verify_signatures
from accord.client.desk import Desk
from accord.console.deciding.prepared import Prepared, Waiting, WaitingList
from accord.console.deciding.signing_lists import fault_of_list
from accord.console.serving.settings import ConsoleSettings
from domain.directory.people import KeyEnrolled
from domain.partnership import commands as c
from domain.partnership.stages import Stage
from payments.accounts import AccountDetails, record_account
from tests.accord.console.conftest import Visitor, a_console
from tests.authenticators.passkeys import Authenticator
from tests.builders import funds_out, proposal
from tests.governing import decree
from tests.lives import Life
from tests.references import next_reference
from tests.waiting import until

Visit = Callable[[str], Any]


async def proposed(desk: Desk, number: int) -> str:
    """A small grant, which waits for approval."""
    reference = next_reference()
    money = funds_out("1.00", purpose=f"Books for route {number} of {reference}")
    await desk.propose(proposal(reference, title=f"Route {number}", funds_out=money), "pia.berg")

    async def is_there() -> bool:
        known = await desk.partnership(reference)
        return known is not None and known.stage is Stage.APPROVAL

    await until(is_there)
    return reference


async def key_of(desk: Desk, settings: ConsoleSettings, staff_id: str) -> Authenticator:
    made = Authenticator(origin=settings.signing_origin, party="localhost")
    await decree(desk, KeyEnrolled(staff_id=staff_id, key=made.key))
    return made


async def begun(visitor: Visitor, act: str, partnerships: list[str], **given: str) -> str:
    """Begin a batch, and return its address."""
    answer = await visitor.post("/bulk", {"act": act, "p": partnerships, **given})
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


async def signed(visitor: Visitor, pool: asyncpg.Pool, batch: str, key: Authenticator, times: int = 1) -> bool:
    """Sign the next one of a batch, and hand it in so many times. Return False once none waits."""
    answer = await visitor.get(batch + "/next")
    if "/sign/" not in answer.headers["location"]:
        return False
    place = answer.headers["location"]
    waiting = await Prepared(pool).at(place.rpartition("/")[2])
    assert isinstance(waiting, Waiting)
    assertion = key.sign(waiting.statement).model_dump_json()
    headers = {"Origin": visitor.settings.signing_origin, "Sec-Fetch-Site": "same-origin"}
    for _ in range(times):
        handed = await visitor.asking.post(place, content=assertion, headers=headers, timeout=120)
        assert handed.status_code == 200, handed.text
        assert handed.json()["back"] == f"{visitor.settings.origin}{batch}/next"
    return True


async def lead(
    many: int, cannot: int, desk: Desk, visit: Visit, pool: asyncpg.Pool, provider: str, client: Client
) -> None:
    """Approve many of which some cannot be, and change to another console in the middle."""
    visitor = await visit("femi.ade")
    key = await key_of(desk, visitor.settings, "femi.ade")
    references = [await proposed(desk, number) for number in range(many)]
    for number, reference in enumerate(references[:cannot]):
        if number % 3:
            await desk.decide(await desk.known_sight(reference), c.PlaceHold, "vera.lind", reason="a question")
        else:
            await desk.decide(await desk.known_sight(reference), c.Withdraw, "pia.berg", reason="other plans")
    batch = await begun(visitor, "approve", references, reason="within the budget", no_interest="yes")
    for number in range((many - cannot) // 2):
        assert await signed(visitor, pool, batch, key, times=2 if number == 0 else 1)
    async with a_console(provider, pool, client) as settings:  # what was begun goes on where another one takes over
        other = Visitor(settings, visitor.cookie)
        second = await key_of(desk, settings, "femi.ade")
        while await signed(other, pool, batch, second):
            pass
        shown = (await other.get(batch)).text
    assert f">{many - cannot} done<" in shown
    assert f">{cannot} cannot be<" in shown
    assert ">0 wait<" in shown
    for place, reference in enumerate(references):
        told = Counter(one.event.event_type for one in await desk.history(reference))
        assert told["ApprovalGiven"] == (0 if place < cannot else 1), reference
        assert (f'<a href="/{reference}">' in shown.partition("cannot be: ")[0]) == (place == 0), reference


@pytest.mark.parametrize("many", [4, pytest.param(100, marks=pytest.mark.slow)])
async def test_of_many_those_that_cannot_be_are_named_and_no_other_is_decided_twice(
    many: int, desk: Desk, visit: Visit, console_pool: asyncpg.Pool, provider: str, client: Client
) -> None:
    """Given a batch of which some cannot be, when the console is another one half-way, then each has one result."""
    await lead(many, 7 if many == 100 else 2, desk, visit, console_pool, provider, client)


@pytest.mark.slow
async def test_what_changes_while_a_batch_is_signed_is_refused_alone(
    desk: Desk, visit: Visit, console_pool: asyncpg.Pool
) -> None:
    visitor = await visit("femi.ade")
    key = await key_of(desk, visitor.settings, "femi.ade")
    first, second = [await proposed(desk, number) for number in (1, 2)]
    batch = await begun(visitor, "approve", [first, second], reason="within the budget", no_interest="yes")
    assert await signed(visitor, console_pool, batch, key)
    await desk.decide(await desk.known_sight(second), c.PlaceHold, "vera.lind", reason="a question to the payee")
    assert not await signed(visitor, console_pool, batch, key)
    shown = (await visitor.get(batch)).text
    assert (">1 done<" in shown, ">1 cannot be<" in shown) == (True, True)
    await desk.decide(await desk.known_sight(second), c.LiftHold, "dora.kim", reason="answered")
    assert await signed(visitor, console_pool, batch, key)


@pytest.mark.slow
async def test_a_batch_is_its_owners_alone(desk: Desk, visit: Visit) -> None:
    visitor, other = await visit("femi.ade"), await visit("ana.silva")
    batch = await begun(visitor, "hold", [await proposed(desk, 1)], reason="a question")
    assert (await visitor.get(batch)).status_code == 200
    assert (await other.get(batch)).status_code == 404
    assert (await other.get(batch + "/next")).status_code == 404


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("act=approve", "0 were ticked"),
        ("act=refund&p=P-2026-0001", "is not done together"),
        ("act=&p=P-2026-0001", "is not done together"),
        ("act=hold&" + "&".join(f"p=P-2026-{number}" for number in range(1000, 1201)), "201 were ticked"),
    ],
)
async def test_what_is_no_batch_is_said(visit: Visit, query: str, told: str) -> None:
    answer = await (await visit("femi.ade")).get(f"/bulk?{query}")
    assert (answer.status_code, told in answer.text) == (422, True)


@pytest.mark.slow
async def test_a_form_without_its_reason_keeps_what_was_ticked(desk: Desk, visit: Visit) -> None:
    visitor, reference = await visit("femi.ade"), await proposed(desk, 1)
    answer = await visitor.post("/bulk", {"act": "approve", "p": [reference, "P-2026-0001"], "no_interest": "yes"})
    assert answer.status_code == 422
    assert "Reason: this is needed" in answer.text
    assert 'name="no_interest" value="yes" checked' in answer.text
    assert "there is no such partnership" in answer.text


async def listed(visitor: Visitor, pool: asyncpg.Pool, batch: str) -> tuple[str, WaitingList]:
    """The next list that a touch of a batch would sign, with its address."""
    answer = await visitor.get(batch + "/next")
    waiting = await Prepared(pool).at(answer.headers["location"].rpartition("/")[2])
    assert isinstance(waiting, WaitingList)
    return str(answer.headers["location"]), waiting


def touched(key: Authenticator, waiting: WaitingList, *left_out: int) -> str:
    """The page's submission of a touch over the list, but for some statements that somebody left out."""
    said = [one.statement for one in waiting.items]
    [first, *_] = key.sign_together(*said)
    shown = [one.model_dump(mode="json") for place, one in enumerate(said) if place not in left_out]
    assertion = first.model_dump(mode="json", include={"key_id", "client_data", "authenticator_data", "value"})
    return json.dumps({"statements": shown, **assertion})


async def handed_in(visitor: Visitor, place: str, content: str) -> httpx.Response:
    headers = {"Origin": visitor.settings.signing_origin, "Sec-Fetch-Site": "same-origin"}
    return await visitor.asking.post(place, content=content, headers=headers, timeout=120)


@pytest.mark.slow
async def test_the_rest_is_signed_by_one_touch_over_a_list_with_a_result_for_each(
    desk: Desk, visit: Visit, console_pool: asyncpg.Pool
) -> None:
    """Given holds on four of which one is withdrawn meanwhile, when one touch signs them, then three are recorded."""
    visitor = await visit("femi.ade")
    key = await key_of(desk, visitor.settings, "femi.ade")
    references = [await proposed(desk, number) for number in range(4)]
    batch = await begun(visitor, "hold", references, reason="a question to all of them")
    place, waiting = await listed(visitor, console_pool, batch)
    page = (await visitor.asking.get(place)).text
    assert all(page.count(one) >= 1 for one in references)
    await desk.decide(await desk.known_sight(references[0]), c.Withdraw, "pia.berg", reason="other plans")
    content = touched(key, waiting)
    for _ in range(2):  # the second time it is the same decisions
        told = (await handed_in(visitor, place, content)).json()
        assert told["told"].startswith("3 recorded. Not recorded: " + references[0])
        assert told["back"] == visitor.settings.origin + batch
    for reference in references[1:]:
        [hold] = [one.event for one in await desk.history(reference) if one.event.event_type == "HoldPlaced"]
        assert len(hold.signature.among) == 4
    assert (await verify_signatures(desk.ledger)).faults == ()
    shown = (await visitor.get(batch)).text
    assert ">3 done<" in shown
    assert ">1 cannot be<" in shown


@pytest.mark.slow
async def test_two_lists_of_one_batch_record_each_once(desk: Desk, visit: Visit, console_pool: asyncpg.Pool) -> None:
    """Given a list that was prepared in two tabs, when both are touched, then each is recorded once."""
    visitor = await visit("femi.ade")
    key = await key_of(desk, visitor.settings, "femi.ade")
    references = [await proposed(desk, number) for number in range(2)]
    batch = await begun(visitor, "comment", references, text="the auditor writes in March")
    place, waiting = await listed(visitor, console_pool, batch)
    await desk.decide(await desk.known_sight(references[0]), c.Comment, "pia.berg", text="noted")
    other_place, other = await listed(visitor, console_pool, batch)
    assert waiting.items[0].command.command_id != other.items[0].command.command_id
    assert (await handed_in(visitor, other_place, touched(key, other))).json()["told"] == "2 recorded."
    told = (await handed_in(visitor, place, touched(key, waiting))).json()["told"]
    assert told.startswith(f"1 recorded. Not recorded: {references[0]}: This was signed already")
    for reference in references:
        made = [one for one in await desk.history(reference) if one.event.event_type == "CommentMade"]
        assert [one.event.actor for one in made].count("femi.ade") == 1


@pytest.mark.slow
async def test_a_list_that_came_back_without_a_statement_records_nothing(
    desk: Desk, visit: Visit, console_pool: asyncpg.Pool
) -> None:
    visitor = await visit("femi.ade")
    key = await key_of(desk, visitor.settings, "femi.ade")
    references = [await proposed(desk, number) for number in range(2)]
    batch = await begun(visitor, "comment", references, text="the auditor writes in March")
    place, waiting = await listed(visitor, console_pool, batch)
    answer = await handed_in(visitor, place, touched(key, waiting, 0))
    assert (answer.status_code, "did not hand in every statement" in answer.text) == (422, True)
    for reference in references:
        assert not [one for one in await desk.history(reference) if one.event.event_type == "CommentMade"]


@pytest.mark.slow
async def test_an_agreement_of_many_names_the_only_account_of_its_payee(
    desk: Desk, visit: Visit, reference: str, console_pool: asyncpg.Pool
) -> None:
    """Given an approved grant, when its payee has one account, then it is that one. Of two, somebody chooses."""
    visitor, life = await visit("dora.kim"), Life(desk, reference)
    known = await life.to_be_signed(proposal(life.reference))
    assert known.proposed.funds_out is not None
    payee = known.proposed.funds_out.payee.name
    recorded = await life.account(payee)
    batch = await begun(visitor, "sign-agreement", [life.reference], signed_on="2026-11-20")
    answer = await visitor.get(batch + "/next")
    waiting = await Prepared(console_pool).at(answer.headers["location"].rpartition("/")[2])
    assert isinstance(waiting, Waiting)
    assert isinstance(waiting.command, c.SignAgreement)
    assert waiting.command.account == recorded
    other = AccountDetails(holder=payee, number="1122334455", bic="MOCKNL2A", town="Upland", country="US")
    async with desk.pool.acquire() as connection:
        await record_account(connection, other, "femi.ade")
    assert f"{payee} has 2 accounts on record; choose on the partnership" in (await visitor.get(batch)).text


@pytest.mark.slow
async def test_a_list_of_several_acts_is_shown_to_nobody(desk: Desk, visit: Visit, console_pool: asyncpg.Pool) -> None:
    """Given a list that the console's login put together of another act, when it is looked at, then it says so."""
    visitor = await visit("femi.ade")
    references = [await proposed(desk, number) for number in range(2)]
    _, comments = await listed(visitor, console_pool, await begun(visitor, "comment", references, text="looked at it"))
    _, holds = await listed(visitor, console_pool, await begun(visitor, "hold", references, reason="looked at it"))
    mixed = WaitingList(batch=comments.batch, items=(comments.items[0], holds.items[1]))
    for waiting in (mixed, WaitingList(batch=comments.batch, items=())):
        assert "no list of one act by one person" in str(fault_of_list(waiting))
    address = await Prepared(console_pool).keep(mixed)
    answer = await visitor.asking.get(f"{visitor.settings.signing_origin}/sign/{address}")
    assert (answer.status_code, "do not sign it" in answer.text) == (422, True)
