"""The yearly report of blocked property: by 30 September of what is held on 30 June (31 CFR 501.603(b)(2), rules 4.8).

The first report on a match is a condition (SANCTIONS_REPORT). Once that is on file, each further filing of the same
condition is the report of the oldest year that is open, so that no year is passed over.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from domain.partnership import commands as c
from domain.partnership.state import Partnership
from domain.partnership.waiting.blocked_years import blocked_sum, year_to_report
from domain.partnership.waiting.owing import Obligation, ObligationKind, owes
from domain.policy.conditions import ConditionId
from domain.values import Money


def yearly_reports(partnership: Partnership) -> Iterator[Obligation]:
    """Yield the yearly report that is due next of property that is blocked."""
    held_on = year_to_report(partnership)
    gift = partnership.proposed.funds_in
    if held_on is None or gift is None:
        return
    money = Money(amount=blocked_sum(partnership), currency=gift.money.currency)
    words = (
        f"once {held_on} is over, report to OFAC the blocked property that is held on it, at most {money} of this "
        "gift, and file the report (31 CFR 501.603(b)(2))"
    )
    command = f"satisfy {{id}} --condition {ConditionId.SANCTIONS_REPORT.value} --note NOTE --as STAFF"
    due = date(held_on.year, 9, 30)
    yield owes(ObligationKind.BLOCKED_REPORT, str(held_on.year), words, due, held_on, c.Satisfy, command)
