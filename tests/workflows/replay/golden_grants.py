"""The life of a grant with a budget that leaves golden histories: moves, what comes back, a milestone that holds."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any, Final

from domain.partnership import commands as c
from domain.partnership.state import TrancheState
from domain.payment.bank_answers import BankStatus
from domain.plans import ReportKind
from tests.budgets import budget, budgeted, line, milestone, spent
from tests.builders import DIGEST, proposal
from tests.lives import Life
from tests.workflows.replay.golden_scenes import Kept, Scene, ended, now

MARK: Final = milestone(due_on="2029-01-31", evidence="A photograph", holds=[2])
MORE_TRAVEL: Final = budget(
    line(1, "Training", "300.00", "200.00"), line(2, "Travel", "200.00", "200.00"),
    line(3, "Overhead", "50.00", "50.00", kind="INDIRECT", what="Rent and management"),
)  # fmt: skip


async def _reported(life: Life, *sums: str, period: int, **more: Any) -> int:
    """File a report by line, each line of which says why it is far from its budget."""
    reasons = {f"line_{number}": "The bridge was closed" for number in range(1, len(sums) + 1)}
    whole = f"{sum(map(float, sums)):.2f}"
    figures = {"currency": "USD", "spent": whole, "period": period, "lines": spent(*sums, **reasons)}
    said = {"summary": "What was spent so far", "report_kind": ReportKind.FINANCIAL, "figures": figures, **more}
    await life.do(c.Report, "pia.berg", **said)
    return len((await life.state()).reporting.filed)


async def _accepted(life: Life, report: int, **more: Any) -> None:
    await life.do(c.AcceptReport, "ana.silva", report=report, reason="it agrees with the books", **more)


async def _paid(life: Life, tranche: int) -> None:
    await life.do(c.Release, "paul.nkosi", tranche=tranche)
    await life.bank_says(await life.instructed(tranche), BankStatus.SETTLED)
    await life.until_tranche(TrancheState.SETTLED, tranche)


async def budgeted_grant(scene: Scene) -> Kept:
    """A move within the share, one beyond it that is amended, a cost that comes back, and a tranche that waits."""
    life = scene.life
    await life.signed(proposal(life.reference, **budgeted("600.00", "400.00", milestones=[MARK])))
    await _paid(life, 1)
    late = [{"milestone": 1, "state": "LATE", "words": "The river rose"}]
    await _accepted(life, await _reported(life, "220.00", "330.00", "50.00", period=1, milestones=late))
    kept = {"held-by-a-milestone": await now(life.handle)}
    amended = proposal(life.reference, **budgeted("600.00", "400.00", plan=MORE_TRAVEL, milestones=[MARK]))
    await life.do(c.Amend, "pia.berg", proposal=amended, reason="The bridge stays closed")
    await life.do(c.Approve, "ana.silva", no_interest=True, reason="travel is what it takes")
    done = [{"milestone": 1, "state": "DONE", "words": "The mast stands", "papers": [DIGEST]}]
    await _accepted(life, await _reported(life, "150.00", "400.00", "50.00", period=1, milestones=done))
    await _paid(life, 2)
    final = {"report_kind": ReportKind.FINAL, "summary": "All courses were held"}
    number = await _reported(life, "440.00", "460.00", "100.00", period=2, **final)
    await _accepted(life, number, disallowed=({"category": "Travel", "amount": "20.00"},))
    back = {
        "direction": "FROM_GRANTEE", "money": {"amount": "20.00", "currency": "USD"},
        "booked_on": datetime.now(UTC).date(), "reason": "What was not allowed",
    }  # fmt: skip
    await life.do(c.RecordRefund, "femi.ade", bank_reference="NTRF-20", **back)
    kept["not-allowed"] = await now(life.handle)
    await life.do(c.ConfirmRefund, "dora.kim", bank_reference="NTRF-20", reason="on the statement of that day")
    return {**kept, "budgeted": await ended(life.handle)}


GRANTS: Final[dict[str, Callable[[Scene], Awaitable[Kept]]]] = {budgeted_grant.__name__: budgeted_grant}
"""The lives of grants with a budget, led at the speed of the machine."""
