"""A sample of payments by money: each unit of it has the same chance, and whoever has the seed draws the same again.

Systematic selection by cumulated money. The payments stand in a row, each as long as its sum; from a start that the
seed gives, every unit at the same interval is selected, and a payment is in the sample once a selected unit lies in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import Final, NamedTuple

METHOD: Final = "accord.sample.1"
"""The name of the method, which the digest of the start begins with. Another way to draw gets another name."""

MOST_SELECTIONS: Final = 500
"""The most units that one sample selects."""


class SampleChoice(NamedTuple):
    """A payment in a sample, with the units of money by which it was selected. All sums are in the smallest unit."""

    place: int
    """Its place among the payments, from 0."""
    before: int
    """The money of the payments before it."""
    units: tuple[int, ...]
    """The selected units within it, counted from 1 over all payments."""
    is_certain: bool
    """True if it is at least as large as the interval, so that every start selects it."""


def interval_of(total: int, size: int) -> int:
    """Return the interval by which at least `size` units of a total are selected, or every unit if there are fewer."""
    return max(1, total // size)


def start_of(seed: str, interval: int) -> int:
    """Return the first selected unit, from 1 to the interval: the SHA-256 of method and seed, modulo the interval.

    The digest is far longer than any interval, so that no start is likelier than another by more than 2 ** -190.
    """
    digest = sha256(f"{METHOD}\n{seed}".encode()).digest()
    return int.from_bytes(digest) % interval + 1


def selections(total: int, interval: int) -> int:
    """Return the most units that an interval selects of a total, whatever the start."""
    return -(-total // interval)


def choices_of(amounts: Sequence[int], interval: int, start: int) -> Iterator[SampleChoice]:
    """Yield the payments in which a selected unit lies, in their order.

    `amounts`: the payments' sums. `start`: the first selected unit, from 1 to the interval.
    """
    before = 0
    for place, amount in enumerate(amounts):
        first = before + 1 + (start - before - 1) % interval
        if units := tuple(range(first, before + amount + 1, interval)):
            yield SampleChoice(place, before, units, amount >= interval)
        before += amount
