"""Decide on payments: a release, and the commands of the bank's counter."""

from __future__ import annotations

from typing import assert_never

from domain.errors import PaymentRefused
from domain.fault import Fault
from domain.partnership import events as e
from domain.partnership.choices import remainder_of
from domain.partnership.circumstances import Circumstances
from domain.partnership.events import Events
from domain.partnership.hold.decisions import held_unless_ended, repeats_a_hold
from domain.partnership.payment import commands as c
from domain.partnership.payment.recalling import decide_heard
from domain.partnership.stages import Stage
from domain.partnership.state import PAID_STATES, Partnership, TrancheProgress, TrancheState
from domain.payment.account_numbers import masked
from domain.payment.bank_answers import HOLDS, BankAnswer
from domain.payment.tranche.status import TrancheOutcome
from domain.proposal import Direction


def release(partnership: Partnership, command: c.Release, circumstances: Circumstances) -> Events:
    """Return the release of a tranche, if nothing beside the partnership itself speaks against any payment."""
    _require_payable(circumstances)
    tranche = next(tranche for tranche in partnership.tranches if tranche.number == command.tranche)
    event = e.TrancheReleased(
        at=command.at,
        actor=command.actor,
        signature=command.signature,
        tranche=command.tranche,
        attempt=tranche.next_attempt,
        money=remainder_of(tranche),
        attempt_signed=command.attempt is not None,
    )
    return (event,)


def _require_payable(circumstances: Circumstances) -> None:
    """Raise PaymentRefused if what was told, what is owed, the agreement or the funds speak against any payment."""
    if circumstances.told:
        raise PaymentRefused(f"nothing is paid: {circumstances.told}")
    if circumstances.owed:
        raise PaymentRefused(f"nothing is paid to this grantee: {circumstances.owed[0]}")
    if circumstances.not_under:
        raise PaymentRefused(f"nothing is paid: {circumstances.not_under}")
    if circumstances.unfunded:
        raise PaymentRefused(str(circumstances.unfunded))


def decide_payment(partnership: Partnership, command: c.CounterCommand, _: Circumstances) -> Events:
    """Return the events that follow from a command of the bank's counter.

    Raises:
        PaymentRefused: The attempt's state does not allow a hand-over, a record that it was never sent, or an answer
            to a recall.
    """
    match command:
        case c.RecordReceipt():
            return _received(partnership, command)
        case c.RecordHandOver():
            return _handed_over(partnership, command)
        case c.RecordNeverSent():
            return _never_sent(partnership, command)
        case c.RecordResolution():
            return _resolved(partnership, command)
        case c.RecordTrancheOutcome():
            return _tranche_ended(partnership, command)
        case c.RecordContradiction():
            return _contradicted(partnership, command)
        case c.RecordRecallAnswer():
            return decide_heard(partnership, command)
        case _:
            assert_never(command)


def _may_end(partnership: Partnership, command: c.RecordTrancheOutcome) -> bool:
    """True if the attempt is in a state that can end in this outcome.

    A handed-over attempt can be settled, short or rejected, a released one withheld or cancelled, a settled or short
    one returned, and a settled one short, by its booking.
    """
    tranche = partnership.tranche(command.tranche)
    if tranche is None or (tranche.attempt != command.attempt and not _returns_earlier(tranche, command)):
        return False
    match command.outcome:
        case TrancheOutcome.RETURNED:
            return tranche.state in PAID_STATES or _returns_earlier(tranche, command)
        case TrancheOutcome.SHORT:
            by_status = tranche.state is TrancheState.SETTLED and tranche.booked_sum is None
            return command.booked_money is not None and (by_status or tranche.state is TrancheState.HANDED_OVER)
        case TrancheOutcome.WITHHELD | TrancheOutcome.CANCELLED:
            return tranche.state is TrancheState.RELEASED
        case TrancheOutcome.SETTLED | TrancheOutcome.REJECTED:
            return tranche.state is TrancheState.HANDED_OVER


def _returns_earlier(tranche: TrancheProgress, command: c.RecordTrancheOutcome) -> bool:
    """True if an earlier attempt came back, of which a part counts as paid."""
    attempts = {payment.attempt for payment in tranche.earlier}
    return command.outcome is TrancheOutcome.RETURNED and command.attempt in attempts


def _is_known_outcome(partnership: Partnership, command: c.RecordTrancheOutcome) -> bool:
    """True if the outcome is known already, for example because the importer recorded it first."""
    tranche = partnership.tranche(command.tranche)
    if tranche is None or tranche.attempt < command.attempt or _returns_earlier(tranche, command):
        return False
    if tranche.attempt > command.attempt or tranche.state.value == command.outcome.value:
        return True
    match tranche.state, command.outcome:
        case (TrancheState.RETURNED, TrancheOutcome.SETTLED | TrancheOutcome.SHORT) | (
            TrancheState.CANCELLED,
            TrancheOutcome.WITHHELD,
        ):
            return True  # returned since; cancelled before the pre-payment check
        case (TrancheState.SHORT, TrancheOutcome.SETTLED):
            return True  # settled by its status, and short by its booking
        case (TrancheState.SETTLED, TrancheOutcome.SHORT):
            return tranche.booked_sum is not None  # short at first, and then the rest was booked as well
        case (TrancheState.SETTLED, TrancheOutcome.CANCELLED | TrancheOutcome.WITHHELD):
            return True  # an earlier attempt was booked after all
        case (TrancheState.SETTLED, TrancheOutcome.REJECTED | TrancheOutcome.RETURNED):
            return tranche.booked_sum == 0  # it paid nothing, and then the rest was given up
        case _:
            return False


def _tells_more(partnership: Partnership, command: c.RecordTrancheOutcome) -> bool:
    """True if a booking tells its figures of an attempt that settled by a report on its status alone."""
    tranche = partnership.tranche(command.tranche)
    if tranche is None or command.figures is None or command.outcome is not TrancheOutcome.SETTLED:
        return False
    standing = (tranche.attempt, tranche.state, tranche.figures)
    return standing == (command.attempt, TrancheState.SETTLED, None)


def _tranche_ended(partnership: Partnership, command: c.RecordTrancheOutcome) -> Events:
    if _is_known_outcome(partnership, command) and not _tells_more(partnership, command):
        return ()
    if not _may_end(partnership, command) and not _tells_more(partnership, command):
        attempt = f"tranche {command.tranche}, attempt {command.attempt}: {command.outcome.value}"
        reason = "no payment of this attempt is in a state that can end so"
        return (e.CommandRefused(at=command.at, actor="bank", attempted=attempt, reason=reason),)
    if command.booked_money is not None:
        place = {"tranche": command.tranche, "attempt": command.attempt}
        return (e.TranchePaidShort(at=command.at, **place, money=command.booked_money, reason=command.reason),)
    event = e.TrancheEnded(
        at=command.at,
        tranche=command.tranche,
        attempt=command.attempt,
        outcome=command.outcome,
        reason=command.reason,
        figures=command.figures,
    )
    withheld = command.outcome is TrancheOutcome.WITHHELD
    if withheld and repeats_a_hold(partnership, command.reason):
        return (event,)
    if withheld or command.outcome is TrancheOutcome.RETURNED:
        reason = f"tranche {command.tranche} was {command.outcome.value.lower()}: {masked(command.reason)}"
        return (event, *held_unless_ended(partnership, command.at, reason, Direction.FUNDS_OUT))
    return (event,)


def _handed_over(partnership: Partnership, command: c.RecordHandOver) -> Events:
    """Return the event of a payment's hand-over.

    Raises:
        PaymentRefused: The attempt was not released, was cancelled, or was handed over before.
    """
    _require_attempt(partnership, command.tranche, command.attempt, TrancheState.RELEASED)
    number, attempt = command.tranche, command.attempt
    return (e.TrancheHandedOver(at=command.at, tranche=number, attempt=attempt, message_id=command.message_id),)


def _never_sent(partnership: Partnership, command: c.RecordNeverSent) -> Events:
    _require_attempt(partnership, command.tranche, command.attempt, TrancheState.HANDED_OVER)
    number, attempt = command.tranche, command.attempt
    return (e.TrancheNeverSent(at=command.at, tranche=number, attempt=attempt, message_id=command.message_id),)


def _require_attempt(partnership: Partnership, number: int, attempt: int, state: TrancheState) -> None:
    tranche = partnership.tranche(number)
    if tranche is None or (tranche.attempt, tranche.state) != (attempt, state):
        stands = f"{tranche.state.value}, attempt {tranche.attempt}" if tranche else "not planned"
        raise PaymentRefused(f"tranche {number}, attempt {attempt} is not {state.value}: it is {stands}")


def _contradicted(partnership: Partnership, command: c.RecordContradiction) -> Events:
    """Return the event of a bank's answer that needs a person, with a hold if our own money is at stake.

    None if it is on record: what was resolved once is not opened again.
    """
    known_ids = {*partnership.contradictions, *partnership.late_returns, *partnership.resolved}
    if command.exception_id in known_ids:
        return ()
    kind, reason = command.exception, command.reason
    event = e.BankContradicted(
        at=command.at, exception_id=command.exception_id, exception=kind, reason=reason, answer=command.answer,
        taken_back=command.taken_back,
    )  # fmt: skip
    if kind not in HOLDS:
        return (event,)
    return (event, *held_unless_ended(partnership, command.at, f"the bank's word must be looked at: {reason}"))


def _resolved(partnership: Partnership, command: c.RecordResolution) -> Events:
    """Return the event of a resolution, or none if the exception is resolved already, so that nothing counts twice."""
    exception_id, answer = command.exception_id, command.answer
    if exception_id in partnership.resolved:
        return ()
    resolution = command.resolution
    return (e.ContradictionResolved(at=command.at, exception_id=exception_id, resolution=resolution, answer=answer),)


def receipt_fault(partnership: Partnership, answer: BankAnswer) -> Fault | None:
    """Return the reason why money that came in is not expected in this partnership, or None if it is."""
    gift = partnership.proposal.funds_in if partnership.proposal else None
    if gift is None:
        return Fault(f"no money is expected in {partnership.partnership_id}")
    if partnership.stage not in {Stage.AGREEMENT, Stage.ACTIVE}:
        return Fault(f"{partnership.partnership_id} is {partnership.stage.value}: no money is expected in it now")
    if gift.money.currency != answer.money.currency:
        return Fault(f"{gift.money.currency} was promised in {partnership.partnership_id}, {answer.money} came")
    return None


def _received(partnership: Partnership, command: c.RecordReceipt) -> Events:
    answer = command.answer
    if fault := receipt_fault(partnership, answer):
        attempt = f"receipt of {answer.money}"
        return (e.CommandRefused(at=command.at, actor="bank", attempted=attempt, reason=str(fault)),)
    reference = answer.bank_reference
    return (e.FundsReceived(at=command.at, money=answer.money, bank_reference=reference, answer=answer),)
