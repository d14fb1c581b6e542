"""The shell's view of budgets: one beside its spending by line and period, or a portfolio by category."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

import typer

from accord.cli.options import AsOfOption, JsonOption, KnownAtOption, run
from accord.cli.partnerships.reading import cut_at, portfolio_at
from accord.cli.printing.new_files import write_new
from accord.cli.printing.output import err, out, print_json, rows_table
from accord.client.desk import open_desk
from accord.presentation.budgets.files import content_of_form, proposal_to_fill, write_filled
from accord.presentation.budgets.report_form import report_form
from accord.presentation.budgets.template import NOTHING, TemplateContent, budget_template, content_of_edition
from accord.presentation.faults import BadInput
from domain.editions.templates import BudgetTemplate
from domain.partnership.report.sheet import (
    CategoryTotal,
    LineStanding,
    budget_of,
    by_category,
    lines_beside_spending,
)
from domain.partnership.state import Partnership
from domain.values import minor_digits

WorkbookOption = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Write the form of a report by line to this .xlsx file.")
]
TemplateOption = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Write an empty budget of a proposal to this .xlsx file.")
]
EditionOption = Annotated[
    str,
    typer.Option(metavar="NAME", help="With --template: a budget edition, by name or file, for its categories."),
]
IntoOption = Annotated[
    Path | None,
    typer.Option(metavar="PROPOSAL", help="With --workbook: put the budget that it holds into this proposal file."),
]


def budget(
    partnership: Annotated[str | None, typer.Argument(metavar="[ID]", help="Such as P-2026-0042.")] = None,
    portfolio: Annotated[bool, typer.Option("--portfolio", help="Every agreed budget, by category.")] = False,
    workbook: WorkbookOption = None,
    template: TemplateOption = None,
    edition: EditionOption = "",
    into: IntoOption = None,
    as_of: AsOfOption = None,
    known_at: KnownAtOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show a budget beside what accepted reports say was spent, by line and period, with what is left.

    With --workbook it writes the form that a grantee fills in: accord report ID --workbook FILE reads it. With
    --template it writes an empty budget, which --workbook FILE --into proposal.json puts into a proposal's file.

    Example: accord budget P-2026-0042, or accord budget --portfolio --json
    """
    if template is not None or into is not None or edition:
        _require_alone(partnership, portfolio, template, into)
        return _fill(into, workbook) if template is None else _write_template(template, edition)
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


def _require_alone(partnership: str | None, portfolio: bool, template: Path | None, into: Path | None) -> None:
    if partnership is not None or portfolio:
        raise BadInput("--template, --edition, --into: they are of a proposal's file; leave ID and --portfolio out")
    if (template is None) == (into is None):
        raise BadInput(
            "give --template FILE to write an empty budget, or --workbook FILE --into PROPOSAL to fill one in"
        )


def _write_template(path: Path, source: str) -> None:
    write_new(path, budget_template(run(_edition(source)) if source else NOTHING), "--template")
    out.print(f"{path} is an empty budget. Filled in: accord budget --workbook {path} --into proposal.json")


async def _edition(source: str) -> TemplateContent:
    from accord.cli.editions.sources import edition_named, is_file

    if is_file(source):
        named = await edition_named(None, source)
    else:
        async with open_desk() as desk:
            named = await edition_named(desk, source)
    if not isinstance(named.content, BudgetTemplate):
        raise BadInput(f"--edition: {source} is an edition of {named.content.kind.value}; name one of BUDGET")
    return content_of_edition(named.content)


def _fill(proposal: Path | None, workbook: Path | None) -> None:
    from accord.presentation.budgets.template_reading import filled_budget

    if proposal is None or workbook is None:
        raise BadInput("--into: name the filled budget too, with --workbook FILE")
    with_budget, currency = proposal_to_fill(proposal)
    budget_content, notes = filled_budget(workbook.name, content_of_form(workbook), currency)
    for note in notes:
        err.print(f"{workbook.name}: {note}", markup=False)
    write_filled(proposal, with_budget, budget_content)
    out.print(
        f"{proposal} has the budget of {workbook.name}. What the rules would say: accord propose {proposal} --check"
    )


def _write_form(partnership: Partnership, path: Path) -> None:
    write_new(path, report_form(partnership), "--workbook")
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
