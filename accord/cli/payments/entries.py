"""The shell commands that list the entries of the bank's statements, and that assign an open one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Final

import typer

from accord.cli.options import ActorOption, JsonOption, run
from accord.cli.printing.fitting import Heading
from accord.cli.printing.output import out, print_json, rows_table
from accord.cli.typed_days import typed_day
from accord.client.desk import open_desk
from accord.client.waiting.stated_entries import AccountEntry, ExplainedAccount, explained_accounts
from accord.counter.stated.assigning import assign_entry
from accord.presentation.faults import BadInput
from deploy.logins import Login
from domain.payment.account_numbers import masked
from domain.payment.stated.entries import EntryKind

_HEADINGS: Final = (
    "Entry", "Booked", Heading("Sum", 2, is_sum=True), "Kind", "Of", Heading("Owner", 3),
    Heading("Days", 4, is_sum=True),
)  # fmt: skip

KINDS: Final = (
    "KIND: ours (no partnership's), belongs-to (with --partnership), told-before, bank-error, returned-to-sender; all "
    "are in `accord payments resolve --help`."
)


def entries(
    account: Annotated[str, typer.Option("--account", metavar="BA-...", help="Of this account alone.")] = "",
    day: Annotated[
        datetime | None, typer.Option("--day", metavar="DAY", parser=typed_day, help="Booked on this day alone.")
    ] = None,
    kind: Annotated[EntryKind | None, typer.Option("--kind", case_sensitive=False, help="Of this kind alone.")] = None,
    owner: Annotated[str, typer.Option("--owner", help="Owned by this person or role alone.")] = "",
    over: Annotated[int, typer.Option("--over", min=0, help="Booked more than so many days ago.")] = 0,
    only_open: Annotated[bool, typer.Option("--open", help="Open ones alone; ends with 1 if there are any.")] = False,
    as_json: JsonOption = False,
) -> None:
    """List the entries of the bank's statements of account, each with what explains it, and what is open.

    Explained is an entry by one thing alone: a payment, a return, a gift, a refund, a charge of the bank, or what
    finance signed of it. Nothing is set off. Open are also bookings on record that the statement of their day does not
    have (NOT_STATED), and refunds that no file of the bank has yet (NOT_SEEN). What an open entry is people say by its
    name: `accord payments resolve EX-...`.

    Example: accord payments entries --open --over 5
    """
    if account and not account.startswith("BA-"):
        raise BadInput(f"account: {account[:40]!r} is no account; `accord payments statements` names those there are")

    async def work() -> tuple[ExplainedAccount, ...]:
        async with open_desk(Login.IMPORTER) as desk:
            accounts = await explained_accounts(desk)
        if account and account not in {explained.reference for explained in accounts}:
            raise BadInput(f"account: {account[:40]} is no funder's own; `accord payments statements` names those")
        return accounts

    def is_wanted(line: AccountEntry) -> bool:
        return (
            account in {"", line.account}
            and (day is None or line.day == day.date())
            and kind in {None, line.kind}
            and owner in {"", line.owner}
            and (line.days > over or not over)
            and (line.is_open or not only_open)
        )

    lines = [line for account_entries in run(work()) for line in account_entries.lines if is_wanted(line)]
    print_json([_as_json(line) for line in lines]) if as_json else print_entries(lines)
    if only_open and lines:
        raise typer.Exit(1)


def assign(
    entry: Annotated[str, typer.Argument(metavar="EX-...", help="The open entry, by its name or its beginning.")],
    to: Annotated[str, typer.Option("--to", metavar="STAFF", help="Who looks after it; `nobody`: finance again.")],
    actor: ActorOption,
    as_json: JsonOption = False,
) -> None:
    """Assign an open entry of a statement of account to a person who may say what it is.

    Without an assignment it is the role of finance's, and once its person may not say what it is any more, it is so
    again. An assignment moves nothing, and nobody signs it.

    Example: accord payments assign EX-4BQ7 --to femi.ade --as dora.kim
    """

    async def work() -> AccountEntry:
        async with open_desk(Login.IMPORTER) as desk:
            return await assign_entry(desk, entry, to, actor)

    line = run(work())
    if as_json:
        return print_json(_as_json(line))
    age = f"{line.days} {'day' if line.days == 1 else 'days'}"
    return out.print(f"{line.name} is looked after by {line.owner}. It was booked {age} ago.", markup=False)


def print_entries(lines: Sequence[AccountEntry]) -> None:
    """Print entries with their explanations, and what there is to do about those that are open."""
    if not lines:
        return out.print("No entry.")
    out.print(rows_table(_HEADINGS, map(_row, lines)))
    for line in lines:
        if line.is_open and line.reason:
            out.print(f"{line.name or line.subject}: {masked(line.reason)}", markup=False, soft_wrap=True)
    if any(line.name for line in lines):
        out.print("Next: `accord payments resolve EX-... --kind KIND --note NOTE --as STAFF`, for each that is open.")
        out.print(KINDS, soft_wrap=True)
    return None


def _row(line: AccountEntry) -> tuple[str, ...]:
    sum_ = f"{line.currency} {line.amount:,}"
    return line.name or line.words, str(line.day), sum_, line.kind.value, line.subject, line.owner, str(line.days)


def _as_json(line: AccountEntry) -> dict[str, Any]:
    document = {**line._asdict(), "is_open": line.is_open, "reason": masked(line.reason)}
    del document["entry_id"]
    return {name: value if isinstance(value, bool | int) else str(value) for name, value in document.items()}


def register(app: typer.Typer) -> None:
    """Add the commands of this module to those on payments."""
    app.command()(entries)
    app.command()(assign)
