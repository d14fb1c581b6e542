"""`accord payments reopen`: two finance people sign which files were handed over that a restored ledger lost."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Annotated, Final, Literal, NamedTuple

import typer
from pydantic import ValidationError

from accord.audit.bank.bank_evidence import BankEvidence
from accord.audit.bank.payment_files import read_payment_file
from accord.audit.bank.reopening import read_reopening
from accord.cli.options import ActorOption, JsonOption, run
from accord.cli.printing.output import out, print_json
from accord.client.desk import Desk
from accord.client.whole_ledger import exporting
from accord.counter.bank_import import require_all_taken
from accord.counter.transactions import at_the_counter
from accord.organisation.signed_acts import signed_act
from accord.presentation.faults import BadInput, Refused
from accord.presentation.input_files import faults_of
from domain.directory.people import EpochBegun
from domain.payment.payment_file import FileStatus
from domain.payment.reopening import FileThatLeft, PaymentsReopened, ReopeningAgreed
from domain.payment.tranche.events import PaymentHandedOver
from domain.recorded.writers import Writer
from domain.streams import StreamId
from payments.answers.elements import elements, parse, reference, value
from payments.answers.messages import UnreadableMessage, read_file, read_message
from payments.answers.portal.naming import whole_references_in
from payments.answers.statements import BankNotice, Unclear
from payments.out.instructions import instruction_by_end_to_end_id, instruction_by_reference

OUR_PAYMENT: Final = re.compile(r"ACC[A-Z2-7]{26}")
"""The EndToEndId of a payment of ours (`domain.identity`)."""
OUR_FILE: Final = re.compile(r"ACCM[A-Z2-7]{26}")
"""The message id of a file of ours."""


class Reopened(NamedTuple):
    """The outcome of a request to open payments again."""

    epoch: int
    waits_for_second: bool


def reopen(
    actor: ActorOption,
    statements: Annotated[
        list[Path],
        typer.Option("--statement", metavar="FILE", help="A bank's file, imported, that tells what it did since."),
    ],
    handed_over: Annotated[
        list[Path],
        typer.Option("--handed-over", metavar="FILE", help="A payment file that left since (pain.001), as it left."),
    ] = [],  # noqa: B006
    nothing: Annotated[bool, typer.Option("--nothing-handed-over", help="Nothing left since.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Reopen payments after the ledger was restored, copied or moved to another server. Two finance people must sign.

    First import the bank's files since then. Each payment that the bank booked and the ledger lost must be in one of
    the payment files that you name. The payments in these files are never made again.
    Example: accord payments reopen --statement since.xml --handed-over ACCM4711.xml --as femi.ade
    """
    if bool(handed_over) is nothing:
        raise BadInput("name each file that left since (--handed-over FILE), or say --nothing-handed-over")

    async def work() -> Reopened:
        async with exporting() as desk:
            bank_files = tuple(read_file(path) for path in statements)
            return await open_again(desk, bank_files, tuple(map(file_that_left, handed_over)), actor)

    reopening = run(work())
    if as_json:
        return print_json(reopening._asdict())
    if reopening.waits_for_second:
        return out.print("Signed. Payments open once another of finance says the same, with the same files.")
    return out.print(f"Payments are open in epoch {reopening.epoch}.")


async def open_again(
    desk: Desk, statements: tuple[bytes, ...], files: tuple[FileThatLeft, ...], actor: str
) -> Reopened:
    """Sign the list of payment files handed over since the ledger was restored.

    Payments open once a second person signs the same list and the same bank statements.

    Raises:
        Refused: Payments are open, a statement was not imported since, or it reports a payment that is in no file of
            `files` and that the ledger does not know as handed over.
        BadInput: A statement cannot be read.
    """
    epoch = await _closed_epoch(desk)
    await require_all_taken(desk)
    digests = tuple(sorted(hashlib.sha256(statement).hexdigest() for statement in statements))
    for digest in digests:
        await _require_imported_since(desk, epoch, digest)
    await _require_all_named(desk, statements, files)
    number = epoch.log.epoch
    stream = StreamId.reopening(number)
    content = {"epoch": number, "statements": digests, "files": tuple(sorted(files, key=lambda file: file.message_id))}
    second = await signed_act(desk, PaymentsReopened, stream, actor, **content)
    waits = not (await read_reopening(desk.reader, number)).first(second)
    act = await signed_act(desk, ReopeningAgreed, stream, actor, **content) if waits else second
    async with at_the_counter(desk, Writer.EXPORTER) as counter:
        await counter.act(stream, act)
    return Reopened(number, waits)


async def _closed_epoch(desk: Desk) -> EpochBegun:
    directory = await desk.directory()
    epoch = directory.epoch
    if epoch is None or epoch is directory.epochs[0] or (await read_reopening(desk.reader, epoch.log.epoch)).reopened:
        raise Refused("payments are open; nothing was put back since", "IllegalTransition")
    return epoch


async def _require_imported_since(desk: Desk, epoch: EpochBegun, digest: str) -> None:
    """Raise Refused unless a bank statement was imported into this ledger after it was restored."""
    events = await desk.ledger.read_stream(StreamId.bank_file(digest))
    since = any(event.position > epoch.position for event in events)
    if not since or not await BankEvidence(desk.reader).importers(digest):
        raise Refused(
            "a statement was not imported since the ledger was put back: `accord payments import FILE` first",
            "BankUnheard",
        )


async def _require_all_named(desk: Desk, statements: tuple[bytes, ...], files: tuple[FileThatLeft, ...]) -> None:
    """Raise Refused if the bank tells of a payment or file that is not in `files` and not known as handed over."""
    names = {name for file in files for name in (file.message_id, *file.end_to_end_ids)}
    for notice in (bank_notice for content in statements for bank_notice in read_message(content)):
        subject = await _ours(desk, notice)
        if subject is not None and subject.name not in names and not await _is_known(desk, subject):
            raise Refused(
                f"the bank tells of {subject.what} {subject.name}, of which the ledger does not know that it left; name"
                " the file that it left in (--handed-over FILE)",
                "BankContradicts",
            )


class Ours(NamedTuple):
    """A payment or a file of ours that a bank names by our own identifier."""

    what: Literal["payment", "file"]
    name: str


async def _ours(desk: Desk, notice: BankNotice | Unclear) -> Ours | None:
    """Return our payment that the bank tells of, or else our file, or None if it is neither."""
    if OUR_PAYMENT.fullmatch(notice.end_to_end_id):
        return Ours("payment", notice.end_to_end_id)
    if isinstance(notice, Unclear):
        return None
    for name in whole_references_in(notice) if notice.unnumbered else ():
        return Ours("payment", name)
    if notice.unique_transaction_reference:
        async with desk.pool.acquire() as connection:
            instruction = await instruction_by_reference(connection, notice.unique_transaction_reference)
        if instruction is not None:
            return Ours("payment", instruction.end_to_end_id)
    return Ours("file", notice.original_message_id) if OUR_FILE.fullmatch(notice.original_message_id) else None


async def _is_known(desk: Desk, subject: Ours) -> bool:
    """True if the ledger knows that a payment, or a file, was handed over."""
    if subject.what == "file":
        return (await read_payment_file(desk.reader, subject.name)).status is FileStatus.HANDED_OVER
    async with desk.pool.acquire() as connection:
        instruction = await instruction_by_end_to_end_id(connection, subject.name)
    if instruction is None:
        return False
    stream = StreamId.attempt(instruction.partnership_id, instruction.tranche, instruction.attempt)
    return any(isinstance(recorded_event.event, PaymentHandedOver) for recorded_event in await desk.reader.read(stream))


def file_that_left(path: Path) -> FileThatLeft:
    """Return a payment file's message id, digest and EndToEndIds, read from its content.

    Raises:
        BadInput: The file cannot be read, or is no payment file.
    """
    try:
        content = read_file(path)
        root = parse(content, path.name)
        message_id = value(root, "CstmrCdtTrfInitn/GrpHdr/MsgId")
        payments = elements(root, "CstmrCdtTrfInitn/PmtInf/CdtTrfTxInf")
        names = tuple(reference(payment, "PmtId/EndToEndId") for payment in payments)
        return FileThatLeft(message_id=message_id, sha256=hashlib.sha256(content).hexdigest(), end_to_end_ids=names)
    except UnreadableMessage as fault:
        raise BadInput(f"--handed-over: {fault}") from None
    except ValidationError as fault:
        raise BadInput(f"--handed-over: {path} is no payment file (pain.001): {faults_of(fault)}") from None
    except ValueError as fault:
        raise BadInput(f"--handed-over: {path} is no payment file (pain.001): {fault}") from None


def register(app: typer.Typer) -> None:
    """Add this command to those on payments."""
    app.command("reopen")(reopen)
