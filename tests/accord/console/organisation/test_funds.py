"""Funds by browser: opened, given a budget, moved between and closed, each by the people whom the rules ask for."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import asyncpg
import pytest

from accord.client.desk import Desk
from domain.funds.fund import Fund
from records.funds import Funds
from tests.accord.console.conftest import Visitor
from tests.accord.console.deciding.test_bulk import handed_in
from tests.accord.console.organisation.signing import a_name, place_of, statement_in, touched, with_key
from tests.accord.console.proposing.drafting import author, begun
from tests.builders import funds_out, proposal
from tests.lives import Life, until_shown

OPENED = {"name": "Connect", "funder": "ISOC", "currency": "USD", "programme": "Connect", "first_day": "2026-01-01",
          "last_day": "2026-12-31"}  # fmt: skip


async def fund_of(desk: Desk, fund_id: str) -> Fund:
    return await Funds(desk.reader).read(fund_id)


async def opened(desk: Desk, visit: Any, **more: str) -> tuple[str, Visitor, Any]:
    """A fund that a finance approver opened by browser, with who opened it and their key."""
    visitor = await visit("femi.ade")
    key, fund_id = await with_key(desk, visitor.settings, "femi.ade"), a_name()
    told = await touched(visitor, key, await place_of(visitor, "/funds/open", {**OPENED, "fund": fund_id, **more}))
    assert told.get("told") == "Recorded: Connect is open, and holds no money yet.", told
    return fund_id, visitor, key


async def confirmed(desk: Desk, visit: Any, fund_id: str) -> dict[str, Any]:
    """The answer once a director confirmed what waits of a fund."""
    director = await visit("mira.sato")
    key = await with_key(desk, director.settings, "mira.sato")
    (change_id,) = (await fund_of(desk, fund_id)).asked
    return await touched(director, key, await place_of(director, f"/funds/{fund_id}/confirm/{change_id}", {}))


async def with_budget(desk: Desk, visit: Any, amount: str) -> tuple[str, Visitor, Any]:
    fund_id, visitor, key = await opened(desk, visit)
    asked = {"amount": amount, "reason": "resolution 12 of the board"}
    told = await touched(visitor, key, await place_of(visitor, f"/funds/{fund_id}/budget", asked))
    assert "once a director confirms it" in told.get("told", str(told))
    told = await confirmed(desk, visit, fund_id)
    assert "the budget of connect becomes" in told.get("told", str(told)).lower()
    return fund_id, visitor, key


async def test_a_fund_is_opened_given_a_budget_moved_from_and_closed(desk: Desk, visit: Any) -> None:
    """Given a budget that two people signed, when its money moves on and it is closed, then both are in force."""
    first, visitor, key = await with_budget(desk, visit, "60,000.00")
    assert (await fund_of(desk, first)).budget == Decimal("60000.00")
    second, *_ = await opened(desk, visit, programme="")
    page = (await visitor.get(f"/funds/{first}")).text
    assert "USD 60,000.00" in page
    assert f'href="/funds/{first}/transfer"' in page
    moved = {"to": second, "amount": "60000", "reason": "as resolved"}
    place = await place_of(visitor, f"/funds/{first}/transfer", moved)
    assert "USD 60,000.00 move from Connect to Connect" in (await visitor.asking.get(place)).text
    await touched(visitor, key, place)
    assert "USD 60,000.00 move" in (await visitor.get(f"/funds/{first}")).text
    await confirmed(desk, visit, first)
    assert (await fund_of(desk, second)).moved_in == Decimal(60000)
    await touched(visitor, key, await place_of(visitor, f"/funds/{first}/close", {"reason": "the year is over"}))
    await confirmed(desk, visit, first)
    assert (await fund_of(desk, first)).closed
    assert 'href="/funds/open"' in (await visitor.get("/funds")).text


@pytest.mark.slow
async def test_who_asked_does_not_confirm_and_who_may_not_is_offered_nothing(desk: Desk, visit: Any) -> None:
    fund_id, visitor, key = await opened(desk, visit)
    asked = {"amount": "100", "reason": "a first step"}
    await touched(visitor, key, await place_of(visitor, f"/funds/{fund_id}/budget", asked))
    (change_id,) = (await fund_of(desk, fund_id)).asked
    refused = await visitor.post(f"/funds/{fund_id}/confirm/{change_id}", {})
    assert (refused.status_code, (await fund_of(desk, fund_id)).budget) == (422, 0)
    proposer = await visit("pia.berg")
    page = (await proposer.get(f"/funds/{fund_id}")).text
    assert "It needs a director." in page
    assert "/budget" not in page
    refused = await proposer.post(f"/funds/{fund_id}/budget", asked)
    said = "Pia Berg may not ask for a change of a fund: a director or a finance approver must"
    assert (refused.status_code, said in refused.text) == (422, True)


@pytest.mark.slow
async def test_a_change_confirmed_twice_counts_once(desk: Desk, visit: Any) -> None:
    """Given two directors before the same change, when the second touches later, then nothing is recorded of it."""
    fund_id, visitor, key = await opened(desk, visit)
    asked = {"amount": "100", "reason": "a first step"}
    await touched(visitor, key, await place_of(visitor, f"/funds/{fund_id}/budget", asked))
    (change_id,) = (await fund_of(desk, fund_id)).asked
    late = await visit("dora.kim")
    late_key = await with_key(desk, late.settings, "dora.kim")
    place = await place_of(late, f"/funds/{fund_id}/confirm/{change_id}", {})
    shown = await late.asking.get(place)
    await confirmed(desk, visit, fund_id)
    answer = (await handed_in(late, place, late_key.sign(statement_in(shown.text)).model_dump_json())).json()
    assert "waits for a second signature" in answer["refused"]
    assert "does not wait any more" in (await late.asking.get(place)).text
    assert (await fund_of(desk, fund_id)).version == 3


@pytest.mark.sampled(1)
@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"amount": "30.000"}, "&#39;30.000&#39; may be"),
        ({"amount": "much"}, "is no sum"),
        ({"amount": "100", "reason": ""}, "say why, in a sentence"),
        ({"amount": "0.001"}, "decimals"),
    ],
)
async def test_what_is_not_clear_is_asked_back_and_nothing_is_lost(
    desk: Desk, visit: Any, given: dict[str, str], words: str
) -> None:
    fund_id, visitor, _ = await opened(desk, visit)
    answer = await visitor.post(f"/funds/{fund_id}/budget", {"reason": "resolution 12", **given})
    assert (answer.status_code, words.lower() in answer.text.lower()) == (422, True), answer.text
    assert given["amount"] in answer.text


@pytest.mark.slow
async def test_what_a_fund_cannot_do_is_said_before_it_is_signed(desk: Desk, visit: Any) -> None:
    fund_id, visitor, _ = await opened(desk, visit)
    again = await visitor.post("/funds/open", {**OPENED, "fund": fund_id})
    assert (again.status_code, "is open already" in again.text) == (422, True)
    other, *_ = await opened(desk, visit)
    moved = await visitor.post(f"/funds/{fund_id}/transfer", {"to": other, "amount": "5", "reason": "as resolved"})
    assert (moved.status_code, "available" in moved.text) == (422, True)
    assert re.search(r'<option value="[^"]*"', moved.text)


async def test_a_stolen_console_moves_no_money(desk: Desk, visit: Any, console_pool: asyncpg.Pool) -> None:
    """Given what waits is changed by the console's login, then the page that signs refuses to show it."""
    fund_id, visitor, _ = await opened(desk, visit)
    place = await place_of(visitor, f"/funds/{fund_id}/budget", {"amount": "100", "reason": "a first step"})
    changed = "UPDATE console.prepared SET content = convert_to(replace(convert_from(content, 'UTF8'), $1, $2), 'UTF8')"
    await desk.pool.execute(changed, '"100"', '"900"')
    shown = await visitor.asking.get(place)
    assert (shown.status_code, "about something else than it shows" in shown.text) == (422, True)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await console_pool.execute("INSERT INTO ledger.events DEFAULT VALUES")


@pytest.mark.slow
async def test_two_funds_of_one_name_differ_in_every_list(desk: Desk, visit: Any) -> None:
    """Given two funds of one name and year, then a form, a filter and the table of funds tell them apart."""
    ids = [(await opened(desk, visit))[0] for _ in range(2)]
    await until_shown(desk)
    proposer = await author(visit)
    draft = await begun(proposer)
    pages = {path: (await proposer.get(path)).text for path in (f"{draft}?step=2", "/payments", "/funds")}
    for path, page in pages.items():
        for fund_id in ids:
            assert re.search(rf">[^<]*{fund_id}", page), (path, fund_id)


@pytest.mark.slow
async def test_the_page_that_signs_names_a_fund_with_its_reference(
    desk: Desk, visit: Any, console_pool: asyncpg.Pool, reference: str
) -> None:
    """Given a proposal that a fund pays, then whoever approves it reads which of two funds of one name it is."""
    fund_id, *_ = await with_budget(desk, visit, "60,000.00")
    paid_by = {**funds_out("5000.00"), "programme": "Connect", "funds": [{"fund": fund_id}]}
    await Life(desk, reference).awaiting_approval(proposal(reference, funds_out=paid_by))
    visitor = await visit("ana.silva")
    version = str((await desk.known_sight(reference)).version)
    answer = await visitor.post(
        f"/{reference}/approve", {"version": version, "reason": "within the budget", "no_interest": "yes"}
    )
    signing = (await visitor.asking.get(answer.headers["location"])).text
    assert f"Connect ({fund_id})" in signing


@pytest.mark.slow
async def test_a_fund_names_the_partnerships_that_it_pays(desk: Desk, visit: Any, reference: str) -> None:
    """Given a grant that a fund pays, then the fund's page names it by its title and its partner, as lists do."""
    fund_id, visitor, _ = await with_budget(desk, visit, "60,000.00")
    paid_by = {**funds_out("5000.00"), "programme": "Connect", "funds": [{"fund": fund_id}]}
    await Life(desk, reference).approved(proposal(reference, title="Lamps for the lower villages", funds_out=paid_by))
    await until_shown(desk)
    page = (await visitor.get(f"/funds/{fund_id}")).text
    assert f'<a href="/{reference}">Lamps for the lower villages</a>' in page
    assert "Riverbend Library Network" in page
