"""The sample's export is judged as people type it: named, written, kept, and verified."""

from __future__ import annotations

from pathlib import Path

import pytest

from accord.demo.sample import SAMPLE
from tests.accord.shell import BAD_INPUT, DONE, REFUSED, Shell

EXPORT, MAPPING = str(SAMPLE / "shadow" / "export"), str(SAMPLE / "shadow" / "mapping.toml")


async def test_an_export_is_judged_kept_and_verified(shell: Shell, tmp_path: Path) -> None:
    """Given the sample's export and a key, then it is named what would have been stopped, and the report is kept."""
    key, kept, workbook = tmp_path / "shadow.key", tmp_path / "kept", tmp_path / "report.xlsx"
    await shell.done("ledger", "key", "shadow.example.org", "--out", key)
    asked = ("shadow", "check", EXPORT, "--mapping", MAPPING, "--key", key, "--keep", kept, "--workbook", workbook)
    answer = await shell(*asked)
    assert answer.code == REFUSED
    assert "STOP payment T-1 (payments.csv row 2): paid on 2026-02-20" in answer.words
    assert "Nothing was decided" in answer.words
    assert "grants.approver_4 (no_column, 7 rows)" in answer.words
    assert workbook.read_bytes().startswith(b"PK")
    verified = await shell("shadow", "verify", kept, "--log", f"{key}.pub")
    assert (verified.code, verified.words.strip()) == (DONE, "1 reports, each as it was signed.")


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        (("--day", "2026-13-01"), "--day: '2026-13-01' is no day"),
        (("--day", "2999-01-01"), "is still to come"),
        (("--keep", "kept"), "--key, --keep: give both"),
    ],
)
async def test_what_was_asked_wrongly_is_told(shell: Shell, words: tuple[str, ...], fault: str) -> None:
    answer = await shell("shadow", "check", EXPORT, "--mapping", MAPPING, *words)
    assert answer.code == BAD_INPUT
    assert fault in answer.words
