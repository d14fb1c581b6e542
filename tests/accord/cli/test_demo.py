"""The demo ends: few cases on a new folder, all where an earlier run was cut off, whose files and payments wait."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from accord.demo.cases import CASES
from accord.demo.house import HOUSE
from accord.letters.sealing import is_sealed
from tests.conftest import ROOT
from tests.waiting import BACKSTOP

DEMO = (sys.executable, "-m", "accord", "demo", "--once")

FEW = (1, 4, 9, 10, 19)
"""Paid and reported; declined by the rules; rejected by the bank, then paid; a gift, and the grant that it pays."""

OPEN = (33, 36, 38, 39, 40)
"""Left open: with a question, late, with a payment that waits to be handed over, awaiting its agreement, and with all
that a grant may have."""

PROGRAM_OF_FEW = f"""
from accord.cli import main
from accord.cli.installation import demo

demo.CASES = tuple(one for one in demo.CASES if one.number in {FEW})
demo.HOUSE = tuple(one for one in demo.HOUSE if one.number in {OPEN})
main.main()
"""
DEMO_OF_FEW = (sys.executable, "-c", PROGRAM_OF_FEW, "demo", "--once")


def play(folder: Path, words: tuple[str, ...] = DEMO) -> subprocess.Popen[str]:
    elsewhere = {name: value for name, value in os.environ.items() if not name.startswith("ACCORD_")}
    environment = {**elsewhere, "ACCORD_DATA": str(folder), "COLUMNS": "200"}
    return subprocess.Popen(
        words, cwd=ROOT, env=environment, text=True, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip


def cut_off_at_the_first_payment(demo: subprocess.Popen[str]) -> None:
    """Interrupt a demo, as Ctrl-C does, as soon as the first of its partnerships may be paid."""
    assert demo.stdout is not None
    assert any(line.endswith(" ACTIVE\n") for line in demo.stdout), "no partnership became active"
    demo.send_signal(signal.SIGINT)
    demo.communicate(timeout=BACKSTOP)


def require_ended(demo: subprocess.Popen[str], cases: int, left_open: int) -> None:
    """Wait for a demo, and fail unless it led so many partnerships to their ends, and left so many open."""
    printed, _ = demo.communicate(timeout=BACKSTOP)
    assert demo.returncode == 0, printed
    ended = re.findall(r"^│ (P-\S+) │.*│ (CLOSED|TERMINATED|DECLINED|WITHDRAWN) +│", printed, re.MULTILINE)
    unended = re.findall(r"^│ (P-\S+) │.*│ (PROPOSED|APPROVAL|AGREEMENT|ACTIVE)(?: HOLD)? +│", printed, re.MULTILINE)
    assert (len(ended), len(unended)) == (cases, left_open), printed
    if left_open:
        assert re.search(r"AGREEMENT .*sign the agreement", printed), "a director finds an agreement to record"
    assert "staff passkey" in printed, "what a newcomer needs to decide on a page is said at the end"


def require_letters_and_mail(folder: Path) -> None:
    """Fail unless a newcomer finds both letters, sealed, and what the grantee was told of payments and reports."""
    for name in ("award", "agreement"):
        assert is_sealed((folder / "letters" / f"P-2026-0040-{name}.pdf").read_bytes())
    mails = [file.read_text("utf-8") for file in sorted((folder / "mails").glob("*.txt"))]
    mine = [mail for mail in mails if "P-2026-0040" in mail]
    assert all("To: Ines Marek <ines.marek@lakeside.example>" in mail for mail in mine)
    for words in ("Payment 2", "Report 1", "Report 2", "days.ics"):
        assert any(words in mail for mail in mine), (words, mails)


@pytest.mark.early
def test_the_demo_plays_cases_to_their_ends_on_a_new_folder(tmp_path: Path) -> None:
    require_ended(play(tmp_path / "data", DEMO_OF_FEW), len(FEW), len(OPEN))
    require_letters_and_mail(tmp_path / "data")


@pytest.mark.slow
def test_the_demo_plays_every_case_to_its_end_on_a_folder_where_a_run_was_cut_off(tmp_path: Path) -> None:
    cut_off_at_the_first_payment(play(tmp_path / "data"))
    require_ended(play(tmp_path / "data"), len(CASES), len(HOUSE))


@pytest.mark.slow
def test_a_second_demo_on_a_folder_leaves_what_stands_open_as_it_is(tmp_path: Path) -> None:
    require_ended(play(tmp_path / "data", DEMO_OF_FEW), len(FEW), len(OPEN))
    require_ended(play(tmp_path / "data", DEMO_OF_FEW), len(FEW), 0)
