"""Accounts at the counter: typed with their whole number, called back by another person, and each sight is a look."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg
import pytest

from accord.client.desk import Desk
from accord.counter.pages.settings import CounterSettings
from payments.accounts import AccountDetails, reference_of
from tests import paying
from tests.accord.counter.pages.conftest import AtTheCounter
from tests.accord.counter.pages.signing import Signer, signer

People = Callable[[str], Awaitable[Signer]]
NUMBER = "7300998812"
TYPED = {
    "owner": "ISOC-FOUNDATION", "holder": "Internet Society Foundation", "number": NUMBER, "bic": "MOCKNL2A",
    "street": "Main Street", "building": "7", "town": "Reston", "country": "US",
}  # fmt: skip


@pytest.fixture
def people(call: Any, desk: Desk, console_pool: asyncpg.Pool) -> People:
    async def person(staff_id: str) -> Signer:
        return await signer(call, desk, console_pool, staff_id)

    return person


def typed(**more: str) -> dict[str, str]:
    return {**TYPED, **more}


def reference_typed(**more: str) -> str:
    fields = {name: text for name, text in typed(**more).items() if name != "owner"}
    return reference_of(AccountDetails.model_validate(fields)).reference


async def test_one_records_an_account_and_another_calls_back(people: People, desk: Desk) -> None:
    vera, noor = await people("vera.lind"), await people("noor.haddad")
    assert await vera.does("/accounts", typed()) == "The account is recorded."
    page = (await vera.caller.get(f"/accounts/{reference_typed()}")).text
    assert NUMBER in page
    assert "another person calls back" in page
    note = {"note": "their treasurer, on the number of the signed agreement"}
    assert "another person must call back" in await vera.refused(f"/accounts/{reference_typed()}", note)
    assert await noor.does(f"/accounts/{reference_typed()}", note) == "You vouched for the account."
    standing = await desk.registrar.standing(reference_typed())
    assert standing is not None
    assert (standing.recorded_by, standing.confirmed_by) == ("vera.lind", "noor.haddad")
    assert "has vouched for this account already" in await noor.refused(f"/accounts/{reference_typed()}", note)


async def test_the_whole_number_is_in_sight_here_alone_and_each_sight_is_a_look(
    people: People, office_pool: asyncpg.Pool
) -> None:
    vera, pia = await people("vera.lind"), await people("pia.berg")
    content = typed(number="5500112233")
    address = await vera.ask("/accounts", content)
    shown = await vera.shown(address)
    assert "5500112233" not in shown.model_dump_json()
    assert ("Account", "ending in 2233") in shown.facts
    await vera.touch(address)
    place = f"/accounts/{reference_typed(number='5500112233')}"
    assert "5500112233" in (await vera.caller.get(place)).text
    hidden = (await pia.caller.get(place)).text
    assert "5500112233" not in hidden
    assert "ends in 2233" in hidden
    assert "5500112233" not in (await vera.caller.get("/accounts")).text
    query = "SELECT staff_id FROM console.looks WHERE subject = $1"
    looks = await office_pool.fetch(query, f"the whole number of {reference_typed(number='5500112233')}")
    assert [row["staff_id"] for row in looks] == ["vera.lind"]


async def test_what_is_wrong_stands_beside_its_field_and_no_typed_text_is_lost(people: People, desk: Desk) -> None:
    vera = await people("vera.lind")
    head = await desk.ledger.head()
    said = await vera.refused("/accounts", typed(bic="RUBBISH", town=""))
    assert "not a BIC" in said
    assert "this is needed" in said
    assert f'value="{NUMBER}"' in said
    assert "give either the iban or" in await vera.refused("/accounts", typed(number=""))
    assert "say whose it is" in await vera.refused("/accounts", typed(owner=""))
    assert "is no partnership with a payee" in await vera.refused("/accounts", typed(owner="P-2026-9999"))
    assert await desk.ledger.head() == head


async def test_an_account_in_another_name_and_a_person_without_the_role_are_refused(people: People) -> None:
    vera, pia = await people("vera.lind"), await people("pia.berg")
    assert "record the account that is held in that name" in await vera.refused("/accounts", typed(holder="Somebody"))
    assert "may not vouch for an account" in await pia.refused("/accounts", typed(number="123456789"))


async def test_another_account_of_an_active_partnership_leads_on_to_a_hold(
    people: People, desk: Desk, counter: CounterSettings, reference: str
) -> None:
    """Given an active partnership, when its payee's new account is recorded, then its hold is the next step."""
    await paying.released(desk, reference)
    vera = await people("vera.lind")
    content = typed(owner=reference, holder="Riverbend Library Network", number="991122334455")
    answer = await vera.touch(await vera.ask("/accounts", content))
    assert "so that nothing is paid to the old one" in answer["next"]
    assert answer["back"] == f"{counter.console_origin}/{reference}/hold"


async def test_an_account_is_recorded_by_browser(
    at_the_counter: Callable[..., Awaitable[AtTheCounter]], desk: Desk
) -> None:
    """Given a partnership, when a verifier types its payee's account and signs, then it waits for a call back."""
    await paying.released(desk)
    vera = await at_the_counter("vera.lind")
    await vera.open("/accounts")
    await vera.page.click("summary:has-text('Record an account')")
    content = typed(owner=paying.REFERENCE, holder="Riverbend Library Network", number="880011223344")
    for name, text in content.items():
        await vera.page.fill(f"#{name}", text)
    await vera.press("Record it")
    assert "The account is recorded." in await vera.sign()
    place = reference_typed(holder="Riverbend Library Network", number="880011223344")
    assert "880011223344" in await vera.open(f"/accounts/{place}")
    assert "You recorded it, so another person calls back" in await vera.words()
    assert vera.complaints == []


async def test_details_that_were_changed_behind_the_ledger_are_shown_to_nobody(
    people: People, office_pool: asyncpg.Pool
) -> None:
    """Given details that a superuser of the database changed, when somebody looks at them, then they are told that."""
    vera = await people("vera.lind")
    await vera.does("/accounts", typed(number="6600112244"))
    place = reference_typed(number="6600112244")
    await office_pool.execute("SET session_replication_role = replica")
    query = "UPDATE payments.accounts SET details = replace(details::text, '6600112244', '6600112299')::json"
    await office_pool.execute(f"{query} WHERE reference = $1", place)
    answer = await vera.caller.get(f"/accounts/{place}")
    assert (answer.status_code, "6600112299" in answer.text) == (422, False)
    assert "not those that somebody signed for" in answer.text


async def test_an_erasure_ends_what_waits_for_a_touch(people: People, office_pool: asyncpg.Pool) -> None:
    """Given an errand that may name somebody, when tables are written anew, then it is gone."""
    vera = await people("vera.lind")
    await vera.ask("/accounts", typed(number="4400556677"))
    await office_pool.execute("SELECT privacy.write_anew()")
    assert await office_pool.fetchval("SELECT count(*) FROM counter.errands") == 0
