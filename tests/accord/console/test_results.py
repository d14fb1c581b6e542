"""Results stand by objective: how many measures reached their target, fell short, or are not reported yet."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from accord.client.desk import Desk
from domain.partnership import commands as c
from domain.plans import Indicator, Result
from records.read_models.result_lines import ResultStanding, standing_of
from tests.builders import funds_out, measured, proposal
from tests.lives import Life, until_shown

Visit = Callable[[str], Any]


@pytest.mark.parametrize(
    ("baseline", "target", "achieved", "standing"),
    [
        (None, "240", "240", ResultStanding.REACHED),
        (None, "240", "239", ResultStanding.SHORT),
        ("40", "10", "10", ResultStanding.REACHED),
        ("40", "10", "11", ResultStanding.SHORT),
        (None, None, "3", ResultStanding.TOLD),
        (None, "240", None, ResultStanding.TOLD),
    ],
)
def test_a_result_stands_beside_its_target(
    baseline: str | None, target: str | None, achieved: str | None, standing: ResultStanding
) -> None:
    def number(text: str | None) -> Decimal | None:
        return None if text is None else Decimal(text)

    indicator = Indicator(number=1, what="Teachers who were trained", baseline=number(baseline), target=number(target))
    words = None if achieved else "Most of them came"
    assert standing_of(indicator, Result(indicator=1, achieved=number(achieved), words=words)) is standing


def test_what_nobody_reported_is_open() -> None:
    assert standing_of(Indicator(number=1, what="Teachers who were trained"), None) is ResultStanding.OPEN


@pytest.mark.slow
async def test_what_a_report_says_counts_once_it_is_accepted(visit: Visit, desk: Desk, reference: str) -> None:
    """Given a grant that is measured, when its report is accepted, then its result stands beside the target."""
    life, visitor = Life(desk, reference), await visit("otto.audit")

    async def own() -> list[tuple[Any, ...]]:
        await until_shown(desk)
        rows = (await visitor.get("/results?format=json")).json()
        return [(row["target"], row["achieved"], row["standing"]) for row in rows if row["partnership_id"] == reference]

    await life.paid(proposal(reference, funds_out=funds_out("5000.00"), **measured()))
    assert await own() == [("240", None, "not reported yet")]
    figures = {"currency": "USD", "spent": "5000.00"}
    results = [{"indicator": 1, "achieved": "250"}]
    await life.do(c.Report, "pia.berg", summary="Done as agreed", report_kind="FINAL", figures=figures, results=results)
    assert await own() == [("240", None, "not reported yet")]
    await life.do(c.AcceptReport, "ana.silva", report=1, reason="it agrees with the books")
    assert await own() == [("240", "250", "target reached")]
    assert "Results, by objective" in (await visitor.get("/portfolio")).text
    assert (await visitor.get("/results?objective=NOWHERE&format=json")).json() == []
