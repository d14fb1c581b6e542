"""Hold the parts that funds are said to pay against the parts that people approved (R15)."""

from __future__ import annotations

from collections.abc import Sequence

from accord.audit.walk.walk import Walk
from domain.fault import Fault
from domain.grants import FundPart, FundShare
from domain.partnership import events as e


def allot(walk: Walk, event: e.FundsAllotted) -> None:
    """Note the part of each fund, and whether it is the one that was approved."""
    walk.shares_fault = parts_fault(walk.out.parts if walk.out else (), walk.shares, event.shares)
    walk.ever_shared |= {share.fund for share in event.shares}
    walk.shares = event.shares


def parts_fault(parts: Sequence[FundPart], before: Sequence[FundShare], now: Sequence[FundShare]) -> Fault | None:
    """Return the reason why the parts of funds are not those that a proposal names, or None if they are.

    `before`: the parts until then. The sum that a fund paid of them stays its own. Without approved parts two people
    must have said which fund pays, which the fund's own stream tells.
    """
    fund_ids = [share.fund for share in now]
    if twice := [fund_id for fund_id in fund_ids if fund_ids.count(fund_id) > 1]:
        return Fault(f"{twice[0]} would pay twice")
    earlier_amounts, approved_amounts = (
        {share.fund: share.amount for share in before},
        {part.fund: part.amount for part in parts},
    )
    for share in now:
        if share.paid > earlier_amounts.get(share.fund, 0):
            return Fault(f"{share.fund} is said to have paid {share.paid:,}, of which it had no part")
        part = approved_amounts.get(share.fund, share.paid) if parts else None
        if part is not None and share.amount != max(part, share.paid):
            return Fault(f"{share.fund} would pay {share.amount:,}, and another part of it was approved")
    missing_funds = [part.fund for part in parts if part.amount is not None and part.fund not in fund_ids]
    return Fault(f"{missing_funds[0]} would pay nothing, and a part of it was approved") if missing_funds else None
