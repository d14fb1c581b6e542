"""Files that a command writes anew."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from accord.cli.printing.new_files import OWN, write_new
from accord.presentation.faults import BadInput


def test_a_file_with_a_secret_is_its_owners_alone_from_its_first_byte(tmp_path: Path) -> None:
    write_new(tmp_path / "house.p12", b"secret", mode=OWN)
    assert (tmp_path / "house.p12").read_bytes() == b"secret"
    assert stat.S_IMODE((tmp_path / "house.p12").stat().st_mode) == OWN


def test_a_file_that_is_there_stays_as_it_is(tmp_path: Path) -> None:
    """Given a file, when another would take its place, then one line names option, fault and remedy."""
    (tmp_path / "budget.xlsx").write_bytes(b"mine")
    with pytest.raises(BadInput, match=r"--workbook: .*budget.xlsx is there already; name another file"):
        write_new(tmp_path / "budget.xlsx", b"theirs", "--workbook")
    assert (tmp_path / "budget.xlsx").read_bytes() == b"mine"


def test_a_folder_that_is_none_is_told_in_a_line(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="cannot be written: No such file or directory"):
        write_new(tmp_path / "none" / "letter.pdf", b"x")
