"""The effect of funds' own events on the book: memoranda of their claims, opening balances, and transfers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from domain.books.entries import PairedSums, Sums, added, negative, utc_day
from domain.directory.chart import Account
from domain.directory.disregarded import Disregarded
from domain.funds import events as f
from domain.funds.fund import NONE, Claim, Fund, evolve
from domain.funds.transfers import with_transfers
from domain.money.amounts import ZERO

FundEvent = f.AnyFundEvent | Disregarded

_CLAIMING = f.FundsReserved | f.ReservationMoved | f.FundsCommitted | f.FundsSpent | f.PaymentCameBack | f.FundsFreed


class _KeptFund:
    """A fund without its claims, and each claim by itself, so that one movement costs as much as another."""

    def __init__(self, fund_id: str) -> None:
        self.head = Fund(fund_id)
        self.claims: dict[str, Claim] = {}
        self.sums: Sums = {}
        """All that its events did to the book, beside transfers."""

    def take(self, event: FundEvent) -> Sums:
        """Take its next event, and return the effect on the book."""
        sums = self._claimed(event) if isinstance(event, _CLAIMING) else self._moved(event)
        self.sums = added(self.sums, sums)
        return sums

    def _moved(self, event: FundEvent) -> Sums:
        before, self.head = self.head, evolve(self.head, event)
        return _money_sums(before, self.head) if self.head.is_open else {}

    def _claimed(self, event: f.Movement) -> Sums:
        head, before = self.head, self.claims.get(event.partnership, NONE)
        after = evolve(Fund(head.fund_id, claims={event.partnership: before}), event).claim(event.partnership)
        self.claims[event.partnership] = after
        if not head.is_open:
            return {}
        return added(_claim_sums(head, after), negative(_claim_sums(head, before)))


class _TransferName(NamedTuple):
    """The name of a transfer: the fund that it leaves, and the id of its second signature there."""

    source: str
    change_id: UUID


class KeptFunds:
    """All funds as the journal knows them. A transfer counts in both funds, or in none (ADR 0062)."""

    def __init__(self) -> None:
        self._funds: dict[str, _KeptFund] = {}
        self._transfers: dict[_TransferName, Sums] = {}
        """The effect on the book of each transfer that counts."""

    def take(self, fund_id: str, event: FundEvent) -> Sums:
        """Take the next event of a fund, and return the effect on the book."""
        if fund_id not in self._funds:
            self._funds[fund_id] = _KeptFund(fund_id)
        sums = self._funds[fund_id].take(event)
        if isinstance(event, f.FundChangeConfirmed | f.MoneyMovedIn):
            return added(sums, self._compared(fund_id))
        return sums

    def retake(self, fund_id: str, events: Iterable[FundEvent]) -> Sums:
        """Take all events of a fund again, since some count otherwise than they did, and return the effect of that."""
        before = self._funds.get(fund_id) or _KeptFund(fund_id)
        fund = self._funds[fund_id] = _KeptFund(fund_id)
        for event in events:
            fund.take(event)
        return added(fund.sums, negative(before.sums), self._compared(fund_id))

    def _compared(self, fund_id: str) -> Sums:
        """Compare the transfers of a fund with the other funds, and return the effect of what counts otherwise."""
        sums: Sums = {}
        for name in {*self._names_of(fund_id)}:
            before, after = self._transfers.get(name, {}), self._sums_of(name)
            self._transfers[name] = after
            sums = added(sums, after, negative(before))
        return sums

    def _names_of(self, fund_id: str) -> Iterator[_TransferName]:
        head = self._funds[fund_id].head
        yield from (_TransferName(fund_id, change_id) for change_id in head.sent)
        yield from (_TransferName(arrival.from_fund, arrival.change_id) for arrival in head.came)
        yield from (name for name in self._transfers if name.source == fund_id)

    def _sums_of(self, name: _TransferName) -> Sums:
        """Return the effect of a transfer on the book: none unless both funds bear it."""
        source = self._funds.get(name.source)
        transfer = source.head.sent.get(name.change_id) if source is not None else None
        target = self._funds.get(transfer.to) if transfer is not None else None
        if source is None or transfer is None or target is None:
            return {}
        alone = source.head._replace(sent={name.change_id: transfer}, came=())
        if with_transfers(alone, {transfer.to: target.head}).moved_out != transfer.amount:
            return {}
        sheet = PairedSums(source.head.funder, source.head.currency)
        for fund_id, amount in ((name.source, -transfer.amount), (transfer.to, transfer.amount)):
            sheet.put(Account.FUND_GRANTED, Account.FUND_AVAILABLE, amount, fund_id)
        sheet.move(Account.FUND_TRANSFERS, transfer.amount, name.source, transfer.to)
        return sheet.sums


def _claim_sums(fund: Fund, claim: Claim) -> Sums:
    """Return the sums of a claim. What is reserved bears the day on which it lapses."""
    sheet, due = PairedSums(fund.funder, fund.currency), utc_day(claim.until) if claim.until is not None else None
    sheet.put(Account.FUND_AVAILABLE, Account.FUND_RESERVED, claim.reserved, fund.fund_id, due)
    sheet.put(Account.FUND_AVAILABLE, Account.FUND_COMMITTED, claim.committed, fund.fund_id)
    sheet.put(Account.FUND_AVAILABLE, Account.FUND_SPENT, claim.spent, fund.fund_id)
    return sheet.sums


def _money_sums(before: Fund, after: Fund) -> Sums:
    """Return the change of a fund's money, beside transfers."""
    sheet = PairedSums(after.funder, after.currency)
    change = _outside_money(after) - _outside_money(before)
    sheet.put(Account.FUND_GRANTED, Account.FUND_AVAILABLE, change, after.fund_id)
    sheet.put(Account.BROUGHT_IN, Account.NET_ASSETS, after.opening - before.opening, after.fund_id)
    return sheet.sums


def _outside_money(fund: Fund) -> Decimal:
    """Return the money that a fund got from outside, as its own events say it."""
    return fund.opening + fund.budget + sum(fund.gifts.values(), ZERO)
