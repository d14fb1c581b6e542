"""The transfers of a fund one by one: what each brought or took, if it counts (ADR 0062)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import NamedTuple

from domain.directory.disregarded import Disregarded
from domain.funds.events import AnyFundEvent
from domain.funds.fund import Fund, evolve
from domain.funds.transfers import with_transfers


class CountedTransfer(NamedTuple):
    """The sums that one event of a fund brought from another fund, or took to it. What does not count is zero."""

    moved_in: Decimal
    moved_out: Decimal


def transfers_of(
    fund: Fund, history: Iterable[AnyFundEvent | Disregarded], other_funds: Mapping[str, Fund]
) -> dict[int, CountedTransfer]:
    """Return the sums of transfers, by the version of their events. `other_funds`: those that the fund names."""
    state, counted_transfers = Fund(fund.fund_id), dict[int, CountedTransfer]()
    for event in history:
        before, state = state, evolve(state, event)
        sent_sums = {key: transfer for key, transfer in state.sent.items() if key not in before.sent}
        came = state.came[len(before.came) :]
        if sent_sums or came:
            alone = with_transfers(fund._replace(sent=sent_sums, came=came), other_funds)
            counted_transfers[state.version] = CountedTransfer(alone.moved_in, alone.moved_out)
    return counted_transfers
