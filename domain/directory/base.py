"""The organisation's base currency: its approval tiers and limits are in it, and all sums are converted into it.

Its rates are reference rates of a recorded day. How old they may be is the organisation's rule as well.
"""

from __future__ import annotations

from datetime import date
from typing import Final, NamedTuple

DEFAULT_DAYS: Final = 7
"""The days for which a reference rate is good, if the organisation's rules do not say it: over Easter five pass."""

MOST_DAYS: Final = 35
"""The most days that an organisation may allow."""


class BaseRule(NamedTuple):
    """The organisation's rule on its base currency."""

    currency: str
    days: int = DEFAULT_DAYS
    """How many days before a decision the rates may be of."""

    def allows(self, day: date, on: date) -> bool:
        """True if rates of a day are good for a decision on another."""
        return 0 <= (on - day).days <= self.days
