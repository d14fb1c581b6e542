"""Gifts that the bank takes back: the sum that their fund lacks from then on, told once by whichever file."""

from __future__ import annotations

from uuid import UUID

from pydantic import ValidationError

from accord.counter.transactions import Counter
from domain.partnership.events import BankContradicted
from domain.payment.bank_file import ExceptionRaised
from domain.values import Money
from payments.answers.bank_files import BankFile
from payments.answers.entries import keep_entry, was_raised
from payments.answers.matching.matched import MatchedEntry
from records.forms import shut_fields


def money_taken_back(matched_entry: MatchedEntry) -> Money | None:
    """Return the sum of a debit that takes back a gift, by its mark or by the gift's reference, or None."""
    unclear, notice = matched_entry.unclear, matched_entry.said
    if unclear is not None and unclear.takes_back:
        amount, currency = -unclear.movement, unclear.currency
    elif notice is not None and notice.amount is not None and matched_entry.answer is None:
        amount, currency = notice.amount, notice.currency
    else:
        return None
    try:
        return Money.model_validate({"amount": amount, "currency": currency})
    except ValidationError:
        return None


async def was_taken_back(counter: Counter, file: BankFile, matched_entry: MatchedEntry) -> bool:
    """True if another file told that the bank takes this sum back under this reference. It is known from then on."""
    unclear, entry = matched_entry.unclear, matched_entry.entry
    if unclear is None or not unclear.takes_back or not await was_raised(counter.connection, entry, file.sha256):
        return False
    await keep_entry(counter.connection, entry, file.sha256, None)
    return True


async def as_far_as_recorded(
    counter: Counter, raised_event: ExceptionRaised, exception_id: UUID, taken_back: Money | None
) -> Money | None:
    """Return the sum that the bank took back, or None while the installation may go back to a release without it."""
    if taken_back is None:
        return None
    event = BankContradicted(
        at=raised_event.at, exception_id=exception_id, exception=raised_event.exception, reason=raised_event.reason,
        taken_back=taken_back,
    )  # fmt: skip
    return None if await shut_fields(counter.desk.pool, event) else taken_back
