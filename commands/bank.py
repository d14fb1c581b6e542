"""Shell commands on payments: bank details in, payment files made and handed over, the bank's answers in."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from commands import views
from commands.bank_import import Import, go_on, import_file
from commands.desk import Desk, open_desk
from commands.exceptions import Belongs, Resolved, named_exception, resolve
from commands.faults import BadInput, Refused
from commands.files import read_file
from commands.governance import confirm_account, vouch
from commands.options import ActorOption, FileArgument, IdArgument, JsonOption, ReasonOption, require_role, run
from commands.payment_files import Export, HandedOver, MadeFile, export, hand_over, void_files_of
from commands.screen import err, out, print_json, rows_table
from commands.written_again import Written, never_sent, write_again
from domain import commands as c
from domain.account import AccountStanding
from domain.bank_answers import Resolution
from domain.parties import AccountReference
from domain.payment_file import FileStatus, PaymentFile
from domain.tiers import Role
from ledger import clock
from payments.accounts import AccountDetails, UnknownAccount, banks_of, find_account, record_account, reference_of
from payments.exceptions import RaisedException, read_exceptions
from payments.files import StoredFile, stored_file, stored_files
from payments.messages import UnreadableMessage, read_message
from payments.messages import read_file as read_bank_file
from payments.sample_answer import settled_answer
from workflows.messages import Receipt

app = typer.Typer(no_args_is_help=True, help="Bank details in, payment files out, bank answers in.")

MessageArgument = Annotated[str, typer.Argument(metavar="MESSAGE", help="The file's message id, ACCM...")]
OutOption = Annotated[Path, typer.Option("--out", metavar="FOLDER", help="Where the file goes.")]


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

    A funder's own account is confirmed like a payee's: nothing is paid from one that nobody called back for.

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


async def _known_account(connection: Any, reference: str) -> AccountReference:
    try:
        return await find_account(connection, reference)
    except UnknownAccount as fault:
        raise BadInput(str(fault)) from fault


@app.command("export")
def make_files(
    actor: ActorOption,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be made; make nothing.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Make payment files (pain.001.001.09) of every released payment that may be paid now. Nothing leaves by it.

    A file stands in the database until it is handed over. Each payment stands in one file at most. A file of before
    that holds a payment which may not be made now is void, and its other payments are made into a new one.

    Example: accord payments export --as paul.nkosi
    """

    async def work() -> Export:
        async with open_desk(acting=True) as desk:
            await require_role(desk, actor, Role.PAYER)
            return await export(desk, actor, dry_run)

    made = run(work())
    if as_json:
        print_json(_export_as_json(made))
    else:
        _print_export(made, dry_run)
    if made.waiting:
        told = "; ".join(f"{one.partnership_id} tranche {one.tranche}: {one.reason}" for one in made.waiting)
        raise Refused(f"waiting, and in no file: {told}", "NotAuthorised")


def _print_export(made: Export, dry_run: bool) -> None:
    for void in made.voided:
        out.print(f"Void: {void.message_id}: {void.reason}", markup=False, soft_wrap=True)
    if not made.files:
        out.print("No payment waits that may be paid. Files of before: `accord payments files`.")
        return
    rows = [
        (made_file.file.message_id, one.partnership_id, one.tranche, one.creditor_name, one.money)
        for made_file in made.files
        for one in made_file.payments
    ]
    out.print(rows_table(("File", "Partnership", "Tranche", "Payee", "Amount"), rows))
    for file in made.files:
        out.print(f"{file.file.message_id}: {len(file.payments)} payments, {file.total} in all")
    if dry_run:
        out.print("Nothing was made (--dry-run).")
        return
    out.print("Next: look at it, then let it leave:")
    for file in made.files:
        out.print(f"  accord payments hand-over {file.file.message_id} --out FOLDER --as STAFF", markup=False)


def _export_as_json(made: Export) -> dict[str, Any]:
    return {
        "files": [_file_as_json(one) for one in made.files],
        "waiting": [one._asdict() for one in made.waiting],
        "voided": [one._asdict() for one in made.voided],
    }


def _file_as_json(made: MadeFile) -> dict[str, Any]:
    total = made.total
    return {
        "message_id": made.file.message_id,
        "count": len(made.payments),
        "total": str(total.amount),
        "currency": total.currency,
        "sha256": made.file.sha256,
        "payments": [
            {
                "partnership_id": one.partnership_id,
                "tranche": one.tranche,
                "attempt": one.attempt,
                "amount": str(one.money.amount),
                "currency": one.money.currency,
                "payee": one.creditor_name,
                "end_to_end_id": one.end_to_end_id,
            }
            for one in made.payments
        ],
    }


@app.command("hand-over")
def hand_file_over(
    message: MessageArgument, folder: OutOption, actor: ActorOption, as_json: JsonOption = False
) -> None:
    """Let a payment file leave for the bank: each payment is checked once more, you sign, and the file is written.

    Whatever was decided before, until this very moment, counts: a hold, a cancellation, a newer list. If one payment
    may not be made, the file is void, and the others are made into a new one.

    Example: accord payments hand-over ACCMYT53... --out payments-out --as paul.nkosi
    """

    async def work() -> HandedOver:
        async with open_desk(acting=True) as desk:
            await require_role(desk, actor, Role.PAYER, Role.FINANCE_APPROVER)
            return await hand_over(desk, message, actor, folder)

    left = run(work())
    if as_json:
        print_json(_hand_over_as_json(left))
    if left.void:
        if left.instead is not None and not as_json:
            _print_export(left.instead, dry_run=False)
        raise Refused(f"not handed over, and {message} is void: {left.void}", "NotAuthorised")
    if as_json:
        return None
    if left.path is None:
        out.print(f"Signed by {actor}. Another person must sign as well before it leaves:")
        return out.print(f"  accord payments hand-over {message} --out {folder} --as STAFF", markup=False)
    out.print(f"Handed over: {left.path}", soft_wrap=True)
    return out.print("Next: give it to the bank, then `accord payments import` what it answers.")


def _hand_over_as_json(left: HandedOver) -> dict[str, Any]:
    return {
        "message_id": left.file.message_id,
        "sha256": left.file.sha256,
        "payments": left.file.payment_count,
        "path": str(left.path) if left.path else None,
        "void": left.void,
        "instead": _export_as_json(left.instead) if left.instead else None,
    }


@app.command("write-again")
def write_file_again(
    message: MessageArgument, folder: OutOption, actor: ActorOption, as_json: JsonOption = False
) -> None:
    """Write a file that was handed over once more: the very same bytes, for a copy that was lost.

    Where a payment in it would not pass the check now, it is shown with the reason, and two people must agree.

    Example: accord payments write-again ACCMYT53... --out payments-out --as paul.nkosi
    """

    async def work() -> Written:
        async with open_desk(acting=True) as desk:
            await require_role(desk, actor, Role.PAYER, Role.FINANCE_APPROVER)
            return await write_again(desk, message, actor, folder)

    written = run(work())
    if as_json:
        print_json({"path": str(written.path) if written.path else None, "in_doubt": written.in_doubt})
    for one in () if as_json else written.in_doubt:
        out.print(f"Would not pass now: {one}", markup=False, soft_wrap=True)
    if written.path is not None:
        return None if as_json else out.print(f"Written again: {written.path}", soft_wrap=True)
    raise Refused(
        f"not written: {actor} agrees, and another person must as well; the same command by them writes it",
        "SecondPerson",
    )


@app.command("never-sent")
def say_never_sent(
    message: MessageArgument,
    word: Annotated[Path, typer.Option("--word", metavar="FILE", help="The bank's word, as a file that is kept.")],
    actor: ActorOption,
    as_json: JsonOption = False,
) -> None:
    """Say, with the bank's word, that a file never arrived; two people do. Its payments wait again, as they are.

    Not by whoever handed it over, and not before two business days after its execution day. The identifiers of its
    payments stay: a bank that has them after all refuses them the second time.

    Example: accord payments never-sent ACCMYT53... --word letter-of-the-bank.pdf --as femi.ade
    """

    async def work() -> PaymentFile:
        async with open_desk(acting=True) as desk:
            return await never_sent(desk, message, (word.name, _content(word)), actor)

    file = run(work())
    if as_json:
        return print_json({"message_id": message, "status": file.status.value})
    if file.status is FileStatus.NEVER_SENT:
        return out.print("Its payments wait again. Next: `accord payments export`.")
    out.print(f"Signed by {actor}. Another person, who did not hand it over, must say so as well:")
    return out.print(f"  accord payments never-sent {message} --word {word} --as STAFF", markup=False)


@app.command()
def cancel(
    partnership_id: IdArgument,
    tranche: Annotated[int, typer.Option("--tranche", help="Which tranche.")],
    actor: ActorOption,
    reason: ReasonOption,
    as_json: JsonOption = False,
) -> None:
    """Take a released payment back, as long as its file was not handed over. The tranche can be released anew.

    Example: accord payments cancel P-2026-0042 --tranche 1 --as femi.ade --reason "the account is in doubt"
    """

    async def work() -> tuple[Receipt, list[str]]:
        async with open_desk(acting=True) as desk:
            seen = await desk.known_sight(partnership_id)
            known = seen.partnership.tranche(tranche)
            attempt = known.attempt if known is not None else 1
            content = {"tranche": tranche, "attempt": max(attempt, 1), "reason": reason}
            receipt = await desk.decide(seen, c.CancelPayment, actor, **content)
            why = f"{partnership_id} tranche {tranche} was cancelled by {actor}"
            return receipt, await void_files_of(desk, partnership_id, tranche, why)

    receipt, void = run(work())
    if as_json:
        return print_json({"receipt": receipt, "voided": void})
    out.print(f"{partnership_id} tranche {tranche}: the payment is cancelled, and leaves in no file.")
    for message_id in void:
        out.print(f"File {message_id} is void; its other payments wait again: `accord payments export`.")
    return out.print(f"It can be released anew: `accord release {partnership_id} --tranche {tranche}`.")


@app.command("files")
def show_files(as_json: JsonOption = False) -> None:
    """List every payment file, and where it stands: made, handed over, void, or never sent.

    Example: accord payments files
    """

    async def work() -> list[StoredFile]:
        async with open_desk() as desk, desk.pool.acquire() as connection:
            return await stored_files(connection)

    files = run(work())
    if as_json:
        return print_json(
            [
                {"message_id": f.message_id, "status": f.status.value, "payments": f.payment_count, "sha256": f.sha256}
                for f in files
            ]
        )
    if not files:
        return out.print("No payment file was made yet: `accord payments export`.")
    rows = [(file.message_id, file.status.value, file.payment_count, file.sha256[:16]) for file in files]
    return out.print(rows_table(("File", "Stands", "Payments", "SHA-256"), rows))


@app.command("import")
def import_answers(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="pain.002 or camt.054 files from the bank.")],
    actor: ActorOption,
    as_json: JsonOption = False,
) -> None:
    """Take what the bank says, under your signature. Each file is kept; importing it twice does nothing twice.

    Example: accord payments import bank-answers/*.xml --as paul.nkosi
    """
    contents = [(file.name, _content(file)) for file in files]
    for name, content in contents:
        try:
            read_message(content, name)
        except UnreadableMessage as fault:
            raise BadInput(f"{fault}; nothing of it was recorded") from fault

    async def work() -> list[Import]:
        async with open_desk(acting=True) as desk:
            before = await go_on(desk)
            return [*before, *[await import_file(desk, name, content, actor) for name, content in contents]]

    _print_imports(run(work()), as_json)


def _content(path: Path) -> bytes:
    try:
        return read_bank_file(path)
    except UnreadableMessage as fault:
        raise BadInput(f"{fault}; nothing of it was recorded") from fault


def _print_imports(imports: list[Import], as_json: bool) -> None:
    answers = [answer for found in imports for answer in found.new]
    waiting = [one for found in imports for one in found.for_a_person]
    known = sum(found.known for found in imports)
    if as_json:
        return print_json({"new": answers, "known": known, "for_a_person": [one._asdict() for one in waiting]})
    rows = [(a.partnership_id, a.tranche or "-", a.status.value, a.money, a.reason or a.code) for a in answers]
    if rows:
        out.print(rows_table(("Partnership", "Tranche", "The bank says", "Amount", "Reason"), rows))
    out.print(f"{len(answers)} new, {known} known before, {len(waiting)} for a person.")
    for one in waiting:
        out.print(f"For a person: {one.exception} ({one.kind}): {one.reason}", markup=False, soft_wrap=True)
    if waiting:
        out.print("Next: `accord payments exceptions`, and `accord payments resolve`.")
    return None


@app.command()
def exceptions(
    everything: Annotated[bool, typer.Option("--all", help="Those that were resolved as well.")] = False,
    as_json: JsonOption = False,
) -> None:
    """List what the bank said and nobody could match; each needs a person.

    Example: accord payments exceptions
    """

    async def work() -> list[RaisedException]:
        async with open_desk() as desk, desk.pool.acquire() as connection:
            return await read_exceptions(connection, everything)

    found = run(work())
    if as_json:
        return print_json([{**{k: str(v) for k, v in one._asdict().items()}, "name": one.name} for one in found])
    if not found:
        return out.print("Nothing waits for a person.")
    rows = [
        (one.name, f"{one.raised_at:%Y-%m-%d}", one.kind.value, one.partnership or "-", one.content, one.reason)
        for one in found
    ]
    out.print(rows_table(("Exception", "Raised", "Kind", "Partnership", "The bank says", "Why"), rows))
    return out.print('Next: accord payments resolve EX-... --kind KIND --note "what it was" --as STAFF', markup=False)


@app.command("resolve")
def resolve_exception(
    exception: Annotated[str, typer.Argument(metavar="EX-...", help="The exception, or the beginning of its name.")],
    kind: Annotated[Resolution, typer.Option("--kind", help="What it was.")],
    note: Annotated[str, typer.Option("--note", help="How you know, for those who read it years later.")],
    actor: ActorOption,
    partnership_id: Annotated[str, typer.Option("--partnership", help="Whose it is, for belongs-to.")] = "",
    tranche: Annotated[int, typer.Option("--tranche", help="Of which payment, for belongs-to.")] = 0,
    attempt: Annotated[int, typer.Option("--attempt", help="Of which attempt; the newest without it.")] = 0,
    as_json: JsonOption = False,
) -> None:
    """Say what an exception was, signed: the totals follow.

    belongs-to: it is what it says, and counts. told-before: the same as one that is known. returned-to-sender,
    bank-error, ours: it does not count. What makes money payable again or counts it as received takes two people who
    neither released, made, handed over nor imported it.

    Example: accord payments resolve EX-1A2B3C4D5E --kind bank-error --note "reversed on 3 December" --as femi.ade
    """

    async def work() -> Resolved:
        async with open_desk(acting=True) as desk:
            found = await named_exception(desk, exception)
            belongs = Belongs(partnership_id, tranche, attempt or await _newest(desk, partnership_id, tranche))
            return await resolve(desk, found, kind, belongs, note, actor)

    resolved = run(work())
    if as_json:
        return print_json({"exception": resolved.exception.name, "waits_for_second": resolved.waits_for_second})
    if resolved.waits_for_second:
        out.print(f"Signed by {actor}. It counts once another person says the same:")
        return out.print(f"  accord payments resolve {resolved.exception.name} --kind {kind.value} ... --as STAFF")
    return out.print(f"{resolved.exception.name} is resolved: {kind.value}.")


async def _newest(desk: Desk, partnership_id: str, tranche: int) -> int:
    if not partnership_id or not tranche:
        return 0
    known = (await desk.known_partnership(partnership_id)).tranche(tranche)
    return known.attempt if known is not None else 0


@app.command("sample-answer")
def make_sample_answer(
    message: MessageArgument,
    file: Annotated[Path, typer.Option("--out", metavar="FILE", help="Where the sample goes.")],
) -> None:
    """Write an invented answer of a bank that settles a payment file now: for a trial without a bank.

    Example: accord payments sample-answer ACCMYT53... --out settled.camt.054.xml
    """

    async def work() -> StoredFile | None:
        async with open_desk() as desk, desk.pool.acquire() as connection:
            return await stored_file(connection, message)

    found = run(work())
    if found is None or found.status is not FileStatus.HANDED_OVER:
        raise BadInput(
            f"{message[:40]!r} was not handed over, so no bank can answer on it; see `accord payments files`"
        )
    try:
        file.write_bytes(settled_answer(found.content, clock.now()))
    except OSError as fault:
        raise BadInput(f"{file} cannot be written: {fault.strerror}") from None
    out.print(f"An invented answer, dated now: {file}. Next: accord payments import {file} --as STAFF", soft_wrap=True)
