"""Record a signed act of the organisation about itself. Run as a local activity.

An act passes the same three gates as a decision in a partnership: the signature and the signer's roles, the rules for
the act itself, and the append function of the login.
"""

from __future__ import annotations

import asyncpg
from temporalio import activity

from activities.contracts import ActAnswer, Refusal
from domain.directory.personal import Person
from domain.errors import DomainError, EpochNotBegun, NotSigned, SeparationOfDuties, Stopped
from domain.partnership.evolution import fold
from domain.partnership.state import Partnership
from domain.payment.account import AccountConfirmed
from domain.recorded.acts import OrganisationAct, may_precede_an_epoch, refusal_of_act
from domain.recorded.writers import Writer
from domain.screening.clearance import MatchCleared, conflict_of_duties
from domain.streams import StreamId
from ledger import AppendRequest, AppendStatus, clock
from records.authorship import Reader
from records.codec import to_ledger
from records.directory import DirectoryRepository
from records.keys.ed25519 import verified
from records.opening import open_ledger


class Organisation:
    """Activities over the organisation's own streams."""

    def __init__(self, pool: asyncpg.Pool, writer: Writer = Writer.WORKER) -> None:
        """Open the ledger to append as `writer`: the worker, or a person's login that may append the act itself."""
        self._ledger = open_ledger(pool, writer)
        self._registrar = DirectoryRepository(self._ledger)
        self._reader = Reader(self._ledger, self._registrar)

    @activity.defn
    async def record_act(self, act: OrganisationAct) -> ActAnswer:
        """Record an act exactly once, however often this runs, or return the refusal."""
        try:
            await self._record(act)
        except Stopped:
            raise
        except DomainError as fault:
            return ActAnswer(refusal=Refusal(kind=type(fault).__name__, reason=str(fault)))
        return ActAnswer()

    async def _record(self, act: OrganisationAct) -> None:
        """Check an act and append it, unless it was recorded before. On a version conflict, check and append again."""
        while True:
            stored = await self._ledger.read_stream(act.stream)
            if any(one.command_id == act.command_id for one in stored):
                return
            people = await self._accept(act)
            answer = await self._append(act, len(stored), people)
            if answer is AppendStatus.KEY_REUSE:
                raise NotSigned(f"act {act.command_id} was recorded before with other content")
            if answer is not AppendStatus.CONFLICT:
                return

    async def _accept(self, act: OrganisationAct) -> tuple[Person, ...]:
        """Return the people whom the act may name; raise a DomainError if it is refused."""
        directory = await self._registrar.directory()
        fault = "" if may_precede_an_epoch(act, directory) else await self._registrar.fault_of_installation()
        if fault:
            raise EpochNotBegun(fault)
        people = await self._accept_who(act)
        if refusal := refusal_of_act(act, directory, verified, clock.today()):
            raise refusal
        return people

    async def _accept_who(self, act: OrganisationAct) -> tuple[Person, ...]:
        """Return the people whom the act may name; raise SeparationOfDuties if its actor had a conflicting part."""
        match act.event:
            case AccountConfirmed(actor=actor):
                await self._require_another(act.subject, actor)
            case MatchCleared() as cleared:
                return await self._accept_clearance(cleared)
        return ()

    async def _require_another(self, reference: str, actor: str) -> None:
        known = await self._registrar.standing(reference)
        if known is not None and known.recorded_by == actor:
            raise SeparationOfDuties(f"{actor} recorded {reference}; another person must call back")

    async def _accept_clearance(self, cleared: MatchCleared) -> tuple[Person, ...]:
        partnership = await self._partnership(cleared.partnership_id)
        directory, involved = await self._registrar.directory(), partnership.involved | {*partnership.payers}
        part = conflict_of_duties(cleared.actor, directory, clock.today(), cleared.partnership_id, involved)
        if part:
            raise SeparationOfDuties(part)
        return partnership.people

    async def _partnership(self, partnership_id: str) -> Partnership:
        recorded = await self._reader.read(StreamId.partnership(partnership_id))
        return fold(partnership_id, tuple(one.event for one in recorded))  # type: ignore[misc]

    async def _append(self, act: OrganisationAct, version: int, people: tuple[Person, ...]) -> AppendStatus:
        try:
            made = to_ledger((act.event,), act.actor, act.command_id, people)
            answer = await self._ledger.append(AppendRequest(act.stream, act.command_id, version, made))
        except ValueError as fault:
            raise NotSigned(f"cannot be recorded: {fault}"[:500]) from None
        return answer.status
