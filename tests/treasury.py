"""The organisation's money in tests: funds, and the two people who sign for what is in them."""

from __future__ import annotations

from datetime import date
from typing import Any

from accord.client.desk import Desk
from accord.organisation.funds import ask, confirm, open_fund
from domain.funds.events import FundKind
from domain.funds.fund import Fund
from records.funds import Funds

ASKS, CONFIRMS = "femi.ade", "dora.kim"


async def budget(desk: Desk, fund_id: str, amount: str, **more: Any) -> None:
    """Open a programme's budget of a sum, as two people sign it."""
    content = {
        "fund_kind": FundKind.PROGRAMME, "name": f"The budget {fund_id}", "funder": "ISOC", "currency": "USD",
        "first_day": date(2026, 1, 1), "last_day": date(2099, 12, 31), "programme": "Libraries",
    }  # fmt: skip
    await open_fund(desk, fund_id, ASKS, **{**content, **more})
    await change(desk, fund_id, {"kind": "budget", "amount": amount})


async def unrestricted(desk: Desk, fund_id: str, amount: str = "", **more: Any) -> None:
    """Open an unrestricted fund, with an opening balance if a sum is given."""
    content = {
        "fund_kind": FundKind.UNRESTRICTED, "name": f"The fund {fund_id}", "funder": "ISOC", "currency": "USD",
        "first_day": date(2026, 1, 1), "last_day": date(2099, 12, 31), "programme": None,
    }  # fmt: skip
    await open_fund(desk, fund_id, ASKS, **{**content, **more})
    if amount:
        await change(desk, fund_id, {"kind": "opening_balance", "amount": amount})


async def change(desk: Desk, fund_id: str, wanted: dict[str, Any]) -> None:
    """Change a fund's money: one person asks, another confirms."""
    asked = await ask(desk, fund_id, wanted, "As the board resolved", ASKS)
    await confirm(desk, fund_id, str(asked.change_id), CONFIRMS)


async def fund(desk: Desk, fund_id: str) -> Fund:
    """A fund as it is recorded."""
    return await Funds(desk.reader).read(fund_id)
