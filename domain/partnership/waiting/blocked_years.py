"""The years of which a report of blocked property is still to be filed (31 CFR 501.603(b)(2), rules 4.8)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Final

from domain.partnership.refund.refunds import RefundDirection
from domain.partnership.state import Partnership
from domain.policy.canonical import order_of
from domain.policy.conditions import ConditionId

SINCE: Final = "2026.6"
"""The edition since which it is told of. What runs under an earlier one goes on as it was recorded."""


def year_to_report(partnership: Partnership) -> date | None:
    """Return the oldest 30 June of which no report is on file, or None if nothing is blocked, or no report is yet."""
    found_on = dict(partnership.asked_on).get(ConditionId.SANCTIONS_REPORT)
    filings = sum(condition is ConditionId.SANCTIONS_REPORT for condition, _ in partnership.filed)
    if found_on is None or not filings or not blocked_sum(partnership) or not _is_told(partnership):
        return None
    since = max(found_on, partnership.received_on or found_on)
    first_year = since.year if since <= date(since.year, 6, 30) else since.year + 1
    return date(first_year + filings - 1, 6, 30)


def blocked_sum(partnership: Partnership) -> Decimal:
    """Return the sum of a donor's money that is blocked: in a blocked account, or not moved there yet."""
    into = RefundDirection.TO_BLOCKED_ACCOUNT
    moved = (refund.money.amount for refund in partnership.refunds if refund.direction is into)
    return partnership.to_block + sum(moved, Decimal(0))


def _is_told(partnership: Partnership) -> bool:
    edition = partnership.seen_under
    return bool(edition) and order_of(edition) >= order_of(SINCE)
