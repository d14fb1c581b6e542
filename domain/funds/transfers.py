"""Transfers between funds: each counts in both funds, or in none (ADR 0062).

Two people sign a transfer in the fund that the money leaves. The other fund bears an unsigned event that it came. Each
says nothing alone: the signatures may be doubted later, and whoever records events can write that money came.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from uuid import UUID

from domain.funds.fund import ZERO, Arrival, Fund, Sent


def with_transfers(fund: Fund, others: Mapping[str, Fund]) -> Fund:
    """Return a fund with the transfers that count. `others`: the funds that it names, by id."""
    everybody = {**others, fund.fund_id: fund}
    amounts = (one.amount for change_id, one in fund.sent.items() if _arrived(fund, change_id, one, everybody))
    came = (arrival.amount for arrival in fund.came if _was_sent(fund, arrival, everybody))
    return replace(fund, moved_in=sum(came, ZERO), moved_out=sum(amounts, ZERO))


def all_with_transfers(funds: Iterable[Fund]) -> list[Fund]:
    """Return funds with the transfers that count, where each fund that one of them names is among them."""
    every = {fund.fund_id: fund for fund in funds}
    return [with_transfers(fund, every) for fund in every.values()]


def waits_for(fund: Fund, others: Mapping[str, Fund]) -> tuple[str, ...]:
    """Return the other funds of which a newer state may make a transfer count that does not count by `others`."""
    everybody = {**others, fund.fund_id: fund}
    sent = (one.to for change_id, one in fund.sent.items() if not _arrived(fund, change_id, one, everybody))
    came = (arrival.from_fund for arrival in fund.came if not _was_sent(fund, arrival, everybody))
    return tuple(name for name in dict.fromkeys((*sent, *came)) if name != fund.fund_id)


def undone(fund: Fund, others: Mapping[str, Fund]) -> Iterator[str]:
    """Yield in words each transfer that stands in a fund's events and does not count."""
    everybody = {**others, fund.fund_id: fund}
    for change_id, sent in fund.sent.items():
        if not _arrived(fund, change_id, sent, everybody):
            yield f"{sent.amount:,} to {sent.to} do not count: it is not on record there that they came"
    for came in fund.came:
        if not _was_sent(fund, came, everybody):
            yield (
                f"{came.amount:,} from {came.from_fund} do not count: no signatures of two people stand for that "
                "transfer there, or no longer; let two sign a transfer anew: `accord funds transfer`"
            )


def _arrived(source: Fund, change_id: UUID, sent: Sent, everybody: Mapping[str, Fund]) -> bool:
    target = everybody.get(sent.to)
    arrival = Arrival(change_id, source.fund_id, sent.amount)
    return target is not None and arrival in target.came and _fit(source, target)


def _was_sent(target: Fund, arrival: Arrival, everybody: Mapping[str, Fund]) -> bool:
    source = everybody.get(arrival.from_fund)
    sent = Sent(target.fund_id, arrival.amount)
    return source is not None and source.sent.get(arrival.change_id) == sent and _fit(source, target)


def _fit(source: Fund, target: Fund) -> bool:
    """True if money can go from a fund to another. One whose opening is doubted keeps what it got until then."""
    same = (source.funder, source.currency) == (target.funder, target.currency)
    return source.is_open and (same or not target.is_open)
