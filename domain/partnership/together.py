"""Sums that are decided together: both legs, and what one payee or purpose got within a year (R33; rules 3.11)."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from datetime import timedelta
from typing import Final

from domain.parties import Party
from domain.partnership.agreements import same_agreement
from domain.partnership.state import Partnership
from domain.proposal import FundsOut, Proposal
from domain.screening.evidence import ApprovedSum
from domain.values import Moment, Money, PartnershipId

COUNTED_FOR: Final = timedelta(days=365)
"""How long an approved sum counts together with later ones."""


def sums_to_decide(proposal: Proposal, together: Iterable[ApprovedSum]) -> tuple[Money, ...]:
    """Return the sums that the tiers must cover: money out with what counts together in its currency, and money in."""
    if proposal.funds_out is None:
        return proposal.sums
    own = proposal.funds_out.left
    beside = (one.money.amount for one in together if one.money.currency == own.currency)
    total = Money(amount=sum(beside, own.amount), currency=own.currency)
    return (total, *proposal.sums[1:])


def approved_sum(
    other: Partnership, proposal: Proposal, at: Moment, accounts: Collection[str] = ()
) -> ApprovedSum | None:
    """Return what another partnership adds to a proposal that is approved at a time; None if it adds nothing.

    `accounts`: the references of the payee's account, if it is known.

    A mere proposal adds nothing, nor does what was declined or ended unpaid, or was approved more than a year before.
    """
    theirs, own = other.proposal.funds_out if other.proposal else None, proposal.funds_out
    if theirs is None or own is None or other.quorum_completed_at is None:
        return None
    counted = other.committed if other.is_approved else other.paid_or_in_flight  # paid stays paid, whatever fell since
    if not counted:
        return None
    money = Money(amount=counted, currency=theirs.currency)
    shared = other.account is not None and other.account.reference in accounts
    one_agreement = other.proposal is not None and same_agreement(other.proposal, proposal)
    approved_at = other.quorum_completed_at
    return counts_together(
        other.partnership_id, theirs, own, money, approved_at, at, shared=shared, one_agreement=one_agreement
    )


def counts_together(
    other: PartnershipId,
    theirs: FundsOut,
    own: FundsOut,
    money: Money,
    approved_at: Moment,
    at: Moment,
    *,
    shared: bool = False,
    one_agreement: bool = False,
) -> ApprovedSum | None:
    """Return a sum that was approved for another leg, if it counts together with a leg that is approved at a time.

    `shared`: both are paid to one account, which makes them one payee whatever their names and numbers (rules 3.10).
    `one_agreement`: both stand under one agreement, whose parts count together however long ago they were approved.
    """
    same_payee = shared or is_same_payee(theirs, own)
    lately = at - approved_at <= COUNTED_FOR and (same_payee or _same_purpose(theirs, own))
    if not (lately or one_agreement):
        return None
    return ApprovedSum(
        partnership_id=other, money=money, approved_at=approved_at, same_payee=same_payee, one_agreement=one_agreement
    )


def is_same_payee(one: FundsOut, other: FundsOut) -> bool:
    """Return whether a number or a paper says so, or an equal name in one country that no number contradicts."""
    return any(_is_one_body(a, b) for a in _bodies(one) for b in _bodies(other))


def _bodies(leg: FundsOut) -> tuple[Party, ...]:
    """Return the payee of a leg, and the one from which it took over, with which what was paid stays (rules 4.4)."""
    return (leg.payee, leg.succession.of) if leg.succession is not None else (leg.payee,)


def _is_one_body(a: Party, b: Party) -> bool:
    if a.ein and b.ein:
        return a.ein == b.ein
    shared = {paper.sha256 for paper in a.papers} & {paper.sha256 for paper in b.papers}
    return bool(shared) or (a.country, _words(a.name)) == (b.country, _words(b.name))


def _same_purpose(one: FundsOut, other: FundsOut) -> bool:
    return (one.funder, _words(one.purpose)) == (other.funder, _words(other.purpose))


def _words(text: str) -> list[str]:
    """Return the words of a text: case and punctuation make no other one, as in the index (`payees.keys_of`)."""
    return re.findall(r"\w+", text.casefold())
