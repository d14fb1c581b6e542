"""A partnership's claim on each fund, by its own state: reserved, committed and spent."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

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


def claims_of(partnership: Partnership, new_shares: tuple[FundShare, ...] | None = None) -> dict[str, Claim]:
    """Return a partnership's claim on each fund that pays it: by its own shares, or by new ones."""
    shares = partnership.shares if new_shares is None else new_shares
    spent, owing = partnership.spent, owing_of(partnership)
    is_lasting, until = partnership.is_lasting, lapses_at(partnership)
    claims: dict[str, Claim] = {}
    for share, paid_sum in zip(shares, paid_by(shares, spent), strict=True):
        kept_sum = max(ZERO, min(owing, share.amount - paid_sum))
        owing -= kept_sum
        levels = (ZERO, kept_sum) if is_lasting else (kept_sum, ZERO)
        claims[share.fund] = Claim(*levels, paid_sum, until if kept_sum and not is_lasting else None)
    return claims


def owing_of(partnership: Partnership) -> Decimal:
    """Return the sum still to be paid of a partnership. If it has ended, only payments on their way count."""
    over = partnership.ended or Direction.FUNDS_OUT in partnership.ended_legs
    waits = over or not (partnership.is_lasting or partnership.is_approved)
    open_still = (
        tranche for tranche in partnership.tranches
        if (tranche.state in IN_FLIGHT if waits else tranche.state is not TrancheState.SETTLED)
    )  # fmt: skip
    return sum((progress.remainder for progress in open_still), ZERO)


def lapses_at(partnership: Partnership) -> datetime | None:
    """Return the time at which a reservation lapses: the day on which the partnership does. A hold suspends it."""
    deadline = partnership.deadline
    if partnership.hold is not None or deadline is None or deadline.wait is not Wait.AGREEMENT:
        return None
    if deadline.escalated:
        return deadline.due
    return deadline.counted_by.after(deadline.due, ALLOWANCES[Wait.AGREEMENT].escalated)
