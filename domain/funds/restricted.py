"""The money of restricted gifts that is not spent: what an account must keep for the purposes of its donors (R15)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal

from domain.funds.events import FundKind
from domain.funds.fund import ZERO, Fund
from domain.grants import paid_by
from domain.partnership.state import IN_FLIGHT, Partnership


def restricted_of(funds: Iterable[Fund], funders: Collection[str], currency: str) -> dict[str, Decimal]:
    """Return the money that each restricted fund of some funders holds in a currency and did not spend, by its id."""
    sums = {
        fund.fund_id: fund.granted - fund.total.spent
        for fund in funds
        if fund.kind is FundKind.RESTRICTED and fund.funder in funders and fund.currency == currency
    }
    return {fund_id: amount for fund_id, amount in sums.items() if amount > 0}


def part_on_its_way(partnership: Partnership, tranches: Iterable[int], restricted: Collection[str]) -> Decimal:
    """Return the part of payments on their way that restricted funds pay and do not count as spent yet."""
    numbers = {*tranches}
    flying = (
        progress.attempt_sum
        for progress in partnership.tranches
        if progress.number in numbers and progress.state in IN_FLIGHT
    )
    shares, spent = partnership.shares, partnership.spent
    parts = zip(shares, paid_by(shares, spent + sum(flying, ZERO)), paid_by(shares, spent), strict=True)
    return sum((after - before for share, after, before in parts if share.fund in restricted), ZERO)


def kept_for_donors(
    restricted: Mapping[str, Decimal], on_their_way: Iterable[tuple[Partnership, Iterable[int]]]
) -> Decimal:
    """Return the restricted money that must still stand on the account once some payments have left it.

    `restricted`: what each restricted fund holds. `on_their_way`: partnerships, each with the tranches that leave.
    """
    paid = (part_on_its_way(partnership, tranches, restricted.keys()) for partnership, tranches in on_their_way)
    return max(ZERO, sum(restricted.values(), ZERO) - sum(paid, ZERO))
