"""Accounts at the counter: typed with their whole number, called back by another person, and each sight is a look."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any

import asyncpg
import pytest

from accord.audit.authorisation import PrePaymentCheck
from accord.client.desk import Desk
from accord.counter.checking import check_all
from accord.counter.pages.settings import CounterSettings
from domain.partnership import commands as c
from payments.accounts import AccountDetails, reference_of
from payments.out.files import unfiled_instructions
from tests.accord.counter.pages.conftest import AtTheCounter
from tests.accord.counter.pages.signing import Signer, signer
from tests.builders import funds_out, proposal
from tests.lives import Life
from tests.payments.orders import RIVERBEND

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


@pytest.fixture
async def life(desk: Desk, reference: str) -> Life:
    """A partnership with a payment that was released to the account that its payee had first."""
    begun = Life(desk, reference)
    await begun.to_be_signed(proposal(reference, funds_out=funds_out("1000.00")))
    await begun.do(c.SignAgreement, "dora.kim", signed_on=date(2026, 11, 2), account=reference_of(RIVERBEND))
    await begun.do(c.Release, "paul.nkosi", tranche=1)
    await begun.instructed()
    return begun


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


@pytest.mark.slow
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


@pytest.mark.slow
async def test_what_is_wrong_stands_beside_its_field_and_no_typed_text_is_lost(people: People, desk: Desk) -> None:
    vera = await people("vera.lind")
    head = await desk.ledger.head()
    said = await vera.refused("/accounts", typed(bic="RUBBISH", town=""))
    assert "not a BIC" in said
    assert "this is needed" in said
    assert f'value="{NUMBER}"' in said
    assert "give either the iban or" in await vera.refused("/accounts", typed(number=""))
    assert "say whose it is" in await vera.refused("/accounts", typed(owner=""))
    assert "take the tick away" in await vera.refused("/accounts", typed(new_funder="yes"))
    assert "a partnership with a payee, or one of our funders" in await vera.refused(
        "/accounts", typed(owner="P-2026-9999")
    )
    assert await desk.ledger.head() == head


@pytest.mark.slow
async def test_the_account_of_a_new_funder_is_recorded_before_the_directory_names_them(
    people: People, desk: Desk
) -> None:
    """Given a funder who is not entered yet, when their account is typed and ticked so, then it waits for a call."""
    vera, new = await people("vera.lind"), {"owner": "", "holder": "Lake Fund", "number": "7100220033"}
    shown = await vera.shown(await vera.ask("/accounts", typed(**new, new_funder="yes")))
    assert dict(shown.facts)["Of"].startswith("a funder who is not in the directory yet")
    assert await vera.does("/accounts", typed(**new, new_funder="yes")) == "The account is recorded."
    standing = await desk.registrar.standing(reference_typed(holder="Lake Fund", number="7100220033"))
    assert standing is not None
    assert (standing.recorded_by, standing.called_back_last) == ("vera.lind", "")


@pytest.mark.slow
async def test_an_account_in_another_name_and_a_person_without_the_role_are_refused(people: People) -> None:
    vera, pia = await people("vera.lind"), await people("pia.berg")
    assert "record the account that is held in that name" in await vera.refused("/accounts", typed(holder="Somebody"))
    assert "may not vouch for an account" in await pia.refused("/accounts", typed(number="123456789"))


NEW = {"holder": "Riverbend Library Network", "number": "991122334455"}


async def kept_back(desk: Desk, reference: str) -> str:
    """Why the payments of a partnership go into no file, in the words of the check before a payment, or ''."""
    async with desk.pool.acquire() as connection:
        rows = [row for row in await unfiled_instructions(connection) if row.partnership_id == reference]
    checks = await check_all(desk, PrePaymentCheck(desk.ledger), rows)
    return "; ".join(str(check.verdict.reason or "") for check in checks)


@pytest.mark.slow
async def test_another_account_of_an_active_partnership_takes_two_touches_the_hold_first(
    people: People, desk: Desk, counter: CounterSettings, life: Life
) -> None:
    """Given a released payment, when its payee's new account is typed, then it is kept back from the first touch on."""
    reference, vera = life.reference, await people("vera.lind")
    address = await vera.ask("/accounts", typed(owner=reference, **NEW))
    assert (await vera.shown(address)).oath.startswith(f"You hold {reference}: nothing is paid there")
    assert await kept_back(desk, reference) == ""
    answer = await vera.touch(address)
    assert answer["told"] == f"{reference} is on hold, and nothing is paid to its old account."
    assert "on hold" in await kept_back(desk, reference)
    assert await desk.registrar.standing(reference_typed(**NEW)) is None

    # The second touch is asked for at once, and nothing is paid while it never comes
    second = str(answer["back"]).removeprefix(f"{counter.signing_origin}/sign/")
    assert (await vera.shown(second)).oath.startswith("You record a bank account of Riverbend Library Network.")
    answer = await vera.touch(second)
    assert answer["told"] == "The account is recorded."
    assert "another person lifts the hold" in answer["next"]
    assert "on hold" in await kept_back(desk, reference)
    assert [hold.actor for hold in (await life.state()).holds] == ["vera.lind"]


@pytest.mark.slow
async def test_the_second_touch_is_for_the_account_while_the_hold_stands_and_for_nothing_else(
    people: People, desk: Desk, counter: CounterSettings, life: Life
) -> None:
    """Given a hold, when its own signature comes again, or another person lifts it, then no account is recorded."""
    vera, new = await people("vera.lind"), {**NEW, "number": "991122334456"}
    address = await vera.ask("/accounts", typed(owner=life.reference, **new))
    held = vera.key.sign((await vera.shown(address)).statement)
    answer = await vera.touch(address, held)
    second = str(answer["back"]).removeprefix(f"{counter.signing_origin}/sign/")
    assert "told" not in await vera.touch(second, held)
    third = await vera.ask("/accounts", typed(owner=life.reference, **new))
    assert (await vera.shown(third)).statement.act == "record_account"
    await life.do(c.LiftHold, "dora.kim", reason="nobody knows why it stands")
    assert "changed meanwhile" in str(await vera.touch(third))
    assert await desk.registrar.standing(reference_typed(**new)) is None
    assert (await vera.shown(await vera.ask("/accounts", typed(owner=life.reference, **new)))).statement.act == "hold"


@pytest.mark.slow
async def test_who_may_not_record_an_account_is_not_asked_to_hold(people: People, life: Life) -> None:
    paul = await people("paul.nkosi")
    assert "may not vouch" in await paul.refused("/accounts", typed(owner=life.reference, **NEW))
    assert (await life.state()).holds == ()


@pytest.mark.slow
async def test_an_account_is_changed_by_browser(
    at_the_counter: Callable[..., Awaitable[AtTheCounter]], life: Life
) -> None:
    """Given a partnership, when a verifier types another account and signs twice, then it waits for a call back."""
    vera = await at_the_counter("vera.lind")
    await vera.open("/accounts")
    await vera.page.click("summary:has-text('Record an account')")
    new = {"holder": "Riverbend Library Network", "number": "880011223344"}
    for name, text in typed(owner=life.reference, **new).items():
        await vera.page.fill(f"#{name}", text)
    await vera.press("Record it")
    assert f"{life.reference} is on hold" in await vera.sign()
    await vera.press("Sign for the account")
    await vera.page.locator("h1:has-text('You record a bank account')").wait_for()
    assert "The account is recorded." in await vera.sign()
    assert "880011223344" in await vera.open(f"/accounts/{reference_typed(**new)}")
    assert "You recorded it, so another person calls back" in await vera.words()
    assert vera.complaints == []


@pytest.mark.slow
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


@pytest.mark.slow
async def test_an_erasure_ends_what_waits_for_a_touch(people: People, office_pool: asyncpg.Pool) -> None:
    """Given an errand that may name somebody, when tables are written anew, then it is gone."""
    vera = await people("vera.lind")
    await vera.ask("/accounts", typed(number="4400556677"))
    await office_pool.execute("SELECT privacy.write_anew()")
    assert await office_pool.fetchval("SELECT count(*) FROM counter.errands") == 0
