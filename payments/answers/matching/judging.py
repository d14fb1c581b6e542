"""Match a bank's statements to our instructions by identifier, currency, account and dates.

People resolve the rest.

Each statement is matched on its own. What an answer means for a partnership is decided by the domain, from the ledger.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from pydantic import ValidationError

from domain.identity import derive
from domain.payment.bank_answers import BankAnswer, BankStatus, Contradiction, ExceptionKind
from domain.values import Money
from payments import Connection
from payments.answers.booking.whole_files import whole_file
from payments.answers.entries import Entry
from payments.answers.matching.faults import day_fault, money_of, payment_fault
from payments.answers.matching.identity import entry_of, unclear_key, unclear_likeness_key
from payments.answers.matching.matched import FileReading, MatchedEntry
from payments.answers.matching.own_accounts import as_recorded
from payments.answers.matching.receipts import partnerships_in, unexpected
from payments.answers.messages import BankNotice, Unclear
from payments.answers.portal.naming import payment_in_words, typed_payment
from payments.out.files import instructions_of_file
from payments.out.instructions import Instruction, instruction_by_end_to_end_id, instruction_by_reference

_NO_SENDER: Final = Contradiction(
    ExceptionKind.UNEXPECTED_RECEIPT, "a statement in BAI2 or CSV names no sender: people say whose money it is"
)


async def judge_all(
    connection: Connection, statements: Sequence[BankNotice | Unclear], sha256: str, now: datetime
) -> list[MatchedEntry]:
    """Match a file's statements. Return an entry each, in order, or one per payment if a statement covers a file.

    `sha256` is the digest of the bank file, and `now` is the time of the import.
    """
    reading = FileReading(connection, sha256, now, Counter(), {}, {})
    return [verdict for statement in statements for verdict in await _judge_alone(reading, statement)]


async def statement_of(
    connection: Connection, statements: Sequence[BankNotice | Unclear], sha256: str, now: datetime, answer_id: UUID
) -> BankNotice | None:
    """Return the statement that an answer is from, also where it came under a known identity with another content."""
    entries = await judge_all(connection, statements, sha256, now)
    for matched_entry in _with_payments(entries):
        if answer_id in {
            matched_entry.entry.entry_id,
            derive("again", matched_entry.entry.entry_id, matched_entry.entry.digest),
        }:
            return matched_entry.said
    return None


async def answers_in(
    connection: Connection, statements: Sequence[BankNotice | Unclear], sha256: str, now: datetime
) -> list[BankAnswer]:
    """Return the answers about payments and receipts in a file, including contradicted ones."""
    entries = await judge_all(connection, statements, sha256, now)
    return [entry.answer for entry in _with_payments(entries) if entry.answer is not None]


def _with_payments(entries: Sequence[MatchedEntry]) -> Iterator[MatchedEntry]:
    """Yield each entry, and after that of a whole file each payment of the file."""
    return (each for entry in entries for each in (entry, *entry.payments))


async def _judge_alone(reading: FileReading, statement: BankNotice | Unclear) -> list[MatchedEntry]:
    """Match one statement. If its data or ours is invalid, it becomes an unclear entry, without harm to the others."""
    statement = await as_recorded(reading, statement)
    try:
        entries = await _judge(reading, statement)
        if not _is_named(statement, entries[0]) and (file := await whole_file(reading.connection, statement)):
            payments = [(await _of_payment(reading, *each))._replace(said=each[0]) for each in file.payments]
            entries = [entries[0]._replace(file=file.message_id, payments=tuple(payments))]
        if isinstance(statement, BankNotice):
            before = _unclear_before(reading, statement)
            return [entry._replace(said=statement, unclear_before=before) for entry in entries]
        return [entry._replace(unclear=statement) for entry in entries]
    except ValidationError as fault:
        reason = f"what it speaks of cannot be read ({fault.error_count()} faults)"
        unclear = Unclear(statement.message_id, statement.entry, reason)
        return [await _unclear(reading, unclear)]


def _is_named(statement: BankNotice | Unclear, matched_entry: MatchedEntry) -> bool:
    """True if a booking in words alone names a payment, so that its words of a file are no more than words."""
    return isinstance(statement, BankNotice) and bool(statement.unnumbered and matched_entry.entry.about)


async def _judge(reading: FileReading, statement: BankNotice | Unclear) -> list[MatchedEntry]:
    match statement:
        case Unclear():
            return [await _unclear(reading, statement)]
        case BankNotice(unnumbered=words) if words:
            return [await _in_words(reading, statement)]
        case BankNotice(end_to_end_id="", unique_transaction_reference="") if (
            statement.status is not BankStatus.RECEIVED
        ):
            return await _of_typed(reading, statement) or await _whole_file(reading, statement)
        case _:
            return [await _one(reading, statement)]


async def _unclear(reading: FileReading, statement: Unclear) -> MatchedEntry:
    instruction = await instruction_by_end_to_end_id(reading.connection, statement.end_to_end_id)
    digest = derive("unclear", reading.sha256, statement.message_id, statement.entry, statement.reason).hex
    about = str(instruction.payment_id) if instruction else ""
    entry_id = derive("unclear", reading.sha256, statement.entry)
    booking = unclear_key(statement.account, statement.servicer_reference)
    likeness = unclear_likeness_key(statement.account, statement.movement, statement.currency)
    entry = Entry(entry_id, statement.message_id, statement.entry, about, digest, True, booking, likeness)
    partnership_id = instruction.partnership_id if instruction else ""
    return MatchedEntry(
        entry, None, Contradiction(ExceptionKind.UNREADABLE, statement.reason), partnership_id, statement.content
    )


def _unclear_before(reading: FileReading, notice: BankNotice) -> UUID | None:
    """Return the exception of the entry as a whole, if it has figures, which once made an entry unclear."""
    entry = notice.entry.rpartition("/")[0]
    return None if notice.figures is None else derive("exception", derive("unclear", reading.sha256, entry))


async def _of_typed(reading: FileReading, notice: BankNotice) -> list[MatchedEntry]:
    """Match a statement that names no identifier to what was typed into the bank's portal, or return nothing."""
    instruction = await typed_payment(reading.connection, notice)
    return [] if instruction is None else [await _of_payment(reading, notice, instruction)]


async def _in_words(reading: FileReading, notice: BankNotice) -> MatchedEntry:
    """Match a booking in words alone. What came in by it is for people, whatever it names: it tells no sender."""
    instruction = await payment_in_words(reading.connection, notice)
    if instruction is not None:
        return await _of_payment(reading, notice, instruction)
    if notice.status is BankStatus.RECEIVED:
        receipt = _receipt(reading, notice)
        return receipt._replace(fault=receipt.fault or _NO_SENDER)
    return _unknown_payment(reading, notice, "it names no payment of ours")


async def _whole_file(reading: FileReading, notice: BankNotice) -> list[MatchedEntry]:
    instructions = await instructions_of_file(reading.connection, notice.original_message_id)
    if not instructions:
        file_name = notice.original_message_id
        words = f"file {file_name} is not one of ours" if file_name else "it names no payment and no file of ours"
        return [_unknown_payment(reading, notice, words)]
    return [await _of_payment(reading, notice, instruction) for instruction in instructions]


async def _one(reading: FileReading, notice: BankNotice) -> MatchedEntry:
    """Match a statement on one payment or receipt. A credit that names our payment is a return of it, not a receipt."""
    instruction = await _instruction(reading.connection, notice)
    if instruction is not None:
        came_back = notice.status is BankStatus.RECEIVED
        return await _of_payment(
            reading, notice._replace(status=BankStatus.RETURNED) if came_back else notice, instruction
        )
    if notice.status is BankStatus.RECEIVED:
        return _receipt(reading, notice)
    return _unknown_payment(
        reading, notice, f"payment {notice.end_to_end_id or notice.unique_transaction_reference} is not ours"
    )


async def _instruction(connection: Connection, notice: BankNotice) -> Instruction | None:
    instruction = await instruction_by_end_to_end_id(connection, notice.end_to_end_id) if notice.end_to_end_id else None
    instruction = instruction or await instruction_by_reference(connection, notice.unique_transaction_reference)
    return instruction or await typed_payment(connection, notice)


def _receipt(reading: FileReading, notice: BankNotice) -> MatchedEntry:
    partnership_ids = list(partnerships_in(notice.remittance))
    objection = unexpected(notice, partnership_ids)
    partnership_id = "" if objection else partnership_ids[0]
    entry = entry_of(reading, notice, partnership_id)
    money = money_of(notice)
    if money is None:
        odd = Contradiction(ExceptionKind.UNREADABLE, f"money came in of {notice.currency} {notice.amount}")
        return MatchedEntry(entry, None, odd, partnership_id, _line(notice))
    answer = _answer(reading, notice, entry.entry_id, money, partnership_id=partnership_id)
    fault = Contradiction(ExceptionKind.UNEXPECTED_RECEIPT, str(objection)) if objection else None
    return MatchedEntry(
        entry, answer, fault or day_fault(notice, None, reading.now), partnership_id, _line(notice), notice.account
    )


async def _of_payment(reading: FileReading, notice: BankNotice, instruction: Instruction) -> MatchedEntry:
    entry = entry_of(reading, notice, str(instruction.payment_id))
    notice = _of_its_currency(notice, instruction)
    money = instruction.money if notice.amount is None else money_of(notice)
    if money is None:
        odd = Contradiction(ExceptionKind.UNREADABLE, f"{notice.currency} {notice.amount} is no sum in that currency")
        return MatchedEntry(entry, None, odd, instruction.partnership_id, _line(notice), notice.account)
    answer = _answer(
        reading, notice, entry.entry_id, money, partnership_id=instruction.partnership_id, tranche=instruction.tranche,
        attempt=instruction.attempt,
    )  # fmt: skip
    fault = await payment_fault(reading, notice, instruction)
    return MatchedEntry(entry, answer, fault, instruction.partnership_id, _line(notice), notice.account)


def _of_its_currency(notice: BankNotice, instruction: Instruction) -> BankNotice:
    """Return a return without what the bank tells of its exchange, if that is into no currency of the payment."""
    figures, currency = notice.figures, instruction.money.currency
    is_another = figures is not None and figures.is_return and figures.instructed_sum.currency != currency
    return notice._replace(figures=None) if is_another else notice


def _unknown_payment(reading: FileReading, notice: BankNotice, reason: str) -> MatchedEntry:
    fault = Contradiction(ExceptionKind.UNKNOWN_PAYMENT, reason)
    entry, money = entry_of(reading, notice, ""), money_of(notice)
    answer = None if money is None else _answer(reading, notice, entry.entry_id, money, partnership_id="")
    return MatchedEntry(entry, answer, fault, "", _line(notice), notice.account)


def _answer(
    reading: FileReading, notice: BankNotice, answer_id: UUID, money: Money, partnership_id: str, tranche: int = 0,
    attempt: int = 0,
) -> BankAnswer:  # fmt: skip
    return BankAnswer(
        answer_id=answer_id,
        status=notice.status,
        code=notice.code,
        reason=notice.reason,
        money=money,
        said_at=notice.said_at,
        bank_reference=notice.message_id,
        partnership_id=partnership_id,
        tranche=tranche,
        attempt=attempt,
        file_sha256=reading.sha256,
        booked_on=notice.booked_on,
        value_on=notice.value_on,
        doubt=notice.doubt,
        figures=notice.figures,
    )


def _line(notice: BankNotice) -> str:
    """Return a statement in one line, without the account number, which stays in the stored file."""
    amount = f"{notice.currency} {notice.amount} " if notice.amount is not None else ""
    identifier = (
        notice.end_to_end_id or notice.unique_transaction_reference or notice.remittance or notice.original_message_id
    )
    return f"{notice.status.value} {amount}{identifier} ({notice.message_id} {notice.entry})"[:300]
