"""Names of those who are on no list, as the screening's bench draws them: by halves, and those of persons apart."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.screening.pairs import Draw, draw_of
from bench.screening.short_words import is_short, short
from bench.screening.strangers import bodies, in_care

IN_CARE = ("% QUILLON MARLOW", "% ROSA B TARQANI", "% ZORVANIA BANK", "% MARLOW", "% Q MARLOW", "% MARLOW & HERON", "")
ROWS = [f"01{number:07},ZORVANIA SOCIETY {number},{name},1 MAIN ST" for number, name in enumerate(IN_CARE)]
"""Invented rows in the official format, as far as its columns are read."""


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "irs/bmf"
    folder.mkdir(parents=True)
    (folder / "eo_zz.csv").write_text("\n".join(["EIN,NAME,ICO,STREET", *ROWS]), encoding="latin-1")
    return tmp_path


def test_persons_in_care_are_told_from_bodies_and_offices(data: Path) -> None:
    assert sorted(name for draw in Draw for name in in_care(data, draw)) == ["QUILLON MARLOW", "ROSA B TARQANI"]


def test_a_name_is_in_one_half_only(data: Path) -> None:
    """Given rows of a master file, then each name is drawn once, in the half that its own hash says."""
    halves = {draw: bodies(data, draw) for draw in Draw}
    assert sorted(name for names in halves.values() for name in names) == [
        f"ZORVANIA SOCIETY {number}" for number in range(len(ROWS))
    ]
    assert all(draw_of(name) is draw for draw, names in halves.items() for name in names)
    assert all(halves.values())


def test_a_short_word_counts_once_two_names_bear_it() -> None:
    assert short(["ALI MARLOW", "ALI HERON", "KIM KIM", "TARQANI ROSA", "TARQANI HERON"]) == {"ali"}


@pytest.mark.parametrize(("word", "expected"), [("ali", True), ("mousa", True), ("a", False), ("tarqani", False)])
def test_a_word_is_short_by_its_spelling(word: str, expected: bool) -> None:
    assert is_short(word) is expected
