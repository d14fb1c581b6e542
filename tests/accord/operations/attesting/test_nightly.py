"""The attester's nightly work: which days are due, and what it tells when it cannot sign."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from temporalio.common import MetricMeter

from accord.client.desk import Desk
from accord.operations.attesting.nightly import AGAIN, Attester, differing, due
from domain.attestation.line import AttestationLine, DayVerdict
from tests.accord.operations.attesting import checkpoint, log_of, signing, sources, yesterday
from tests.domain.attestation.test_line import line
from tests.ledger.proof import LOG, OTHER_LOG

TODAY = date(2026, 11, 20)


def days_ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def of(days: int, verdict: DayVerdict = DayVerdict.AGREES) -> AttestationLine:
    return line(day=days_ago(days), verdict=verdict)


def test_a_log_begins_with_yesterday_and_leaves_no_day_of_the_last_week_out() -> None:
    assert due([], TODAY) == [days_ago(1)]
    assert due([of(4), of(2)], TODAY) == [days_ago(3), days_ago(1)]
    assert due([of(days) for days in range(9, 0, -1)], TODAY) == []


@pytest.mark.parametrize("verdict", [DayVerdict.DIFFERS, DayVerdict.NOT_KNOWN])
def test_a_day_is_attested_again_until_it_agrees_or_a_week_has_passed(verdict: DayVerdict) -> None:
    lines = [of(AGAIN + 1, verdict), of(AGAIN, verdict), *(of(days) for days in range(AGAIN - 1, 0, -1))]
    assert due(lines, TODAY) == [days_ago(AGAIN)]
    assert differing(lines, TODAY) == ([days_ago(AGAIN)] if verdict is DayVerdict.DIFFERS else [])
    assert due([*lines, of(AGAIN)], TODAY) == []


async def test_it_signs_yesterday_and_says_why_it_cannot(furnished: Desk, tmp_path: Path) -> None:
    """Given no checkpoint, then it is not ready and says so; with one it signs, and with another key it does not."""
    attester = Attester(sources(furnished), signing(tmp_path), log_of(tmp_path), MetricMeter.noop)
    await attester.once()
    assert "there is no checkpoint" in await attester.fault()
    await checkpoint(furnished, tmp_path)
    await attester.once()
    assert (await attester.fault(), [one.day for one in log_of(tmp_path).lines()]) == ("", [yesterday()])
    other = Attester(sources(furnished), signing(tmp_path, OTHER_LOG), log_of(tmp_path, OTHER_LOG), MetricMeter.noop)
    await other.once()
    assert "none of the keys given signed it" in await other.fault()
    assert len(log_of(tmp_path, LOG).files()) == 1
