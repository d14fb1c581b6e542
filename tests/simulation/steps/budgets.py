"""Steps of grants with a budget: reports that move money within the free share and beyond, and milestones that hold."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from domain.partnership import commands as c
from domain.partnership.report.reports import FiledReport, ReportState
from domain.partnership.stages import Stage
from domain.partnership.state import Partnership
from domain.plans import ReportKind
from tests.budgets import budget, line, milestone
from tests.simulation.draw import Draw
from tests.simulation.grounds.world import World
from tests.simulation.people.acts import accounted, disallowed, shown
from tests.simulation.steps.shared import decided, some_partnership

REPORTS: Final = ("pia.berg", "vito.rana")
JUDGES: Final = ("fay.okoro", "dora.kim")
WITHIN, BEYOND = Decimal("30.00"), Decimal("60.00")
"""Moves from training to travel: of 300 agreed, a tenth is free."""
MORE_TRAVEL: Final = budget(
    line(1, "Training", "300.00", "240.00"), line(2, "Travel", "200.00", "160.00"),
    line(3, "Overhead", "50.00", "50.00", kind="INDIRECT", what="Rent and management"),
)  # fmt: skip


def planned(draw: Draw, amounts: tuple[str, ...]) -> dict[str, Any]:
    """Return a leg's words on its budget: mostly nothing. Of two payments, a milestone may hold the second."""
    if draw.number(1, 3) > 1:
        return {}
    held = [milestone(due_on="2029-01-31", holds=[2], evidence="A photograph")] if len(amounts) > 1 else []
    return {"budget": budget(), "milestones": held}


async def report_by_line(world: World, draw: Draw) -> str:
    """A report moves money within the free share or beyond it, and somebody judges it."""
    known = await some_partnership(world, draw, _accounts_by_line)
    moved = draw.one([WITHIN, BEYOND])
    figures = accounted(known, known.settled_sum - known.came_back, moved)
    content = {"summary": "what was spent so far", "report_kind": ReportKind.FINANCIAL, "figures": figures}
    said = [await decided(world, known.partnership_id, c.Report, draw.one(REPORTS), **content)]
    known = await world.office.desk.known_partnership(known.partnership_id)
    report = _waiting(known)
    if report is None:
        return said[0]
    said.append(await _accept(world, draw, known, report))
    if disallowed(known, report) and draw.number(1, 2) == 1:
        said.append(await _accept(world, draw, known, report, disallowed=disallowed(known, report)))
    return "; ".join(said)


async def amend_budget(world: World, draw: Draw) -> str:
    """Somebody asks for what was moved: the programme's approvals fall, and reports wait for the new ones."""
    known = await some_partnership(world, draw, _accounts_by_line)
    proposal = known.proposed.model_dump(mode="json")
    proposal["funds_out"]["budget"] = MORE_TRAVEL
    return await decided(world, known.partnership_id, c.Amend, "pia.berg", proposal=proposal, reason="more travel")


async def show_milestone(world: World, draw: Draw) -> str:
    """A report says that a milestone is done or late, and somebody accepts it."""
    known = await some_partnership(world, draw, lambda one: _is_open(one) and bool(shown(one)))
    state = draw.one(["DONE", "DONE", "LATE"])
    content = {"summary": "what was done", "report_kind": ReportKind.PROGRESS, "milestones": shown(known, state)}
    said = await decided(world, known.partnership_id, c.Report, draw.one(REPORTS), **content)
    known = await world.office.desk.known_partnership(known.partnership_id)
    report = _waiting(known)
    return f"{said}; {await _accept(world, draw, known, report)}" if report is not None else said


async def _accept(world: World, draw: Draw, known: Partnership, report: FiledReport, **more: Any) -> str:
    content = {"report": report.number, "reason": "as their accounts show", **more}
    return await decided(world, known.partnership_id, c.AcceptReport, draw.one(JUDGES), **content)


def _is_open(known: Partnership) -> bool:
    return known.stage is Stage.ACTIVE and known.has_paid and known.reporting.open_final is None


def _accounts_by_line(known: Partnership) -> bool:
    left = known.settled_sum - known.came_back
    return _is_open(known) and known.reporting.budget is not None and left >= BEYOND


def _waiting(known: Partnership) -> FiledReport | None:
    """Return the newest report that waits to be judged, or None."""
    return next((one for one in reversed(known.reporting.filed) if one.state is ReportState.RECEIVED), None)
