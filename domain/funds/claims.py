"""A partnership's claim on each fund, by its own state: reserved, committed and spent."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from domain.funds.fund import ZERO, Claim
from domain.grants import FundPart, FundShare, fund_of_gift, paid_by
from domain.partnership.state import IN_FLIGHT, Partnership, TrancheState
from domain.partnership.waiting.deadlines import ALLOWANCES, Wait
from domain.proposal import Direction, FundsOut


def funds_of(partnership: Partnership) -> tuple[str, ...]:
    """Return the ids of the funds that a partnership may move: those that pay it, and that of its gift."""
    out = partnership.proposal.funds_out if partnership.proposal else None
    fund_ids = [part.fund for part in parts_of(partnership, out)] if out else []
    gift = fund_of_own_gift(partnership)
    return tuple(dict.fromkeys((*fund_ids, *(share.fund for share in partnership.shares), *((gift,) if gift else ()))))


def parts_of(partnership: Partnership, out: FundsOut) -> tuple[FundPart, ...]:
    """Return the funds that pay a leg: those that it names, or else those that took it over."""
    return out.parts or tuple(FundPart(fund=share.fund) for share in partnership.shares)


def fund_of_own_gift(partnership: Partnership) -> str | None:
    """Return the fund that a partnership's gift goes to, or None without one or for a gift in kind."""
    gift = partnership.proposal.funds_in if partnership.proposal else None
    if gift is None or gift.in_kind is not None:
        return None
    return fund_of_gift(partnership.partnership_id) if gift.is_restricted else gift.into


class MoneyOut(NamedTuple):
    """The sums of a partnership's money out, which its funds keep and pay."""

    spent: Decimal
    owing: Decimal
    leaving: Decimal
    """The payments at the bank: more than is owed once an earlier attempt was booked after all, for the bank may book
    both."""
    is_lasting: bool
    """True if what is owed is committed, False if it is reserved."""
    lapses_at: datetime | None
    """The time at which a reservation lapses."""


def money_out_of(partnership: Partnership) -> MoneyOut:
    """Return the sums of a partnership's money out, by its own state."""
    owing, leaving = owing_of(partnership), _leaving_of(partnership)
    return MoneyOut(partnership.spent, owing, leaving, partnership.is_lasting, lapses_at(partnership))


def claims_of(partnership: Partnership) -> dict[str, Claim]:
    """Return a partnership's claim on each fund that pays it, by its own shares."""
    return claims_by(money_out_of(partnership), partnership.shares)


def claims_by(money: MoneyOut, shares: tuple[FundShare, ...]) -> dict[str, Claim]:
    """Return the claims on the funds that pay sums by these shares."""
    owing, claims = money.owing, dict[str, Claim]()
    for share, paid_sum, leaving in zip(shares, paid_by(shares, money.spent), leaving_by(money, shares), strict=True):
        planned = max(ZERO, min(owing, share.amount - paid_sum))
        owing, kept_sum = owing - planned, max(planned, leaving)
        if money.is_lasting or not kept_sum:
            claims[share.fund] = Claim(ZERO, kept_sum, paid_sum)
        else:
            claims[share.fund] = Claim(kept_sum, ZERO, paid_sum, money.lapses_at)
    return claims


def leaving_by(money: MoneyOut, shares: tuple[FundShare, ...]) -> tuple[Decimal, ...]:
    """Return the part of each fund in the payments at the bank, by these shares."""
    if not money.leaving:
        return (ZERO,) * len(shares)
    paid_sums = paid_by(shares, money.spent), paid_by(shares, money.spent + money.leaving)
    return tuple(after - before for before, after in zip(*paid_sums, strict=True))


def _leaving_of(partnership: Partnership) -> Decimal:
    at_the_bank = (tranche for tranche in partnership.tranches if tranche.state is TrancheState.HANDED_OVER)
    return sum((tranche.attempt_sum for tranche in at_the_bank), ZERO)


def owing_of(partnership: Partnership) -> Decimal:
    """Return the sum still to be paid of a partnership. If it has ended, only payments on their way count."""
    over = partnership.ended or Direction.FUNDS_OUT in partnership.ended_legs
    waits = over or not (partnership.is_lasting or partnership.is_approved)
    owed = (tranche for tranche in partnership.tranches if not waits or tranche.state in IN_FLIGHT)
    return sum((tranche.remainder for tranche in owed), ZERO)


def lapses_at(partnership: Partnership) -> datetime | None:
    """Return the time at which a reservation lapses: the day on which the partnership does. A hold suspends it."""
    deadline = partnership.deadline
    if partnership.hold is not None or deadline is None or deadline.wait is not Wait.AGREEMENT:
        return None
    if deadline.escalated:
        return deadline.due
    return deadline.counted_by.after(deadline.due, ALLOWANCES[Wait.AGREEMENT].escalated)
