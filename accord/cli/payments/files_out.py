"""Shell commands on payment files: make, hand over, write again, record as never sent, and cancel a payment."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from accord.audit.bank.payment_files import read_payment_file
from accord.audit.bank.reopening import read_restores
from accord.audit.heads import Heads
from accord.cli.options import ActorOption, EmergencyOption, IdArgument, JsonOption, ReasonOption, run
from accord.cli.partnerships.acts import add_act, option
from accord.cli.partnerships.deciding import AnswerPrinter, Showing, YesOption, each, print_fault, show
from accord.cli.printing.fitting import Heading
from accord.cli.printing.output import err, fault_as_json, out, print_json, rows_table
from accord.client.desk import Desk, open_desk
from accord.client.emergency import stop
from accord.client.whole_ledger import exporting
from accord.counter.hand_over import HandedOver, hand_over
from accord.counter.payment_files import Export, MadeFile, export, standing_of, void_files_of
from accord.counter.written_again import RewriteOutcome, never_sent, write_again
from accord.presentation.faults import BadInput, Failure, Refused
from accord.presentation.numbers import count_in_words
from accord.presentation.shown_accounts import shown_account
from accord.presentation.words.payments import portal_in_words
from deploy.logins import Login
from domain.partnership import commands as c
from domain.payment.payment_file import FileStatus, HandOverAgreed, PaymentFile
from payments.answers.messages import UnreadableMessage
from payments.answers.messages import read_file as read_bank_file
from payments.out.files import StoredFile, instructions_of_file, stored_files
from workflows.messages import Receipt

MessageArgument = Annotated[str, typer.Argument(metavar="MESSAGE", help="The file's message id, ACCM...")]
_IN_FILES: Final = (Heading("File", 1), "Partnership", "Tranche", "Payee", Heading("Amount", is_sum=True))
_FILES: Final = (
    "File",
    "Stands",
    Heading("Payments", 2),
    Heading("Made by", 1),
    "Handed over by",
    Heading("In the portal", 2),
)
OutOption = Annotated[Path, typer.Option("--out", metavar="FOLDER", help="Where the file goes.")]


def make_files(
    actor: ActorOption,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would be made; make nothing.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Make payment files of all released payments that may be made now. Nothing is handed over yet.

    Each payment leaves by its rail: in a file for the bank (ISO 20022, NACHA), or on a sheet of its own that people
    type into the bank's portal.

    A file is kept in the database until it is handed over. Each payment is in one valid file at most. If an earlier
    file has a payment that may not be made now, it is voided, and its other payments go into a new file.

    Example: accord payments export --as paul.nkosi
    """

    async def work() -> Export:
        async with exporting() as desk:
            return await export(desk, actor, dry_run)

    batch = run(work())
    if as_json:
        print_json(_export_as_json(batch))
    else:
        _print_export(batch, dry_run)
    if batch.waiting:
        reasons = "; ".join(
            f"{payment.partnership_id} tranche {payment.tranche}: {payment.reason}" for payment in batch.waiting
        )
        raise Refused(f"waiting, and in no file: {reasons}", "NotAuthorised")


def _print_export(export: Export, dry_run: bool) -> None:
    for void in export.voided:
        out.print(f"Void: {void.message_id}: {void.reason}", markup=False, soft_wrap=True)
    if not export.files:
        out.print("No payment waits that may be paid. Files of before: `accord payments files`.")
        return
    rows = [
        (made_file.file.message_id, payment.partnership_id, payment.tranche, payment.creditor_name, payment.money)
        for made_file in export.files
        for payment in made_file.payments
    ]
    out.print(rows_table(_IN_FILES, rows))
    for file in export.files:
        out.print(f"{file.file.message_id}: payments: {len(file.payments)}, in all {file.total}")
    if dry_run:
        out.print("Nothing was made (--dry-run).")
        return
    out.print("Next: look at it, then let it leave:")
    for file in export.files:
        out.print(f"  accord payments hand-over {file.file.message_id} --out FOLDER --as STAFF", markup=False)


def _export_as_json(export: Export) -> dict[str, Any]:
    return {
        "files": [_file_as_json(file) for file in export.files],
        "waiting": [payment._asdict() for payment in export.waiting],
        "voided": [void_file._asdict() for void_file in export.voided],
    }


def _file_as_json(made_file: MadeFile) -> dict[str, Any]:
    total = made_file.total
    return {
        "message_id": made_file.file.message_id,
        "count": len(made_file.payments),
        "total": str(total.amount),
        "currency": total.currency,
        "sha256": made_file.file.sha256,
        "payments": [
            {
                "partnership_id": payment.partnership_id,
                "tranche": payment.tranche,
                "attempt": payment.attempt,
                "amount": str(payment.money.amount),
                "currency": payment.money.currency,
                "payee": payment.creditor_name,
                "end_to_end_id": payment.end_to_end_id,
            }
            for payment in made_file.payments
        ],
    }


def hand_file_over(
    messages: Annotated[list[str], typer.Argument(metavar="MESSAGE...", help="The files' message ids, ACCM...")],
    folder: OutOption,
    actor: ActorOption,
    yes: YesOption = False,
    as_json: JsonOption = False,
) -> None:
    """Hand payment files over to the bank: each payment is checked again, you sign, and the file is written.

    What a file pays, to whom and to which account is shown first, and asked about at a terminal; each has an answer of
    its own.

    The check covers everything recorded until this moment, such as a hold, a cancellation or a newer sanctions list. If
    one payment may not be made, the file is voided, and its other payments go into a new file.

    Example: accord payments hand-over ACCMYT53... --out payments-out --as paul.nkosi
    """

    async def one(message: str) -> HandedOver:
        async with exporting() as desk:
            if (showing := Showing.unless(yes, as_json)).shows:
                show(await _facts_of(desk, message, actor), showing)
            handed_over = await hand_over(desk, message, actor, folder)
        if handed_over.warning:
            err.print(f"accord: {handed_over.warning}", style="yellow", soft_wrap=True, markup=False)
        return handed_over

    def words(message: str, outcome: HandedOver | Failure) -> None:
        if isinstance(outcome, Failure):
            return print_fault(message, outcome)
        return _print_handed_over(outcome, folder, actor)

    each(messages, one, as_json, AnswerPrinter(words, _hand_over_as_json, _void))


def _void(handed_over: HandedOver) -> Failure | None:
    if not handed_over.void:
        return None
    return Refused(f"not handed over, and {handed_over.file.message_id} is void: {handed_over.void}", "NotAuthorised")


def _print_handed_over(handed_over: HandedOver, folder: Path, actor: str) -> None:
    message = handed_over.file.message_id
    if handed_over.void:
        out.print(f"Void, and not handed over: {message}: {handed_over.void}", markup=False, soft_wrap=True)
        return _print_export(handed_over.instead, dry_run=False) if handed_over.instead is not None else None
    if handed_over.path is None:
        out.print(f"Signed by {actor}. Another person must sign as well before it leaves:")
        return out.print(f"  accord payments hand-over {message} --out {folder} --as STAFF", markup=False)
    out.print(f"Handed over: {handed_over.path}", soft_wrap=True)
    if handed_over.file.is_sheet:
        out.print("Next: type it into the bank's portal, once, without releasing it there, and record its number:")
        return out.print(f"  accord payments typed {message} --confirmation NUMBER --as STAFF", markup=False)
    return out.print("Next: give it to the bank, then `accord payments import` what it answers.")


async def _facts_of(desk: Desk, message_id: str, actor: str) -> list[str]:
    """Return the content of a hand-over's signature in words: each payment, and the sum of them."""
    async with desk.pool.acquire() as connection:
        instructions = await instructions_of_file(connection, message_id)
    lines, sums = [f"{message_id}: {actor} signs its hand-over to the bank"], dict[str, Decimal]()
    for instruction in instructions:
        bank_details = await shown_account(desk.pool, instruction.creditor_account.reference)
        account = f", account ending in {bank_details.last_digits}" if bank_details is not None else ""
        lines.append(f"  {instruction.remittance}: {instruction.money} to {instruction.creditor_name}{account}")
        sums[instruction.money.currency] = sums.get(instruction.money.currency, Decimal(0)) + instruction.money.amount
    totals = ", ".join(f"{currency} {amount:,}" for currency, amount in sums.items())
    return [*lines, f"  {count_in_words(len(instructions), 'payment')}, {totals}"] if instructions else []


def _hand_over_as_json(message: str, outcome: HandedOver | Failure) -> dict[str, Any]:
    if isinstance(outcome, Failure):
        return {"message_id": message, "error": fault_as_json(outcome)}
    return {
        "message_id": outcome.file.message_id,
        "sha256": outcome.file.sha256,
        "payments": outcome.file.payment_count,
        "path": str(outcome.path) if outcome.path else None,
        "void": outcome.void,
        "warning": str(outcome.warning or ""),
        "instead": _export_as_json(outcome.instead) if outcome.instead else None,
    }


def write_file_again(
    message: MessageArgument, folder: OutOption, actor: ActorOption, as_json: JsonOption = False
) -> None:
    """Write a payment file again, byte for byte, after it was handed over: for a copy that was lost.

    If a payment in it would not pass the check now, it is shown with the reason, and two people must give this command.

    Example: accord payments write-again ACCMYT53... --out payments-out --as paul.nkosi
    """

    async def work() -> RewriteOutcome:
        async with exporting() as desk:
            return await write_again(desk, message, actor, folder)

    outcome = run(work())
    if as_json:
        print_json({"path": str(outcome.path) if outcome.path else None, "in_doubt": outcome.in_doubt})
    for doubt in () if as_json else outcome.in_doubt:
        out.print(f"Would not pass now: {doubt}", markup=False, soft_wrap=True)
    if outcome.path is not None:
        return None if as_json else out.print(f"Written again: {outcome.path}", soft_wrap=True)
    raise Refused(
        f"not written: {actor} agrees, and another person must as well; the same command by them writes it",
        "SecondPerson",
    )


def say_never_sent(
    message: MessageArgument,
    word: Annotated[Path, typer.Option("--word", metavar="FILE", help="The bank's word, as a file that is kept.")],
    actor: ActorOption,
    as_json: JsonOption = False,
) -> None:
    """Record the bank's written statement that a payment file never arrived. Two people must record it.

    Its payments are then pending again, unchanged. Neither person may have handed the file over, and the earliest time
    is two business days after the execution date. The payments keep their identifiers, so a bank that has them after
    all rejects them as duplicates.

    Example: accord payments never-sent ACCMYT53... --word letter-of-the-bank.pdf --as femi.ade
    """

    async def work() -> PaymentFile:
        async with exporting() as desk:
            return await never_sent(desk, message, (word.name, content_of(word)), actor)

    file = run(work())
    if as_json:
        return print_json({"message_id": message, "status": file.status.value})
    if file.status is FileStatus.NEVER_SENT:
        return out.print("Its payments wait again. Next: `accord payments export`.")
    out.print(f"Signed by {actor}. Another person, who did not hand it over, must say so as well:")
    return out.print(f"  accord payments never-sent {message} --word {word} --as STAFF", markup=False)


def _cancel(
    partnership_id: IdArgument,
    tranche: Annotated[int, option(c.CancelPayment, "tranche")],
    actor: ActorOption,
    reason: ReasonOption,
    emergency: EmergencyOption = False,
    as_json: JsonOption = False,
) -> None:
    async def work() -> tuple[Receipt, list[str]]:
        login = Login.EMERGENCY if emergency else Login.EXPORTER
        async with open_desk(login, acting=not emergency, hinting=True) as desk:
            sight = await desk.known_sight(partnership_id)
            progress = sight.partnership.tranche(tranche)
            attempt = progress.attempt if progress is not None else 1
            content = {"tranche": tranche, "attempt": max(attempt, 1), "reason": reason}
            if emergency:
                return await stop(desk, partnership_id, c.CancelPayment, actor, **content), []
            await _require_here(desk, partnership_id, tranche, max(attempt, 1))
            receipt = await desk.decide(sight, c.CancelPayment, actor, **content)
            why = f"{partnership_id} tranche {tranche} was cancelled by {actor}"
            return receipt, await void_files_of(desk, partnership_id, tranche, why)

    receipt, void = run(work())
    if as_json:
        return print_json({"receipt": receipt, "voided": void})
    out.print(f"{partnership_id} tranche {tranche}: the payment is cancelled, and leaves in no file.")
    for message_id in void:
        out.print(f"File {message_id} is void; its other payments wait again: `accord payments export`.")
    return out.print(f"It can be released anew: `accord release {partnership_id} --tranche {tranche}`.")


async def _require_here(desk: Desk, partnership_id: str, tranche: int, attempt: int) -> None:
    """Raise Refused if an attempt left before a restore, which forgot that: nobody takes it back."""
    restores = await read_restores(desk.reader, await desk.directory(), Heads())
    if fault := restores.attempts(partnership_id, tranche, attempt).get(attempt):
        raise Refused(f"cannot cancel tranche {tranche} of {partnership_id}: {fault}", "IllegalTransition")


def show_files(as_json: JsonOption = False) -> None:
    """List every payment file with its status: made, handed over, void, or never sent.

    Example: accord payments files
    """

    async def work() -> list[tuple[StoredFile, PaymentFile]]:
        async with open_desk() as desk:
            async with desk.pool.acquire() as connection:
                files = await stored_files(connection)
            return [(file, await read_payment_file(desk.reader, file.message_id)) for file in files]

    files = run(work())
    if as_json:
        return print_json([_stored_as_json(*file) for file in files])
    if not files:
        return out.print("No payment file was made yet: `accord payments export`.")
    rows = [
        (
            file.message_id,
            _told(file, payment_file),
            file.payment_count,
            payment_file.made_by or "-",
            " and ".join(payment_file.handed_over_by) or _first_of_two(payment_file),
            portal_in_words(file.is_sheet, payment_file),
        )
        for file, payment_file in files
    ]
    return out.print(rows_table(_FILES, rows))


def _first_of_two(file: PaymentFile) -> str:
    """Return the words on the first signer of a hand-over that waits for another, or ''."""
    first = next((consent.actor for consent in file.agreed if isinstance(consent, HandOverAgreed)), "")
    return f"{first} signed; another must" if first else ""


def _told(file: StoredFile, payment_file: PaymentFile) -> str:
    """Return a file's status according to its signed acts, with the status in its row if that differs."""
    status = standing_of(file, payment_file)
    return status.value if file.status is status else f"{status.value} (its row says {file.status.value})"


def _stored_as_json(file: StoredFile, payment_file: PaymentFile) -> dict[str, Any]:
    return {
        "message_id": file.message_id,
        "status": standing_of(file, payment_file).value,
        "row_says": file.status.value,
        "payments": file.payment_count,
        "sha256": file.sha256,
        "made_by": payment_file.made_by,
        "handed_over_by": payment_file.handed_over_by,
        "reason": payment_file.reason,
        "is_sheet": file.is_sheet,
        "typed": [{"by": typing.actor, "confirmation": typing.confirmation} for typing in payment_file.typed],
        "countersigned_by": payment_file.countersigned.actor if payment_file.countersigned is not None else None,
    }


def content_of(path: Path) -> bytes:
    """Return a file's content.

    Raises:
        BadInput: The file cannot be opened.
    """
    try:
        return read_bank_file(path)
    except UnreadableMessage as fault:
        raise BadInput(f"{fault}; nothing of it was recorded") from fault


def register(app: typer.Typer) -> None:
    """Add the commands of this module to `accord`."""
    app.command("export")(make_files)
    app.command("hand-over")(hand_file_over)
    app.command("write-again")(write_file_again)
    app.command("never-sent")(say_never_sent)
    add_act(
        app,
        c.CancelPayment,
        _cancel,
        'payments cancel P-2026-0042 --tranche 1 --as femi.ade --reason "the account is in doubt"',
    )
    app.command("files")(show_files)
