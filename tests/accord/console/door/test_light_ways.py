"""A spoken report that its grantee confirms, and one made to another funder, from the invitation to the acceptance."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from accord.client.desk import Desk
from accord.client.papers.named import every_paper_of
from accord.presentation.words.values import NamesInWords
from domain.partnership import commands as c
from domain.partnership import events as e
from domain.submissions.kinds import DoorForm
from ledger import clock
from tests.accord.console.door.conftest import Formed, sealed_number
from tests.accord.console.door.test_inbox import form_of
from tests.accord.console.letters.test_letters import version_in
from tests.accord.console.organisation.signing import place_of, touched, with_key
from tests.builders import proposal
from tests.domain.partnership.specification import CONTACTS
from tests.lives import Life

PLANNED = [{"number": 1, "kind": "PROGRESS", "due_on": "2027-06-30"}]
SAID = "Ten courses were held, and one was cancelled when the river rose."


def with_a_plan(reference: str) -> Any:
    return proposal(reference, contacts=CONTACTS, reports=PLANNED)


async def invited(visit: Any, desk: Desk, reference: str, **more: str) -> None:
    """The contact is invited from the page of the case to a report in a light way."""
    visitor = await visit("pia.berg")
    key = await with_key(desk, visitor.settings, "pia.berg")
    shown = (await visitor.get(f"/{reference}/door-invite")).text
    until = (clock.today() + timedelta(days=20)).isoformat()
    form = {"version": version_in(shown), "form": "REPORT", "about": "1", "contact": "1", "language": "en"}
    place = await place_of(visitor, f"/{reference}/door-invite", {**form, "until": until, **more})
    assert (await touched(visitor, key, place)).get("told")


async def taken_over(visit: Any, desk: Desk, reference: str, number: int, **more: str) -> e.ReportReceived:
    visitor = await visit("pia.berg")
    key = await with_key(desk, visitor.settings, "pia.berg")
    path = f"/{reference}/report?submission={number}"
    form = {**await form_of(visitor, path), "planned": "1.PROGRESS", **more}
    assert (await touched(visitor, key, await place_of(visitor, f"/{reference}/report", form))).get("told")
    [event] = [one.event for one in await desk.history(reference) if isinstance(one.event, e.ReportReceived)]
    return event


@pytest.mark.slow
async def test_a_spoken_report_is_written_by_staff_and_confirmed_by_the_grantee(
    visit: Any, desk: Desk, office_pool: asyncpg.Pool, reference: str, at_form: Formed
) -> None:
    """Given what staff wrote down, when the grantee says that it is right, then that is the report, word by word."""
    await Life(desk, reference).paid(with_a_plan(reference))
    await invited(visit, desk, reference, way="SPOKEN", spoken=SAID)
    ida = await at_form(reference, DoorForm.REPORT, "1", 1)
    assert SAID in (await ida.get("page/spoken")).text
    assert (await ida.fill("spoken", confirmed="right")).status_code == 303
    checked = (await ida.get("check")).text
    assert SAID in checked
    read = checked.split('name="read" value="')[1].split('"')[0]
    await ida.post("check", {"given.name": "Ida Holm", "given.capacity": "Director", "read": read})
    assert (await ida.post("code", {"code": await ida.code()})).headers["location"].endswith("/done")
    number = await sealed_number(office_pool)
    shown = (await (await visit("pia.berg")).get(f"/inbox/{number}")).text
    assert SAID in shown
    assert "They confirm it" in shown
    event = await taken_over(visit, desk, reference, number, summary=SAID)
    assert event.summary == SAID
    assert event.submission is not None


@pytest.mark.slow
async def test_a_spoken_report_is_corrected_by_the_grantee(
    visit: Any, desk: Desk, office_pool: asyncpg.Pool, reference: str, at_form: Formed
) -> None:
    """Given words that are wrong, when the grantee writes them anew, then theirs stand, and the page says both."""
    await Life(desk, reference).paid(with_a_plan(reference))
    await invited(visit, desk, reference, way="SPOKEN", spoken=SAID)
    ida = await at_form(reference, DoorForm.REPORT, "1", 1)
    await ida.fill("spoken", confirmed="corrected")
    assert 'name="summary"' in (await ida.get("page/spoken")).text
    await ida.fill("spoken", confirmed="corrected", summary="Eleven courses were held, and none was cancelled.")
    assert (await ida.hand_in()).status_code == 303
    number = await sealed_number(office_pool)
    shown = (await (await visit("pia.berg")).get(f"/{reference}/report?submission={number}")).text
    assert ">Eleven courses were held, and none was cancelled.</textarea>" in shown


@pytest.mark.slow
async def test_a_report_to_another_funder_is_handed_in_taken_over_and_accepted(
    visit: Any, desk: Desk, office_pool: asyncpg.Pool, reference: str, at_form: Formed
) -> None:
    """Given an invitation to it, when its paper, time and pages are handed in, then all of that is on record."""
    life = Life(desk, reference)
    await life.paid(with_a_plan(reference))
    await invited(visit, desk, reference, way="OTHER_FUNDER")
    ida = await at_form(reference, DoorForm.REPORT, "1", 1)
    given = {"funder": "The River Fund", "covers": "Pages 4 and 5", "other_period:starts": "2026-12-01"}
    await ida.fill("other", **given, **{"other_period:ends": "2027-11-30"})
    assert "The report itself" in (await ida.get("check")).text  # its paper is missing
    await ida.sent_paper("other_paper", "river.csv", b"line,spent\nTraining,1000\n")
    assert (await ida.hand_in()).status_code == 303
    number = await sealed_number(office_pool)
    shown = (await (await visit("pia.berg")).get(f"/inbox/{number}")).text
    for words in ("The River Fund", "Pages 4 and 5", "river.csv", "2027-11-30"):
        assert words in shown
    sha256 = await office_pool.fetchval(
        "SELECT encode(digest, 'hex') FROM grantee.papers ORDER BY begun_at DESC LIMIT 1"
    )
    texts = {
        "summary": "The report to The River Fund for 2026-12-01 to 2027-11-30. Pages 4 and 5",
        "other-funder": "The River Fund", "other-starts": "2026-12-01", "other-ends": "2027-11-30",
        "other-covers": "Pages 4 and 5", "other-paper": sha256,
    }  # fmt: skip
    event = await taken_over(visit, desk, reference, number, **texts)
    assert event.other_report is not None
    assert (event.other_report.document_sha256, str(event.other_report.period.ends)) == (sha256, "2027-11-30")
    await life.do(c.AcceptReport, "ana.silva", report=1, reason="It agrees with the books")
    papers = every_paper_of(await desk.history(reference), NamesInWords(await desk.directory()))
    assert "Report to The River Fund" in [paper.name for paper in papers]


@pytest.mark.slow
async def test_it_is_not_recorded_as_a_report_of_its_own(
    visit: Any, desk: Desk, office_pool: asyncpg.Pool, reference: str, at_form: Formed
) -> None:
    """Given another funder's report by link, when staff leave out what it is, then the gate refuses to record it."""
    life = Life(desk, reference)
    await life.paid(with_a_plan(reference))
    await invited(visit, desk, reference, way="OTHER_FUNDER")
    ida = await at_form(reference, DoorForm.REPORT, "1", 1)
    given = {"funder": "The River Fund", "covers": "Pages 4 and 5", "other_period:starts": "2026-12-01"}
    await ida.fill("other", **given, **{"other_period:ends": "2027-11-30"})
    await ida.sent_paper("other_paper", "river.csv", b"line,spent\n")
    await ida.hand_in()
    number = await sealed_number(office_pool)
    visitor = await visit("pia.berg")
    key = await with_key(desk, visitor.settings, "pia.berg")
    form = {**await form_of(visitor, f"/{reference}/report?submission={number}"), "planned": "1.PROGRESS"}
    place = await place_of(visitor, f"/{reference}/report", {**form, "summary": "All went well"})
    answered = await touched(visitor, key, place)
    assert "it is a report to another funder" in str(answered)
    assert (await life.state()).reporting.filed == ()
