"""Reruns are kept: the same once, and none is changed, removed or told otherwise unseen."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from accord.operations.rerun.digests import edition_run
from accord.operations.rerun.log import RerunLog
from domain.policy.rulebook import RULE_BOOK
from domain.rerun.draft import NOT_ANSWERED, released
from domain.rerun.report import RerunBeside, RerunReport, tables_of
from ledger.proof.checkpoints import CheckpointFolder
from ledger.proof.notes import Checkpoint, NoteRefused, SigningKey

NOW = datetime(2026, 12, 1, tzinfo=UTC)
KEY = SigningKey.make("ledger.example.org")


def report(position: int = 7) -> RerunReport:
    """Return a report on a year without decisions."""
    beside = RerunBeside(refused_by_people=0, withheld=0, imported=0, cut_short=())
    return RerunReport.model_validate(
        {
            "position": position, "root": "ab" * 32, "edition": edition_run(released(RULE_BOOK.version)),
            "since": date(2025, 1, 1), "until": date(2025, 12, 31), "beside": beside, "not_answered": NOT_ANSWERED,
            **tables_of(()),
        }
    )  # fmt: skip


@pytest.fixture
def log(tmp_path: Path) -> RerunLog:
    return RerunLog(tmp_path, (KEY.verifier,))


def test_a_rerun_is_kept_once_and_its_line_names_the_place_in_the_ledger(log: RerunLog) -> None:
    first, same, other = (log.keep(report(position), KEY, NOW) for position in (7, 7, 8))
    assert (first.is_new, same.is_new, other.is_new) == (True, False, True)
    assert [(line.position, line.root) for line in log.lines()] == [(7, "ab" * 32), (8, "ab" * 32)]
    assert log.report(first.line) == report()
    assert log.faults() == []


def test_a_report_that_was_changed_is_refused(log: RerunLog) -> None:
    kept = log.keep(report(), KEY, NOW)
    kept.report.chmod(0o600)
    kept.report.write_bytes(report(8).content)
    assert log.faults() == [f"line 1: {kept.report.name} is not the report it names"]
    with pytest.raises(NoteRefused, match="is not the report it names"):
        log.report(kept.line)


def test_a_line_that_says_otherwise_than_its_report_is_refused_though_it_is_signed(log: RerunLog) -> None:
    """Given a line of whoever holds the key that counts fewer refusals than its report, then it does not verify."""
    kept = log.keep(report(), KEY, NOW)
    other = kept.line.model_copy(update={"position": 9})
    path = log.folder / "000001.rerun"
    path.chmod(0o600)
    path.write_text(f"{other.text}\n{KEY.line(other.text)}", "utf-8")
    assert log.faults() == [f"line 1 says otherwise than its report {kept.report.name}"]
    assert json.loads(kept.report.read_bytes())["position"] == 7


def test_a_line_of_another_ledger_than_the_checkpoint_beside_it_is_refused(log: RerunLog) -> None:
    """Given a signed checkpoint of the same position, then its root must be the line's."""
    kept, folder = log.keep(report(), KEY, NOW), CheckpointFolder(log.folder)
    same, other = (Checkpoint("ledger.example.org", 7, root) for root in (bytes.fromhex("ab" * 32), bytes(32)))
    folder.keep(same, f"{same.text}\n{KEY.line(same.text)}")
    assert log.faults() == []
    folder.keep(other, f"{other.text}\n{KEY.line(other.text)}")
    assert log.faults() == ["line 1: the checkpoint of 7 events here has another root"]
    with pytest.raises(NoteRefused, match="another root"):
        log.report(kept.line)
