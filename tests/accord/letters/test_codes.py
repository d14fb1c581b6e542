"""Codes: eighty bits of chance after a partnership's reference, read as people type them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.letters.codes import new_code, read_code
from accord.presentation.faults import BadInput


@given(st.integers(0, 9999))
def test_a_code_is_read_as_it_is_written(number: int) -> None:
    code = new_code(f"P-2027-{number:04}")
    assert read_code(str(code)) == code
    assert read_code(str(code).lower().replace("-", " ")) == code
    assert read_code(str(code).replace("-", "")) == code


def test_signs_that_look_alike_are_one() -> None:
    assert read_code("P-2027-0042-OOOO-IIII-LLLL-7KQ2") == read_code("P-2027-0042-0000-1111-1111-7KQ2")


def test_no_two_codes_are_alike_and_the_digest_says_nothing_of_the_chance() -> None:
    codes = {new_code("P-2027-0042") for _ in range(200)}
    assert len({code.sha256 for code in codes}) == 200
    assert all(code.chance.lower() not in code.sha256 for code in codes)


def test_the_digest_is_of_the_partnership_too() -> None:
    code = new_code("P-2027-0042")
    assert code._replace(partnership_id="P-2027-0043").sha256 != code.sha256


@pytest.mark.parametrize("written", ["", "P-2027-0042", "7KQ2-9FJM", "P-2027-0042-7KQ2-9FJM-0000-000U", "x" * 10_000])
def test_what_is_no_code_is_refused(written: str) -> None:
    with pytest.raises(BadInput, match="code: it is no code of a letter"):
        read_code(written)
