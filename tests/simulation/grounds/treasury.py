"""The organisation's funds in a simulation: what is in them at the beginning, and how people change that."""

from __future__ import annotations

from datetime import date
from typing import Any, Final, NamedTuple

from accord.client.desk import Desk
from accord.organisation.funds import ask, confirm, open_fund
from domain.funds.events import FundKind

OWN: Final = "FD-OWN"
"""The unrestricted fund."""
BUDGET: Final = "FD-2026-LIB"
"""The budget of a programme."""
PROGRAMME: Final = "Libraries"
FUNDER: Final = "ISOC"


class Opened(NamedTuple):
    """A fund as it is opened, and the change by which it gets money."""

    fund_id: str
    kind: FundKind
    programme: str | None
    money: dict[str, Any]


OPENED: Final = (
    Opened(OWN, FundKind.UNRESTRICTED, None, {"kind": "opening_balance", "amount": "1800.00"}),
    Opened(BUDGET, FundKind.PROGRAMME, PROGRAMME, {"kind": "budget", "amount": "1200.00"}),
)
"""A grant or two each: not all that is approved finds money."""

ASKS, CONFIRMS = "fay.okoro", "dora.kim"
REASON: Final = "As the board resolved"


async def open_funds(desk: Desk) -> None:
    """Open the funds. Two people sign for their content."""
    for one in OPENED:
        content = {
            "fund_kind": one.kind, "name": f"The fund {one.fund_id}", "funder": FUNDER, "currency": "USD",
            "first_day": date(2026, 1, 1), "last_day": date(2099, 12, 31), "programme": one.programme,
        }  # fmt: skip
        await open_fund(desk, one.fund_id, ASKS, **content)
        asked = await ask(desk, one.fund_id, one.money, REASON, ASKS)
        await confirm(desk, one.fund_id, str(asked.change_id), CONFIRMS)
