"""The demo ends: on a new folder, and on one where an earlier run was cut off, whose bank files and payments wait."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

from accord.demo.cases import CASES
from tests.conftest import ROOT
from tests.waiting import BACKSTOP

DEMO = (sys.executable, "-m", "accord", "demo", "--once")


def play(folder: Path) -> subprocess.Popen[str]:
    elsewhere = {name: value for name, value in os.environ.items() if not name.startswith("ACCORD_")}
    environment = {**elsewhere, "ACCORD_DATA": str(folder), "COLUMNS": "200"}
    return subprocess.Popen(
        DEMO, cwd=ROOT, env=environment, text=True, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip


def cut_off_at_the_first_payment(demo: subprocess.Popen[str]) -> None:
    """Interrupt a demo, as Ctrl-C does, as soon as the first of its partnerships may be paid."""
    assert demo.stdout is not None
    assert any(line.endswith(" ACTIVE\n") for line in demo.stdout), "no partnership became active"
    demo.send_signal(signal.SIGINT)
    demo.communicate(timeout=BACKSTOP)


def test_the_demo_plays_every_case_to_its_end_on_a_folder_where_a_run_was_cut_off(tmp_path: Path) -> None:
    cut_off_at_the_first_payment(play(tmp_path / "data"))

    demo = play(tmp_path / "data")
    printed, _ = demo.communicate(timeout=BACKSTOP)

    assert demo.returncode == 0, printed
    ended = re.findall(r"^│ (P-\S+) │.*│ (CLOSED|TERMINATED|DECLINED|WITHDRAWN) +│", printed, re.MULTILINE)
    assert len(ended) == len(CASES), printed
