"""Partnerships have a page of their own: sorted, filtered, added up, in columns that each person chooses."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import asyncpg
import pytest

from accord.client.desk import Desk
from accord.console.lists import partnerships, totals
from accord.console.lists.columns import ListSettings, open_list
from domain.partnership import commands as c
from tests.accord.console.deciding.test_deciding import waiting_for_approval
from tests.accord.console.lists.test_queue import words_in
from tests.lives import until_shown

Visit = Callable[[str], Any]


@pytest.fixture
async def ended(desk: Desk, reference: str) -> str:
    """A partnership that was withdrawn, so that it waits for nobody."""
    await waiting_for_approval(desk, reference)
    await desk.decide(await desk.known_sight(reference), c.Withdraw, "pia.berg", reason="other plans")
    await until_shown(desk)
    return reference


@pytest.mark.slow
async def test_what_waits_for_nobody_is_in_the_list_and_not_in_the_queue(visit: Visit, ended: str) -> None:
    visitor = await visit("otto.audit")
    assert f'href="/{ended}"' in (await visitor.get("/partnerships?stage=WITHDRAWN")).text
    assert f'href="/{ended}"' not in (await visitor.get("/?view=all&stage=WITHDRAWN")).text


@pytest.mark.slow
async def test_the_way_to_it_is_marked_in_the_head_also_on_the_page_of_one(visit: Visit, ended: str) -> None:
    visitor = await visit("otto.audit")
    for path in ("/partnerships", f"/{ended}"):
        head = (await visitor.get(path)).text.partition("</header>")[0]
        assert re.findall(r'href="([^"]+)" aria-current="page"', head) == ["/partnerships"]
    head = (await visitor.get("/?view=role")).text.partition("</header>")[0]
    assert re.findall(r'href="([^"]+)" aria-current="page"', head) == ["/"]


@pytest.mark.slow
async def test_an_id_that_is_typed_opens_the_one_partnership(visit: Visit, ended: str) -> None:
    visitor = await visit("otto.audit")
    assert (await visitor.get(f"/find?text={ended.lower()}")).headers["location"] == f"/{ended}"
    assert (await visitor.get("/find?text=P-2026-9999")).headers["location"] == "/partnerships?text=P-2026-9999"
    assert (await visitor.get("/find?text=two+words")).headers["location"] == "/partnerships?text=two+words"


@pytest.mark.slow
async def test_columns_are_kept_by_person_and_the_usual_ones_come_back(visit: Visit, ended: str) -> None:
    """Given two readers, when one ticks columns, then that one sees them from then on, and the other does not."""
    visitor, other = await visit("femi.ade"), await visit("ana.silva")

    async def headings(reader: Any) -> list[str]:
        head = (await reader.get("/partnerships")).text.partition("<thead>")[2].partition("</thead>")[0]
        return [re.sub(r" [↑↓]|, sort by this", "", words_in(one)).strip() for one in re.findall("<th.*?</th>", head)]

    usual_columns = await headings(other)
    answer = await visitor.post("/columns", {"column": ["funder", "payee", "amount"], "query": "country=US&x=1"})
    assert answer.headers["location"] == "/partnerships?country=US"
    assert await headings(visitor) == ["Partnership", "Payee", "Funder", "Amount"]
    assert await headings(other) == usual_columns == ["Partnership", "Country", "Stage", "Next step", "Due", "Amount"]
    await visitor.post("/columns", {"usual": "yes"})
    assert await headings(visitor) == usual_columns


async def test_a_column_that_is_none_is_refused_and_says_so(visit: Visit, console_pool: asyncpg.Pool) -> None:
    answer = await (await visit("dora.kim")).post("/columns", {"column": ["amount", "password"]})
    assert (answer.status_code, "Column: " in answer.text) == (422, True)
    query = "SELECT count(*) FROM console.columns WHERE staff_id = 'dora.kim'"
    assert await console_pool.fetchval(query) == 0


@pytest.mark.slow
async def test_a_long_list_is_added_up_when_its_reader_asks(
    visit: Visit, ended: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given a list longer than what is added up unasked, then no sum is shown, and a link leads to all of it."""
    monkeypatch.setattr(totals, "MOST_FOUND", 0)
    visitor = await visit("otto.audit")
    short_page = words_in((await visitor.get(f"/partnerships?text={ended}")).text)
    assert ("not added up" in short_page, "USD" in short_page.partition("not added up")[0]) == (True, False)
    full_page = words_in((await visitor.get(f"/partnerships?text={ended}&totals=yes")).text)
    assert "1 partnership · USD 5,000.00" in full_page


@pytest.mark.slow
@pytest.mark.parametrize("currencies", [["USD"], ["EUR", "USD"]])
async def test_the_sums_are_the_same_whether_the_house_knows_one_currency_or_more(
    visit: Visit, ended: str, monkeypatch: pytest.MonkeyPatch, currencies: list[str]
) -> None:
    async def opened(*about: Any) -> ListSettings:
        return (await open_list(*about))._replace(currencies=tuple(currencies))

    monkeypatch.setattr(partnerships, "open_list", opened)
    page = words_in((await (await visit("otto.audit")).get(f"/partnerships?text={ended}")).text)
    assert "1 partnership · USD 5,000.00" in page


async def test_a_list_that_is_empty_says_which_filters_stand(visit: Visit) -> None:
    page = (await (await visit("otto.audit")).get("/partnerships?country=FJ&stage=AGREEMENT&least=100")).text
    assert "No partnership fits these filters" in page
    assert "Agreement · Fiji · From 100" in page
    assert "Clear the filters" in page


@pytest.mark.slow
async def test_the_whole_list_is_handed_out_as_a_file(visit: Visit, ended: str) -> None:
    rows = (await (await visit("otto.audit")).get(f"/partnerships?text={ended}&format=json")).json()
    assert [row["partnership_id"] for row in rows] == [ended]
