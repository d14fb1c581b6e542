"""An organisation stands in the master file once, however many millions there are."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from registers.loading.numbers import Numbers


@given(st.lists(st.integers(0, 30).map(lambda number: f"{number * 33_333_333:09}"), max_size=40))
def test_a_number_was_met_before_if_it_was(numbers: list[str]) -> None:
    met, seen = Numbers(), set[str]()
    for number in numbers:
        assert met.again(number) is (number in seen)
        seen.add(number)
