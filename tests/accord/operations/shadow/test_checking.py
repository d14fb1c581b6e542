"""An export is judged with the registers of each day: whoever was revoked or listed then, and nobody by hindsight."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import asyncpg
import pytest

from accord.client.desk import Desk
from accord.operations.shadow.checking import check_export
from domain.shadow.judgement import ShadowOutcome
from domain.shadow.report import Objection, ShadowReport
from ledger import clock
from registers.loading import loader
from tests.imports.test_other_systems import files, mapping
from tests.registers.files import load_small

JULY, AUGUST = date(2026, 7, 1), date(2026, 8, 1)
REVOKED = "001000001|RIVERBEND LIBRARY NETWORK||1 MAIN ST|RIVERBEND|KS|00000-0000|US|03|15-MAY-2026|01-AUG-2026|\n"
OTHER = "001000009|OLD MILL COMMUNITY NET||1 MAIN ST|OLD MILL|WV|00000-0000|US|03|15-NOV-2024|12-MAR-2025|\n"


def of(report: ShadowReport, key: str, rule: str) -> list[Objection]:
    """Return the objections of a rule to a decision."""
    return [objection for objection in report.objections if (objection.key, objection.rule) == (key, rule)]


def paid_on(*days: date) -> dict[str, bytes]:
    """Return an export with one payment to the library on each day."""
    heading = "Id,Grant,Payee,Amount,Currency,Status,Paid on,Account,Paid by"
    rows = [f"T-{number},G-1,O-1,100.00,USD,Paid,{day},,Paul Nkosi" for number, day in enumerate(days, 1)]
    return {**files(), "payments.csv": "\n".join((heading, *rows, "")).encode()}


async def test_a_payee_is_judged_by_the_registers_of_the_day_of_its_payment(
    staffed_pool: asyncpg.Pool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given a body that was revoked in August, then its payment of July stands, and that of August is stopped."""
    monkeypatch.setattr(loader, "implausible", lambda _arrival, _floor: None)
    async with staffed_pool.acquire() as connection:
        for number, (day, content) in enumerate({JULY: OTHER, AUGUST: OTHER + REVOKED}.items()):
            path = tmp_path / str(number) / "revocation.txt"
            path.parent.mkdir()
            path.write_text(content, "ascii")
            await load_small(connection, "irs-revocation", path, on=day)
    export = paid_on(JULY, AUGUST, JULY - timedelta(days=1))
    report = await check_export(staffed_pool, export, mapping(), date(2026, 11, 1))
    assert [o.outcome for o in of(report, "T-2", "ELIG-REVOKED")] == [ShadowOutcome.STOP]
    assert of(report, "T-1", "ELIG-REVOKED") == []
    assert [register.source_date for register in report.registers] == [JULY, AUGUST]
    on_payees = {o.key for o in report.objections if o.key.startswith("T-") and not o.rule.startswith("SHADOW-")}
    assert on_payees == {"T-1", "T-2"}, "of the day before the first register nobody knows anything"


async def test_the_sample_is_judged_and_leaves_nothing_behind(furnished: Desk) -> None:
    """Given the sample's export, then what is wrong in it is named by its rule, and the ledger holds no more events."""
    before = await furnished.ledger.head()
    export = files(payments=("2026-06-20,ACC 300-1", f"{clock.today()},ACC 300-1"))
    report = await check_export(furnished.pool, export, mapping(), clock.today())
    assert await furnished.ledger.head() == before
    named = {(objection.key, objection.rule) for objection in report.objections}
    assert named >= {
        ("G-2", "SHADOW-QUORUM"), ("G-3", "SHADOW-SEPARATION"), ("G-4", "SHADOW-QUORUM"),
        ("T-1", "SHADOW-APPROVED-FIRST"), ("T-3", "SHADOW-NO-MORE"), ("T-4", "SHADOW-SAME-PAYEE"),
        ("T-5", "SHADOW-REPORTS"), ("T-5", "SHADOW-PAYER"), ("T-7", "SHADOW-ACCOUNT"),
        ("T-8", "SHADOW-APPROVED-FIRST"), ("T-9", "SHADOW-ONCE"),
    }  # fmt: skip
    assert any(o.outcome is ShadowOutcome.STOP and "ZORVANIA" in o.words for o in report.objections if o.key == "T-7")
    assert any(
        o.outcome is ShadowOutcome.STOP and o.rule == "ELIG-REVOKED" for o in report.objections if o.key == "T-6"
    )
    assert "T-10" not in {key for key, _ in named}
    (payee,) = (count for count in report.rules if count.rule == "SHADOW-PAYEE")
    assert (payee.passed, payee.asked, payee.stopped) == (0, 0, 0)
    assert payee.unknown > 0


async def test_from_a_day_on_only_newer_decisions_are_judged_and_older_ones_count(staffed_pool: asyncpg.Pool) -> None:
    """Given decisions of before, when a night asks for its own, then they are not named, and still count in sums."""
    report = await check_export(staffed_pool, files(), mapping(), date(2026, 11, 1), since=date(2026, 5, 4))
    assert {objection.key for objection in report.objections}.isdisjoint({"G-1", "T-1", "T-3"})
    assert "USD 105,000.00" in of(report, "G-2", "SHADOW-QUORUM")[0].words
    again = await check_export(staffed_pool, files(), mapping(), date(2026, 11, 1), since=date(2026, 5, 4))
    assert again.content == report.content
