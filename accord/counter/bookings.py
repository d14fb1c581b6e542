"""Count money that came in once: whatever counts a bank booking claims it under each of its references (ADR 0061)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import reduce
from typing import Any, cast

from accord.audit.bank.said_in_files import entries_in
from accord.counter.transactions import Counter
from domain.identity import ACCORD, derive
from domain.partnership.evolution import fold
from domain.partnership.refund.refunds import RefundDirection, came_from_grantee
from domain.partnership.state import Partnership
from domain.payment.bank_answers import BankAnswer, BankStatus, Contradiction, ExceptionKind
from domain.payment.bank_file import ExceptionRaised
from domain.payment.bookings import (
    BookingClaims,
    BookingCounted,
    CountedAs,
    Way,
    account_key,
    booking_stream,
    evolve_booking,
    reference_key,
)
from domain.streams import StreamId
from ledger import clock
from payments import Connection
from payments.answers.bank_files import read_bank_file
from payments.answers.entries import receipts_of
from payments.answers.matching.judging import statement_of
from payments.answers.matching.receipts import partnerships_in
from payments.answers.messages import BankNotice, Unclear
from records.authorship import Reader
from records.bookings import refunded_in

COUNTED_AS = {BankStatus.RETURNED: CountedAs.RETURN, BankStatus.RECEIVED: CountedAs.RECEIPT}
"""The kind that an answer on incoming money counts as."""

Claims = Mapping[StreamId, BookingCounted]
"""The claim on a booking, in the stream of each of its references."""


def claims_of(notice: BankNotice | None, answer: BankAnswer) -> Claims:
    """Return an answer's claims on the bookings that its statement names, or none if no money came in."""
    if notice is None or answer.status not in COUNTED_AS:
        return {}
    claim = BookingCounted(
        at=answer.said_at, claim=answer.answer_id, counted_as=COUNTED_AS[answer.status],
        partnership_id=answer.partnership_id or "", money=answer.booked,
        account=account_key(notice.account) if notice.account else None, details=notice.parts,
    )  # fmt: skip
    return {booking_stream(Way.IN, reference): claim for reference in notice.references}


async def statement_of_exception(
    reader: Reader, connection: Connection, raised_event: ExceptionRaised, answer: BankAnswer
) -> BankNotice | None:
    """Return the statement that an exception's answer is from, by the bank's file, or None without incoming money."""
    file = await read_bank_file(connection, raised_event.file_sha256) if raised_event.file_sha256 else None
    if file is None or answer.status not in COUNTED_AS:
        return None
    statements = await entries_in(reader, connection, file)
    return await statement_of(connection, statements, file.sha256, clock.now(), answer.answer_id)


async def counted_already(counter: Counter, claims: Claims, answer: BankAnswer) -> Contradiction | None:
    """Return the fault if the money that an answer speaks of counts already: by another of the bank's, or a refund."""
    for stream, claim in claims.items():
        before = (await _read(counter, stream)).counted_before(claim)
        if before is not None:
            return _counted(answer, before.words)
    return None


async def refunded_already(
    counter: Counter, notice: BankNotice | None, answer: BankAnswer, partnership: Partnership
) -> Contradiction | None:
    """Return the fault if a refund is on record that may be the money which an answer speaks of.

    It may bear one of the booking's references, from before bookings had streams, or none of them: then the sum and
    the day are the same, in the partnership that the answer is of.
    """
    if answer.status not in COUNTED_AS:
        return None
    if fault := await refunded_before_bookings(counter, notice, answer):
        return fault
    alike = [
        refund
        for refund in partnership.refunds
        if answer.money in {refund.money, refund.on_account} and refund.booked_on == answer.booked_on
    ]
    if alike and answer.booked_on is not None and alike[0].direction is RefundDirection.FROM_GRANTEE:
        return _counted(answer, f"perhaps: {alike[0].name} is a refund of the same sum and day")
    return None


async def refunded_before_bookings(
    counter: Counter, notice: BankNotice | None, answer: BankAnswer
) -> Contradiction | None:
    """Return the fault if a refund bears one of a booking's references and claimed nothing of it."""
    for reference in notice.references if notice is not None else ():
        booking_claims = (await _read(counter, booking_stream(Way.IN, reference))).claims
        claims = {
            (claim.partnership_id, claim.money) for claim in booking_claims if claim.counted_as is CountedAs.REFUND
        }
        for stream in await refunded_in(counter.desk.reader, reference, counter.connection):
            partnership = await _partnership(counter, stream)
            for refund in partnership.refunds:
                may_match = (
                    not refund.detail or not (notice and notice.parts) or reference_key(refund.detail) in notice.parts
                )
                has_claim = (stream.subject, refund.on_account) in claims
                if refund.direction is RefundDirection.FROM_GRANTEE and may_match and not has_claim:
                    return _counted(answer, f"{refund.money} as a refund in {stream.subject}")
    return None


def too_much_back(partnership: Partnership, answer: BankAnswer) -> Contradiction | None:
    """Return the fault if more would come back of an attempt than was paid in it, by the refunds that are on record."""
    place = (answer.tranche, answer.attempt)
    settled_amount = partnership.settled.get(place)
    if answer.status is not BankStatus.RETURNED or settled_amount is None:
        return None
    if answer.money.amount > settled_amount:
        words = f"{answer.money} comes back, and {settled_amount:,} of it is out"
        return Contradiction(ExceptionKind.CONTRADICTION, words)
    left = {**partnership.settled, place: max(Decimal(0), settled_amount - answer.money.amount)}
    # A refund is of payments that were settled when it was recorded: what is left of others makes no room for it.
    if came_from_grantee(partnership.refunds, left) == came_from_grantee(partnership.refunds, partnership.settled):
        return None
    grantee_refunds = [refund for refund in partnership.refunds if refund.direction is RefundDirection.FROM_GRANTEE]
    names = ", ".join(refund.name for refund in grantee_refunds)
    return Contradiction(
        ExceptionKind.CONTRADICTION,
        f"{answer.money} comes back, and with what is on record as refunds ({names}) that is more than was paid",
    )


async def claim_all(counter: Counter, claims: Claims) -> None:
    """Append the new claims to the streams of their bookings."""
    for stream, claim in claims.items():
        if not (await _read(counter, stream)).has(claim.claim):
            await counter.append(stream, derive("counted", stream, claim.claim), ACCORD, claim)


async def gift_taken_back(counter: Counter, notice: Unclear | None) -> str | None:
    """Return the partnership whose gift a debit takes back, by its references or its text, or None if unclear."""
    if notice is None or not notice.takes_back:
        return None
    if partnership_id := await gift_of_reference(counter, notice):
        return partnership_id
    partnership_ids = partnerships_in(notice.remittance)
    return partnership_ids[0] if len(partnership_ids) == 1 else None


async def gift_of_reference(counter: Counter, notice: BankNotice | Unclear) -> str | None:
    """Return the partnership for which money came in under a reference that an entry bears, or None."""
    for reference in notice.references:
        for claim in (await _read(counter, booking_stream(Way.IN, reference))).claims:
            if claim.counted_as is CountedAs.RECEIPT and claim.account in {None, account_key(notice.account)}:
                return claim.partnership_id
        for partnership_id in await receipts_of(counter.connection, notice.account, reference):
            return partnership_id
    return None


def _counted(answer: BankAnswer, words: str) -> Contradiction:
    """Return the fault of a booking that counts already. What came back of a payment holds its partnership (R42)."""
    is_return = answer.status is BankStatus.RETURNED
    kind = ExceptionKind.CONTRADICTION if is_return else ExceptionKind.PERHAPS_TOLD_BEFORE
    return Contradiction(kind, f"this booking counts already, {words}")


async def _read(counter: Counter, stream: StreamId) -> BookingClaims:
    events = await counter.desk.reader.read(stream, connection=counter.connection)
    return reduce(evolve_booking, (recorded_event.event for recorded_event in events), BookingClaims())


async def _partnership(counter: Counter, stream: StreamId) -> Partnership:
    events = await counter.desk.reader.read(stream, connection=counter.connection)
    return fold(stream.subject, tuple(cast(Any, recorded_event.event) for recorded_event in events))
