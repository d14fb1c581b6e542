"""The queue says what is asked of whom and by when, adds up what waits, and offers what every ticked line allows."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from html import unescape
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from accord.client.desk import Desk
from accord.console.lists.lines import GROUPS, Staffing, due_within, group_of
from accord.web.pages import FOLDER
from domain.directory.directory import Directory
from domain.partnership import commands as c
from domain.partnership.stages import Stage
from ledger.projections.model import Line
from records.read_models.lines import NEVER
from records.read_models.lists import ListQuery
from tests.accord.console.auditing import faults_of
from tests.builders import funds_out, proposal
from tests.lives import until_shown
from tests.references import next_reference
from tests.waiting import until

Visit = Callable[[str], Any]
MOST_BYTES = 30_000


async def waiting(desk: Desk, word: str, amount: str) -> str:
    """A grant that waits for approval, with a word in its title by which it is found."""
    reference = next_reference()
    out = funds_out(amount, purpose=f"Books of {reference}")
    await desk.propose(proposal(reference, title=f"Books {word}", funds_out=out), "pia.berg")

    async def is_there() -> bool:
        known = await desk.partnership(reference)
        return known is not None and known.stage is Stage.APPROVAL

    await until(is_there)
    return reference


@pytest.fixture(scope="module")
async def three(desk: Desk, worker: None) -> tuple[str, dict[str, str]]:
    """A word, and by what was done of it: three partnerships that wait, one held and one approved for the programme.

    Every test looks at the same three, and none decides on them.
    """
    word = f"lot{uuid4().hex[:8]}"
    held, approved, untouched = [await waiting(desk, word, amount) for amount in ("100.00", "200.00", "300.00")]
    await desk.decide(await desk.known_sight(held), c.PlaceHold, "vera.lind", reason="a question to the payee")
    await desk.decide(
        await desk.known_sight(approved), c.Approve, "ana.silva", no_interest=True, reason="fits the programme"
    )
    await until_shown(desk)
    return word, {"held": held, "approved": approved, "untouched": untouched}


def row_of(page: str, reference: str) -> str:
    """The row of a partnership."""
    return next(row for row in re.findall(r"<tr>.*?</tr>", page, re.DOTALL) if f'href="/{reference}"' in row)


def words_in(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


async def test_the_head_counts_and_adds_up_what_waits_and_each_group_has_its_sum(visit: Visit, three: Any) -> None:
    """Given three that wait, when their approver looks, then the head and the group say three, and USD 600.00."""
    word, _ = three
    page = words_in((await (await visit("femi.ade")).get(f"/?view=mine&text={word}")).text)
    assert "3 partnerships waiting · USD 600.00" in page
    assert re.search(r"After this week 3 USD 600\.00", page)


async def test_a_row_says_whose_approval_it_waits_for_how_far_it_is_and_when_it_is_due(
    visit: Visit, three: Any
) -> None:
    word, of = three
    own_page = (await (await visit("femi.ade")).get(f"/?view=all&text={word}")).text
    page_of_another = (await (await visit("ana.silva")).get(f"/?view=all&text={word}")).text
    row = words_in(row_of(own_page, of["approved"]))
    assert "Your approval" in row
    assert "●○ 1 of at least 2" in row
    assert re.search(r"in \d+ working days", row)
    assert "Riverbend Library Network · " + of["approved"] in row
    assert "Finance approval" in words_in(row_of(page_of_another, of["approved"]))
    assert "Lift the hold" in words_in(row_of(own_page, of["held"]))


async def test_only_a_line_that_waits_for_ones_approval_offers_it(visit: Visit, three: Any) -> None:
    """Given one on hold, then it offers no approval, the others do, and nothing is chosen beforehand."""
    word, of = three
    page = (await (await visit("femi.ade")).get(f"/?view=all&text={word}")).text
    acts = {what: re.search(r'data-acts="([^"]*)"', row_of(page, one))[1].split() for what, one in of.items()}  # type: ignore[index]
    assert {what: "approve" in offered for what, offered in acts.items()} == {
        "held": False, "approved": True, "untouched": True,
    }  # fmt: skip
    assert "lift" in acts["held"]
    assert ("selected" in page.partition("<table")[2], "checked" in page.partition("<table")[2]) == (False, False)


@pytest.mark.slow
async def test_sums_of_several_currencies_stand_side_by_side(
    visit: Visit, desk: Desk, worker: None, office_pool: asyncpg.Pool
) -> None:
    """Given lists with two currencies, when they are added up, then no sum is added to one of another currency."""
    word = f"lot{uuid4().hex[:8]}"
    references = [await waiting(desk, word, amount) for amount in ("100.00", "40.00")]
    await until_shown(desk)
    euros = """UPDATE projection.lines SET line = line || '{"currency": "EUR"}' WHERE line ->> 'partnership_id' = $1"""
    await office_pool.execute(euros, references[1])
    visitor = await visit("otto.audit")
    assert "2 partnerships waiting · EUR 40.00 · USD 100.00" in words_in(
        (await visitor.get(f"/?view=all&text={word}")).text
    )
    ticked = await visitor.get("/ticked?" + "&".join(f"p={reference}" for reference in references))
    assert ticked.text == "2 ticked · EUR 40.00 · USD 100.00"


async def test_without_script_the_next_page_says_which_of_them_cannot_be_and_what_the_others_add_up_to(
    visit: Visit, three: Any
) -> None:
    _, of = three
    visitor = await visit("femi.ade")
    page = (await visitor.get("/bulk?act=approve&" + "&".join(f"p={one}" for one in of.values()))).text
    assert "2 of 3 can be now · USD 500.00." in words_in(page)
    assert page.count("cannot be: ") == 1


async def test_the_order_is_by_sum_or_title_and_a_heading_says_so(visit: Visit, three: Any) -> None:
    word, of = three
    visitor = await visit("femi.ade")
    page = (await visitor.get(f"/?view=all&text={word}&sort=-amount")).text
    places = [page.index(f'href="/{of[what]}"') for what in ("untouched", "approved", "held")]
    assert places == sorted(places)
    assert re.findall(r'aria-sort="(\w+)"', page) == ["descending"]
    answer = await visitor.get("/?sort=colour")
    assert (answer.status_code, "Order: " in answer.text) == (422, True)


@pytest.mark.parametrize("today", [date(2026, 11, 30), date(2026, 12, 4), date(2026, 12, 6)])
def test_what_is_due_when_is_asked_for_by_the_very_groups_of_the_queue(today: date) -> None:
    """Given any day and time, then the filter finds it under the heading where the queue lists it, alone."""
    days = [today + timedelta(days=number) for number in range(-20, 21)]
    dues = [None, *(datetime.combine(day, at, UTC) for day in days for at in (time.min, time.max))]
    for due in dues:
        line = Line("partnerships", f"{due.isoformat() if due else NEVER}~P-2026-0001", (), None, {})
        found = [group for group in GROUPS if due_within(ListQuery("partnerships"), group, today).fits(line)]
        assert found == [group_of(due.date() if due else None, today)]


async def test_what_is_due_when_is_asked_for(visit: Visit, three: Any) -> None:
    """Given three that are due later, then they are found there, by their days, and none of them is late."""
    word, of = three
    visitor = await visit("femi.ade")
    found = {due: (await visitor.get(f"/?view=all&text={word}&due={due}&sort=title")).text for due in GROUPS}
    assert {due: sum(f'href="/{one}"' in page for one in of.values()) for due, page in found.items()} == {
        "late": 0, "week": 0, "later": 3, "none": 0,
    }  # fmt: skip
    assert re.findall(r'aria-sort="(\w+)"', found["later"]) == ["ascending"]
    assert "Due later" in words_in(found["later"].partition('class="chips"')[2])
    assert "3 partnerships waiting" in words_in(found["later"])
    wrong = await visitor.get(f"/?view=all&text={word}&due=soon")
    assert (wrong.status_code, "Due: 'soon' is none of late, week, later, none" in unescape(wrong.text)) == (422, True)
    assert f'href="/{of["held"]}"' in wrong.text


@pytest.mark.parametrize(
    ("stage", "ended", "shown"),
    [
        ("AGREEMENT", False, ("USD 90.00", "")),
        ("DECLINED", True, ("", "Declined · ")),
        ("WITHDRAWN", True, ("", "Withdrawn · ")),
    ],
)
def test_a_line_of_a_partnership_that_pays_nothing_bears_no_sum(
    stage: str, ended: bool, shown: tuple[str, str]
) -> None:
    """Given a paper that is still owed after the end, then its line says that it ended, and no sum waits with it."""
    row = {
        "due": None, "ahead": [], "awaiting": ["VERIFIER"], "assigned": None, "amount": "90", "currency": "USD",
        "stage": stage, "ended": ended, "on_hold": False, "approved": 0, "approvers": 0,
        "command": "satisfy P-2026-0042", "next_step": "file the paper",
    }  # fmt: skip
    line = Staffing(Directory(), "pia.berg").line(row, ("vera.lind",))
    assert (line.amount, line.ask.detail) == (shown[0], f"{shown[1]}vera.lind can")


async def test_the_columns_of_the_queue_are_kept_by_person(visit: Visit, three: Any) -> None:
    """Given two readers, when one ticks columns of the queue, then that one sees them there, and nobody elsewhere."""
    word, of = three
    visitor, other = await visit("femi.ade"), await visit("ana.silva")

    async def headings(reader: Any, page: str) -> list[str]:
        head = (await reader.get(page)).text.partition("<thead>")[2].partition("</thead>")[0]
        return [re.sub(r" [↑↓]|, sort by this", "", words_in(one)).strip() for one in re.findall("<th.*?</th>", head)]

    queue, usual = f"/?view=all&text={word}", ["Partnership", "What is asked", "Due", "Looked after by", "Amount"]
    assert await headings(visitor, queue) == usual
    chosen = {"list": "queue", "column": ["amount", "ask", "funder", "country"], "query": f"view=all&text={word}"}
    assert (await visitor.post("/columns", chosen)).headers["location"] == queue
    assert await headings(visitor, queue) == ["Partnership", "What is asked", "Country", "Funder", "Amount"]
    row = words_in(row_of((await visitor.get(queue)).text, of["untouched"]))
    assert "United States Internet Society USD 300.00" in row
    assert await headings(other, queue) == usual
    assert "Next step" in await headings(visitor, "/partnerships")
    await visitor.post("/columns", {"list": "queue", "usual": "yes"})
    assert await headings(visitor, queue) == usual
    refused = await visitor.post("/columns", {"list": "queue", "column": ["password"]})
    assert (refused.status_code, "Column: " in refused.text) == (422, True)


async def test_a_filter_that_is_set_is_a_chip_that_goes_by_itself(visit: Visit, three: Any) -> None:
    word, _ = three
    page = (await (await visit("femi.ade")).get(f"/?view=all&text={word}&least=150&most=250&country=US")).text
    assert "1 partnership waiting · USD 200.00" in words_in(page)
    assert f'<a class="chip" href="?view=all&amp;text={word}&amp;country=US&amp;most=250">From 150 ' in page
    assert "United States" in page
    answer = await (await visit("femi.ade")).get("/?view=all&least=many")
    assert (answer.status_code, ": " in answer.text) == (422, True)


async def test_a_queue_that_is_empty_says_what_would_be_there_and_where_to_look(visit: Visit) -> None:
    page = (await (await visit("otto.audit")).get("/")).text
    heading = "No partnership waits for you" if 'class="elsewhere"' in page else "Nothing waits for you"
    visitor, empty_page = await visit("otto.audit"), page.partition(heading)[2]
    assert (
        'href="/?view=all">See what waits for everyone' in empty_page,
        "See what waits for my role" in empty_page,
    ) == (True, False)
    filtered_page = (await visitor.get("/?view=all&text=nothing-is-called-this&least=100")).text
    assert "Nothing fits these filters" in filtered_page
    assert "nothing-is-called-this · From 100" in filtered_page


async def test_another_day_shows_what_waited_then_and_nothing_to_tick(visit: Visit, three: Any, desk: Desk) -> None:
    word, of = three
    known = (await desk.history(of["untouched"]))[-1].recorded_at
    visitor = await visit("femi.ade")
    page = (await visitor.get(f"/?view=all&text={word}&known={str(known).replace('+', '%2B')}")).text
    assert "Nothing can be decided here" in page
    assert "3 partnerships waiting" in words_in(page)
    assert 'name="p"' not in page


async def test_a_page_of_the_queue_is_small(visit: Visit, three: Any) -> None:
    """Given the queue with its style and scripts, then all of it is at most 30 KB compressed."""
    page = (await (await visit("femi.ade")).get("/?view=all")).content
    parts = [
        page,
        *((FOLDER / "static" / name).read_bytes() for name in re.findall(r"/static/([\w.]+)", page.decode())),
    ]
    assert sum(len(gzip.compress(part)) for part in parts) <= MOST_BYTES


@pytest.mark.slow
async def test_the_bar_offers_what_every_ticked_line_allows_with_the_servers_sum(
    at_a_browser: Any, visit: Visit, three: Any
) -> None:
    """Given a browser, when lines are ticked, then acts that one of them does not allow are gone, and sums are said."""
    word, of = three
    person = await at_a_browser("femi.ade", viewport={"width": 1280, "height": 420})
    await person.begin(await visit("femi.ade"))
    page = person.page
    await page.goto(f"{person.settings.origin}/?view=all&text={word}")
    assert not await page.locator(".bulk").is_visible()
    await page.check(f'input[value="{of["untouched"]}"]')
    await page.locator("#ticked:has-text('1 ticked · USD 300.00')").wait_for()
    assert await page.locator('.bulk button[value="approve"]').is_visible()
    await page.check(f'input[value="{of["held"]}"]')
    await page.locator("#ticked:has-text('2 ticked · USD 400.00')").wait_for()
    assert not await page.locator('.bulk button[value="approve"]').is_visible()
    await page.check("#all")
    await page.locator("#ticked:has-text('3 ticked · USD 600.00')").wait_for()
    assert await faults_of(page) == []
    assert await covered(page) == []
    assert person.complaints == []


async def covered(page: Any) -> list[str]:
    """The lines whose box the bar covers while it has the focus, by Tab from the first one."""
    covered_lines = []
    await page.focus("#all")
    for box in await page.locator("input[name=p]").all():
        name = await box.get_attribute("value")
        await page.keyboard.press("Tab")
        while await page.evaluate("document.activeElement.name") != "p":
            await page.keyboard.press("Tab")
        top = await page.evaluate("document.activeElement.getBoundingClientRect().bottom")
        if top > await page.evaluate("document.querySelector('.bulk').getBoundingClientRect().top"):
            covered_lines.append(name)
    return covered_lines
