"""A decision that leaves a partnership as it is, for tests of what its funds then hold."""

from __future__ import annotations

from datetime import datetime

from domain.funds.booking import Turn
from domain.partnership.state import Partnership


def turn(partnership: Partnership, at: datetime) -> Turn:
    """The partnership before and after a decision at a time."""
    return Turn(partnership, partnership, at, at)
