"""The desk: a client of Temporal and the database that sends commands to partnerships and reads the ledger.

Reading needs only the database; commands also need Temporal and a worker. A command's id is derived from its content
and the version that was seen, so sending it again, for instance after a time-out, has no second effect.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, TypeVar, cast
from uuid import UUID

import asyncpg
from temporalio.client import Client, WithStartWorkflowOperation, WorkflowExecutionStatus, WorkflowHandle
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError
from temporalio.service import RPCError, RPCStatusCode

from accord.client.asking import PAUSE_SECONDS, patiently
from accord.client.faults import Refused, Unreachable
from accord.client.reading import Reading
from accord.client.sight import Made, Seen, draft, first_proposal_id, make_command
from deploy.connections import ServiceUnavailable, connect_temporal, open_pool
from deploy.logins import Login, SecretUnusable
from deploy.settings import PASSPHRASE_VARIABLE, NotConfigured, database_url, embedded_temporal_address, key_folder
from domain.directory.personal import Person
from domain.errors import DomainError, EpochNotBegun, LedgerBehind, StaleDecision
from domain.identity import derive
from domain.partnership import commands as c
from domain.partnership.admission import admit
from domain.partnership.events import Event
from domain.partnership.evolution import fold
from domain.partnership.procedure import PROCEDURE
from domain.partnership.state import Partnership
from domain.proposal import Proposal
from domain.recorded.schema import AnyEvent
from domain.recorded.writers import Writer
from domain.signing import Shown, Signature, Statement
from domain.streams import StreamId
from ledger import AppendRequest, LedgerUnavailable, clock
from records.codec import to_ledger
from records.keys.keyring import KeyMissing, Keyring, KeyUnusable
from records.opening import open_ledger
from workflows.describe import summary_of
from workflows.messages import PartnershipStart, Receipt, receipt
from workflows.options import TASK_QUEUE
from workflows.partnership import PartnershipWorkflow

PATIENCE: Final = 60.0
"""Seconds to keep asking before telling the person that nobody answered."""

RPC_TIMEOUT: Final = timedelta(seconds=10)

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Desk(Reading):
    """A client of the database and of Temporal, with the keys of this machine. Make it with `open_desk`."""

    keyring: Keyring
    client: Client | None = None
    patience: float = PATIENCE

    @property
    def temporal(self) -> Client:
        """The Temporal client; raises RuntimeError if the desk was opened for reading only."""
        if self.client is None:
            raise RuntimeError("this desk was opened for reading only")
        return self.client

    # Acting.

    async def propose(self, proposal: Proposal, actor: str) -> Receipt:
        """Submit a proposal, or submit it again after information was requested.

        Raises:
            Refused: The domain refused it; nothing changed.
            Unreachable: Nobody answered in time. Proposing the same file again is safe.
        """
        seen = await self.sight(proposal.reference)
        if seen is None:
            try:
                return await self._start(proposal, actor)
            except WorkflowAlreadyStartedError:  # the first answer was lost, and the partnership has ended
                seen = await self.known_sight(proposal.reference)
        known = seen.partnership
        if known.proposal == proposal and actor in known.proposers and not known.question:
            return receipt(known, seen.position, first_proposal_id(proposal, actor), (), replayed=True)
        return await self.decide(seen, c.Propose, actor, proposal=proposal)

    async def decide(self, seen: Seen, kind: type[c.StaffCommand], actor: str, **content: Any) -> Receipt:
        """Build a command on the state that was seen, sign it, send it, and return its receipt.

        `content`: the fields of the command's own class.

        Raises:
            Refused: The domain refused it, or the actor's key is not on this machine; nothing changed.
            Unreachable: Nobody answered in time. Sending it again is safe: it is the same command.
        """
        if kind is c.Release:
            content = {"attempt": await self._next_attempt(seen, content["tranche"]), **content}
        command = make_command(seen, kind, actor, content)
        try:
            return await self.send(seen.partnership_id, await self.signed(seen, command))
        except Refused as refusal:
            if refusal.kind != LedgerBehind.__name__:
                raise
        # Temporal keeps that answer under the command's id, even after the ledger was repaired: ask under another id.
        again = command.model_copy(update={"command_id": derive("again", command.command_id)})
        return await self.send(seen.partnership_id, await self.signed(seen, again))

    async def _next_attempt(self, seen: Seen, number: int) -> int:
        """Return the number of a tranche's next attempt in the state seen, so that one signature allows one payment."""
        history = await self.history(seen.partnership_id)
        events = tuple(cast(Event, recorded.event) for recorded in history[: seen.version])
        tranche = fold(seen.partnership_id, events).tranche(number)
        return tranche.attempt + 1 if tranche is not None else 1

    async def signed(self, seen: Seen, command: c.StaffRequest) -> c.StaffRequest:
        """Return a command, signed by its actor together with the state that they were shown.

        Raises:
            Refused: The actor's key is not on this machine, or the partnership was never proposed.
        """
        if seen.terms is None:
            raise Refused(f"{seen.partnership_id} was never proposed", "IllegalTransition")
        shown = Shown(version=seen.version, position=seen.position, terms=seen.terms)
        return await self._with_signature(command, command.statement(seen.partnership_id, shown))

    async def _with_signature(self, command: Made, statement: Statement) -> Made:
        return command.model_copy(update={"signature": await self.sign(statement)})

    async def sign(self, statement: Statement, to_begin_an_epoch: bool = False) -> Signature:
        """Sign a statement for this ledger's epoch with its actor's key.

        `to_begin_an_epoch`: True to sign even if the current epoch began in another database.

        Raises:
            Refused: The actor's key is not on this machine, or the current epoch began in another database.
        """
        await self.require_epoch(unless=to_begin_an_epoch)
        log = (await self.directory()).log
        return self._with_key(statement.actor, lambda: self.keyring.sign(statement.within(log)))

    async def require_epoch(self, unless: bool = False) -> None:
        """Raise Refused if the database was restored, copied or moved without a new epoch; do nothing if `unless`."""
        fault = "" if unless else await self.registrar.fault_of_installation()
        if fault:
            raise Refused(fault, EpochNotBegun.__name__)

    def key_id(self, actor: str) -> str:
        """Return the id of a person's key on this machine.

        Raises:
            Refused: The person's key is not on this machine, or cannot be used.
        """
        return self._with_key(actor, lambda: self.keyring.public(actor).key_id)

    def _with_key(self, actor: str, use: Callable[[], Answer]) -> Answer:
        try:
            return use()
        except KeyMissing as fault:
            remedy = f"make one with `accord staff enrol {actor}`, or see `accord staff list` for the name"
            raise Refused(f"{fault}; {remedy}", "NotSigned") from fault
        except KeyUnusable as fault:
            remedy = "set ACCORD_KEY_PASSPHRASE to its passphrase, or unset it where it has none"
            raise Refused(f"{fault}; {remedy}", "NotSigned") from fault

    async def send(self, partnership_id: str, command: c.StaffRequest) -> Receipt:
        """Send a signed command and return its receipt. Raises as `decide` does."""
        handle = self.temporal.get_workflow_handle(StreamId.partnership(partnership_id))
        try:
            return await self._held(await patiently(lambda: self._update(handle, command), self.patience))
        except Refused as refusal:
            if refusal.kind == StaleDecision.__name__:
                await self.tell(handle.id, "catch_up", None)  # so that the next answer reports a restored ledger
            raise
        except RPCError as fault:
            if fault.status is not RPCStatusCode.NOT_FOUND:
                raise Unreachable(f"Temporal answered {fault.status.name}: {fault.message}") from fault
            if done := await self._recorded(partnership_id, command):
                return done
            if not await self._is_admitted_after_the_end(partnership_id, command):
                raise _refused_by(await self.known_partnership(partnership_id), command) from fault
        return await self._held(
            await patiently(lambda: self._update_after_the_end(partnership_id, command), self.patience)
        )

    async def _is_admitted_after_the_end(self, partnership_id: str, command: c.StaffRequest) -> bool:
        """Return whether a partnership has ended, and the command is about a duty that outlives its end.

        Raises:
            Refused: The command is about such a duty, and the state does not allow it.
        """
        known = await self.known_partnership(partnership_id)
        if not known.ended or known.stage not in PROCEDURE[type(command)].stages:
            return False
        try:
            admit(known, command)
        except DomainError as fault:
            raise Refused(str(fault), type(fault).__name__) from fault
        return True

    async def _update_after_the_end(self, partnership_id: str, command: c.StaffRequest) -> Receipt:
        """Start the workflow of an ended partnership again from the ledger, and send it a command."""
        start = PartnershipStart(partnership_id=partnership_id)
        return await self._update_with(start, command, WorkflowIDReusePolicy.ALLOW_DUPLICATE)

    async def _held(self, given: Receipt) -> Receipt:
        """Return the given receipt after checking that the ledger still holds the event that it is for.

        Temporal keeps its answers to commands, even if the ledger has lost their events since.

        Raises:
            Refused: The ledger does not hold the event any more.
        """
        stream = StreamId.partnership(given.partnership_id)
        stored = await self.ledger.read_stream(stream, given.version - 1, limit=1) if given.version else []
        if [one.position for one in stored] != [given.position][: given.version]:
            raise Refused(
                f"the ledger does not hold event {given.version} of {stream} at position {given.position} any more, "
                "which this would be the receipt for: it was put back to an earlier point. An operator must look at "
                "it: see docs/runbooks/ledger-behind.md",
                "LedgerBehind",
            )
        return given

    async def _recorded(self, partnership_id: str, command: c.StaffRequest) -> Receipt | None:
        """Return a command's receipt from the ledger, or None; used if the workflow ended before it answered."""
        history = await self.history(partnership_id)
        what = tuple(one.event.event_type for one in history if one.command_id == command.command_id)
        if not what:
            return None
        seen = await self.known_sight(partnership_id)
        return receipt(seen.partnership, seen.position, command.command_id, what, replayed=True)

    async def _update(self, handle: WorkflowHandle[Any, Any], command: c.StaffRequest) -> Receipt:
        """Send a command as an update; repeat it with the same id if the workflow was just continuing as a new run."""
        while True:
            try:
                answer: Receipt = await handle.execute_update(
                    "decide", command, id=str(command.command_id), result_type=Receipt, rpc_timeout=RPC_TIMEOUT
                )
                return answer
            except RPCError as fault:
                if fault.status is not RPCStatusCode.NOT_FOUND or not await _is_running(handle):
                    raise
                await asyncio.sleep(PAUSE_SECONDS)

    async def _start(self, proposal: Proposal, actor: str) -> Receipt:
        command_id = await self._proposal_id(proposal, actor)
        made = draft(c.Propose, command_id=command_id, at=clock.now(), actor=actor, proposal=proposal)
        command = await self._with_signature(made, made.statement(proposal.reference))
        return await self._held(await patiently(lambda: self._update_with_start(command), self.patience))

    async def _proposal_id(self, proposal: Proposal, actor: str) -> UUID:
        """Return the id of a first proposal; another one for each run that refused it before.

        The server answers a known id with the old refusal, although its reason may be mended by now.
        """
        first = first_proposal_id(proposal, actor)
        handle = self.temporal.get_workflow_handle(StreamId.partnership(proposal.reference))
        try:
            known = await handle.describe(rpc_timeout=RPC_TIMEOUT)
        except RPCError:
            return first  # there is none, or nobody answers, which the proposal itself will say
        return derive(first, known.run_id) if known.status is WorkflowExecutionStatus.FAILED else first

    async def _update_with_start(self, command: c.Propose) -> Receipt:
        start = PartnershipStart(partnership_id=command.proposal.reference, proposal=command)
        reuse = WorkflowIDReusePolicy.ALLOW_DUPLICATE_FAILED_ONLY
        return await self._update_with(start, command, reuse, summary_of(command.proposal))

    async def _update_with(
        self, begin: PartnershipStart, command: c.StaffRequest, reuse: WorkflowIDReusePolicy, summary: str | None = None
    ) -> Receipt:
        """Send a command as an update, and start the partnership's workflow with it unless it runs."""
        start: WithStartWorkflowOperation[PartnershipWorkflow, Receipt] = WithStartWorkflowOperation(
            PartnershipWorkflow.run,
            begin,
            id=StreamId.partnership(begin.partnership_id),
            task_queue=TASK_QUEUE,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            id_reuse_policy=reuse,
            static_summary=summary,
        )
        answer: Receipt = await self.temporal.execute_update_with_start_workflow(
            "decide",
            command,
            start_workflow_operation=start,
            id=str(command.command_id),
            result_type=Receipt,
            rpc_timeout=RPC_TIMEOUT,
        )
        return answer

    async def tell(self, workflow_id: str, signal: str, content: Any) -> bool:
        """Signal a workflow; return False if it is not running. With `content` None, no argument is sent.

        Raises:
            Unreachable: Temporal answered with another error.
        """
        try:
            handle = self.temporal.get_workflow_handle(workflow_id)
            await handle.signal(signal, args=[] if content is None else [content], rpc_timeout=RPC_TIMEOUT)
        except RPCError as fault:
            if fault.status is RPCStatusCode.NOT_FOUND:
                return False
            raise Unreachable(f"Temporal answered {fault.status.name}: {fault.message}") from fault
        return True

    async def append(
        self,
        stream_id: str,
        version: int,
        command_id: UUID,
        actor: str,
        *events: AnyEvent,
        people: tuple[Person, ...] = (),
        writer: Writer = Writer.STAFF,
    ) -> None:
        """Append events to one of the organisation's own streams, which must be at `version`.

        `people`: the people whom the events' texts may name, in addition to those in their fields.

        Raises:
            Refused: Somebody else appended first.
        """
        request = AppendRequest(stream_id, command_id, version, to_ledger(events, actor, command_id, people))
        answer = await open_ledger(self.pool, writer).append(request)
        if not answer.recorded:
            raise Refused("somebody changed it at the same moment; look at it and try again", "Conflict")


def local_keyring() -> Keyring:
    """Return the keyring of this machine."""
    return Keyring(key_folder(), os.environ.get(PASSPHRASE_VARIABLE, ""))


@asynccontextmanager
async def open_desk(
    login: Login = Login.STAFF,
    acting: bool = False,
    hinting: bool = False,
    patience: float = PATIENCE,
) -> AsyncIterator[Desk]:
    """Open a desk on the database. `acting` requires Temporal as well; `hinting` uses Temporal if it answers.

    `login`: the task under whose database login the desk works.

    Raises:
        Refused: The database login may not do what was tried.
        Unreachable: A service is not configured or does not answer, or the database is not migrated.
    """
    try:
        pool = await open_pool(database_url(login))
        async with pool:
            client = await _temporal(acting, hinting)
            yield Desk(pool, local_keyring(), client, patience)
    except (NotConfigured, SecretUnusable, ServiceUnavailable, LedgerUnavailable) as fault:
        raise Unreachable(str(fault)) from fault
    except (asyncpg.InterfaceError, asyncpg.PostgresConnectionError, asyncpg.CannotConnectNowError, OSError) as fault:
        raise Unreachable(f"the database went away ({type(fault).__name__}); try again") from fault
    except asyncpg.UndefinedTableError as fault:
        raise Unreachable("the database is not migrated; run `accord migrate`") from fault
    except asyncpg.InsufficientPrivilegeError as fault:
        raise Refused(f"the login of the {login} may not do this: {fault}", "NotAllowed") from fault


async def _temporal(acting: bool, hinting: bool) -> Client | None:
    if not (acting or hinting):
        return None
    try:
        return await connect_temporal(embedded_temporal_address())
    except ServiceUnavailable:
        if acting:
            raise
        return None


async def _is_running(handle: WorkflowHandle[Any, Any]) -> bool:
    try:
        return (await handle.describe(rpc_timeout=RPC_TIMEOUT)).status is WorkflowExecutionStatus.RUNNING
    except RPCError as fault:
        if fault.status is RPCStatusCode.NOT_FOUND:
            return False
        raise


def _refused_by(state: Partnership, command: c.StaffRequest) -> Refused:
    try:
        admit(state, command)
    except DomainError as refusal:
        return Refused(str(refusal), type(refusal).__name__)
    remedy = f"an operator starts it again: `accord revive {state.partnership_id}`"
    return Refused(f"{state.partnership_id} has no running workflow; {remedy}", "NotRunning")
