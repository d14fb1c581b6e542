"""Reports in a light way by shell: invited, taken over as they were confirmed, and refused with the option's name."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import asyncpg
import pytest

from accord.client.desk import Desk
from domain.partnership import events as e
from domain.submissions.kinds import DoorForm
from ledger import Ledger, clock
from records.submissions.seals import seal_submissions
from tests.accord.shell import BAD_INPUT, REFUSED, Shell, assert_fails
from tests.builders import proposal
from tests.domain.partnership.specification import CONTACTS
from tests.doors import handed_in, link_to
from tests.lives import Life

pytestmark = pytest.mark.usefixtures("worker")

PLANNED = [{"number": 1, "kind": "PROGRESS", "due_on": "2027-06-30"}]
SAID = "Ten courses were held, and one was cancelled"


async def test_a_spoken_report_is_invited_confirmed_and_taken_over_by_shell(
    shell: Shell, reference: str, desk: Desk, office_pool: asyncpg.Pool
) -> None:
    """Given what staff wrote down, when it comes back confirmed, then a shell takes it over word by word."""
    await Life(desk, reference).signed(proposal(reference, contacts=CONTACTS, reports=PLANNED))
    until = f"{clock.today() + timedelta(days=20)}"
    ask: tuple[str, ...] = (
        "door",
        "invite",
        reference,
        "--form",
        "REPORT",
        "--contact",
        "1",
        "--about",
        "1",
        "--language",
        "en",
    )
    ask = (*ask, "--until", until, "--way", "SPOKEN", "--as", "pia.berg")
    assert_fails(await shell(*ask), REFUSED, "write down what they said")
    await shell.done(*ask, "--spoken", SAID)
    secret = await link_to(office_pool, reference, DoorForm.REPORT, about="1", invitation=1)
    confirmed = {"answers": {"confirmed": "right"}, "read": {"spoken": SAID}}
    submission = await handed_in(office_pool, secret, **confirmed)
    await seal_submissions(Ledger(office_pool), office_pool)
    query = "SELECT number FROM grantee.submissions WHERE sha256 = $1"
    number = await office_pool.fetchval(query, bytes.fromhex(submission.sha256))
    report = ("report", reference, "--planned", "1", "--summary", "By post", "--as", "pia.berg")
    assert_fails(await shell(*report), REFUSED, f"submission {number}")
    await shell.done("door", "take-over", str(number), "--as", "pia.berg")
    [event] = [one.event for one in await desk.history(reference) if isinstance(one.event, e.ReportReceived)]
    assert event.summary == SAID


@pytest.mark.slow
async def test_words_that_are_not_those_of_the_invitation_are_not_taken_over(
    shell: Shell, reference: str, desk: Desk, office_pool: asyncpg.Pool
) -> None:
    """Given a form that showed other words than staff signed, then what was confirmed there counts for nothing."""
    await Life(desk, reference).signed(proposal(reference, contacts=CONTACTS, reports=PLANNED))
    secret = await link_to(office_pool, reference, DoorForm.REPORT, about="1")
    forged = await handed_in(office_pool, secret, answers={"confirmed": "right"}, read={"spoken": "All was well"})
    await seal_submissions(Ledger(office_pool), office_pool)
    query = "SELECT number FROM grantee.submissions WHERE sha256 = $1"
    number = await office_pool.fetchval(query, bytes.fromhex(forged.sha256))
    taken_over = await shell("door", "take-over", str(number), "--as", "pia.berg")
    assert_fails(taken_over, REFUSED, "not those of the invitation")


@pytest.mark.slow
async def test_a_report_to_another_funder_is_recorded_whole_or_not_at_all(
    shell: Shell, reference: str, desk: Desk, tmp_path: Path
) -> None:
    await Life(desk, reference).signed(proposal(reference, contacts=CONTACTS, reports=PLANNED))
    paper = tmp_path / "river.csv"
    paper.write_text("line,spent\nTraining,1000\n")
    report: tuple[str | Path, ...] = (
        "report",
        reference,
        "--planned",
        "1",
        "--summary",
        "As told to them",
        "--as",
        "pia.berg",
    )
    report = (*report, "--other-funder", "The River Fund")
    assert_fails(await shell(*report), BAD_INPUT, "--other-period")
    whole = (*report, "--other-covers", "Pages 4 and 5", "--other-paper", paper)
    assert_fails(await shell(*whole, "--other-period", "2026"), BAD_INPUT, "2026-01-01/2026-12-31")
    await shell.done(*whole, "--other-period", "2026-01-01/2026-12-31")
    [event] = [one.event for one in await desk.history(reference) if isinstance(one.event, e.ReportReceived)]
    assert event.other_report is not None
    assert (event.other_report.funder, str(event.other_report.period.starts)) == ("The River Fund", "2026-01-01")


@pytest.mark.slow
async def test_a_report_by_link_is_recorded_by_shell_as_the_one_that_its_form_asked_for(
    shell: Shell, reference: str, desk: Desk, office_pool: asyncpg.Pool
) -> None:
    """Given a report of the plan by link, when a shell records it in other words, then nobody says which one it is."""
    await Life(desk, reference).signed(proposal(reference, contacts=CONTACTS, reports=PLANNED))
    submission = await handed_in(office_pool, await link_to(office_pool, reference, DoorForm.REPORT, about="1"))
    await seal_submissions(Ledger(office_pool), office_pool)
    query = "SELECT number FROM grantee.submissions WHERE sha256 = $1"
    number = await office_pool.fetchval(query, bytes.fromhex(submission.sha256))
    await shell.done("report", reference, "--submission", str(number), "--summary", "Ten courses", "--as", "pia.berg")
    [event] = [one.event for one in await desk.history(reference) if isinstance(one.event, e.ReportReceived)]
    assert (event.report_kind, event.planned, event.summary) == ("PROGRESS", 1, "Ten courses")
