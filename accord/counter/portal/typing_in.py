"""Record a sheet as typed into the bank's portal, and the second signature before it is released there."""

from __future__ import annotations

from typing import NamedTuple

from accord.audit.authorisation import PrePaymentCheck
from accord.audit.bank.payment_files import read_payment_file
from accord.client.desk import Desk
from accord.counter.bank_import import require_all_taken
from accord.counter.checking import Checked, check_all, unmoved
from accord.counter.hand_over import require_same_bytes
from accord.counter.transactions import Counter, at_the_counter
from accord.counter.written_again import handed_over_file
from accord.organisation.signed_acts import require_may, signed_act
from accord.presentation.faults import BadInput, Refused
from domain.errors import FormShut
from domain.payment.bank_answers import BankStatus
from domain.payment.bookings import account_key, reference_key
from domain.payment.payment_file import FileStatus, PaymentFile
from domain.payment.portal.sheets import SheetCountersigned, SheetTyped, number_fault
from domain.recorded.writers import Writer
from domain.streams import StreamId
from payments.accounts import AccountChanged, UnknownAccount, read_account
from payments.answers.entries import payments_booked_under
from payments.out.files import StoredFile, rows_of_file
from payments.out.instructions import Instruction
from payments.out.typed_numbers import TypedNumber, keep_typed_number, sheets_of_number
from records.forms import require_open


class Typed(NamedTuple):
    """The outcome of a typing."""

    confirmation: str
    before: tuple[str, ...]
    """The numbers under which the same sheet was typed before: only one of them may stand in the portal."""
    in_doubt: tuple[str, ...]
    """The reason why the payment may not be released in the portal now, or nothing."""


class _Sheet(NamedTuple):
    stored: StoredFile
    file: PaymentFile
    check: Checked
    instruction: Instruction

    @property
    def reasons(self) -> tuple[str, ...]:
        """The reason why its payment may not leave now, or nothing."""
        return (f"{self.check.name}: {self.check.verdict.reason}",) if self.check.verdict.reason else ()


async def record_typed(desk: Desk, message_id: str, confirmation: str, actor: str) -> Typed:
    """Record a sheet as typed into the bank's portal by a person, with the number by which the portal confirmed it.

    It is a fact, so that a hold stops its release and not its record. Typed once more, such as under a number that was
    misread, the last number is the one to be signed; a booking under any of them is the payment's.

    Raises:
        Refused: Nobody handed the sheet over, the payment has ended, two signed it already, the number is another
            payment's, or the person may not.
        BadInput: There is no such sheet, or the number is none of a bank's.
    """
    confirmation = _number(confirmation)
    await require_may(desk, actor, SheetTyped)
    sheet = await _sheet(desk, PrePaymentCheck(desk.ledger), message_id)
    _require_open_end(sheet)
    _require_unsigned(sheet.file, confirmation)
    stream = StreamId.payment_file(message_id)
    act = await signed_act(desk, SheetTyped, stream, actor, sha256=sheet.stored.sha256, confirmation=confirmation)
    await _require_form(desk, act)
    async with at_the_counter(desk, Writer.EXPORTER) as counter:
        file = await read_payment_file(desk.reader, message_id)
        _require_unsigned(file, confirmation)
        await _require_own_number(counter, sheet, act)
        await counter.act(stream, act)
        await keep_typed_number(counter.connection, await _line(counter, sheet, act))
    before = dict.fromkeys(typing.confirmation for typing in file.typed if typing.number_key != act.number_key)
    return Typed(act.confirmation, tuple(before), sheet.reasons)


async def countersign(desk: Desk, message_id: str, confirmation: str, actor: str) -> None:
    """Record a second person's comparison of the portal with the sheet: the payment may be released there.

    The payment is checked once more, as before its hand-over, up to the moment of the signature.

    Raises:
        Refused: Nobody typed it, or the person did; the number is another one than was recorded; the payment may not be
            made now; or the sheet is not what its payment makes.
        BadInput: There is no such sheet, or the number is none of a bank's.
    """
    confirmation = _number(confirmation)
    await require_may(desk, actor, SheetCountersigned)
    await require_all_taken(desk)
    sheet = await _sheet(desk, PrePaymentCheck(desk.ledger), message_id)
    _require_open_end(sheet)
    _require_second(sheet.file, confirmation, actor)
    if sheet.reasons:
        raise Refused(
            f"do not release it in the portal: {sheet.reasons[0]}. Take it out there; where that lasts, two others "
            "record with the bank's word that it never arrived",
            "NotAuthorised",
        )
    await require_same_bytes(desk, sheet.stored, [sheet.check])
    stream = StreamId.payment_file(message_id)
    act = await signed_act(
        desk, SheetCountersigned, stream, actor, sha256=sheet.stored.sha256, confirmation=confirmation
    )
    await _require_form(desk, act)
    async with at_the_counter(desk, Writer.EXPORTER) as counter:
        await require_all_taken(desk)
        if not await unmoved(counter, [sheet.check.verdict]):
            raise Refused("what it rests on changed at this very moment; try again", "Conflict")
        _require_second(await read_payment_file(desk.reader, message_id), confirmation, actor)
        await counter.act(stream, act)


def _number(confirmation: str) -> str:
    """Return a confirmation number as it is signed, without blanks around it."""
    if fault := number_fault(confirmation):
        raise BadInput(str(fault))
    return confirmation.strip()


async def _sheet(desk: Desk, gate: PrePaymentCheck, message_id: str) -> _Sheet:
    stored, file = await handed_over_file(desk, gate, message_id)
    if not stored.is_sheet:
        raise Refused(f"{message_id} is a file for the bank and no sheet: nobody types it", "IllegalTransition")
    async with desk.pool.acquire() as connection:
        rows = await rows_of_file(connection, message_id)
    checks = await check_all(desk, gate, rows, in_file=message_id)
    instruction = checks[0].instruction if len(checks) == 1 else None
    if instruction is None:
        raise Refused(f"{message_id} is not the sheet of one payment that can be read", "NotAuthorised")
    return _Sheet(stored, file, checks[0], instruction)


def _require_open_end(sheet: _Sheet) -> None:
    if sheet.check.ended:
        raise Refused(
            f"{sheet.check.verdict.reason}: release nothing of it in the portal, and take out what stands there",
            "IllegalTransition",
        )


def _require_unsigned(file: PaymentFile, confirmation: str) -> None:
    """Raise Refused if two signed the sheet already, or if this number is on record.

    It is asked before the signature, so that nobody signs in vain, and again with nobody else writing.
    """
    if file.status is not FileStatus.HANDED_OVER:
        raise Refused("this sheet never reached the bank, as two signed: it is not typed", "IllegalTransition")
    if (second := file.countersigned) is not None:
        raise Refused(
            f"{file.typed[-1].actor} typed this sheet as {second.confirmation}, and {second.actor} signed it: it is "
            "typed once; take out of the portal what stands there beside",
            "IllegalTransition",
        )
    if file.typed and file.typed[-1].number_key == reference_key(confirmation):
        raise Refused(
            f"{file.typed[-1].actor} recorded that number already; another person compares it, and signs as the second",
            "IllegalTransition",
        )


def _require_second(file: PaymentFile, confirmation: str, actor: str) -> None:
    """Raise Refused unless a person's signature is the second one on what was typed last. Asked twice, as above."""
    if file.countersigned is not None:
        raise Refused(f"{file.countersigned.actor} signed this sheet already", "IllegalTransition")
    if file.status is not FileStatus.HANDED_OVER or not file.typed:
        raise Refused("nobody recorded that this sheet was typed, and under which number", "IllegalTransition")
    typing = file.typed[-1]
    if reference_key(confirmation) != typing.number_key:
        raise Refused(
            f"{typing.actor} recorded another number than {confirmation}: compare which stands in the portal, and "
            "release neither; if theirs was misread, somebody records the right one",
            "OtherContent",
        )
    if actor == typing.actor:
        raise Refused(f"{typing.actor} typed it; another person signs it", "SeparationOfDuties")


async def _require_own_number(counter: Counter, sheet: _Sheet, act: SheetTyped) -> None:
    """Raise Refused if a number is another payment's on the same account, by what was signed or by a booking."""
    line = await _line(counter, sheet, act)
    for message_id in await sheets_of_number(counter.connection, line.account, line.number_key):
        other_file = await read_payment_file(counter.desk.reader, message_id)
        is_other = other_file.payments and sheet.instruction.payment_id not in other_file.payments
        if is_other and any(typing.number_key == line.number_key for typing in other_file.typed):
            raise Refused(f"{act.confirmation} is the number of sheet {message_id}; look in the portal", "OtherContent")
    number = (await _debtor_number(counter, sheet), act.confirmation, BankStatus.SETTLED)
    booked_payments = await payments_booked_under(counter.connection, *number)
    if booked_payments - {"", str(sheet.instruction.payment_id)}:
        raise Refused(f"the bank booked another payment as {act.confirmation}; look in the portal", "OtherContent")


async def _line(counter: Counter, sheet: _Sheet, act: SheetTyped) -> TypedNumber:
    account = account_key(await _debtor_number(counter, sheet))
    return TypedNumber(account, act.number_key, sheet.stored.message_id, sheet.instruction.payment_id)


async def _debtor_number(counter: Counter, sheet: _Sheet) -> str:
    debtor = sheet.instruction.debtor_account
    try:
        return (await read_account(counter.connection, debtor.reference, debtor.sha256)).identifier
    except (UnknownAccount, AccountChanged) as fault:
        raise Refused(str(fault), type(fault).__name__) from fault


async def _require_form(desk: Desk, act: SheetTyped | SheetCountersigned) -> None:
    """Raise Refused for an act that this installation does not record yet (ADR 0102)."""
    try:
        await require_open(desk.pool, (act,))
    except FormShut as shut:
        raise Refused(str(shut), type(shut).__name__) from None
