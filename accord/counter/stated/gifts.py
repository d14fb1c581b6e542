"""Gifts that a statement of account and a notification both tell: each counts once, whichever came first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final, NamedTuple
from uuid import UUID

from accord.audit.bank.bank_evidence import BankEvidence
from accord.counter.bookings import claim_all, claims_of
from accord.counter.transactions import Counter
from domain.payment.bank_answers import COUNTING, BankAnswer, BankStatus, Contradiction, ExceptionKind, Resolution
from domain.payment.bookings import reference_key
from domain.payment.stated.gifts import NEAR, Compared, GiftTelling, Sameness, compare
from ledger import clock
from payments.answers.bank_files import BankFile, read_bank_file
from payments.answers.entries import alike_in_other_files, keep_entry
from payments.answers.kept_entries import stated_days
from payments.answers.matching.identity import likeness_of
from payments.answers.matching.judging import statement_of
from payments.answers.matching.matched import MatchedEntry
from payments.answers.messages import BankNotice, UnreadableMessage, booking_key, read_message

_PERHAPS: Final = Contradiction(
    ExceptionKind.PERHAPS_TOLD_BEFORE, "a statement of account has an equal gift, and nothing tells the two apart"
)
_ASKED: Final = COUNTING | {Resolution.TOLD_BEFORE}
"""Resolutions by which the money stands elsewhere: it counts, or is money that counts."""


class _Counted(NamedTuple):
    telling: GiftTelling
    answer: BankAnswer
    of_statement: bool


def is_gift(matched_entry: MatchedEntry) -> bool:
    """True if an entry is money that came in for a partnership, and nothing speaks against it."""
    answer = matched_entry.answer
    return (
        answer is not None
        and answer.status is BankStatus.RECEIVED
        and bool(answer.partnership_id and matched_entry.account)
        and matched_entry.fault is None
    )


async def is_new_gift(
    counter: Counter, file: BankFile, matched_entry: MatchedEntry, beside: Sequence[MatchedEntry]
) -> bool:
    """True if a statement's gift is none that counts already, and none that people are or were asked about.

    `beside`: the entries of its file. Each that counts is one of them at the most.
    """
    counted_gifts = [gift.telling for gift in await _counted(counter, file, matched_entry)]
    if counted_gifts and _compared(matched_entry, beside, counted_gifts).sameness is not Sameness.NEW:
        return False
    return not await _is_asked_about(counter, file, matched_entry)


async def take_gift_as_stated(
    counter: Counter, file: BankFile, matched_entry: MatchedEntry, beside: Sequence[MatchedEntry]
) -> bool | Contradiction:
    """Take a notification's gift for one that a statement told, and return whether it is, or why people must say it."""
    gifts = [gift for gift in await _counted(counter, file, matched_entry) if gift.of_statement]
    comparison = _compared(matched_entry, beside, [gift.telling for gift in gifts]) if gifts else None
    if comparison is None or comparison.counted_gift is None:
        return False
    if comparison.sameness is Sameness.PERHAPS or await _was_notified(
        counter, file, matched_entry, comparison.counted_gift
    ):
        return _PERHAPS
    answer = next(gift.answer for gift in gifts if gift.telling.answer_id == comparison.counted_gift.answer_id)
    await claim_all(counter, claims_of(matched_entry.said, answer))
    await keep_entry(counter.connection, matched_entry.entry, file.sha256, None)
    return True


def _compared(
    matched_entry: MatchedEntry, beside: Sequence[MatchedEntry], counted_gifts: Sequence[GiftTelling]
) -> Compared:
    alike = [
        alike_entry
        for alike_entry in beside
        if is_gift(alike_entry) and alike_entry.entry.likeness == matched_entry.entry.likeness
    ]
    tellings = [_telling(alike_entry.entry.entry_id, alike_entry.said) for alike_entry in alike]
    place = next(
        place for place, alike_entry in enumerate(alike) if alike_entry.entry.entry_id == matched_entry.entry.entry_id
    )
    return compare(tellings, counted_gifts)[place]


def _telling(answer_id: UUID, notice: BankNotice | None, on: date | None = None) -> GiftTelling:
    if notice is None:
        return GiftTelling(answer_id, on)
    references = frozenset(reference_key(name) for name in notice.references)
    return GiftTelling(
        answer_id, notice.booked_on, references, booking_key(notice) is not None, bool(notice.statement_place)
    )


async def _counted(counter: Counter, file: BankFile, matched_entry: MatchedEntry) -> list[_Counted]:
    """Return the gifts of a partnership that count and are of a sum, each as the file that told it has it."""
    answer, gifts = matched_entry.answer, list[_Counted]()
    assert answer is not None  # noqa: S101 - it is a gift
    alike = [gift for gift in await counter.gifts_of(answer.partnership_id) if gift.money == answer.money]
    money, connection = answer.money, counter.connection
    days = (
        await stated_days(connection, answer.partnership_id, money.amount, money.currency, file.sha256)
        if alike
        else frozenset[date]()
    )
    for gift in alike:
        notice = await _notice(counter, gift.file_sha256, gift.answer_id)
        telling = _telling(gift.answer_id, notice, gift.booked_on)
        of_statement = telling.is_stated
        gifts.append(_Counted(telling._replace(is_stated=of_statement or gift.booked_on in days), gift, of_statement))
    return gifts


async def _notice(counter: Counter, sha256: str | None, entry_id: UUID) -> BankNotice | None:
    """Return the word of a stored file under the identity of an entry, or None."""
    file = await read_bank_file(counter.connection, sha256) if sha256 else None
    try:
        statements = read_message(file.content, file.name) if file is not None else []
    except UnreadableMessage:
        return None
    return await statement_of(counter.connection, statements, sha256 or "", clock.now(), entry_id)


async def _is_asked_about(counter: Counter, file: BankFile, matched_entry: MatchedEntry) -> bool:
    """True if another file has this money, and people are asked what it is, or said that it is no gift."""
    notice, evidence = matched_entry.said, BankEvidence(counter.desk.reader)
    assert notice is not None  # noqa: S101 - a gift can be read
    likenesses = [matched_entry.entry.likeness, likeness_of(notice, "")]
    for row in await alike_in_other_files(counter.connection, matched_entry.entry, file.sha256, likenesses):
        exception = await evidence.exception(row.exception_id) if row.exception_id is not None else None
        if exception is None or (exception.standing and exception.standing.resolution in _ASKED):
            continue
        answer = exception.raised.answer
        if answer is None or _may_be_of_one_day(answer.booked_on, notice.booked_on):
            return True
    return False


async def _was_notified(
    counter: Counter, file: BankFile, matched_entry: MatchedEntry, counted_gifts: GiftTelling
) -> bool:
    """True if another notification told a statement's gift already, under another reference or none."""
    telling = _telling(matched_entry.entry.entry_id, matched_entry.said)
    if not telling.references.isdisjoint(counted_gifts.references):
        return False
    connection, entry = counter.connection, matched_entry.entry
    for row in await alike_in_other_files(connection, entry, file.sha256, [entry.likeness]):
        notice = await _notice(counter, row.file_sha256, row.entry_id)
        is_notified = notice is not None and not notice.statement_place
        if is_notified and notice is not None and _may_be_of_one_day(notice.booked_on, telling.booked_on, near=False):
            return True
    return False


def _may_be_of_one_day(day: date | None, other_day: date | None, *, near: bool = True) -> bool:
    if day is None or other_day is None:
        return True
    return abs(day - other_day) <= NEAR if near else day == other_day
