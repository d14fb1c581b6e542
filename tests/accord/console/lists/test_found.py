"""What a search finds is led to from all of its row: whoever points at a partner, a sum or a stage opens the case."""

from __future__ import annotations

from typing import Any

import pytest

from accord.client.desk import Desk
from tests.accord.console.deciding.test_deciding import waiting_for_approval
from tests.lives import until_shown
from tests.references import next_reference

FIRST, SECOND = "P-2026-0895", "P-2026-0896"


@pytest.fixture(scope="module")
async def two(desk: Desk, worker: None) -> None:
    """Two partnerships that one word finds."""
    global FIRST, SECOND
    # Of this office: the server remembers those of an earlier one of this file, whose tests another process took.
    FIRST, SECOND = next_reference(), next_reference()
    for reference in (FIRST, SECOND):
        await waiting_for_approval(desk, reference)
    await until_shown(desk)


@pytest.mark.sampled(1)
@pytest.mark.usefixtures("two")
@pytest.mark.parametrize("cell", ["th", "td:nth-of-type(1)", "td:last-of-type"])
async def test_each_of_two_hits_opens_from_anywhere_in_its_row(at_a_browser: Any, visit: Any, cell: str) -> None:
    """Given a word that finds two, when somebody points at any cell of either, then that partnership opens."""
    person = await at_a_browser("dora.kim")
    await person.begin(await visit("dora.kim"))
    for reference in (FIRST, SECOND):
        await person.page.goto(f"{person.settings.origin}/find?text=riverbend")
        row = person.page.locator("tbody tr", has_text=reference)
        place = await row.locator(cell).first.bounding_box()
        await person.page.mouse.click(place["x"] + place["width"] - 6, place["y"] + place["height"] / 2)
        await person.page.wait_for_url(f"**/{reference}", timeout=10_000)
