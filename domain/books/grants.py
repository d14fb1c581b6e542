"""The places of a grant's money in the book: promised, owed, in transit, paid and paid back, each by its funds.

It follows from the partnership's state alone, and from which attempts to pay the bank booked. A payment that the bank
only calls settled is in transit until it is booked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set
from decimal import Decimal
from typing import Final

from domain.books.entries import PairedSums, Sums
from domain.directory.chart import Account, BookBasis
from domain.grants import FundShare, gift_of_fund, paid_by
from domain.money.amounts import ZERO
from domain.partnership.refund.refunds import Place as Attempt
from domain.partnership.refund.refunds import came_from_grantee, confirmed
from domain.partnership.state import IN_FLIGHT, Partnership, TrancheProgress, TrancheState
from domain.policy.conditions import ConditionId
from domain.proposal import Direction, FundsOut

Bookings = Set[Attempt]
"""The attempts to pay that the bank booked, by tranche and attempt."""

_EXPENSE: Final = Account.GRANTS_EXPENSE


def grant_sums(partnership: Partnership, bookings: Bookings, basis: BookBasis) -> Sums:
    """Return the sums of a partnership's grant, or none without one."""
    out = partnership.proposal.funds_out if partnership.proposal is not None else None
    if out is None:
        return {}
    sheet = _Grant(partnership, out, bookings, basis)
    sheet.put_payments()
    sheet.put_promises()
    return sheet.sums


class _Grant(PairedSums):
    def __init__(self, partnership: Partnership, out: FundsOut, bookings: Bookings, basis: BookBasis) -> None:
        super().__init__(out.funder, out.currency)
        self._partnership, self._out, self._bookings = partnership, out, bookings
        self._is_accrual = basis is BookBasis.ACCRUAL
        self._room = _room_of(partnership.shares, partnership.spent)

    def put_payments(self) -> None:
        """Put the payments that settled and did not come back, and the sums that the grantee paid back."""
        shares, spent = self._partnership.shares, self._partnership.spent
        payments = tuple(self._unbooked_payments())
        start = spent - min(spent, sum((_kept(progress) for progress in payments), ZERO))
        for fund, amount in _split(shares, ZERO, start):
            self._put_expense(Account.BANK, amount, fund)
        for progress in payments:
            end = min(spent, start + _kept(progress))
            for fund, amount in _split(shares, start, end):
                self._put_instalment(Account.IN_TRANSIT, amount, fund, progress)
            start = end
        back = came_from_grantee(confirmed(self._partnership.refunds), self._partnership.settled)
        for fund, amount in _split(shares, spent, spent + back - self._partnership.overpaid_back):
            self.put(_EXPENSE, Account.GRANT_RECOVERIES, amount, fund)
        self._put_overpayment(sum((_kept(progress) for progress in payments), ZERO))

    def _put_overpayment(self, unbooked_sum: Decimal) -> None:
        """Put the sum that was paid beyond the plan as owed by the grantee: it is no grant, and meets no restriction.

        On a cash basis it stands there once the bank booked it.
        """
        shares, spent = self._partnership.shares, self._partnership.spent
        overpaid_sum = self._partnership.overpaid_open - (ZERO if self._is_accrual else unbooked_sum)
        if overpaid_sum <= 0:
            return
        for fund, amount in _split(shares, spent - overpaid_sum, spent):
            self.put(Account.OVERPAYMENTS, _EXPENSE, amount, fund)
            self._put_release(-amount, fund)

    def put_promises(self) -> None:
        """Put each instalment that has not settled where it stands: those on their way first, as funds count them."""
        waiting = [progress for progress in self._partnership.tranches if progress.state is not TrancheState.SETTLED]
        for progress in sorted(waiting, key=lambda progress: (progress.state not in IN_FLIGHT, progress.number)):
            account = self._account_of(progress)
            if account is not None:
                # An earlier attempt may be booked after all while the next one is at the bank: that one is there too.
                for fund, amount in self._taken(max(progress.remainder, progress.out - progress.net)):
                    self._put_instalment(account, amount, fund, progress)

    def _unbooked_payments(self) -> Iterator[TrancheProgress]:
        for progress in self._partnership.tranches:
            if progress.state is TrancheState.SETTLED and (progress.number, progress.attempt) not in self._bookings:
                yield progress

    def _account_of(self, progress: TrancheProgress) -> Account | None:
        """Return the account in which an instalment stands, or None if nothing is promised of it."""
        partnership = self._partnership
        if progress.state in IN_FLIGHT:
            has_booking = (progress.number, progress.attempt) in self._bookings
            return Account.BANK if has_booking else Account.IN_TRANSIT
        if partnership.ended or Direction.FUNDS_OUT in partnership.ended_legs:
            return None
        if partnership.is_lasting:
            waits = waits_for_barrier(partnership, self._out, progress.number)
            return Account.CONDITIONAL if waits else Account.GRANTS_PAYABLE
        return Account.APPROVED if partnership.is_approved else None

    def _put_instalment(self, account: Account, amount: Decimal, fund: str, progress: TrancheProgress) -> None:
        promise = (fund, progress.due_on, progress.number)
        if account is Account.BANK:
            self._put_expense(account, amount, fund)
        elif account in {Account.APPROVED, Account.CONDITIONAL}:
            self.put(Account.MEMORANDA, account, amount, *promise)
        elif self._is_accrual:
            self.put(_EXPENSE, account, amount, *promise)
            self._put_release(amount, fund)
        else:
            self.put(Account.MEMORANDA, Account.OWED, amount, *promise)

    def _put_expense(self, credit: Account, amount: Decimal, fund: str) -> None:
        self.put(_EXPENSE, credit, amount, fund)
        self._put_release(amount, fund)

    def _put_release(self, amount: Decimal, fund: str) -> None:
        """Put the end of a donor's restriction: the money was granted as the donor said."""
        if gift_of_fund(fund) is not None:
            self.put(Account.RELEASED_FROM, Account.RELEASED_TO, amount, fund)

    def _taken(self, amount: Decimal) -> Iterator[tuple[str, Decimal]]:
        """Yield the funds that keep a sum, in order, each with its part. What none of them keeps is of no fund."""
        for fund, room in self._room.items():
            part = max(ZERO, min(amount, room))
            if part:
                self._room[fund], amount = room - part, amount - part
                yield fund, part
        if amount:
            yield "", amount


def _kept(progress: TrancheProgress) -> Decimal:
    """Return the sum of a settled payment, less the part that came back through the bank."""
    return progress.newest_paid - progress.returned


def _room_of(shares: Iterable[FundShare], spent: Decimal) -> dict[str, Decimal]:
    shares = tuple(shares)
    return {share.fund: share.amount - paid for share, paid in zip(shares, paid_by(shares, spent), strict=True)}


def _split(shares: tuple[FundShare, ...], before: Decimal, after: Decimal) -> Iterator[tuple[str, Decimal]]:
    """Yield the funds that pay what was paid beyond a sum, each with its part."""
    if not shares:
        yield "", after - before
        return
    for share, first, last in zip(shares, paid_by(shares, before), paid_by(shares, after), strict=True):
        if last != first:
            yield share.fund, last - first


def waits_for_barrier(partnership: Partnership, out: FundsOut, tranche: int) -> bool:
    """True if an instalment is owed only once a barrier is met that is not met yet (ASU 2018-08)."""
    if out.waits_for_barrier(tranche) and ConditionId.BARRIER_MET not in partnership.met:
        return True
    return any(
        tranche in mark.holds and not partnership.reporting.is_done(mark.number)
        for mark in out.milestones
        if mark.barrier
    )
