"""The reasons why a fund may not pay for a partnership, may not take its gift, or does not cover a payment."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from domain.fault import Fault
from domain.funds import events as f
from domain.funds.claims import fund_of_own_gift, parts_of
from domain.funds.fund import ZERO, Fund
from domain.grants import fund_of_gift, paid_by
from domain.partnership.state import IN_FLIGHT, Partnership
from domain.proposal import FundsIn, FundsOut


def proposal_fault(partnership: Partnership, funds: Mapping[str, Fund], at: datetime) -> Fault | None:
    """Return the reason why a fund that a proposal names cannot pay for it, or take its gift, or None.

    A fund that pays it already is judged only by the sum that it would pay more.
    """
    gift, gift_fund = partnership.proposed.funds_in, fund_of_own_gift(partnership)
    if (
        gift is not None
        and gift.into is not None
        and gift_fund is not None
        and (fault := _gift_fault(funds[gift_fund], gift))
    ):
        return Fault(f"funds_in.into: {fault}")
    out, paying = partnership.proposed.funds_out, {share.fund for share in partnership.shares}
    fund_ids = [part.fund for part in out.parts if part.fund not in paying] if out is not None else []
    if partnership.is_lasting and not paying:
        return None
    faults = (use_fault(funds[fund_id], partnership, at) for fund_id in fund_ids)
    return next((Fault(f"funds_out.funds: {fault}") for fault in faults if fault), None)


def use_fault(fund: Fund, partnership: Partnership, at: datetime) -> Fault | None:
    """Return the reason why a fund may not pay for a partnership's money out, whatever it has left, or None."""
    proposal = partnership.proposed
    out, gift = proposal.funds_out, proposal.funds_in
    if out is None:
        return None
    if fund.fund_id != fund_of_gift(partnership.partnership_id) or gift is None or not gift.is_restricted:
        return door_fault(fund, out, at)
    if (gift.funder, gift.money.currency) != (out.funder, out.currency):
        return Fault(
            f"{fund.fund_id} is {gift.money.currency} of {gift.funder}; name a fund of the grant's funder and currency"
        )
    return None


def door_fault(fund: Fund, out: FundsOut, at: datetime) -> Fault | None:
    """Return the reason why a fund may not pay for a leg at all, or None if it may."""
    name, currency, today = fund.fund_id, out.currency, at.date()
    if not fund.is_open:
        return Fault(f"there is no fund {name}; `accord funds list` shows them, `accord funds open` opens one")
    if fund.closed:
        return Fault(f"{name} is closed; name another fund")
    if fund.funder != out.funder:
        return Fault(f"{name} is money of {fund.funder}, and {out.funder} would pay of it; name a fund of {out.funder}")
    if fund.currency != currency:
        return Fault(f"{name} is in {fund.currency}, and the tranches are in {currency}; name a fund in {currency}")
    if fund.last_day is not None and today > fund.last_day:
        return Fault(f"the year of {name} ended on {fund.last_day}; name the fund of this year")
    if fund.first_day is not None and today < fund.first_day:
        return Fault(f"the year of {name} begins on {fund.first_day}; name the fund of this year")
    if fund.programme is not None and fund.programme != out.programme:
        return Fault(f"{name} is for the programme {fund.programme!r}, and this is for {out.programme or 'none'}")
    return None


def _gift_fault(fund: Fund, gift: FundsIn) -> Fault | None:
    if not fund.is_open or fund.closed:
        return Fault(f"{fund.fund_id} is {'closed' if fund.closed else 'no open fund'}; see `accord funds list`")
    if fund.kind is not f.FundKind.UNRESTRICTED:
        return Fault(f"{fund.fund_id} takes no gifts without a restriction; name an UNRESTRICTED fund")
    if (fund.funder, fund.currency) != (gift.funder, gift.money.currency):
        return Fault(
            f"{fund.fund_id} is {fund.currency} of {fund.funder}; name a fund of the gift's funder and currency"
        )
    return None


def unnamed_fault(partnership_id: str) -> Fault:
    """Return the reason why a grant that names no fund is not paid where every grant must name its funds."""
    return Fault(
        f"{partnership_id} names no fund, and every grant must: amend it (`accord amend`), or let two people say which "
        "fund pays it (`accord funds adopt`)"
    )


def payment_fault(
    partnership: Partnership, funds: Mapping[str, Fund], money: Decimal, at: datetime, *, asks_funds: bool = False
) -> Fault | None:
    """Return the reason why the funds do not cover a payment (not committed, or too little held), or None.

    `money`: the sum that is to be paid beside what is on its way already, which is covered first. `asks_funds`: True
    if the organisation pays nothing of no fund.
    """
    out = partnership.proposal.funds_out if partnership.proposal else None
    parts = parts_of(partnership, out) if out is not None else ()
    if not parts:
        return unnamed_fault(partnership.partnership_id) if asks_funds and out is not None else None
    if not partnership.shares:
        fund_id = parts[0].fund
        return Fault(f"{fund_id} keeps nothing for {partnership.partnership_id}; see `accord funds adopt {fund_id}`")
    spent = partnership.spent
    flying = sum((tranche.attempt_sum for tranche in partnership.tranches if tranche.state in IN_FLIGHT), ZERO)
    amounts = paid_by(partnership.shares, spent + flying + money)
    for share, part in zip(partnership.shares, amounts, strict=True):
        if part and (fault := _cover_fault(funds[share.fund], partnership.partnership_id, part, at)):
            return fault
    return None


def _cover_fault(fund: Fund, partnership_id: str, amount: Decimal, at: datetime) -> Fault | None:
    claim, short = fund.claim(partnership_id), fund.uncovered(at).get(partnership_id, ZERO)
    kept_sum = claim.committed + claim.spent - short
    if amount <= kept_sum:
        return None
    lacks = f", and lacks {short:,} of what it keeps" if short else ""
    return Fault(f"{fund.fund_id} covers {kept_sum:,} of the {amount:,} that would be paid of it{lacks}")
