"""The budget of a proposal on its form: a table of lines with a sum for each period, however many there are."""

from __future__ import annotations

from typing import Any

import pytest

from accord.console.proposing.content import LINES, PERIODS, TRANCHES, blank, read_draft, with_room, without
from accord.console.proposing.drafts import Draft
from accord.presentation import form_content

Browsers = Any


def drafted(periods: int, *lines: list[str]) -> dict[str, Any]:
    """The content of a draft with a budget of some periods, and lines with these sums."""
    content = blank("P-2026-0042", "USD", "ISOC")
    budget = {"periods": [{} for _ in range(periods)], "lines": [{"number": 0, "sums": sums} for sums in lines]}
    form_content.put(content, "funds_out.budget", budget)
    return content


def sums_in(content: dict[str, Any]) -> list[list[str]]:
    return [line["sums"] for line in form_content.at(content, LINES)]


def test_each_line_has_a_place_for_each_period() -> None:
    assert sums_in(with_room(drafted(3, ["1"], []))) == [["1", "", ""], ["", "", ""]]


def test_a_sum_that_was_typed_is_never_dropped_for_want_of_a_period() -> None:
    assert sums_in(with_room(drafted(1, ["1", "2"]))) == [["1", "2"]]


def test_a_period_goes_with_its_sums_and_the_others_stay_where_they_are() -> None:
    draft = Draft("a name", drafted(3, ["1", "2", "3"], ["4", "", "6"]))
    assert sums_in(without(draft, f"{PERIODS}.1").content) == [["1", "3"], ["4", "6"]]
    assert sums_in(without(draft, f"{LINES}.0").content) == [["4", "", "6"]]


def test_sums_of_lines_are_read_and_asked_back_as_every_sum_is() -> None:
    """Given `20,000` and `30.000` in a line, then the first is read back, and the second is asked back at its cell."""
    content = drafted(2, ["20,000", "30.000"])
    form_content.put(content, "funds_out.tranches.0.money.currency", "USD")
    reading = read_draft(Draft("a name", content))
    assert reading.sums[f"{LINES}.0.sums.0"] == "USD 20,000.00"
    assert dict(reading.faults)[f"{LINES}.0.sums.1"] == "'30.000' may be 30,000.00 or 30.00; write 30000.00 or 30.00"


def test_a_milestone_holds_the_same_payments_after_another_one_is_gone() -> None:
    content = drafted(1, [])
    form_content.put(content, TRANCHES, [{}, {}, {}])
    form_content.put(content, "funds_out.milestones", [{"holds": ["1", "3"]}, {"holds": ["2"]}])
    held = form_content.at(without(Draft("a name", content), f"{TRANCHES}.1").content, "funds_out.milestones")
    assert [mark["holds"] for mark in held] == [["1", "2"], []]


@pytest.mark.slow
async def test_a_budget_is_filled_in_as_a_table_and_kept(at_a_browser: Browsers) -> None:
    """Given two periods and a line, when sums are typed and a period is removed, then the other sum stays."""
    person = await at_a_browser("pia.berg")
    await person.sign_in()
    page = person.page
    await page.goto(f"{person.settings.origin}/propose")
    await page.click("button:has-text('Begin a proposal')")
    await page.click('.steps button[value="go 2"]')
    await page.evaluate("document.querySelectorAll('main details').forEach(one => one.open = true)")
    await page.check("#is-funds_out-budget")
    await page.click(f'button[value="add {PERIODS}"]')
    sums = "#funds_out-budget-lines-0-sums-{}"
    await page.locator(sums.format(1)).wait_for()
    await page.fill(sums.format(0), "300.00")
    await page.fill(sums.format(1), "200.00")
    await page.fill("#funds_out-budget-lines-0-category", "Training")
    await page.click(f'button[value="remove {PERIODS}.0"]')
    await page.locator(sums.format(1)).wait_for(state="detached")
    assert await page.input_value(sums.format(0)) == "200.00"
    await page.reload()
    assert await page.input_value(sums.format(0)) == "200.00"
    assert await page.input_value("#funds_out-budget-lines-0-category") == "Training"
    await page.set_viewport_size({"width": 320, "height": 900})
    assert await page.evaluate("document.documentElement.scrollWidth") == 320
    assert person.complaints == []


@pytest.mark.slow
async def test_a_work_plan_is_filled_in_as_a_table_and_kept(at_a_browser: Browsers) -> None:
    """Given two payments and a milestone that the second waits for, then its row is kept, and no page complains."""
    person = await at_a_browser("pia.berg")
    await person.sign_in()
    page = person.page
    await page.goto(f"{person.settings.origin}/propose")
    await page.click("button:has-text('Begin a proposal')")
    await page.click('.steps button[value="go 2"]')
    await page.click("#add-payment")
    await page.locator("#funds_out-tranches-1-due_on").wait_for()
    await page.evaluate("document.querySelectorAll('main details').forEach(one => one.open = true)")
    await page.check("#is-funds_out-milestones")
    row = "#funds_out-milestones-0-{}"
    await page.locator(row.format("what")).wait_for()
    await page.fill(row.format("what"), "The mast stands")
    await page.fill(row.format("due_on"), "2027-03-31")
    await page.check('input[name="funds_out.milestones.0.holds"][value="2"]')
    await page.check(row.format("barrier"))
    await page.click('button[value="add funds_out.milestones"]')
    await page.locator("#funds_out-milestones-1-what").wait_for()
    await page.reload()
    assert await page.input_value(row.format("what")) == "The mast stands"
    assert await page.is_checked('input[name="funds_out.milestones.0.holds"][value="2"]')
    assert await page.is_checked(row.format("barrier"))
    await page.set_viewport_size({"width": 320, "height": 900})
    assert await page.evaluate("document.documentElement.scrollWidth") == 320
    assert person.complaints == []
