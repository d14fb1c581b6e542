"""How long cases take, by quarter: the same figures that are published, as far as the ledger goes now."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from accord.client.pace.pages import NAMES, in_days
from accord.client.pace.reading import MOST_AT_ONCE, lines_of_quarter
from accord.console.serving.desk import Console
from accord.presentation.faults import BadInput
from accord.web.pages import page
from domain.partnership.pace.quarters import BadQuarter, Quarter, WaitFigures, figures_of
from domain.partnership.pace.waits import Side
from ledger import clock
from records.read_models.lists import ListQuery, kept_totals

QUARTERS: Final = 4
"""The quarters that the page leads to, the newest first."""


class PaceRow(NamedTuple):
    """A kind of wait in words, with its numbers."""

    name: str
    meaning: str
    waits: int
    still_open: int
    median: str
    worst_tenth: str


async def show(request: Request) -> Response:
    """Show the days with us and with grantees in a quarter."""
    console: Console = request.app.state.console
    quarter = _quarter(request.query_params.get("quarter", ""))
    context: dict[str, Any] = {"quarter": quarter, "quarters": _newest(), "cases": 0, "too_many": 0, "sides": ()}
    totals = await kept_totals(console.desk.pool, ListQuery("partnerships"), {"stage": 99})
    count = sum(total.lines for total in totals)
    await console.looked_at(request.state.reader, "how long cases take")
    if count > MOST_AT_ONCE:
        return page(request, "pace.html", context | {"too_many": count})
    quarter_lines = await lines_of_quarter(console.desk, quarter, await console.desk.ledger.head())
    figures = figures_of(quarter_lines.lines)
    sides = (("With us", Side.WITH_US), ("With grantees", Side.WITH_THEM))
    context |= {
        "cases": len(quarter_lines.lines),
        "until": quarter_lines.until,
        "sides": [(words, [_row(wait) for wait in figures if wait.side is side]) for words, side in sides],
    }
    return page(request, "pace.html", context)


def _row(wait: WaitFigures) -> PaceRow:
    name, _, meaning = NAMES[wait.kind].partition(": ")
    return PaceRow(name, meaning, wait.waits, wait.still_open, in_days(wait.median), in_days(wait.worst_tenth))


def _quarter(text: str) -> Quarter:
    if not text.strip():
        return _newest()[0]
    try:
        return Quarter.parse(text.strip())
    except BadQuarter as fault:
        raise BadInput(f"quarter: {fault}") from fault


def _newest() -> tuple[Quarter, ...]:
    today = clock.today()
    newest = today.year * 4 + (today.month - 1) // 3
    return tuple(Quarter(count // 4, count % 4 + 1) for count in range(newest, newest - QUARTERS, -1))
