"""The source of a script's choices: a seed, or a tool that looks for the shortest script that fails."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Any, Protocol, TypeVar

Option = TypeVar("Option")


class Draw(Protocol):
    """Makes the choices of a script."""

    def number(self, low: int, high: int) -> int:
        """Return a whole number from low to high."""

    def one(self, options: Sequence[Option]) -> Option:
        """Return one of the options."""

    def weighted(self, options: dict[Option, int]) -> Option:
        """Return one of the options, more often one that weighs more."""


class Seeded:
    """Seeded choices."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311 - a drill, not a secret

    def number(self, low: int, high: int) -> int:
        """Return a whole number from low to high."""
        return self._random.randint(low, high)

    def one(self, options: Sequence[Option]) -> Option:
        """Return one of the options."""
        return self._random.choice(options)

    def weighted(self, options: dict[Option, int]) -> Option:
        """Return one of the options, more often one that weighs more."""
        return self._random.choices(list(options), list(options.values()))[0]


class Drawn:
    """Choices of hypothesis, made smaller where a script fails."""

    def __init__(self, draw: Callable[[Any], Any], strategies: Any) -> None:
        self._draw, self._strategies = draw, strategies

    def number(self, low: int, high: int) -> int:
        """Return a whole number from low to high."""
        return int(self._draw(self._strategies.integers(low, high)))

    def one(self, options: Sequence[Option]) -> Option:
        """Return one of the options."""
        found: Option = self._draw(self._strategies.sampled_from(list(options)))
        return found

    def weighted(self, options: dict[Option, int]) -> Option:
        """Return one of the options. Where a script is made shorter, weights do not matter."""
        return self.one(list(options))
