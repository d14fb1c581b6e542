"""The inbox by browser: read, taken over with each departure marked, returned with questions, never judged twice."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from accord.client.desk import Desk
from domain.partnership import events as e
from domain.submissions.kinds import DoorForm
from ledger import Ledger, clock
from records.submissions.gate import submission_fault
from records.submissions.seals import seal_submissions
from tests.accord.console.conftest import Visitor
from tests.accord.console.letters.test_letters import version_in
from tests.accord.console.organisation.signing import place_of, touched, with_key
from tests.accord.machine_words import machine_words_in, open_words
from tests.builders import proposal
from tests.domain.partnership.specification import CONTACTS
from tests.doors import code_for, content, entered, handed_in, link_to
from tests.lives import Life
from tests.records.submissions.test_seals import reference_of

LOOKED_AT = "SELECT subject FROM console.looks WHERE staff_id = $1"
ANSWERS = {"summary": "Eleven courses were held"}


async def reported(desk: Desk, office_pool: asyncpg.Pool, reference: str, **more: Any) -> int:
    """The number of a report that was handed in by link for a grant of which the first payment was made, and sealed."""
    await Life(desk, reference).paid(proposal(reference, contacts=CONTACTS))
    return await sealed(office_pool, reference, **more)


async def asked(desk: Desk, office_pool: asyncpg.Pool, reference: str) -> int:
    """The number of an answer to a question that was handed in by link, and sealed."""
    await Life(desk, reference).awaiting_approval(proposal(reference, contacts=CONTACTS))
    return await sealed(office_pool, reference, form=DoorForm.QUESTION)


async def sealed(office_pool: asyncpg.Pool, reference: str, form: DoorForm = DoorForm.REPORT, **more: Any) -> int:
    secret = await link_to(office_pool, reference, form, about="")
    submission = await handed_in(office_pool, secret, **{"answers": ANSWERS, **more})
    await seal_submissions(Ledger(office_pool), office_pool)
    query = "SELECT number FROM grantee.submissions WHERE sha256 = $1"
    number: int = await office_pool.fetchval(query, bytes.fromhex(submission.sha256))
    return number


def plain(shown: str) -> list[str]:
    return machine_words_in(open_words(shown))


async def form_of(visitor: Visitor, path: str) -> dict[str, str]:
    shown = (await visitor.get(path)).text
    return {"version": version_in(shown), "submission": path.rpartition("=")[2]}


async def test_a_report_is_read_taken_over_with_what_was_changed_and_judged_once(
    visit: Any, desk: Desk, office_pool: asyncpg.Pool, reference: str
) -> None:
    """Given a report by link, when it is taken over with another word, then the page that signs says both."""
    number = await reported(desk, office_pool, reference)
    visitor = await visit("pia.berg")
    key = await with_key(desk, visitor.settings, "pia.berg")
    listed = (await visitor.get("/inbox")).text
    assert f'href="/inbox/{number}"' in listed
    assert "Digital skills" in listed
    read = (await visitor.get(f"/inbox/{number}")).text
    assert "Eleven courses were held" in read
    assert f"/{reference}/report?submission={number}" in read
    assert (plain(listed), plain(read)) == ([], [])
    path = f"/{reference}/report?submission={number}"
    shown = (await visitor.get(path)).text
    assert ">Eleven courses were held</textarea>" in shown
    form = {**await form_of(visitor, path), "planned": ".PROGRESS", "summary": "Ten courses were held"}
    place = await place_of(visitor, f"/{reference}/report", form)
    said = (await visitor.asking.get(place)).text
    assert "What differs from what they handed in" in said
    for words in ("Eleven courses were held", "Ten courses were held"):
        assert words in said
    assert (await touched(visitor, key, place)).get("told"), said
    [event] = [one.event for one in await desk.history(reference) if isinstance(one.event, e.ReportReceived)]
    assert event.submission is not None
    assert event.submission.number == number
    again = await visitor.get(path)
    assert (again.status_code, "was judged by" in again.text) == (422, True)
    assert f'href="/inbox/{number}"' not in (await visitor.get("/inbox")).text
    case = (await visitor.get(f"/{reference}")).text
    assert "Taken over" in case or "taken over on" in case
    assert "ida.holm@library.example" in case
    looks = [row["subject"] for row in await office_pool.fetch(LOOKED_AT, "pia.berg")]
    assert f"submission {number}" in looks
    assert "the inbox" in looks


ACTING = "<script>alert(1)</script> =cmd()|' /C calc'!A0 [pay](https://evil.example)"


@pytest.mark.slow
async def test_what_would_act_elsewhere_is_plain_text_to_staff(
    visit: Any, desk: Desk, office_pool: asyncpg.Pool, reference: str
) -> None:
    """Given texts that a browser, a sheet or Markdown would act on, then staff read them as they were typed."""
    answers = {"summary": ACTING, "unasked": ACTING}
    number = await reported(desk, office_pool, reference, answers=answers, name=ACTING[:60])
    visitor = await visit("pia.berg")
    for path in ("/inbox", f"/inbox/{number}", f"/{reference}/report?submission={number}", f"/{reference}"):
        shown = (await visitor.get(path)).text
        assert "<script>alert" not in shown, path
        assert 'href="https://evil.example' not in shown, path
    assert "&lt;script&gt;alert(1)" in (await visitor.get(f"/inbox/{number}")).text


@pytest.mark.slow
async def test_text_that_turns_around_which_a_stolen_door_laid_down_is_shown_to_nobody(
    visit: Any, desk: Desk, office_pool: asyncpg.Pool, reference: str
) -> None:
    """Given answers that no page lets through, then they are no submission: the inbox says so, and the gate refuses."""
    await Life(desk, reference).paid(proposal(reference, contacts=CONTACTS))
    at_door, form = await entered(office_pool, await link_to(office_pool, reference))
    turning = content(form).model_copy(update={"answers": {"summary": "paid \u202e000,1 DSU\u202c"}})
    assert (await at_door.submit(form, turning, await code_for(office_pool, at_door)))[1] == ""
    await seal_submissions(Ledger(office_pool), office_pool)
    number = await office_pool.fetchval("SELECT max(number) FROM grantee.submissions")
    shown = (await (await visit("pia.berg")).get(f"/inbox/{number}")).text
    assert ("\u202e" in shown, "which turns text around unseen" in shown) == (False, True)
    reference_of_it = await reference_of(office_pool, turning.sha256)
    fault = await submission_fault(Ledger(office_pool), reference, "report", reference_of_it)
    assert "which turns text around unseen" in str(fault)


@pytest.mark.slow
async def test_it_is_returned_with_a_question_under_a_field(
    visit: Any, desk: Desk, office_pool: asyncpg.Pool, reference: str
) -> None:
    number = await asked(desk, office_pool, reference)
    visitor = await visit("vera.lind")
    key = await with_key(desk, visitor.settings, "vera.lind")
    without_reason = await visitor.post(f"/inbox/{number}", {"reason": "", "question-summary": "Which courses?"})
    assert (without_reason.status_code, "Which courses?" in without_reason.text) == (422, True)
    form = {"reason": "May is missing", "question-summary": "Which courses?"}
    place = await place_of(visitor, f"/inbox/{number}", form)
    said = (await visitor.asking.get(place)).text
    for words in ("Which courses?", "May is missing"):
        assert words in said
    assert (await touched(visitor, key, place)).get("told")
    [event] = [one.event for one in await desk.history(reference) if isinstance(one.event, e.SubmissionReturned)]
    assert [(one.field, one.question) for one in event.questions] == [("summary", "Which courses?")]


@pytest.mark.slow
async def test_a_contact_is_invited_by_name_and_until_a_day(visit: Any, desk: Desk, reference: str) -> None:
    """Given a contact with an address, when they are invited from the case, then the invitation stands on it."""
    await Life(desk, reference).awaiting_approval(proposal(reference, contacts=CONTACTS))
    visitor = await visit("pia.berg")
    key = await with_key(desk, visitor.settings, "pia.berg")
    shown = (await visitor.get(f"/{reference}/door-invite")).text
    assert "Ida Holm, ida.holm@library.example" in shown
    assert plain(shown) == []
    until = (clock.today() + timedelta(days=20)).isoformat()
    form = {"version": version_in(shown), "form": "QUESTION", "contact": "1", "language": "es", "until": until}
    place = await place_of(visitor, f"/{reference}/door-invite", {**form, "note": "Who teaches?"})
    assert "Who teaches?" in (await visitor.asking.get(place)).text
    assert (await touched(visitor, key, place)).get("told")
    case = (await visitor.get(f"/{reference}")).text
    assert "Invitation 1: a question" in case


@pytest.mark.slow
async def test_the_work_page_counts_what_was_handed_in_and_nothing_is_there_that_is_not(
    visit: Any, desk: Desk, office_pool: asyncpg.Pool, reference: str
) -> None:
    await asked(desk, office_pool, reference)
    visitor = await visit("vera.lind")
    assert "handed in by grantees, to be read" in (await visitor.get("/")).text
    assert (await visitor.get("/inbox/999999")).status_code == 404
    assert (await visitor.get("/inbox/nothing")).status_code == 404
