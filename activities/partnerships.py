"""Read a partnership from the ledger, and carry out commands in it. Run as local activities.

Commands are decided here, over what the ledger holds, and not in the workflow, which only evolves from the events. So
a change of the rules affects later decisions only, and does not break the replay of running workflows.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial, reduce
from typing import Any, Final, NamedTuple
from uuid import UUID

import asyncpg
from asyncpg.pool import PoolConnectionProxy
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
from activities.signalling import signal_partnership
from activities.telling import tell_decision, timed_append
from activities.together import CountedSums, SumsTogether
from domain.directory.directory import Directory
from domain.directory.personal import Person, people_in
from domain.errors import DomainError, EpochNotBegun, IllegalTransition, NotSigned, StaleDecision, Stopped
from domain.fault import Fault
from domain.funds.booking import Turn
from domain.identity import ACCORD
from domain.partnership import events as e
from domain.partnership.circumstances import Circumstances
from domain.partnership.commands import (
    Amend,
    AnyCommand,
    Approve,
    ExtendDeadline,
    Propose,
    Reopen,
    SignAgreement,
)
from domain.partnership.decisions import decide
from domain.partnership.diligence.cures import names_a_listed_party
from domain.partnership.diversion.grantee import (
    concerns_the_agreement,
    concerns_the_grantee,
)
from domain.partnership.evolution import evolve
from domain.partnership.people.taking_part import Part
from domain.partnership.procedure import PARTS, REMARKS
from domain.partnership.proposal.telling import tells_facts, truths_of_refused
from domain.partnership.refusals import refusal_of
from domain.partnership.state import Partnership
from domain.recorded.event import RecordedEvent
from domain.recorded.proofs import bears_a_name, event_fault
from domain.recorded.writers import Writer, may_append
from domain.screening.truths import truth_name
from domain.streams import DIRECTORY_STREAM, TRUTHS_STREAM, StreamId
from domain.truths.events import TruthDrawn
from ledger import AppendRequest, AppendResult, AppendStatus, KnownNames, clock
from records.authorship import Reader
from records.codec import to_ledger
from records.directory import DirectoryRepository, is_doubted
from records.forms import require_open
from records.funds import Funds, Queue
from records.keys.verification import verified
from records.opening import open_ledger
from records.truths import read_truths

TAKES_MONEY: Final = (Approve, SignAgreement, Amend, ExtendDeadline, Reopen)
"""The commands that a fund may refuse. Every other one, such as a hold or its end, goes on whatever a fund has left."""

HANDLED_LIMIT: Final = 500
"""The number of recorded commands that a run knows at its start. Older ones are looked up in the ledger."""


class Gathered(NamedTuple):
    """The ground of a decision beside its partnership, and the appends to record together with it."""

    circumstances: Circumstances
    together: CountedSums | None
    claims: tuple[AppendRequest, ...]
    names: KnownNames | None = None
    """The people whom the partnership's stream names."""


class Partnerships:
    """Activities over the streams of partnerships."""

    def __init__(self, pool: asyncpg.Pool, writer: Writer = Writer.WORKER) -> None:
        """Open the ledger to append as `writer`: the worker or, while Temporal is away, the emergency login."""
        self._pool, self._writer = pool, writer
        self._ledger = open_ledger(pool, writer)
        self._registrar = DirectoryRepository(self._ledger)
        self._reader = Reader(self._ledger, self._registrar)
        self._funds = Funds(self._reader, writer)
        self._sums = SumsTogether(self._ledger, self._reader)
        self._gathering = Gathering(self._reader, self._registrar, self._sums, self._funds)
        self._bookings = Bookings(self._reader)

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
            return CarriedOut(
                events=folded_partnership.since(request.known),
                published=published(folded_partnership.partnership),
                asks=first.asked,
            )
        except DomainError as fault:
            truths = _drawn(folded_partnership.partnership, request.command, fault, request.answered)
            reason, truth_note = str(fault), _told_so(truths)
            # The refusal and the truths that it told go into one append: neither stands without the other.
            folded_partnership, is_on_record = await self._put_on_record(
                folded_partnership, request.command, f"{reason}{truth_note}", truths, request.answered
            )
            closing_note = (
                truth_note if is_on_record else "; nothing of what you told could be put on record: `accord tell`"
            )
            refusal = Refusal(kind=type(fault).__name__, reason=f"{reason}{closing_note}" if truths else reason)
        if refusal is None:
            await self._tell_others(folded_partnership.partnership, request.command)
        event_types = folded_partnership.handled().get(request.command.command_id, ())
        if not is_repeat:
            tell_decision(request.partnership_id, request.command, event_types, refusal)
        return CarriedOut(
            events=folded_partnership.since(request.known),
            published=published(folded_partnership.partnership),
            what=event_types,
            refusal=refusal,
        )

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
            ground = ground._replace(claims=(*ground.claims, *await self._truths_beside(command, truths, people)))
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

    async def _truths_beside(
        self, command: AnyCommand, events: tuple[TruthDrawn, ...], people: tuple[Person, ...]
    ) -> tuple[AppendRequest, ...]:
        """Return the append of the truths that nobody has told yet, or none if all are on record."""
        if not events:
            return ()
        stored_events = await self._ledger.read_stream(TRUTHS_STREAM)
        recorded_truths = {truth.truth for truth in await read_truths(self._reader)}
        new = tuple(event for event in events if event.words.of not in recorded_truths)
        if not new:
            return ()
        new_events = to_ledger(new, ACCORD, command.command_id, people)
        return (AppendRequest(TRUTHS_STREAM, command.command_id, len(stored_events), new_events),)

    async def _append(
        self,
        partnership: Partnership,
        command: AnyCommand,
        events: tuple[e.Event, ...],
        other_people: tuple[Person, ...],
        gathered: Gathered,
    ) -> list[RecordedEvent] | None:
        """Append the events, unless the stream has newer events by now, or another sum now counts together with theirs.

        Return them as they were recorded, or None if they must be read from the stream.

        Raises:
            NotSigned: The events can never be recorded.
        """
        stream, actor = StreamId.partnership(partnership.partnership_id), getattr(command, "actor", ACCORD)
        gate = partial(self._require_signed, partnership.partnership_id, command.command_id, events)
        if gathered.together is None:
            await gate()
        people = (*partnership.people, *other_people)

        def own(event: e.FundsAllotted | None) -> AppendRequest:
            all_events = events if event is None else (*events, event)
            new_events = to_ledger(all_events, actor, command.command_id, people)
            return AppendRequest(
                stream, command.command_id, partnership.version, new_events, gathered.names, DIRECTORY_STREAM
            )

        turn = Turn(partnership, reduce(evolve, events, partnership), command.at, clock.now())
        try:
            with timed_append(command.command_id):
                answers = await self._funds.record(
                    turn,
                    command.command_id,
                    make_request=own,
                    on_request=isinstance(command, TAKES_MONEY),
                    queue=self._queue(gathered, gate),
                )
        except ValueError as fault:  # too large, perhaps only once its names are encrypted
            raise NotSigned(f"cannot be recorded: {fault}"[:500]) from None
        if any(answer.status is AppendStatus.KEY_REUSE for answer in answers):
            await self._require_same(partnership.partnership_id, command, events)
        return await self._reader.as_reported(answers[0].report)

    async def _require_same(self, partnership_id: str, command: AnyCommand, events: tuple[e.Event, ...]) -> None:
        """Raise NotSigned unless a command whose id is on record was recorded here, with the same events."""
        partnership = await self._read(partnership_id)
        recorded_events = [
            recorded_event.event
            for recorded_event in partnership.events
            if recorded_event.command_id == command.command_id
        ]
        if not recorded_events or recorded_events[: len(events)] != list(events):
            raise NotSigned(f"command {command.command_id} was recorded before with other content")

    def _queue(self, gathered: Gathered, gate: Callable[[PoolConnectionProxy], Awaitable[None]]) -> Queue:
        """Return the function that records a command: behind the others or, if a question comes first, by itself.

        By itself it passes the second gate under the append lock: nobody can revoke its key any more before it stands.
        """
        together = gathered.together
        if together is None:
            return lambda requests: self._ledger.queue_together([*requests, *gathered.claims])

        async def is_outdated(connection: PoolConnectionProxy) -> bool:
            await gate(connection)
            return await together.is_outdated(connection)

        async def alone(requests: Sequence[AppendRequest]) -> asyncio.Future[list[AppendResult]]:
            answers = asyncio.ensure_future(self._ledger.append_unless(requests, is_outdated))
            # Awaited within the turn at the funds: it goes beside the queue, and the next decision could overtake it.
            # Its result, or its fault, is taken where those of the queue are.
            await asyncio.wait([answers])
            return answers

        return alone

    async def _require_signed(
        self, partnership_id: str, command_id: UUID, events: tuple[e.Event, ...],
        connection: PoolConnectionProxy | None = None,
    ) -> None:  # fmt: skip
        """Raise NotSigned if this writer may not append an event, or if the person it names did not sign it.

        This is the second of the three gates: nothing is recorded in the name of a person who did not sign it.
        """
        stream = StreamId.partnership(partnership_id)
        for event in events:
            if not may_append(self._writer, stream, event.event_type):
                raise NotSigned(f"{event.event_type} is no event that a workflow records on {stream}")
        named_events = [event for event in events if bears_a_name(event)]
        # Read anew, after the moment of the decision: a key that was revoked meanwhile signs nothing (ADR 0089).
        directory = await self._registrar.directory(connection) if named_events else Directory()
        for event in named_events:
            if fault := event_fault(event, partnership_id, directory, verified) or _fault_of_command(event, command_id):
                raise NotSigned(f"not recorded: {event.event_type}: {fault}")


def _fault_of_command(event: Any, command_id: UUID) -> Fault | None:
    """Return a fault if an event's signature was given for another command, or None."""
    is_same_command = event.signature.statement.command_id == command_id
    return None if is_same_command else Fault("the signature was given for another command")


_UNPROVED: Final = (NotSigned, StaleDecision)
"""The refusals of what nobody is proved to have said, or is asked to look at and give again: they tell nothing."""


def _drawn(
    partnership: Partnership, command: AnyCommand, fault: DomainError, rules_answer: Answered | None
) -> tuple[TruthDrawn, ...]:
    """Return the truths that a refused command told (rules 4.1)."""
    if not isinstance(command, Amend) or isinstance(fault, _UNPROVED) or not tells_facts(partnership, command):
        return ()
    assessment = rules_answer.assessment if rules_answer is not None else None
    return truths_of_refused(partnership, command, assessment)


def _told_so(events: tuple[TruthDrawn, ...]) -> str:
    """Return the words that tell the person that their truths are on record, or '' if they told none."""
    if not events:
        return ""
    names = ", ".join(truth_name(event.words.of) for event in events)
    return (
        f"; what you told is on record as {names}, and keeps every payment back until a verifier answers it "
        f"(`accord answer-truth {truth_name(events[0].words.of)}`); the terms stay as they stand"
    )
