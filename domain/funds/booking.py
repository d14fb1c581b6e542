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
from domain.grants import FundPart, FundShare, fund_of_gift, paid_by
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
    """Return what follows in the funds from a decision in a partnership.

    `asked`: whether a person asks for it, so that it is refused if a fund has too little left. What follows from the
    bank's word or from time is recorded all the same: what was paid, even where the fund falls below zero, and nothing
    more is kept.

    Raises:
        FundsShort: A fund has too little left, or may not pay for this.
    """
    try:
        known = turn.after.model_copy(update={"shares": _allotted(turn, funds)})
        decided = replace(turn, after=known)
        booking = _booked(decided, funds, claims_of(known), asked=asked)
        _require_money(decided, funds, booking)
    except FundsShort:
        if asked:
            raise
        return follow(turn, funds)
    changed = known.shares != turn.after.shares
    return replace(booking, allotted=FundsAllotted(at=turn.said_at, shares=known.shares) if changed else None)


def follow(turn: Turn, funds: Mapping[str, Fund]) -> Booking:
    """Return what follows in the funds from the bank's word, or from a hold: no part of a fund is decided anew."""
    claims = {one: _as_kept(funds[one], turn.after, claim) for one, claim in claims_of(turn.after).items()}
    return _booked(turn, funds, claims, asked=False)


def adopt(
    fund: Fund, partnerships: Iterable[Partnership], said_at: datetime, now: datetime
) -> tuple[tuple[f.AnyFundEvent, ...], dict[str, FundsAllotted]]:
    """Return the events of a fund that takes over what is left of partnerships, and the event of each of those."""
    events: tuple[f.AnyFundEvent, ...] = ()
    allotted: dict[str, FundsAllotted] = {}
    for one in partnerships:
        share = FundShare(
            fund=fund.fund_id, amount=one.proposed.funds_out.total.amount if one.proposed.funds_out else ZERO
        )
        known = one.model_copy(update={"shares": (share,)})
        turn = Turn(one, known, said_at, now)
        moves = tuple(_claim_moves(fund, turn, claims_of(known)[fund.fund_id], asked=True))
        fund = reduce(evolve, moves, fund)
        events, allotted[one.partnership_id] = (*events, *moves), FundsAllotted(at=said_at, shares=known.shares)
    return events, allotted


def _booked(turn: Turn, funds: Mapping[str, Fund], claims: Mapping[str, Claim], *, asked: bool) -> Booking:
    every = {one: tuple(_moves(funds[one], turn, claims.get(one, NONE), asked)) for one in funds}
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
    for share, paid in zip(partnership.shares, paid_by(partnership.shares, spent), strict=True):
        kept = max(ZERO, min(owing, share.amount - paid))
        owing -= kept
        levels = (ZERO, kept) if committed else (kept, ZERO)
        claims[share.fund] = Claim(*levels, paid, until if kept and not committed else None)
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
    if not _owing(after) or not (unused or _needs_anew(after, parts, out)):
        return after.shares
    return tuple(_shares(turn, parts, out, funds))


def _needs_anew(partnership: Partnership, parts: tuple[FundPart, ...], out: FundsOut) -> bool:
    """Return whether shares are not those that a proposal names: of other funds, of other parts or of another sum.

    A fund that is not named any more has what it paid, and nothing of what came back since.
    """
    named, shares = {one.fund: one.amount for one in parts}, partnership.shares
    paid_now = zip(shares, paid_by(shares, _spent(partnership)), strict=True)
    if any(share.fund not in named and share.amount != sum_ for share, sum_ in paid_now):
        return True
    still = {one.fund: one for one in shares if one.fund in named}
    if all(amount is not None for amount in named.values()):
        paid = {fund: one.paid for fund, one in still.items()}
        wanted = {fund: max(amount or ZERO, paid.get(fund, ZERO)) for fund, amount in named.items()}
        return wanted != {fund: one.amount for fund, one in still.items()}
    whole = sum((one.amount for one in shares), ZERO) == out.total.amount
    return not whole or [one for one in named if one in still] != [*still]


def _shares(turn: Turn, parts: tuple[FundPart, ...], out: FundsOut, funds: Mapping[str, Fund]) -> Iterator[FundShare]:
    """Yield the parts: as they are proposed, or of each fund in its order what it has left.

    What a fund paid already stays its own, whatever the proposal names now.
    """
    after, left = turn.after, out.total.amount
    paid = {
        one.fund: sum_ for one, sum_ in zip(after.shares, paid_by(after.shares, _spent(after)), strict=True) if sum_
    }
    named = {one.fund for one in parts}
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
        raise FundsShort(_too_little(out.total.amount, (funds[one.fund] for one in parts), after, turn.now))


def _room(fund: Fund, partnership: Partnership, at: datetime) -> Decimal:
    return fund.available(at, partnership.partnership_id) if fund.is_open else ZERO


def _too_little(wanted: Decimal, funds: Iterable[Fund], partnership: Partnership, at: datetime) -> str:
    told = [f"{one.fund_id} has {max(ZERO, _room(one, partnership, at)):,} {one.currency} left" for one in funds]
    return (
        f"{wanted:,} are to be kept for {partnership.partnership_id}, and {' and '.join(told)}: amend the sum or the "
        "funds, or let two people move money in: `accord funds transfer`, `accord funds budget`"
    )


def _moves(fund: Fund, turn: Turn, wanted: Claim, asked: bool) -> Iterator[f.AnyFundEvent]:
    """Yield the events by which a fund comes to hold what a partnership's state says of it."""
    after = turn.after
    gift = after.proposed.funds_in if fund_of_own_gift(after) == fund.fund_id else None
    begun = gift is not None and gift.is_restricted and (after.is_lasting or bool(after.received))
    if gift is not None and begun and not fund.is_open:
        said = {"gift": after.partnership_id, "funder": gift.funder, "currency": gift.money.currency}
        yield f.GiftFundOpened(at=turn.said_at, **said)
    yield from _gift_moves(fund, turn, after.kept if gift is not None else ZERO)
    yield from _claim_moves(fund, turn, wanted, asked)


def _gift_moves(fund: Fund, turn: Turn, wanted: Decimal) -> Iterator[f.Movement]:
    """Yield what brings a partnership's gift in a fund to a sum; a gift that goes to another fund leaves this one."""
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
    """Return whether the end of a reservation may move: one that lapsed comes back only if the fund still has it."""
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
            raise FundsShort(fault)
        waits = fund_id == fund_of_gift(mine)  # it is paid only as far as its own gift has come in
        if not waits and after.available(now) < 0:
            raise FundsShort(_too_little(after.claim(mine).at(now).whole, (before,), turn.after, now))


def use_fault(fund: Fund, partnership: Partnership, at: datetime) -> str:
    """Return the reason why a fund may not pay for a partnership's money out at all, whatever it has left; or ''."""
    out, gift = partnership.proposed.funds_out, partnership.proposed.funds_in
    if out is None:
        return ""
    if fund.fund_id != fund_of_gift(partnership.partnership_id) or gift is None or not gift.is_restricted:
        return door_fault(fund, out, at)
    if (gift.funder, gift.money.currency) != (out.funder, out.total.currency):
        return (
            f"{fund.fund_id} is {gift.money.currency} of {gift.funder}; name a fund of the grant's funder and currency"
        )
    return ""


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
    """Return the reason why a fund that a proposal names cannot pay for it, or take its gift; '' if all can.

    Nothing is said of a fund that pays it already: only what it would take more is looked at.
    """
    gift, own = partnership.proposed.funds_in, fund_of_own_gift(partnership)
    if gift is not None and gift.into is not None and own is not None and (fault := _gift_fault(funds[own], gift)):
        return f"funds_in.into: {fault}"
    out, paying = partnership.proposed.funds_out, {one.fund for one in partnership.shares}
    named = [one.fund for one in out.parts if one.fund not in paying] if out is not None else []
    if partnership.is_lasting and not paying:
        return ""
    faults = (use_fault(funds[one], partnership, at) for one in named)
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

    `money`: the sum that is to be paid beside what is on its way already, which is covered first.
    """
    out = partnership.proposal.funds_out if partnership.proposal else None
    parts = parts_of(partnership, out) if out is not None else ()
    if not parts:
        return ""
    if not partnership.shares:
        named = parts[0].fund
        return f"{named} keeps nothing for {partnership.partnership_id}; see `accord funds adopt {named}`"
    spent = _spent(partnership)
    flying = sum((one.money.amount for one in partnership.tranches if one.state in IN_FLIGHT), ZERO)
    paid = paid_by(partnership.shares, spent + flying + money)
    for share, part in zip(partnership.shares, paid, strict=True):
        if part and (fault := _cover_fault(funds[share.fund], partnership.partnership_id, part, at)):
            return fault
    return ""


def _cover_fault(fund: Fund, partnership_id: str, paid: Decimal, at: datetime) -> str:
    claim, short = fund.claim(partnership_id), fund.uncovered(at).get(partnership_id, ZERO)
    kept = claim.committed + claim.spent - short
    if paid <= kept:
        return ""
    lacks = f", and lacks {short:,} of what it keeps" if short else ""
    return f"{fund.fund_id} covers {kept:,} of the {paid:,} that would be paid of it{lacks}"


def parts_told(parts: Iterable[FundPart]) -> str:
    """Return the funds of a leg in words."""
    return ", ".join(f"{one.fund} {one.amount:,}" if one.amount is not None else one.fund for one in parts)
