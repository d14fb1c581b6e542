"""Shell commands that read lists off the book, as of two times."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import typer
from rich.table import Table

from accord.cli.options import AsOfOption, JsonOption, KnownAtOption, run
from accord.cli.partnerships.reading import cut_at
from accord.cli.printing.fitting import Heading
from accord.cli.printing.output import err, out, print_json, rows_table
from accord.client.desk import Desk, open_desk
from accord.client.waiting.account_statements import stated_accounts
from accord.organisation.books.planning import conversion_of
from accord.presentation.books import tables
from accord.presentation.books.planning import planned_list
from accord.presentation.books.tables import Rows
from accord.presentation.sheets import Column, cell_of, fields_of, grouped
from accord.presentation.words.values import sum_in_words
from domain.books import statements as s
from domain.directory.chart import Account, chart_of
from domain.money.amounts import ZERO
from domain.payment.continuity import ClosedStatement
from domain.screening.conversion import Conversion
from ledger import clock
from records.books.reading import Books, BookView

Reading = Callable[[BookView], Rows]
Beside = Callable[[Desk, BookView], Awaitable[tuple[str, ...]]]


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

    It begins with what was booked through Accord. What the bank's newest statement has beside that is said below.
    Example: accord books forecast
    """
    _show(lambda view: tables.forecast_rows(s.forecast(view.book, view.on)), tables.FORECAST, as_of, known_at, as_json,
          beside=balances_beside)  # fmt: skip


async def balances_beside(desk: Desk, view: BookView) -> tuple[str, ...]:
    """Return what to add to the book's cash of each account, by the bank's newest statement, a sentence each."""
    accounts = await stated_accounts(desk)
    return tuple(_beside(account.funder, newest, view) for account in accounts for newest in account.by_currency)


def _beside(funder: str, newest: ClosedStatement, view: BookView) -> str:
    of = (funder, newest.currency, Account.BANK)
    lines = s.trial_balance(view.book, newest.closed_on)
    booked = sum((line.debit - line.credit for line in lines if (line.funder, line.currency, line.account) == of), ZERO)
    balance, currency = newest.closing, newest.currency
    in_book, apart = sum_in_words(booked, currency), sum_in_words(balance - booked, currency)
    return (
        f"{funder}: the bank has {sum_in_words(balance, currency)} at the end of {newest.closed_on}, and the book "
        f"{in_book}: add {apart} to what is left in {currency}."
    )


def _show(
    read: Reading, columns: tuple[Column, ...], as_of: str | None, known_at: str | None, as_json: bool,
    beside: Beside | None = None,
) -> None:  # fmt: skip
    ledger_as_of = cut_at(as_of, known_at)

    async def work() -> tuple[BookView, Conversion | None, tuple[str, ...]]:
        async with open_desk() as desk:
            view = await Books(desk.reader).as_of(ledger_as_of, clock.today())
            notes = await beside(desk, view) if beside is not None and ledger_as_of.present else ()
            return view, await conversion_of(desk, view.on, ledger_as_of.known_at), notes

    view, conversion, notes = run(work())
    figures = planned_list(read(view), columns, conversion)
    if as_json:
        return print_json(_as_json(view, figures.rows, conversion))
    for stream in view.missing:
        err.print(f"accord: an event of {stream} cannot be read, and the book lacks what came after it", markup=False)
    if not figures.rows:
        return out.print(f"Nothing stands in the book at the end of {view.on}.")
    title = f"At the end of {view.on}, by the ledger up to {view.position}"
    out.print(book_table(figures.rows, figures.columns, title))
    totals = tables.trial_totals(figures.rows) if columns == tables.TRIAL_BALANCE else ()
    for note in (*totals, *notes):
        out.print(note, markup=False, soft_wrap=True)
    return out.print(figures.words, markup=False) if figures.words else None


def _as_json(view: BookView, rows: Rows, conversion: Conversion | None) -> dict[str, Any]:
    """Return a list for a machine, with the rates of its planning figures if there are any."""
    rates = conversion.rates if conversion is not None else None
    version = rates.source.register_version if rates is not None else None
    planning = conversion and {
        "base": conversion.base, "day": rates and rates.rates.day, "version": version and version.version,
        "sha256": version and version.sha256,
    }  # fmt: skip
    return {"on": view.on, "position": view.position, "missing": view.missing, "planning": planning, "rows": rows}


def book_table(rows: Rows, columns: Sequence[Column], title: str) -> Table:
    """Return a list of the book as a table, its sums aligned."""
    by_field = {column.field: Heading(column.heading, column.dropped, column.is_sum) for column in columns}
    headings = [by_field.get(field, Heading("Currency")) for field in fields_of(columns)]
    sums = {column.field for column in columns if column.is_sum}
    cells = ([_cell(row.get(field), field in sums) for field in fields_of(columns)] for row in rows)
    return rows_table(headings, cells, title)


def _cell(value: Any, is_sum: bool) -> str:
    return grouped(value) if is_sum and value is not None else cell_of(value)


def register(outer: typer.Typer) -> None:
    """Add the commands of this module to a group."""
    outer.command("trial-balance")(trial_balance)
    for command in (fund, commitments, ageing, forecast):
        outer.command()(command)
