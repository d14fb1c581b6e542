"""The sample's export is judged as people type it: named, written, kept, and verified."""

from __future__ import annotations

import asyncio
import os
import re
import sys
from pathlib import Path

import pytest

from accord.demo.sample import SAMPLE
from accord.operations.shadow.log import ShadowLog
from ledger import clock
from ledger.proof.notes import VerifierKey
from tests.accord.operations.shadow.exports import folders_with
from tests.accord.shell import BAD_INPUT, DONE, REFUSED, Shell
from tests.conftest import ROOT
from tests.logins import let_in
from tests.waiting import BACKSTOP, until

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


@pytest.mark.slow
async def test_the_nightly_process_judges_by_its_own_login_and_ends_when_it_is_asked_to(
    furnished_database: str, tmp_path: Path
) -> None:
    """Given an export of today, when the process stands, then it is judged under its own key, and SIGTERM ends it."""
    await let_in(furnished_database)
    folders = folders_with(tmp_path, (clock.today(),))
    given = {"ACCORD_SHADOW_EXPORTS": str(folders.exports), "ACCORD_SHADOW": str(folders.kept)}
    narrow = {"ACCORD_DATABASE_URL": re.sub(r"//[^@]*@", "//", furnished_database)}
    program = (sys.executable, "-m", "accord", "shadow", "nightly")
    process = await asyncio.create_subprocess_exec(*program, env={**os.environ, **given, **narrow}, cwd=ROOT)
    try:
        await until(lambda: _has_line(folders.kept))
        process.terminate()
        assert await asyncio.wait_for(process.wait(), BACKSTOP) == 0
    finally:
        if process.returncode is None:
            process.kill()
    verifier = VerifierKey.parse((folders.kept / "shadow.key.pub").read_text("utf-8"))
    assert [line.day for line in ShadowLog(folders.kept, (verifier,)).lines()] == [clock.today()]


async def _has_line(kept: Path) -> bool:
    return bool(_lines(kept))


async def test_a_process_without_folders_says_which_it_lacks(shell: Shell) -> None:
    """Given no folder of exports, then the nightly process ends at once, and names the setting."""
    answer = await shell("shadow", "nightly")
    assert answer.code == BAD_INPUT
    assert "ACCORD_SHADOW_EXPORTS is not set" in answer.words


def _lines(kept: Path) -> list[Path]:
    return list(kept.glob("*.shadow"))
