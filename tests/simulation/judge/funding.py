"""The promise about funds: no more is kept or paid of one than is in it, and each partnership has what it should.

Asked of the ledger's bare rows, of the bank's book, and of what the product makes of the same events.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING

from domain.errors import EventUnreadable
from domain.funds.claims import claims_of
from domain.funds.fund import NONE, Claim, Fund
from domain.partnership.state import Partnership
from records.funds import Funds
from tests.simulation.bank.records import Payment, State
from tests.simulation.grounds.states import states
from tests.simulation.judge.facts import rows_of
from tests.simulation.judge.purses import Purse, funds_of_gifts, granted, purses
from tests.simulation.judge.violations import Promise

if TYPE_CHECKING:  # the world asks the judge, who is told of the world
    from tests.simulation.grounds.world import World

ZERO = Decimal(0)


async def ask_funds(world: World) -> None:
    """Ask of every fund what must hold at every moment. Raises Violation."""
    known, at_their_time = await purses(world), await purses(world, doubted_too=True)
    partnerships = await _untouched(world)
    paid, gifts = await paid_of_funds(world), await funds_of_gifts(world)
    funds = Funds(world.office.desk.reader)
    for fund_id, purse in known.items():
        before = at_their_time[fund_id]
        most = max(_in_it(world, before, at_their_time), _in_it(world, purse, known))
        for fault in _paid_too_much(fund_id, most, paid.get(fund_id, ZERO)):
            world.broken(Promise.FUNDS, fault)
        if f"fund/{fund_id}" in world.forged:
            continue
        try:
            fund = await funds.read(fund_id)
        except EventUnreadable:
            continue  # money came from one that an intruder wrote to: nothing is kept or paid of it before it is judged
        fell = max(ZERO, granted(before, at_their_time, ZERO) - granted(purse, known, ZERO))
        faults = (*_unequal(world, fund, purse, known), *_below(world, fund, before, fell, gifts))
        for fault in (*faults, *_claimed_otherwise(world, fund, partnerships)):
            world.broken(Promise.FUNDS, fault)


async def _untouched(world: World) -> list[Partnership]:
    """Return the partnerships into whose streams nobody wrote who had no business there."""
    return [one for one in await states(world) if not any(one.partnership_id in stream for stream in world.forged)]


def _unequal(world: World, fund: Fund, purse: Purse, known: Mapping[str, Purse]) -> Iterator[str]:
    """The granted sum is the sum of reserved, committed, spent and available, by the rows as by the fold."""
    balance, got = fund.balance(world.clock.at), granted(purse, known, sum(purse.gifts.values(), ZERO))
    parts = balance.reserved + balance.committed + balance.spent + balance.available
    if got != parts:
        yield f"{fund.fund_id}: {got} was granted by its rows, and its parts are {parts}"
    sums = tuple(sum((one[place] for one in purse.claims.values()), ZERO) for place in range(3))
    if sums != (fund.total.reserved, fund.total.committed, fund.total.spent):
        yield f"{fund.fund_id}: {sums} are kept and spent by its rows, and {fund.total} by its fold"
    for partnership_id, claim in purse.claims.items():
        if min(claim) < 0:
            yield f"{fund.fund_id}: {partnership_id} has less than nothing of it: {[str(one) for one in claim]}"


def _below(world: World, fund: Fund, purse: Purse, fell: Decimal, gifts: Mapping[str, str]) -> Iterator[str]:
    """No more is kept than is there, but for a gift that went back or is awaited, and for the bank's own word.

    `fell`: what was signed with keys that are doubted since. `gifts`: where each partnership's own gift goes; what
    is kept for it waits for that gift, whoever writes into the partnership's streams meanwhile.
    """
    awaited = (
        fund.claim(partnership_id).at(world.clock.at).whole
        for partnership_id, into in gifts.items()
        if into == fund.fund_id
    )
    lowest = -(fell + purse.overdraft + purse.went_back + purse.unforeseen + sum(awaited, ZERO))
    available = fund.balance(world.clock.at).available
    if available < lowest:
        yield f"{fund.fund_id} stands at {available}, and {lowest} is the least that it may"


def _claimed_otherwise(world: World, fund: Fund, partnerships: list[Partnership]) -> Iterator[str]:
    """Each partnership has what its own events say, unless what was reserved for it lapsed."""
    for one in partnerships:
        held, should = fund.claim(one.partnership_id), claims_of(one).get(fund.fund_id, NONE)
        lapsed = held.at(world.clock.at) != held
        if not lapsed and _sums(held) != _sums(should):
            yield f"{one.partnership_id} has of {fund.fund_id} {_told(held)}, and should have {_told(should)}"


def _sums(claim: Claim) -> tuple[Decimal, Decimal, Decimal]:
    return claim.reserved, claim.committed, claim.spent


def _told(claim: Claim) -> str:
    return f"reserved {claim.reserved}, committed {claim.committed}, spent {claim.spent}"


# By the bank's book.


def _paid_too_much(fund_id: str, most: Decimal, paid: Decimal) -> Iterator[str]:
    """The money that left a fund is no more than two people signed for, and than came in of its gifts.

    `most`: that sum, as it was at the time or without what fell since: a transfer that fell is in it again.
    """
    if paid > most:
        yield f"{paid} left of {fund_id} by the bank's book, and {most} was in it"


def _in_it(world: World, purse: Purse, known: Mapping[str, Purse]) -> Decimal:
    came = sum((received(world, gift) for gift in purse.gifts), ZERO)
    return granted(purse, known, came) + purse.overdraft + purse.unforeseen + purse.went_back


def received(world: World, partnership_id: str) -> Decimal:
    """Return the money of a partnership's gift that came in and stayed, by the bank's book."""
    came = (one for one in world.bank.received if one.gift == partnership_id)
    return sum((one.amount for one in came if not one.taken_back), ZERO)


async def paid_of_funds(world: World) -> dict[str, Decimal]:
    """Return the bank's payments of each fund, held ones too: of a partnership's funds in their order."""
    paid: dict[str, Decimal] = {}
    for one in await _untouched(world):
        left = await _gone(world, one.partnership_id)
        parts = await parts_of(world, one.partnership_id) if left else []
        for place, (fund_id, amount) in enumerate(parts, start=1):
            part = left if place == len(parts) else min(left, amount)
            left -= part
            paid[fund_id] = paid.get(fund_id, ZERO) + part
    return paid


async def _gone(world: World, partnership_id: str) -> Decimal:
    """Return the sum that left, beside sums forgotten by the restored ledger and those of two called never arrived."""
    mine = [one for one in world.bank.payments.values() if one.partnership_id == partnership_id]
    if not mine:
        return ZERO
    rows = await rows_of(world, f"partnership/{partnership_id}")
    denied = {row.told["tranche"] for row in rows if row.kind == "TrancheNeverSent"}
    return sum((_net(one) for one in mine if one.end_to_end_id not in world.left and one.tranche not in denied), ZERO)


def _net(payment: Payment) -> Decimal:
    """Return the sum that the bank booked and did not take back. For a held payment it is the future booking."""
    if payment.state is State.TAKEN:
        return payment.amount
    return payment.net - payment.paid_back


async def parts_of(world: World, partnership_id: str) -> list[tuple[str, Decimal]]:
    """Return the funds that pay a partnership, each with its part: as allotted, or else the first that it names."""
    parts: list[tuple[str, Decimal]] = []
    for row in await rows_of(world, f"partnership/{partnership_id}"):
        if row.kind == "FundsAllotted":
            parts = [(one["fund"], Decimal(one["amount"])) for one in row.told["shares"]]
        elif row.kind == "PartnershipProposed":
            named = (row.told["proposal"].get("funds_out") or {}).get("funds", ())
            parts = [(one["fund"], ZERO) for one in named[:1]]
    return parts
