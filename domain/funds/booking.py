"""What a partnership has of each fund, and the movements that bring the funds up to that.

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
from domain.funds.fund import NONE, ZERO, Claim, Fund, evolve
from domain.grants import FundPart, FundShare, fund_of_gift
from domain.partnership.deadlines import ALLOWANCES, Wait, after_business_days
from domain.partnership.events import FundsAllotted
from domain.partnership.refunds import RefundDirection, confirmed_refunds
from domain.partnership.state import IN_FLIGHT, Partnership, TrancheState
from domain.proposal import Direction, FundsIn, FundsOut


@dataclass(frozen=True, slots=True)
class Booking:
    """What follows in the funds from a decision in a partnership, to be recorded together with it or not at all."""

    allotted: FundsAllotted | None
    """The parts that the funds pay, if they were decided or changed."""
    movements: Mapping[str, tuple[f.AnyFundEvent, ...]]
    """The events of each fund, by its id."""
    after: Mapping[str, Fund]
    """Those funds after their events."""


def funds_of(partnership: Partnership) -> tuple[str, ...]:
    """Return the ids of the funds that a partnership may move: those that pay it, and that of its gift."""
    out = partnership.proposal.funds_out if partnership.proposal else None
    named = [one.fund for one in parts_of(partnership, out)] if out else []
    gift = fund_of_own_gift(partnership)
    return tuple(dict.fromkeys((*named, *(one.fund for one in partnership.shares), *((gift,) if gift else ()))))


def parts_of(partnership: Partnership, out: FundsOut) -> tuple[FundPart, ...]:
    """Return the funds that pay a leg: those that it names, or else those that took it over."""
    return out.parts or tuple(FundPart(fund=one.fund) for one in partnership.shares)


def fund_of_own_gift(partnership: Partnership) -> str | None:
    """Return the fund that a partnership's gift goes to; None without one, or for a gift in kind."""
    gift = partnership.proposal.funds_in if partnership.proposal else None
    if gift is None or gift.in_kind is not None:
        return None
    return fund_of_gift(partnership.partnership_id) if gift.is_restricted else gift.into


def book(partnership: Partnership, funds: Mapping[str, Fund], at: datetime, *, asked: bool) -> Booking:
    """Return what follows in the funds from a partnership's new state.

    `asked`: whether a person asks for it, so that it is refused if a fund has too little left. What follows from the
    bank's word or from time is recorded all the same: what was paid, even where the fund falls below zero, and nothing
    more is kept.

    Raises:
        FundsShort: A fund has too little left, or may not pay for this.
    """
    try:
        known = partnership.model_copy(update={"shares": _allotted(partnership, funds, at)})
        claims = claims_of(known)
        booking = _booked(known, funds, claims, at, asked=asked)
        _require_money(known, funds, booking, at)
    except FundsShort:
        if asked:
            raise
        return follow(partnership, funds, at)
    allotted = FundsAllotted(at=at, shares=known.shares) if known.shares != partnership.shares else None
    return replace(booking, allotted=allotted)


def follow(partnership: Partnership, funds: Mapping[str, Fund], at: datetime) -> Booking:
    """Return what follows in the funds from the bank's word, or from a hold: no part of a fund is decided anew."""
    claims = {one: _as_kept(funds[one], partnership, claim) for one, claim in claims_of(partnership).items()}
    return _booked(partnership, funds, claims, at, asked=False)


def adopt(
    fund: Fund, partnerships: Iterable[Partnership], at: datetime
) -> tuple[tuple[f.AnyFundEvent, ...], dict[str, FundsAllotted]]:
    """Return the events of a fund that takes over what is left of partnerships, and the event of each of those."""
    events: tuple[f.AnyFundEvent, ...] = ()
    allotted: dict[str, FundsAllotted] = {}
    for one in partnerships:
        share = FundShare(
            fund=fund.fund_id, amount=one.proposed.funds_out.total.amount if one.proposed.funds_out else ZERO
        )
        known = one.model_copy(update={"shares": (share,)})
        moves = tuple(_claim_moves(fund, one.partnership_id, claims_of(known)[fund.fund_id], at, asked=True))
        fund = reduce(evolve, moves, fund)
        events, allotted[one.partnership_id] = (*events, *moves), FundsAllotted(at=at, shares=known.shares)
    return events, allotted


def _booked(
    partnership: Partnership, funds: Mapping[str, Fund], claims: Mapping[str, Claim], at: datetime, *, asked: bool
) -> Booking:
    every = {one: tuple(_moves(funds[one], partnership, claims.get(one, NONE), at, asked)) for one in funds}
    moved = {one: events for one, events in every.items() if events}
    return Booking(None, moved, {one: reduce(evolve, events, funds[one]) for one, events in moved.items()})


def _as_kept(fund: Fund, partnership: Partnership, claim: Claim) -> Claim:
    """Return a claim that takes no more of a fund than it holds already, but for what the bank paid."""
    held = fund.claim(partnership.partnership_id)
    unspent = max(ZERO, held.unspent + held.spent - claim.spent)
    return replace(claim, reserved=min(claim.reserved, held.reserved), committed=min(claim.committed, unspent))


def claims_of(partnership: Partnership) -> dict[str, Claim]:
    """Return what a partnership has of each fund that pays it."""
    spent, owing = _spent(partnership), _owing(partnership)
    committed, until = partnership.is_lasting, lapses_at(partnership)
    claims: dict[str, Claim] = {}
    for share in partnership.shares:
        paid = min(spent, share.amount)
        kept = min(owing, share.amount - paid)
        spent, owing = spent - paid, owing - kept
        levels = (ZERO, kept) if committed else (kept, ZERO)
        claims[share.fund] = Claim(*levels, paid, until if kept and not committed else None)
    if spent and partnership.shares:  # the bank paid more than was allotted: a fact, of the last fund
        last = partnership.shares[-1].fund
        known = claims[last]
        claims[last] = Claim(known.reserved, known.committed, known.spent + spent, known.until)
    return claims


def _spent(partnership: Partnership) -> Decimal:
    back = confirmed_refunds(partnership.refunds, RefundDirection.FROM_GRANTEE)
    settled = (one for one in partnership.tranches if one.state is TrancheState.SETTLED)
    return max(ZERO, sum((one.money.amount - one.returned for one in settled), ZERO) - back)


def _owing(partnership: Partnership) -> Decimal:
    """Return what is still to be paid: of what has ended, only what is on its way."""
    over = partnership.ended or Direction.FUNDS_OUT in partnership.ended_legs
    waits = over or not (partnership.is_lasting or partnership.is_approved)
    open_still = (
        one for one in partnership.tranches
        if (one.state in IN_FLIGHT if waits else one.state is not TrancheState.SETTLED)
    )  # fmt: skip
    return sum((one.money.amount for one in open_still), ZERO)


def lapses_at(partnership: Partnership) -> datetime | None:
    """Return when a reservation lapses: the day on which the partnership does. A hold suspends it."""
    deadline = partnership.deadline
    if partnership.hold is not None or deadline is None or deadline.wait is not Wait.AGREEMENT:
        return None
    if deadline.escalated:
        return deadline.due
    return after_business_days(deadline.due, ALLOWANCES[Wait.AGREEMENT].escalated)


def _allotted(partnership: Partnership, funds: Mapping[str, Fund], at: datetime) -> tuple[FundShare, ...]:
    """Return the part of each fund, decided once everybody approved, and anew when sum or funds change."""
    out = partnership.proposal.funds_out if partnership.proposal else None
    parts = parts_of(partnership, out) if out is not None else ()
    if out is None or not parts or not partnership.is_approved or partnership.ended:
        return partnership.shares
    unused = all(not fund.claim(partnership.partnership_id).whole for fund in funds.values())
    if not unused and not _needs_anew(partnership.shares, parts, out):
        return partnership.shares
    return tuple(_shares(partnership, parts, out, funds, at))


def _needs_anew(shares: tuple[FundShare, ...], parts: tuple[FundPart, ...], out: FundsOut) -> bool:
    named = [one.fund for one in parts]
    sums = [(one.fund, one.amount) for one in parts if one.amount is not None]
    if sums:
        return sums != [(one.fund, one.amount) for one in shares]
    used = [one.fund for one in shares]
    whole = sum((one.amount for one in shares), ZERO) == out.total.amount
    return not whole or [one for one in named if one in used] != used


def _shares(
    partnership: Partnership, parts: tuple[FundPart, ...], out: FundsOut, funds: Mapping[str, Fund], at: datetime
) -> Iterator[FundShare]:
    """Yield the parts: as they are proposed, or of each fund in its order what it has left."""
    left = out.total.amount
    for part in parts:
        room = _room(funds[part.fund], partnership, at) if len(parts) > 1 else left
        amount = part.amount if part.amount is not None else max(ZERO, min(left, room))
        left -= amount
        if amount:
            yield FundShare(fund=part.fund, amount=amount)
    if left:
        raise FundsShort(_too_little(out.total.amount, (funds[one.fund] for one in parts), partnership, at))


def _room(fund: Fund, partnership: Partnership, at: datetime) -> Decimal:
    return fund.available(at, partnership.partnership_id) if fund.is_open else ZERO


def _too_little(wanted: Decimal, funds: Iterable[Fund], partnership: Partnership, at: datetime) -> str:
    told = [f"{one.fund_id} has {max(ZERO, _room(one, partnership, at)):,} {one.currency} left" for one in funds]
    return (
        f"{wanted:,} are to be kept for {partnership.partnership_id}, and {' and '.join(told)}: amend the sum or the "
        "funds, or let two people move money in: `accord funds transfer`, `accord funds budget`"
    )


def _moves(fund: Fund, partnership: Partnership, wanted: Claim, at: datetime, asked: bool) -> Iterator[f.AnyFundEvent]:
    """Yield the events by which a fund comes to hold what a partnership's state says of it."""
    own = fund_of_own_gift(partnership) == fund.fund_id
    gift = partnership.proposed.funds_in if own else None
    begun = gift is not None and gift.is_restricted and (partnership.is_lasting or bool(partnership.received))
    if gift is not None and begun and not fund.is_open:
        yield f.GiftFundOpened(at=at, gift=partnership.partnership_id, funder=gift.funder, currency=gift.money.currency)
    if own:
        yield from _gift_moves(fund, partnership, at)
    yield from _claim_moves(fund, partnership.partnership_id, wanted, at, asked)


def _gift_moves(fund: Fund, partnership: Partnership, at: datetime) -> Iterator[f.Movement]:
    change = partnership.kept - fund.gifts.get(partnership.partnership_id, ZERO)
    if change > 0:
        yield f.GiftReceived(at=at, partnership=partnership.partnership_id, amount=change)
    elif change < 0:
        yield f.GiftReversed(at=at, partnership=partnership.partnership_id, amount=-change)


def _claim_moves(fund: Fund, partnership_id: str, wanted: Claim, at: datetime, asked: bool) -> Iterator[f.Movement]:
    """Yield the movements from the claim that a fund holds to the one that it should hold."""
    held, said = fund.claim(partnership_id), {"at": at, "partnership": partnership_id}
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
    if moved and (asked or _may_move(fund, partnership_id, wanted, at)):
        yield f.ReservationMoved(at=at, partnership=partnership_id, until=wanted.until)


def _may_move(fund: Fund, partnership_id: str, wanted: Claim, at: datetime) -> bool:
    """Return whether the end of a reservation may move: one that lapsed comes back only if the fund still has it."""
    held = fund.claim(partnership_id)
    return held.at(at) == held or fund.available(at, partnership_id) >= wanted.whole


def _require_money(partnership: Partnership, funds: Mapping[str, Fund], booking: Booking, at: datetime) -> None:
    """Raise FundsShort if a fund that a person's decision takes more of has too little left, or may not pay for it."""
    mine = partnership.partnership_id
    for fund_id, after in booking.after.items():
        before = funds[fund_id]
        if after.claim(mine).at(at).whole <= before.claim(mine).at(at).whole:
            continue
        if fault := use_fault(before, partnership, at):
            raise FundsShort(fault)
        waits = fund_of_own_gift(partnership) == fund_id  # it is paid only as far as its own gift has come in
        if not waits and after.available(at) < 0:
            raise FundsShort(_too_little(after.claim(mine).at(at).whole, (before,), partnership, at))


def use_fault(fund: Fund, partnership: Partnership, at: datetime) -> str:
    """Return the reason why a fund may not pay for a partnership's money out at all, whatever it has left; or ''."""
    out = partnership.proposed.funds_out
    if out is None or fund_of_own_gift(partnership) == fund.fund_id:
        return ""
    return door_fault(fund, out, at)


def door_fault(fund: Fund, out: FundsOut, at: datetime) -> str:
    """Return the reason why a fund may not pay for a leg at all; '' if it may."""
    name, currency, today = fund.fund_id, out.total.currency, at.date()
    if not fund.is_open:
        return f"there is no fund {name}; `accord funds list` shows them, `accord funds open` opens one"
    if fund.closed:
        return f"{name} is closed; name another fund"
    if fund.funder != out.funder:
        return f"{name} is money of {fund.funder}, and {out.funder} would pay of it; name a fund of {out.funder}"
    if fund.currency != currency:
        return f"{name} is in {fund.currency}, and the tranches are in {currency}; name a fund in {currency}"
    if fund.last_day is not None and today > fund.last_day:
        return f"the year of {name} ended on {fund.last_day}; name the fund of this year"
    if fund.first_day is not None and today < fund.first_day:
        return f"the year of {name} begins on {fund.first_day}; name the fund of this year"
    if fund.programme is not None and fund.programme != out.programme:
        return f"{name} is for the programme {fund.programme!r}, and this is for {out.programme or 'none'}"
    return ""


def proposal_fault(partnership: Partnership, funds: Mapping[str, Fund], at: datetime) -> str:
    """Return the reason why a fund that a proposal names cannot pay for it, or take its gift; '' if all can."""
    gift, own = partnership.proposed.funds_in, fund_of_own_gift(partnership)
    if gift is not None and gift.into is not None and own is not None and (fault := _gift_fault(funds[own], gift)):
        return f"funds_in.into: {fault}"
    out = partnership.proposed.funds_out
    paying = [funds[one.fund] for one in out.parts] if out is not None else []
    faults = (use_fault(fund, partnership, at) for fund in paying)
    return next((f"funds_out.funds: {fault}" for fault in faults if fault), "")


def _gift_fault(fund: Fund, gift: FundsIn) -> str:
    if not fund.is_open or fund.closed:
        return f"{fund.fund_id} is {'closed' if fund.closed else 'no open fund'}; see `accord funds list`"
    if fund.kind is not f.FundKind.UNRESTRICTED:
        return f"{fund.fund_id} takes no gifts without a restriction; name an UNRESTRICTED fund"
    if (fund.funder, fund.currency) != (gift.funder, gift.money.currency):
        return f"{fund.fund_id} is {fund.currency} of {fund.funder}; name a fund of the gift's funder and currency"
    return ""


def payment_fault(partnership: Partnership, funds: Mapping[str, Fund], money: Decimal, at: datetime) -> str:
    """Return the reason why the funds do not cover a payment: not committed, or not by what they hold; or ''.

    `money`: the payment's sum. What is on its way already is covered first.
    """
    out = partnership.proposal.funds_out if partnership.proposal else None
    parts = parts_of(partnership, out) if out is not None else ()
    if not parts:
        return ""
    if not partnership.shares:
        named = parts[0].fund
        return f"{named} keeps nothing for {partnership.partnership_id}; see `accord funds adopt {named}`"
    kept, lacking = ZERO, list[str]()
    for share in partnership.shares:
        fund = funds[share.fund]
        short = fund.uncovered(at).get(partnership.partnership_id, ZERO)
        kept += fund.claim(partnership.partnership_id).committed - short
        if short:
            lacking.append(f"{share.fund} lacks {short:,} of it")
    flying = sum((one.money.amount for one in partnership.tranches if one.state in IN_FLIGHT), ZERO)
    if kept >= max(flying, money):
        return ""
    why = " and ".join(lacking) or f"{' and '.join(one.fund for one in partnership.shares)} keeps {kept:,} for it"
    return f"the funds do not cover this payment: {why}"


def parts_told(parts: Iterable[FundPart]) -> str:
    """Return the funds of a leg in words."""
    return ", ".join(f"{one.fund} {one.amount:,}" if one.amount is not None else one.fund for one in parts)
