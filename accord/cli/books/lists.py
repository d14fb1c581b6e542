"""Shell commands that read lists off the book, as of two times."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import typer

from accord.cli.options import AsOfOption, JsonOption, KnownAtOption, run
from accord.cli.partnerships.reading import cut_at
from accord.cli.printing.fitting import Heading
from accord.cli.printing.output import err, out, print_json, rows_table
from accord.client.desk import open_desk
from accord.presentation.books import tables
from accord.presentation.books.tables import Rows
from accord.presentation.sheets import Column, cell_of, fields_of, grouped
from domain.books import statements as s
from domain.directory.chart import chart_of
from ledger import clock
from records.books import Books, BookView

Reading = Callable[[BookView], Rows]


def trial_balance(as_of: AsOfOption = None, known_at: KnownAtOption = None, as_json: JsonOption = False) -> None:
    """Show the balance of each account at the end of a day. Debits and credits are equal by funder and currency.

    Accounts of kind MEMORANDUM stand beside the others: promises, and the money that is kept for them.
    Example: accord books trial-balance --as-of 2026-11-30 --known-at 2026-12-04
    """

    def read(view: BookView) -> Rows:
        return tables.trial_rows(s.trial_balance(view.book, view.on), chart_of(view.rules))

    _show(read, tables.TRIAL_BALANCE, as_of, known_at, as_json)


def fund(as_of: AsOfOption = None, known_at: KnownAtOption = None, as_json: JsonOption = False) -> None:
    """Show the statement of each fund at the end of a day: its sums, and its own in the accounts.

    Example: accord books fund --as-of 2026-11-30
    """
    _show(lambda view: tables.fund_rows(s.fund_statement(view.book, view.on)), tables.FUND_STATEMENT, as_of, known_at,
          as_json)  # fmt: skip


def commitments(as_of: AsOfOption = None, known_at: KnownAtOption = None, as_json: JsonOption = False) -> None:
    """Show the promises by the year in which they are due: approved, conditional, owed and in transit.

    Example: accord books commitments
    """
    _show(lambda view: tables.commitment_rows(s.commitments(view.book, view.on)), tables.COMMITMENTS, as_of, known_at,
          as_json)  # fmt: skip


def ageing(as_of: AsOfOption = None, known_at: KnownAtOption = None, as_json: JsonOption = False) -> None:
    """Show each sum that is payable or receivable, by the days that it is overdue.

    Example: accord books ageing --as-of 2026-12-31
    """
    _show(lambda view: tables.ageing_rows(s.ageing(view.book, view.on)), tables.AGEING, as_of, known_at, as_json)


def forecast(as_of: AsOfOption = None, known_at: KnownAtOption = None, as_json: JsonOption = False) -> None:
    """Show the cash of each currency to come and to go by month, from what the bank booked and what is promised.

    Example: accord books forecast
    """
    _show(lambda view: tables.forecast_rows(s.forecast(view.book, view.on)), tables.FORECAST, as_of, known_at, as_json)


def _show(read: Reading, columns: Sequence[Column], as_of: str | None, known_at: str | None, as_json: bool) -> None:
    ledger_as_of = cut_at(as_of, known_at)

    async def work() -> BookView:
        async with open_desk() as desk:
            return await Books(desk.reader).as_of(ledger_as_of, clock.today())

    view = run(work())
    rows = read(view)
    if as_json:
        return print_json({"on": view.on, "position": view.position, "missing": view.missing, "rows": rows})
    for stream in view.missing:
        err.print(f"accord: an event of {stream} cannot be read, and the book lacks what came after it", markup=False)
    if not rows:
        return out.print(f"Nothing stands in the book at the end of {view.on}.")
    return out.print(_table(rows, columns, f"At the end of {view.on}, by the ledger up to {view.position}"))


def _table(rows: Rows, columns: Sequence[Column], title: str) -> Any:
    by_field = {column.field: Heading(column.heading, column.dropped, column.is_sum) for column in columns}
    headings = [by_field.get(field, Heading("Currency")) for field in fields_of(columns)]
    sums = {column.field for column in columns if column.is_sum}
    cells = ([_cell(row.get(field), field in sums) for field in fields_of(columns)] for row in rows)
    return rows_table(headings, cells, title)


def _cell(value: Any, is_sum: bool) -> str:
    return grouped(value) if is_sum else cell_of(value)


def register(outer: typer.Typer) -> None:
    """Add the commands of this module to a group."""
    outer.command("trial-balance")(trial_balance)
    for command in (fund, commitments, ageing, forecast):
        outer.command()(command)
