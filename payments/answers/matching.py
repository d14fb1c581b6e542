"""Match what a bank says to what we instructed: identifiers, amount, account and days, or a person must look.

Each entry has its own verdict. What an answer means for a partnership is the domain's to say, on what the ledger holds.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple
from uuid import UUID

from pydantic import ValidationError

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

_PARTNERSHIP: Final = re.compile(r"P-[0-9]{4}-[0-9]{4,6}")

EARLIEST: Final = timedelta(days=1)
"""How long before its release a payment can be booked: banks and we are not always in the same day."""

LATEST: Final = timedelta(days=1)
"""How long after the import a booking day can lie."""

LATEST_VALUE: Final = timedelta(days=10)
"""How long after the import a value day can lie."""


class MatchedEntry(NamedTuple):
    """A bank entry, the payment or money in that it was matched to, and the reason not to believe it; if any."""

    entry: Entry
    answer: BankAnswer | None
    """What it says of a payment or a receipt, where it can be read as that."""
    fault: Contradiction | None
    """Why nobody may believe it by itself."""
    partnership_id: str
    content: str
    """What was said, in a line."""
    account: str = ""
    """The account that a booking stands on; empty for a status report."""


class _Reading(NamedTuple):
    """The context that all entries of one file share."""

    connection: Connection
    sha256: str
    now: datetime
    seen: Counter[str]
    """How often each entry without a reference was seen in this file."""


async def judge_all(
    connection: Connection, said: Sequence[BankNotice | Unclear], sha256: str, now: datetime
) -> list[MatchedEntry]:
    """Return the verdict on each entry of a file, in its order."""
    reading = _Reading(connection, sha256, now, Counter())
    return [verdict for one in said for verdict in await _judge_alone(reading, one)]


async def answers_in(
    connection: Connection, said: Sequence[BankNotice | Unclear], sha256: str, now: datetime
) -> list[BankAnswer]:
    """Return the statements of a file's entries on payments and receipts, believed or not."""
    judged = await judge_all(connection, said, sha256, now)
    return [one.answer for one in judged if one.answer is not None]


async def _judge_alone(reading: _Reading, said: BankNotice | Unclear) -> list[MatchedEntry]:
    """Each entry has its own fault: what cannot be read of ours, or of the bank's, stops no other."""
    try:
        return await _judge(reading, said)
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
        return [_nobodys(reading, said, f"file {named} is not one of ours")]
    return [await _of_payment(reading, said, one) for one in instructions]


async def _one(reading: _Reading, said: BankNotice) -> MatchedEntry:
    """A credit that carries the identifier of a payment of ours is that payment coming back, not a gift."""
    instruction = await _instruction(reading.connection, said)
    if instruction is not None:
        came_back = said.status is BankStatus.RECEIVED
        return await _of_payment(reading, said._replace(status=BankStatus.RETURNED) if came_back else said, instruction)
    if said.status is BankStatus.RECEIVED:
        return _receipt(reading, said)
    return _nobodys(reading, said, f"payment {said.end_to_end_id or said.unique_transaction_reference} is not ours")


async def _instruction(connection: Connection, said: BankNotice) -> Instruction | None:
    if said.end_to_end_id:
        return await instruction_by_end_to_end_id(connection, said.end_to_end_id)
    return await instruction_by_reference(connection, said.unique_transaction_reference)


def _receipt(reading: _Reading, said: BankNotice) -> MatchedEntry:
    named = _PARTNERSHIP.search(said.remittance)
    partnership_id = named.group() if named else ""
    entry = _entry(reading, said, partnership_id)
    money = _money(said)
    if money is None:
        fault = Contradiction(ExceptionKind.UNREADABLE, f"money came in of {said.currency} {said.amount}")
        return MatchedEntry(entry, None, fault, partnership_id, _line(said))
    answer = _answer(reading, said, entry.entry_id, money, partnership_id=partnership_id)
    nobody = Contradiction(ExceptionKind.UNEXPECTED_RECEIPT, "money came in that names no partnership")
    day_fault = _day_fault(said, None, reading.now)
    return MatchedEntry(
        entry, answer, day_fault if partnership_id else nobody, partnership_id, _line(said), said.account
    )


async def _of_payment(reading: _Reading, said: BankNotice, instruction: Instruction) -> MatchedEntry:
    entry = _entry(reading, said, str(instruction.payment_id))
    money = _money(said) or instruction.money
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
        return Contradiction(other, fault)
    if said.unique_transaction_reference not in {"", instruction.unique_transaction_reference}:
        return Contradiction(other, f"UETR {said.unique_transaction_reference} is not the payment's")
    if said.account and said.account != await _debtors(reading.connection, instruction):
        return Contradiction(other, "the entry stands on another account than the one that pays")
    return _day_fault(said, instruction.ordered_at.date(), reading.now)


async def _file_fault(connection: Connection, said: BankNotice, instruction: Instruction) -> str:
    """Return why a status report is not on the file that the payment left in: it may be on one that never arrived.

    The newest that left counts even where its row says that it never arrived: nobody may have signed that.
    """
    files = await files_with(connection, instruction.payment_id) if said.original_message_id else []
    gone = [file for file in files if file.status in {FileStatus.HANDED_OVER, FileStatus.NEVER_SENT}]
    left = {file.message_id for file in gone if file.status is FileStatus.HANDED_OVER or file is gone[-1]}
    if not left or said.original_message_id in left:
        return ""
    return f"it speaks of file {said.original_message_id}, and the payment left in {', '.join(sorted(left))}"


async def _debtors(connection: Connection, instruction: Instruction) -> str:
    account = instruction.debtor_account
    try:
        return (await read_account(connection, account.reference, account.sha256)).identifier
    except (UnknownAccount, AccountChanged):
        return "an account that is not what was agreed on"


def _day_fault(said: BankNotice, released: date | None, now: datetime) -> Contradiction | None:
    """Days lie between the day before the release and the day after the import, value days up to ten days ahead."""
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


def _nobodys(reading: _Reading, said: BankNotice, reason: str) -> MatchedEntry:
    fault = Contradiction(ExceptionKind.UNKNOWN_PAYMENT, reason)
    entry, money = _entry(reading, said, ""), _money(said)
    answer = None if money is None else _answer(reading, said, entry.entry_id, money, partnership_id="")
    return MatchedEntry(entry, answer, fault, "", _line(said), said.account)


def _entry(reading: _Reading, said: BankNotice, about: str) -> Entry:
    """The identity of what was said: of a booking by the bank's own reference, where there is one.

    A bank may use one reference for a debit and its return, so the direction belongs to it.
    """
    place = (said.message_id, said.entry, about, said.digest)
    if said.account == "":
        return Entry(derive("status", about or said.original_message_id, said.status, said.digest), *place, True)
    likeness = derive("like", said.account, said.status, said.amount, said.currency, said.booked_on, about).hex
    key = booking_key(said)
    if key is not None:
        account, reference, _ = key
        booking = derive("of", account, reference, said.status).hex
        return Entry(derive("booking", *key, said.status), *place, True, booking, likeness)
    reading.seen[said.digest] += 1
    return Entry(
        derive("entry", reading.sha256, said.digest, reading.seen[said.digest]), *place, False, likeness=likeness
    )


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
    )


def _line(said: BankNotice) -> str:
    """Return a statement in a line; account numbers stay in the kept file."""
    amount = f"{said.currency} {said.amount} " if said.amount is not None else ""
    named = said.end_to_end_id or said.unique_transaction_reference or said.remittance or said.original_message_id
    return f"{said.status.value} {amount}{named} ({said.message_id} {said.entry})"[:300]
