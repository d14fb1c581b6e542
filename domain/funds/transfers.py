"""Transfers between funds: each counts in both funds, or in none (ADR 0062).

Two people sign a transfer in the fund that the money leaves. The other fund bears an unsigned event that it came. Each
says nothing alone: the signatures may be doubted later, and whoever records events can write that money came.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from uuid import UUID

from domain.funds.fund import ZERO, Arrival, Fund, SignedTransfer


def with_transfers(fund: Fund, other_funds: Mapping[str, Fund]) -> Fund:
    """Return a fund with the transfers that count. `other_funds`: the funds that it names, by id."""
    funds = {**other_funds, fund.fund_id: fund}
    amounts = (
        transfer.amount for change_id, transfer in fund.sent.items() if _arrived(fund, change_id, transfer, funds)
    )
    came = (arrival.amount for arrival in fund.came if _was_sent(fund, arrival, funds))
    return fund._replace(moved_in=sum(came, ZERO), moved_out=sum(amounts, ZERO))


def all_with_transfers(funds: Iterable[Fund]) -> list[Fund]:
    """Return funds with the transfers that count, where each fund that one of them names is among them."""
    every = {fund.fund_id: fund for fund in funds}
    return [with_transfers(fund, every) for fund in every.values()]


def waits_for(fund: Fund, other_funds: Mapping[str, Fund]) -> tuple[str, ...]:
    """Return the other funds of which a newer state may make a transfer count that does not count by `other_funds`."""
    funds = {**other_funds, fund.fund_id: fund}
    targets = (
        transfer.to for change_id, transfer in fund.sent.items() if not _arrived(fund, change_id, transfer, funds)
    )
    came = (arrival.from_fund for arrival in fund.came if not _was_sent(fund, arrival, funds))
    return tuple(name for name in dict.fromkeys((*targets, *came)) if name != fund.fund_id)


def undone(fund: Fund, other_funds: Mapping[str, Fund]) -> Iterator[str]:
    """Yield in words each transfer that stands in a fund's events and does not count."""
    funds = {**other_funds, fund.fund_id: fund}
    for change_id, transfer in fund.sent.items():
        if not _arrived(fund, change_id, transfer, funds):
            yield f"{transfer.amount:,} to {transfer.to} do not count: it is not on record there that they came"
    for came in fund.came:
        if not _was_sent(fund, came, funds):
            yield (
                f"{came.amount:,} from {came.from_fund} do not count: no signatures of two people stand for that "
                "transfer there, or no longer; let two sign a transfer anew: `accord funds transfer`"
            )


def _arrived(source: Fund, change_id: UUID, transfer: SignedTransfer, funds: Mapping[str, Fund]) -> bool:
    target = funds.get(transfer.to)
    arrival = Arrival(change_id, source.fund_id, transfer.amount)
    return target is not None and arrival in target.came and _fit(source, target)


def _was_sent(target: Fund, arrival: Arrival, funds: Mapping[str, Fund]) -> bool:
    source = funds.get(arrival.from_fund)
    transfer = SignedTransfer(target.fund_id, arrival.amount)
    return source is not None and source.sent.get(arrival.change_id) == transfer and _fit(source, target)


def _fit(source: Fund, target: Fund) -> bool:
    """True if money can go from a fund to another. One whose opening is doubted keeps what it got until then."""
    is_compatible = (source.funder, source.currency) == (target.funder, target.currency)
    return source.is_open and (is_compatible or not target.is_open)
