"""The shell command that says what is open before a period of the book is closed, with who and the command for each."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

import typer

from accord.cli.books.closing import PeriodArgument
from accord.cli.options import JsonOption, run
from accord.cli.payments.entries import KINDS
from accord.cli.printing.fitting import Heading
from accord.cli.printing.output import out, print_json, rows_table
from accord.client.desk import open_desk
from accord.organisation.books.before_close import BeforeClose, OpenItem, ReconciledAccount, before_close
from accord.organisation.books.exporting import last_day_of
from deploy.logins import Login
from records.books.reading import Books

_HEADINGS: Final = (
    "Account", Heading("Of", 2), Heading("Opened with", is_sum=True), "Kind", Heading("Entries", 1, is_sum=True),
    Heading("Moved", is_sum=True), Heading("Closed with", is_sum=True),
)  # fmt: skip
_ON: Final = "the line of the night says whether events, book, bank and workflows agree: `accord attest --day"


def checklist(period: PeriodArgument, as_json: JsonOption = False) -> None:
    """List what is open before a period is closed, with who may mend each and the command. Reconciles the accounts.

    Each account goes from the bank's balance before the period to that at its end, by the kinds of its entries. Ends
    with 1 if anything is open. It closes nothing, and forbids nothing: two people do, who have read it.
    Example: accord books checklist 2026-11
    """
    last_day = last_day_of(period)

    async def work() -> BeforeClose:
        async with open_desk(Login.IMPORTER) as desk:
            return await before_close(desk, Books(desk.reader), last_day)

    before = run(work())
    print_json(_as_json(before)) if as_json else _print(before)
    if before.items:
        raise typer.Exit(1)


def _print(before: BeforeClose) -> None:
    if before.accounts:
        out.print(rows_table(_HEADINGS, [row for account in before.accounts for row in _rows(account)]))
    for account in before.accounts:
        out.print(_beside_the_book(account), markup=False, soft_wrap=True)
    for reference in before.without_statement:
        out.print(f"{reference}: no statement closes in this period, so none says what stood there.", markup=False)
    for item in before.items:
        _print_item(f"Open: {item.subject}: {item.words}", item)
    if any("--kind KIND" in item.command for item in before.items):
        out.print(KINDS, soft_wrap=True)
    if not before.items:
        out.print(f"Nothing is open up to {before.last_day}.")
    out.print(f"Beside it, {_ON} {before.last_day}`.", markup=False, soft_wrap=True)
    if before.close is None:
        return out.print(f"The period is closed: `accord books export {before.last_day}`.", markup=False)
    lines = "the line above is" if len(before.items) == 1 else f"the {len(before.items)} lines above are"
    condition = f", once {lines} mended" if before.items else ""
    return _print_item(f"To close it{condition}: {before.close.words}", before.close)


def _beside_the_book(account: ReconciledAccount) -> str:
    """Return how the bank's balance and the book's account go together, and what no entry stands for."""
    of = account.reconciliation
    words = f"{account.reference}: in the book {of.currency} {account.in_book:,}, beside it {account.beside_the_book:,}"
    if of.difference:
        words += f"; its entries and its balances differ by {of.difference:,}: ask the bank for a whole statement"
    return f"{words}."


def _print_item(words: str, item: OpenItem) -> None:
    people = f" - by {', '.join(item.people)}" if item.people else ""
    out.print(f"{words}{people}", markup=False, soft_wrap=True)
    if item.command:
        out.print(f"  {item.command}", markup=False, soft_wrap=True)


def _rows(account: ReconciledAccount) -> list[tuple[str, ...]]:
    """Return the rows of an account: its balance before, a line for each kind of entry, and its balance after."""
    of, name = account.reconciliation, f"{account.funder} {account.reference}"
    first = (name, str(of.opened_on), f"{of.currency} {of.opening:,}", "", "", "", "")
    kinds = [("", "", "", line.kind.value, str(line.entries), f"{line.amount:,}", "") for line in of.sums]
    return [first, *kinds, ("", str(of.closed_on), "", "", "", "", f"{of.currency} {of.closing:,}")]


def _as_json(before: BeforeClose) -> dict[str, Any]:
    return {
        "first_day": before.first_day if before.first_day > date.min else None,
        "last_day": before.last_day,
        "open": [item._asdict() for item in before.items],
        "without_statement": before.without_statement,
        "accounts": [_account_as_json(account) for account in before.accounts],
        "close": before.close and before.close._asdict(),
    }


def _account_as_json(account: ReconciledAccount) -> dict[str, Any]:
    of = account.reconciliation
    return {
        "funder": account.funder, "account": account.reference, "currency": of.currency, "opened_on": of.opened_on,
        "closed_on": of.closed_on, "opening": of.opening, "closing": of.closing, "difference": of.difference,
        "in_the_book": account.in_book, "beside_the_book": account.beside_the_book,
        "entries": [line._asdict() for line in of.sums],
    }  # fmt: skip


def register(outer: typer.Typer) -> None:
    """Add the command of this module to a group."""
    outer.command()(checklist)
