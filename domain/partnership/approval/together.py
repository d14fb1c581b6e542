"""The sums to decide together: both legs, and those of one payee or purpose in a year (R33, rules 3.11)."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from datetime import timedelta
from decimal import Decimal
from typing import Final, NamedTuple

from domain.directory.tiers import HouseRules, Role, most_of, quorum_across, quorum_for
from domain.parties import Party
from domain.partnership.agreement.agreements import same_agreement
from domain.partnership.approval.in_base import quorum_in_base, sums_by_way, totals
from domain.partnership.state import Partnership
from domain.proposal import FundsOut, Proposal
from domain.screening.approved_sums import ApprovedSum
from domain.screening.conversion import Conversion
from domain.values import Moment, Money, PartnershipId

COUNTED_FOR: Final = timedelta(days=365)
"""The time for which an approved sum counts together with later ones."""

SUPPORTED_FOR: Final = timedelta(days=4 * 365 + 1)
"""The time for which an approved sum is support by its funder (26 CFR 1.170A-9(f)(5)(ii): four tax years)."""


NAMED: Final = 10
"""The most sums that a message names one by one. Of the others it gives the number."""


def sums_to_decide(
    proposal: Proposal,
    together: Iterable[ApprovedSum],
    rules: HouseRules | None = None,
    conversion: Conversion | None = None,
) -> tuple[Money, ...] | None:
    """Return the sums that an approver's limits allow: money out with what counts together with it, and money in.

    In the base currency, if the organisation has one; then None if there is no rate, so that no limit is known to cover
    them. Without it, money out is counted in its own currency alone.
    """
    if rules is not None and rules.base is not None:
        return totals(sums_by_way(proposal, _counted(together)), rules.base, conversion)
    if proposal.funds_out is None:
        return proposal.sums
    return (_by_currency(proposal.funds_out.left, _counted(together))[0], *proposal.sums[1:])


def quorum_to_decide(
    proposal: Proposal,
    together: Iterable[ApprovedSum],
    rules: HouseRules | None,
    elevated_risk: bool,
    conversion: Conversion | None = None,
) -> tuple[Role, ...]:
    """Return the roles that must approve a proposal with what counts together with it, in whatever currency (R33).

    `conversion`: the rates by which sums are converted, where the organisation has a base currency.

    Raises:
        ThresholdUnknown: No tier covers the sums; the message says what they are made of.
    """
    if rules is not None and rules.base is not None and proposal.sums:
        approved_sums = _counted(together)
        made_of = _made_of(proposal.funds_out.left, approved_sums) if proposal.funds_out is not None else ""
        return quorum_in_base(sums_by_way(proposal, approved_sums), rules, elevated_risk, conversion, made_of)
    if (out := proposal.funds_out) is not None:
        approved_sums = _counted(together)
        sums, made_of = _by_currency(out.left, approved_sums), _made_of(out.left, approved_sums)
        roles = quorum_across(sums, rules, elevated_risk, made_of)
        return most_of(roles, quorum_for(proposal.sums[1:], rules, elevated_risk)) if proposal.sums[1:] else roles
    return quorum_for(proposal.sums, rules, elevated_risk)


def _counted(together: Iterable[ApprovedSum]) -> tuple[ApprovedSum, ...]:
    return tuple(approved_sum for approved_sum in together if approved_sum.counts)


def _by_currency(own_money: Money, approved_sums: Iterable[ApprovedSum]) -> tuple[Money, ...]:
    """Return the sum of each currency, its own first."""
    sums = {own_money.currency: own_money.amount}
    for approved_sum in approved_sums:
        sums[approved_sum.money.currency] = (
            sums.get(approved_sum.money.currency, Decimal(0)) + approved_sum.money.amount
        )
    return tuple(Money(amount=amount, currency=currency) for currency, amount in sums.items())


def _made_of(own_money: Money, sums: tuple[ApprovedSum, ...]) -> str:
    """Return the parts of a sum beside the proposal, as words that follow the sum in a sentence."""
    if not sums:
        return ""
    parts = [
        f"{approved_sum.money} in {approved_sum.partnership_id} ({approved_sum.common})"
        for approved_sum in sums[:NAMED]
    ]
    more = [f"{len(sums) - NAMED} more"] if len(sums) > NAMED else []
    return f": {own_money} here, {', '.join((*parts, *more))}"


def approved_sum(
    partnership: Partnership,
    proposal: Proposal,
    at: Moment,
    accounts: Collection[str] = (),
    project: Collection[PartnershipId] = (),
) -> ApprovedSum | None:
    """Return the sum that another partnership adds to a proposal approved at a time, or None if it adds nothing.

    `accounts`: the references of the payee's account, if it is known. `project`: the other partnerships that carry out
    one project with the proposal's, as verifiers found.

    A mere proposal adds nothing, nor does one that was declined, ended unpaid, or was approved more than a year before.
    """
    approval = _approved_of(partnership, proposal, accounts)
    if approval is None or partnership.proposal is None:
        return None
    funds_out, own_leg, money, approved_at, shared = approval
    one_agreement = same_agreement(partnership.proposal, proposal)
    return counts_together(
        partnership.partnership_id, funds_out, own_leg, money, approved_at, at,
        shared=shared, one_agreement=one_agreement, one_project=partnership.partnership_id in project,
    )  # fmt: skip


def approved_support(
    partnership: Partnership, proposal: Proposal, at: Moment, accounts: Collection[str] = ()
) -> ApprovedSum | None:
    """Return another partnership as the funder's support of a proposal's payee, as of a time, or None."""
    approval = _approved_of(partnership, proposal, accounts)
    if approval is None:
        return None
    funds_out, own_leg, money, approved_at, shared = approval
    return supports(partnership.partnership_id, funds_out, own_leg, money, approved_at, at, shared=shared)


class _Approved(NamedTuple):
    theirs: FundsOut
    own: FundsOut
    money: Money
    approved_at: Moment
    shared: bool
    """True if both are paid to one account."""


def _approved_of(partnership: Partnership, proposal: Proposal, accounts: Collection[str]) -> _Approved | None:
    """Return the approval of another partnership, beside a proposal, or None if it has none any more."""
    other_leg, own_leg = partnership.proposal.funds_out if partnership.proposal else None, proposal.funds_out
    if other_leg is None or own_leg is None or partnership.quorum_completed_at is None:
        return None
    amount = (
        partnership.committed if partnership.is_approved else partnership.paid_or_in_flight
    )  # paid stays paid, whatever fell since
    if not amount:
        return None
    money = Money(amount=amount, currency=other_leg.currency)
    shared = partnership.account is not None and partnership.account.reference in accounts
    return _Approved(other_leg, own_leg, money, partnership.quorum_completed_at, shared)


def counts_together(
    partnership_id: PartnershipId,
    funds_out: FundsOut,
    own_leg: FundsOut,
    money: Money,
    approved_at: Moment,
    at: Moment,
    *,
    shared: bool = False,
    one_agreement: bool = False,
    one_project: bool = False,
) -> ApprovedSum | None:
    """Return a sum that was approved for another leg, if it counts together with a leg that is approved at a time.

    `shared`: both are paid to one account, which makes them one payee whatever their names and numbers (rules 3.11).
    `one_agreement`: both stand under one agreement, whose parts count together however long ago they were approved.
    `one_project`: a verifier found that both carry out one project, by whichever payees (rules 4.9).
    """
    same_payee = shared or is_same_payee(funds_out, own_leg)
    lately = at - approved_at <= COUNTED_FOR and (same_payee or one_project or _same_purpose(funds_out, own_leg))
    if not (lately or one_agreement):
        return None
    return ApprovedSum(
        partnership_id=partnership_id, money=money, approved_at=approved_at, same_payee=same_payee,
        one_agreement=one_agreement, one_project=one_project,
    )  # fmt: skip


def supports(
    partnership_id: PartnershipId, funds_out: FundsOut, own_leg: FundsOut, money: Money, approved_at: Moment,
    at: Moment, *, shared: bool = False,
) -> ApprovedSum | None:  # fmt: skip
    """Return a sum that the same funder approved for the same payee within four years, or None (rules 3.14, 4.9)."""
    lately = at - approved_at <= SUPPORTED_FOR and funds_out.funder == own_leg.funder
    if not lately or not (shared or is_same_payee(funds_out, own_leg)):
        return None
    return ApprovedSum(partnership_id=partnership_id, money=money, approved_at=approved_at, same_payee=True)


def is_same_payee(funds_out: FundsOut, other_leg: FundsOut) -> bool:
    """True if a number or a paper says so, or an equal name in one country that no number contradicts."""
    return any(_is_one_body(a, b) for a in _bodies(funds_out) for b in _bodies(other_leg))


def is_paid_body(party: Party, leg: FundsOut) -> bool:
    """True if a party is the payee of a leg, or the one from which that took over, as `is_same_payee` says."""
    return any(_is_one_body(party, body) for body in _bodies(leg))


def _bodies(leg: FundsOut) -> tuple[Party, ...]:
    """Return the payee of a leg, and the one from which it took over, with which what was paid stays (rules 4.4)."""
    return (leg.payee, leg.succession.of) if leg.succession is not None else (leg.payee,)


def _is_one_body(a: Party, b: Party) -> bool:
    if a.ein and b.ein:
        return a.ein == b.ein
    shared = {paper.sha256 for paper in a.papers} & {paper.sha256 for paper in b.papers}
    return bool(shared) or (a.country, _words(a.name)) == (b.country, _words(b.name))


def _same_purpose(funds_out: FundsOut, other_leg: FundsOut) -> bool:
    return (funds_out.funder, _words(funds_out.purpose)) == (other_leg.funder, _words(other_leg.purpose))


def _words(text: str) -> list[str]:
    """Return the words of a text: case and punctuation make no other one, as in the index (`payees.keys_of`)."""
    return re.findall(r"\w+", text.casefold())
