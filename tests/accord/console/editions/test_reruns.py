"""The page of a rerun: who would have waited, been refused or let through, by country and size, and what is unknown."""

from __future__ import annotations

import dataclasses
from collections.abc import AsyncIterator, Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import asyncpg
import pytest

from accord.console.editions import reruns
from accord.operations.rerun.digests import edition_run
from accord.operations.rerun.log import RerunLog
from domain.policy.findings import Layer, Outcome
from domain.proposal import Direction
from domain.rerun.draft import NOT_ANSWERED
from domain.rerun.report import RerunBeside, RerunDecision, RerunKind, RerunReport, tables_of
from domain.rerun.verdicts import RerunVerdict, RuleDifference
from domain.values import Money
from ledger import clock
from tests.accord.console.auditing import faults_of
from tests.accord.console.conftest import Visitor, a_console
from tests.accord.console.test_mail import LOOKS
from tests.domain.rerun.drafts import AT_MOST_500, draft, rule
from tests.ledger.proof import KNOWN, LOG

Visit = Callable[[str], Any]
ACT: Final = "Invented Grants Act, section 4(1)"


def difference(becomes: Outcome | None, **more: Any) -> RuleDifference:
    content = {"rule": "DRAFT-RULE", "source": ACT, "layer": Layer.STATUTE, "leg": Direction.FUNDS_OUT}
    return RuleDifference.model_validate({**content, "becomes": becomes, **more})


CHANGES: Final = {
    RerunVerdict.REFUSED: (difference(Outcome.FAIL),),
    RerunVerdict.WAITED: (difference(Outcome.REFER),),
    RerunVerdict.ALLOWED: (difference(None, was=Outcome.FAIL),),
    RerunVerdict.UNKNOWN: (difference(None, unknown=("status.master_file.revenue",)),),
    RerunVerdict.SAME: (),
}


def decisions() -> list[RerunDecision]:
    """Return one decision of each verdict, of two countries and sizes."""
    return [
        RerunDecision(
            partnership=f"P-2025-{place:04}", position=place, day=date(2025, 6, place), verdict=verdict,
            kind=RerunKind.REFUSAL if verdict is RerunVerdict.ALLOWED else RerunKind.APPROVAL,
            country="KE" if place % 2 else "US", money=Money(amount=Decimal(4000 * place), currency="USD"),
            decided_under="2026.6", differences=differences,
        )
        for place, (verdict, differences) in enumerate(CHANGES.items(), 1)
    ]  # fmt: skip


def kept(folder: Path) -> RerunReport:
    """Keep a rerun with one decision of each verdict."""
    beside = RerunBeside(refused_by_people=3, withheld=1, imported=2, cut_short=())
    content = {
        "position": 7, "root": "ab" * 32, "edition": edition_run(draft(rule(AT_MOST_500))), "since": date(2025, 1, 1),
        "until": date(2025, 12, 31), "beside": beside, "not_answered": NOT_ANSWERED, **tables_of(decisions()),
    }  # fmt: skip
    report = RerunReport.model_validate(content)
    RerunLog(folder, KNOWN).keep(report, LOG, clock.now())
    return report


def changed(folder: Path) -> None:
    """Write another verdict into the report."""
    [report] = folder.glob("*.json")
    report.chmod(0o600)
    report.write_bytes(report.read_bytes().replace(b'"REFUSED"', b'"SAME"'))


@pytest.fixture
async def at(
    provider: str, console_pool: asyncpg.Pool, client: Any, tmp_path: Path, visit: Visit
) -> AsyncIterator[Visitor]:
    """An auditor at a console that knows the folder."""
    more = {"checkpoints": str(tmp_path), "log_key": str(LOG.verifier)}
    async with a_console(provider, console_pool, client, **more) as settings:
        yield dataclasses.replace(await visit("otto.audit"), settings=settings)


async def test_the_newest_run_is_shown_by_country_and_size_with_what_is_unknown(at: Visitor, tmp_path: Path) -> None:
    """Given a run of each verdict, then each has its number, its partnerships and rules; a changed file shows none."""
    assert "No draft was run yet." in (await at.get("/reruns")).text
    kept(tmp_path)
    page = " ".join((await at.get("/reruns")).text.split())
    for words in (
        "2027.1-draft, a draft after edition 2026.6", '<th scope="row">Kenya</th>', "USD up to 5,000", "(USD 8,000.00)",
        'href="/P-2025-0001"', f"DRAFT-RULE; {ACT}", 'Revenue of the master file of the status</th>',
        "Would have waited, 1", "Refused by people, which no edition changes</span><span>3<",
        "signed, as of 7 events of the ledger",
    ):  # fmt: skip
        assert words in page, words
    unknown = (await at.get("/reruns?run=1&verdict=UNKNOWN")).text
    assert "Asks what nobody recorded: revenue of the master file of the status." in unknown
    assert (await at.get("/reruns?run=9")).status_code in {403, 404, 422}
    changed(tmp_path)
    doubted = (await at.get("/reruns")).text
    assert ("does not hold" in doubted, "Would have been refused" in doubted) == (True, False)


async def test_a_console_without_a_folder_says_so(visit: Visit) -> None:
    assert "knows no folder of kept runs" in (await (await visit("otto.audit")).get("/reruns")).text


@pytest.mark.slow
@pytest.mark.parametrize("look", LOOKS)
async def test_the_page_is_for_everybody(
    at_a_browser: Callable[..., Any], tmp_path: Path, look: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given a run of every verdict, then axe finds nothing on the page, whoever looks at it how."""
    kept(tmp_path)
    monkeypatch.setattr(reruns, "_folder", lambda _: str(tmp_path))
    monkeypatch.setattr(reruns, "_log", lambda _: RerunLog(tmp_path, KNOWN))
    person = await at_a_browser("vera.lind", **LOOKS[look])
    await person.sign_in()
    await person.page.goto(f"{person.settings.origin}/reruns")
    assert await faults_of(person.page) == []
    assert person.complaints == []
