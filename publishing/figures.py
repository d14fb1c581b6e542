"""Figures: sums that keep the events which they are the sum of."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple

from domain.money.amounts import ZERO
from domain.values import minor_digits
from publishing.movements import GrantMovement


class SumPart(NamedTuple):
    """The share of one event in a sum. The event behind a fact that is no sum has the amount None."""

    position: int
    amount: Decimal | None = None


class EventSum(NamedTuple):
    """A sum in one currency, and its parts in the order of their positions."""

    currency: str
    parts: tuple[SumPart, ...] = ()

    @property
    def amount(self) -> Decimal:
        """The sum of its parts."""
        return sum((part.amount for part in self.parts if part.amount is not None), ZERO)

    @property
    def written(self) -> str:
        """The sum as a decimal with all places of its currency."""
        return f"{self.amount:.{minor_digits(self.currency)}f}"


class FileCell(NamedTuple):
    """A cell of a file, by a name that is unique in it, with the parts of what it says."""

    name: str
    parts: tuple[SumPart, ...]


def figure_of(currency: str, movements: Iterable[GrantMovement]) -> EventSum:
    """Return the sum of movements of one currency."""
    parts = (SumPart(movement.position, movement.amount) for movement in movements if movement.currency == currency)
    return EventSum(currency, tuple(sorted(parts, key=lambda part: part.position)))


def added(currency: str, figures: Iterable[EventSum]) -> EventSum:
    """Return figures of one currency as one."""
    parts = (part for figure in figures for part in figure.parts)
    return EventSum(currency, tuple(sorted(parts, key=lambda part: part.position)))
