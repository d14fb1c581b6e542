"""Sums in every spelling in which somebody may lawfully write them, for tests of what must not depend on it."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from hypothesis import strategies as st

MOST_DIGITS: Final = 18
"""Digits that an amount may have (`domain.values.PositiveAmount`)."""

_ROUND: Final = st.builds(lambda digit, zeros: digit * Decimal(10) ** zeros, st.integers(1, 99), st.integers(0, 8))
_ANY: Final = st.decimals(Decimal("0.01"), Decimal("9999999.99"), places=2)
SUMS: Final = st.one_of(_ROUND, _ANY)
"""Sums of two decimal places at most: round ones, of which databases and people drop the zeros, and any other."""


def spellings(amount: Decimal, most_zeros: int = 4) -> Iterator[str]:
    """Yield a sum as text: with more or fewer zeros at its end, and with zeros before it."""
    plain = f"{amount:f}"
    whole, _, cents = plain.partition(".")
    least = cents.rstrip("0")
    for ending in (least.ljust(length, "0") for length in range(len(least), len(least) + most_zeros + 1)):
        for before in ("", "0", "000"):
            yield f"{before}{whole}.{ending}" if ending else f"{before}{whole}"


def is_clear(spelling: str) -> bool:
    """True if nobody reads a spelling as thousands. What is not is asked back where people write (30.000)."""
    whole, _, places = spelling.partition(".")
    return len(places) != 3 or not 1 <= len(whole) <= 3 or whole.startswith("0")


def spelled(amount: Decimal) -> st.SearchStrategy[str]:
    """Return the spellings of a sum that are short enough, the shortest as often as all others together."""
    fitting = [one for one in spellings(amount) if len(one.replace(".", "").lstrip("0")) <= MOST_DIGITS]
    return st.one_of(st.just(fitting[0]), st.sampled_from(fitting))
