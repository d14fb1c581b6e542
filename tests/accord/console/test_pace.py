"""How long cases take, on a page: the same figures that are published, by quarter."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from accord.client.desk import Desk
from accord.client.pace.pages import quarter_page
from accord.client.pace.publishing import public_figures
from accord.client.pace.reading import lines_of_quarter
from accord.console.pages import pace
from accord.presentation.numbers import count_in_words
from domain.partnership.pace.quarters import Quarter
from ledger import clock
from tests import paying
from tests.accord.console.auditing import faults_of
from tests.accord.console.test_mail import LOOKS
from tests.builders import proposal
from tests.lives import until_shown

Visit = Callable[[str], Any]


def test_it_leads_to_the_last_four_quarters(monkeypatch: pytest.MonkeyPatch) -> None:
    today = clock.today().replace(year=2027, month=5, day=3)
    monkeypatch.setattr(clock, "today", lambda: today)
    assert pace._newest() == (Quarter(2027, 2), Quarter(2027, 1), Quarter(2026, 4), Quarter(2026, 3))


@pytest.mark.slow
async def test_it_shows_the_figures_of_the_quarter(visit: Visit, desk: Desk, reference: str) -> None:
    await paying.verified_and_assessed(desk, proposal(reference))
    await until_shown(desk)
    shown = (await (await visit("otto.audit")).get("/portfolio/clock")).text
    made = await lines_of_quarter(desk, pace._newest()[0], await desk.ledger.head())
    for words in (count_in_words(len(made.lines), "case"), "With us", "Decision", "Worst tenth"):
        assert words in shown


async def test_a_quarter_before_all_cases_has_none(visit: Visit) -> None:
    shown = (await (await visit("otto.audit")).get("/portfolio/clock?quarter=2020Q1")).text
    assert "Nothing waited in this quarter." in shown


async def test_more_cases_than_one_waits_for_are_left_to_an_operator(
    visit: Visit, desk: Desk, reference: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await paying.verified_and_assessed(desk, proposal(reference))
    await until_shown(desk)
    monkeypatch.setattr(pace, "MOST_AT_ONCE", 0)
    shown = (await (await visit("otto.audit")).get("/portfolio/clock?quarter=2026Q4")).text
    assert "An operator makes the figures of the quarter" in shown


async def test_a_quarter_that_is_none_is_said(visit: Visit) -> None:
    answer = await (await visit("otto.audit")).get("/portfolio/clock?quarter=soon")
    assert (answer.status_code, "write it like 2026Q4" in answer.text) == (422, True)


@pytest.mark.slow
@pytest.mark.parametrize("look", LOOKS)
async def test_the_page_is_for_everybody(
    at_a_browser: Callable[..., Any], desk: Desk, reference: str, tmp_path: Path, look: str
) -> None:
    """Given open waits, then axe finds nothing on the page and on the one that is published."""
    await paying.verified_and_assessed(desk, proposal(reference))
    await until_shown(desk)
    made = await lines_of_quarter(desk, pace._newest()[0], await desk.ledger.head())
    page = tmp_path / "index.html"
    page.write_text(quarter_page(public_figures(made, ""), clock.now()), "utf-8")
    person = await at_a_browser("vera.lind", **LOOKS[look])
    await person.sign_in()
    for address in (f"{person.settings.origin}/portfolio/clock", page.as_uri()):
        await person.page.goto(address)
        assert await faults_of(person.page) == []
    assert person.complaints == []
