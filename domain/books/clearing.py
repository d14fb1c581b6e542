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
        """Return the part of the clearing account that a return takes: in proportion, and all with the last part.

        Where nothing stands there of the attempt, the return clears as a whole.
        """
        standing, back = self._standing.get(place, _Exchange()), figures.instructed_sum.amount
        if not standing.order:
            return figures.principal.amount
        return self._take(place, standing, back, figures.booked_sum.currency)

    def take_refund(self, figures: BookedFigures) -> Decimal:
        """Return the part of the clearing account that a refund takes: of the newest attempts first.

        Where nothing stands there, the refund clears as a whole.
        """
        back, share = figures.instructed_sum.amount, ZERO
        standing_places = sorted((place for place, standing in self._standing.items() if standing.order), reverse=True)
        if not standing_places:
            return figures.principal.amount
        for place in standing_places:
            standing = self._standing[place]
            part = min(back, standing.order)
            share += self._take(place, standing, part, figures.booked_sum.currency) if part else ZERO
            back -= part
        return share

    def _take(self, place: AttemptNumber, standing: _Exchange, back: Decimal, currency: str) -> Decimal:
        share = standing.clearing
        if back < standing.order:
            share = rounded(Fraction(standing.clearing) * Fraction(back) / Fraction(standing.order), currency)
        self._standing[place] = _Exchange(max(ZERO, standing.order - back), standing.clearing - share)
        return share
