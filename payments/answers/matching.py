"""Match a bank's statements to our instructions by identifier, currency, account and dates.

People resolve the rest.

Each statement is matched on its own. What an answer means for a partnership is decided by the domain, from the ledger.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final, NamedTuple
from uuid import UUID

from pydantic import ValidationError

from domain.fault import Fault
from domain.identity import derive
from domain.money.rails import PaymentRail
from domain.parties import AccountReference
from domain.payment.bank_answers import BankAnswer, BankStatus, Contradiction, ExceptionKind
from domain.payment.bookings import is_filler
from domain.payment.payment_file import FileStatus
from domain.values import Money
from payments import Connection
from payments.accounts import AccountChanged, UnknownAccount, read_account
from payments.answers.booking.in_words import is_on, words_fault
from payments.answers.booking.whole_files import whole_file
from payments.answers.entries import Entry
from payments.answers.messages import BankNotice, Unclear, booking_key
from payments.answers.portal.naming import payment_in_words, typed_payment
from payments.out.files import files_with, instructions_of_file
from payments.out.instructions import Instruction, instruction_by_end_to_end_id, instruction_by_reference

_PARTNERSHIP: Final = re.compile(r"(?<![A-Za-z0-9])P-[0-9]{4}-[0-9]{4,6}(?![0-9])")
_OUR_OWN: Final = re.compile(
    r"P-[0-9]{4}-[0-9]{4,6} tranche [0-9]|(?<![A-Z0-9])ACC[A-Z2-7]{26}(?![A-Z0-9])", re.IGNORECASE
)
"""The words of our own payments: the text that goes with them, and their EndToEndIds."""

_NO_SENDER: Final = Contradiction(
    ExceptionKind.UNEXPECTED_RECEIPT, "a statement in BAI2 or CSV names no sender: people say whose money it is"
)

EARLIEST: Final = timedelta(days=1)
"""The time before a payment's release by which its message or booking may be dated: banks have other time zones."""

LATEST: Final = timedelta(days=1)
"""The time after the import by which a message or booking may be dated."""

LATEST_VALUE: Final = timedelta(days=10)
"""The time after the import by which the value date may lie."""


class MatchedEntry(NamedTuple):
    """A bank entry with the payment or receipt that it was matched to, and its contradiction, if any."""

    entry: Entry
    answer: BankAnswer | None
    """The bank's answer about a payment or a receipt, or None if the entry cannot be read as one."""
    fault: Contradiction | None
    """The contradiction that a person must resolve before the entry counts, or None if there is none."""
    partnership_id: str
    content: str
    """The statement in one line, for people to read."""
    account: str = ""
    """The account that a booking is on, empty for a status report."""
    said: BankNotice | None = None
    """The statement, or None if it cannot be read as one."""
    unclear: Unclear | None = None
    """The statement, if it cannot be read as one."""
    unclear_before: UUID | None = None
    """The exception under which releases before 0.4.0 raised the entry, of which they could not read the figures."""
    file: str = ""
    """The message id of our payment file that the entry books as a whole, or ''."""
    payments: tuple[MatchedEntry, ...] = ()
    """The booking of each payment of that file, if the entry is of all of them."""


class _Reading(NamedTuple):
    """The context that all entries of one file share."""

    connection: Connection
    sha256: str
    now: datetime
    seen: Counter[str]
    """The number of entries without a bank reference seen in this file, by digest."""
    debtor_accounts: dict[AccountReference, str]
    """The numbers of the accounts that pay, as they were read for the entries so far."""


async def judge_all(
    connection: Connection, statements: Sequence[BankNotice | Unclear], sha256: str, now: datetime
) -> list[MatchedEntry]:
    """Match a file's statements. Return an entry each, in order, or one per payment if a statement covers a file.

    `sha256` is the digest of the bank file, and `now` is the time of the import.
    """
    reading = _Reading(connection, sha256, now, Counter(), {})
    return [verdict for statement in statements for verdict in await _judge_alone(reading, statement)]


async def statement_of(
    connection: Connection, statements: Sequence[BankNotice | Unclear], sha256: str, now: datetime, answer_id: UUID
) -> BankNotice | None:
    """Return the statement that an answer is from, also where it came under a known identity with another content."""
    entries = await judge_all(connection, statements, sha256, now)
    for matched_entry in (each for entry in entries for each in (entry, *entry.payments)):
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
    told_entries = (each for entry in entries for each in (entry, *entry.payments))
    return [entry.answer for entry in told_entries if entry.answer is not None]


async def _judge_alone(reading: _Reading, statement: BankNotice | Unclear) -> list[MatchedEntry]:
    """Match one statement. If its data or ours is invalid, it becomes an unclear entry, without harm to the others."""
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


async def _judge(reading: _Reading, statement: BankNotice | Unclear) -> list[MatchedEntry]:
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


async def _unclear(reading: _Reading, statement: Unclear) -> MatchedEntry:
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


def _unclear_before(reading: _Reading, notice: BankNotice) -> UUID | None:
    """Return the exception of the entry as a whole, if it has figures, which once made an entry unclear."""
    entry = notice.entry.rpartition("/")[0]
    return None if notice.figures is None else derive("exception", derive("unclear", reading.sha256, entry))


async def _of_typed(reading: _Reading, notice: BankNotice) -> list[MatchedEntry]:
    """Match a statement that names no identifier to what was typed into the bank's portal, or return nothing."""
    instruction = await typed_payment(reading.connection, notice)
    return [] if instruction is None else [await _of_payment(reading, notice, instruction)]


async def _in_words(reading: _Reading, notice: BankNotice) -> MatchedEntry:
    """Match a booking in words alone. What came in by it is for people, whatever it names: it tells no sender."""
    instruction = await payment_in_words(reading.connection, notice)
    if instruction is not None:
        return await _of_payment(reading, notice, instruction)
    if notice.status is BankStatus.RECEIVED:
        receipt = _receipt(reading, notice)
        return receipt._replace(fault=receipt.fault or _NO_SENDER)
    return _unknown_payment(reading, notice, "it names no payment of ours")


async def _whole_file(reading: _Reading, notice: BankNotice) -> list[MatchedEntry]:
    instructions = await instructions_of_file(reading.connection, notice.original_message_id)
    if not instructions:
        file_name = notice.original_message_id or "without id"
        return [_unknown_payment(reading, notice, f"file {file_name} is not one of ours")]
    return [await _of_payment(reading, notice, instruction) for instruction in instructions]


async def _one(reading: _Reading, notice: BankNotice) -> MatchedEntry:
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


def _receipt(reading: _Reading, notice: BankNotice) -> MatchedEntry:
    partnership_ids = list(partnerships_in(notice.remittance))
    objection = _unexpected(notice, partnership_ids)
    partnership_id = "" if objection else partnership_ids[0]
    entry = _entry(reading, notice, partnership_id)
    money = _money(notice)
    if money is None:
        odd = Contradiction(ExceptionKind.UNREADABLE, f"money came in of {notice.currency} {notice.amount}")
        return MatchedEntry(entry, None, odd, partnership_id, _line(notice))
    answer = _answer(reading, notice, entry.entry_id, money, partnership_id=partnership_id)
    fault = Contradiction(ExceptionKind.UNEXPECTED_RECEIPT, str(objection)) if objection else None
    return MatchedEntry(
        entry, answer, fault or _day_fault(notice, None, reading.now), partnership_id, _line(notice), notice.account
    )


def partnerships_in(remittance: str) -> tuple[str, ...]:
    """Return the partnerships that a text of a payment names."""
    return tuple(sorted(set(_PARTNERSHIP.findall(remittance))))


def _unexpected(notice: BankNotice, partnership_ids: list[str]) -> Fault | None:
    """Return the reason why a credit is not taken for the gift of a partnership that it names, or None."""
    if _OUR_OWN.search(notice.remittance):
        return Fault("money came in with the words of a payment of our own: it may have come back")
    if len(partnership_ids) > 1:
        return Fault(f"money came in that names several partnerships: {', '.join(partnership_ids)}")
    return None if partnership_ids else Fault("money came in that names no partnership")


async def _of_payment(reading: _Reading, notice: BankNotice, instruction: Instruction) -> MatchedEntry:
    entry = _entry(reading, notice, str(instruction.payment_id))
    notice = _of_its_currency(notice, instruction)
    money = instruction.money if notice.amount is None else _money(notice)
    if money is None:
        odd = Contradiction(ExceptionKind.UNREADABLE, f"{notice.currency} {notice.amount} is no sum in that currency")
        return MatchedEntry(entry, None, odd, instruction.partnership_id, _line(notice), notice.account)
    answer = _answer(
        reading, notice, entry.entry_id, money, partnership_id=instruction.partnership_id, tranche=instruction.tranche,
        attempt=instruction.attempt,
    )  # fmt: skip
    fault = await _payment_fault(reading, notice, instruction)
    return MatchedEntry(entry, answer, fault, instruction.partnership_id, _line(notice), notice.account)


def _of_its_currency(notice: BankNotice, instruction: Instruction) -> BankNotice:
    """Return a return without what the bank tells of its exchange, if that is into no currency of the payment."""
    figures, currency = notice.figures, instruction.money.currency
    is_another = figures is not None and figures.is_return and figures.instructed_sum.currency != currency
    return notice._replace(figures=None) if is_another else notice


async def _payment_fault(reading: _Reading, notice: BankNotice, instruction: Instruction) -> Contradiction | None:
    kind = ExceptionKind.OTHER_CONTENT
    if notice.figures is not None and notice.figures.instructed_sum.currency != instruction.money.currency:
        return Contradiction(kind, f"{notice.figures.instructed_sum} where {instruction.money} was instructed")
    if notice.figures is None and notice.amount is not None and notice.currency != instruction.money.currency:
        return Contradiction(kind, f"{notice.currency} {notice.amount} where {instruction.money} was instructed")
    if fault := await _file_fault(reading.connection, notice, instruction):
        return Contradiction(kind, str(fault))
    if fault := (
        words_fault(notice, _money(notice), instruction.money)
        or _typed_fault(notice, instruction)
        or _name_fault(notice, instruction)
    ):
        return Contradiction(kind, str(fault))
    if notice.account and not is_on(notice, await _debtor_account_number(reading, instruction)):
        return Contradiction(kind, "the entry stands on another account than the one that pays")
    return _day_fault(notice, instruction.ordered_at.date(), reading.now)


def _name_fault(notice: BankNotice, instruction: Instruction) -> Fault | None:
    """Return the reason why the identifiers in a statement are not the payment's, or None. What is typed has none."""
    if instruction.rail is PaymentRail.MANUAL:
        return None
    if notice.end_to_end_id not in {"", *instruction.names}:
        return Fault(f"EndToEndId {notice.end_to_end_id} is not the payment's")
    if notice.unique_transaction_reference not in {"", instruction.unique_transaction_reference}:
        return Fault(f"UETR {notice.unique_transaction_reference} is not the payment's")
    return None


def _typed_fault(notice: BankNotice, instruction: Instruction) -> Fault | None:
    """Return the reason why the booking of what was typed is of another sum, or None: somebody may have mistyped it."""
    is_booking = instruction.rail is PaymentRail.MANUAL and notice.status is BankStatus.SETTLED and notice.account
    if not is_booking or _money(notice) == instruction.money:
        return None
    return Fault(f"{notice.currency} {notice.amount} was booked where {instruction.money} was to be typed")


async def _file_fault(connection: Connection, notice: BankNotice, instruction: Instruction) -> Fault | None:
    """Return the reason why a status report is not about the file in which a payment was handed over, or None.

    The report may be about an earlier file that never arrived. The newest file that was handed over counts even if its
    row has the status NEVER_SENT, since nobody may have signed that status.
    """
    files = await files_with(connection, instruction.payment_id) if notice.original_message_id else []
    stored_files = [file for file in files if file.status in {FileStatus.HANDED_OVER, FileStatus.NEVER_SENT}]
    message_ids = {
        file.message_id for file in stored_files if file.status is FileStatus.HANDED_OVER or file is stored_files[-1]
    }
    if not message_ids or notice.original_message_id in message_ids:
        return None
    return Fault(
        f"it speaks of file {notice.original_message_id}, and the payment left in {', '.join(sorted(message_ids))}"
    )


async def _debtor_account_number(reading: _Reading, instruction: Instruction) -> str:
    account = instruction.debtor_account
    if account not in reading.debtor_accounts:
        reading.debtor_accounts[account] = await _account_number(reading.connection, account)
    return reading.debtor_accounts[account]


async def _account_number(connection: Connection, account: AccountReference) -> str:
    try:
        return (await read_account(connection, account.reference, account.sha256)).identifier
    except (UnknownAccount, AccountChanged):
        return "an account that is not what was agreed on"


def _day_fault(notice: BankNotice, release_day: date | None, now: datetime) -> Contradiction | None:
    """Return a contradiction if a date is too long before the release or too far after the import, else None."""
    today = now.date()
    first = None if release_day is None else release_day - EARLIEST
    days = (
        ("the message is dated", notice.said_at.date(), LATEST),
        ("the booking day is", notice.booked_on, LATEST),
        ("the value day is", notice.value_on, LATEST_VALUE),
    )
    for label, day, ahead in days:
        if day is not None and (day > today + ahead or (first is not None and day < first)):
            return Contradiction(ExceptionKind.IMPOSSIBLE_DAY, f"{label} {day}, which cannot be")
    return None


def _unknown_payment(reading: _Reading, notice: BankNotice, reason: str) -> MatchedEntry:
    fault = Contradiction(ExceptionKind.UNKNOWN_PAYMENT, reason)
    entry, money = _entry(reading, notice, ""), _money(notice)
    answer = None if money is None else _answer(reading, notice, entry.entry_id, money, partnership_id="")
    return MatchedEntry(entry, answer, fault, "", _line(notice), notice.account)


def _entry(reading: _Reading, notice: BankNotice, about: str) -> Entry:
    """Return the entry of a statement. A booking is identified by the bank's own reference, if it has one.

    A bank may use one reference for a debit and its return, so the status is part of the identity.
    """
    common_digest = _as_stated(notice, about)
    place = (notice.message_id, notice.entry, about, common_digest if notice.statement_place else notice.digest)
    if notice.account == "":
        return Entry(derive("status", about or notice.original_message_id, notice.status, notice.digest), *place, True)
    likeness = likeness_of(notice, about)
    formerly = derive(
        "like", notice.account, notice.status, notice.amount, notice.currency, notice.booked_on, about
    ).hex
    before = notice.digest_before
    key = booking_key(notice)
    if key is not None:
        account, reference, _ = key
        booking = derive("of", account, reference, notice.status).hex
        common = {"likeness": likeness, "common_digest": common_digest, "formerly": formerly, "digest_before": before}
        return Entry(derive("booking", *key, notice.status), *place, True, booking, **common)
    # By the digest of before: a file that an earlier release took is taken again, and each of its entries is the same.
    # A statement without a number comes in many files: its bookings are those of its account and day.
    counted_in = f"{notice.statement_place} {before}" if notice.unnumbered else before
    reading.seen[counted_in] += 1
    entry_id = derive("entry", notice.unnumbered or reading.sha256, before, reading.seen[counted_in])
    return Entry(
        entry_id, *place, False, likeness=likeness, common_digest=common_digest, formerly=formerly, digest_before=before
    )


def likeness_of(notice: BankNotice, about: str) -> str:
    """Return the key that two tellings of one booking share if nothing but `about`, account and sum tells them."""
    return likeness_key(notice.account, notice.status, notice.amount, notice.currency, about)


def likeness_key(account: str, status: BankStatus, amount: Decimal | None, currency: str, about: str = "") -> str:
    """Return the same key of a booking by its account, sum and subject."""
    sum_ = "" if amount is None else f"{amount.normalize():f}"  # 5000 and 5000.00 are the same
    return derive("like", account, status, sum_, currency, about).hex


def unclear_likeness_key(account: str, movement: Decimal, currency: str) -> str:
    """Return the same key of a booking that could not be interpreted. `movement`: below zero for a debit."""
    return derive("like unclear", account, f"{movement.normalize():f}", currency).hex


def _as_stated(notice: BankNotice, about: str) -> str:
    """Return the digest of what a notification and a statement of account both say of one booking.

    They differ in all else: further words, names and days. Under one reference of the bank's it is one booking.
    """
    amount = "" if notice.amount is None else f"{notice.amount.normalize():f}"
    key = (notice.account, notice.status, amount, notice.currency, notice.servicer_reference, notice.detail)
    return derive("as stated", about, *key).hex


def unclear_key(account: str, servicer_reference: str) -> str:
    """Return the key of a booking that could not be interpreted, or '' without an account and the bank's reference."""
    if not account or is_filler(servicer_reference):
        return ""
    return derive("of", account, servicer_reference, "unclear").hex


def _money(notice: BankNotice) -> Money | None:
    """Return the sum at which a statement would count: of our own payment, as instructed. None if it is no sum."""
    if notice.figures is not None:
        return notice.figures.instructed_sum
    try:
        return Money.model_validate({"amount": notice.amount, "currency": notice.currency})
    except ValidationError:
        return None


def _answer(
    reading: _Reading, notice: BankNotice, answer_id: UUID, money: Money, partnership_id: str, tranche: int = 0,
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
