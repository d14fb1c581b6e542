"""Tests of many cases with one guard: a few cases run every day, always the same ones, and all in `make check`.

A test asks for it with `@pytest.mark.sampled(3)`: its first case, its last, and one from between stay; the others are
marked as slow.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import pytest


def spread(count: int, cases: int) -> frozenset[int]:
    """The places of so many of the cases, from the first to the last at even distances, or all that there are."""
    if count >= cases:
        return frozenset(range(cases))
    return frozenset(place * (cases - 1) // max(count - 1, 1) for place in range(count))


def leave_out_beyond_samples(items: Iterable[pytest.Item]) -> None:
    """Mark as slow each case that is not of its test's sample. Those that are slow already do not count."""
    cases: dict[str, list[pytest.Item]] = defaultdict(list)
    for item in items:
        if item.get_closest_marker("sampled") and not item.get_closest_marker("slow"):
            cases[item.nodeid.partition("[")[0]].append(item)
    for of_one in cases.values():
        mark = of_one[0].get_closest_marker("sampled")
        assert mark is not None
        kept = spread(int(mark.args[0]), len(of_one))
        for place, item in enumerate(of_one):
            if place not in kept:
                item.add_marker(pytest.mark.slow)
