"""The shell command that says what stands on own accounts by the bank's statements, and which are missing."""

from __future__ import annotations

from typing import Annotated

import typer

from accord.cli.options import JsonOption, run
from accord.cli.printing.output import out, print_json, rows_table
from accord.client.desk import open_desk
from accord.client.waiting.account_statements import StatedAccount, stated_accounts
from accord.client.waiting.seen_entries import SeenAccount, seen_accounts
from deploy.logins import Login
from domain.payment.account_numbers import masked
from domain.payment.continuity import ClosedStatement
from payments.answers.sights import IntradayEntry, IntradayReport


def statements(
    today: Annotated[
        bool, typer.Option("--today", help="What the bank shows before its statement (camt.052), for sight only.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Show what stands on each funder's account by the bank's last statement, and which statements are missing.

    A statement opens with what the one before closed with, and no number is left out; else it is named here until the
    missing one is imported, and the command ends with 1.
    Example: accord payments statements
    Example: accord payments statements --today
    """
    if today:
        return _today(as_json)

    async def work() -> tuple[StatedAccount, ...]:
        async with open_desk(Login.IMPORTER) as desk:
            return await stated_accounts(desk)

    accounts = run(work())
    if as_json:
        print_json([_as_json(account) for account in accounts])
    else:
        _print(accounts)
    if any(account.breaks for account in accounts):
        raise typer.Exit(1)
    return None


def _print(accounts: tuple[StatedAccount, ...]) -> None:
    rows = (row for account in accounts for row in _rows(account))
    out.print(rows_table(("Funder", "Account", "Last statement", "Balance", "Statements"), rows))
    for account in accounts:
        for fault in account.breaks:
            out.print(f"{account.reference}: {fault}", markup=False, soft_wrap=True)
    if not any(account.newest for account in accounts):
        out.print("No statement came in yet. Next: `accord payments import FILE --as STAFF`, with a camt.053 or BAI2.")


def _rows(account: StatedAccount) -> list[tuple[str, ...]]:
    """Return a row for each currency in which an account has a statement, or the one that says there is none."""
    cells = [_closing(newest) for newest in account.by_currency] or [("none", "")]
    first, *others = cells
    count = str(account.statements)
    return [(account.funder, account.reference, *first, count), *(("", "", *other, "") for other in others)]


def _closing(newest: ClosedStatement) -> tuple[str, str]:
    number = "" if newest.number is None else f" (number {newest.number})"
    return f"{newest.closed_on}{number}", f"{newest.currency} {newest.closing:,}"


def _as_json(account: StatedAccount) -> dict[str, object]:
    return {
        "funder": account.funder,
        "account": account.reference,
        "statements": account.statements,
        "newest": account.newest and _statement_as_json(account.newest),
        "by_currency": [_statement_as_json(newest) for newest in account.by_currency],
        "breaks": [str(fault) for fault in account.breaks],
    }


def _statement_as_json(statement: ClosedStatement) -> dict[str, object]:
    return {name: _value_as_json(value) for name, value in statement._asdict().items()}


def _value_as_json(value: object) -> object:
    """Return a value of a statement as JSON has it: a number stays one, a day or a sum is a text."""
    return value if value is None or isinstance(value, int) else str(value)


def _today(as_json: bool) -> None:
    async def work() -> tuple[SeenAccount, ...]:
        async with open_desk(Login.IMPORTER) as desk:
            return await seen_accounts(desk)

    accounts = run(work())
    if as_json:
        return print_json([_seen_as_json(account) for account in accounts])
    out.print("Seen, not booked: no balance, no payment and no chain of statements counts any of it.")
    for account in accounts:
        for sight in account.sights:
            _print_sight(account, sight)
        if not account.sights:
            out.print(f"{account.reference}: nothing that no statement tells.", markup=False, soft_wrap=True)
    return None


def _print_sight(account: SeenAccount, sight: IntradayReport) -> None:
    balance = "" if sight.balance is None else f": {sight.currency} {sight.balance:,} at that time"
    title = f"{account.funder} {account.reference}, {sight.on} {sight.at}".rstrip()
    out.print(f"{title}{balance}", markup=False, soft_wrap=True)
    if sight.entries:
        rows = (_entry_row(entry) for entry in sight.entries)
        out.print(rows_table(("Amount", "State", "Reference", "The bank's words"), rows))


def _entry_row(entry: IntradayEntry) -> tuple[str, ...]:
    return f"{entry.currency} {entry.amount:,}", entry.state, entry.reference, masked(entry.text)


def _seen_as_json(account: SeenAccount) -> dict[str, object]:
    return {
        "funder": account.funder,
        "account": account.reference,
        "stated_to": _value_as_json(account.stated_to),
        "seen": [_sight_as_json(sight) for sight in account.sights],
    }


def _sight_as_json(sight: IntradayReport) -> dict[str, object]:
    entries = [{**entry._asdict(), "amount": str(entry.amount), "text": masked(entry.text)} for entry in sight.entries]
    balance = _value_as_json(sight.balance)
    return {"on": str(sight.on), "at": sight.at, "currency": sight.currency, "balance": balance, "entries": entries}


def register(app: typer.Typer) -> None:
    """Add the command of this module to those on payments."""
    app.command()(statements)
