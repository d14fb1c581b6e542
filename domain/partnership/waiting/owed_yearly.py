"""The yearly report of blocked property: by 30 September of what is held on 30 June (31 CFR 501.603(b)(2), rules 4.8).

The first report on a match is a condition (SANCTIONS_REPORT). Once that is on file, each further filing of the same
condition is the report of the oldest year that is open, so that no year is passed over.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Final

from domain.partnership import commands as c
from domain.partnership.refund.refunds import RefundDirection
from domain.partnership.state import Partnership
from domain.partnership.waiting.owing import Obligation, ObligationKind, owes
from domain.policy.canonical import order_of
from domain.policy.conditions import ConditionId
from domain.values import Money

SINCE: Final = "2026.6"
"""The edition since which it is told of. What runs under an earlier one goes on as it was recorded."""


def yearly_reports(partnership: Partnership) -> Iterator[Obligation]:
    """Yield the yearly report that is due next of property that is blocked."""
    held_on = year_to_report(partnership)
    gift = partnership.proposed.funds_in
    if held_on is None or gift is None:
        return
    money = Money(amount=_blocked_sum(partnership), currency=gift.money.currency)
    words = (
        f"report to OFAC the blocked property that is held on {held_on}, at most {money} of this gift, and file the "
        "report (31 CFR 501.603(b)(2))"
    )
    command = f"satisfy {{id}} --condition {ConditionId.SANCTIONS_REPORT.value} --note NOTE --as STAFF"
    due = date(held_on.year, 9, 30)
    yield owes(ObligationKind.BLOCKED_REPORT, str(held_on.year), words, due, held_on, c.Satisfy, command)


def year_to_report(partnership: Partnership) -> date | None:
    """Return the oldest 30 June of which no report is on file, or None if nothing is blocked, or no report is yet."""
    found_on = dict(partnership.asked_on).get(ConditionId.SANCTIONS_REPORT)
    filings = sum(condition is ConditionId.SANCTIONS_REPORT for condition, _ in partnership.filed)
    if found_on is None or not filings or not _blocked_sum(partnership) or not _is_told(partnership):
        return None
    since = max(found_on, partnership.received_on or found_on)
    first_year = since.year if since <= date(since.year, 6, 30) else since.year + 1
    return date(first_year + filings - 1, 6, 30)


def _blocked_sum(partnership: Partnership) -> Decimal:
    """Return the sum of a donor's money that is blocked: in a blocked account, or not moved there yet."""
    into = RefundDirection.TO_BLOCKED_ACCOUNT
    moved = (refund.money.amount for refund in partnership.refunds if refund.direction is into)
    return partnership.to_block + sum(moved, Decimal(0))


def _is_told(partnership: Partnership) -> bool:
    edition = partnership.seen_under
    return bool(edition) and order_of(edition) >= order_of(SINCE)
