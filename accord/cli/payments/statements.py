"""The shell command that says what stands on own accounts by the bank's statements, and which are missing."""

from __future__ import annotations

import typer

from accord.cli.options import JsonOption, run
from accord.cli.printing.output import out, print_json, rows_table
from accord.client.desk import open_desk
from accord.client.waiting.account_statements import StatedAccount, stated_accounts
from deploy.logins import Login


def statements(as_json: JsonOption = False) -> None:
    """Show what stands on each funder's account by the bank's last statement, and which statements are missing.

    A statement opens with what the one before closed with, and no number is left out; else it is named here until the
    missing one is imported, and the command ends with 1.
    Example: accord payments statements
    """

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


def _print(accounts: tuple[StatedAccount, ...]) -> None:
    out.print(rows_table(("Funder", "Account", "Last statement", "Balance", "Statements"), map(_row, accounts)))
    for account in accounts:
        for fault in account.breaks:
            out.print(f"{account.reference}: {fault}", markup=False, soft_wrap=True)
    if not any(account.newest for account in accounts):
        out.print("No statement came in yet. Next: `accord payments import FILE --as STAFF`, with a camt.053.")


def _row(account: StatedAccount) -> tuple[str, ...]:
    newest = account.newest
    if newest is None:
        return account.funder, account.reference, "none", "", "0"
    number = "" if newest.number is None else f" (number {newest.number})"
    balance = f"{newest.currency} {newest.closing:,}"
    return account.funder, account.reference, f"{newest.closed_on}{number}", balance, str(account.statements)


def _as_json(account: StatedAccount) -> dict[str, object]:
    newest = account.newest
    return {
        "funder": account.funder,
        "account": account.reference,
        "statements": account.statements,
        "newest": newest and {name: _value_as_json(value) for name, value in newest._asdict().items()},
        "breaks": [str(fault) for fault in account.breaks],
    }


def _value_as_json(value: object) -> object:
    """Return a value of a statement as JSON has it: a number stays one, a day or a sum is a text."""
    return value if value is None or isinstance(value, int) else str(value)


def register(app: typer.Typer) -> None:
    """Add the command of this module to those on payments."""
    app.command()(statements)
