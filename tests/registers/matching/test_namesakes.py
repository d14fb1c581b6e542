"""A name of the staff that somebody behind a party bears is a question (rules 3.10)."""

from __future__ import annotations

import pytest

from registers.matching.namesakes import may_be_one_person


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Vera Lind", "vera lind"),
        ("Lind, Vera", "Vera Lind"),
        ("Véra Lind", "Vera Lind"),
        ("Vera Maria Lind", "Vera Lind"),
        ("Вера Линд", "Vera Lind"),
        ("Vera L. Lind", "Vera Lind"),
    ],
)
def test_the_same_words_in_any_order_are_asked_about_both_ways(one: str, other: str) -> None:
    assert may_be_one_person(one, other)
    assert may_be_one_person(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Vera Lind", "Vera Berg"),
        ("Vera", "Vera Lind"),
        ("Vera Lind", "Lind"),
        ("Vera Lind Berg", "Vera Lind Adams"),
        ("Vera L.", "Vera L. Berg"),
    ],
)
def test_a_first_name_or_a_family_name_alone_is_not(one: str, other: str) -> None:
    assert not may_be_one_person(one, other)
