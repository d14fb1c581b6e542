"""The partnership: one workflow for its whole life, from proposal to close.

`run` is a loop over stages and each stage is one method. Handlers only enqueue; the loop alone acts, so everything
happens in one order. The rules are in the domain, the state is in the ledger.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, Final
from uuid import UUID

from temporalio import workflow
from temporalio.common import Priority
from temporalio.exceptions import ApplicationError

with workflow.unsafe.imports_passed_through():
    from activities.attempts import AttemptRecords
    from activities.contracts import (
        Answered,
        Assessed,
        AttemptSeen,
        CarriedOut,
        KnownVersion,
        Published,
        ReadRequest,
    )
    from domain.directory.disregarded import Disregarded
    from domain.errors import (
        DomainError,
        EventUnreadable,
        IllegalTransition,
        LedgerBehind,
        NotSigned,
        SeparationOfDuties,
        Stopped,
    )
    from domain.identity import derive
    from domain.parties import Party
    from domain.partnership import commands as c
    from domain.partnership.admission import admit
    from domain.partnership.events import PaymentCancelled, SubrecipientsReported
    from domain.partnership.evolution import evolve
    from domain.partnership.proposal.telling import tells_facts
    from domain.partnership.refusals import KINDS, refusal_of
    from domain.partnership.stages import Stage
    from domain.partnership.state import IN_FLIGHT, Partnership, TrancheProgress
    from domain.partnership.waiting.obligations import is_at_rest
    from domain.partnership.waiting.outlook import Outlook, outlook
    from domain.payment.tranche.status import TrancheOutcome
    from domain.recorded.event import RecordedEvent
    from domain.screening.evidence import Verification
    from domain.streams import StreamId
    from workflows import inquiries
    from workflows.changes import DUTIES_OUTLIVE_THE_END, RELEASE_0_3, say_release, since
    from workflows.deadline import DeadlineTimer
    from workflows.inbox import Inbox
    from workflows.messages import CatchUp, PartnershipStart, Receipt, RegistersChanged, receipt, update_id, update_ids
    from workflows.options import FIRST_PAUSE, LISTS, LONGEST_PAUSE, ON_THE_CURRENT_VERSION, PEOPLE
    from workflows.publishing import OperatorsView
    from workflows.recording import carry_out, fold, local, read_on
    from workflows.tranches import AttemptQuestion, follow_tranche


TAKEN_BEFORE = "the decision was taken before; it is not taken twice"
Asked = c.StaffRequest | c.WorkflowCommand | CatchUp | RegistersChanged | AttemptQuestion
"""The items of the inbox."""

NEEDS_NO_DECISION: Final = (CatchUp, AttemptQuestion)
"""The items that are answered also while nothing may be decided."""

REPORTED = SubrecipientsReported.model_fields["event_type"].default

FOREIGN_ID = "the request does not bear the id of the decision that was signed"


@workflow.defn(name="Partnership", failure_exception_types=[DomainError])
class PartnershipWorkflow:
    """The workflow of one partnership. Its id, `partnership/<id>`, is also the id of its stream in the ledger."""

    @workflow.init
    def __init__(self, start: PartnershipStart) -> None:
        # The mark comes before all else: made after a local activity's answer, it can be lost, and the run is stuck
        # (ADR 0082).
        is_of_before = not say_release()
        self.partnership = Partnership(partnership_id=start.partnership_id)
        self._start = start
        # A run of before began from its first proposal, without a look into the ledger; its history replays so.
        self._began = start.proposal is not None and is_of_before
        """True once the state is known. Before, no command can be refused because of the state."""
        self._unbegun = False
        """True once a first proposal was refused, so that there is no partnership. Its reference stays free."""
        self._position, self._leaf = 0, ""
        self._follows = Published()
        """The search attributes and deadline of the partnership, as they were read with its events."""
        self._inbox = Inbox[Asked, Stopped](update_ids, [start.proposal] if start.proposal else [])
        """Stopped while nothing may be decided: the ledger lost events, for example, or holds an unreadable one."""
        self._pause = FIRST_PAUSE
        self._version_at_start = 0
        self._deadline = DeadlineTimer(start.partnership_id, self._inbox.put)
        self._following: dict[str, asyncio.Task[None]] = {}
        """The tasks that follow tranches, by the id of the tranche's workflow."""
        self._view = OperatorsView()
        self._heard = 0
        """The number of times that an attempt to pay said that it ended."""
        self._stages: dict[Stage, Callable[[], Awaitable[None]]] = {
            Stage.PROPOSED: self.await_decision,
            Stage.DUE_DILIGENCE: self.verify,
            Stage.ELIGIBILITY: self.establish_eligibility,
            Stage.APPROVAL: self.await_decision,
            Stage.AGREEMENT: self.await_decision,
            Stage.ACTIVE: self.await_decision,
        }

    @workflow.run
    async def run(self, start: PartnershipStart) -> Receipt:
        """Run stages until the partnership has ended and nothing is owed in it any more."""
        self._require_own_workflow()
        while not self._began:
            await self._unless_stopped(self.read_state_from_ledger)
        await self._answer_the_late()
        while not self._is_over():
            await self._unless_stopped(self._stages.get(self.partnership.stage, self.await_decision))
            await self._continue_as_new_when_due()
            await self._answer_the_late()
        self._publish()
        command_id = derive(self.partnership.partnership_id)
        return receipt(self.partnership, self._position, command_id, (), is_replay=False)

    def _is_over(self) -> bool:
        """True if the partnership has ended, and nothing is owed in it any more.

        A run of release 0.2.0 ended with its partnership, whatever was owed, and its history replays so.
        """
        partnership = self.partnership
        if self._unbegun and partnership.version == 0:
            return True
        if not partnership.ended or is_at_rest(partnership):
            return partnership.ended
        return not since(DUTIES_OUTLIVE_THE_END)

    def _require_own_workflow(self) -> None:
        """Raise IllegalTransition if the workflow's id is not that of its partnership.

        Anybody may start a workflow under any id. If a foreign one went on, it would block the partnership's own.
        """
        stream_id, workflow_id = StreamId.partnership(self.partnership.partnership_id), workflow.info().workflow_id
        if stream_id != workflow_id:
            raise IllegalTransition(f"{workflow_id} is no workflow of {stream_id}")

    async def read_state_from_ledger(self) -> None:
        """Read the state from the ledger, never from the run's input: anybody may start a run."""
        state = await fold(self.partnership.partnership_id, self._start.known)
        self.partnership, self._position, self._leaf = state.partnership, state.position, state.leaf
        self._follows = state.published
        self._version_at_start = state.partnership.version
        self._inbox.handled = {item.command_id: item.what for item in state.handled}
        self._began, self._inbox.stopped = True, None
        self._follow_in_flight()
        self._ask_about_an_update()

    async def _unless_stopped(self, step: Callable[[], Awaitable[None]]) -> None:
        """Run a step. If the ledger allows no decision, wait until it does, and do nothing else."""
        version = self.partnership.version
        try:
            await step()
        except Stopped as fault:
            self._inbox.stopped = fault
        if self._inbox.stopped is not None:
            await self.wait_for_the_ledger()
        elif self.partnership.version != version:
            self._pause = FIRST_PAUSE

    async def wait_for_the_ledger(self) -> None:
        """Wait for the ledger to allow decisions again. Commands are refused meanwhile, and nothing else is done."""
        while self._inbox.stopped is not None:
            self._publish()
            summary = "Ask the ledger again, in which people must mend something"
            if not await self._inbox.until_one_of(NEEDS_NO_DECISION, self._pause, summary):
                self._pause = min(self._pause * 2, LONGEST_PAUSE)
            # Reading on is how the run finds out that people have mended the fault.
            await self._take(self._inbox.take_one_of(*NEEDS_NO_DECISION) or CatchUp())

    # The stages.

    async def verify(self) -> None:
        """Do due diligence: look up the payee's tax status, and screen every party against the sanctions lists."""
        partnership, findings = self.partnership, await inquiries.verify(self.partnership)
        verification = findings.verification
        await self._handle(
            c.RecordVerification(command_id=self._own("verify"), at=verification.verified_at, verification=verification)
        )
        # The rules answered with the registers. Their word counts only if nothing else that they were asked about has
        # changed meanwhile; otherwise the next stage asks again (ADR 0057).
        if findings.assessed is not None and self.partnership.is_judged_on(verification, partnership):
            await self._record_assessment(verification, findings.assessed)
        if self.partnership.stage is Stage.DUE_DILIGENCE:
            await self._wait_where_it_was_refused()

    async def establish_eligibility(self) -> None:
        """Establish eligibility: apply the rule book once. A referral waits for a verifier."""
        partnership = self.partnership
        if partnership.assessment is not None or partnership.verification is None or partnership.funding is None:
            return await self.await_decision()
        judgement = await inquiries.assess(partnership, partnership.funding, partnership.verification)
        return await self._record_assessment(partnership.verification, judgement)

    async def _record_assessment(self, verification: Verification, judgement: Assessed) -> None:
        last = self.partnership.last_act
        # Never the workflow's clock: a task that is executed again would give the event other bytes (ADR 0003).
        at = max(verification.verified_at, last.at) if last else verification.verified_at
        await self._handle(
            c.RecordAssessment(
                command_id=self._own("assess"), at=at, assessment=judgement.assessment, quorum=judgement.quorum
            )
        )
        if self.partnership.stage is Stage.ELIGIBILITY and self.partnership.assessment is None:
            await self._wait_where_it_was_refused()

    async def _wait_where_it_was_refused(self) -> None:
        """Wait for the next item of the queue: what was found is too large, say, and asking at once finds it again."""
        if self._inbox.stopped is None:
            await self.await_decision()

    async def recheck(self, priority: Priority = PEOPLE) -> None:
        """Take back decisions of compromised keys and query the registers again. An adverse result leads to a hold."""
        await self._take_back_decisions()
        partnership = self.partnership
        if not partnership.rests_on_registers or partnership.funding is None:
            return
        verification, early_judgement = await inquiries.verify(partnership, priority)
        judgement = early_judgement or await inquiries.assess(partnership, partnership.funding, verification, priority)
        bank = (
            await inquiries.screen_bank(partnership.partnership_id, priority) if partnership.account is not None else ""
        )
        await self._handle(
            c.RecordRecheck(
                command_id=self._own("recheck"),
                at=verification.verified_at,
                verification=verification,
                assessment=judgement.assessment,
                bank=bank,
                # If a party was told anew since, this look says nothing of it, and `decide` drops it.
                seen=partnership.version,
            )
        )

    async def _take_back_decisions(self) -> None:
        """Take back decisions signed with a key that was revoked for cause, so that they can be taken anew."""
        for decisions in await inquiries.find_fallen(self.partnership.partnership_id):
            command_id = self._own(f"fallen {decisions.person}")
            await self._handle(
                c.RecordFallen(
                    command_id=command_id,
                    at=workflow.now(),
                    person=decisions.person,
                    fell=decisions.fell,
                    reason=decisions.reason,
                )
            )

    async def await_decision(self) -> None:
        """Wait for people, the bank or the clock, and handle the next item of the queue."""
        self._publish()
        await self._inbox.until_something_waits()
        if self._inbox:
            await self._take(self._inbox.take())

    # Updates, signals and queries. Handlers enqueue and wait; they never act.

    @workflow.update(name="decide", description="Every staff command: propose, approve, decline, release ...")
    async def decide(self, command: c.GivenCommand) -> Receipt:
        """Carry out a person's command exactly once, however often it is sent, and return a receipt."""
        await workflow.wait_condition(lambda: self._began)  # before, it is not known which commands were handled
        answer = await self._inbox.answer(command, self._own_id(command))
        return receipt(self.partnership, self._position, command.command_id, answer.what, answer.replayed)

    @decide.validator
    def validate_decide(self, command: c.GivenCommand) -> None:
        """Refuse at once, without a record, a command that the present state does not allow to anybody.

        A command without a signature, or against the separation of duties, goes on to the loop, which records the
        attempt.
        """
        if self._inbox.stopped is not None:
            raise self._inbox.stopped
        # Both go to the loop: a command sent again is answered, and the loop reads on where the signer saw more than
        # this run.
        is_for_loop = self._inbox.knows(command.command_id) or self._is_behind(command)
        if tells_facts(self.partnership, command):
            return  # the loop puts what it told on record, whatever becomes of its terms
        if self._began and command.signature is not None and not is_for_loop:
            with suppress(SeparationOfDuties):  # the loop refuses it too, and puts the attempt on record
                admit(self.partnership, command)

    @workflow.signal(description="A staff command without an answer, for the shell. What is refused is recorded.")
    def submit(self, command: Any) -> None:
        """Queue a staff command given as JSON. Whatever it is, it is carried out or recorded as refused."""
        staff_request = c.parse_staff_request(command)
        match staff_request:
            case str(reason):
                self._inbox.put(self._unreadable("unknown", command, reason))
            # A signal has no answer, so it is put on record that it came twice.
            case _ if self._inbox.knows(staff_request.command_id):
                self._inbox.put(refusal_of(staff_request, TAKEN_BEFORE))
            case _:
                self._inbox.put(staff_request)

    @workflow.signal(description="The ledger holds more of this partnership than the workflow knows: read it.")
    def catch_up(self, *_: Any) -> None:
        """Let one reading wait of events recorded by others: the bank's counter, or a workflow task that was lost."""
        self._inbox.put_once(CatchUp())

    @workflow.signal(description="A register that speaks of the parties changed: ask it again.")
    def registers_changed(self, *_: Any) -> None:
        """Let a recheck wait, unless one does already."""
        self._inbox.put_once(RegistersChanged())

    @workflow.signal(description="An attempt to pay has ended: look what became of it.")
    def attempt_ended(self, *_: Any) -> None:
        """Let those who follow an attempt look at once."""
        self._heard += 1

    @workflow.signal(description="Continue as new once at rest: on the current version, under the key that writes.")
    def begin_anew(self, *_: Any) -> None:
        """Ask the run to end at rest, and another one to go on from the ledger."""
        self._inbox.begins_anew = True

    @workflow.query(description="The partnership's state: the fold of its ledger stream up to what was read last.")
    def status(self) -> Partnership:
        """Return the state."""
        return self.partnership

    @workflow.query(description="Who must act, on what, by when.")
    def next_step(self) -> Outlook:
        """Return the partnership's next step."""
        return outlook(self.partnership)

    def _is_behind(self, command: c.StaffRequest) -> bool:
        """True if the signer saw a newer version than this run knows: the task that appended it was lost."""
        sight = command.signature.statement.shown if command.signature is not None else None
        return sight is not None and sight.version > self.partnership.version

    def _own_id(self, command: c.StaffRequest) -> str:
        """Return the update's id. A retry keeps it, so another one than the command's own was sent by others.

        Raises:
            NotSigned: The id is not the command's own.
        """
        update = workflow.current_update_info()
        current_id = update.id if update is not None else update_id(command)
        if current_id not in update_ids(command):
            is_repeat = self._inbox.knows(command.command_id)
            self._inbox.put(refusal_of(command, TAKEN_BEFORE if is_repeat else FOREIGN_ID))
            raise NotSigned(f"refused and put on record: {FOREIGN_ID}")
        return current_id

    # The loop, which alone acts.

    async def _take(self, item: Asked) -> None:
        """Handle an item of the queue. If the ledger allows no decision, remember why, and requeue what must wait."""
        try:
            await self._do(item)
        except Stopped as fault:
            self._inbox.stopped = fault
        waits = not isinstance(item, c.StaffCommand | CatchUp | AttemptQuestion) and not self._is_over()
        if self._inbox.stopped is not None and waits:
            self._inbox.put_back(item)  # handled once decisions are allowed again: a deadline, an outcome, a register

    async def _do(self, item: Asked) -> None:
        match item:
            case CatchUp():
                await self._catch_up()
            case RegistersChanged():
                await self.recheck(LISTS)
            case AttemptQuestion():
                await self._answer(item)
            case c.ReportSubrecipients():
                await self._handle(item)
                if REPORTED in self._inbox.handled.get(item.command_id, ()):
                    await self.recheck()
            case c.RecordTrancheOutcome(outcome=TrancheOutcome.WITHHELD):
                await self._handle(item)
                await self.recheck()  # the reason for withholding may be a condition that can be met
            case _:
                await self._handle(item)

    async def _handle(self, command: c.StaffRequest | c.WorkflowCommand) -> None:
        """Have a command carried out, evolve from the stream's new events, and keep the answer for its caller."""
        try:
            carried_out = await self._carry_out(command)
        except Stopped as fault:
            self._inbox.stopped = fault
            self._inbox.refuse(command, fault)
            return
        if carried_out.refusal is None:
            # Also where no event came of it: whoever waits for an answer waits for this entry.
            self._inbox.handled[command.command_id] = carried_out.what
            return
        refusal = KINDS[carried_out.refusal.kind](carried_out.refusal.reason)
        self._inbox.refuse(command, refusal)
        if self.partnership.version == 0 and isinstance(command, c.Propose):
            self._unbegun = since(RELEASE_0_3)
            if not self._unbegun:
                # A run of before failed with the refusal. Its handlers answer first, since a run that has ended answers
                # nobody.
                await workflow.wait_condition(workflow.all_handlers_finished)
                raise refusal

    async def _carry_out(self, command: c.StaffRequest | c.WorkflowCommand) -> CarriedOut:
        """Have a command carried out, once the rules said what it rests on, and evolve from the stream's new events.

        Raises:
            Stopped: Nothing may be decided until people have resolved a fault.
        """
        rules_answer: Answered | None = None
        while True:
            # Asked in a loop: what the rules judged may have changed while they did, and then they are asked once more.
            carried_out = await carry_out(self.partnership.partnership_id, command, self._known, rules_answer)
            self._follows = carried_out.published
            await self._evolve(carried_out.events)
            if carried_out.asks is None:
                return carried_out
            rules_answer = await inquiries.judge_amendment(carried_out.asks)

    async def _catch_up(self) -> None:
        if not self._began and self._start.known is not None:
            await self.read_state_from_ledger()
            return
        news = await read_on(self.partnership.partnership_id, self._known)
        self._follows = news.published
        await self._evolve(news.events)

    @property
    def _known(self) -> KnownVersion:
        """The newest known event of this partnership, which the ledger must still hold."""
        return KnownVersion(version=self.partnership.version, position=self._position, leaf=self._leaf)

    async def _evolve(self, events: tuple[RecordedEvent, ...]) -> None:
        # The ledger has answered, so whatever stopped this run is mended.
        self._inbox.stopped = None
        for recorded_event in events:
            event: Any = recorded_event.event
            self.partnership = evolve(self.partnership, event)
            self._position, self._leaf = recorded_event.position, recorded_event.leaf
            if not isinstance(event, Disregarded):
                self._inbox.record(recorded_event.command_id, event.event_type)
        self._follow_in_flight()
        self._ask_about_an_update()
        for recorded_event in events:
            # Last, since it awaits: handlers that run meanwhile see the state after all of these events.
            if isinstance(recorded_event.event, PaymentCancelled):
                await self._hint(recorded_event.event)

    def _ask_about_an_update(self) -> None:
        """Queue a recheck if a party was told anew, by whatever way: everybody is screened before the next payment."""
        if self.partnership.updated:
            self.registers_changed()

    def _follow_in_flight(self) -> None:
        """Start a task for each tranche in flight that runs its workflow and queues its outcome."""
        out = self.partnership.proposal.funds_out if self.partnership.proposal else None
        for tranche in self.partnership.tranches:
            workflow_id = StreamId.attempt(self.partnership.partnership_id, tranche.number, tranche.attempt)
            if out is not None and tranche.state in IN_FLIGHT and workflow_id not in self._following:
                self._following[workflow_id] = asyncio.create_task(self._follow(tranche, out.payee))

    async def _follow(self, tranche: TrancheProgress, payee: Party) -> None:
        partnership_id = self.partnership.partnership_id
        self._inbox.put(
            await follow_tranche(partnership_id, tranche, payee, self._ask_for_attempt, lambda: self._heard)
        )

    async def _ask_for_attempt(self, workflow_id: str) -> AttemptSeen:
        """Return an attempt's events, retrying until the ledger can say: what is unreadable stops that payment only."""
        pause = FIRST_PAUSE
        while True:
            question = AttemptQuestion(workflow_id)
            self._inbox.put(question)
            try:
                return await question.answer
            except (EventUnreadable, LedgerBehind):
                await workflow.sleep(pause, summary="Ask again for a payment of which an event cannot be read")
                pause = min(pause * 2, LONGEST_PAUSE)

    async def _answer(self, question: AttemptQuestion) -> None:
        request = ReadRequest(stream_id=question.workflow_id, after_version=0, known=self._known)
        try:
            attempt_view = await local(
                AttemptRecords.look_at_attempt, request, "Read the tranche's outcome from the ledger"
            )
            question.answer.set_result(attempt_view)
        except (EventUnreadable, LedgerBehind) as fault:
            question.answer.set_exception(fault)

    async def _hint(self, event: PaymentCancelled) -> None:
        """Signal the tranche's workflow to read the ledger. If it does not run, the ledger still has the event."""
        partnership_id = self.partnership.partnership_id
        handle = workflow.get_external_workflow_handle(StreamId.attempt(partnership_id, event.tranche, event.attempt))
        with suppress(ApplicationError):
            await handle.signal("catch_up")

    def _unreadable(self, actor: str, content: Any, reason: str) -> c.Refuse:
        """Return a command that records a signal's unreadable content as refused, since a signal has no answer."""
        command_id = derive("unreadable", self.partnership.partnership_id, content)
        reason = "".join(sign if sign.isprintable() else "?" for sign in reason)[:500]
        # It brings no time of its own, so it has the workflow's: a second execution is told what the first one recorded
        # (ADR 0001).
        return c.Refuse(
            command_id=command_id, at=workflow.now(), actor=actor, attempted=repr(content)[:200], reason=reason
        )

    def _own(self, step: str) -> UUID:
        """Return the id of one of the workflow's own commands, derived from the step and the version it starts from."""
        return derive(self.partnership.partnership_id, step, self.partnership.version)

    # Deadline and the operators' view.

    def _publish(self) -> None:
        """Show the state to operators, and set the timer to the open deadline."""
        self._view.show(self.partnership, self._follows.attributes, self._inbox.stopped)
        # Without attributes nobody knows of a deadline either: the timer stays as it is.
        if self._follows.attributes is not None:
            self._deadline.keep(self._follows.deadline)

    # The end of a run, and of the partnership.

    async def _continue_as_new_when_due(self) -> None:
        info = workflow.info()
        limit = self._start.continue_after
        has_news = self.partnership.version > self._version_at_start
        # Only once something moved: below the length of a run's beginning, a drill's limit would begin anew for ever.
        drill = has_news and limit and info.get_current_history_length() >= limit
        has_new_deployment = info.is_target_worker_deployment_version_changed() and since(RELEASE_0_3)
        due = drill or has_new_deployment or self._inbox.begins_anew or info.is_continue_as_new_suggested()
        if not due or self._inbox or self._is_over():
            return
        await self._inbox.until_all_are_answered()
        if not self._inbox:
            # A claim that can only stop the next run: it must find this event in the ledger before it decides anything
            # (ADR 0064).
            known_version = self._known if self.partnership.version else None
            again = self._start.model_copy(update={"proposal": None, "known": known_version})
            workflow.continue_as_new(again, **ON_THE_CURRENT_VERSION)

    async def _answer_the_late(self) -> None:
        """Handle the requests that arrive once nothing is owed any more, so that every caller gets an answer.

        It may be about a duty that outlives the end: then the partnership is not at rest any more.
        """
        while self._is_over() and (self._inbox or not workflow.all_handlers_finished()):
            await self._inbox.until_all_are_answered()
            if self._inbox:
                await self._take(self._inbox.take())
