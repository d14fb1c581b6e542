"""A fund's state: always the fold of its events, and a few sums."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import reduce
from typing import Any, Final, NamedTuple, TypeVar, assert_never
from uuid import UUID

from domain.directory.disregarded import Disregarded
from domain.funds import events as f

ZERO: Final = Decimal(0)

_EMPTY: Final[Mapping[Any, Any]] = {}

_Claiming = f.FundsReserved | f.ReservationMoved | f.FundsCommitted | f.FundsSpent | f.PaymentCameBack | f.FundsFreed
_Other = (
    f.FundOpened | f.GiftFundOpened | f.GiftReceived | f.GiftReversed | f.MoneyMovedIn | f.FundChangeAsked
    | f.FundChangeConfirmed
)  # fmt: skip

Key = TypeVar("Key")
Content = TypeVar("Content")


class Claim(NamedTuple):
    """One partnership's claim on a fund."""

    reserved: Decimal = ZERO
    committed: Decimal = ZERO
    spent: Decimal = ZERO
    until: datetime | None = None
    """The time at which the reservation lapses, or None while it does not."""

    @property
    def unspent(self) -> Decimal:
        """The sum kept for the partnership and not paid yet."""
        return self.reserved + self.committed

    @property
    def whole(self) -> Decimal:
        """The whole claim of the partnership."""
        return self.unspent + self.spent

    def at(self, now: datetime) -> Claim:
        """Return the claim as it stands at a time: what lapsed is free from its day, recorded or not."""
        is_over = bool(self.reserved) and self.until is not None and self.until <= now
        return self._replace(reserved=ZERO, until=None) if is_over else self


NONE: Final = Claim()


class PendingChange(NamedTuple):
    """A change that waits for a second signature."""

    event: f.FundChangeAsked

    @property
    def change_id(self) -> UUID:
        """The id by which it is confirmed."""
        return self.event.signature.statement.command_id

    def is_signed_by(self, second: f.FundChangeConfirmed) -> bool:
        """True if a second signature is of the same person, or of the same key."""
        first = self.event
        return first.actor == second.actor or first.signature.key_id == second.signature.key_id


class SignedTransfer(NamedTuple):
    """A transfer to another fund that two people signed."""

    to: str
    amount: Decimal


class Arrival(NamedTuple):
    """An arrival of money that is said to come from another fund. It counts only as far as it was sent there."""

    change_id: UUID
    """The id of the second signature there."""
    from_fund: str
    amount: Decimal


class Balance(NamedTuple):
    """A fund's sums at a time. Reserved, committed, spent and available add up to what was granted."""

    granted: Decimal
    reserved: Decimal
    committed: Decimal
    spent: Decimal

    @property
    def available(self) -> Decimal:
        """The sum that may still be reserved. It is below zero after a reversal or with an overdraft."""
        return self.granted - self.reserved - self.committed - self.spent


class Fund(NamedTuple):
    """The state of a fund. Without a kind it was never opened."""

    fund_id: str
    version: int = 0
    kind: f.FundKind | None = None
    name: str = ""
    funder: str = ""
    currency: str = ""
    programme: str | None = None
    gift: str | None = None
    """The partnership that brought a restricted fund's gift."""
    first_day: date | None = None
    last_day: date | None = None
    closed: bool = False
    opening: Decimal = ZERO
    budget: Decimal = ZERO
    sent: Mapping[UUID, SignedTransfer] = _EMPTY
    """The transfers to other funds that two people signed, by the id of the second signature."""
    came: tuple[Arrival, ...] = ()
    """Money that is said to have come from other funds."""
    moved_in: Decimal = ZERO
    """The money from other funds, as far as it counts. A fund's own events alone do not tell (`with_transfers`)."""
    moved_out: Decimal = ZERO
    overdraft: Decimal = ZERO
    gifts: Mapping[str, Decimal] = _EMPTY
    """The money of each gift that came in and was not taken back, by the gift's partnership."""
    claims: Mapping[str, Claim] = _EMPTY
    """The claim of each partnership on it, the oldest first."""
    total: Claim = NONE
    """The sum of all claims, whether they lapsed or not."""
    next_lapse: datetime | None = None
    """The first time at which a reservation lapses."""
    asked: Mapping[UUID, PendingChange] = _EMPTY
    """The changes that wait for a second signature, by id."""
    confirmed: frozenset[UUID] = frozenset()
    """The ids of the changes in force."""
    adopted: frozenset[str] = frozenset()
    """The partnerships that two people said it pays, though they were approved before."""

    @property
    def is_open(self) -> bool:
        """True if it was opened."""
        return self.kind is not None

    @property
    def granted(self) -> Decimal:
        """All the money that it got, less what was taken back and moved away."""
        return self.opening + self.budget + self.moved_in - self.moved_out + sum(self.gifts.values(), ZERO)

    def claim(self, partnership_id: str) -> Claim:
        """Return a partnership's claim on it."""
        return self.claims.get(partnership_id, NONE)

    def balance(self, now: datetime) -> Balance:
        """Return its sums at a time."""
        amount = self.total.reserved - self._lapsed(now)
        return Balance(self.granted, amount, self.total.committed, self.total.spent)

    def _lapsed(self, now: datetime) -> Decimal:
        """Return the reserved sum that lapsed, as of its day, whether the lapse was recorded or not."""
        if self.next_lapse is None or now < self.next_lapse:
            return ZERO
        return sum((claim.reserved - claim.at(now).reserved for claim in self.claims.values()), ZERO)

    def available(self, now: datetime, beside: str = "") -> Decimal:
        """Return the sum that may still be reserved at a time, within the overdraft.

        `beside`: the partnership whose claim does not count.
        """
        amount = self.claim(beside).at(now).whole if beside else ZERO
        return self.granted - self.total.whole + self._lapsed(now) + self.overdraft + amount

    def uncovered(self, now: datetime) -> Mapping[str, Decimal]:
        """Return the sums that the fund cannot pay, by partnership: the newest claims first (a reversed gift)."""
        missing, shortfalls = -self.balance(now).available - self.overdraft, dict[str, Decimal]()
        for partnership_id, claim in reversed(tuple(self.claims.items())):
            part = min(missing, claim.at(now).unspent)
            if part > 0:
                shortfalls[partnership_id] = part
                missing -= part
        return shortfalls


def fold(fund_id: str, history: Iterable[f.AnyFundEvent | Disregarded]) -> Fund:
    """Return a fund after all events of its history. What came from other funds counts once those are looked at."""
    return reduce(evolve, history, Fund(fund_id))


def evolve(fund: Fund, event: f.AnyFundEvent | Disregarded) -> Fund:
    """Return a fund after an event. What cannot be, such as a second confirmation, changes nothing but the version."""
    if isinstance(event, _Claiming):  # most events: a fund is copied once for each
        return _with_claim(fund, event.partnership, _claimed(fund.claim(event.partnership), event))
    new_fund = fund._replace(version=fund.version + 1)
    return new_fund if isinstance(event, Disregarded) else _evolved(new_fund, event)


def _evolved(fund: Fund, event: _Other) -> Fund:
    match event:
        case f.FundOpened() if not fund.is_open:
            return _opened(fund, event)
        case f.GiftFundOpened(gift=gift) if not fund.is_open:
            kind, name = f.FundKind.RESTRICTED, f"the gift of {gift}"
            return fund._replace(kind=kind, name=name, funder=event.funder, currency=event.currency, gift=gift)
        case f.FundOpened() | f.GiftFundOpened():
            return fund
        case f.GiftReceived(partnership=gift, amount=amount):
            return fund._replace(gifts=_with(fund.gifts, gift, fund.gifts.get(gift, ZERO) + amount))
        case f.GiftReversed(partnership=gift, amount=amount):
            return fund._replace(gifts=_with(fund.gifts, gift, fund.gifts.get(gift, ZERO) - amount))
        case f.MoneyMovedIn():
            arrival = Arrival(event.change_id, event.from_fund, event.amount)
            return fund if arrival in fund.came else fund._replace(came=(*fund.came, arrival))
        case f.FundChangeAsked():
            request = PendingChange(event)
            return fund._replace(asked=_with(fund.asked, request.change_id, request))
        case f.FundChangeConfirmed():
            return _confirmed(fund, event)
        case _:
            assert_never(event)


def _with_claim(fund: Fund, partnership_id: str, claim: Claim) -> Fund:
    """Return a fund after an event by which a partnership has this claim on it."""
    before = fund.claim(partnership_id)
    old_claims = fund.claims
    if partnership_id in old_claims and not before.whole:  # what was freed and is taken again is the newest
        old_claims = {other_id: claim for other_id, claim in old_claims.items() if other_id != partnership_id}
    claims = _with(old_claims, partnership_id, claim)
    total = Claim(
        reserved=fund.total.reserved + claim.reserved - before.reserved,
        committed=fund.total.committed + claim.committed - before.committed,
        spent=fund.total.spent + claim.spent - before.spent,
    )
    next_lapse = _next_lapse(fund, before, claim, claims)
    return fund._replace(version=fund.version + 1, claims=claims, total=total, next_lapse=next_lapse)


def _next_lapse(fund: Fund, before: Claim, claim: Claim, claims: Mapping[str, Claim]) -> datetime | None:
    """Return the first time at which a reservation lapses. All are looked at only if the first one changed."""
    if claim == before:
        return fund.next_lapse
    changes = before.reserved and before.until is not None and before.until == fund.next_lapse
    candidates = claims.values() if changes else (claim,)
    limits = [claim.until for claim in candidates if claim.reserved and claim.until is not None]
    if fund.next_lapse is not None and not changes:
        limits.append(fund.next_lapse)
    return min(limits, default=None)


def _with(contents: Mapping[Key, Content], key: Key, content: Content) -> Mapping[Key, Content]:
    return {**contents, key: content}


def _opened(fund: Fund, event: f.FundOpened) -> Fund:
    return fund._replace(
        kind=event.fund_kind,
        name=event.name,
        funder=event.funder,
        currency=event.currency,
        programme=event.programme,
        first_day=event.first_day,
        last_day=event.last_day,
    )


def _claimed(claim: Claim, event: _Claiming) -> Claim:
    """Return a claim after a movement between available, reserved, committed and spent."""
    new_claim = _moved(claim, event)
    return new_claim if new_claim.reserved else new_claim._replace(until=None)


def _moved(claim: Claim, event: _Claiming) -> Claim:
    match event:
        case f.FundsReserved(amount=amount, until=until):
            return claim._replace(reserved=claim.reserved + amount, until=until)
        case f.ReservationMoved(until=until):
            return claim._replace(until=until)
        case f.FundsCommitted(amount=amount):
            return claim._replace(reserved=claim.reserved - amount, committed=claim.committed + amount)
        case f.FundsSpent(amount=amount):
            return claim._replace(committed=claim.committed - amount, spent=claim.spent + amount)
        case f.PaymentCameBack(amount=amount):
            return claim._replace(committed=claim.committed + amount, spent=claim.spent - amount)
        case f.FundsFreed(reserved=reserved_sum, committed=committed_sum):
            return claim._replace(reserved=claim.reserved - reserved_sum, committed=claim.committed - committed_sum)
        case _:
            assert_never(event)


def _confirmed(fund: Fund, event: f.FundChangeConfirmed) -> Fund:
    """Return a fund after a second signature. It counts once, and only if another person asked, with another key."""
    request = fund.asked.get(event.change_id)
    if request is None or request.is_signed_by(event) or event.change_id in fund.confirmed:
        return fund
    waiting = {
        change_id: other_request for change_id, other_request in fund.asked.items() if change_id != event.change_id
    }
    new_fund = fund._replace(asked=waiting, confirmed=fund.confirmed | {event.change_id})
    match request.event.change:
        case f.OpeningBalance(amount=amount):
            return new_fund._replace(opening=fund.opening + amount)
        case f.Budget(amount=amount):
            return new_fund._replace(budget=amount)
        case f.Transfer(to=to, amount=amount):
            transfers = _with(fund.sent, event.signature.statement.command_id, SignedTransfer(to, amount))
            return new_fund._replace(sent=transfers, moved_out=fund.moved_out + amount)
        case f.Overdraft(amount=amount):
            return new_fund._replace(overdraft=amount)
        case f.Closing():
            return new_fund._replace(closed=True)
        case f.Adoption(partnerships=partnerships):
            return new_fund._replace(adopted=fund.adopted | {*partnerships})
        case _:
            assert_never(request.event.change)
