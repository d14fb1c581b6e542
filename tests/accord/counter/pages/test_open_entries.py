"""The page of the bank's answers names each entry of a statement that nothing explains, with its owner and its days."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from accord.client.desk import Desk
from accord.client.waiting.stated_entries import AccountEntry, explained_accounts
from ledger import clock
from tests.accord.counter.files import imports
from tests.accord.counter.pages.conftest import Caller
from tests.payments.answers.account_statements import message, statement
from tests.payments.orders import FOUNDATION, entry


@pytest.fixture
async def open_entry(desk: Desk) -> AccountEntry:
    """A debit of a statement that nothing on record explains. Imported again, it is known."""
    day = clock.today() - timedelta(days=2)
    account = f"<IBAN>{FOUNDATION.iban}</IBAN>" if FOUNDATION.iban else f"<Othr><Id>{FOUNDATION.number}</Id></Othr>"
    paid = entry("NOBODYS", "612.34", booked=f"<Dt>{day}</Dt>")
    await imports(
        desk, message(statement("1000.00", "387.66", paid, on=day, account=account), name="PAGE-1"), "page.xml"
    )
    return await line_of(desk, "NOBODYS")


async def line_of(desk: Desk, words: str) -> AccountEntry:
    """Return the entry with the bank's words."""
    lines = [line for account in await explained_accounts(desk) for line in account.lines]
    return next(line for line in lines if words in (line.words, line.subject, line.name))


async def test_an_open_entry_stands_on_the_page_with_its_owner_and_its_days(
    call: Callable[[str], Awaitable[Caller]], open_entry: AccountEntry
) -> None:
    paul = await call("paul.nkosi")
    page = " ".join((await paul.get("/answers")).text.split())
    assert "Entries that nothing explains" in page
    for words in ("612.34", "finance ·", "EX-", "2 days", "Finance says what one is"):
        assert words in page.partition("Entries that nothing explains")[2]
    earlier = " ".join((await paul.get("/answers/brought-in?text=page.xml")).text.split())
    assert "1 entry" in earlier, "a file says how many entries its statements held"


async def test_who_may_explain_it_assigns_it_to_a_person_and_back(
    call: Callable[[str], Awaitable[Caller]], desk: Desk, open_entry: AccountEntry
) -> None:
    femi = await call("femi.ade")
    page = (await femi.get("/answers")).text
    assert f'action="/answers/open/{open_entry.name}/assign"' in page
    assigned = await femi.post(f"/answers/open/{open_entry.name}/assign", {"to": "dora.kim"})
    assert (assigned.status_code, assigned.headers["location"]) == (303, "/answers#unexplained")
    assert (await line_of(desk, open_entry.name)).owner == "dora.kim"
    await femi.post(f"/answers/open/{open_entry.name}/assign", {"to": "nobody"})
    assert (await line_of(desk, open_entry.name)).owner == open_entry.owner


async def test_who_may_not_explain_it_is_offered_nothing_and_refused(
    call: Callable[[str], Awaitable[Caller]], desk: Desk, open_entry: AccountEntry
) -> None:
    pia, femi = await call("pia.berg"), await call("femi.ade")
    assert "/assign" not in (await pia.get("/answers")).text
    refused = await pia.post(f"/answers/open/{open_entry.name}/assign", {"to": "dora.kim"})
    to_pia = await femi.post(f"/answers/open/{open_entry.name}/assign", {"to": "pia.berg"})
    empty = await femi.post(f"/answers/open/{open_entry.name}/assign")
    assert [answer.status_code >= 400 for answer in (refused, to_pia, empty)] == [True] * 3
    assert "choose who looks after the entry" in empty.text
    assert (await line_of(desk, open_entry.name)).owner == open_entry.owner


async def test_the_question_what_it_is_leads_to_its_exception_once(
    call: Callable[[str], Awaitable[Caller]], desk: Desk, open_entry: AccountEntry
) -> None:
    femi = await call("femi.ade")
    asked = [await femi.post(f"/answers/open/{open_entry.name}/explain") for _ in range(2)]
    assert [answer.headers["location"] for answer in asked] == [f"/exceptions/{open_entry.name}"] * 2
    assert "612.34" in (await femi.get(f"/exceptions/{open_entry.name}")).text
