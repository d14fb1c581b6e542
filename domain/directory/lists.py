"""The sanctions lists by name, and the organisation's rule on them: which bind it, and how old their word may be."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import Final, NamedTuple


class SanctionsList(StrEnum):
    """A sanctions list, by the name of its register."""

    OFAC_SDN = "ofac-sdn"
    OFAC_CONSOLIDATED = "ofac-consolidated"
    UNITED_NATIONS = "un-consolidated"
    EUROPEAN_UNION = "eu-consolidated"
    UNITED_KINGDOM = "uk-sanctions"


OFAC_AND_UN: Final = (SanctionsList.OFAC_SDN, SanctionsList.OFAC_CONSOLIDATED, SanctionsList.UNITED_NATIONS)
"""The lists that bind an organisation whose rules name none."""

DEFAULT_DAYS: Final = 7
"""The days for which a list's last confirmation is good, if the organisation's rules do not say it."""

MOST_DAYS: Final = 35
"""The most days that an organisation may allow."""


class ListRule(NamedTuple):
    """The organisation's rule on sanctions lists."""

    lists: tuple[str, ...] = OFAC_AND_UN
    """The lists that bind it. No other is asked."""
    days: int = DEFAULT_DAYS
    """The days for which the last confirmation of a list is good."""

    @property
    def limit(self) -> timedelta:
        """The longest time since a list was last confirmed."""
        return timedelta(days=self.days)
