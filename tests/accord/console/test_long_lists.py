"""Lists of thousands of lines come by the page. Everybody can read a page of them, also on a small screen."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable
from html import unescape
from typing import Any, Final

import asyncpg
import pytest

from accord.client.desk import Desk
from domain.payment.bank_answers import BankStatus
from records.read_models.lists import PAGE
from tests import paying
from tests.accord.console.auditing import faults_of
from tests.accord.console.conftest import Visitor
from tests.accord.console.deciding.test_deciding import waiting_for_approval
from tests.lives import Life, until_shown
from tests.thoroughness import THOROUGH

LINES: Final = 5000 if THOROUGH else 1000
MULTIPLY: Final = """
INSERT INTO projection.lines
SELECT name, generation, stream_id, list, place || '~' || to_char(n, 'FM00000'), since, until, terms, amount,
       replace(line::text, $1, 'P-2026-' || to_char(200000 + n, 'FM000000'))::jsonb
  FROM projection.lines, generate_series(1, $2) n
 WHERE line ->> 'partnership_id' = $1 AND until IS NULL AND list = ANY ($3)
"""
"""Lines as those of one partnership, each of another one."""
LISTS: Final = (
    "/?view=mine",
    "/payments",
    "/partnerships",
    pytest.param("/?view=all", marks=pytest.mark.slow),
    pytest.param("/partnerships?sort=title", marks=pytest.mark.slow),
    pytest.param("/obligations", marks=pytest.mark.slow),
)
DESK: Final = {"width": 1280, "height": 800}
SMALL: Final = {"width": 320, "height": 700}


@pytest.fixture(scope="module")
async def long_lists(desk: Desk, office_pool: asyncpg.Pool, worker: None) -> AsyncIterator[None]:
    """Many lines in each list. Nothing else is recorded meanwhile."""
    paid, waiting = "P-2026-0801", "P-2026-0802"
    story = await paying.released(desk, paid, "5000.00")
    await Life(desk, paid).bank_says(await paying.attempt_of(story), BankStatus.SETTLED)
    await waiting_for_approval(desk, waiting)
    await until_shown(desk)
    for reference, lists in ((paid, ["payments", "obligations"]), (waiting, ["partnerships"])):
        await office_pool.execute(MULTIPLY, reference, LINES, lists)
    yield
    await office_pool.execute("DELETE FROM projection.lines WHERE line ->> 'partnership_id' LIKE 'P-2026-2_____'")


def lines_of(page: str) -> list[str]:
    """The partnerships that a page lists."""
    body = page.partition("<tbody>")[2].rpartition("</tbody>")[0]
    return list(dict.fromkeys(re.findall(r'<a href="/(P-[\d-]+)">', body)))  # a row leads there twice


def next_of(page: str) -> str:
    """The address of the next page, '' for none."""
    found = re.search(r'href="([^"]+)">More</a>', page)
    return unescape(found[1]) if found else ""


async def pages_of(visitor: Visitor, path: str) -> list[list[str]]:
    """The lines of each page of a list, from its first to its last."""
    pages, following = [], path
    while following:
        shown = (await visitor.get(following if following.startswith("/") else path.partition("?")[0] + following)).text
        pages.append(lines_of(shown))
        following = next_of(shown)
    return pages


@pytest.mark.sampled(2)
@pytest.mark.usefixtures("long_lists")
@pytest.mark.parametrize(
    "path",
    [
        "/?view=all",
        "/partnerships",
        pytest.param("/partnerships?sort=-amount", marks=pytest.mark.slow),
        pytest.param("/partnerships?sort=title", marks=pytest.mark.slow),
        pytest.param("/?view=all&sort=since", marks=pytest.mark.slow),
        pytest.param("/payments", marks=pytest.mark.slow),
    ],
)
async def test_page_by_page_every_line_is_shown_once(visit: Callable[[str], Any], path: str) -> None:
    """Given a thousand lines and more, when their reader goes on to the last page, then each was there, and once."""
    pages = await pages_of(await visit("femi.ade"), path)
    listed = [one for page in pages for one in page]
    assert {len(one) for one in pages[:-1]} == {PAGE}
    assert len(listed) == len(set(listed)) >= LINES
    assert len(pages) == -(-len(listed) // PAGE)


@pytest.mark.slow
@pytest.mark.usefixtures("long_lists")
@pytest.mark.parametrize("path", LISTS)
async def test_a_page_of_a_long_list_can_be_read_by_everybody(
    at_a_browser: Callable[..., Any], visit: Callable[[str], Any], path: str
) -> None:
    """Given a long list, when a page is opened, and the next on a small screen, then axe finds nothing."""
    person = await at_a_browser("femi.ade")
    await person.begin(await visit("femi.ade"))
    await person.page.goto(person.settings.origin + path)
    for screen in (DESK, SMALL):
        await person.page.set_viewport_size(screen)
        assert await person.page.locator("table").first.locator("tbody tr:not(.group)").count() == PAGE
        assert await faults_of(person.page) == []
        await person.page.click("a:has-text('More')")
    assert person.complaints == []
