"""Match a bank's statements to our instructions by identifier, currency, account and dates; people resolve the rest.

Each statement is matched on its own. What an answer means for a partnership is decided by the domain, from the ledger.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple
from uuid import UUID

from pydantic import ValidationError

from domain.fault import Fault
from domain.identity import derive
from domain.payment.bank_answers import BankAnswer, BankStatus, Contradiction, ExceptionKind
from domain.payment.payment_file import FileStatus
from domain.values import Money
from payments import Connection
from payments.accounts import AccountChanged, UnknownAccount, read_account
from payments.answers.entries import Entry
from payments.answers.messages import BankNotice, Unclear, booking_key
from payments.out.files import files_with, instructions_of_file
from payments.out.instructions import Instruction, instruction_by_end_to_end_id, instruction_by_reference

_PARTNERSHIP: Final = re.compile(r"(?<![A-Za-z0-9])P-[0-9]{4}-[0-9]{4,6}(?![0-9])")
_OUR_OWN: Final = re.compile(
    r"P-[0-9]{4}-[0-9]{4,6} tranche [0-9]|(?<![A-Z0-9])ACC[A-Z2-7]{26}(?![A-Z0-9])", re.IGNORECASE
)
"""What our own payments say: the text that goes with them, and their EndToEndIds."""

EARLIEST: Final = timedelta(days=1)
"""How far before a payment's release its message or booking may be dated: the bank may be in another time zone."""

LATEST: Final = timedelta(days=1)
"""How far after the import a message or booking may be dated."""

LATEST_VALUE: Final = timedelta(days=10)
"""How far after the import the value date may be."""


class MatchedEntry(NamedTuple):
    """A bank entry with the payment or receipt that it was matched to, and its contradiction, if any."""

    entry: Entry
    answer: BankAnswer | None
    """The bank's answer about a payment or a receipt; None if the entry cannot be read as one."""
    fault: Contradiction | None
    """The contradiction that a person must resolve before the entry counts; None if there is none."""
    partnership_id: str
    content: str
    """The statement in one line, for people to read."""
    account: str = ""
    """The account that a booking is on; empty for a status report."""
    said: BankNotice | None = None
    """The statement; None if it cannot be read as one."""
    unclear: Unclear | None = None
    """The statement, if it cannot be read as one."""


class _Reading(NamedTuple):
    """The context that all entries of one file share."""

    connection: Connection
    sha256: str
    now: datetime
    seen: Counter[str]
    """The number of entries without a bank reference seen in this file, by digest."""


async def judge_all(
    connection: Connection, said: Sequence[BankNotice | Unclear], sha256: str, now: datetime
) -> list[MatchedEntry]:
    """Match a file's statements; return one entry each, in order, or one per payment if a statement covers a file.

    `sha256` is the digest of the bank file, and `now` is the time of the import.
    """
    reading = _Reading(connection, sha256, now, Counter())
    return [verdict for one in said for verdict in await _judge_alone(reading, one)]


async def statement_of(
    connection: Connection, said: Sequence[BankNotice | Unclear], sha256: str, now: datetime, answer_id: UUID
) -> BankNotice | None:
    """Return the statement that an answer is from, also where it came under a known identity with another content."""
    for one in await judge_all(connection, said, sha256, now):
        if answer_id in {one.entry.entry_id, derive("again", one.entry.entry_id, one.entry.digest)}:
            return one.said
    return None


async def answers_in(
    connection: Connection, said: Sequence[BankNotice | Unclear], sha256: str, now: datetime
) -> list[BankAnswer]:
    """Return the answers about payments and receipts in a file, including contradicted ones."""
    judged = await judge_all(connection, said, sha256, now)
    return [one.answer for one in judged if one.answer is not None]


async def _judge_alone(reading: _Reading, said: BankNotice | Unclear) -> list[MatchedEntry]:
    """Match one statement. If its data or ours is invalid, it becomes an unclear entry; the others are not affected."""
    try:
        judged = await _judge(reading, said)
        if isinstance(said, BankNotice):
            return [one._replace(said=said) for one in judged]
        return [one._replace(unclear=said) for one in judged]
    except ValidationError as fault:
        reason = f"what it speaks of cannot be read ({fault.error_count()} faults)"
        unclear = Unclear(said.message_id, said.entry, reason)
        return [await _unclear(reading, unclear)]


async def _judge(reading: _Reading, said: BankNotice | Unclear) -> list[MatchedEntry]:
    match said:
        case Unclear():
            return [await _unclear(reading, said)]
        case BankNotice(end_to_end_id="", unique_transaction_reference="") if said.status is not BankStatus.RECEIVED:
            return await _whole_file(reading, said)
        case _:
            return [await _one(reading, said)]


async def _unclear(reading: _Reading, said: Unclear) -> MatchedEntry:
    instruction = await instruction_by_end_to_end_id(reading.connection, said.end_to_end_id)
    digest = derive("unclear", reading.sha256, said.message_id, said.entry, said.reason).hex
    about = str(instruction.payment_id) if instruction else ""
    entry = Entry(derive("unclear", reading.sha256, said.entry), said.message_id, said.entry, about, digest, True)
    whose = instruction.partnership_id if instruction else ""
    return MatchedEntry(entry, None, Contradiction(ExceptionKind.UNREADABLE, said.reason), whose, said.content)


async def _whole_file(reading: _Reading, said: BankNotice) -> list[MatchedEntry]:
    instructions = await instructions_of_file(reading.connection, said.original_message_id)
    if not instructions:
        named = said.original_message_id or "without id"
        return [_unknown_payment(reading, said, f"file {named} is not one of ours")]
    return [await _of_payment(reading, said, one) for one in instructions]


async def _one(reading: _Reading, said: BankNotice) -> MatchedEntry:
    """Match a statement on one payment or receipt. A credit that names our payment is a return of it, not a receipt."""
    instruction = await _instruction(reading.connection, said)
    if instruction is not None:
        came_back = said.status is BankStatus.RECEIVED
        return await _of_payment(reading, said._replace(status=BankStatus.RETURNED) if came_back else said, instruction)
    if said.status is BankStatus.RECEIVED:
        return _receipt(reading, said)
    return _unknown_payment(
        reading, said, f"payment {said.end_to_end_id or said.unique_transaction_reference} is not ours"
    )


async def _instruction(connection: Connection, said: BankNotice) -> Instruction | None:
    named = await instruction_by_end_to_end_id(connection, said.end_to_end_id) if said.end_to_end_id else None
    return named or await instruction_by_reference(connection, said.unique_transaction_reference)


def _receipt(reading: _Reading, said: BankNotice) -> MatchedEntry:
    named = list(partnerships_in(said.remittance))
    unexpected = _unexpected(said, named)
    partnership_id = "" if unexpected else named[0]
    entry = _entry(reading, said, partnership_id)
    money = _money(said)
    if money is None:
        odd = Contradiction(ExceptionKind.UNREADABLE, f"money came in of {said.currency} {said.amount}")
        return MatchedEntry(entry, None, odd, partnership_id, _line(said))
    answer = _answer(reading, said, entry.entry_id, money, partnership_id=partnership_id)
    fault = Contradiction(ExceptionKind.UNEXPECTED_RECEIPT, str(unexpected)) if unexpected else None
    return MatchedEntry(
        entry, answer, fault or _day_fault(said, None, reading.now), partnership_id, _line(said), said.account
    )


def partnerships_in(remittance: str) -> tuple[str, ...]:
    """Return the partnerships that a text of a payment names."""
    return tuple(sorted(set(_PARTNERSHIP.findall(remittance))))


def _unexpected(said: BankNotice, named: list[str]) -> Fault | None:
    """Return the reason why a credit is not taken for the gift of a partnership that it names, or None."""
    if _OUR_OWN.search(said.remittance):
        return Fault("money came in with the words of a payment of our own: it may have come back")
    if len(named) > 1:
        return Fault(f"money came in that names several partnerships: {', '.join(named)}")
    return None if named else Fault("money came in that names no partnership")


async def _of_payment(reading: _Reading, said: BankNotice, instruction: Instruction) -> MatchedEntry:
    entry = _entry(reading, said, str(instruction.payment_id))
    money = instruction.money if said.amount is None else _money(said)
    if money is None:
        odd = Contradiction(ExceptionKind.UNREADABLE, f"{said.currency} {said.amount} is no sum in that currency")
        return MatchedEntry(entry, None, odd, instruction.partnership_id, _line(said), said.account)
    answer = _answer(
        reading, said, entry.entry_id, money, partnership_id=instruction.partnership_id, tranche=instruction.tranche,
        attempt=instruction.attempt,
    )  # fmt: skip
    fault = await _payment_fault(reading, said, instruction)
    return MatchedEntry(entry, answer, fault, instruction.partnership_id, _line(said), said.account)


async def _payment_fault(reading: _Reading, said: BankNotice, instruction: Instruction) -> Contradiction | None:
    other = ExceptionKind.OTHER_CONTENT
    if said.amount is not None and said.currency != instruction.money.currency:
        return Contradiction(other, f"{said.currency} {said.amount} where {instruction.money} was instructed")
    if fault := await _file_fault(reading.connection, said, instruction):
        return Contradiction(other, str(fault))
    if said.end_to_end_id not in {"", instruction.end_to_end_id}:
        return Contradiction(other, f"EndToEndId {said.end_to_end_id} is not the payment's")
    if said.unique_transaction_reference not in {"", instruction.unique_transaction_reference}:
        return Contradiction(other, f"UETR {said.unique_transaction_reference} is not the payment's")
    if said.account and said.account != await _debtor_account_number(reading.connection, instruction):
        return Contradiction(other, "the entry stands on another account than the one that pays")
    return _day_fault(said, instruction.ordered_at.date(), reading.now)


async def _file_fault(connection: Connection, said: BankNotice, instruction: Instruction) -> Fault | None:
    """Return the reason why a status report is not about the file in which a payment was handed over, or None.

    The report may be about an earlier file that never arrived. The newest file that was handed over counts even if its
    row has the status NEVER_SENT, since nobody may have signed that status.
    """
    files = await files_with(connection, instruction.payment_id) if said.original_message_id else []
    gone = [file for file in files if file.status in {FileStatus.HANDED_OVER, FileStatus.NEVER_SENT}]
    left = {file.message_id for file in gone if file.status is FileStatus.HANDED_OVER or file is gone[-1]}
    if not left or said.original_message_id in left:
        return None
    return Fault(f"it speaks of file {said.original_message_id}, and the payment left in {', '.join(sorted(left))}")


async def _debtor_account_number(connection: Connection, instruction: Instruction) -> str:
    account = instruction.debtor_account
    try:
        return (await read_account(connection, account.reference, account.sha256)).identifier
    except (UnknownAccount, AccountChanged):
        return "an account that is not what was agreed on"


def _day_fault(said: BankNotice, released: date | None, now: datetime) -> Contradiction | None:
    """Return a contradiction if a date is too long before the release or too far after the import, else None."""
    today = now.date()
    first = None if released is None else released - EARLIEST
    days = (
        ("the message is dated", said.said_at.date(), LATEST),
        ("the booking day is", said.booked_on, LATEST),
        ("the value day is", said.value_on, LATEST_VALUE),
    )
    for what, day, ahead in days:
        if day is not None and (day > today + ahead or (first is not None and day < first)):
            return Contradiction(ExceptionKind.IMPOSSIBLE_DAY, f"{what} {day}, which cannot be")
    return None


def _unknown_payment(reading: _Reading, said: BankNotice, reason: str) -> MatchedEntry:
    fault = Contradiction(ExceptionKind.UNKNOWN_PAYMENT, reason)
    entry, money = _entry(reading, said, ""), _money(said)
    answer = None if money is None else _answer(reading, said, entry.entry_id, money, partnership_id="")
    return MatchedEntry(entry, answer, fault, "", _line(said), said.account)


def _entry(reading: _Reading, said: BankNotice, about: str) -> Entry:
    """Return the entry of a statement. A booking is identified by the bank's own reference, if it has one.

    A bank may use one reference for a debit and its return, so the status is part of the identity.
    """
    place = (said.message_id, said.entry, about, said.digest)
    if said.account == "":
        return Entry(derive("status", about or said.original_message_id, said.status, said.digest), *place, True)
    amount = "" if said.amount is None else f"{said.amount.normalize():f}"  # 5000 and 5000.00 are the same
    likeness = derive("like", said.account, said.status, amount, said.currency, about).hex
    formerly = derive("like", said.account, said.status, said.amount, said.currency, said.booked_on, about).hex
    key = booking_key(said)
    if key is not None:
        account, reference, _ = key
        booking = derive("of", account, reference, said.status).hex
        return Entry(derive("booking", *key, said.status), *place, True, booking, likeness, formerly)
    reading.seen[said.digest] += 1
    entry_id = derive("entry", reading.sha256, said.digest, reading.seen[said.digest])
    return Entry(entry_id, *place, False, likeness=likeness, formerly=formerly)


def _money(said: BankNotice) -> Money | None:
    try:
        return Money.model_validate({"amount": said.amount, "currency": said.currency})
    except ValidationError:
        return None


def _answer(
    reading: _Reading, said: BankNotice, answer_id: UUID, money: Money, partnership_id: str, tranche: int = 0,
    attempt: int = 0,
) -> BankAnswer:  # fmt: skip
    return BankAnswer(
        answer_id=answer_id,
        status=said.status,
        code=said.code,
        reason=said.reason,
        money=money,
        said_at=said.said_at,
        bank_reference=said.message_id,
        partnership_id=partnership_id,
        tranche=tranche,
        attempt=attempt,
        file_sha256=reading.sha256,
        booked_on=said.booked_on,
        value_on=said.value_on,
        doubt=said.doubt,
    )


def _line(said: BankNotice) -> str:
    """Return a statement in one line, without the account number, which stays in the stored file."""
    amount = f"{said.currency} {said.amount} " if said.amount is not None else ""
    named = said.end_to_end_id or said.unique_transaction_reference or said.remittance or said.original_message_id
    return f"{said.status.value} {amount}{named} ({said.message_id} {said.entry})"[:300]
