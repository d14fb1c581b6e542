"""A sample by money: each unit has the same chance, large payments are always in, and the seed draws it again."""

from __future__ import annotations

from collections import Counter
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.payment.sample import choices_of, interval_of, selections, start_of

quick = settings(max_examples=100, database=None)
AMOUNTS = st.lists(st.integers(1, 90), min_size=1, max_size=12)
SEEDS = st.text("abcdef0123456789", min_size=1, max_size=32)


@quick
@given(AMOUNTS, st.integers(1, 120))
def test_each_unit_of_money_is_selected_by_one_start_alone(amounts: list[int], interval: int) -> None:
    """Given any payments, when every start is tried, then each unit was selected once: its chance is 1 by interval."""
    units = Counter(
        unit for start in range(1, interval + 1) for one in choices_of(amounts, interval, start) for unit in one.units
    )
    assert units == Counter(range(1, sum(amounts) + 1))


@quick
@given(AMOUNTS, st.integers(1, 120))
def test_a_payment_is_chosen_as_often_as_its_sum_is_of_the_interval(amounts: list[int], interval: int) -> None:
    times = Counter(one.place for start in range(1, interval + 1) for one in choices_of(amounts, interval, start))
    assert times == {place: min(amount, interval) for place, amount in enumerate(amounts)}


@pytest.mark.slow
@quick
@given(AMOUNTS, st.integers(1, 120), SEEDS)
def test_what_is_at_least_the_interval_is_always_in(amounts: list[int], interval: int, seed: str) -> None:
    picked = list(choices_of(amounts, interval, start_of(seed, interval)))
    large = {place for place, amount in enumerate(amounts) if amount >= interval}
    assert {one.place for one in picked if one.is_certain} == large


@quick
@given(AMOUNTS, st.integers(1, 120), SEEDS)
def test_a_selected_unit_lies_in_the_payment_that_it_chose(amounts: list[int], interval: int, seed: str) -> None:
    for one in choices_of(amounts, interval, start_of(seed, interval)):
        assert one.before == sum(amounts[: one.place])
        assert all(one.before < unit <= one.before + amounts[one.place] for unit in one.units)


@quick
@given(AMOUNTS, st.integers(1, 50), SEEDS)
def test_so_many_units_are_selected_as_were_asked_for_or_all(amounts: list[int], size: int, seed: str) -> None:
    interval = interval_of(sum(amounts), size)
    number = sum(len(one.units) for one in choices_of(amounts, interval, start_of(seed, interval)))
    assert min(size, sum(amounts)) <= number <= selections(sum(amounts), interval)


@quick
@given(AMOUNTS, st.integers(1, 120), SEEDS)
def test_the_same_seed_draws_the_same_again(amounts: list[int], interval: int, seed: str) -> None:
    first, second = (list(choices_of(amounts, interval, start_of(seed, interval))) for _ in range(2))
    assert first == second


def test_the_start_is_what_anybody_can_compute_from_the_seed() -> None:
    """Given the words of the method, then a program of a stranger's finds the same start. A released start stays."""
    digest = int(sha256(b"accord.sample.1\nseed-2026").hexdigest(), 16)
    assert start_of("seed-2026", 1_000_000) == digest % 1_000_000 + 1
    assert [start_of("seed-2026", interval) for interval in (1, 10, 1_000_000)] == [1, 1, 522_691]
