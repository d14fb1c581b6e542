"""systemd itself takes the units, and finds that what they run is exposed to little."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Final

import pytest

from deploy.processes.table import PROCESSES, Process
from deploy.processes.units import PROGRAMS, TARGET, units
from tests.deploy.processes.parsing import entries_of

pytestmark = pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")
MOST_EXPOSED: Final = 15
"""Tenths of what `systemd-analyze security` counts: up to 100, and below 20 it says OK."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The units, with programs where they look for them."""
    programs, made = tmp_path / "bin", tmp_path / "units"
    programs.mkdir()
    made.mkdir()
    for name in {process.command[0] for process in PROCESSES}:
        (programs / name).write_text("#!/bin/sh\n")
        (programs / name).chmod(0o755)
    for name, text in units().items():
        (made / name).write_text(text.replace(PROGRAMS, str(programs)))
    return made


def verified(folder: Path) -> subprocess.CompletedProcess[str]:
    """What systemd says of all units together."""
    files = sorted(map(str, folder.iterdir()))
    return subprocess.run(["systemd-analyze", "verify", *files], capture_output=True, text=True, check=False)


def test_systemd_takes_the_units(folder: Path) -> None:
    told = verified(folder)
    assert (told.returncode, told.stderr) == (0, "")


MISSPELT = [("Type=exec", "Type=exce"), ("ProtectHome=yes", "ProtectHomes=yes"), ("[Service]", "[Servic]")]


@pytest.mark.parametrize(("before", "after"), MISSPELT)
def test_systemd_finds_a_misspelt_unit(folder: Path, before: str, after: str) -> None:
    unit = folder / PROCESSES[0].unit
    unit.write_text(unit.read_text().replace(before, after))
    word = after.removeprefix("Type=").removesuffix("=yes").strip("[]")
    assert word in verified(folder).stderr


def exposure(unit: Path) -> subprocess.CompletedProcess[str]:
    """How much systemd finds a unit to be exposed, refused above the most."""
    words = ("systemd-analyze", "security", "--offline=true", f"--threshold={MOST_EXPOSED}", "--no-pager", str(unit))
    return subprocess.run(words, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("process", PROCESSES, ids=lambda process: process.name)
def test_a_unit_is_exposed_to_little(folder: Path, process: Process) -> None:
    told = exposure(folder / process.unit)
    assert told.returncode == 0, told.stdout[-300:]


@pytest.mark.parametrize("line", ["DynamicUser=yes\n", "SystemCallFilter=@system-service\n", "PrivateUsers=yes\n"])
def test_a_unit_without_a_line_of_its_sandbox_is_exposed_to_more(folder: Path, line: str) -> None:
    unit = folder / PROCESSES[0].unit
    before = exposure(unit).stdout
    unit.write_text(unit.read_text().replace(line, ""))
    assert exposure(unit).stdout.splitlines()[-1] != before.splitlines()[-1]


def test_the_target_starts_every_process() -> None:
    [(_, description), (_, wanted)] = entries_of(units()[TARGET])["Unit"]
    assert description
    assert wanted.split() == [process.unit for process in PROCESSES]
