"""Reports on another system are kept: the same once, another beside it, and none changed or removed unseen."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from accord.operations.shadow.log import ShadowLog
from domain.shadow.report import ShadowReport
from ledger.proof.notes import NoteRefused, SigningKey

NOW = datetime(2026, 12, 1, tzinfo=UTC)
KEY = SigningKey.make("ledger.example.org")


def report(payments: int = 3) -> ShadowReport:
    """Return a report that names nothing."""
    return ShadowReport(
        source="grants-system", day=date(2026, 11, 30), rule_book="2026.6", mapping_sha256="0" * 64, files=(),
        registers=(), approvals=1, payments=payments, objections=(), rules=(), unknown=(), not_asked=(),
    )  # fmt: skip


@pytest.fixture
def log(tmp_path: Path) -> ShadowLog:
    return ShadowLog(tmp_path, (KEY.verifier,))


def test_the_same_report_is_kept_once_and_another_beside_it(log: ShadowLog) -> None:
    first, same, other = (log.keep(report(number), KEY, NOW) for number in (3, 3, 4))
    assert (first.is_new, same.is_new, other.is_new) == (True, False, True)
    assert same.line == first.line
    assert other.line.before == first.line.digest
    assert [line.number for line in log.lines()] == [1, 2]
    assert log.faults() == []
    assert first.report.read_bytes() == report().content


def test_a_report_that_was_changed_or_removed_is_told(log: ShadowLog) -> None:
    kept = log.keep(report(), KEY, NOW)
    kept.report.chmod(0o600)
    kept.report.write_bytes(report(4).content)
    assert log.faults() == [f"line 1: {kept.report.name} is not the report it names"]
    with pytest.raises(NoteRefused, match="holds something else"):
        log.keep(report(), KEY, NOW)
    kept.report.unlink()
    assert log.faults() == [f"line 1: its report {kept.report.name} is not here"]


def test_nothing_is_signed_after_a_line_that_does_not_hold(log: ShadowLog) -> None:
    """Given a line that is gone from the middle, or signed by another key, then nothing more is kept."""
    log.keep(report(1), KEY, NOW)
    log.keep(report(2), KEY, NOW)
    stranger = ShadowLog(log.folder, (SigningKey.make("other.example.org").verifier,))
    with pytest.raises(NoteRefused, match="none of the keys"):
        stranger.lines()
    (log.folder / "000001.shadow").unlink()
    with pytest.raises(NoteRefused, match="one is missing"):
        log.keep(report(3), KEY, NOW)
    assert "one is missing" in log.faults()[0]
