"""The movements that bring funds up to what a partnership has of them.

A partnership's state says what is reserved, committed and spent. A fund records only how that differs from what it
held, so a movement that was recorded twice, late or not at all is made good by the next one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from functools import reduce

from domain.errors import FundsShort
from domain.funds import events as f
from domain.funds.claims import claims_of, fund_of_own_gift, funds_of, owing_of, parts_of
from domain.funds.faults import use_fault
from domain.funds.fund import NONE, ZERO, Claim, Fund, evolve
from domain.grants import FundPart, FundShare, fund_of_gift, paid_by
from domain.partnership.events import FundsAllotted
from domain.partnership.state import Partnership
from domain.proposal import FundsOut


@dataclass(frozen=True, slots=True)
class Booking:
    """The consequences of a partnership's decision in the funds, recorded together with it or not at all."""

    allotted: FundsAllotted | None
    """The parts that the funds pay, if they were decided or changed."""
    movements: Mapping[str, tuple[f.AnyFundEvent, ...]]
    """The events of each fund, by its id."""
    after: Mapping[str, Fund]
    """Those funds after their events."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A decision in a partnership: its state before and after, and two times."""

    before: Partnership
    after: Partnership
    said_at: datetime
    """The time of the command, which events bear, so that whoever repeats it records the same."""
    now: datetime
    """The time by which reservations lapse, and years end."""

    @property
    def funds(self) -> tuple[str, ...]:
        """The ids of the funds that it may move: also those that it leaves."""
        return tuple(dict.fromkeys((*funds_of(self.before), *funds_of(self.after))))


def book(turn: Turn, funds: Mapping[str, Fund], *, asked: bool) -> Booking:
    """Return the consequences of a partnership's decision in the funds.

    `asked`: True if a person asks for it, so that it is refused if a fund has too little left. The consequences of the
    bank's word or of time are recorded all the same: a payment even where the fund falls below zero, and nothing more
    is kept.

    Raises:
        FundsShort: A fund has too little left, or may not pay for this.
    """
    try:
        partnership = turn.after.model_copy(update={"shares": _allotted(turn, funds)})
        decided = replace(turn, after=partnership)
        booking = _booked(decided, funds, claims_of(partnership), asked=asked)
        _require_money(decided, funds, booking)
    except FundsShort:
        if asked:
            raise
        return follow(turn, funds)
    changed = partnership.shares != turn.after.shares
    return replace(booking, allotted=FundsAllotted(at=turn.said_at, shares=partnership.shares) if changed else None)


def follow(turn: Turn, funds: Mapping[str, Fund]) -> Booking:
    """Return the consequences of the bank's word, or of a hold, in the funds: no part of a fund is decided anew."""
    claims = {one: _as_kept(funds[one], turn.after, claim) for one, claim in claims_of(turn.after).items()}
    return _booked(turn, funds, claims, asked=False)


def again(turn: Turn, funds: Mapping[str, Fund]) -> Booking:
    """Return the consequences in the funds of events that are recorded again: the parts are those of then.

    Raises:
        FundsShort: A fund has too little left by now, since others were promised it.
    """
    booking = _booked(turn, funds, claims_of(turn.after), asked=True)
    _require_money(turn, funds, booking)
    return booking


def adopt(
    fund: Fund, partnerships: Iterable[Partnership], said_at: datetime, now: datetime
) -> tuple[tuple[f.AnyFundEvent, ...], dict[str, FundsAllotted]]:
    """Return the events of a fund that takes over what is left of partnerships, and the event of each of those."""
    events: tuple[f.AnyFundEvent, ...] = ()
    allotted: dict[str, FundsAllotted] = {}
    for partnership in partnerships:
        share = FundShare(
            fund=fund.fund_id,
            amount=partnership.proposed.funds_out.total.amount if partnership.proposed.funds_out else ZERO,
        )
        known = partnership.model_copy(update={"shares": (share,)})
        turn = Turn(partnership, known, said_at, now)
        moves = tuple(_claim_moves(fund, turn, claims_of(known)[fund.fund_id], asked=True))
        fund = reduce(evolve, moves, fund)
        events, allotted[partnership.partnership_id] = (*events, *moves), FundsAllotted(at=said_at, shares=known.shares)
    return events, allotted


def _booked(turn: Turn, funds: Mapping[str, Fund], claims: Mapping[str, Claim], *, asked: bool) -> Booking:
    every = {fund: tuple(_moves(funds[fund], turn, claims.get(fund, NONE), asked)) for fund in funds}
    moved = {one: events for one, events in every.items() if events}
    return Booking(None, moved, {one: reduce(evolve, events, funds[one]) for one, events in moved.items()})


def _as_kept(fund: Fund, partnership: Partnership, claim: Claim) -> Claim:
    """Return a claim that takes no more of a fund than it holds already, but for what the bank paid."""
    held = fund.claim(partnership.partnership_id)
    unspent = max(ZERO, held.unspent + held.spent - claim.spent)
    return replace(claim, reserved=min(claim.reserved, held.reserved), committed=min(claim.committed, unspent))


def _allotted(turn: Turn, funds: Mapping[str, Fund]) -> tuple[FundShare, ...]:
    """Return the part of each fund, decided once everybody approved, and anew when sum or funds change.

    What was agreed before its funds were kept here is taken over by two people (`accord funds adopt`), not by itself.
    """
    after = turn.after
    out = after.proposal.funds_out if after.proposal else None
    parts = parts_of(after, out) if out is not None else ()
    from_before = turn.before.is_lasting and not turn.before.shares
    if out is None or not parts or not after.is_approved or after.ended or from_before:
        return after.shares
    unused = all(not fund.claim(after.partnership_id).whole for fund in funds.values())
    if not owing_of(after) or not (unused or _needs_anew(after, parts, out)):
        return after.shares
    return tuple(_shares(turn, parts, out, funds))


def _needs_anew(partnership: Partnership, parts: tuple[FundPart, ...], out: FundsOut) -> bool:
    """True if shares are not those that a proposal names: of other funds, of other parts or of another sum.

    A fund that is not named any more has what it paid, and nothing of what came back since.
    """
    named, shares = {part.fund: part.amount for part in parts}, partnership.shares
    paid_now = zip(shares, paid_by(shares, partnership.spent), strict=True)
    if any(share.fund not in named and share.amount != sum_ for share, sum_ in paid_now):
        return True
    still = {share.fund: share for share in shares if share.fund in named}
    if all(amount is not None for amount in named.values()):
        paid = {fund: share.paid for fund, share in still.items()}
        wanted = {fund: max(amount or ZERO, paid.get(fund, ZERO)) for fund, amount in named.items()}
        return wanted != {fund: share.amount for fund, share in still.items()}
    whole = sum((share.amount for share in shares), ZERO) == out.total.amount
    return not whole or [one for one in named if one in still] != [*still]


def _shares(turn: Turn, parts: tuple[FundPart, ...], out: FundsOut, funds: Mapping[str, Fund]) -> Iterator[FundShare]:
    """Yield the parts: as they are proposed, or of each fund in its order what it has left.

    What a fund paid already stays its own, whatever the proposal names now.
    """
    after, left = turn.after, out.total.amount
    paid = {
        share.fund: sum_ for share, sum_ in zip(after.shares, paid_by(after.shares, after.spent), strict=True) if sum_
    }
    named = {part.fund for part in parts}
    for fund, sum_ in paid.items():
        left -= sum_
        if fund not in named:
            yield FundShare(fund=fund, amount=sum_, paid=sum_)
    for part in parts:
        spent = paid.get(part.fund, ZERO)
        room = _room(funds[part.fund], after, turn.now) - spent if len(parts) > 1 else left
        more = max(ZERO, part.amount - spent if part.amount is not None else min(left, room))
        left -= more
        if more + spent:
            yield FundShare(fund=part.fund, amount=more + spent, paid=spent)
    if left > 0:
        raise FundsShort(_too_little(out.total.amount, (funds[part.fund] for part in parts), after, turn.now))


def _room(fund: Fund, partnership: Partnership, at: datetime) -> Decimal:
    return fund.available(at, partnership.partnership_id) if fund.is_open else ZERO


def _too_little(amount: Decimal, funds: Iterable[Fund], partnership: Partnership, at: datetime) -> str:
    told = [f"{fund.fund_id} has {max(ZERO, _room(fund, partnership, at)):,} {fund.currency} left" for fund in funds]
    return (
        f"{amount:,} are to be kept for {partnership.partnership_id}, and {' and '.join(told)}: amend the sum or the "
        "funds, or let two people move money in: `accord funds transfer`, `accord funds budget`"
    )


def _moves(fund: Fund, turn: Turn, claim: Claim, asked: bool) -> Iterator[f.AnyFundEvent]:
    """Yield the events by which a fund comes to hold what a partnership's state says of it."""
    after = turn.after
    gift = after.proposed.funds_in if fund_of_own_gift(after) == fund.fund_id else None
    begun = gift is not None and gift.is_restricted and (after.is_lasting or bool(after.received))
    if gift is not None and begun and not fund.is_open:
        said = {"gift": after.partnership_id, "funder": gift.funder, "currency": gift.money.currency}
        yield f.GiftFundOpened(at=turn.said_at, **said)
    yield from _gift_moves(fund, turn, after.usable if gift is not None else ZERO)
    yield from _claim_moves(fund, turn, claim, asked)


def _gift_moves(fund: Fund, turn: Turn, wanted: Decimal) -> Iterator[f.Movement]:
    """Yield the movements that bring a partnership's gift in a fund to a sum.

    A gift that goes to another fund leaves this one.
    """
    gift = turn.after.partnership_id
    change = wanted - fund.gifts.get(gift, ZERO)
    if change > 0:
        yield f.GiftReceived(at=turn.said_at, partnership=gift, amount=change)
    elif change < 0:
        yield f.GiftReversed(at=turn.said_at, partnership=gift, amount=-change)


def _claim_moves(fund: Fund, turn: Turn, wanted: Claim, asked: bool) -> Iterator[f.Movement]:
    """Yield the movements from the claim that a fund holds to the one that it should hold."""
    mine = turn.after.partnership_id
    held, said = fund.claim(mine), {"at": turn.said_at, "partnership": mine}
    spending = wanted.spent - held.spent
    if spending < 0:
        yield f.PaymentCameBack(**said, amount=-spending)
    committing = wanted.committed + wanted.spent - held.committed - held.spent
    reserving = wanted.reserved + max(committing, ZERO) - held.reserved
    if reserving > 0:
        yield f.FundsReserved(**said, amount=reserving, until=wanted.until)
    if reserving < 0 or committing < 0:
        yield f.FundsFreed(**said, reserved=max(-reserving, ZERO), committed=max(-committing, ZERO))
    if committing > 0:
        yield f.FundsCommitted(**said, amount=committing)
    if spending > 0:
        yield f.FundsSpent(**said, amount=spending)
    moved = bool(wanted.reserved) and reserving <= 0 and wanted.until != held.until
    if moved and (asked or _may_move(fund, mine, wanted, turn.now)):
        yield f.ReservationMoved(**said, until=wanted.until)


def _may_move(fund: Fund, partnership_id: str, wanted: Claim, at: datetime) -> bool:
    """True if the end of a reservation may move: one that lapsed comes back only if the fund still has it."""
    held = fund.claim(partnership_id)
    return held.at(at) == held or fund.available(at, partnership_id) >= wanted.whole


def _require_money(turn: Turn, funds: Mapping[str, Fund], booking: Booking) -> None:
    """Raise FundsShort if a fund that a decision takes more of has too little left, or may not pay for it."""
    mine, now = turn.after.partnership_id, turn.now
    for fund_id, after in booking.after.items():
        before = funds[fund_id]
        if after.claim(mine).at(now).whole <= before.claim(mine).at(now).whole:
            continue
        if fault := use_fault(before, turn.after, now):
            raise FundsShort(str(fault))
        waits = fund_id == fund_of_gift(mine)  # it is paid only as far as its own gift has come in
        if not waits and after.available(now) < 0:
            raise FundsShort(_too_little(after.claim(mine).at(now).whole, (before,), turn.after, now))


def parts_told(parts: Iterable[FundPart]) -> str:
    """Return the funds of a leg in words."""
    return ", ".join(f"{part.fund} {part.amount:,}" if part.amount is not None else part.fund for part in parts)
