"""Resolve what the bank said and nobody could match: one person says what it was, two where money moves by it."""

from __future__ import annotations

from typing import NamedTuple
from uuid import UUID

from audit.bank_evidence import BankEvidence
from commands.bank_entries import record_on_attempt
from commands.counter import Counter, at_the_counter, signed_act, tell_workflows
from commands.desk import Desk
from commands.faults import BadInput, Refused
from domain import commands as c
from domain.bank_answers import BankAnswer, BankStatus, Resolution, resolution_needs_two
from domain.bank_file import (
    BankException,
    ExceptionResolved,
    ResolutionAgreed,
    exception_stream,
)
from domain.decisions import receipt_fault
from domain.identity import derive
from domain.partnership import Partnership, TrancheState
from domain.tranche import PaymentRejected, PaymentReturned, PaymentSettled, Tranche, TrancheEvent
from payments.exceptions import RaisedException, mark_resolved, read_exceptions


class Resolved(NamedTuple):
    """What became of a resolution."""

    exception: RaisedException
    resolution: Resolution
    waits_for_second: bool
    """Whether another person must say the same before it counts."""


class Belongs(NamedTuple):
    """Of whom an exception is, where it belongs to somebody."""

    partnership_id: str = ""
    tranche: int = 0
    attempt: int = 0


async def named_exception(desk: Desk, named: str) -> RaisedException:
    """Return the exception of a name, or of the unique beginning of one. Raises BadInput."""
    wanted = named.upper().removeprefix("EX-").replace("-", "")
    async with desk.pool.acquire() as connection:
        known = await read_exceptions(connection, resolved=True)
    found = [one for one in known if len(wanted) >= 4 and one.exception_id.hex.upper().startswith(wanted)]
    if len(found) != 1:
        raise BadInput(f"{named!r} names {len(found) or 'none'} of the exceptions; see `accord payments exceptions`")
    return found[0]


async def resolve(
    desk: Desk, exception: RaisedException, resolution: Resolution, belongs: Belongs, note: str, actor: str
) -> Resolved:
    """Say what an exception was. Where money moves by it, the second person who says the same makes it count.

    Raises:
        Refused: It is resolved, they took part in what it would move, or it cannot be so.
    """
    stream = exception_stream(exception.exception_id)
    evidence = BankEvidence(desk.ledger, desk.registrar)
    known = await _read(evidence, exception.exception_id)
    if known.resolved is not None:
        raise Refused(f"{exception.name} was resolved by {known.resolved.actor}", "IllegalTransition")
    answer = _counted(known, resolution, belongs)
    content = {
        "resolution": resolution, "partnership_id": belongs.partnership_id or None, "tranche": belongs.tranche,
        "attempt": belongs.attempt, "note": note,
    }  # fmt: skip
    resolved = await signed_act(desk, ExceptionResolved, stream, actor, **content)
    two = resolution_needs_two(resolution, answer.status if answer else None)
    involved = await evidence.involved(known, answer) if two else frozenset()
    if actor in involved:
        raise Refused(
            f"{actor} took part in it ({', '.join(sorted(involved))} did); two others must", "SeparationOfDuties"
        )
    if two and not known.first(resolved, besides=involved):
        agreed = await signed_act(desk, ResolutionAgreed, stream, actor, **content)
        async with at_the_counter(desk) as counter:
            await counter.act(stream, agreed)
        return Resolved(exception, resolution, waits_for_second=True)
    async with at_the_counter(desk) as counter:
        await counter.act(stream, resolved)
        await _move_totals(counter, exception, resolved, known, answer)
        await mark_resolved(counter.connection, exception.exception_id)
    await tell_workflows(counter)
    return Resolved(exception, resolution, waits_for_second=False)


async def _read(evidence: BankEvidence, exception_id: UUID) -> BankException:
    found = await evidence.exception(exception_id)
    if found is None:
        raise Refused("the ledger holds no such exception", "Unknown")
    return found


def _counted(known: BankException, resolution: Resolution, belongs: Belongs) -> BankAnswer | None:
    """The answer that counts by a resolution, as it is of whom it belongs to; None where nothing counts."""
    if resolution is not Resolution.BELONGS_TO:
        return None
    answer = known.raised.answer
    if answer is None:
        raise Refused(
            "what the bank said cannot be read as an answer, so it cannot count; resolve it as bank-error or ours, "
            "and have the bank say it again",
            "IllegalTransition",
        )
    whose = belongs.partnership_id or answer.partnership_id
    if not whose:
        raise BadInput("say whose it is: --partnership P-..., and --tranche for a payment")
    place = {"tranche": belongs.tranche or answer.tranche, "attempt": belongs.attempt or answer.attempt}
    return answer.model_copy(update={"partnership_id": whose, **place})


async def _move_totals(
    counter: Counter, exception: RaisedException, resolved: ExceptionResolved, known: BankException,
    answer: BankAnswer | None,
) -> None:  # fmt: skip
    whose = answer.partnership_id if answer else known.raised.partnership_id
    if not whose:
        return
    partnership = await counter.partnership(whose)
    if partnership.version == 0:
        raise Refused(f"there is no partnership {whose}", "Unknown")
    if answer is not None:
        await _count(counter, partnership, answer)
    command = c.RecordResolution(
        command_id=derive("resolved", exception.exception_id), at=resolved.at,
        exception_id=exception.exception_id, resolution=resolved.resolution, answer=answer,
    )  # fmt: skip
    await counter.decide(partnership, command)


async def _count(counter: Counter, partnership: Partnership, answer: BankAnswer) -> None:
    """Let an answer count on the attempt's own stream as well. Raises Refused where it cannot."""
    if answer.status is BankStatus.RECEIVED:
        if fault := receipt_fault(partnership, answer):
            raise Refused(fault, "IllegalTransition")
        return
    attempt = await counter.attempt(answer.partnership_id, answer.tranche, answer.attempt)
    if attempt is None:
        raise Refused(f"{answer.partnership_id} has no attempt {answer.attempt} at tranche {answer.tranche}", "Unknown")
    events = _events_of(attempt, answer, partnership)
    await record_on_attempt(counter, attempt, answer, events)


def _events_of(attempt: Tranche, answer: BankAnswer, partnership: Partnership) -> tuple[TrancheEvent, ...]:
    tranche = partnership.tranche(answer.tranche)
    if tranche is None or tranche.attempt != answer.attempt:
        raise Refused("a later attempt was released meanwhile; it cannot count any more", "IllegalTransition")
    settled = tranche.state is TrancheState.SETTLED
    match answer.status:
        case BankStatus.SETTLED if attempt.booked and settled:
            raise Refused(
                "it is booked already, and one payment is booked once: resolve it as bank-error or told-before, "
                "or name the payment that it belongs to",
                "IllegalTransition",
            )
        case BankStatus.SETTLED:
            return (PaymentSettled(at=answer.said_at, answer=answer),)
        case BankStatus.REJECTED:
            return (PaymentRejected(at=answer.said_at, answer=answer),)
        case BankStatus.RETURNED if settled and answer.money.amount < tranche.money.amount - tranche.returned:
            return ()
        case BankStatus.RETURNED:
            return (PaymentReturned(at=answer.said_at, answer=answer),)
        case _:
            return ()
