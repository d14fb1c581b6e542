"""The end of the period: it stops what pays ahead, not what an accepted report of it releases (rules 4.11)."""

from __future__ import annotations

from datetime import date

from domain.fault import Fault
from domain.partnership.state import Partnership
from domain.policy.waiting import BINDS_SINCE


def period_fault(partnership: Partnership, tranche: int, on: date) -> Fault | None:
    """Return the reason why a tranche would be paid ahead, after the end of its period, or None."""
    if not partnership.is_bound(BINDS_SINCE, on):
        return None
    return partnership.reporting.ahead_of(partnership.proposed.period, tranche, on)
