"""The state of each attempt to pay, from evidence alone: not handed over yet, handed over, or ended by the bank.

Attempt n of a tranche may be paid only if all earlier attempts have ended, and if the money that left and did not come
back stays within the approved sum. The partnership's own stream is no evidence that an attempt that left has ended.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from accord.audit.bank.bank_evidence import BankEvidence
from accord.audit.bank.payment_files import read_payment_file
from accord.audit.bank.reopening import NOTHING_LOST, Restored
from accord.audit.heads import Heads
from accord.audit.walk.payments import is_for_people
from accord.audit.walk.walk import Attempt, Walk
from domain.fault import Fault
from domain.identity import payment_id
from domain.money.rails import PaymentRail
from domain.payment.bank_answers import BankAnswer, BankStatus
from domain.payment.payment_file import FileStatus, PaymentFile
from domain.payment.tranche.events import (
    PaymentHandedOver,
    PaymentRejected,
    PaymentReturned,
    PaymentSettled,
    PaymentShort,
    PaymentTakenBack,
    PaymentWithheld,
    TrancheReleasedForPayment,
)
from domain.streams import StreamId
from payments import Connection
from records.authorship import Reader


class AttemptEnd(NamedTuple):
    """The outcome of an attempt: whether it has ended, and the sum that is still out."""

    ended: bool
    """True if the attempt pays nothing more: taken back before it left, rejected, returned, or its rest agreed upon."""
    out: Decimal
    """The sum that left or may have left, and that did not come back."""


class AttemptsByEvidence:
    """The attempts of a partnership, each judged from its own stream and the files in which it was handed over."""

    def __init__(self, reader: Reader, evidence: BankEvidence, heads: Heads, restores: Restored = NOTHING_LOST) -> None:
        self._reader = reader
        self._restored = restores
        self._evidence = evidence
        self._payer = ""
        """The person who released the attempt that is checked."""
        self._heads = heads
        """The version of each stream that was read."""

    async def fault(self, connection: Connection, partnership_id: str, walk: Walk, attempt: Attempt) -> Fault | None:
        """Return the reason why an attempt may not be paid, given the other attempts, or None if it may."""
        self._payer = walk.released[attempt].event.actor
        ends = {
            other_attempt: await self._outcome(connection, partnership_id, walk, other_attempt)
            for other_attempt in walk.released
            if other_attempt != attempt
        }
        return (
            self._forgotten_fault(partnership_id, ends, attempt, walk)
            or _order_fault(ends, attempt, walk)
            or _sum_fault(ends, attempt, walk)
            or await self._refusal_fault(connection, attempt, walk)
        )

    async def _refusal_fault(self, connection: Connection, attempt: Attempt, walk: Walk) -> Fault | None:
        """Return the fault of a recall that no file proves to be refused, and that nobody signed so, or None."""
        for other_attempt, event in walk.refusals.items():
            if other_attempt.tranche != attempt.tranche:
                continue
            by_payer_alone = await self._evidence.importers(event.file_sha256) <= {self._payer}
            if by_payer_alone or not await self._evidence.refused_recall(connection, event):
                return Fault(
                    f"the recall of attempt {other_attempt.attempt} is refused by no file of the bank that somebody "
                    f"beside {self._payer} imported; record its answer: `accord payments answer-recall`"
                )
        return None

    def _forgotten_fault(
        self, partnership_id: str, ends: Mapping[Attempt, AttemptEnd], attempt: Attempt, walk: Walk
    ) -> Fault | None:
        """Return the fault of another attempt that left before a restore, or None if the bank ended each such one."""
        highest = max(
            other_attempt.attempt for other_attempt in walk.released if other_attempt.tranche == attempt.tranche
        )
        faults = self._restored.attempts(partnership_id, attempt.tranche, highest)
        ended_numbers = {
            other_attempt.attempt
            for other_attempt, end in ends.items()
            if other_attempt.tranche == attempt.tranche and end.ended
        }
        return next((fault for number, fault in faults.items() if number not in ended_numbers), None)

    async def already_handed_over_fault(
        self, connection: Connection, partnership_id: str, walk: Walk, attempt: Attempt, in_file: str
    ) -> Fault | None:
        """Return the fault if an attempt was already handed over in a file other than `in_file`, or None.

        A hand-over counts unless two people signed that the file never arrived; a claim in the attempt's stream is not
        enough.
        """
        stream = StreamId.attempt(partnership_id, attempt.tranche, attempt.attempt)
        events: list[Any] = [recorded_event.event for recorded_event in await self._reader.read(stream)]
        message_ids = [
            message_id
            for message_id in await self._gone(connection, partnership_id, attempt, walk, events)
            if message_id != in_file
        ]
        return Fault(f"it left already, in file {message_ids[0]}") if message_ids else None

    async def _outcome(self, connection: Connection, partnership_id: str, walk: Walk, attempt: Attempt) -> AttemptEnd:
        stream = StreamId.attempt(partnership_id, attempt.tranche, attempt.attempt)
        events: list[Any] = [recorded_event.event for recorded_event in await self._reader.read(stream)]
        self._heads[stream] = len(events)
        money = walk.released[attempt].event.money.amount
        forgotten = attempt.attempt in self._restored.attempts(partnership_id, *attempt)
        if not forgotten and not await self._gone(connection, partnership_id, attempt, walk, events):
            taken_back = any(isinstance(event, PaymentTakenBack | PaymentWithheld) for event in events)
            return AttemptEnd(ended=taken_back or attempt in walk.cancelled, out=Decimal(0))
        by_people_alone = is_for_people(walk, attempt)
        if await self.ended_by_the_bank(connection, (partnership_id, *attempt), events, money, by_people_alone):
            return AttemptEnd(ended=True, out=Decimal(0))
        return await self._paid_in_part(connection, walk, attempt, events, money)

    async def _paid_in_part(
        self, connection: Connection, walk: Walk, attempt: Attempt, events: list[Any], money: Decimal
    ) -> AttemptEnd:
        """Return the end of an attempt of which a part is proved to be all that is out.

        It has ended once two people agreed to pay its rest, or no more of its tranche is planned than that, as after a
        split or a rest that two gave up, or all of a payment that was booked whole came back in parts. Else all of it
        is out, and it has not ended.
        """
        by_people_alone = is_for_people(walk, attempt)
        booked_sum = await self.booked_sum(connection, events, money, by_people_alone=by_people_alone)
        out = booked_sum - await self._back(connection, walk, attempt, events, by_people_alone)
        has_no_rest = out < money and _planned_amounts(walk).get(attempt.tranche, money) <= out
        is_all_back = booked_sum >= money and out <= 0
        is_over = is_all_back or has_no_rest or (out < money and walk.agreed_remainder(attempt) is not None)
        return AttemptEnd(is_over, max(out, Decimal(0)) if is_over else money)

    async def booked_sum(
        self, connection: Connection, events: list[Any], money: Decimal, *, by_people_alone: bool
    ) -> Decimal:
        """Return the sum that the bank booked of an attempt: less than `money` only as far as that is proved."""
        bookings: dict[UUID, Decimal] = {}
        for event in events:
            if isinstance(event, PaymentSettled):
                bookings = {}
            if not isinstance(event, PaymentShort):
                continue
            if not await self._proved(connection, event.answer, by_people_alone or bool(bookings)):
                return money
            bookings[event.answer.answer_id] = event.answer.money.amount
        return min(money, sum(bookings.values(), Decimal(0))) if bookings else money

    async def _gone(
        self, connection: Connection, partnership_id: str, attempt: Attempt, walk: Walk, events: list[Any]
    ) -> list[str]:
        """Return the message ids of the files in which an attempt was handed over, by what was signed of them.

        Streams and tables only say which files to look at. Files that two people signed as never sent are left out, and
        so are those that a row alone calls handed over: whoever has the exporter's login writes such a row.
        """
        recorded_ids = {event.message_id for event in events if isinstance(event, PaymentHandedOver)}
        recorded_ids |= set(walk.handed_over.get(attempt, ()))
        message_ids = sorted({*recorded_ids, *await _files_of(connection, partnership_id, attempt)})
        files = [await read_payment_file(self._reader, message_id) for message_id in message_ids]
        payment = payment_id(partnership_id, *attempt)
        payment_files = [file for file in files if file.message_id in recorded_ids or _left_with(file, payment)]
        return [file.message_id for file in payment_files if file.status is not FileStatus.NEVER_SENT]

    async def ended_by_the_bank(
        self, connection: Connection, key: tuple[str, int, int], events: list[Any], money: Decimal,
        by_people_alone: bool,
    ) -> bool:  # fmt: skip
        """True if the bank's newest proved answer ends the attempt. `events` are those of the attempt's stream.

        `key` is (partnership id, tranche, attempt). With `by_people_alone`, a bank file proves nothing; people must
        have resolved the answer, as they must a second return: the bank may tell the first under another reference.
        A part of it that was booked and came back ends no payment of `money`: the bank may book the rest yet.
        """
        is_over, is_booked, back = False, False, dict[UUID, BankAnswer]()
        for event in events:
            if isinstance(event, PaymentSettled | PaymentShort):
                # It needs no proof to stop another payment, and needs one to be the booking of what came back.
                is_late = not is_booked and {event.answer.is_booked_until(it.booked_on) for it in back.values()} == {
                    True
                }
                is_over = is_over and is_late and await self._proved(connection, event.answer, by_people_alone)
                is_booked |= event.answer.is_booking
            if not isinstance(event, PaymentRejected | PaymentReturned):
                continue
            answer: BankAnswer = event.answer
            about = (answer.partnership_id, answer.tranche, answer.attempt)
            again = answer.status is BankStatus.RETURNED and bool(back.keys() - {answer.answer_id})
            by_people = by_people_alone or again or (answer.status is BankStatus.REJECTED and _is_typed(events))
            if about == key and await self._proved(connection, answer, by_people):
                if answer.status is BankStatus.RETURNED:
                    back[answer.answer_id] = answer  # once, however often it is recorded
                whole = sum((each.money.amount for each in back.values()), Decimal(0)) >= money
                is_over = answer.status is BankStatus.REJECTED or (isinstance(event, PaymentReturned) and whole)
        return is_over

    async def _back(
        self, connection: Connection, walk: Walk, attempt: Attempt, events: list[Any], by_people_alone: bool
    ) -> Decimal:
        """Return the sum that came back of an attempt: by partial returns that people resolved, or by its own stream.

        Of its own stream one return alone is believed by the bank's file: it may tell the first under another name.
        """
        resolved = (answer for answer in walk.resolved.get(attempt, ()) if answer.status is BankStatus.RETURNED)
        back = {answer.answer_id: answer for answer in resolved if await self._evidence.was_resolved(answer)}
        for answer in (event.answer for event in events if isinstance(event, PaymentReturned)):
            if await self._proved(connection, answer, by_people_alone or bool(back.keys() - {answer.answer_id})):
                back[answer.answer_id] = answer
        return sum((answer.money.amount for answer in back.values()), Decimal(0))

    async def _proved(self, connection: Connection, answer: BankAnswer, by_people_alone: bool) -> bool:
        """True if an answer is proved: by a bank file that not only the payer imported, or by a resolution.

        A payer may not release another attempt on the strength of a bank file that they alone imported. With
        `by_people_alone`, only a resolution is proof. So it is of a rejection that names no fault of the payment, or
        that may be of the second copy of a file.
        """
        is_rejection = answer.status is BankStatus.REJECTED
        by_people_alone = by_people_alone or (is_rejection and await self._may_execute_it(answer))
        if not by_people_alone and await self._evidence.confirms(connection, answer):
            return not (await self._evidence.importers(answer.file_sha256 or "")) <= {self._payer}
        if is_rejection:
            return await self._evidence.says_nothing_was_booked(connection, answer)
        return await self._evidence.was_resolved(answer)

    async def _may_execute_it(self, answer: BankAnswer) -> bool:
        files = await self._evidence.files_of(answer)
        return bool(answer.doubt) or any(file.written_again_by for file in files)


def _is_typed(events: list[Any]) -> bool:
    """True if an attempt is on the manual rail: that its payment was taken out of the portal, people say."""
    orders = (event.order for event in events if isinstance(event, TrancheReleasedForPayment))
    return any(order.leaves_by is PaymentRail.MANUAL for order in orders)


def _left_with(file: PaymentFile, payment: UUID) -> bool:
    return file.status is FileStatus.HANDED_OVER and payment in file.payments


async def _files_of(connection: Connection, partnership_id: str, attempt: Attempt) -> list[str]:
    """Return the message ids of the files that hold an attempt, according to the tables alone."""
    rows = await connection.fetch(
        "SELECT p.message_id FROM payments.instructions i JOIN payments.file_payments p USING (payment_id) "
        "WHERE i.partnership_id = $1 AND i.tranche = $2 AND i.attempt = $3",
        partnership_id, *attempt,
    )  # fmt: skip
    return [row["message_id"] for row in rows]


def _planned_amounts(walk: Walk) -> dict[int, Decimal]:
    """Return the sum of each tranche that may be paid: as it is planned now, without what two people gave up."""
    out, given_up = walk.proposal.funds_out if walk.proposal else None, walk.given_up
    plans = out.tranches if out is not None else ()
    return {plan.number: plan.money.amount - given_up.get(plan.number, Decimal(0)) for plan in plans}


def _order_fault(ends: Mapping[Attempt, AttemptEnd], attempt: Attempt, walk: Walk) -> Fault | None:
    before = [Attempt(attempt.tranche, number) for number in range(1, attempt.attempt)]
    for earlier_attempt in before:
        if earlier_attempt not in walk.released:
            return Fault(f"attempt {earlier_attempt.attempt} of the tranche was never released")
        if not ends[earlier_attempt].ended:
            return Fault(
                f"attempt {earlier_attempt.attempt} of the tranche has not ended, by its stream or by a bank's file"
                f" that somebody beside {walk.released[attempt].event.actor} imported; where the bank named no fault of"
                " the payment, import its file again, and have two sign that nothing was booked"
            )
    later = [
        other_attempt.attempt
        for other_attempt in ends
        if other_attempt.tranche == attempt.tranche and other_attempt.attempt > attempt.attempt
    ]
    return Fault(f"attempt {min(later)} of the tranche was released after it") if later else None


def _sum_fault(ends: Mapping[Attempt, AttemptEnd], attempt: Attempt, walk: Walk) -> Fault | None:
    """Return the fault if this payment would exceed the approved sum of the tranche or in total, or None."""
    amount, planned_amounts = walk.released[attempt].event.money.amount, _planned_amounts(walk)
    of_tranche = sum(
        (attempt_end.out for other_attempt, attempt_end in ends.items() if other_attempt.tranche == attempt.tranche),
        Decimal(0),
    )
    total = sum((attempt_end.out for attempt_end in ends.values()), Decimal(0))
    if of_tranche + amount > planned_amounts.get(attempt.tranche, Decimal(0)):
        return Fault(f"{of_tranche} of the tranche has left already, and with this more than was approved")
    if total + amount > sum(planned_amounts.values(), Decimal(0)):
        return Fault(f"{total} has left already, and with this more than was approved in all")
    return None
