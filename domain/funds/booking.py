"""The movements that bring funds up to what a partnership has of them.

A partnership's state says what is reserved, committed and spent. A fund records only how that differs from what it
held, so a movement that was recorded twice, late or not at all is made good by the next one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from functools import reduce
from typing import NamedTuple

from domain.errors import FundsShort
from domain.funds import events as f
from domain.funds.claims import (
    MoneyOut,
    claims_by,
    claims_of,
    fund_of_own_gift,
    funds_of,
    leaving_by,
    money_out_of,
    parts_of,
)
from domain.funds.faults import use_fault
from domain.funds.fund import NONE, ZERO, Claim, Fund, evolve
from domain.grants import FundPart, FundShare, fund_of_gift, paid_by
from domain.partnership.events import FundsAllotted
from domain.partnership.state import Partnership
from domain.proposal import FundsOut


class FundBooking(NamedTuple):
    """The consequences of a partnership's decision in the funds, recorded together with it or not at all."""

    allotted: FundsAllotted | None
    """The parts that the funds pay, if they were decided or changed."""
    movements: Mapping[str, tuple[f.AnyFundEvent, ...]]
    """The events of each fund, by its id."""
    after: Mapping[str, Fund]
    """Those funds after their events."""


class Turn(NamedTuple):
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
        fund_ids = funds_of(self.after)
        is_same_money = self.before.proposal is self.after.proposal and self.before.shares is self.after.shares
        return fund_ids if is_same_money else tuple(dict.fromkeys((*funds_of(self.before), *fund_ids)))


def book(turn: Turn, funds: Mapping[str, Fund], *, on_request: bool) -> FundBooking:
    """Return the consequences of a partnership's decision in the funds.

    `on_request`: True if a person asks for it, so that it is refused if a fund has too little left. The consequences of
    the bank's word or of time are recorded all the same: a payment even where the fund falls below zero, and no more
    is kept.

    Raises:
        FundsShort: A fund has too little left, or may not pay for this.
    """
    try:
        money = money_out_of(turn.after)
        shares = _allotted(turn, funds, money)
        allotted = FundsAllotted(at=turn.said_at, shares=shares) if shares != turn.after.shares else None
        booking = _booked(turn, funds, claims_by(money, shares), on_request=on_request, allotted=allotted)
        _require_money(turn, funds, booking)
    except FundsShort:
        if on_request:
            raise
        return follow(turn, funds)
    return booking


def follow(turn: Turn, funds: Mapping[str, Fund]) -> FundBooking:
    """Return the consequences of the bank's word, or of a hold, in the funds: no part of a fund is decided anew."""
    money, shares = money_out_of(turn.after), turn.after.shares
    claims = {
        fund_id: _as_kept(funds[fund_id], turn.after, claim, leaving)
        for (fund_id, claim), leaving in zip(claims_by(money, shares).items(), leaving_by(money, shares), strict=True)
    }
    return _booked(turn, funds, claims, on_request=False)


def again(turn: Turn, funds: Mapping[str, Fund]) -> FundBooking:
    """Return the consequences in the funds of events that are recorded again: the parts are those of then.

    Raises:
        FundsShort: A fund has too little left by now, since others were promised it.
    """
    booking = _booked(turn, funds, claims_of(turn.after), on_request=True)
    _require_money(turn, funds, booking)
    return booking


def adopt(
    fund: Fund, partnerships: Iterable[Partnership], said_at: datetime, now: datetime
) -> tuple[tuple[f.AnyFundEvent, ...], dict[str, FundsAllotted]]:
    """Return the events of a fund that takes over what is left of partnerships, and the event of each of those."""
    events: tuple[f.AnyFundEvent, ...] = ()
    allotments: dict[str, FundsAllotted] = {}
    for partnership in partnerships:
        share = FundShare(
            fund=fund.fund_id,
            amount=partnership.proposed.funds_out.total.amount if partnership.proposed.funds_out else ZERO,
        )
        after = partnership.model_copy(update={"shares": (share,)})
        turn = Turn(partnership, after, said_at, now)
        moves = tuple(_claim_moves(fund, turn, claims_of(after)[fund.fund_id], on_request=True))
        fund = reduce(evolve, moves, fund)
        events, allotments[partnership.partnership_id] = (
            (*events, *moves),
            FundsAllotted(at=said_at, shares=after.shares),
        )
    return events, allotments


def _booked(
    turn: Turn, funds: Mapping[str, Fund], claims: Mapping[str, Claim], *, on_request: bool,
    allotted: FundsAllotted | None = None,
) -> FundBooking:  # fmt: skip
    every = {fund: tuple(_moves(funds[fund], turn, claims.get(fund, NONE), on_request)) for fund in funds}
    movements = {fund_id: events for fund_id, events in every.items() if events}
    return FundBooking(
        allotted, movements, {fund_id: reduce(evolve, events, funds[fund_id]) for fund_id, events in movements.items()}
    )


def _as_kept(fund: Fund, partnership: Partnership, claim: Claim, leaving: Decimal) -> Claim:
    """Return a claim that takes no more of a fund than it holds already, but for what the bank paid or has with it."""
    current_claim = fund.claim(partnership.partnership_id)
    unspent = max(leaving, current_claim.unspent + current_claim.spent - claim.spent)
    return claim._replace(reserved=min(claim.reserved, current_claim.reserved), committed=min(claim.committed, unspent))


def _allotted(turn: Turn, funds: Mapping[str, Fund], money: MoneyOut) -> tuple[FundShare, ...]:
    """Return the part of each fund, decided once everybody approved, and anew when sum or funds change.

    What was agreed before its funds were kept here is taken over by two people (`accord funds adopt`), not by itself.
    """
    after = turn.after
    out = after.proposal.funds_out if after.proposal else None
    parts = parts_of(after, out) if out is not None else ()
    from_before = turn.before.is_lasting and not turn.before.shares
    if out is None or not parts or not after.is_approved or after.ended or from_before:
        return after.shares
    without_claims = all(not fund.claim(after.partnership_id).whole for fund in funds.values())
    if not money.owing or not (without_claims or _needs_anew(after, parts, out, money.spent)):
        return after.shares
    return tuple(_shares(turn, parts, out, funds, money.spent))


def _needs_anew(partnership: Partnership, parts: tuple[FundPart, ...], out: FundsOut, spent: Decimal) -> bool:
    """True if shares are not those that a proposal names: of other funds, of other parts or of another sum.

    A fund that is not named any more has what it paid, and nothing of what came back since.
    """
    proposed_amounts, shares = {part.fund: part.amount for part in parts}, partnership.shares
    paid_now = zip(shares, paid_by(shares, spent), strict=True)
    if any(share.fund not in proposed_amounts and share.amount != sum_ for share, sum_ in paid_now):
        return True
    still = {share.fund: share for share in shares if share.fund in proposed_amounts}
    if all(amount is not None for amount in proposed_amounts.values()):
        paid_sums = {fund: share.paid for fund, share in still.items()}
        wanted_sums = {
            fund: max(amount or ZERO, paid_sums.get(fund, ZERO)) for fund, amount in proposed_amounts.items()
        }
        return wanted_sums != {fund: share.amount for fund, share in still.items()}
    whole = sum((share.amount for share in shares), ZERO) == out.amount
    return not whole or [fund_id for fund_id in proposed_amounts if fund_id in still] != [*still]


def _shares(
    turn: Turn, parts: tuple[FundPart, ...], out: FundsOut, funds: Mapping[str, Fund], spent_sum: Decimal
) -> Iterator[FundShare]:
    """Yield the parts: as they are proposed, or of each fund in its order what it has left.

    What a fund paid already stays its own, whatever the proposal names now.
    """
    after, remainder = turn.after, out.amount
    spent_sums = paid_by(after.shares, spent_sum)
    paid_sums = {share.fund: sum_ for share, sum_ in zip(after.shares, spent_sums, strict=True) if sum_}
    fund_ids = {part.fund for part in parts}
    for fund, sum_ in paid_sums.items():
        remainder -= sum_
        if fund not in fund_ids:
            yield FundShare(fund=fund, amount=sum_, paid=sum_)
    for part in parts:
        spent = paid_sums.get(part.fund, ZERO)
        room = _room(funds[part.fund], after, turn.now) - spent if len(parts) > 1 else remainder
        more = max(ZERO, part.amount - spent if part.amount is not None else min(remainder, room))
        remainder -= more
        if more + spent:
            yield FundShare(fund=part.fund, amount=more + spent, paid=spent)
    if remainder > 0:
        raise FundsShort(_too_little(out.amount, (funds[part.fund] for part in parts), after, turn.now))


def _room(fund: Fund, partnership: Partnership, at: datetime) -> Decimal:
    return fund.available(at, partnership.partnership_id) if fund.is_open else ZERO


def _too_little(amount: Decimal, funds: Iterable[Fund], partnership: Partnership, at: datetime) -> str:
    balances = [
        f"{fund.fund_id} has {max(ZERO, _room(fund, partnership, at)):,} {fund.currency} left" for fund in funds
    ]
    return (
        f"{amount:,} are to be kept for {partnership.partnership_id}, and {' and '.join(balances)}: amend the sum or"
        " the funds, or let two people move money in: `accord funds transfer`, `accord funds budget`"
    )


def _moves(fund: Fund, turn: Turn, claim: Claim, on_request: bool) -> Iterator[f.AnyFundEvent]:
    """Yield the events by which a fund comes to hold what a partnership's state says of it."""
    after = turn.after
    gift = after.proposed.funds_in if fund_of_own_gift(after) == fund.fund_id else None
    needs_fund = gift is not None and gift.is_restricted and (after.is_lasting or bool(after.received))
    if gift is not None and needs_fund and not fund.is_open:
        common_fields = {"gift": after.partnership_id, "funder": gift.funder, "currency": gift.money.currency}
        yield f.GiftFundOpened(at=turn.said_at, **common_fields)
    if gift is not None or after.partnership_id in fund.gifts:
        yield from _gift_moves(fund, turn, after.usable if gift is not None else ZERO)
    yield from _claim_moves(fund, turn, claim, on_request)


def _gift_moves(fund: Fund, turn: Turn, target_sum: Decimal) -> Iterator[f.Movement]:
    """Yield the movements that bring a partnership's gift in a fund to a sum.

    A gift that goes to another fund leaves this one.
    """
    gift = turn.after.partnership_id
    change = target_sum - fund.gifts.get(gift, ZERO)
    if change > 0:
        yield f.GiftReceived(at=turn.said_at, partnership=gift, amount=change)
    elif change < 0:
        yield f.GiftReversed(at=turn.said_at, partnership=gift, amount=-change)


def _claim_moves(fund: Fund, turn: Turn, new_claim: Claim, on_request: bool) -> Iterator[f.Movement]:
    """Yield the movements from the claim that a fund holds to the one that it should hold."""
    partnership_id = turn.after.partnership_id
    current_claim, common_fields = fund.claim(partnership_id), {"at": turn.said_at, "partnership": partnership_id}
    spending = new_claim.spent - current_claim.spent
    if spending < 0:
        yield f.PaymentCameBack(**common_fields, amount=-spending)
    committing = new_claim.committed + new_claim.spent - current_claim.committed - current_claim.spent
    reserving = new_claim.reserved + max(committing, ZERO) - current_claim.reserved
    if reserving > 0:
        yield f.FundsReserved(**common_fields, amount=reserving, until=new_claim.until)
    if reserving < 0 or committing < 0:
        yield f.FundsFreed(**common_fields, reserved=max(-reserving, ZERO), committed=max(-committing, ZERO))
    if committing > 0:
        yield f.FundsCommitted(**common_fields, amount=committing)
    if spending > 0:
        yield f.FundsSpent(**common_fields, amount=spending)
    has_new_end = bool(new_claim.reserved) and reserving <= 0 and new_claim.until != current_claim.until
    if has_new_end and (on_request or _may_move(fund, partnership_id, new_claim, turn.now)):
        yield f.ReservationMoved(**common_fields, until=new_claim.until)


def _may_move(fund: Fund, partnership_id: str, new_claim: Claim, at: datetime) -> bool:
    """True if the end of a reservation may move: one that lapsed comes back only if the fund still has it."""
    current_claim = fund.claim(partnership_id)
    return current_claim.at(at) == current_claim or fund.available(at, partnership_id) >= new_claim.whole


def _require_money(turn: Turn, funds: Mapping[str, Fund], booking: FundBooking) -> None:
    """Raise FundsShort if a fund that a decision takes more of has too little left, or may not pay for it."""
    partnership_id, now = turn.after.partnership_id, turn.now
    for fund_id, after in booking.after.items():
        before, claimed_sum = funds[fund_id], after.claim(partnership_id).at(now).whole
        _require_left(turn, before, after)
        if claimed_sum <= before.claim(partnership_id).at(now).whole:
            continue
        if fault := use_fault(before, turn.after, now):
            raise FundsShort(str(fault))
        waits = fund_id == fund_of_gift(partnership_id)  # it is paid only as far as its own gift has come in
        if not waits and after.available(now) < 0:
            raise FundsShort(_too_little(claimed_sum, (before,), turn.after, now))


def _require_left(turn: Turn, before: Fund, after: Fund) -> None:
    """Raise FundsShort if a gift goes to another fund, and what was paid or promised of it stays behind.

    What goes back to its donor is a fact, and leaves the fund below zero.
    """
    goes_elsewhere = before.fund_id == fund_of_own_gift(turn.before) != fund_of_own_gift(turn.after)
    if not goes_elsewhere:
        return
    lacks = -after.available(turn.now)
    if lacks <= max(ZERO, -before.available(turn.now)):
        return
    raise FundsShort(
        f"{before.fund_id} paid or keeps of this gift {lacks:,} {before.currency} more than it would have left: the "
        "gift stays there, and two people move what is left of it: `accord funds transfer`"
    )


def parts_told(parts: Iterable[FundPart]) -> str:
    """Return the funds of a leg in words."""
    return ", ".join(f"{part.fund} {part.amount:,}" if part.amount is not None else part.fund for part in parts)
