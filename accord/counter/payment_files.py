"""Make payment files of the payments that may be made now, and void those with one that may not.

It hands over no file.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final, NamedTuple
from uuid import UUID

from accord.audit.authorisation import PrePaymentCheck
from accord.audit.bank.payment_files import read_payment_file
from accord.client.desk import Desk
from accord.counter.bank_import import require_all_taken
from accord.counter.checking import Checked, check_all
from accord.counter.transactions import at_the_counter
from accord.organisation.signed_acts import require_may, signed_act
from accord.presentation.faults import Refused
from domain.identity import ACCORD, derive
from domain.payment.payment_file import FileStatus, PaymentFile, PaymentFileMade, PaymentFileVoided
from domain.recorded.writers import Writer
from domain.streams import StreamId
from domain.values import Money
from ledger import clock
from payments import Connection
from payments.accounts import AccountChanged, UnknownAccount
from payments.out.files import (
    FrozenPayment,
    StoredFile,
    batches,
    filed_and_unanswered,
    is_remade,
    keep_file,
    make_file,
    mark,
    rows_of_file,
    stored_file,
    stored_files,
    unfiled_instructions,
)
from payments.out.instructions import Instruction

UNSIGNED: Final = "nobody who may make payment files signed it as it stands"


class MadeFile(NamedTuple):
    """A payment file that was made, with its instructions."""

    file: StoredFile
    payments: tuple[Instruction, ...]

    @property
    def total(self) -> Money:
        """The sum of its payments."""
        moneys = [payment.money for payment in self.payments]
        return Money(amount=sum((money.amount for money in moneys[1:]), moneys[0].amount), currency=moneys[0].currency)


class WaitingPayment(NamedTuple):
    """A payment that may not be made now and keeps waiting, with the reason."""

    partnership_id: str
    tranche: int
    attempt: int
    reason: str


class Voided(NamedTuple):
    """A voided payment file, with the reason. It will never be handed over."""

    message_id: str
    reason: str


class Export(NamedTuple):
    """The outcome of making payment files: files made, payments that keep waiting, and earlier files voided."""

    files: tuple[MadeFile, ...]
    waiting: tuple[WaitingPayment, ...]
    voided: tuple[Voided, ...]


async def export(
    desk: Desk, actor: str, dry_run: bool = False, chosen_payments: Collection[UUID] | None = None
) -> Export:
    """Make payment files of the waiting payments that may be made now. No file is handed over.

    `chosen_payments`: those that go into files now, or None for all of them.

    An earlier file with a payment that may not be made now is voided first; its other payments wait again. With
    `dry_run`, the files are only returned: nothing is signed, stored or voided.

    Raises:
        Refused: The person may not make payment files, their key is not on this machine, or an import is unfinished.
    """
    await require_may(desk, actor, PaymentFileMade)
    if not dry_run:
        await desk.require_epoch()
        await require_all_taken(desk)
    gate = PrePaymentCheck(desk.ledger)
    void_files = () if dry_run else await _void_what_may_not_leave(desk, gate)
    async with desk.pool.acquire() as connection:
        rows = [
            row
            for row in await waiting_payments(desk, connection)
            if chosen_payments is None or row.payment_id in chosen_payments
        ]
    checks = await check_all(desk, gate, rows)
    passing = [check for check in checks if check.instruction is not None and not check.verdict.reason]
    files = await _make(desk, actor, passing, dry_run)
    payments = tuple(_waiting(check) for check in checks if check.verdict.reason and not check.ended)
    return Export(files, payments, void_files)


async def waiting_payments(desk: Desk, connection: Connection) -> list[FrozenPayment]:
    """Return the instructions that are in no file that somebody signed for and that may leave, or left.

    A row alone keeps no payment from leaving: whoever has the exporter's login writes one. Rows of payments of which
    the bank has spoken are not looked at again.
    """
    filed_rows = await filed_and_unanswered(connection)
    files = {
        message_id: await read_payment_file(desk.reader, message_id)
        for message_id in {row.message_id for row in filed_rows}
    }
    unsigned_rows = [row for row in filed_rows if not _holds(files[row.message_id], row.payment_id)]
    return await unfiled_instructions(connection, unsigned_rows)


def _holds(file: PaymentFile, payment_id: UUID) -> bool:
    return payment_id in file.payments and file.status in {FileStatus.MADE, FileStatus.HANDED_OVER}


async def _void_what_may_not_leave(desk: Desk, gate: PrePaymentCheck) -> tuple[Voided, ...]:
    async with desk.pool.acquire() as connection:
        files = await stored_files(connection, FileStatus.MADE)
    void_files = []
    for file in files:
        why = await _why_it_may_not_leave(desk, gate, file)
        if why is not None:
            await void(desk, file.message_id, why[0])
            void_files.append(Voided(file.message_id, why[1]))
    return tuple(void_files)


async def _why_it_may_not_leave(desk: Desk, gate: PrePaymentCheck, file: StoredFile) -> tuple[str, str] | None:
    """Return (reason to record, reason to show) for a made file that may not leave, or None for one that may."""
    async with desk.pool.acquire() as connection:
        rows = await rows_of_file(connection, file.message_id)
    payment_file = await read_payment_file(gate.reader, file.message_id)
    stands = (payment_file.status, payment_file.sha256, sorted(payment_file.payments))
    if stands != (FileStatus.MADE, file.sha256, sorted(row.payment_id for row in rows)):
        return (UNSIGNED, UNSIGNED)
    checks = await check_all(desk, gate, rows)
    if reason := reasons_of(checks):
        return (names_of(checks), reason)
    batch = [check.instruction for check in checks if check.instruction is not None]
    async with desk.pool.acquire() as connection:
        has_same_bytes = await is_remade(connection, file, batch)
    return None if has_same_bytes else (UNSIGNED, UNSIGNED)


def standing_of(file: StoredFile, payment_file: PaymentFile) -> FileStatus:
    """Return a file's status according to its signed acts. A file that is MADE there but VOID in its row is VOID."""
    is_void = file.status is FileStatus.VOID and payment_file.status is FileStatus.MADE
    return FileStatus.VOID if is_void else payment_file.status


def names_of(checks: Sequence[Checked]) -> str:
    """Return a text for the ledger with the payments that may not be made, without reasons, which may name people."""
    return ", ".join(check.name for check in checks if check.verdict.reason) + " may not be made now"


def reasons_of(checks: Sequence[Checked]) -> str:
    """Return the payments that may not be made now, each with its reason, or '' if all may."""
    return "; ".join(f"{check.name}: {check.verdict.reason}" for check in checks if check.verdict.reason)


def _waiting(check: Checked) -> WaitingPayment:
    row = check.row
    return WaitingPayment(row.partnership_id, row.tranche, row.attempt, str(check.verdict.reason))


async def void(desk: Desk, message_id: str, reason: str) -> None:
    """Void a payment file that was made but not handed over.

    A file that is already void or handed over is not changed.
    """
    stream = StreamId.payment_file(message_id)
    async with at_the_counter(desk, Writer.EXPORTER) as counter:
        file = await read_payment_file(desk.reader, message_id)
        if file.status is FileStatus.MADE and await stored_file(counter.connection, message_id) is not None:
            event = PaymentFileVoided(at=clock.now(), reason=reason[:1000])
            await counter.append(stream, derive("void", message_id, await counter.version(stream)), ACCORD, event)
        await mark(counter.connection, message_id, FileStatus.VOID)


async def _make(desk: Desk, actor: str, passing: Sequence[Checked], dry_run: bool) -> tuple[MadeFile, ...]:
    instructions = [check.instruction for check in passing if check.instruction is not None]
    files = []
    for batch in batches(instructions):
        async with desk.pool.acquire() as connection:
            try:
                file = MadeFile(await make_file(connection, batch), tuple(batch))
            except (UnknownAccount, AccountChanged) as fault:
                raise Refused(str(fault), type(fault).__name__) from fault
        if not dry_run and not await _keep(desk, actor, file):
            continue
        files.append(file)
    return tuple(files)


async def _keep(desk: Desk, actor: str, made_file: MadeFile) -> bool:
    """Store a file under its maker's signature. Return False if another file contains one of its payments by now."""
    stream = StreamId.payment_file(made_file.file.message_id)
    payments = tuple(payment.payment_id for payment in made_file.payments)
    content = {"payments": payments, "sha256": made_file.file.sha256, "total": made_file.total}
    act = await signed_act(
        desk, PaymentFileMade, stream, actor, **content, execution_on=made_file.payments[0].execution_on
    )
    async with at_the_counter(desk, Writer.EXPORTER) as counter:
        free = {row.payment_id for row in await waiting_payments(desk, counter.connection)}
        if not free.issuperset(payments):
            return False
        await counter.act(stream, act)
        await keep_file(counter.connection, made_file.file, made_file.payments)
    return True


async def void_files_of(desk: Desk, partnership_id: str, tranche: int, reason: str) -> list[str]:
    """Void every file not handed over yet that contains a payment of a tranche. Return the files' message ids."""
    async with desk.pool.acquire() as connection:
        files = await stored_files(connection, FileStatus.MADE)
        message_ids = [
            file.message_id
            for file in files
            for row in await rows_of_file(connection, file.message_id)
            if (row.partnership_id, row.tranche) == (partnership_id, tranche)
        ]
    for message_id in message_ids:
        await void(desk, message_id, reason)
    return message_ids
