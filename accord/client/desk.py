"""The desk: a client of Temporal and the database that sends commands to partnerships and reads the ledger.

Reading needs only the database; commands also need Temporal and a worker. A command's id is derived from its content
and the version that was seen, so sending it again, for instance after a time-out, has no second effect.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar, cast
from uuid import UUID

from temporalio.client import Client

from accord.client.database import open_database
from accord.client.sending import PATIENCE, Sending
from accord.client.sight import Made, Seen, first_proposal_id, make_command
from accord.presentation.faults import Refused, Unreachable
from deploy.connections import connect_temporal
from deploy.database import ServiceUnavailable
from deploy.logins import Login
from deploy.settings import PASSPHRASE_VARIABLE, embedded_temporal_address, key_folder
from deploy.variables import NotConfigured, configured
from domain.directory.personal import Person
from domain.errors import LedgerBehind
from domain.identity import derive
from domain.partnership import commands as c
from domain.partnership.events import Event
from domain.partnership.evolution import fold
from domain.proposal import Proposal
from domain.recorded.schema import AnyEvent
from domain.recorded.writers import Writer
from domain.signatures.signing import Shown, Signature, Statement
from ledger import AppendRequest, clock
from records.codec import to_ledger
from records.keys.keyring import KeyMissing, Keyring, KeyUnusable
from records.opening import door_of
from workflows.messages import Receipt, receipt

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Desk(Sending):
    """A client of the database and of Temporal, with the keys of this machine. Make it with `open_desk`."""

    keyring: Keyring

    # Acting.

    async def propose(self, proposal: Proposal, actor: str, answer: str | None = None) -> Receipt:
        """Submit a proposal, or submit it again after information was requested, with the answer to that.

        Raises:
            Refused: The domain refused it; nothing changed.
            Unreachable: Nobody answered in time. Proposing the same file again is safe.
        """
        sight = await self.sight(proposal.reference)
        if sight is None:
            return await self._start(proposal, actor, answer)
        partnership = sight.partnership
        if partnership.proposal == proposal and partnership.is_answered_by(actor, answer):
            return receipt(partnership, sight.position, first_proposal_id(proposal, actor), (), is_replay=True)
        return await self.decide(sight, c.Propose, actor, proposal=proposal, answer=answer)

    async def decide(self, sight: Seen, kind: type[c.StaffCommand], actor: str, **content: Any) -> Receipt:
        """Build a command on the state that was seen, sign it, send it, and return its receipt.

        `content`: the fields of the command's own class.

        Raises:
            Refused: The domain refused it, or the actor's key is not on this machine; nothing changed.
            Unreachable: Nobody answered in time. Sending it again is safe: it is the same command.
        """
        async with self.ledger.at_one_moment():
            if kind is c.Release:
                content = {"attempt": await self._next_attempt(sight, content["tranche"]), **content}
            command = make_command(sight, kind, actor, content).model_copy(update={"at": self.moment()})
            signed = await self.signed(sight, command)
        try:
            return await self.send(sight.partnership_id, signed)
        except Refused as refusal:
            if refusal.kind != LedgerBehind.__name__:
                raise
        # Temporal keeps that answer under the command's id, even after the ledger was repaired: ask under another id.
        again = command.model_copy(update={"command_id": derive("again", command.command_id)})
        return await self.send(sight.partnership_id, await self.signed(sight, again))

    async def _next_attempt(self, sight: Seen, number: int) -> int:
        """Return the number of a tranche's next attempt in the state seen, so that one signature allows one payment."""
        history = await self.history(sight.partnership_id)
        events = tuple(cast(Event, recorded_event.event) for recorded_event in history[: sight.version])
        return fold(sight.partnership_id, events).next_attempt(number)

    async def signed(self, sight: Seen, command: c.StaffRequest) -> c.StaffRequest:
        """Return a command, signed by its actor together with the state that they were shown.

        Raises:
            Refused: The actor's key is not on this machine, or the partnership was never proposed.
        """
        if sight.terms is None:
            raise Refused(f"{sight.partnership_id} was never proposed", "IllegalTransition")
        shown_state = Shown(version=sight.version, position=sight.position, terms=sight.terms)
        return await self._with_signature(command, command.statement(sight.partnership_id, shown_state))

    async def _with_signature(self, command: Made, statement: Statement) -> Made:
        return command.model_copy(update={"signature": await self.sign(statement, content=command.content())})

    async def sign(
        self, statement: Statement, to_begin_an_epoch: bool = False, content: Mapping[str, Any] | None = None
    ) -> Signature:
        """Sign a statement for this ledger's epoch with its actor's key.

        `to_begin_an_epoch`: True to sign even if the current epoch began in another database.
        `content`: the content whose digest the statement holds, for a desk that asks somebody to sign it elsewhere.

        Raises:
            Refused: The actor's key is not on this machine, or the current epoch began in another database.
        """
        async with self.ledger.at_one_moment():
            await self.require_epoch(unless=to_begin_an_epoch)
            log = (await self.directory()).log
        return self._with_key(statement.actor, lambda: self.keyring.sign(statement.within(log)))

    def moment(self) -> datetime:
        """Return the time that a statement says which is signed now."""
        return clock.now()

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

    async def _start(self, proposal: Proposal, actor: str, answer: str | None) -> Receipt:
        command = await self.first_proposal(proposal, actor, answer)
        return await self.begin(await self._with_signature(command, command.statement(proposal.reference)))

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
        answer = await self.ledger.through(door_of(writer)).append(request)
        if not answer.recorded:
            raise Refused("somebody changed it at the same moment; look at it and try again", "Conflict")


def local_keyring() -> Keyring:
    """Return the keyring of this machine."""
    return Keyring(key_folder(), configured(PASSPHRASE_VARIABLE))


@asynccontextmanager
async def open_desk(
    login: Login = Login.STAFF,
    acting: bool = False,
    hinting: bool = False,
    patience: float = PATIENCE,
) -> AsyncIterator[Desk]:
    """Open a desk on the database. `acting` requires Temporal as well, and `hinting` uses it if it answers.

    `login`: the task under whose database login the desk works.

    Raises:
        Refused: The database login may not do what was tried.
        Unreachable: A service is not configured or does not answer, or the database is not migrated.
    """
    try:
        async with open_database(login) as pool:
            client = await _temporal(acting, hinting)
            yield Desk(pool, local_keyring(), client=client, patience=patience)
    except (ServiceUnavailable, NotConfigured) as fault:
        raise Unreachable(str(fault)) from fault


async def open_temporal() -> Client:
    """Connect to Temporal as this machine's environment or its running stack says.

    Raises:
        Unreachable: It is not configured, does not answer, or the keys of its payloads cannot be used.
    """
    try:
        return await connect_temporal(embedded_temporal_address())
    except (ServiceUnavailable, NotConfigured) as fault:
        raise Unreachable(str(fault)) from fault


async def _temporal(acting: bool, hinting: bool) -> Client | None:
    if not (acting or hinting):
        return None
    try:
        return await open_temporal()
    except Unreachable:
        if acting:
            raise
        return None
