"""The bank's counter: transactions that record files leaving for the bank, the bank's answers and exceptions.

An event is appended in the same transaction that changes the table row it is about. The transaction holds the append
lock, so that nobody else appends between its reads of the ledger and its commit.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import date
from functools import reduce
from typing import Any, cast
from uuid import UUID

from asyncpg.pool import PoolConnectionProxy

from accord.audit.bank.payment_files import read_payment_file
from accord.client.desk import Desk
from accord.presentation.faults import Refused, Unreachable
from domain.directory.disregarded import Disregarded
from domain.directory.personal import Person
from domain.errors import DomainError
from domain.funds.booking import Turn, follow
from domain.identity import ACCORD
from domain.partnership import commands as c
from domain.partnership.circumstances import Circumstances
from domain.partnership.decisions import decide
from domain.partnership.events import (
    BankContradicted,
    ContradictionResolved,
    Event,
    FundsReceived,
    PartnershipEvent,
)
from domain.partnership.evolution import evolve, fold
from domain.partnership.state import Partnership
from domain.payment.bank_answers import BankAnswer, BankStatus
from domain.payment.counter import CounterAct
from domain.payment.tranche.events import (
    CHANGES_NOTHING_TO_DO,
    PaymentHandedOver,
    PaymentReturned,
    PaymentSettled,
    PaymentShort,
    TrancheEvent,
)
from domain.payment.tranche.evolution import fold_tranche
from domain.payment.tranche.state import Tranche
from domain.recorded.schema import AnyEvent
from domain.recorded.writers import Writer
from domain.streams import PARTNERSHIP_STREAMS, StreamId
from ledger import AppendRequest, Ledger, clock
from records.codec import to_ledger
from records.funds import Funds, requests_of
from records.opening import door_of


class Counter:
    """One transaction at the bank's counter. Open it with `at_the_counter`."""

    def __init__(self, desk: Desk, connection: PoolConnectionProxy, ledger: Ledger) -> None:
        self.desk = desk
        self.connection = connection
        self.ledger = ledger
        self.touched: dict[str, None] = {}
        """The streams with new events that need action, oldest first. Their workflows are signalled after commit."""
        self.brought_home: set[str] = set()
        """The partnership streams to which a tranche's workflow, once signalled, reports the payment's end itself."""

    async def append(
        self, stream: str, command_id: UUID, actor: str, *events: AnyEvent, people: Sequence[Person] = ()
    ) -> None:
        """Append events at the end of a stream, under the append lock.

        `people`: the people whom the events' texts may name, in addition to those in their fields.

        Raises:
            Refused: The same command was recorded before with other content.
        """
        # Read under the lock, so that it cannot be another one when the events arrive.
        version = (await self.ledger.versions([stream], self.connection))[stream]
        request = AppendRequest(stream, command_id, version, to_ledger(events, actor, command_id, tuple(people)))
        (answer,) = await self.ledger.append_within(self.connection, [request])
        if not answer.recorded:
            raise Refused(f"{stream}: this was recorded before, with other content", "Conflict")
        self._touch(request)

    async def append_all(self, requests: Sequence[AppendRequest]) -> None:
        """Append requests that were made before the lock was taken, all of them or none.

        Raises:
            Refused: A stream has changed since its request was made.
        """
        answers = await self.ledger.append_within(self.connection, requests)
        if not all(answer.recorded for answer in answers):
            raise Refused("what it rests on changed at this very moment; try again", "Conflict")
        for request in requests:
            self._touch(request)

    def _touch(self, request: AppendRequest) -> None:
        if not CHANGES_NOTHING_TO_DO.issuperset(event.event_type for event in request.events):
            self.touched[request.stream_id] = None

    async def act(self, stream: str, event: CounterAct) -> None:
        """Append a signed act to a stream.

        Raises:
            Refused: The act was recorded before with other content.
        """
        await self.append(stream, event.signature.statement.command_id, event.actor, cast(AnyEvent, event))

    async def version(self, stream: str) -> int:
        """Return a stream's newest version."""
        return (await self.ledger.versions([stream], self.connection))[stream]

    async def partnership(self, partnership_id: str) -> Partnership:
        """Return a partnership's current state, folded from its stream. Its version is 0 if there are no events.

        Raises:
            ValueError: The stream holds an event of another kind.
        """
        events = await self._events(StreamId.partnership(partnership_id))
        _require_all(events, PartnershipEvent, partnership_id)
        return fold(partnership_id, tuple(cast(Event, event) for event in events))

    async def events_of(self, partnership_id: str) -> tuple[Any, ...]:
        """Return the events of a partnership's own stream."""
        return tuple(await self._events(StreamId.partnership(partnership_id)))

    async def has_received(self, answer: BankAnswer) -> bool:
        """True if a receipt is recorded in its partnership's stream."""
        gifts = await self.gifts_of(answer.partnership_id)
        return any(gift.answer_id == answer.answer_id for gift in gifts)

    async def gifts_of(self, partnership_id: str) -> list[BankAnswer]:
        """Return the bank's answers on the money that came in for a partnership, also those that people let count."""
        events = await self._events(StreamId.partnership(partnership_id))
        answers = (event.answer for event in events if isinstance(event, FundsReceived | ContradictionResolved))
        return [answer for answer in answers if answer is not None and answer.status is BankStatus.RECEIVED]

    async def was_booked_twice(self, answer: BankAnswer) -> bool:
        """True if the bank ever booked an answer's payment beside what counts, or gave it back before."""
        attempt = await self._events(StreamId.attempt(answer.partnership_id, answer.tranche, answer.attempt))
        back = (event.answer.answer_id for event in attempt if isinstance(event, PaymentReturned))
        if any(answer_id != answer.answer_id for answer_id in back):
            return True
        counted_ids = {event.answer.answer_id for event in attempt if isinstance(event, PaymentSettled | PaymentShort)}
        events = await self._events(StreamId.partnership(answer.partnership_id))
        answers = (event.booking for event in events if isinstance(event, BankContradicted))
        about = (answer.tranche, answer.attempt)
        beside = (answer for answer in answers if answer is not None and answer.answer_id not in counted_ids)
        return any((answer.tranche, answer.attempt) == about for answer in beside)

    async def was_written_again(self, answer: BankAnswer) -> bool:
        """True if a file that an answer's payment left in was written again since."""
        events = await self._events(StreamId.attempt(answer.partnership_id, answer.tranche, answer.attempt))
        message_ids = {event.message_id for event in events if isinstance(event, PaymentHandedOver)}
        files = [await read_payment_file(self.desk.reader, message_id) for message_id in sorted(message_ids)]
        return any(file.written_again_by for file in files)

    async def begun_on(self, partnership_id: str) -> date:
        """Return the day on which a partnership was proposed."""
        (first,) = await self.ledger.read_stream(
            StreamId.partnership(partnership_id), limit=1, connection=self.connection
        )
        return first.recorded_at.date()

    async def read_attempt(self, partnership_id: str, tranche: int, attempt: int) -> Tranche | None:
        """Return the current state of an attempt to pay, folded from its stream, or None if nobody released it.

        Raises:
            ValueError: The stream holds an event of another kind.
        """
        events = await self._events(StreamId.attempt(partnership_id, tranche, attempt))
        _require_all(events, TrancheEvent, f"{partnership_id} tranche {tranche}, attempt {attempt}")
        return fold_tranche(tuple(cast(TrancheEvent, event) for event in events))

    async def decide(self, partnership: Partnership, *commands: c.CounterCommand) -> Partnership:
        """Decide the commands one after another on what is recorded now, and return the partnership after them.

        Raises:
            Refused: The domain refuses one of them.
        """
        stream = StreamId.partnership(partnership.partnership_id)
        partnership = await self.partnership(partnership.partnership_id)
        for command in commands:
            try:
                events = decide(partnership, command, Circumstances())
            except DomainError as refusal:
                raise Refused(f"{partnership.partnership_id}: {refusal}", type(refusal).__name__) from refusal
            if events:
                new_events = to_ledger(events, ACCORD, command.command_id, partnership.people)
                request = AppendRequest(stream, command.command_id, partnership.version, new_events)
                turn = Turn(partnership, reduce(evolve, events, partnership), command.at, clock.now())
                await self.append_all([request, *await self._followed(turn, command)])
                partnership = await self.partnership(partnership.partnership_id)
        return partnership

    async def _followed(self, turn: Turn, command: c.CounterCommand) -> list[AppendRequest]:
        """Return the changes in the funds by the bank's word, to be recorded together with it."""
        funds = await Funds(self.desk.reader).read_all(turn.funds, self.connection)
        return requests_of(follow(turn, funds), funds, command.command_id)

    async def _events(self, stream: str) -> list[Any]:
        return [
            recorded_event.event for recorded_event in await self.desk.reader.read(stream, connection=self.connection)
        ]


def _require_all(events: Sequence[Any], kind: Any, owner: str) -> None:
    """Raise ValueError if a stream holds an event of another kind, which nobody is permitted to append to it."""
    if strange := [event.event_type for event in events if not isinstance(event, (kind, Disregarded))]:
        raise ValueError(f"the stream of {owner} holds {strange[0]}, which is no event of its kind")


_BOUNDS = "SET LOCAL idle_in_transaction_session_timeout = '10s'; SET LOCAL lock_timeout = '10s'"
"""Time limits of a transaction that holds the append lock, so that a hung or disconnected client does not keep it."""


@asynccontextmanager
async def at_the_counter(desk: Desk, writer: Writer) -> AsyncIterator[Counter]:
    """Open a transaction that holds the append lock. It is committed at the end, or rolled back on an error.

    `writer`: the task under which events are appended, the exporter or the importer.
    """
    ledger = desk.ledger.through(door_of(writer))
    async with ledger.connection() as connection, ledger.transaction(connection):
        await connection.execute(_BOUNDS)
        # Over this connection, so that it is as of this transaction; before the lock, so that a refusal holds nobody
        # up.
        await desk.require_epoch(connection=connection)
        # From here on nobody else appends: whatever is read below still holds at the commit.
        await ledger.hold_appends(connection)
        yield Counter(desk, connection, ledger)


async def tell_workflows(counter: Counter) -> None:
    """Signal the workflows of streams with new events. Workers later find those that could not be signalled.

    A partnership in `brought_home` is not signalled if its tranche's workflow was, as that one reports to it.
    """
    desk = counter.desk
    if desk.client is None:
        return
    ids = [StreamId(stream) for stream in counter.touched]
    stream_ids = [stream for stream in ids if stream.place and await _told(desk, stream)]
    brought_home = {StreamId.partnership(stream.subject) for stream in stream_ids} & counter.brought_home
    for stream in ids:
        if stream.is_partnership and stream not in brought_home:
            await _told(desk, stream)


async def _told(desk: Desk, stream: str) -> bool:
    if not stream.startswith(PARTNERSHIP_STREAMS):
        return False
    with suppress(Unreachable):
        return await desk.tell(stream, "catch_up", None)
    return False
