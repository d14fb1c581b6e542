"""The contradictions between a bank's statement and the payment that it names."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final

from pydantic import ValidationError

from domain.fault import Fault
from domain.money.rails import PaymentRail
from domain.parties import AccountReference
from domain.payment.account_numbers import is_same_account
from domain.payment.bank_answers import BankStatus, Contradiction, ExceptionKind
from domain.payment.payment_file import FileStatus
from domain.values import Money
from payments import Connection
from payments.accounts import AccountChanged, UnknownAccount, read_account
from payments.answers.booking.in_words import words_fault
from payments.answers.matching.matched import FileReading
from payments.answers.messages import BankNotice
from payments.out.files import files_with
from payments.out.instructions import Instruction

EARLIEST: Final = timedelta(days=1)
"""The time before a payment's release by which its message or booking may be dated: banks have other time zones."""

LATEST: Final = timedelta(days=1)
"""The time after the import by which a message or booking may be dated."""

LATEST_VALUE: Final = timedelta(days=10)
"""The time after the import by which the value date may lie."""


async def payment_fault(reading: FileReading, notice: BankNotice, instruction: Instruction) -> Contradiction | None:
    """Return the contradiction between a statement and the payment that it names, or None."""
    kind = ExceptionKind.OTHER_CONTENT
    if notice.figures is not None and notice.figures.instructed_sum.currency != instruction.money.currency:
        return Contradiction(kind, f"{notice.figures.instructed_sum} where {instruction.money} was instructed")
    if notice.figures is None and notice.amount is not None and notice.currency != instruction.money.currency:
        return Contradiction(kind, f"{notice.currency} {notice.amount} where {instruction.money} was instructed")
    if fault := await _file_fault(reading.connection, notice, instruction):
        return Contradiction(kind, str(fault))
    if fault := (
        words_fault(notice, money_of(notice), instruction.money)
        or _typed_fault(notice, instruction)
        or _name_fault(notice, instruction)
    ):
        return Contradiction(kind, str(fault))
    if notice.account and not is_same_account(notice.account, await _debtor_account_number(reading, instruction)):
        return Contradiction(kind, "the entry stands on another account than the one that pays")
    return day_fault(notice, instruction.ordered_at.date(), reading.now)


def _name_fault(notice: BankNotice, instruction: Instruction) -> Fault | None:
    """Return the reason why the identifiers in a statement are not the payment's, or None. What is typed has none."""
    if instruction.rail is PaymentRail.MANUAL:
        return None
    if notice.end_to_end_id not in {"", *instruction.names}:
        return Fault(f"EndToEndId {notice.end_to_end_id} is not the payment's")
    if notice.unique_transaction_reference.lower() not in {"", instruction.unique_transaction_reference}:
        return Fault(f"UETR {notice.unique_transaction_reference} is not the payment's")
    return None


def _typed_fault(notice: BankNotice, instruction: Instruction) -> Fault | None:
    """Return the reason why the booking of what was typed is of another sum, or None: somebody may have mistyped it."""
    is_booking = instruction.rail is PaymentRail.MANUAL and notice.status is BankStatus.SETTLED and notice.account
    if not is_booking or money_of(notice) == instruction.money:
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


async def _debtor_account_number(reading: FileReading, instruction: Instruction) -> str:
    account = instruction.debtor_account
    if account not in reading.debtor_accounts:
        reading.debtor_accounts[account] = await _account_number(reading.connection, account)
    return reading.debtor_accounts[account]


async def _account_number(connection: Connection, account: AccountReference) -> str:
    try:
        return (await read_account(connection, account.reference, account.sha256)).identifier
    except (UnknownAccount, AccountChanged):
        return "an account that is not what was agreed on"


def day_fault(notice: BankNotice, release_day: date | None, now: datetime) -> Contradiction | None:
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


def money_of(notice: BankNotice) -> Money | None:
    """Return the sum at which a statement would count: of our own payment, as instructed. None if it is no sum."""
    if notice.figures is not None:
        return notice.figures.instructed_sum
    try:
        return Money.model_validate({"amount": notice.amount, "currency": notice.currency})
    except ValidationError:
        return None
