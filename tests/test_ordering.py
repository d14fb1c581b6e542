"""What runs every day of many cases, and in which order: always the same, all of it, and in parts of one length."""

from __future__ import annotations

from itertools import pairwise

import pytest

from tests.ordering import in_parts, mixed
from tests.sampling import spread


@pytest.mark.parametrize(
    ("count", "cases", "places"),
    [(1, 5, {0}), (2, 5, {0, 4}), (3, 5, {0, 2, 4}), (3, 9, {0, 4, 8}), (5, 5, set(range(5))), (9, 5, set(range(5)))],
)
def test_a_sample_has_the_first_and_the_last_and_is_spread_between(count: int, cases: int, places: set[int]) -> None:
    assert spread(count, cases) == places


def begun_by(order: list[int], processes: int) -> list[int]:
    """The first test of each process, which is given its part of what is left, as xdist does."""
    left, firsts = list(order), []
    for process in range(processes):
        firsts.append(left[0])
        left = left[len(left) // (processes - process) :]
    return firsts


@pytest.mark.parametrize("processes", [1, 2, 3, 4])
@pytest.mark.parametrize(("long", "others"), [(0, 10), (3, 10), (8, 3), (4, 0), (5, 17)])
def test_each_process_begins_with_what_takes_long_and_nothing_is_left_out(
    processes: int, long: int, others: int
) -> None:
    order = list(in_parts(list(range(long)), list(range(100, 100 + others)), processes))
    assert sorted(order) == [*range(long), *range(100, 100 + others)]
    assert begun_by(order, processes) == [*range(processes)] or long < processes or others < long


def test_the_tests_of_a_file_stay_together_and_those_of_a_shared_office() -> None:
    names = [f"tests/{folder}/test_{file}.py::test_{test}" for folder in ("adversary", "domain") for file in "ab"
             for test in (1, 2)]  # fmt: skip
    order = mixed(names, str)
    assert sorted(order) == sorted(names)
    files = [name.partition("::")[0] if "domain" in name else "adversary" for name in order]
    assert sum(one != other for one, other in pairwise(files)) == 2
