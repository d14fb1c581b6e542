"""The sums that an approval covers, and whether an amendment goes beyond them, which withdraws it (R34)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from itertools import accumulate
from typing import Final

from domain.directory.tiers import Role
from domain.partnership.proposal.amendment import ANEW, Change
from domain.proposal import Proposal
from domain.values import Money, Value

TOLERATED_GROWTH: Final = Decimal("1.10")
"""An approval is withdrawn once the sum exceeds this multiple of the approved sum, even if in several small steps."""


_MONEY, _WORK = frozenset({Role.FINANCE_APPROVER, Role.DIRECTOR}), frozenset({Role.PROGRAMME_APPROVER, Role.DIRECTOR})

TOUCHED: Final = {
    Change.AMOUNT: _MONEY,
    Change.SCHEDULE: _MONEY,
    Change.GIFT: _MONEY,
    Change.PURPOSE: _WORK,
    Change.TITLE: _WORK,
    Change.REPORT: _MONEY | _WORK,
    Change.PERIOD: _WORK,
    Change.BUDGET: _WORK,
    Change.INDIRECT: _MONEY,
    Change.NAME: frozenset(),
    Change.UPDATE: frozenset(),
}
"""By lesser change: the roles whose approvals it may withdraw."""


class Sums(Value):
    """The sums of a proposal that an approval covers."""

    money: Money | None = None
    """Of the money out or, without money out, of the money in."""
    plan: tuple[Decimal, ...] = ()
    """Of each tranche, in order."""
    days: tuple[date | None, ...] = ()
    """The day before which each tranche is not paid."""
    gift: Money | None = None
    """Of the money in."""


def sums_of(proposal: Proposal) -> Sums:
    """Return the sums of a proposal."""
    out, gift = proposal.funds_out, proposal.funds_in
    plan = tuple(tranche.money.amount for tranche in out.tranches) if out else ()
    days = tuple(tranche.due_on for tranche in out.tranches) if out else ()
    return Sums(money=proposal.money, plan=plan, days=days, gift=gift.money if gift else None)


def falls(role: Role, sums: Sums, changes: Iterable[Change], now: Sums) -> bool:
    """True if an amendment withdraws an approval, which was given in `role` for the sums `sums`."""
    return any(change in ANEW or (role in TOUCHED[change] and _matters(change, sums, now)) for change in changes)


def _matters(change: Change, sums: Sums, now: Sums) -> bool:
    """True if a lesser change goes beyond the approval. A change of words or of a report always does."""
    match change:
        case Change.AMOUNT:
            return outgrown(sums.money, now.money)
        case Change.SCHEDULE:
            return earlier(sums.plan, now.plan) or sooner(sums.days, now.days) or ahead(sums, now)
        case Change.GIFT:
            return outgrown(sums.gift, now.gift) or outgrown(now.gift, sums.gift)
        case _:
            return True


def outgrown(money: Money | None, now: Money | None) -> bool:
    """True if a sum is more than a tenth above what was approved, or not comparable with it."""
    if now is None:
        return False
    if money is None or money.currency != now.currency:
        return True
    return now.amount > money.amount * TOLERATED_GROWTH


def earlier(amounts: tuple[Decimal, ...], now: tuple[Decimal, ...]) -> bool:
    """True if more than a tenth above what was approved would be paid by one of the tranches."""
    planned_totals = [*accumulate(amounts)]
    by_then = [*planned_totals, *(planned_totals[-1:] or [Decimal(0)]) * max(0, len(now) - len(planned_totals))]
    return any(amount > TOLERATED_GROWTH * limit for amount, limit in zip(accumulate(now), by_then, strict=False))


def sooner(days: tuple[date | None, ...], now: tuple[date | None, ...]) -> bool:
    """True if a tranche may be paid before the day that was approved for it."""
    day_pairs = zip(days, now, strict=False)
    return any(day is not None and (new_day is None or new_day < day) for day, new_day in day_pairs)


def ahead(sums: Sums, now: Sums) -> bool:
    """True if more than a tenth above what was approved may be paid by some day, in whichever tranches."""
    days = {day for day in (*sums.days, *now.days) if day is not None}
    return any(_payable(now, by) > TOLERATED_GROWTH * _payable(sums, by) for by in (date.min, *days))


def _payable(sums: Sums, by: date) -> Decimal:
    """Return the sum of the tranches that may be paid by a day. Those without a day may be paid at any time."""
    dated_amounts = zip(sums.plan, sums.days, strict=False)
    return sum((amount for amount, day in dated_amounts if day is None or day <= by), Decimal(0))
