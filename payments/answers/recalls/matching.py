"""Match a bank's answers to recalls to our payments: by EndToEndId, UETR or our case, in the sum, account and file.

Whether that recall was asked for, and what the answer means, the domain decides from the ledger.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from domain.fault import Fault
from domain.identity import derive
from domain.payment.account_numbers import is_same_account
from domain.payment.bank_answers import Contradiction, ExceptionKind
from domain.payment.recalls import RecallAnswer, case_named
from domain.values import Money
from payments import Connection
from payments.accounts import AccountChanged, UnknownAccount, read_account
from payments.answers.entries import Entry
from payments.answers.matching.faults import EARLIEST, LATEST
from payments.answers.recalls.resolutions import RecallNotice
from payments.out.files import files_with
from payments.out.instructions import Instruction, instruction_by_end_to_end_id, instruction_by_reference


class MatchedRecall(NamedTuple):
    """A bank's answer to a recall with the payment that it was matched to, and its fault, if any."""

    entry: Entry
    notice: RecallNotice
    instruction: Instruction | None
    """The payment that was recalled, or None if none of ours is named."""
    number: int
    """The number of the recall that the bank names, or 0 if it names the payment alone."""
    answer: RecallAnswer
    money: Money | None
    """The sum that is to come back, where the bank tells it."""
    fault: Contradiction | None

    @property
    def partnership_id(self) -> str:
        """The partnership of the payment, or ''."""
        return self.instruction.partnership_id if self.instruction is not None else ""

    @property
    def content(self) -> str:
        """The answer in one line, for people to read."""
        notice = self.notice
        name = notice.end_to_end_id or notice.unique_transaction_reference or notice.case
        return f"recall {notice.code} {notice.reason} {name} ({notice.message_id} {notice.entry})"[:300]


async def match_recalls(connection: Connection, notices: Iterable[RecallNotice], now: datetime) -> list[MatchedRecall]:
    """Match the answers of a file, each on its own. `now`: the time of the import."""
    return [await _matched(connection, notice, now) for notice in notices]


async def _matched(connection: Connection, notice: RecallNotice, now: datetime) -> MatchedRecall:
    case, instruction = case_named(notice.case), await _instruction(connection, notice)
    about = str(instruction.payment_id) if instruction is not None else ""
    number = case.number if case is not None else 0
    # Without our case the same words may answer a later recall, so that each message is another answer.
    entry_id = derive("recall answer", about or notice.message_id, number or notice.message_id, notice.digest)
    entry = Entry(entry_id, notice.message_id, notice.entry, about, notice.digest, True)
    money = _coming(notice)
    less = money is not None and instruction is not None and money.amount < instruction.money.amount
    answer = RecallAnswer.IN_PART if less and notice.answer is RecallAnswer.GRANTED else notice.answer
    fault = await _fault(connection, notice, instruction, money, now)
    return MatchedRecall(entry, notice, instruction, number, answer, money, fault)


async def _instruction(connection: Connection, notice: RecallNotice) -> Instruction | None:
    case = case_named(notice.case)
    for name in (notice.end_to_end_id, case.end_to_end_id if case is not None else ""):
        if name:
            return await instruction_by_end_to_end_id(connection, name)
    unique = notice.unique_transaction_reference
    return await instruction_by_reference(connection, unique) if unique else None


def _coming(notice: RecallNotice) -> Money | None:
    if notice.coming is None:
        return None
    return Money.model_validate({"amount": notice.coming, "currency": notice.coming_currency})


async def _fault(
    connection: Connection, notice: RecallNotice, instruction: Instruction | None, money: Money | None, now: datetime
) -> Contradiction | None:
    if instruction is None:
        name = notice.end_to_end_id or notice.unique_transaction_reference or notice.case or "that is not named"
        return Contradiction(ExceptionKind.UNKNOWN_PAYMENT, f"the bank answers a recall of payment {name}")
    day = notice.said_at.date()
    if day > now.date() + LATEST or day < instruction.ordered_at.date() - EARLIEST:
        return Contradiction(ExceptionKind.IMPOSSIBLE_DAY, f"the answer to the recall is dated {day}, which cannot be")
    fault = (
        _names_fault(notice, instruction) or _sum_fault(notice, instruction, money)
        or await _account_fault(connection, notice, instruction) or await _file_fault(connection, notice, instruction)
    )  # fmt: skip
    return Contradiction(ExceptionKind.OTHER_CONTENT, str(fault)) if fault is not None else None


def _names_fault(notice: RecallNotice, instruction: Instruction) -> Fault | None:
    """Return the fault of an answer that names another payment or case beside this one."""
    case = case_named(notice.case)
    if notice.case and case is None:
        return Fault(f"the bank names case {notice.case}, which is none of ours")
    if case is not None and case.end_to_end_id != instruction.end_to_end_id:
        return Fault(f"case {notice.case} is not about payment {instruction.end_to_end_id}")
    if notice.unique_transaction_reference.lower() not in {"", instruction.unique_transaction_reference}:
        return Fault(f"UETR {notice.unique_transaction_reference} is not the payment's")
    return None


def _sum_fault(notice: RecallNotice, instruction: Instruction, money: Money | None) -> Fault | None:
    paid_money = instruction.money
    if notice.amount is not None and (notice.amount, notice.currency) != (paid_money.amount, paid_money.currency):
        return Fault(f"the bank recalls {notice.currency} {notice.amount}, and {paid_money} was instructed")
    if money is not None and (money.currency != paid_money.currency or money.amount > paid_money.amount):
        return Fault(f"{money} is to come back of {paid_money}")
    return None


async def _account_fault(connection: Connection, notice: RecallNotice, instruction: Instruction) -> Fault | None:
    if not notice.account:
        return None
    reference = instruction.debtor_account
    try:
        paying = (await read_account(connection, reference.reference, reference.sha256)).identifier
    except (UnknownAccount, AccountChanged):
        return Fault("the account that paid cannot be read")
    if is_same_account(paying, notice.account):
        return None
    return Fault("the answer is about another account than the one that paid")


async def _file_fault(connection: Connection, notice: RecallNotice, instruction: Instruction) -> Fault | None:
    files = await files_with(connection, instruction.payment_id) if notice.original_message_id else []
    message_ids = {file.message_id for file in files}
    if not files or notice.original_message_id in message_ids:
        return None
    return Fault(f"it speaks of file {notice.original_message_id}, in which the payment never was")
