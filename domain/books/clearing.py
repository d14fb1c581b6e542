"""The exchanges that stand in the clearing account, by attempt to pay, until what was exchanged comes back."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from domain.money.amounts import ZERO, rounded
from domain.payment.booked.figures import BookedFigures
from domain.streams import AttemptNumber


class _Exchange(NamedTuple):
    """The sum of an order that is out, and what stands in the clearing account for it."""

    order: Decimal = ZERO
    clearing: Decimal = ZERO


class StandingExchanges:
    """The exchanges of a partnership's payments."""

    __slots__ = ("_standing",)

    def __init__(self) -> None:
        self._standing: dict[AttemptNumber, _Exchange] = {}

    def add(self, place: AttemptNumber, order: Decimal, clearing: Decimal) -> None:
        """Take an exchange that was booked: so much of the order for so much in the clearing account."""
        standing = self._standing.get(place, _Exchange())
        self._standing[place] = _Exchange(standing.order + order, standing.clearing + clearing)

    def take_back(self, place: AttemptNumber, figures: BookedFigures) -> Decimal:
        """Return what leaves the clearing account by a return: in proportion, and all of it with the last part.

        Where nothing stands there of the attempt, the return clears as a whole.
        """
        standing, back = self._standing.get(place, _Exchange()), figures.instructed_sum.amount
        if not standing.order:
            return figures.principal.amount
        share = standing.clearing
        if back < standing.order:
            exact = Fraction(standing.clearing) * Fraction(back) / Fraction(standing.order)
            share = rounded(exact, figures.booked_sum.currency)
        self._standing[place] = _Exchange(max(ZERO, standing.order - back), standing.clearing - share)
        return share
