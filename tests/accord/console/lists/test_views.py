"""A person keeps filters under a name of their own. Nobody else sees them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from urllib.parse import parse_qs, urlsplit

import asyncpg
import pytest

from accord.console.lists.columns import QUEUE, open_list
from accord.console.lists.views import MOST
from tests.accord.console.conftest import Visitor

Visit = Callable[[str], Awaitable[Visitor]]


async def test_a_view_is_kept_shown_changed_and_dropped(visit: Visit, console_pool: asyncpg.Pool) -> None:
    visitor = await visit("femi.ade")
    answer = await visitor.post("/views", {"name": "Kenya, held", "query": "view=all&country=KE&held=yes&after=x"})
    assert answer.status_code == 303
    assert parse_qs(urlsplit(answer.headers["location"]).query) == {"view": ["all"], "country": ["KE"], "held": ["yes"]}
    page = (await visitor.get("/?view=mine")).text
    assert '<a href="/?view=all&amp;country=KE&amp;held=yes">Kenya, held</a>' in page
    await visitor.post("/views", {"name": "Kenya, held", "query": "view=role&country=KE"})
    assert [one.query for one in (await open_list(console_pool, "femi.ade", QUEUE)).views] == ["view=role&country=KE"]
    await visitor.post("/views", {"name": "Kenya, held", "drop": "yes"})
    assert (await open_list(console_pool, "femi.ade", QUEUE)).views == ()


async def test_views_are_their_persons_alone(visit: Visit) -> None:
    await (await visit("femi.ade")).post("/views", {"name": "What I watch", "query": "view=all&sum=1000.."})
    assert "What I watch" not in (await (await visit("ana.silva")).get("/")).text


@pytest.mark.parametrize("name", ["", " ", "x" * 61, "two\nlines"])
async def test_a_name_that_is_none_is_refused_and_says_so(visit: Visit, name: str) -> None:
    answer = await (await visit("femi.ade")).post("/views", {"name": name, "query": "view=all"})
    assert (answer.status_code, "Give the view a name of 1 to 60 letters" in answer.text) == (422, True)


async def test_a_bad_name_is_asked_again_beside_its_fault_with_the_filters_that_it_was_for(visit: Visit) -> None:
    answer = await (await visit("femi.ade")).post("/views", {"name": "x" * 61, "query": "view=all&country=KE"})
    assert answer.text.count("Give the view a name") == 2  # in the summary and beside the field
    assert f'name="name" value="{"x" * 61}"' in answer.text
    assert '<input type="hidden" name="query" value="view=all&amp;country=KE">' in answer.text


@pytest.mark.parametrize(
    ("address", "fault"),
    [
        ("/?view=all&text=clinics&sum=many", "Sum: "),
        ("/?view=all&text=clinics&known=yesterday", "Known on: "),
        ("/payments?text=clinics&period=June", "Period: "),
    ],
)
async def test_a_bad_filter_is_asked_again_beside_its_fault_with_all_that_was_typed(
    visit: Visit, address: str, fault: str
) -> None:
    answer = await (await visit("femi.ade")).get(address)
    assert (answer.status_code, fault in answer.text) == (422, True)
    assert 'name="text" value="clinics"' in answer.text
    assert 'aria-invalid="true"' in answer.text


async def test_a_view_of_the_list_of_partnerships_leads_back_to_that_list(visit: Visit) -> None:
    visitor = await visit("vera.lind")
    answer = await visitor.post("/views", {"name": "By sum", "query": "view=list&country=KE&sort=-amount"})
    assert answer.headers["location"] == "/partnerships?country=KE&sort=-amount"
    assert '<a href="/partnerships?country=KE&amp;sort=-amount">By sum</a>' in (await visitor.get("/partnerships")).text
    assert (await visitor.get("/?view=list&country=KE")).headers["location"] == "/partnerships?country=KE"


async def test_what_is_no_filter_is_not_kept(visit: Visit, console_pool: asyncpg.Pool) -> None:
    strange = "view=all&next=//evil.example&text=%3Cscript%3E&sum=" + "9" * 500
    answer = await (await visit("dora.kim")).post("/views", {"name": "strange", "query": strange})
    assert answer.headers["location"].startswith("/?view=all&text=%3Cscript%3E&sum=999")
    [kept] = (await open_list(console_pool, "dora.kim", QUEUE)).views
    assert ("evil" in kept.query, len(kept.query) < 300) == (False, True)
    assert "<script>" not in (await (await visit("dora.kim")).get("/?view=mine")).text.replace('<script src="/', "")


async def test_there_is_an_end_to_what_one_person_keeps(visit: Visit, console_pool: asyncpg.Pool) -> None:
    rows = [("paul.nkosi", f"view {number}", "view=all") for number in range(MOST)]
    await console_pool.executemany("INSERT INTO console.views (staff_id, name, query) VALUES ($1, $2, $3)", rows)
    visitor = await visit("paul.nkosi")
    answer = await visitor.post("/views", {"name": "one more", "query": "view=all"})
    assert (answer.status_code, "remove one first" in answer.text) == (422, True)
    assert (await visitor.post("/views", {"name": "view 0", "query": "view=mine"})).status_code == 303
