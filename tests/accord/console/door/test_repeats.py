"""A report that waits in the inbox is not counted twice, and who takes one over does not accept it."""

from __future__ import annotations

from typing import Any

import asyncpg
import pytest

from accord.client.desk import Desk
from accord.presentation.faults import Refused
from domain.partnership import commands as c
from domain.partnership import events as e
from domain.plans import ReportKind
from domain.submissions.kinds import DoorForm
from tests.accord.console.door.conftest import Formed, sealed_number
from tests.accord.console.door.test_inbox import form_of, plain
from tests.accord.console.door.test_light_ways import with_a_plan
from tests.accord.console.letters.test_letters import version_in
from tests.accord.console.organisation.signing import place_of, touched, with_key
from tests.lives import Life

PROGRESS = {"report_kind": ReportKind.PROGRESS, "planned": 1, "summary": "It came by post"}
ANOTHER = "It is a page that was missing, and not the report"


async def waiting(desk: Desk, pool: asyncpg.Pool, reference: str, at_form: Formed) -> tuple[Life, int]:
    """A grant whose first report was handed in by link and waits, and its number in the inbox."""
    life = Life(desk, reference)
    await life.paid(with_a_plan(reference))
    ida = await at_form(reference, DoorForm.REPORT, "1")
    await ida.fill("summary", summary="Eleven courses were held")
    await ida.hand_in()
    return life, await sealed_number(pool)


async def test_staff_who_record_the_same_are_asked_and_say_why_it_is_another(
    visit: Any, desk: Desk, office_pool: asyncpg.Pool, reference: str, at_form: Formed
) -> None:
    """Given a report in the inbox, when staff record one without it, then the form leads there or asks why not."""
    _, number = await waiting(desk, office_pool, reference, at_form)
    visitor = await visit("pia.berg")
    key = await with_key(desk, visitor.settings, "pia.berg")
    shown = (await visitor.get(f"/{reference}/report")).text
    assert f'<a href="/inbox/{number}">' in shown
    assert plain(shown) == []
    form = {"version": version_in(shown), "planned": ".PROGRESS", "summary": "It came by post"}
    refused = await visitor.post(f"/{reference}/report", {**form, "planned": "1.PROGRESS"})
    assert (refused.status_code, "It came by post" in refused.text) == (422, True)
    assert "take it over or, where this is another, say why" in refused.text
    given = {**form, "planned": "1.PROGRESS", "beside_inbox": ANOTHER}
    place = await place_of(visitor, f"/{reference}/report", given)
    assert ANOTHER in (await visitor.asking.get(place)).text
    assert (await touched(visitor, key, place)).get("told")
    [event] = [one.event for one in await desk.history(reference) if isinstance(one.event, e.ReportReceived)]
    assert (event.beside_inbox, event.submission) == (ANOTHER, None)


@pytest.mark.slow
async def test_the_gate_refuses_a_second_count_in_either_order(
    desk: Desk, office_pool: asyncpg.Pool, reference: str, at_form: Formed, visit: Any
) -> None:
    """Given a report in the inbox, then neither a second one beside it counts, nor it beside a second one."""
    life, number = await waiting(desk, office_pool, reference, at_form)
    with pytest.raises(Refused, match=f"submission {number}"):
        await life.do(c.Report, "pia.berg", **PROGRESS)
    await life.do(c.Report, "pia.berg", **PROGRESS, beside_inbox=ANOTHER)
    visitor = await visit("vera.lind")
    form = await form_of(visitor, f"/{reference}/report?submission={number}")
    again = await visitor.post(f"/{reference}/report", {**form, "planned": "1.PROGRESS", "summary": "Eleven courses"})
    assert (again.status_code, "was received already" in again.text) == (422, True)


@pytest.mark.slow
async def test_a_report_that_was_returned_waits_no_more(
    desk: Desk, office_pool: asyncpg.Pool, reference: str, at_form: Formed, visit: Any
) -> None:
    life, number = await waiting(desk, office_pool, reference, at_form)
    visitor = await visit("vera.lind")
    key = await with_key(desk, visitor.settings, "vera.lind")
    place = await place_of(visitor, f"/inbox/{number}", {"reason": "May is missing"})
    assert (await touched(visitor, key, place)).get("told")
    await life.do(c.Report, "pia.berg", **PROGRESS)
    assert len((await life.state()).reporting.filed) == 1


@pytest.mark.slow
async def test_who_took_it_over_is_told_that_somebody_else_accepts_it(
    desk: Desk, office_pool: asyncpg.Pool, reference: str, at_form: Formed, visit: Any
) -> None:
    """Given a verifier who took a report over, then the page that accepts it is closed to them, and open to others."""
    _, number = await waiting(desk, office_pool, reference, at_form)
    vera = await visit("vera.lind")
    key = await with_key(desk, vera.settings, "vera.lind")
    path = f"/{reference}/report?submission={number}"
    assert "has filed it, and does not accept it" in (await vera.get(f"/inbox/{number}")).text
    form = {**await form_of(vera, path), "planned": "1.PROGRESS", "summary": "Eleven courses were held"}
    assert (await touched(vera, key, await place_of(vera, f"/{reference}/report", form))).get("told")
    own = await vera.get(f"/{reference}/accept-report")
    assert own.status_code == 422
    assert "Vera Lind" in own.text
    assert "Eleven courses were held" in (await (await visit("ana.silva")).get(f"/{reference}/accept-report")).text


@pytest.mark.slow
async def test_a_planned_report_is_recorded_from_its_form_before_anything_is_paid(
    visit: Any, desk: Desk, reference: str
) -> None:
    """Given a plan whose first report is not about money, then its form is open as the gate is."""
    await Life(desk, reference).signed(with_a_plan(reference))
    visitor = await visit("pia.berg")
    shown = await visitor.get(f"/{reference}/report")
    assert (shown.status_code, "report 1 of the plan" in shown.text) == (200, True)
    form = {"version": version_in(shown.text), "planned": "1.PROGRESS", "summary": "It came by post"}
    assert (await visitor.post(f"/{reference}/report", form)).status_code == 303
