"""One attempt to pay one tranche: check once more, instruct, and wait for the hand-over and the bank, however long.

This workflow never sends a payment. Its outcome is in the ledger, where the bank's counter records it; a signal is only
a hint to read the ledger.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from temporalio import workflow
from temporalio.exceptions import ApplicationError

with workflow.unsafe.imports_passed_through():
    from activities.attempts import AttemptRecords
    from activities.contracts import AttemptSeen, InstructionOutcome, ReadRequest, TrancheEnding, TrancheStart
    from activities.payment import Payments
    from domain.directory.disregarded import Disregarded
    from domain.errors import DomainError, EventUnreadable, PaymentRefused
    from domain.identity import derive
    from domain.payment.tranche.events import (
        PaymentInstructed,
        PaymentTakenBack,
        PaymentUnanswered,
        PaymentWithheld,
        TrancheEvent,
        TrancheReleasedForPayment,
    )
    from domain.payment.tranche.evolution import evolved
    from domain.payment.tranche.state import Tranche
    from domain.payment.tranche.status import TrancheStatus
    from domain.recorded.event import RecordedEvent
    from domain.streams import StreamId
    from domain.values import Moment
    from workflows import attributes
    from workflows.changes import RELEASE_0_3, say_release, since
    from workflows.describe import details_of_tranche, stopped_line
    from workflows.options import BANK, FIRST_PAUSE, LONGEST_PAUSE, ON_THE_CURRENT_VERSION, PAYMENT, with_summary
    from workflows.recording import local, of_the_rules, record

BANK_SILENCE: Final = timedelta(days=5)
"""The longest time that the bank may stay silent before somebody must enquire."""

AWAITING_THE_BANK: Final = frozenset({TrancheStatus.HANDED_OVER, TrancheStatus.ACCEPTED})


@workflow.defn(name="Tranche", failure_exception_types=[DomainError])
class TrancheWorkflow:
    """The workflow of an attempt to pay. Its id, `partnership/<id>/tranche/<n>/attempt/<m>`, is its stream's id too."""

    @workflow.init
    def __init__(self, start: TrancheStart) -> None:
        # First of all, as in a partnership's run (ADR 0082).
        say_release()
        self.tranche: Tranche | None = None
        self._before = 0
        """The number of events before the release, which count for nothing."""
        self._at: Moment | None = None
        self._hinted = False
        self._silent = False
        self._to_begin_anew = False
        self._followed = start.followed
        """True if a run of the partnership follows it that did not start it, and is told of its end."""
        self._stopped = ""
        """The reason why the stream cannot be followed, or '': it holds an event that cannot be read."""
        self._heard_at = workflow.now()
        """The time from which the bank's silence is counted: the newest event, or the last enquiry."""

    @workflow.run
    async def run(self, start: TrancheStart) -> TrancheEnding:
        """Instruct the payment once, or record why it is withheld, and follow it until it has an outcome."""
        _require_own(start, workflow.info().workflow_id)
        await self._once_readable(lambda: self.instruct(start))
        watch = asyncio.create_task(self._watch_for_silence()) if self._known.outcome is None else None
        while self._known.outcome is None:
            await self._once_readable(lambda: self.await_news(start))
        if watch is not None:
            watch.cancel()
        if self._followed:
            await self._tell_its_partnership(start.partnership_id)
        return self._ending()

    async def _tell_its_partnership(self, partnership_id: str) -> None:
        """Tell the partnership's present run, which did not start this one, that it has ended."""
        follower = workflow.get_external_workflow_handle(StreamId.partnership(partnership_id))
        with suppress(ApplicationError):  # it does not run; its next run reads the ledger
            await follower.signal("attempt_ended")

    async def _once_readable(self, step: Callable[[], Awaitable[None]]) -> None:
        """Run a step. While an event of the stream cannot be read, repeat the step after a pause or a signal."""
        pause = FIRST_PAUSE
        while True:
            try:
                await step()
                self._stopped = ""
                return
            except EventUnreadable as fault:
                self._stopped = str(fault)
            self._publish()
            try:
                summary = "Read its stream again, in which people must judge an event"
                await workflow.wait_condition(lambda: self._hinted, timeout=pause, timeout_summary=summary)
            except TimeoutError:
                pause = min(pause * 2, LONGEST_PAUSE)
            self._hinted = False

    async def instruct(self, start: TrancheStart) -> None:
        """Verify once more, and record the frozen instruction or the reason why the payment is withheld."""
        outcome = await self._instructed(start)
        events = _events_of(outcome)
        # Somebody may have written to this stream before: their events are read, and what is still missing is appended
        # behind.
        while events and not self._is_instructed:
            await self._record(
                derive("instruct", workflow.info().workflow_id), events if self.tranche is None else events[1:]
            )
        if self.tranche is None:
            await self._look()

    async def _instructed(self, start: TrancheStart) -> InstructionOutcome:
        summary = "Check once more, then instruct"
        if since(RELEASE_0_3):
            instruction_outcome: InstructionOutcome = await of_the_rules(
                Payments.instruct_payment, start, summary, BANK
            )
            return instruction_outcome
        outcome: InstructionOutcome = await workflow.execute_activity_method(
            Payments.instruct_payment, start, **with_summary(PAYMENT, summary)
        )
        return outcome

    async def await_news(self, start: TrancheStart) -> None:
        """Wait for a signal, or for the bank to have been silent too long. Then read the ledger."""
        self._publish()
        info = workflow.info()
        await workflow.wait_condition(
            lambda: self._hinted or self._silent or self._to_begin_anew or info.is_continue_as_new_suggested()
        )
        self._hinted = False
        await self._look()
        if self._silent:
            await self._enquire()
            self._to_begin_anew |= info.is_target_worker_deployment_version_changed()
        ends = self._to_begin_anew and self._known.outcome is None
        if ends or info.is_continue_as_new_suggested():  # unneeded signals make a history long as well
            # No state is handed on: the next run folds the stream (ADR 0029).
            again = start.model_copy(update={"followed": self._followed})
            workflow.continue_as_new(again, **ON_THE_CURRENT_VERSION)

    @workflow.signal(description="The ledger holds more of this payment than the workflow knows: read it.")
    def catch_up(self, *_: Any) -> None:
        """Request one reading of the ledger, however many signals arrive before it."""
        self._hinted = True

    @workflow.signal(description="Continue as new: on the current version, under the key that writes.")
    def begin_anew(self, *_: Any) -> None:
        """Ask the run to end, and another one to go on from the ledger."""
        self._to_begin_anew = True

    @workflow.signal(description="Another run of its partnership follows it now: tell that one of its end.")
    def follow(self, *_: Any) -> None:
        """Remember to tell the partnership of the end."""
        self._followed = True

    @workflow.query(description="The attempt's state: the fold of its ledger stream up to what was read last.")
    def status(self) -> Tranche | None:
        """Return the state as of its `version`, or None before the payment was instructed or withheld."""
        return self.tranche

    @property
    def _known(self) -> Tranche:
        if self.tranche is None:
            raise AssertionError("an order to pay was neither instructed nor withheld")
        return self.tranche

    @property
    def _version(self) -> int:
        return self.tranche.version if self.tranche is not None else self._before

    @property
    def _is_instructed(self) -> bool:
        """True if the stream holds the outcome of the order: instructed or withheld. A release alone is no outcome."""
        return self.tranche is not None and self.tranche.status is not TrancheStatus.RELEASED

    async def _watch_for_silence(self) -> None:
        """Set a flag when the bank seems silent too long. The ledger is then read, since acceptances send no signal."""
        while True:
            await workflow.sleep(max(self._quiet_left, timedelta(0)), summary="Enquire if the bank stays silent")
            self._silent = True
            # The loop enquires: this task keeps the time and records nothing.
            await workflow.wait_condition(lambda: not self._silent)

    async def _enquire(self) -> None:
        """If the bank is still silent, record it for a payment that was handed over, and restart the wait."""
        if self._quiet_left <= timedelta(0):
            if self._known.status in AWAITING_THE_BANK:
                await self._record(derive("silence", workflow.info().workflow_id, self._version), (self._silence(),))
            self._heard_at = workflow.now()
        self._silent = False

    @property
    def _quiet_left(self) -> timedelta:
        """The time for which the bank may still stay silent."""
        return self._heard_at + BANK_SILENCE - workflow.now()

    async def _look(self) -> None:
        """Read the newest events. Take the payment back if it was cancelled and not handed over yet."""
        request = ReadRequest(stream_id=workflow.info().workflow_id, after_version=self._version)
        attempt_view: AttemptSeen = await local(
            AttemptRecords.look_at_attempt, request, "Look what the ledger holds of this payment"
        )
        self._evolve(attempt_view.events)
        is_revocable = self.tranche is not None and self.tranche.status is TrancheStatus.INSTRUCTED
        if attempt_view.cancelled and is_revocable:
            taken_back = PaymentTakenBack(at=workflow.now(), reason=attempt_view.cancelled)
            await self._record(derive("taken back", workflow.info().workflow_id), (taken_back,))

    async def _record(self, command_id: UUID, events: tuple[TrancheEvent, ...]) -> None:
        """Append events, and evolve from those that the stream then holds, even if another writer was first."""
        # What is on record is what counts, not what was computed here: a task executed again may compute otherwise (ADR
        # 0001).
        recording = await record(self._version, command_id, events)
        self._evolve(recording.events)

    def _evolve(self, events: tuple[RecordedEvent, ...]) -> None:
        for recorded_event in events:
            event = recorded_event.event
            if not isinstance(event, TrancheEvent | Disregarded):
                continue
            self.tranche = evolved(self.tranche, (event,), before=recorded_event.version - 1)
            if self.tranche is None:  # somebody wrote it before the release; it counts for nothing
                self._before = recorded_event.version
                continue
            self._at, self._heard_at = event.at, recorded_event.recorded_at or workflow.now()

    def _silence(self) -> PaymentUnanswered:
        return PaymentUnanswered(at=workflow.now())

    def _publish(self) -> None:
        tranche = self.tranche
        page = stopped_line(self._stopped) if tranche is None else details_of_tranche(tranche, self._stopped)
        workflow.set_current_details(page)
        payee = workflow.info().typed_search_attributes.get(attributes.PAYEE)  # its partnership started it with one
        if tranche is not None and payee is None and since(RELEASE_0_3):
            order = tranche.order
            search_attributes = attributes.of_payment(order.partnership_id, order.payee, order.money, order.attempt)
            workflow.upsert_search_attributes([pair.key.value_set(pair.value) for pair in search_attributes])

    def _ending(self) -> TrancheEnding:
        self._publish()
        tranche = self._known
        if tranche.outcome is None or self._at is None:
            raise AssertionError("an open tranche has no ending")
        return TrancheEnding(
            outcome=tranche.outcome, reason=tranche.reason, at=self._at, booked_money=tranche.short_money
        )


def _require_own(start: TrancheStart, workflow_id: str) -> None:
    """Raise PaymentRefused if the workflow's id is not that of its attempt: anybody may start one, under any id."""
    stream_id = StreamId.attempt(start.partnership_id, start.tranche, start.attempt)
    if stream_id != workflow_id:
        raise PaymentRefused(f"{workflow_id} is no workflow of {stream_id}; it pays nothing")


def _events_of(outcome: InstructionOutcome) -> tuple[TrancheEvent, ...]:
    """Return the events to record for an order's outcome, or none if the stream holds an outcome already."""
    if outcome.instructed is not None:
        instruction = outcome.instructed
        return (
            TrancheReleasedForPayment(at=instruction.order.released_at, order=instruction.order),
            PaymentInstructed(
                at=instruction.at,
                payment_id=instruction.order.payment_id,
                end_to_end_id=instruction.end_to_end_id,
                instruction_sha256=instruction.instruction_sha256,
                relied_on=instruction.relied_on,
            ),
        )
    if outcome.withheld is not None:
        order = outcome.withheld.order
        return (
            TrancheReleasedForPayment(at=order.released_at, order=order),
            PaymentWithheld(at=outcome.withheld.at, reason=outcome.withheld.reason),
        )
    return ()
