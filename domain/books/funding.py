"""The effect of a fund's own events on the book: memoranda of its claims, opening balances, and transfers."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from domain.books.amounts import ZERO
from domain.books.entries import PairedSums, Sums, added
from domain.directory.chart import Account
from domain.directory.disregarded import Disregarded
from domain.funds import events as f
from domain.funds.fund import NONE, Claim, Fund, evolve

FundEvent = f.AnyFundEvent | Disregarded

_CLAIMING = f.FundsReserved | f.ReservationMoved | f.FundsCommitted | f.FundsSpent | f.PaymentCameBack | f.FundsFreed


class KeptFund(NamedTuple):
    """A fund without its claims, and each claim by itself, so that one movement costs as much as another."""

    head: Fund
    claims: dict[str, Claim]


class FundMove(NamedTuple):
    """A fund after an event, the sums that the event added to the book, and the partnership that it is about."""

    fund: KeptFund
    sums: Sums
    partnership: str


def fund_after(fund: KeptFund, event: FundEvent) -> FundMove:
    """Return a fund after its next event, and what that does to the book."""
    if isinstance(event, _CLAIMING):
        return _claimed(fund, event)
    after = KeptFund(evolve(fund.head, event), fund.claims)
    sums = _head_sums(fund.head, after.head) if after.head.is_open else {}
    return FundMove(after, sums, getattr(event, "partnership", ""))


def _claimed(fund: KeptFund, event: f.Movement) -> FundMove:
    partnership, head = event.partnership, fund.head
    before = fund.claims.get(partnership, NONE)
    after = evolve(Fund(head.fund_id, claims={partnership: before}), event).claim(partnership)
    fund.claims[partnership] = after
    if not head.is_open:
        return FundMove(fund, {}, partnership)
    sums = added(_claim_sums(head, after), {place: -value for place, value in _claim_sums(head, before).items()})
    return FundMove(fund, sums, partnership)


def _claim_sums(fund: Fund, claim: Claim) -> Sums:
    """Return the sums of a claim. What is reserved bears the day on which it lapses."""
    sheet, due = PairedSums(fund.funder, fund.currency), claim.until.date() if claim.until is not None else None
    sheet.put(Account.FUND_AVAILABLE, Account.FUND_RESERVED, claim.reserved, fund.fund_id, due)
    sheet.put(Account.FUND_AVAILABLE, Account.FUND_COMMITTED, claim.committed, fund.fund_id)
    sheet.put(Account.FUND_AVAILABLE, Account.FUND_SPENT, claim.spent, fund.fund_id)
    return sheet.sums


def _head_sums(before: Fund, after: Fund) -> Sums:
    """Return the change of a fund's money: got, brought in, and sent to others."""
    sheet, fund_id = PairedSums(after.funder, after.currency), after.fund_id
    brought_in = after.opening - before.opening
    sheet.put(Account.FUND_GRANTED, Account.FUND_AVAILABLE, _own_money(after) - _own_money(before), fund_id)
    sheet.put(Account.BROUGHT_IN, Account.NET_ASSETS, brought_in, fund_id)
    for change_id in after.sent.keys() - before.sent.keys():
        transfer = after.sent[change_id]
        for fund, amount in ((fund_id, -transfer.amount), (transfer.to, transfer.amount)):
            sheet.put(Account.FUND_GRANTED, Account.FUND_AVAILABLE, amount, fund)
        sheet.move(Account.FUND_TRANSFERS, transfer.amount, fund_id, transfer.to)
    return sheet.sums


def _own_money(fund: Fund) -> Decimal:
    """Return the money that a fund got from outside, as its own events say it."""
    return fund.opening + fund.budget + sum(fund.gifts.values(), ZERO)
