"""Record the events of an attempt to pay a tranche, and read them back. Run as local activities."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final

import asyncpg
from temporalio import activity
from temporalio.exceptions import ApplicationError

from activities.contracts import AttemptSeen, ReadRequest, Recorded, RecordRequest
from activities.folding import FoldedPartnership
from activities.telling import timed_append
from domain.errors import EpochNotBegun, NotSigned
from domain.fault import Fault
from domain.identity import ACCORD
from domain.partnership.events import ContradictionResolved, PaymentCancelled, TrancheReleased
from domain.partnership.evolution import evolve
from domain.partnership.state import Partnership
from domain.payment.bank_answers import BankStatus
from domain.payment.tranche.events import TrancheEvent, TrancheReleasedForPayment
from domain.payment.tranche.order import PaidFor
from domain.recorded.event import RecordedEvent
from domain.recorded.writers import Writer, may_append
from domain.streams import DIRECTORY_STREAM, AttemptNumber, StreamId
from ledger import AppendRequest, AppendStatus
from records.authorship import Reader
from records.codec import to_ledger
from records.directory import DirectoryRepository
from records.forms import shut_fields
from records.opening import open_ledger

STREAM: Final = r"partnership/P-\d{4}-\d{4,6}/tranche/\d+/attempt/\d+"
"""The form of an attempt's stream id. A partnership's own stream is written by `carry_out` instead."""


class AttemptRecords:
    """Activities over the streams of attempts to pay."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool
        self._ledger = open_ledger(pool, Writer.WORKER)
        self._registrar = DirectoryRepository(self._ledger)
        self._reader = Reader(self._ledger, self._registrar)

    @activity.defn
    async def record_attempt(self, request: RecordRequest) -> Recorded:
        """Append events exactly once, however often this runs. Return the stream's events after the expected version.

        A retry with newly computed events returns the events recorded the first time; the workflow evolves from those.
        """
        if fault := await self._registrar.fault_of_installation():
            raise EpochNotBegun(str(fault))
        if fault := _fault_of_stream(request):
            raise ApplicationError(f"not recorded: {fault}", type=NotSigned.__name__, non_retryable=True)
        events = tuple([await self._with_subject(event) for event in request.events])
        with timed_append(request.command_id):
            answer = await self._ledger.append(_append_of(request, events))
        recorded_events = await self._reader.as_reported(answer.report)
        if recorded_events is None:
            recorded_events = await self._reader.read(request.stream_id, request.expected_version)
        # The same command with other content is fine in this stream: an earlier execution of the task recorded it (ADR
        # 0001).
        is_repeat = any(event.command_id == request.command_id for event in recorded_events)
        if answer.status is AppendStatus.KEY_REUSE and not is_repeat:
            raise ApplicationError(
                f"command {request.command_id} was recorded before with other content",
                type=AppendStatus.KEY_REUSE.value,
                non_retryable=True,
            )
        return Recorded(events=tuple(recorded_events))

    @activity.defn
    async def look_at_attempt(self, request: ReadRequest) -> AttemptSeen:
        """Return an attempt's events after a version, and the reason why the payment was cancelled, if it was.

        A partnership that asks must know no more of itself than the ledger holds: it would end a payment's workflow of
        which the ledger forgot everything.
        """
        stream = StreamId(request.stream_id)
        async with self._ledger.at_one_moment():
            recorded_events = await self._reader.read(stream, request.after_version)
            partnership = tuple(await self._reader.read(StreamId.partnership(stream.subject)))
        # Only for what it raises: LedgerBehind.
        FoldedPartnership(Partnership(partnership_id=stream.subject), partnership).since(request.known)
        return AttemptSeen(events=tuple(recorded_events), cancelled=self._cancelled(stream, partnership))

    async def _with_subject(self, event: TrancheEvent) -> TrancheEvent:
        """Return an event, a release with its subject from the ledger: what a workflow says of it is not believed.

        It is added here, by the run's own release: the rules answer in a form that earlier releases read (ADR 0054).
        Where the installation may still go back to one of those, it is left out (ADR 0102).
        """
        if not isinstance(event, TrancheReleasedForPayment):
            return event
        recorded_events = await self._reader.read(StreamId.partnership(event.order.partnership_id))
        subject = paid_for(event.order.partnership_id, recorded_events, (event.order.tranche, event.order.attempt))
        release = event.model_copy(update={"paid_for": subject})
        return release.model_copy(update=dict.fromkeys(await shut_fields(self._pool, release)))

    def _cancelled(self, stream: StreamId, partnership: tuple[RecordedEvent, ...]) -> str:
        is_later = False
        for recorded_event in partnership:
            event = recorded_event.event
            if isinstance(event, TrancheReleased):  # a booking that was resolved before it was known to its payer
                is_later |= (event.tranche, event.attempt) == stream.place
            if isinstance(event, PaymentCancelled) and (event.tranche, event.attempt) == stream.place:
                return f"cancelled by {event.actor}: {event.reason}"
            if is_later and isinstance(event, ContradictionResolved) and _was_booked_before(event, stream.place):
                return "an earlier attempt was booked after all"
        return ""


def _was_booked_before(event: ContradictionResolved, place: AttemptNumber | None) -> bool:
    answer = event.answer
    if answer is None or place is None or answer.status is not BankStatus.SETTLED:
        return False
    return answer.tranche == place.tranche and answer.attempt < place.attempt


def paid_for(partnership_id: str, events: Iterable[RecordedEvent], place: tuple[int, int]) -> PaidFor | None:
    """Return the subject of a payment as its partnership stood when it was released, or None if it never was."""
    partnership = Partnership(partnership_id=partnership_id)
    for recorded_event in events:
        event: Any = recorded_event.event
        partnership = evolve(partnership, event)
        if isinstance(event, TrancheReleased) and (event.tranche, event.attempt) == place:
            return _subject_of(partnership)
    return None


def _subject_of(partnership: Partnership) -> PaidFor:
    out = partnership.proposed.funds_out
    parts = partnership.shares or (out.parts if out is not None else ())
    return PaidFor(
        title=partnership.proposed.title,
        of=len(partnership.tranches),
        funds=tuple(part.fund for part in parts),
    )


def _append_of(request: RecordRequest, events: tuple[TrancheEvent, ...]) -> AppendRequest:
    return AppendRequest(
        stream_id=request.stream_id,
        command_id=request.command_id,
        expected_version=request.expected_version,
        events=to_ledger(events, ACCORD, request.command_id),
        beside=DIRECTORY_STREAM,
    )


def _fault_of_stream(request: RecordRequest) -> Fault | None:
    """Return the reason why the events may not be recorded, or None. Anybody may start a workflow under any id."""
    is_attempt_stream = re.fullmatch(STREAM, request.stream_id) is not None
    for event in request.events:
        is_workflow_event = is_attempt_stream and may_append(Writer.WORKER, request.stream_id, event.event_type)
        if not is_workflow_event or _is_anothers(event, request):
            return Fault(f"{event.event_type} is no event that a workflow records on {request.stream_id}")
    return None


def _is_anothers(event: Any, request: RecordRequest) -> bool:
    """True if an event orders an attempt to pay other than that of its stream."""
    if not isinstance(event, TrancheReleasedForPayment):
        return False
    order = event.order
    return StreamId.attempt(order.partnership_id, order.tranche, order.attempt) != request.stream_id
