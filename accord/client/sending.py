"""Send signed commands to partnerships. It signs nothing: whoever signed a command may hand it in anywhere.

A command carries its id, so sending it again, for instance after a time-out, has no second effect.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from asyncpg.pool import PoolConnectionProxy
from temporalio.client import Client, WithStartWorkflowOperation, WorkflowHandle
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.service import RPCError

from accord.client.asking import PAUSE_SECONDS, PAUSED, patiently
from accord.client.reading import LedgerAccess
from accord.client.sight import draft, first_proposal_id
from accord.presentation.faults import Refused, Unreachable
from accord.runs.lost import lost_of, words_of
from accord.runs.open_workflows import describe, is_open
from activities.tracing import command_span
from deploy.connections import is_unknown, temporal_answer
from domain.errors import DomainError, EpochNotBegun, StaleDecision
from domain.identity import derive
from domain.partnership import commands as c
from domain.partnership.admission import admit
from domain.partnership.procedure import PROCEDURE
from domain.partnership.state import Partnership
from domain.proposal import Proposal
from domain.streams import StreamId
from ledger import clock
from workflows.describe import summary_of
from workflows.messages import PartnershipStart, Receipt, receipt, update_id
from workflows.options import PEOPLE, TASK_QUEUE
from workflows.partnership import PartnershipWorkflow

PATIENCE: Final = 60.0
"""Seconds to keep asking before telling the person that nobody answered."""

RPC_TIMEOUT: Final = timedelta(seconds=10)


@dataclass(frozen=True)
class Sending(LedgerAccess):
    """A client of the database and of Temporal that holds no keys."""

    client: Client | None = field(default=None, kw_only=True)
    patience: float = field(default=PATIENCE, kw_only=True)

    @property
    def temporal(self) -> Client:
        """The Temporal client. Raises RuntimeError if the desk was opened for reading only."""
        if self.client is None:
            raise RuntimeError("this desk was opened for reading only")
        return self.client

    async def require_epoch(self, unless: bool = False, connection: PoolConnectionProxy | None = None) -> None:
        """Raise Refused if the database was restored, copied or moved without a new epoch. Do nothing if `unless`."""
        fault = None if unless else await self.registrar.fault_of_installation(connection)
        if fault:
            raise Refused(str(fault), EpochNotBegun.__name__)

    async def first_proposal(self, proposal: Proposal, actor: str, answer: str | None = None) -> c.Propose:
        """Return the unsigned command that first proposes a partnership. Raises BadInput if a field is wrong.

        `answer`: to a question, which nobody asked of it yet; whoever decides refuses it.
        """
        command_id = await self._proposal_id(proposal, actor)
        return draft(c.Propose, command_id=command_id, at=clock.now(), actor=actor, proposal=proposal, answer=answer)

    async def begin(self, command: c.Propose) -> Receipt:
        """Send a signed first proposal, which begins its partnership, and return the receipt. Raises as `send` does."""
        with command_span(command.kind, command.command_id):
            try:
                return await self._held(
                    await self._answered(command.proposal.reference, lambda: self._update_with_start(command))
                )
            except RPCError as fault:
                await self._require_not_paused(StreamId.partnership(command.proposal.reference), fault)
                raise Unreachable(temporal_answer(fault)) from fault

    async def _proposal_id(self, proposal: Proposal, actor: str) -> UUID:
        """Return the id of a first proposal. It is another one after each run that refused it before.

        The server answers a known id with the old refusal, although its reason may be mended by now.
        """
        first = first_proposal_id(proposal, actor)
        try:
            workflow = await describe(self.temporal, StreamId.partnership(proposal.reference), RPC_TIMEOUT)
        except RPCError:
            return first  # nobody answers, which the proposal itself will say
        if workflow is None or workflow.is_open or await self.sight(proposal.reference) is not None:
            return first
        await self._require_nothing_lost(proposal.reference)
        return derive(first, workflow.run_id)

    async def send(self, partnership_id: str, command: c.StaffRequest) -> Receipt:
        """Send a signed command and return its receipt. Raises as `decide` does."""
        with command_span(command.kind, command.command_id):
            return await self._sent(partnership_id, command)

    async def _sent(self, partnership_id: str, command: c.StaffRequest) -> Receipt:
        handle = self.temporal.get_workflow_handle(StreamId.partnership(partnership_id))
        try:
            return await self._held(await self._answered(partnership_id, lambda: self._update(handle, command)))
        except Refused as refusal:
            if refusal.kind == StaleDecision.__name__:
                await self.tell(handle.id, "catch_up", None)  # so that the next answer reports a restored ledger
            raise
        except RPCError as fault:
            await self._require_not_paused(handle.id, fault)
            if not is_unknown(fault):
                raise Unreachable(temporal_answer(fault)) from fault
            # The workflow may have ended by this very command, and so before it answered.
            if receipt := await self._recorded(partnership_id, command):
                return receipt
            if not await self._is_admitted_after_the_end(partnership_id, command):
                raise _refused_by(await self.known_partnership(partnership_id), command) from fault
        return await self._held(
            await self._answered(partnership_id, lambda: self._update_after_the_end(partnership_id, command))
        )

    async def _answered(self, partnership_id: str, ask: Callable[[], Awaitable[Receipt]]) -> Receipt:
        """Return a partnership's answer. Where nobody answers since its task fails on and on, say so.

        Raises:
            Unreachable: Nobody answered in time. Otherwise as `patiently`.
        """
        try:
            return await patiently(ask, self.patience)
        except Unreachable as fault:
            if failing := await self._failing(partnership_id):
                raise _answers_nobody(partnership_id, failing) from fault
            raise

    async def _failing(self, partnership_id: str) -> str:
        """Return how often the task of a partnership's workflow failed and since when, or '' if it does not."""
        try:
            workflow = await describe(self.temporal, StreamId.partnership(partnership_id), RPC_TIMEOUT)
        except RPCError:
            return ""
        return workflow.failing if workflow is not None else ""

    async def _require_not_paused(self, workflow_id: str, fault: RPCError) -> None:
        """Raise Refused if a workflow takes no command since an operator paused it, who is named with their reason."""
        if PAUSED not in fault.message:
            return
        workflow = await describe(self.temporal, workflow_id, RPC_TIMEOUT)
        pause_words = f" ({workflow.paused})" if workflow is not None and workflow.paused else ""
        raise Refused(
            f"{StreamId(workflow_id).subject} is paused by an operator{pause_words}. Nothing is decided in it until"
            " they resume it; then give the command again, which is safe. What must wait by law or by rule is held:"
            " `accord hold`",
            "Paused",
        ) from fault

    async def _is_admitted_after_the_end(self, partnership_id: str, command: c.StaffRequest) -> bool:
        """True if a partnership has ended, and the command is about a duty that outlives its end.

        Raises:
            Refused: The command is about such a duty, and the state does not allow it.
        """
        partnership = await self.known_partnership(partnership_id)
        if not partnership.ended or partnership.stage not in PROCEDURE[type(command)].stages:
            return False
        try:
            admit(partnership, command)
        except DomainError as fault:
            raise Refused(str(fault), type(fault).__name__) from fault
        return True

    async def _update_after_the_end(self, partnership_id: str, command: c.StaffRequest) -> Receipt:
        """Start the workflow of an ended partnership again from the ledger, and send it a command."""
        await self._require_nothing_lost(partnership_id)
        start = PartnershipStart(partnership_id=partnership_id)
        return await self._update_with(start, command)

    async def _require_nothing_lost(self, partnership_id: str) -> None:
        """Raise Refused if a workflow that has ended knows more than the ledger: the next one would forget it."""
        if losses := words_of(await lost_of(self.temporal, self.ledger, partnership_id)):
            words = f"the ledger forgot what is known of {partnership_id}: {', '.join(losses)}"
            raise Refused(f"{words}. An operator records it again: `accord revive {partnership_id}`", "LedgerBehind")

    async def _held(self, receipt: Receipt) -> Receipt:
        """Return the given receipt after checking that the ledger still holds the event that it is for.

        Temporal keeps its answers to commands, even if the ledger has lost their events since.

        Raises:
            Refused: The ledger does not hold the event any more.
        """
        stream = StreamId.partnership(receipt.partnership_id)
        if receipt.version and await self.ledger.place_of(stream, receipt.version) != receipt.position:
            raise Refused(
                f"the ledger does not hold event {receipt.version} of {stream} at position {receipt.position} any "
                "more, which this would be the receipt for: it was put back to an earlier point. An operator must look "
                "at it: see `accord runbook ledger-behind`",
                "LedgerBehind",
            )
        return receipt

    async def _recorded(self, partnership_id: str, command: c.StaffRequest) -> Receipt | None:
        """Return a command's receipt from the ledger, or None. It is used if the workflow ended before it answered."""
        history = await self.history(partnership_id)
        event_types = tuple(
            recorded_event.event.event_type
            for recorded_event in history
            if recorded_event.command_id == command.command_id
        )
        if not event_types:
            return None
        sight = await self.known_sight(partnership_id)
        return receipt(sight.partnership, sight.position, command.command_id, event_types, is_replay=True)

    async def _update(self, handle: WorkflowHandle[Any, Any], command: c.StaffRequest) -> Receipt:
        """Send a command as an update. Repeat it with the same id if the workflow was just continuing as a new run."""
        while True:
            try:
                answer: Receipt = await handle.execute_update(
                    "decide", command, id=update_id(command), result_type=Receipt, rpc_timeout=RPC_TIMEOUT
                )
                return answer
            except RPCError as fault:
                # Between two runs the server finds neither; the id is open all the same, and its next run answers.
                if not is_unknown(fault) or not await is_open(self.temporal, handle.id):
                    raise
                await asyncio.sleep(PAUSE_SECONDS)

    async def _update_with_start(self, command: c.Propose) -> Receipt:
        start = PartnershipStart(partnership_id=command.proposal.reference, proposal=command)
        return await self._update_with(start, command, summary_of(command.proposal))

    async def _update_with(
        self, begin: PartnershipStart, command: c.StaffRequest, summary: str | None = None
    ) -> Receipt:
        """Send a command as an update, and start the partnership's workflow with it unless it runs.

        A run begins by folding the ledger, so that what is recorded of a partnership is answered, and not begun anew.
        """
        start: WithStartWorkflowOperation[PartnershipWorkflow, Receipt] = WithStartWorkflowOperation(
            PartnershipWorkflow.run,
            begin,
            id=StreamId.partnership(begin.partnership_id),
            task_queue=TASK_QUEUE,
            # A run that is there already gets the update: nothing is begun beside it.
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
            static_summary=summary,
            priority=PEOPLE,
        )
        answer: Receipt = await self.temporal.execute_update_with_start_workflow(
            "decide",
            command,
            start_workflow_operation=start,
            id=update_id(command),
            result_type=Receipt,
            rpc_timeout=RPC_TIMEOUT,
        )
        return answer

    async def tell(self, workflow_id: str, signal: str, content: Any) -> bool:
        """Signal a workflow. Return False if it is not running. With `content` None, no argument is sent.

        Raises:
            Unreachable: Temporal answered with another error.
        """
        try:
            handle = self.temporal.get_workflow_handle(workflow_id)
            await handle.signal(signal, args=[] if content is None else [content], rpc_timeout=RPC_TIMEOUT)
        except RPCError as fault:
            if is_unknown(fault):
                return False
            raise Unreachable(temporal_answer(fault)) from fault
        return True


def _answers_nobody(partnership_id: str, failing: str) -> Unreachable:
    what = f"{partnership_id} answers nobody: its task failed {failing}, and each further try comes minutes later"
    return Unreachable(
        f"{what}. The command may still be carried out: `accord history` shows it then; if not, giving it again is"
        " safe. The worker's log says why (`accord runbook worker-stuck`); once that is mended, an operator need not"
        " wait: `accord revive --all --unreadable`",
        f"{what}. An operator must look at it: tell one. What you decided may still be recorded",
    )


def _refused_by(state: Partnership, command: c.StaffRequest) -> Refused:
    try:
        admit(state, command)
    except DomainError as refusal:
        return Refused(str(refusal), type(refusal).__name__)
    remedy = f"an operator starts it again: `accord revive {state.partnership_id}`"
    return Refused(f"{state.partnership_id} has no running workflow; {remedy}", "NotRunning")
