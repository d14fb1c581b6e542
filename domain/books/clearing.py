"""The exchanges that stand in the clearing account, by attempt to pay, until what was exchanged comes back."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from domain.money.amounts import ZERO, rounded
from domain.payment.booked.figures import BookedFigures
from domain.streams import AttemptNumber
from domain.values import Money


class _Exchange(NamedTuple):
    """The sum of an order that is out, and what stands in the clearing account for it."""

    order: Decimal = ZERO
    clearing: Decimal = ZERO


class _Place(NamedTuple):
    """The attempt of an exchange, and the currency of its other side."""

    attempt: AttemptNumber
    currency: str


class StandingExchanges:
    """The exchanges of a partnership's payments. Parts of one that were booked in two currencies stand apart."""

    __slots__ = ("_standing",)

    def __init__(self) -> None:
        self._standing: dict[_Place, _Exchange] = {}

    def add(self, attempt: AttemptNumber, order: Money, clearing: Money) -> None:
        """Take a booking: so much of the order for so much in the clearing account, if it was exchanged."""
        if order.currency == clearing.currency:
            return
        place = _Place(attempt, clearing.currency)
        standing = self._standing.get(place, _Exchange())
        self._standing[place] = _Exchange(standing.order + order.amount, standing.clearing + clearing.amount)

    def take_back(self, attempt: AttemptNumber, figures: BookedFigures) -> Decimal:
        """Return the part of the clearing account that a return takes: in proportion, and all with the last part.

        What is beyond the part that stands there of the attempt, in the currency that came back, clears as it came.
        """
        return self._taken((_Place(attempt, figures.booked_sum.currency),), figures)

    def take_refund(self, figures: BookedFigures) -> Decimal:
        """Return the part of the clearing account that a refund takes: of the newest attempts first.

        What is beyond the part that stands there, in the currency that came back, clears as it came.
        """
        of_currency = (place for place in self._standing if place.currency == figures.booked_sum.currency)
        return self._taken(sorted(of_currency, reverse=True), figures)

    def _taken(self, places: Iterable[_Place], figures: BookedFigures) -> Decimal:
        whole, principal = figures.instructed_sum.amount, figures.principal
        share, back = ZERO, whole
        for place in places:
            part = min(back, self._standing.get(place, _Exchange()).order)
            share += self._take(place, part) if part else ZERO
            back -= part
        return share + rounded(Fraction(principal.amount) * Fraction(back) / Fraction(whole), principal.currency)

    def _take(self, place: _Place, back: Decimal) -> Decimal:
        standing = self._standing[place]
        share = standing.clearing
        if back < standing.order:
            share = rounded(Fraction(standing.clearing) * Fraction(back) / Fraction(standing.order), place.currency)
        self._standing[place] = _Exchange(standing.order - back, standing.clearing - share)
        return share
