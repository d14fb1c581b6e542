"""Changes of a fund's money that two people sign: what is refused, and why."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from functools import reduce
from types import MappingProxyType
from typing import NamedTuple, assert_never

from domain.fault import Fault
from domain.funds import events as f
from domain.funds.booking import adopt
from domain.funds.fund import ZERO, Balance, Fund, evolve
from domain.partnership.state import Partnership
from domain.values import minor_digits


class ChangeTargets(NamedTuple):
    """The other funds, and the partnerships, that a change of a fund's money names."""

    funds: Mapping[str, Fund] = MappingProxyType({})
    partnerships: tuple[Partnership, ...] = ()


def opening_fault(fund: Fund, event: f.FundOpened, funders: frozenset[str]) -> Fault | None:
    """Return the reason why a fund cannot be opened, or None. `funders`: those that the directory holds."""
    if fund.is_open:
        return Fault(f"{fund.fund_id} is open already; choose another name")
    if event.funder not in funders:
        return Fault(f"the directory holds no funder {event.funder}; see `accord directory show`")
    if fund.fund_id.startswith("FD-P-"):
        return Fault(f"{fund.fund_id}: FD-P-… are the funds of gifts, which open by themselves; choose another name")
    return None


def fault_with_targets(fund: Fund, change: f.Change, now: datetime, targets: ChangeTargets) -> Fault | None:
    """Return the reason why a change cannot be made now, by its own fund and by all that it names, or None."""
    fault = change_fault(fund, change, now, targets.funds)
    if fault is not None or not isinstance(change, f.Adoption):
        return fault
    return adoption_fault(fund, targets.partnerships, now)


def change_fault(fund: Fund, change: f.Change, now: datetime, other_funds: Mapping[str, Fund]) -> Fault | None:
    """Return the reason why a change cannot be made now, or None. `other_funds`: the other funds that it names."""
    if not fund.is_open:
        return Fault(f"there is no fund {fund.fund_id}; `accord funds list` shows them")
    if fund.closed and not isinstance(change, f.Transfer):
        return Fault(
            f"{fund.fund_id} is closed; what came into it since is moved to another fund: `accord funds transfer`"
        )
    if fault := _digits_fault(change, fund.currency):
        return fault
    balance = fund.balance(now)
    match change:
        case f.OpeningBalance():
            return _opening_balance_fault(fund)
        case f.Budget(amount=amount):
            return _budget_fault(fund, amount, balance)
        case f.Transfer(to=to, amount=amount):
            return _transfer_fault(fund, other_funds[to], amount, balance.available)
        case f.Overdraft(amount=amount):
            under = -balance.available
            in_use = f"{fund.fund_id} stands at {balance.available:,}; an overdraft of {amount:,} does not reach"
            return Fault(in_use) if under > amount else None
        case f.Closing():
            return _closing_fault(fund, balance)
        case f.Adoption():
            return None
        case _:
            assert_never(change)


def _digits_fault(change: f.Change, currency: str) -> Fault | None:
    amount, digits = getattr(change, "amount", ZERO), minor_digits(currency)
    exact = amount == round(amount, digits)
    return None if exact else Fault(f"amount: {amount} {currency} has more than {digits} decimals")


def _closing_fault(fund: Fund, balance: Balance) -> Fault | None:
    if amount := balance.reserved + balance.committed:
        return Fault(f"{amount:,} of {fund.fund_id} are kept for partnerships; they end first")
    if balance.available:
        return Fault(f"{balance.available:,} are in {fund.fund_id} still; move them to another fund first")
    return None


def _opening_balance_fault(fund: Fund) -> Fault | None:
    if fund.kind is f.FundKind.PROGRAMME:
        return Fault(f"{fund.fund_id} is a programme's budget; set it with `accord funds budget`")
    return Fault(f"{fund.fund_id} has an opening balance of {fund.opening:,} already") if fund.opening else None


def _budget_fault(fund: Fund, amount: Decimal, balance: Balance) -> Fault | None:
    if fund.kind is not f.FundKind.PROGRAMME:
        return Fault(f"{fund.fund_id} is no programme's budget; it grows by gifts, transfers and its opening balance")
    remainder = balance.available - fund.budget + amount + fund.overdraft
    if remainder < 0 and amount < fund.budget:
        used_sum = balance.granted - balance.available
        return Fault(
            f"{used_sum:,} of {fund.fund_id} are used or kept already; a budget of {amount:,} is {-remainder:,} too"
            " little"
        )
    return None


def _transfer_fault(fund: Fund, to: Fund, amount: Decimal, available: Decimal) -> Fault | None:
    if fund.kind is f.FundKind.RESTRICTED:
        return Fault(f"{fund.fund_id} is what a donor gave for one purpose; it does not move to another fund (R15)")
    if to.fund_id == fund.fund_id:
        return Fault("to: it is the same fund; name another one")
    if not to.is_open or to.closed:
        return Fault(f"to: {to.fund_id} is {'closed' if to.closed else 'no open fund'}; `accord funds list` shows them")
    if (to.funder, to.currency) != (fund.funder, fund.currency):
        return Fault(f"to: {to.fund_id} is {to.currency} of {to.funder}, and this is {fund.currency} of {fund.funder}")
    if amount > available:
        return Fault(
            f"{amount:,} are to be moved, and {fund.fund_id} has {max(available, ZERO):,} {fund.currency} available"
        )
    return None


def adoption_fault(fund: Fund, partnerships: tuple[Partnership, ...], now: datetime) -> Fault | None:
    """Return the reason why a fund cannot take partnerships over, or None if it can."""
    return _not_adoptable(fund, partnerships) or _adopted_too_much(fund, partnerships, now)


def _adopted_too_much(fund: Fund, partnerships: tuple[Partnership, ...], now: datetime) -> Fault | None:
    events, _ = adopt(fund, partnerships, now, now)
    amount, has = reduce(evolve, events, fund).available(now), fund.available(now)
    if amount >= 0:
        return None
    advice = f"{has - amount:,} would be kept of it; move money in first"
    return Fault(f"{fund.fund_id} has {max(ZERO, has):,} {fund.currency} left, and {advice}")


def _not_adoptable(fund: Fund, partnerships: tuple[Partnership, ...]) -> Fault | None:
    names = [partnership.partnership_id for partnership in partnerships]
    if twice := {name for name in names if names.count(name) > 1}:
        return Fault(f"{min(twice)} is named twice; name it once")
    for partnership in partnerships:
        out = partnership.proposal.funds_out if partnership.proposal else None
        if out is None or not (partnership.is_approved or partnership.is_lasting) or partnership.ended:
            return Fault(f"{partnership.partnership_id} is not approved, or has ended; leave it out")
        if partnership.shares:
            return Fault(f"{partnership.partnership_id} is kept by {partnership.shares[0].fund} already; leave it out")
        if out.parts and [part.fund for part in out.parts] != [fund.fund_id]:
            return Fault(f"{partnership.partnership_id} names {out.parts[0].fund}; amend it, or adopt it there")
        if (out.funder, out.currency) != (fund.funder, fund.currency):
            return Fault(f"{partnership.partnership_id} is {out.currency} of {out.funder}; {fund.fund_id} is not")
    return None


def confirmation_fault(fund: Fund, confirmation: f.FundChangeConfirmed) -> Fault | None:
    """Return the reason why nothing can be confirmed under an id by its signer, or None."""
    request = fund.asked.get(confirmation.change_id)
    if request is None:
        waits = f"no change {confirmation.change_id} of {fund.fund_id} waits for a second signature"
        return Fault(f"{waits}; see `accord funds show {fund.fund_id}`")
    if request.event.actor == confirmation.actor:
        return Fault(f"{confirmation.actor} asked for it, so another person confirms it")
    return None
