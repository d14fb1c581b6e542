"""A report by link says up to which period of the budget it goes, and which steps are still to come."""

from __future__ import annotations

import re
from typing import Any

import asyncpg
import pytest

from accord.client.desk import Desk
from domain.partnership import events as e
from domain.submissions.kinds import DoorForm
from tests.accord.console.door.conftest import Formed, sealed_number
from tests.accord.console.door.test_inbox import form_of
from tests.accord.console.organisation.signing import place_of, touched, with_key
from tests.accord.grantee.conftest import Grantee
from tests.budgets import budgeted, milestone
from tests.builders import proposal
from tests.domain.partnership.specification import CONTACTS
from tests.lives import Life


async def at_report(desk: Desk, at_form: Formed, reference: str, kind: str = "PROGRESS") -> Grantee:
    """The contact of a paid grant with two periods and two steps that are still to come, at the form of its report."""
    plan = {"reports": [{"number": 1, "kind": kind, "due_on": "2027-06-30"}]}
    given = budgeted("1000.00", milestones=[milestone(), milestone(2)])
    await Life(desk, reference).paid(proposal(reference, contacts=CONTACTS, **plan, **given))
    return await at_form(reference, DoorForm.REPORT, "1")


def ticked(page: str) -> set[tuple[str, str]]:
    """The choices of a form that stand as they were handed in: of the period, and of each milestone."""
    radios = re.findall(r"<input[^>]*>", page)
    chosen = [
        (re.search(r'name="([^"]*)"', one), re.search(r'value="([^"]*)"', one)) for one in radios if "checked" in one
    ]
    pairs = {(name[1], value[1]) for name, value in chosen if name and value}
    for name, options in re.findall(r'<select[^>]*name="([^"]*)"[^>]*>(.*?)</select>', page, re.DOTALL):
        pairs |= {(name, value) for value in re.findall(r'<option value="([^"]+)"[^>]* selected', options)}
    return {(name, value) for name, value in pairs if name == "period" or re.fullmatch(r"milestone-[0-9]+", name)}


@pytest.mark.slow
async def test_a_report_is_taken_over_with_its_period_and_without_the_steps_that_are_not_due(
    visit: Any, desk: Desk, office_pool: asyncpg.Pool, reference: str, at_form: Formed
) -> None:
    """Given two periods and a step that is not due yet, when a report by link is taken over, then staff add nothing."""
    ida = await at_report(desk, at_form, reference)
    assert "Up to which period of the budget do these sums go?" in (await ida.get("page/money")).text
    await ida.fill("summary", summary="The first course was held")
    await ida.fill("workplan", **{"milestones.1:state": "DONE", "milestones.2:state": "NOT_DUE"})
    lines = {f"lines.{number}:spent": spent for number, spent in enumerate(("300", "200", "50"), 1)}
    await ida.fill("money", **lines, unspent="450")
    assert "Up to which period" in (await ida.get("check")).text
    assert (await ida.post("check", {"given.name": "Ida Holm", "given.capacity": "Director"})).status_code == 200
    await ida.fill("money", budget_period="1", **lines, unspent="450")
    assert "Not yet due" in (await ida.get("check")).text
    assert (await ida.hand_in()).headers["location"].endswith("/done")
    number = await sealed_number(office_pool)
    visitor = await visit("vera.lind")
    shown = (await visitor.get(f"/inbox/{number}")).text
    assert "not yet due" in shown
    assert "Up to which period of the budget" in shown
    assert "differs" not in shown
    key = await with_key(desk, visitor.settings, "vera.lind")
    path = f"/{reference}/report"
    page = (await visitor.get(f"{path}?submission={number}")).text
    assert ticked(page) == {("period", "1"), ("milestone-1", "DONE")}
    sums = {f"line-{number}": spent for number, spent in enumerate(("300", "200", "50"), 1)}
    answers = {"planned": "1.PROGRESS", "summary": "The first course was held", "period": "1", "milestone-1": "DONE"}
    form = {**await form_of(visitor, f"{path}?submission={number}"), **answers, **sums, "unspent": "450"}
    assert (await touched(visitor, key, await place_of(visitor, path, form))).get("told")
    [event] = [entry.event for entry in await desk.history(reference) if isinstance(entry.event, e.ReportReceived)]
    assert event.figures is not None
    assert (event.figures.period, [answer.milestone for answer in event.milestones]) == (1, [1])


@pytest.mark.slow
async def test_a_final_report_covers_all_periods_and_tells_of_each_step(
    desk: Desk, reference: str, at_form: Formed
) -> None:
    ida = await at_report(desk, at_form, reference, "FINAL")
    assert "Up to which period" not in (await ida.get("page/money")).text
    assert "Not yet due" not in (await ida.get("page/workplan")).text
    assert "Choose one" in (await ida.put("milestones.1", {"state": "NOT_DUE"}))["warning"]
