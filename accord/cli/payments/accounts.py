"""Shell commands on bank accounts: record, change and confirm them, and what stands on an own one."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from accord.cli.named_accounts import named_account
from accord.cli.options import ActorOption, FileArgument, IdArgument, JsonOption, run
from accord.cli.printing.output import err, out, print_json
from accord.cli.typed_days import typed_day
from accord.client.desk import open_desk
from accord.counter.account.balances import balance_of, record_balance
from accord.organisation.account_changes import AccountChange, begin_change
from accord.organisation.governance import confirm_account, vouch
from accord.organisation.holders import require_holder
from accord.presentation.called_numbers import place_from
from accord.presentation.input_files import read_file
from domain.parties import AccountReference
from domain.payment.account import AccountStanding, BalanceRecorded
from payments.accounts import AccountDetails, banks_of, record_account, reference_of


def record_bank_account(
    file: FileArgument,
    actor: ActorOption,
    owner: Annotated[str, typer.Option("--of", help="The partnership whose payee owns it, or the funder.")] = "",
    as_json: JsonOption = False,
) -> None:
    """Record a bank account and print its reference. The details are stored in a table of their own.

    With --of, the holder is compared with the owner's name first. Without it, that is done when an agreement names it.

    Example: accord payments account payee-account.toml --of P-2026-0001 --as vera.lind
    """
    details = read_file(file, AccountDetails)

    async def work() -> AccountReference:
        async with open_desk() as desk:
            if owner:
                await require_holder(desk, details, owner)
            reference = reference_of(details)
            await vouch(desk, reference, actor)
            async with desk.pool.acquire() as connection:
                return await record_account(connection, details, actor)

    reference = run(work())
    if not banks_of(details):
        err.print(f"No directory names the bank {details.bic}: it is screened only where the file has its name (bank).")
    if as_json:
        return print_json(reference)
    out.print(f"Recorded as [bold]{reference.reference}[/bold]. Next, by another person who calls back:")
    return out.print(
        f'  accord payments confirm {reference.reference} --as STAFF --note "whom by their role, on which number"'
    )


def change_account(
    partnership: IdArgument, file: FileArgument, actor: ActorOption, as_json: JsonOption = False
) -> None:
    """Begin a change of the payee's bank details: hold the partnership, and record the new ones.

    What is left is for others: to call back, to sign the agreement again, to approve as finance, and to lift the hold.
    Nothing is paid before the organisation's cooling-off time is over.

    Example: accord payments change-account P-2026-0042 new-account.toml --as vera.lind
    """
    details = read_file(file, AccountDetails)

    async def work() -> AccountChange:
        async with open_desk(acting=True) as desk:
            return await begin_change(desk, partnership, details, actor)

    change = run(work())
    if as_json:
        return print_json(change)
    reference, hold_state = change.account.reference, "is on hold now" if change.held else "stays on hold"
    for number in change.at_the_bank:
        out.print(
            f"The payment of tranche {number} left for the old account: ask the bank to recall it, and import its "
            "answer."
        )
    out.print(f"Recorded as [bold]{reference}[/bold]; {partnership} {hold_state}. Next, each by another person:")
    for step in (
        *(f"payments cancel {partnership} --tranche {number} --as STAFF --reason REASON" for number in change.released),
        f'payments confirm {reference} --as STAFF --note "whom by their role, on which number"',
        f"sign-agreement {partnership} --account {reference} --as STAFF",
        f'lift {partnership} --as STAFF --reason "the new account was called back"',
        f"approve {partnership} --as STAFF --reason REASON   (finance)",
    ):
        out.print(f"  accord {step}", highlight=False)
    return out.print("Then the cooling-off time runs; `accord show` says until when.")


def balance(
    account: Annotated[str, typer.Argument(metavar="BA-...", help="A funder's own account.")],
    amount: Annotated[str, typer.Argument(metavar="AMOUNT", help="What stood there at the end of the day.")],
    currency: Annotated[str, typer.Option("--currency", help="Such as USD.")],
    on: Annotated[datetime, typer.Option("--on", metavar="DAY", parser=typed_day, help="The day of the statement.")],
    statement: Annotated[str, typer.Option("--statement", help="The bank's own reference of it.")],
    actor: ActorOption,
    as_json: JsonOption = False,
) -> None:
    """Record the balance of a funder's account, by the bank's statement. A hand-over that exceeds it says so.

    Where the organisation's rules say so (`stop_without_balance`), such a file does not leave. The day is over at the
    bank (the rule `bank_offset`). What is recorded last counts: a slip is mended by recording the right balance.

    Example: accord payments balance BA-ABCDEFGHIJKL 120000.00 --currency USD --on 2026-11-26 --statement 2026/229
    --as femi.ade
    """
    content = {"amount": amount, "currency": currency, "on": on.date(), "statement": statement}

    async def work() -> tuple[BalanceRecorded | None, BalanceRecorded]:
        async with open_desk(acting=True) as desk:
            reference = await named_account(desk, account)
            before = await balance_of(desk, reference.reference, currency)
            return before, await record_balance(desk, reference.reference, actor, **content)

    before, recorded_balance = run(work())
    if as_json:
        money = {"amount": str(recorded_balance.amount), "currency": recorded_balance.currency}
        return print_json(
            {
                "account": account,
                "balance": money,
                "on": str(recorded_balance.on),
                "statement": recorded_balance.statement,
            }
        )
    instead = f" It counts instead of {before.amount:,} on {before.on} ({before.statement})." if before else ""
    return out.print(
        f"{account} held {recorded_balance.currency} {recorded_balance.amount:,} on {recorded_balance.on} (statement"
        f" {recorded_balance.statement}).{instead}",
        markup=False,
    )


def confirm(
    account: Annotated[str, typer.Argument(metavar="BA-...", help="The account.")],
    actor: ActorOption,
    note: Annotated[str, typer.Option("--note", help="Whom you called, on a number not from the details.")],
    anew: Annotated[
        bool, typer.Option("--anew", help="Once more: the bank called the account wrong or closed.")
    ] = False,
    contact: Annotated[
        str | None, typer.Option("--contact", metavar="P-.../N", help="Whose number in which proposal you called.")
    ] = None,
    register: Annotated[
        str | None, typer.Option("--register", help="Or the register, with its version or day.")
    ] = None,
    number: Annotated[str | None, typer.Option("--number", help="The number that the register shows.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Confirm bank details after calling back. The person who recorded them may not confirm them.

    A funder's own account must be confirmed like a payee's; until then nothing is paid from it. Once the payee handed
    something in by link, say where the number stood: --contact, or --register and --number. A number that only came by
    link is refused.

    Example: accord payments confirm BA-ABCDEFGHIJKL --as noor.haddad --note "their treasurer" --contact P-2026-0042/1
    """
    partnership, _, place = (contact or "").partition("/")
    number_from = place_from(
        {"partnership": partnership, "contact": place, "register_entry": register, "number": number}
    )

    async def work() -> AccountStanding:
        async with open_desk() as desk:
            reference = await named_account(desk, account)
            return await confirm_account(desk, reference, actor, note, anew, number_from)

    standing = run(work())
    if as_json:
        return print_json(standing)
    last = standing.called_back_last
    before = "" if last == actor else " already, so this call is not recorded; --anew records another one"
    verification = f"verified by {last}{before}"
    out.print(f"[bold]{account}[/bold] recorded by {standing.recorded_by}, {verification}.")
    return out.print("Next: name it when the agreement is signed.")


def register(app: typer.Typer) -> None:
    """Add these commands to those on payments."""
    app.command("account")(record_bank_account)
    app.command("change-account")(change_account)
    app.command()(balance)
    app.command()(confirm)
