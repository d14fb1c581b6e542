"""The shell's view of budgets: one beside its spending by line and period, or a portfolio by category."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

import typer

from accord.cli.options import AsOfOption, JsonOption, KnownAtOption, run
from accord.cli.partnerships.reading import cut_at, portfolio_at
from accord.cli.printing.output import out, print_json, rows_table
from accord.client.desk import open_desk
from accord.presentation.budgets.files import write_form
from accord.presentation.budgets.report_form import report_form
from accord.presentation.faults import BadInput
from domain.partnership.report.sheet import (
    CategoryTotal,
    LineStanding,
    budget_of,
    by_category,
    lines_beside_spending,
)
from domain.partnership.state import Partnership
from domain.values import minor_digits


def budget(
    partnership: Annotated[str | None, typer.Argument(metavar="[ID]", help="Such as P-2026-0042.")] = None,
    portfolio: Annotated[bool, typer.Option("--portfolio", help="Every agreed budget, by category.")] = False,
    workbook: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the form of a report by line to this .xlsx file.")
    ] = None,
    as_of: AsOfOption = None,
    known_at: KnownAtOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show a budget beside what accepted reports say was spent, by line and period, with what is left.

    With --workbook it writes the form that a grantee fills in: accord report ID --workbook FILE reads it.

    Example: accord budget P-2026-0042, or accord budget --portfolio --json
    """
    if portfolio == (partnership is not None):
        raise BadInput("give the ID of one partnership, or --portfolio for all of them by category")
    if workbook is not None and partnership is None:
        raise BadInput("--workbook: it is the form of one partnership's report; leave --portfolio out")
    if partnership is None:
        return _print_portfolio(run(_portfolio(as_of, known_at)), as_json)
    if as_of or known_at:
        raise BadInput("--as-of, --known-at: they are of a portfolio; add --portfolio, or leave them out")
    if workbook is not None:
        return _write_form(run(_known(partnership)), workbook)
    return _print_budget(run(_known(partnership)), as_json)


def _write_form(partnership: Partnership, path: Path) -> None:
    write_form(path, report_form(partnership))
    out.print(f"{path} is the form of a report by line of {partnership.partnership_id}. Fill in its yellow cells.")


async def _known(partnership_id: str) -> Partnership:
    async with open_desk() as desk:
        return await desk.known_partnership(partnership_id)


async def _portfolio(as_of: str | None, known_at: str | None) -> tuple[CategoryTotal, ...]:
    async with open_desk() as desk:
        return by_category(await portfolio_at(desk, cut_at(as_of, known_at)))


def _print_portfolio(totals: tuple[CategoryTotal, ...], as_json: bool) -> None:
    if as_json:
        return print_json([{**total._asdict(), "left": total.left} for total in totals])
    if not totals:
        return out.print("No budget is agreed.")
    columns = ("Category", "Currency", "Partnerships", "Agreed", "Spent", "Left")
    rows = (
        (
            total.category, total.currency, total.partnerships,
            *(_sum(amount, total.currency) for amount in (total.agreed, total.spent, total.left)),
        )
        for total in totals
    )  # fmt: skip
    return out.print(rows_table(columns, rows))


def _print_budget(partnership: Partnership, as_json: bool) -> None:
    plan, leg = budget_of(partnership), partnership.proposed.funds_out
    standings = lines_beside_spending(partnership)
    if as_json:
        is_agreed = partnership.reporting.budget is not None
        periods = [period.model_dump(mode="json") for period in plan.periods] if plan is not None else []
        rows = [_line_as_json(standing) for standing in standings]
        return print_json({"agreed": is_agreed, "periods": periods, "lines": rows})
    if plan is None or leg is None:
        return out.print(f"{partnership.partnership_id} has no budget.")
    headings = [f"{period.starts} to {period.ends}" for period in plan.periods]
    columns = ("Line", "Category", "What", *headings, "Budget", "Spent", "Left")
    table = [*(_row(standing, leg.currency) for standing in standings), _last(standings, leg.currency)]
    return out.print(rows_table(columns, table))


def _line_as_json(standing: LineStanding) -> dict[str, Any]:
    line = standing.line.model_dump(mode="json")
    return {
        **line, "total": standing.line.total, "spent": standing.spent, "left": standing.left,
        "spent_by_period": standing.by_period, "reason": standing.reason or None,
    }  # fmt: skip


def _row(standing: LineStanding, currency: str) -> tuple[object, ...]:
    periods = (
        f"{_sum(agreed, currency)} / {_sum(spent, currency) if spent is not None else '-'}"
        for agreed, spent in zip(standing.line.sums, standing.by_period, strict=True)
    )
    sums = (standing.line.total, standing.spent, standing.left)
    return (
        standing.line.number, standing.line.category, standing.line.what, *periods,
        *(_sum(amount, currency) for amount in sums),
    )  # fmt: skip


def _last(standings: tuple[LineStanding, ...], currency: str) -> tuple[object, ...]:
    periods = [""] * (len(standings[0].by_period) if standings else 0)
    budget_sum = sum((standing.line.total for standing in standings), Decimal(0))
    spent_sum = sum((standing.spent for standing in standings), Decimal(0))
    sums = (_sum(amount, currency) for amount in (budget_sum, spent_sum, budget_sum - spent_sum))
    return ("", "All", currency, *periods, *sums)


def _sum(amount: Decimal, currency: str) -> str:
    return f"{amount:,.{minor_digits(currency)}f}"


def register(app: typer.Typer) -> None:
    """Add `accord budget`."""
    app.command()(budget)
