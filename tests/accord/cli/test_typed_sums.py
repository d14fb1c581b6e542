"""A sum with its currency is read by every command in one way, and asked back where it is not clear."""

from __future__ import annotations

import pytest

from accord.cli.typed_sums import typed_money
from accord.presentation.faults import BadInput


@pytest.mark.parametrize(
    ("typed", "read"),
    [("USD 30025.00", "USD 30,025.00"), ("usd 30,025.00", "USD 30,025.00"), (" JPY 300 ", "JPY 300")],
)
def test_a_sum_is_read_with_its_currency(typed: str, read: str) -> None:
    assert str(typed_money("--booked", typed)) == read


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ("30025", "is no sum with its currency; write it as in 'USD 1250.00'"),
        ("ZZZ 5", "is no sum with its currency"),
        ("USD 1.00001", "is no sum with its currency"),
        ("USD 1.234", "may be 1,234.00 or 1.234"),
        ("EUR x", "is no sum"),
    ],
)
def test_what_is_no_clear_sum_is_refused_under_the_name_of_its_option(typed: str, fault: str) -> None:
    with pytest.raises(BadInput, match=f"^--booked: .*{fault}"):
        typed_money("--booked", typed)
