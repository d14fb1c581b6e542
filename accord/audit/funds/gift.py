"""Check the restricted gift that funds a payment: its receipts by the bank's answers, its limits, and its days."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final, cast
from uuid import UUID

from accord.audit.bank.attempts import AttemptsByEvidence
from accord.audit.bank.bank_evidence import BankEvidence
from accord.audit.bank.refunds import refunds_after
from accord.audit.bank.reopening import Restored
from accord.audit.heads import Heads
from accord.audit.together import SumsBeside
from accord.audit.walk.payments import is_for_people
from accord.audit.walk.walk import Attempt, Walk
from domain.fault import Fault
from domain.partnership import events as e
from domain.partnership.refund.refunds import NOT_GONE, Refund, went_out_again
from domain.payment.bank_answers import BankStatus
from domain.payment.tranche.events import PaymentSettled, PaymentShort
from domain.policy.round_trips import got_back_by
from domain.proposal import Direction, FundsIn, FundsOut
from domain.recorded.event import RecordedEvent
from domain.screening.gifts import NOT_APPROVED_YET, GiftEvidence
from domain.streams import StreamId
from domain.values import Money
from payments import Connection
from records.authorship import Reader

_TELLS_THE_TERMS: Final = (e.PartnershipProposed, e.ProposalRevised, e.ProposalAmended)


async def gift_fault(
    connection: Connection, reader: Reader, evidence: BankEvidence, beside: SumsBeside, walk: Walk, today: date,
    heads: Heads,
) -> Fault | None:  # fmt: skip
    """Return the fault if a restricted gift may not pay for this today: by its proved receipts or its days, or None.

    The version of each gift's stream is added to `heads`, so that a hold before a hand-over is seen.
    """
    for gift in walk.verification.all_gifts if walk.verification else ():
        if fault := await _fault_of_gift(connection, reader, evidence, beside, gift, today, heads):
            return fault
    return None


async def _fault_of_gift(
    connection: Connection, reader: Reader, evidence: BankEvidence, beside: SumsBeside, gift: GiftEvidence,
    today: date, heads: Heads,
) -> Fault | None:  # fmt: skip
    if not gift.found:
        return None
    stream = StreamId.partnership(gift.gift)
    events = await reader.read(stream)
    heads[stream] = len(events)
    version, walk = await beside.walk_of(stream)
    heads[stream] = version
    if walk.held.on({None, Direction.FUNDS_IN}):
        return Fault(f"{gift.gift} stands on hold; nothing is spent of it until that is lifted")
    if await is_questioned(connection, evidence, walk):
        return Fault(f"the bank's word on {gift.gift} must be looked at; nothing is spent of it until then")
    amount = await proved_receipts(connection, evidence, events, gift.gift, gift.currency)
    if amount < gift.received:
        return Fault(
            f"the bank's files prove {amount} of the {gift.received} that {gift.gift} is said to have received"
        )
    return _day_fault(gift, newest_terms(events), today)


async def is_questioned(connection: Connection, evidence: BankEvidence, walk: Walk) -> bool:
    """True if the bank said something of a gift that people must look at, such as that it takes it back.

    A gift that has come in is over, as a rule, so that no hold can say so.
    """
    return any([not await evidence.is_settled(connection, exception_id) for exception_id in sorted(walk.contradicted)])


async def terms_fault(reader: Reader, walk: Walk) -> Fault | None:
    """Return the fault if a gift is restricted otherwise than the verification says, or None.

    The gift's own stream is read: the system recorded the verification's words on it, and nobody signed them.
    """
    out = walk.proposal.funds_out if walk.proposal else None
    for gift in walk.verification.all_gifts if walk.verification and out else ():
        if not gift.found or out is None:
            continue
        terms = newest_terms(await reader.read(StreamId.partnership(gift.gift)))
        if fault := _limits_fault(gift, terms, walk.is_older) or _return_fault(gift, terms, out):
            return fault
    return None


def newest_terms(recorded_events: Sequence[RecordedEvent]) -> FundsIn | None:
    """Return the gift as it was proposed or amended last."""
    events = (cast(Any, recorded_event.event) for recorded_event in recorded_events)
    proposals = [event.proposal for event in events if isinstance(event, _TELLS_THE_TERMS)]
    return proposals[-1].funds_in if proposals else None


def _limits_fault(gift: GiftEvidence, terms: FundsIn | None, older: bool) -> Fault | None:
    """Return the fault if the gift's funder or restriction is another in the verification than in the gift's stream.

    `older`: the verification is of before edition 2026.4, which knew the words alone.
    """
    if terms is None:
        return Fault(f"{gift.gift} brings no money in")
    if older and not gift.funder:
        return None
    if gift.funder != terms.funder:
        return Fault(f"{gift.gift} was given to {terms.funder}, and its verification says {gift.funder or 'nobody'}")
    unknown = gift.restricted_to == NOT_APPROVED_YET
    words = gift.restricted_to == terms.restricted_to or unknown
    parts = gift.restriction == terms.restriction or unknown
    return None if words and parts else Fault(f"{gift.gift} is restricted otherwise than its verification says")


def _return_fault(gift: GiftEvidence, terms: FundsIn | None, out: FundsOut) -> Fault | None:
    """Return the fault if the donor is somebody on the leg, and the verification does not say so."""
    untold = set(got_back_by(terms.donor, out)) - set(gift.got_back_by) if terms and terms.is_restricted else ()
    return (
        Fault(f"the donor of {gift.gift} would get it back, and its verification does not say so") if untold else None
    )


def _day_fault(gift: GiftEvidence, terms: FundsIn | None, today: date) -> Fault | None:
    limits = terms.restriction if terms is not None else None
    first, last = (limits.not_before, limits.not_after) if limits is not None else (None, None)
    if (first is None or first <= today) and (last is None or today <= last):
        return None
    return Fault(f"{gift.gift} may be spent from {first or 'now'} to {last or 'any day'}, and today is {today}")


async def awaited_fault(
    connection: Connection, reader: Reader, evidence: BankEvidence, walk: Walk, money: Money, restores: Restored
) -> Fault | None:
    """Return the fault if a payment waits for the partnership's own gift, and too little is proved to have come.

    `money`: the payment's sum.
    """
    out = walk.proposal.funds_out if walk.proposal else None
    if walk.proposal is None or out is None or not out.waits_for_gift:
        return None
    reference = walk.proposal.reference
    events = await reader.read(StreamId.partnership(reference))
    proved_sum = await proved_receipts(connection, evidence, events, reference, money.currency)
    required_sum = max(await paid_or_in_flight(connection, reader, evidence, walk, out, restores), money.amount)
    return (
        Fault(f"it waits for the gift: {proved_sum:,} of {required_sum:,} is proved to have come in")
        if proved_sum < required_sum
        else None
    )


async def paid_or_in_flight(
    connection: Connection, reader: Reader, evidence: BankEvidence, walk: Walk, out: FundsOut, restores: Restored
) -> Decimal:
    """Return the sum of what was released and did not come back, by the bank and by signed resolutions."""
    return sum((await paid_by_attempt(connection, reader, evidence, walk, out, restores)).values(), Decimal(0))


async def paid_by_attempt(
    connection: Connection, reader: Reader, evidence: BankEvidence, walk: Walk, out: FundsOut, restores: Restored
) -> dict[Attempt, Decimal]:
    """Return the sum that each attempt paid, or has on its way, without returns through the bank.

    A payment that left before a restore of the ledger was released, whatever the ledger forgot of it.
    """
    planned_amounts = {plan.number: plan.money.amount for plan in out.tranches}
    attempts = _left_before(walk, out, restores)
    sums = {attempt: planned_amounts[attempt.tranche] for attempt in attempts if attempt not in walk.released}
    if walk.proposal is None:
        return sums
    for attempt in walk.released:
        unsent = attempt in walk.cancelled or (attempt in walk.withheld and attempt not in walk.handed_over)
        if unsent and attempt not in attempts:
            continue
        if await _came_to_nothing(connection, reader, evidence, walk, attempt):
            continue
        answers = [answer for answer in walk.resolved.get(attempt, ()) if answer.status is BankStatus.RETURNED]
        back = [answer.money.amount for answer in answers if await evidence.was_resolved(answer)]
        amount = await _paid_by(connection, reader, evidence, walk.proposal.reference, attempt, walk)
        sums[attempt] = max(amount - sum(back, Decimal(0)), Decimal(0))
    return sums


async def _paid_by(
    connection: Connection, reader: Reader, evidence: BankEvidence, partnership_id: str, attempt: Attempt, walk: Walk
) -> Decimal:
    """Return the sum that an attempt paid or has on its way: that of its release, or less where that is proved."""
    stream = StreamId.attempt(partnership_id, attempt.tranche, attempt.attempt)
    events: list[Any] = [recorded_event.event for recorded_event in await reader.read(stream)]
    money = walk.released[attempt].event.money.amount
    ends = AttemptsByEvidence(reader, evidence, Heads())
    return await ends.booked_sum(connection, events, money, by_people_alone=is_for_people(walk, attempt))


def _left_before(walk: Walk, out: FundsOut, restores: Restored) -> frozenset[Attempt]:
    """Return the attempts to pay a partnership's tranches that left before a restore of the ledger."""
    if walk.proposal is None or not restores.left:
        return frozenset()
    highest = max((released_attempt.attempt for released_attempt in walk.released), default=0)
    reference = walk.proposal.reference
    return frozenset(
        Attempt(plan.number, attempt)
        for plan in out.tranches
        for attempt in restores.attempts(reference, plan.number, highest)
    )


async def _came_to_nothing(
    connection: Connection, reader: Reader, evidence: BankEvidence, walk: Walk, attempt: Attempt
) -> bool:
    """True if the bank is proved to have rejected an attempt, or given back all it booked, and not booked it since.

    A booking that people counted is one that the attempt's own stream tells, with its place before what came back.
    """
    if walk.proposal is None:
        return False
    stream = StreamId.attempt(walk.proposal.reference, attempt.tranche, attempt.attempt)
    events: list[Any] = [recorded_event.event for recorded_event in await reader.read(stream)]
    told_ids = {event.answer.answer_id for event in events if isinstance(event, PaymentSettled | PaymentShort)}
    counted = (answer for answer in walk.resolved.get(attempt, ()) if answer.status is BankStatus.SETTLED)
    if any(answer.answer_id not in told_ids for answer in counted):
        return False
    key, by_people_alone = (walk.proposal.reference, *attempt), is_for_people(walk, attempt)
    money = walk.released[attempt].event.money.amount
    ends = AttemptsByEvidence(reader, evidence, Heads())
    booked_sum = await ends.booked_sum(connection, events, money, by_people_alone=by_people_alone)
    return await ends.ended_by_the_bank(connection, key, events, booked_sum, by_people_alone)


async def proved_receipts(
    connection: Connection, evidence: BankEvidence, events: Sequence[RecordedEvent], gift: str, currency: str
) -> Decimal:
    """Return the sum of a gift's proved receipts in its currency, each counted once, less what went back."""
    receipts: dict[UUID, Decimal] = {}
    taken: dict[UUID, Decimal] = {}
    refunds: tuple[Refund, ...] = ()
    for recorded_event in events:
        event = cast(Any, recorded_event.event)
        refunds = refunds_after(refunds, event)
        if isinstance(event, e.BankContradicted) and event.taken_back and event.taken_back.currency == currency:
            taken[event.exception_id] = event.taken_back.amount
        answer = event.answer if isinstance(event, e.FundsReceived | e.ContradictionResolved) else None
        if answer is None or answer.status is not BankStatus.RECEIVED:
            continue
        if (answer.partnership_id, answer.money.currency) != (gift, currency) or answer.answer_id in receipts:
            continue
        if await evidence.confirms(connection, answer) or await evidence.was_resolved(answer):
            receipts[answer.answer_id] = answer.money.amount
    gone = [amount for exception_id, amount in taken.items() if not await _stays(evidence, exception_id)]
    return sum(receipts.values(), Decimal(0)) - max(went_out_again(refunds), sum(gone, Decimal(0)))


async def _stays(evidence: BankEvidence, exception_id: UUID) -> bool:
    """True if people signed that the bank took nothing of a gift by this, or that it was told before."""
    exception = await evidence.exception(exception_id)
    act = exception.standing if exception is not None else None
    return act is not None and act.resolution in NOT_GONE
