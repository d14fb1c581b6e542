"""Read a partnership from the ledger, and carry out commands in it. Run as local activities.

Commands are decided here, over what the ledger holds, and not in the workflow, which only evolves from the events. So
a change of the rules affects later decisions only, and does not break the replay of running workflows.
"""

from __future__ import annotations

from typing import Any, Final

import asyncpg
from temporalio import activity

from activities.bookings import Bookings
from activities.circumstances import Gathering, RulesAsked
from activities.contracts import (
    Answered,
    CarriedOut,
    CarryOut,
    CatchUpRequest,
    Folded,
    Handled,
    NewEvents,
    Refusal,
    RevokedDecisions,
)
from activities.folding import FoldedPartnership, published
from activities.recording.appending import Appending
from activities.recording.gathered import Gathered
from activities.recording.refused_truths import note_on_truths, truths_beside, truths_drawn
from activities.recording.second_gate import SecondGate
from activities.signalling import signal_partnership
from activities.telling import tell_decision
from activities.together import SumsTogether
from domain.directory.personal import Person, people_in
from domain.errors import DomainError, EpochNotBegun, IllegalTransition, Stopped
from domain.partnership import events as e
from domain.partnership.commands import (
    AnyCommand,
    Propose,
)
from domain.partnership.decisions import decide
from domain.partnership.diligence.cures import names_a_listed_party
from domain.partnership.diversion.grantee import (
    concerns_the_agreement,
    concerns_the_grantee,
)
from domain.partnership.people.taking_part import Part
from domain.partnership.procedure import PARTS, REMARKS
from domain.partnership.refusals import refusal_of
from domain.partnership.state import Partnership
from domain.recorded.writers import Writer
from domain.streams import StreamId
from domain.truths.events import TruthDrawn
from records.authorship import Reader
from records.directory import DirectoryRepository, is_doubted
from records.forms import require_open
from records.funds import Funds
from records.opening import open_ledger

HANDLED_LIMIT: Final = 500
"""The number of recorded commands that a run knows at its start. Older ones are looked up in the ledger."""


class Partnerships:
    """Activities over the streams of partnerships."""

    def __init__(self, pool: asyncpg.Pool, writer: Writer = Writer.WORKER) -> None:
        """Open the ledger to append as `writer`: the worker or, while Temporal is away, the emergency login."""
        self._pool = pool
        self._ledger = open_ledger(pool, writer)
        self._registrar = DirectoryRepository(self._ledger)
        self._reader = Reader(self._ledger, self._registrar)
        self._funds = Funds(self._reader, writer)
        self._sums = SumsTogether(self._ledger, self._reader)
        self._gathering = Gathering(self._reader, self._registrar, self._sums, self._funds)
        self._bookings = Bookings(self._reader)
        gate = SecondGate(self._registrar, writer)
        self._append = Appending(self._ledger, self._reader, self._funds, gate).append

    @activity.defn
    async def fold_partnership(self, request: CatchUpRequest) -> Folded:
        """Return a partnership folded from its stream: the state that a run begins from, whatever its input.

        What the run before knew must be there: a run that began anew on a ledger that was put back would forget it.
        """
        folded_partnership = await self._read(request.partnership_id)
        folded_partnership.since(request.known)
        newest = list(folded_partnership.handled().items())[-HANDLED_LIMIT:]
        return Folded(
            partnership=folded_partnership.partnership,
            position=folded_partnership.events[-1].position if folded_partnership.events else 0,
            leaf=folded_partnership.events[-1].leaf if folded_partnership.events else "",
            handled=tuple(Handled(command_id=command_id, what=event_types) for command_id, event_types in newest),
            published=published(folded_partnership.partnership),
        )

    @activity.defn
    async def read_on(self, request: CatchUpRequest) -> NewEvents:
        """Return a partnership's events after the known version."""
        async with self._ledger.at_one_moment():
            folded_partnership = await self._read(request.partnership_id)
        return NewEvents(
            events=folded_partnership.since(request.known), published=published(folded_partnership.partnership)
        )

    @activity.defn
    async def carry_out(self, request: CarryOut) -> CarriedOut:
        """Carry out a command exactly once, however often this runs. A refusal is recorded and returned.

        A retry returns what was recorded the first time. So a decision recorded while its key was in force remains
        valid, however late a run that was reset repeats the command.
        """
        folded_partnership = FoldedPartnership(Partnership(partnership_id=request.partnership_id))
        refusal, is_repeat = None, False
        try:
            async with self._ledger.at_one_moment():
                folded_partnership = await self._read_on(folded_partnership)
                # Before anything is decided: raises LedgerBehind where the ledger was put back to an earlier point.
                folded_partnership.since(request.known)
                await self._require_epoch()
                # Of a command recorded before, a retry tells nothing again: the log has one line for it.
                is_repeat = folded_partnership.has(request.command)
                ground = await self._gathered(folded_partnership, request.command, request.answered)
            folded_partnership = await self._record(
                folded_partnership, request.command, ground, rules_answer=request.answered
            )
        except Stopped:
            raise
        except RulesAsked as first:
            return _carried_out(folded_partnership, request, asks=first.asked)
        except DomainError as fault:
            folded_partnership, refusal = await self._refused(folded_partnership, request, fault)
        if refusal is None:
            await self._tell_others(folded_partnership.partnership, request.command)
        event_types = folded_partnership.handled().get(request.command.command_id, ())
        if not is_repeat:
            tell_decision(request.partnership_id, request.command, event_types, refusal)
        return _carried_out(folded_partnership, request, what=event_types, refusal=refusal)

    async def _refused(
        self, folded_partnership: FoldedPartnership, request: CarryOut, fault: DomainError
    ) -> tuple[FoldedPartnership, Refusal]:
        """Record the refusal of a command and the truths that it told, and return what its person is told."""
        truths = truths_drawn(folded_partnership.partnership, request.command, fault, request.answered)
        reason, truth_note = str(fault), note_on_truths(truths)
        # The refusal and the truths that it told go into one append: neither stands without the other.
        folded_partnership, is_on_record = await self._put_on_record(
            folded_partnership, request.command, f"{reason}{truth_note}", truths, request.answered
        )
        closing_note = (
            truth_note if is_on_record else "; nothing of what you told could be put on record: `accord tell`"
        )
        refusal = Refusal(kind=type(fault).__name__, reason=f"{reason}{closing_note}" if truths else reason)
        return folded_partnership, refusal

    async def _tell_others(self, partnership: Partnership, command: AnyCommand) -> None:
        """Signal the other open partnerships that a command concerns to look again. A repeated signal does no harm.

        They are of the same grantee, or under the agreement. The checks before a payment look by themselves.
        """
        if not activity.in_activity():
            return  # with Temporal away nobody can be told
        related_partnerships: list[Partnership] = []
        if concerns_the_grantee(command, partnership):
            related_partnerships += await self._sums.of_grantee(partnership.proposed, partnership.account)
        if concerns_the_agreement(command):
            related_partnerships += await self._sums.under_agreement(partnership.partnership_id)
        for related_partnership in related_partnerships:
            if not related_partnership.ended:
                await signal_partnership(activity.client(), related_partnership.partnership_id, "registers_changed")

    @activity.defn
    async def find_fallen(self, partnership_id: str) -> tuple[RevokedDecisions, ...]:
        """Return, for each person, their decisions signed with a key since revoked for cause and not yet taken back."""
        directory, fell = await self._registrar.directory(), dict[str, dict[Part, None]]()
        for recorded_event in (await self._read(partnership_id)).events:
            event: Any = recorded_event.event
            if isinstance(event, e.DecisionsFell):
                for part in event.fell:
                    fell.get(event.person, {}).pop(part, None)
            elif not isinstance(event, REMARKS) and is_doubted(
                directory, getattr(event, "signature", None), recorded_event
            ):
                fell.setdefault(event.actor, {})[PARTS.get(type(event), Part.OTHER)] = None
        reason = "decided with a key that was revoked because others may have used it"
        return tuple(
            RevokedDecisions(person=person, fell=tuple(parts), reason=f"{person}: {reason}")
            for person, parts in fell.items()
            if parts
        )

    async def _read(self, partnership_id: str) -> FoldedPartnership:
        return await self._read_on(FoldedPartnership(Partnership(partnership_id=partnership_id)))

    async def _read_on(self, folded_partnership: FoldedPartnership) -> FoldedPartnership:
        stream = StreamId.partnership(folded_partnership.partnership.partnership_id)
        return folded_partnership.and_then(await self._reader.read(stream, folded_partnership.partnership.version))

    async def _require_epoch(self) -> None:
        """Raise EpochNotBegun if the database was restored, copied or moved, and has no epoch of its own yet."""
        if fault := await self._registrar.fault_of_installation():
            raise EpochNotBegun(str(fault))

    async def _gathered(
        self, folded_partnership: FoldedPartnership, command: AnyCommand, rules_answer: Answered | None
    ) -> Gathered | None:
        """Return the ground of a decision beside its partnership, as of one moment, or None if it was recorded before.

        Raises:
            RulesAsked: The rules must be asked first.
        """
        if folded_partnership.has(command):
            return None
        if folded_partnership.partnership.version == 0 and not isinstance(command, Propose):
            raise IllegalTransition("nothing was proposed here")
        async with self._ledger.at_one_moment():
            together = await self._gathering.together_with(folded_partnership.partnership, command)
            claim = await self._bookings.claim(folded_partnership, command)
            circumstances = await self._gathering.of(folded_partnership, command, together, rules_answer, claim.fault)
            names = await self._ledger.names_in(StreamId.partnership(folded_partnership.partnership.partnership_id))
        return Gathered(circumstances, together, claim.requests, names)

    async def _record(
        self, folded_partnership: FoldedPartnership, command: AnyCommand, ground: Gathered | None,
        people: tuple[Person, ...] = (), rules_answer: Answered | None = None, truths: tuple[TruthDrawn, ...] = (),
    ) -> FoldedPartnership:  # fmt: skip
        """Decide a command on the current state and append the events. On a version conflict, decide again.

        `people` are people whom the events may name although the proposal does not. `rules_answer`: the rules' answer.
        `truths`: the truths that are recorded in the same append.
        """
        while ground is not None:
            events = self._decide(folded_partnership, command, ground)
            if not events:
                break
            await require_open(self._pool, events)
            ground = ground._replace(
                claims=(*ground.claims, *await truths_beside(self._ledger, self._reader, command, truths, people))
            )
            news = await self._append(folded_partnership.partnership, command, events, people, ground)
            folded_partnership = (
                folded_partnership.and_then(news) if news is not None else await self._read_on(folded_partnership)
            )
            # None once the command is on record, which ends the loop. Otherwise another was first, and it is decided
            # anew on what is there now.
            ground = await self._gathered(folded_partnership, command, rules_answer)
        return folded_partnership

    def _decide(
        self, folded_partnership: FoldedPartnership, command: AnyCommand, ground: Gathered
    ) -> tuple[e.Event, ...]:
        return decide(folded_partnership.partnership, command, ground.circumstances)

    async def _put_on_record(
        self, folded_partnership: FoldedPartnership, command: AnyCommand, reason: str, events: tuple[TruthDrawn, ...],
        rules_answer: Answered | None,
    ) -> tuple[FoldedPartnership, bool]:  # fmt: skip
        """Record a command's refusal, with the truths that it told. Return True if it could be recorded.

        Where nothing was proposed there is no stream to record it on.
        """
        if folded_partnership.partnership.version == 0:
            return folded_partnership, False
        has_listed_party = rules_answer is not None and names_a_listed_party(rules_answer.assessment)
        refusal = refusal_of(command, reason, has_listed_party)
        try:
            ground = await self._gathered(folded_partnership, refusal, rules_answer)
            return await self._record(folded_partnership, refusal, ground, people_in(command), truths=events), True
        except Stopped:
            raise
        except DomainError:
            return folded_partnership, False  # the refusal is valid even if it cannot be recorded


def _carried_out(folded_partnership: FoldedPartnership, request: CarryOut, **outcome: Any) -> CarriedOut:
    """Return the answer to a command, with the events that its workflow does not know yet."""
    return CarriedOut(
        events=folded_partnership.since(request.known), published=published(folded_partnership.partnership), **outcome
    )
