"""The story of the grantee by link, as the ledger holds it after a demo: each act by staff, each word by the door."""

from __future__ import annotations

import os
from decimal import Decimal
from pathlib import Path
from typing import Final

import httpx
import pytest

from accord.client.desk import open_desk
from accord.client.door.inbox import inbox_lines
from accord.client.door.links import handed_in_for, links_of
from accord.demo.by_link import BY_LINK, open_link, spent
from accord.grantee.questions.sums import read_sum
from deploy.logins import Login
from domain.partnership import events as e
from domain.submissions.kinds import DoorForm, SubmissionKind
from tests.accord.cli.test_demo import program_of
from tests.tours.terminal import a_stack, place

GRANT: Final = "P-2026-0041"
STORY: Final = (
    e.AgreementSigned, e.TrancheReleased, e.TrancheEnded, e.GranteeInvited, e.SubmissionReturned, e.ReportReceived,
    e.ReportAccepted, e.TrancheReleased, e.TrancheEnded,
)  # fmt: skip


async def require_story() -> None:
    """Fail unless the ledger tells it, with the digest of each submission in the act that judged it."""
    async with open_desk(Login.STAFF) as desk:
        events = [entry.event for entry in await desk.history(GRANT)]
        handed_in = await handed_in_for(desk.pool, GRANT)
        [waiting] = await inbox_lines(desk)
        links = await links_of(desk.pool, GRANT, "vera.lind")
    told = [event for event in events if isinstance(event, STORY)]
    assert [type(event) for event in told] == list(STORY)
    acceptance, first, change, second = handed_in
    judged = [(type(event), event.submission.sha256) for event in told if getattr(event, "submission", None)]
    assert judged == [
        (e.AgreementSigned, acceptance.sha256), (e.SubmissionReturned, first.sha256), (e.ReportReceived, second.sha256),
    ]  # fmt: skip
    assert (waiting.number, waiting.kind) == (change.number, SubmissionKind.CHANGE)
    assert waiting.seal is not None
    assert {link.form for link in links if link.is_open} == {DoorForm.REPORT, DoorForm.CHANGE}
    assert {link.browsers for link in links} == {0, 1}, "one browser did all of it, and nobody opened the last link"


async def require_no_account_by_the_door() -> None:
    """Fail unless each account was recorded by staff before anything was handed in, and both payments went to one."""
    async with open_desk(Login.STAFF) as desk:
        rows = await desk.pool.fetch("SELECT event_type, position FROM ledger.events WHERE stream_id LIKE 'account/%'")
        first_seal = await desk.pool.fetchval(
            "SELECT min(position) FROM ledger.events WHERE event_type = 'SubmissionsSealed'"
        )
        partnership = await desk.known_partnership(GRANT)
        signed = [entry.event for entry in await desk.history(GRANT) if isinstance(entry.event, e.AgreementSigned)]
    recorded = [row["position"] for row in rows if row["event_type"] == "AccountRecorded"]
    assert recorded
    assert max(recorded) < first_seal
    assert [event.account for event in signed] == [partnership.account]


async def require_an_open_form() -> None:
    """Fail unless the address that the demo says opens a form, and asks for nothing before its button is pressed."""
    async with httpx.AsyncClient() as reader:
        page = await reader.get(open_link(GRANT))
    assert page.status_code == 200
    assert "Open the form" in page.text
    assert "Repair workshops at the lake" in page.text


def test_what_the_grantee_reports_is_what_they_were_paid() -> None:
    """Given the proposal, then its budget is what is paid, and the report accounts for the first payment."""
    proposal = BY_LINK.proposed(0)
    out = proposal.funds_out
    assert out is not None
    assert out.budget is not None
    assert sum(line.total for line in out.budget.lines) == sum(tranche.money.amount for tranche in out.tranches)
    said = {name: text for name, text in spent("").items() if text}
    assert (said.pop("budget_period"), len(out.budget.periods)) == ("1", 2)
    amounts = [read_sum(text, "en", 2) for text in said.values()]
    assert sum(amount for amount in amounts if isinstance(amount, Decimal)) == out.tranches[0].money.amount
    assert sorted(said) == ["lines.1:spent", "lines.2:spent", "lines.3:spent", "unspent"]


@pytest.mark.slow
async def test_a_grantee_does_all_by_link_and_staff_decide_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given a demo that stays up, then the ledger tells the story, no account came by the door, and a form is open."""
    folder = tmp_path / "reader"
    environment = place(folder)
    for name in [name for name in os.environ if name.startswith(("ACCORD_", "TEMPORAL_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("ACCORD_DATA", str(folder / ".accord"))
    async with a_stack(folder, environment, "-c", program_of((1,), (38, 41)), "demo"):
        await require_story()
        await require_no_account_by_the_door()
        await require_an_open_form()
