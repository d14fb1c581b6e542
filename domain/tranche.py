"""One attempt to pay one tranche: from the frozen instruction to what the bank says became of it."""

from __future__ import annotations

from enum import StrEnum
from functools import reduce
from typing import ClassVar, Literal, assert_never
from uuid import UUID

from domain.parties import AccountReference, Funder, Party
from domain.values import Moment, Money, PartnershipId, Sha256, Value


class TrancheStatus(StrEnum):
    """Where the attempt stands."""

    RELEASED = "RELEASED"
    INSTRUCTED = "INSTRUCTED"
    ACCEPTED = "ACCEPTED"
    """The bank took it (ACTC, ACCP, ACSP, PDNG ...): in flight, and never sent again."""
    UNKNOWN = "UNKNOWN"
    """The bank is silent. Only the bank's word or a person ends this; a timeout never sends again."""
    WITHHELD = "WITHHELD"
    SETTLED = "SETTLED"
    REJECTED = "REJECTED"


class TrancheOutcome(StrEnum):
    """How an attempt ends for the partnership."""

    SETTLED = "SETTLED"
    REJECTED = "REJECTED"
    RETURNED = "RETURNED"
    WITHHELD = "WITHHELD"


class TrancheOrder(Value):
    """The released tranche, complete: everything an instruction is frozen from."""

    partnership_id: PartnershipId
    tranche: int
    attempt: int
    payment_id: UUID
    money: Money
    funder: Funder
    payee: Party
    account: AccountReference
    released_by: str
    released_at: Moment
    purpose: str


class BankStatus(StrEnum):
    """What a bank's message means for one payment, whatever code it used (formats 4.4)."""

    ACCEPTED = "ACCEPTED"
    SETTLED = "SETTLED"
    REJECTED = "REJECTED"
    RETURNED = "RETURNED"
    RECEIVED = "RECEIVED"
    """Money in: a credit to the funder's own account."""


class BankAnswer(Value):
    """One statement by the bank about one payment or receipt, matched to ours by the import."""

    answer_id: UUID
    """Derived from the bank message's own identity and entry, so that a file imported twice says nothing new."""
    status: BankStatus
    code: str
    """The bank's own code, such as ACCP, RJCT or BOOK."""
    reason: str = ""
    money: Money
    said_at: Moment
    bank_reference: str
    partnership_id: PartnershipId
    tranche: int = 0
    attempt: int = 0


class TrancheReleasedForPayment(Value):
    """A released tranche became a workflow of its own."""

    event_type: Literal["TrancheReleasedForPayment"] = "TrancheReleasedForPayment"
    schema_version: ClassVar[int] = 1
    at: Moment
    order: TrancheOrder


class PaymentInstructed(Value):
    """The instruction is frozen: identifiers fixed, content hashed; from here it can only be sent as it is."""

    event_type: Literal["PaymentInstructed"] = "PaymentInstructed"
    schema_version: ClassVar[int] = 1
    at: Moment
    payment_id: UUID
    end_to_end_id: str
    instruction_sha256: Sha256


class PaymentWithheld(Value):
    """The last look before paying found a reason not to (R38); nothing was instructed."""

    event_type: Literal["PaymentWithheld"] = "PaymentWithheld"
    schema_version: ClassVar[int] = 1
    at: Moment
    reason: str


class PaymentAccepted(Value):
    """The bank said that it took the payment; it is in flight."""

    event_type: Literal["PaymentAccepted"] = "PaymentAccepted"
    schema_version: ClassVar[int] = 1
    at: Moment
    answer: BankAnswer


class PaymentSettled(Value):
    """The bank booked the payment."""

    event_type: Literal["PaymentSettled"] = "PaymentSettled"
    schema_version: ClassVar[int] = 1
    at: Moment
    answer: BankAnswer


class PaymentRejected(Value):
    """The bank refused the payment; no money moved."""

    event_type: Literal["PaymentRejected"] = "PaymentRejected"
    schema_version: ClassVar[int] = 1
    at: Moment
    answer: BankAnswer


class PaymentUnanswered(Value):
    """The bank stayed silent for too long: the outcome is unknown and somebody must enquire."""

    event_type: Literal["PaymentUnanswered"] = "PaymentUnanswered"
    schema_version: ClassVar[int] = 1
    at: Moment


class BankAnswerRefused(Value):
    """The bank said something that cannot be true of this payment now; kept for a person to look at."""

    event_type: Literal["BankAnswerRefused"] = "BankAnswerRefused"
    schema_version: ClassVar[int] = 1
    at: Moment
    content: str
    reason: str
    answer_id: UUID | None = None


TrancheEvent = (
    TrancheReleasedForPayment
    | PaymentInstructed
    | PaymentWithheld
    | PaymentAccepted
    | PaymentSettled
    | PaymentRejected
    | PaymentUnanswered
    | BankAnswerRefused
)


class Tranche(Value):
    """The state of one attempt to pay."""

    order: TrancheOrder
    status: TrancheStatus = TrancheStatus.RELEASED
    end_to_end_id: str = ""
    reason: str = ""
    answers: tuple[UUID, ...] = ()
    version: int = 0

    @property
    def outcome(self) -> TrancheOutcome | None:
        """How it ended, or None while it is open."""
        return {
            TrancheStatus.SETTLED: TrancheOutcome.SETTLED,
            TrancheStatus.REJECTED: TrancheOutcome.REJECTED,
            TrancheStatus.WITHHELD: TrancheOutcome.WITHHELD,
        }.get(self.status)


def decide_answer(tranche: Tranche, answer: BankAnswer) -> tuple[TrancheEvent, ...]:
    """Return what a bank's answer changes; nothing for one that was heard before."""
    if answer.answer_id in tranche.answers:
        return ()
    if tranche.outcome is not None or tranche.status is TrancheStatus.RELEASED:
        return (_refused(answer, f"the payment is {tranche.status.value.lower()}"),)
    if answer.money != tranche.order.money:
        return (_refused(answer, f"the bank says {answer.money}, the order says {tranche.order.money}"),)
    match answer.status:
        case BankStatus.ACCEPTED:
            return (PaymentAccepted(at=answer.said_at, answer=answer),)
        case BankStatus.SETTLED:
            return (PaymentSettled(at=answer.said_at, answer=answer),)
        case BankStatus.REJECTED:
            return (PaymentRejected(at=answer.said_at, answer=answer),)
        case BankStatus.RETURNED | BankStatus.RECEIVED:
            return (_refused(answer, "nothing was booked yet that could come back"),)
        case _:
            assert_never(answer.status)


def _refused(answer: BankAnswer, reason: str) -> BankAnswerRefused:
    return BankAnswerRefused(
        at=answer.said_at, content=answer.model_dump_json(), reason=reason, answer_id=answer.answer_id
    )


def evolve_tranche(tranche: Tranche, event: TrancheEvent) -> Tranche:
    """Return the tranche after an event."""
    return tranche.model_copy(update={**_change(tranche, event), "version": tranche.version + 1})


def _change(tranche: Tranche, event: TrancheEvent) -> dict[str, object]:
    match event:
        case TrancheReleasedForPayment():
            return {"order": event.order}
        case PaymentInstructed():
            return {"status": TrancheStatus.INSTRUCTED, "end_to_end_id": event.end_to_end_id}
        case PaymentWithheld():
            return {"status": TrancheStatus.WITHHELD, "reason": event.reason}
        case PaymentUnanswered():
            return {"status": TrancheStatus.UNKNOWN, "reason": "the bank has not answered"}
        case PaymentAccepted(answer=answer):
            return {"status": TrancheStatus.ACCEPTED, "answers": _heard(tranche, answer)}
        case PaymentSettled(answer=answer):
            return {"status": TrancheStatus.SETTLED, "reason": answer.code, "answers": _heard(tranche, answer)}
        case PaymentRejected(answer=answer):
            reason = f"{answer.code} {answer.reason}".strip()
            return {"status": TrancheStatus.REJECTED, "reason": reason, "answers": _heard(tranche, answer)}
        case BankAnswerRefused(answer_id=answer_id):
            return {} if answer_id is None else {"answers": (*tranche.answers, answer_id)}
        case _:
            assert_never(event)


def _heard(tranche: Tranche, answer: BankAnswer) -> tuple[UUID, ...]:
    return (*tranche.answers, answer.answer_id)


def fold_tranche(events: tuple[TrancheEvent, ...]) -> Tranche:
    """Return the tranche that a history makes; the first event is always its release."""
    match events:
        case (TrancheReleasedForPayment(order=order), *_):
            return reduce(evolve_tranche, events, Tranche(order=order))
        case _:
            raise ValueError("a tranche's history begins with its release")
