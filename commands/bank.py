"""Shell commands on payments: bank details in, payment files out, bank answers in."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from audit.authorisation import Gate
from commands import views
from commands.delivery import Delivery, deliver
from commands.desk import open_desk
from commands.faults import BadInput, Refused
from commands.files import read_file
from commands.governance import confirm_account, vouch
from commands.options import ActorOption, FileArgument, JsonOption, require_role, run
from commands.screen import err, out, print_json, rows_table
from domain.account import AccountStanding
from domain.parties import AccountReference
from domain.tiers import Role
from payments.accounts import AccountDetails, UnknownAccount, banks_of, find_account, record_account, reference_of
from payments.export import Export, ExportedFile, Withheld, export_waiting, stored_files, write_to
from payments.messages import UnreadableMessage
from payments.reconciliation import Import, import_message, raise_exception

app = typer.Typer(no_args_is_help=True, help="Bank details in, payment files out, bank answers in.")


app.command("list")(views.payments)


@app.command()
def account(file: FileArgument, actor: ActorOption, as_json: JsonOption = False) -> None:
    """Record a bank account and print its reference; the details stay in their own table.

    Example: accord payments account payee-account.toml --as vera.lind
    """
    details = read_file(file, AccountDetails)

    async def work() -> AccountReference:
        async with open_desk() as desk:
            await require_role(desk, actor, Role.VERIFIER, Role.FINANCE_APPROVER)
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
        f'  accord payments confirm {reference.reference} --as STAFF --note "whom you called, on which number"'
    )


@app.command()
def confirm(
    account: Annotated[str, typer.Argument(metavar="BA-...", help="The account.")],
    actor: ActorOption,
    note: Annotated[str, typer.Option("--note", help="Whom you called, on a number not from the details.")],
    as_json: JsonOption = False,
) -> None:
    """Vouch for bank details after calling back; another person than the one who recorded them.

    Example: accord payments confirm BA-ABCDEFGHIJKL --as noor.haddad --note "their treasurer, on the listed number"
    """

    async def work() -> AccountStanding:
        async with open_desk() as desk:
            await require_role(desk, actor, Role.VERIFIER, Role.FINANCE_APPROVER)
            async with desk.pool.acquire() as connection:
                reference = await _known_account(connection, account)
            return await confirm_account(desk, reference, actor, note)

    standing = run(work())
    if as_json:
        return print_json(standing)
    before = "" if standing.confirmed_by == actor else " already, so this call is not recorded"
    verified = f"verified by {standing.confirmed_by}{before}"
    out.print(f"[bold]{account}[/bold] recorded by {standing.recorded_by}, {verified}.")
    return out.print("Next: name it when the agreement is signed.")


@app.command()
def export(
    actor: ActorOption,
    folder: Annotated[Path, typer.Option("--out", help="Where the files go.")] = Path("payments-out"),
    again: Annotated[bool, typer.Option("--again", help="Write earlier files too: the very same bytes.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Write every released payment into a pain.001.001.09 file for the bank, each exactly once.

    Example: accord payments export --as paul.nkosi --out payments-out
    """

    if folder.exists() and not folder.is_dir():
        raise BadInput(f"--out {folder} is a file; name a folder")

    async def work() -> Export:
        async with open_desk() as desk:
            await require_role(desk, actor, Role.PAYER)
            async with desk.pool.acquire() as connection:
                new = await export_waiting(connection, Gate(desk.ledger))
                await _put_aside(connection, new.withheld)
                return new._replace(files=await stored_files(connection)) if again else new

    files, withheld = run(work())
    paths = write_to(folder, files) if files else []
    if as_json:
        print_json([_file(file, path) for file, path in zip(files, paths, strict=True)])
    else:
        _print_files(files, paths)
    if withheld:
        raise Refused(_not_authorised(withheld), "NotAuthorised")


def _print_files(files: list[ExportedFile], paths: list[Path]) -> None:
    if not files:
        out.print("No payment waits to be sent. Earlier files: `accord payments export --again`.")
        return
    written = zip(files, paths, strict=True)
    rows = [(file.message_id, file.payment_count, file.sha256[:16], path) for file, path in written]
    out.print(rows_table(("MsgId", "Payments", "SHA-256", "File"), rows))
    out.print("Next: hand the files to the bank, then `accord payments import` what it answers.")
    return


async def _known_account(connection: Any, reference: str) -> AccountReference:
    try:
        return await find_account(connection, reference)
    except UnknownAccount as fault:
        raise BadInput(str(fault)) from fault


async def _put_aside(connection: Any, withheld: list[Withheld]) -> None:
    """What the gate does not let through is a matter for a person, and is told once."""
    for instruction, reason in withheld:
        content = f"{instruction.partnership_id} tranche {instruction.tranche}, attempt {instruction.attempt}"
        await raise_exception(connection, "payments export", f"not authorised: {reason}", content)


def _not_authorised(withheld: list[Withheld]) -> str:
    told = "; ".join(f"{w.instruction.partnership_id} tranche {w.instruction.tranche}: {w.reason}" for w in withheld)
    return f"not written, since the ledger does not prove them authorised: {told}"


@app.command("import")
def import_answers(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="pain.002 or camt.054 files from the bank.")],
    as_json: JsonOption = False,
) -> None:
    """Take what the bank says and tell the payments it concerns. Importing a file twice does nothing twice.

    Example: accord payments import bank-answers/*.xml
    """

    async def work() -> tuple[list[Import], Delivery]:
        async with open_desk(acting=True) as desk:
            async with desk.pool.acquire() as connection:
                imports = [await _import(connection, file) for file in files]
            return imports, await deliver(desk)

    imports, delivery = run(work())
    answers = [answer for found in imports for answer in found.new]
    mismatches = [mismatch for found in imports for mismatch in found.mismatches]
    if as_json:
        return print_json(
            {
                "new": answers,
                "known": sum(found.known for found in imports),
                "delivered": delivery.delivered,
                "for_a_person": [*(m._asdict() for m in mismatches), *({"reason": r} for r in delivery.for_a_person)],
            }
        )
    rows = [(a.partnership_id, a.tranche or "-", a.status.value, a.money, a.reason or a.code) for a in answers]
    if rows:
        out.print(rows_table(("Partnership", "Tranche", "The bank says", "Amount", "Reason"), rows))
    out.print(
        f"{len(answers)} new, {sum(found.known for found in imports)} known before, {delivery.delivered} delivered, "
        f"{len(mismatches) + len(delivery.for_a_person)} for a person."
    )
    for mismatch in mismatches:
        out.print(f"For a person: {mismatch.entry}: {mismatch.reason}", markup=False, soft_wrap=True)
    for reason in delivery.for_a_person:
        out.print(f"For a person: {reason}", markup=False, soft_wrap=True)
    return None


@app.command()
def exceptions(as_json: JsonOption = False) -> None:
    """List what the bank said and nobody could match; each needs a person."""

    async def work() -> list[dict[str, Any]]:
        async with open_desk() as desk:
            rows = await desk.pool.fetch("SELECT * FROM payments.exceptions ORDER BY raised_at")
            return [{key: str(value) for key, value in row.items()} for row in rows]

    found = run(work())
    if as_json:
        return print_json(found)
    if not found:
        out.print("Nothing waits for a person.")
        return None
    rows = [(row["raised_at"][:19], row["file_name"], row["content"], row["reason"]) for row in found]
    out.print(rows_table(("Raised at", "File", "Entry", "Reason"), rows))
    return None


async def _import(connection: Any, file: Path) -> Import:
    try:
        return await import_message(connection, file)
    except UnreadableMessage as fault:
        raise BadInput(f"{fault}; nothing of it was recorded") from fault


def _file(file: ExportedFile, path: Path) -> dict[str, Any]:
    return {
        "message_id": file.message_id,
        "payments": file.payment_count,
        "sha256": file.sha256,
        "new": file.new,
        "path": str(path),
    }
