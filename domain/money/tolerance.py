"""The organisation's tolerance for what a bank books of a payment: its rate, and its charges, without a person."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Final

from pydantic import Field

from domain.values import ExactDecimal, Money, Value

MOST_PERCENT: Final = 10
"""The most that an organisation may allow: beyond it a rate is another one, or a point was lost."""


class BookingTolerance(Value):
    """The distance that a booking may have from its instruction: two figures that two people sign."""

    rate_percent: Annotated[ExactDecimal, Field(ge=0, le=MOST_PERCENT, max_digits=6)] = Field(
        description="How far the bank's rate may be apart from the reference rate of its day, in per cent of that rate"
    )
    charges: Money = Field(
        description="The most that a booking may hold of the bank's charges; those in another currency are converted "
        "at the reference rate of the day"
    )

    @property
    def percent(self) -> Decimal:
        """The share of the rate, in per cent, without zeros that say nothing."""
        return Decimal(f"{self.rate_percent.normalize():f}")
