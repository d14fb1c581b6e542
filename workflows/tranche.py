"""One attempt to pay one tranche: look once more, instruct, and wait for the bank, however long it takes.

Nothing here ever sends a second time: a silent bank makes the outcome unknown, and only its word ends that.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from pydantic import ValidationError

    from activities.contracts import InstructionOutcome, TrancheEnding, TrancheStart
    from activities.payment import Payments
    from domain import tranche as t
    from domain.errors import DomainError
    from domain.events import ACCORD
    from domain.identity import derive
    from domain.values import Moment
    from workflows.describe import details_of_tranche
    from workflows.options import PAYMENT
    from workflows.recording import confirmed, record

BANK_SILENCE: Final = timedelta(days=5)
"""After this long without a word from the bank, somebody must enquire."""


@workflow.defn(name="Tranche", failure_exception_types=[DomainError])
class TrancheWorkflow:
    """One attempt to pay. Its id, `partnership/<id>/tranche/<n>/attempt/<m>`, is also its stream in the ledger."""

    @workflow.init
    def __init__(self, start: TrancheStart) -> None:
        self.tranche = t.Tranche(order=start.order)
        self._heard: list[Any] = []
        self._recorded: set[UUID] = set()

    @workflow.run
    async def run(self, start: TrancheStart) -> TrancheEnding:
        """Pay once, or say why not."""
        at = await self.instruct(start)
        if self.tranche.outcome is None:
            at = await self.await_the_bank()
        return self._ending(at)

    async def instruct(self, start: TrancheStart) -> Moment:
        """Freeze the instruction, unless the last look finds a reason not to pay."""
        self._publish()
        outcome: InstructionOutcome = await workflow.execute_activity_method(
            Payments.instruct_payment,
            start,
            summary=f"Look once more, then instruct {start.order.money}",
            **PAYMENT,
        )
        released = t.TrancheReleasedForPayment(at=start.order.released_at, order=start.order)
        events: tuple[t.TrancheEvent, ...]
        if outcome.instructed is not None:
            said = outcome.instructed
            events = (
                released,
                t.PaymentInstructed(
                    at=said.at,
                    payment_id=start.order.payment_id,
                    end_to_end_id=said.end_to_end_id,
                    instruction_sha256=said.instruction_sha256,
                ),
            )
        elif outcome.withheld is not None:
            events = (released, t.PaymentWithheld(at=outcome.withheld.at, reason=outcome.withheld.reason))
        else:
            raise AssertionError("an order to pay was neither instructed nor withheld")
        await self._record(derive("instruct", workflow.info().workflow_id), events)
        return events[-1].at

    async def await_the_bank(self) -> Moment:
        """Take the bank's answers one by one until one of them ends the attempt."""
        self._silence = asyncio.create_task(self._watch_for_silence())
        at = self.tranche.order.released_at
        while self.tranche.outcome is None:
            self._publish()
            await workflow.wait_condition(lambda: bool(self._heard))
            command_id, events = await self._meaning(self._heard.pop(0))
            if events and command_id not in self._recorded:
                await self._record(command_id, events)
                at = events[-1].at
        return at

    @workflow.signal(description="What the bank says of this payment: accepted, settled, rejected.")
    def bank_answered(self, answer: Any) -> None:
        """Take a bank's answer as JSON; whatever it is, it is heard or recorded as refused."""
        self._heard.append(answer)

    @workflow.query(description="The attempt's state: always equal to the fold of its ledger stream.")
    def status(self) -> t.Tranche:
        """Return the state."""
        return self.tranche

    async def _meaning(self, heard: Any) -> tuple[UUID, tuple[t.TrancheEvent, ...]]:
        """What was heard, under an id of its own: a claim never takes the id of the answer that it pretends to be."""
        workflow_id = workflow.info().workflow_id
        if isinstance(heard, t.PaymentUnanswered):
            silent = self.tranche.status is t.TrancheStatus.INSTRUCTED
            return derive("silence", workflow_id), (heard,) if silent else ()
        try:
            answer = t.BankAnswer.model_validate(heard)
        except ValidationError as fault:
            return self._claimed(heard, f"not a bank answer: {fault.error_count()} faults")
        if not await confirmed(answer):
            return self._claimed(heard, "no file of the bank's that was imported says so")
        return derive("heard", workflow_id, answer.answer_id), t.decide_answer(self.tranche, answer)

    def _claimed(self, heard: Any, reason: str) -> tuple[UUID, tuple[t.TrancheEvent, ...]]:
        refused = t.BankAnswerRefused(at=self.tranche.order.released_at, content=repr(heard)[:2000], reason=reason)
        return derive("claimed", workflow.info().workflow_id, refused.content), (refused,)

    async def _watch_for_silence(self) -> None:
        await workflow.sleep(BANK_SILENCE, summary="Enquire if the bank stays silent")
        at = self.tranche.order.released_at + BANK_SILENCE
        self._heard.append(t.PaymentUnanswered(at=at))

    async def _record(self, command_id: UUID, events: tuple[t.TrancheEvent, ...]) -> None:
        """Record and evolve from what the stream holds; this workflow alone writes to its stream."""
        self._recorded.add(command_id)
        recorded = await record(self.tranche.version, command_id, ACCORD, events)
        for stored in recorded.events:
            if isinstance(stored.event, t.TrancheEvent):
                self.tranche = t.evolve_tranche(self.tranche, stored.event)

    def _publish(self) -> None:
        workflow.set_current_details(details_of_tranche(self.tranche, self.tranche.order))

    def _ending(self, at: Moment) -> TrancheEnding:
        self._publish()
        if self.tranche.outcome is None:
            raise AssertionError("an open tranche has no ending")
        return TrancheEnding(outcome=self.tranche.outcome, reason=self.tranche.reason, at=at)
