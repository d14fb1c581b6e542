"""Append the events of a decision to a partnership's stream, with what funds keep for it, in the turn of the funds."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial, reduce
from typing import Final

from asyncpg.pool import PoolConnectionProxy

from activities.recording.gathered import Gathered
from activities.recording.second_gate import SecondGate
from activities.telling import timed_append
from domain.directory.personal import Person
from domain.errors import NotSigned
from domain.funds.booking import Turn
from domain.identity import ACCORD
from domain.partnership import events as e
from domain.partnership.commands import Amend, AnyCommand, Approve, ExtendDeadline, Reopen, SignAgreement
from domain.partnership.evolution import evolve
from domain.partnership.state import Partnership
from domain.recorded.event import RecordedEvent
from domain.streams import DIRECTORY_STREAM, StreamId
from ledger import AppendRequest, AppendResult, AppendStatus, Ledger, clock
from records.authorship import Reader
from records.codec import to_ledger
from records.funds import Funds, Queue

TAKES_MONEY: Final = (Approve, SignAgreement, Amend, ExtendDeadline, Reopen)
"""The commands that a fund may refuse. Every other one, such as a hold or its end, goes on whatever a fund has left."""


class Appending:
    """Appends the events of decisions, and of nothing that the second gate refuses."""

    def __init__(self, ledger: Ledger, reader: Reader, funds: Funds, gate: SecondGate) -> None:
        self._ledger, self._reader, self._funds, self._gate = ledger, reader, funds, gate

    async def append(
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
        gate = partial(self._gate.require_signed, partnership.partnership_id, command.command_id, events)
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
        stream_events = await self._reader.read(StreamId.partnership(partnership_id))
        recorded_events = [
            recorded_event.event for recorded_event in stream_events if recorded_event.command_id == command.command_id
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
