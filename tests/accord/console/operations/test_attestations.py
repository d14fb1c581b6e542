"""The pages of attestations: each of ninety days with its verdict, and behind a click its figures and differences."""

from __future__ import annotations

import dataclasses
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from accord.console.pages.operations import attestations
from accord.console.pages.operations.attestations import DAYS_BACK
from accord.operations.attesting.log import AttestationLog
from domain.attestation.comparing import compare
from domain.attestation.line import Findings
from domain.attestation.readings import PostingsReading
from ledger import clock
from ledger.proof.notes import Checkpoint
from records.followers import FollowerWord, WordKind, keep_word
from tests.accord.console.auditing import faults_of
from tests.accord.console.conftest import Visitor, a_console
from tests.accord.console.test_mail import LOOKS
from tests.conftest import Office
from tests.domain.attestation import CASE, DAY, NEXT, readings
from tests.ledger.proof import KNOWN, LOG, TREASURER

SIGNED = Checkpoint(LOG.name, 7, bytes(32))


def kept(folder: Path) -> None:
    """Three days ago all agreed, two days ago the book differed, and of yesterday there is no line."""
    log = AttestationLog(folder, KNOWN)
    for days, day, sides in ((4, NEXT, {}), (3, DAY, {}), (2, DAY, {"postings": PostingsReading(())})):
        comparison = compare(day, readings(**sides))
        findings = Findings.of(clock.today() - timedelta(days=days), comparison)
        log.keep(findings, comparison.in_transit, SIGNED, LOG, clock.now())


Visit = Callable[[str], Any]


@pytest.fixture
async def at(
    provider: str, console_pool: asyncpg.Pool, client: Any, tmp_path: Path, visit: Visit
) -> AsyncIterator[Visitor]:
    """An auditor at a console that knows a folder of attestations."""
    kept(tmp_path)
    more = {"checkpoints": str(tmp_path), "log_key": str(LOG.verifier)}
    async with a_console(provider, console_pool, client, **more) as settings:
        auditor = await visit("otto.audit")
        yield dataclasses.replace(auditor, settings=settings)


def said(page: str) -> str:
    return " ".join(page.split())


async def test_each_day_has_its_verdict_and_a_click_shows_the_difference(at: Visitor, tmp_path: Path) -> None:
    """Given three lines, then ninety days are shown, those without one as such, and a changed line hides them all."""
    page = (await at.get("/operations/attestations")).text
    assert page.count('<th scope="row">') == DAYS_BACK
    assert f"All agree: 1, Sides differ: 1, Not all known: 1, Not attested: {DAYS_BACK - 3}" in page
    assert page.count("Nobody attested this day.") == DAYS_BACK - 3
    assert f"The book&#39;s postings are USD 600.00 apart at {CASE}." in page
    day = clock.today() - timedelta(days=2)
    assert f'href="/operations/attestations/{day}"' in page
    doubts = said(page).partition("Days on which somebody did not know, or sides differed: ")[2].partition("</p>")[0]
    assert [f"/attestations/{clock.today() - timedelta(days=back)}" in doubts for back in (2, 3, 4)] == [
        True,
        False,
        True,
    ]
    shown = said((await at.get(f"/operations/attestations/{day}")).text)
    assert f"<b>The book&#39;s postings</b>, by USD +600.00, at {CASE}" in shown
    for words in (
        "events come to -600.00 and postings to 0",
        ">-600.00</td>",
        ">400.00</td>",
        "USD 250.00",
        "Line 3 of",
    ):
        assert words in shown
    assert (await at.get(f"/operations/attestations/{clock.today()}")).status_code in {403, 404, 422}
    line = tmp_path / "000001.attestation"
    line.write_text(line.read_text("utf-8").replace("NOT_KNOWN", "AGREES"), "utf-8")
    doubted = (await at.get("/operations/attestations")).text
    assert ("Nothing is shown, since a line of the log does not hold" in doubted, "All agree" in doubted) == (
        True,
        False,
    )


def test_a_day_that_is_over_at_the_bank_alone_is_shown_once_it_was_attested() -> None:
    days = attestations._days({clock.today()})
    assert (days[0], len(days)) == (clock.today(), DAYS_BACK + 1)
    assert attestations._days({days[3]})[0] == days[1]


@pytest.mark.slow
async def test_a_console_without_a_folder_says_so(visit: Visit) -> None:
    auditor = await visit("otto.audit")
    assert "knows no folder of attestations" in (await auditor.get("/operations/attestations")).text


@pytest.mark.slow
@pytest.mark.parametrize("look", LOOKS)
async def test_the_pages_are_for_everybody(
    at_a_browser: Callable[..., Any], tmp_path: Path, look: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given days of every verdict, then axe finds nothing on the page and on that of a day."""
    kept(tmp_path)
    lines = {line.day: line for line in AttestationLog(tmp_path, KNOWN).lines()}
    monkeypatch.setattr(attestations, "_lines", lambda _: (lines, ""))
    monkeypatch.setattr(attestations, "_folder", lambda _: str(tmp_path))
    person = await at_a_browser("vera.lind", **LOOKS[look])
    await person.sign_in()
    for address in ("", *(f"/{day}" for day in lines)):
        await person.page.goto(f"{person.settings.origin}/operations/attestations{address}")
        assert await faults_of(person.page) == []
    assert person.complaints == []


@pytest.mark.slow
async def test_the_page_shows_each_follower_up_to_where_it_cosigned_and_where_it_stopped(
    at: Visitor, office: Office
) -> None:
    """Given a follower that cosigned and then stopped, then the page says both, with the event and its reason."""
    assert "Nobody follows it." in (await at.get("/operations/attestations")).text
    owner = await asyncpg.connect(office.url)
    key = str(TREASURER.verifier)
    words = (
        FollowerWord(key, WordKind.COSIGNED, 1234, "a checkpoint", "its note"),
        FollowerWord(key, WordKind.STOPPED, 1240, "a stop", "its note", "pia.berg proposed it and may not approve it"),
    )
    try:
        kept = [await keep_word(owner, word) for word in (*words, words[0])]
    finally:
        await owner.close()
    assert kept == [True, True, False]
    page = said((await at.get("/operations/attestations")).text)
    for text in (TREASURER.name, "event 1,234", "At event 1,240: Pia Berg proposed it and may not approve it"):
        assert text in page
