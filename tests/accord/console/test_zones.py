"""Times are the reader's: a page writes them in the zone that the browser names, and says which. Days stay days."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from accord.client.desk import Desk
from accord.presentation.times.zones import COOKIE, write_times_in, zone_in_words
from accord.presentation.words.days import day_in_words, time_in_words
from tests.accord.console.conftest import Visitor
from tests.accord.console.deciding.test_deciding import waiting_for_approval
from tests.accord.machine_words import open_words

LATE: datetime = datetime(2019, 11, 30, 22, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "words", "named"),
    [
        ("Africa/Kampala", "1 Dec 2019, 01:30 EAT", "Africa/Kampala"),
        ("Pacific/Honolulu", "30 Nov 2019, 12:30 HST", "Pacific/Honolulu"),
        ("", "30 Nov 2019, 22:30 UTC", "UTC"),
        ("Mars/Olympus", "30 Nov 2019, 22:30 UTC", "UTC"),
        ("../../etc/passwd", "30 Nov 2019, 22:30 UTC", "UTC"),
        ("Africa/Kampala\0", "30 Nov 2019, 22:30 UTC", "UTC"),
    ],
)
def test_a_time_is_written_in_the_readers_zone(zone: str, words: str, named: str) -> None:
    """Given a browser that names its zone, or none of ours, then times are written in it, or in UTC."""
    write_times_in(zone)
    try:
        assert (time_in_words(LATE), zone_in_words()) == (words, named)
        assert day_in_words(date(2019, 11, 30)) == "30 Nov 2019"
    finally:
        write_times_in("")


@pytest.mark.slow
async def test_a_page_is_written_in_the_zone_of_who_asks_for_it_and_of_nobody_else(
    visit: Any, desk: Desk, reference: str
) -> None:
    """Given two readers in two zones, then each page is in its reader's, and the footer names it."""
    await waiting_for_approval(desk, reference)
    visitor: Visitor = await visit("femi.ade")
    at_home = open_words((await visitor.get(f"/{reference}")).text)
    visitor.cookie += f"; {COOKIE}=Asia/Kolkata"
    abroad = open_words((await visitor.get(f"/{reference}")).text)
    visitor.cookie = visitor.cookie.partition(";")[0]
    again = open_words((await visitor.get(f"/{reference}")).text)
    assert "Times are in UTC." in at_home
    assert "Times are in Asia/Kolkata." in abroad
    assert (again, at_home != abroad) == (at_home, True)


@pytest.mark.slow
async def test_the_browser_names_its_zone_by_itself(at_a_browser: Callable[..., Any], desk: Desk) -> None:
    """Given a browser in Kampala, when somebody signs in, then the first page is in its times."""
    person = await at_a_browser("femi.ade", timezone_id="Africa/Kampala")
    await person.page.goto(person.settings.origin + "/welcome")
    await person.sign_in()
    await person.page.goto(person.settings.origin + "/me")
    words = await person.page.inner_text("body")
    assert "Times are in Africa/Kampala." in words
    assert " EAT" in words
    assert person.complaints == []
