"""Sums of partnerships of before Accord: as they are claimed, they count together with later ones (R33, ADR 0160)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, date, datetime, time
from typing import NamedTuple

from domain.imported.claims import ClaimedStage, ImportedPartnership
from domain.imported.orders import ImportRecord
from domain.legs.direction import Direction
from domain.legs.funds_out import FundsOut
from domain.parties import Party, PartyKind
from domain.partnership.approval.together import COUNTED_FOR, SUPPORTED_FOR, is_paid_body
from domain.screening.approved_sums import ApprovedSum
from domain.values import Moment, Money


class PastRecord(NamedTuple):
    """A record of before that stands, with the time at which it was brought in."""

    record: ImportRecord
    recorded_at: Moment


def sum_of_before(past: PastRecord, own_leg: FundsOut, at: Moment, also_here: Collection[str]) -> ApprovedSum | None:
    """Return the sum that a partnership of before adds to a leg approved at a time, or None.

    `also_here`: the references of partnerships that count by themselves; of such a one only what was paid before does.
    Where nobody knows when it was approved, it counts as if it had been when it was brought in. A day that has not
    come is a mistake of the books of before, and no reason to count less.
    """
    return _within(past, own_leg, also_here, at - COUNTED_FOR)


def support_of_before(
    past: PastRecord, own_leg: FundsOut, at: Moment, also_here: Collection[str]
) -> ApprovedSum | None:
    """Return a partnership of before as the funder's support of a payee within four years, or None (rules 3.14)."""
    same_funder = past.record.partnership.funder == own_leg.funder
    return _within(past, own_leg, also_here, at - SUPPORTED_FOR) if same_funder else None


def _within(past: PastRecord, own_leg: FundsOut, also_here: Collection[str], since: Moment) -> ApprovedSum | None:
    claim, approved_at = past.record.partnership, _approved_at(past)
    if claim.direction is not Direction.FUNDS_OUT or approved_at < since:
        return None
    money = _money(claim, continued=past.record.reference in also_here)
    if money is None or not is_paid_body(_payee(claim), own_leg):
        return None
    return ApprovedSum(partnership_id=past.record.reference, money=money, approved_at=approved_at, same_payee=True)


def _money(claim: ImportedPartnership, *, continued: bool) -> Money | None:
    """Return the agreed sum or, of what ended or goes on here, the sum that was paid and kept."""
    if claim.agreed is None:
        return None
    if not continued and claim.stage is ClaimedStage.IN_FORCE:
        return claim.agreed
    return Money(amount=claim.kept, currency=claim.agreed.currency) if claim.kept else None


def _approved_at(past: PastRecord) -> Moment:
    claim = past.record.partnership
    day = claim.approved_on or claim.agreed_on
    return _noon(day) if day is not None else past.recorded_at


def _noon(day: date) -> Moment:
    return datetime.combine(day, time(12), UTC)


def _payee(claim: ImportedPartnership) -> Party:
    partner = claim.partner
    return Party(name=partner.name, kind=partner.kind or PartyKind.NONPROFIT, country=partner.country, ein=partner.ein)
