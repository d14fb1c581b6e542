"""The demo ends: few cases on a new folder, all where an earlier run was cut off, whose files and payments wait.

It starts ten processes, which takes a minute. `tests/accord/demo/test_playing.py` plays every day in servers that run.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from accord.demo.cases.every_kind import CASES
from accord.demo.house import HOUSE
from accord.demo.money.scenes import MONEY
from accord.letters.sealing import is_sealed
from examples.gift import proved_by
from ledger import clock
from tests.conftest import ROOT
from tests.waiting import BACKSTOP

DEMO = (sys.executable, "-m", "accord", "demo", "--once")

FEW = (4, 9, 10, 19)
"""Declined by the rules; rejected by the bank, then paid; a gift, and the grant that it pays."""

SCENES = (23, 24, 25)
"""Paid in another currency and reported; back less a fee, and paid again; a gift that the bank takes back."""

OPEN = (33, 36, 38, 39, 40)
"""Left open: with a question, late, with a payment that waits to be handed over, awaiting its agreement, and with all
that a grant may have."""


def program_of(cases: tuple[int, ...], left_open: tuple[int, ...]) -> str:
    """A program that plays these cases alone."""
    return f"""
from accord.cli import main
from accord.cli.installation import demo

demo.CASES = tuple(one for one in demo.CASES if one.number in {cases})
demo.MONEY = tuple(one for one in demo.MONEY if one.number in {cases})
demo.HOUSE = tuple(one for one in demo.HOUSE if one.number in {left_open})
main.main()
"""


FEWEST = (sys.executable, "-c", program_of((4, 9), (38, 39, 40)), "demo", "--once")
DEMO_OF_FEW = (sys.executable, "-c", program_of((*FEW, *SCENES), OPEN), "demo", "--once")
BY_LINK = (sys.executable, "-c", program_of((1,), (38, 41)), "demo", "--once")
"""With the grantee who does all by link, which takes a while."""


def play(folder: Path, words: tuple[str, ...] = DEMO) -> subprocess.Popen[str]:
    elsewhere = {name: value for name, value in os.environ.items() if not name.startswith("ACCORD_")}
    environment = {**elsewhere, "ACCORD_DATA": str(folder), "COLUMNS": "200"}
    return subprocess.Popen(
        words, cwd=ROOT, env=environment, text=True, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip


def said_by(demo: subprocess.Popen[str]) -> str:
    """Wait for a demo, and return what it printed."""
    printed, _ = demo.communicate(timeout=BACKSTOP)
    assert demo.returncode == 0, printed
    return printed


def cut_off_at_the_first_payment(demo: subprocess.Popen[str]) -> None:
    """Interrupt a demo, as Ctrl-C does, as soon as the first of its partnerships may be paid."""
    assert demo.stdout is not None
    assert any(line.endswith(" ACTIVE\n") for line in demo.stdout), "no partnership became active"
    demo.send_signal(signal.SIGINT)
    demo.communicate(timeout=BACKSTOP)


OPEN_FORM = re.compile(r"Their open form, the final report: (http://localhost:\d+/f/\S{43})$", re.MULTILINE)


def require_ended(demo: subprocess.Popen[str], cases: int, left_open: int) -> str:
    """Wait for a demo, and fail unless it led so many partnerships to their ends, and left so many open.

    Return what it printed.
    """
    printed = said_by(demo)
    ended = re.findall(r"^│ (P-\S+) │.*│ (CLOSED|TERMINATED|DECLINED|WITHDRAWN) +│", printed, re.MULTILINE)
    unended = re.findall(r"^│ (P-\S+) │.*│ (PROPOSED|APPROVAL|AGREEMENT|ACTIVE)(?: HOLD)? +│", printed, re.MULTILINE)
    assert (len(ended), len(unended)) == (cases, left_open), printed
    if left_open:
        assert re.search(r"AGREEMENT .*sign the agreement", printed), "a director finds an agreement to record"
    assert "import list" in printed, "what was brought in from before is named"
    assert "staff passkey" in printed, "what a newcomer needs to decide on a page is said at the end"
    assert f"{clock.today()}: all four sides agree." in printed, printed
    return printed


def require_money_explained(printed: str, folder: Path) -> None:
    """Fail unless each entry of the statement has its explanation, the book adds up, and the day's line is kept."""
    explained = re.findall(r"│ +(USD -?[0-9,.]+) │ (CHARGE|GIFT|OPEN|PAYMENT|RETURN|TO_DONOR) +│", printed)
    assert sorted(explained) == [
        ("USD -18.00", "CHARGE"), ("USD -4,000.00", "TO_DONOR"), ("USD -6,000.00", "PAYMENT"),
        ("USD -6,000.00", "PAYMENT"), ("USD -8,996.50", "PAYMENT"), ("USD 4,000.00", "GIFT"),
        ("USD 5,975.00", "RETURN"),
    ], printed  # fmt: skip
    assert "USD: debits 19,021.50, credits 19,021.50." in printed
    assert len(list((folder / "checkpoints").glob("*.attestation"))) == 2, "yesterday's line, and today's"


def require_letters_and_mail(folder: Path) -> None:
    """Fail unless a newcomer finds both letters, sealed, and what the grantee was told of payments and reports."""
    for name in ("award", "agreement"):
        assert is_sealed((folder / "letters" / f"P-2026-0040-{name}.pdf").read_bytes())
    mails = [file.read_text("utf-8") for file in sorted((folder / "mails").glob("*.txt"))]
    mine = [mail for mail in mails if "P-2026-0040" in mail]
    assert all("To: Ines Marek <ines.marek@lakeside.example>" in mail for mail in mine)
    for words in ("Payment 2", "Report 1", "Report 2", "days.ics"):
        assert any(words in mail for mail in mine), (words, mails)


def require_a_donors_page(printed: str, folder: Path) -> None:
    """Fail unless the gift's page is where the demo says, and holds without its script under what stands beside it."""
    page, key, checkpoint = (
        Path(path) for path in re.findall(rf"^  ({re.escape(str(folder))}/\S+)$", printed, re.MULTILINE)
    )
    proved = proved_by(*(path.read_text("utf-8") for path in (page, key, checkpoint)))
    assert proved.startswith("P-2026-0010, in USD: available 13000.00, received 25000.00, spent 12000.00.")


def require_publications(printed: str, folder: Path) -> None:
    """Fail unless each publication lies in its folder with a receipt, and a newcomer is told where and how it opens."""
    for kind, file in (("schedules", "schedule-totals.csv"), ("360giving", "360giving.json"), ("board", "board.html")):
        assert (folder / "published" / kind / file).exists(), printed
    for kind in ("schedules", "360giving", "iati", "commongrants", "board"):
        receipt = json.loads((folder / "published" / kind / "receipt.json").read_text("utf-8"))
        assert receipt["total"]["number"] > 0, (kind, receipt)
        assert f"/published/{kind}:" in printed
    assert "publish explain" in printed


@pytest.mark.slow
@pytest.mark.early
def test_the_demo_plays_two_cases_to_their_ends_and_leaves_three_open(tmp_path: Path) -> None:
    require_ended(play(tmp_path / "data", FEWEST), 2, 3)
    require_letters_and_mail(tmp_path / "data")


@pytest.mark.slow
def test_the_demo_plays_cases_to_their_ends_on_a_new_folder(tmp_path: Path) -> None:
    printed = require_ended(play(tmp_path / "data", DEMO_OF_FEW), len(FEW) + len(SCENES), len(OPEN))
    require_letters_and_mail(tmp_path / "data")
    require_money_explained(printed, tmp_path / "data")
    require_a_donors_page(printed, tmp_path / "data")
    require_publications(printed, tmp_path / "data")


@pytest.mark.slow
def test_the_demo_plays_every_case_to_its_end_on_a_folder_where_a_run_was_cut_off(tmp_path: Path) -> None:
    cut_off_at_the_first_payment(play(tmp_path / "data"))
    require_ended(play(tmp_path / "data"), len(CASES) + len(MONEY), len(HOUSE))


@pytest.mark.slow
def test_a_second_demo_on_a_folder_leaves_what_stands_open_as_it_is(tmp_path: Path) -> None:
    require_ended(play(tmp_path / "data", DEMO_OF_FEW), len(FEW) + len(SCENES), len(OPEN))
    require_ended(play(tmp_path / "data", DEMO_OF_FEW), len(FEW), 0)


@pytest.mark.slow
def test_a_second_demo_says_the_open_form_of_the_first(tmp_path: Path) -> None:
    """Given a grantee who did all by link, when the demo runs again, then it plays nothing of it, and says the link."""
    first = said_by(play(tmp_path / "data", BY_LINK))
    second = said_by(play(tmp_path / "data", BY_LINK))
    assert len(OPEN_FORM.findall(first)) == 1
    assert OPEN_FORM.findall(second) == OPEN_FORM.findall(first)
    assert "P-2026-0141" not in second
