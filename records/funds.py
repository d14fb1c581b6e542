"""Read funds, and record what a decision does to them together with the decision, or not at all (R15, R39)."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from functools import reduce
from typing import Final, cast
from uuid import UUID

from asyncpg.pool import PoolConnectionProxy

from domain.directory.directory import Directory
from domain.directory.disregarded import Disregarded
from domain.errors import FundsShort
from domain.funds.booking import FundBooking, Turn, again, book, follow
from domain.funds.claims import funds_of
from domain.funds.events import AnyFundEvent, SignedFundEvent
from domain.funds.fund import Fund, evolve
from domain.funds.transfers import all_with_transfers, waits_for, with_transfers
from domain.identity import ACCORD
from domain.partnership.events import FundsAllotted
from domain.partnership.state import Partnership
from domain.recorded.event import RecordedEvent
from domain.recorded.writers import Writer, may_append
from domain.streams import StreamId
from ledger import AppendRequest, AppendResult, Ledger
from records.authorship import Reader
from records.codec import from_ledger, to_ledger
from records.directory import is_doubted
from records.read_models.as_of import LedgerAsOf, events_as_of

FUND_STREAMS: Final = "fund/"
"""The beginning of the ids of funds' streams."""

Queue = Callable[[Sequence[AppendRequest]], Awaitable[Awaitable[list[AppendResult]]]]
"""Puts requests of one command on their way, in the order of the calls, and returns what waits for their answers."""


class InTurn:
    """The turn of a decision on some funds, by the lock of each. Nobody else decides on them until its end.

    The locks come always in one order, so that two decisions on the same funds cannot wait for each other.
    """

    def __init__(self, locks: Iterable[asyncio.Lock]) -> None:
        self._locks = tuple(locks)
        self._held: list[asyncio.Lock] = []

    async def __aenter__(self) -> None:
        try:
            for lock in self._locks:
                await lock.acquire()
                self._held.append(lock)
        except BaseException:  # whoever gives up while it waits gives back the turns that it has
            self._give_back()
            raise

    async def __aexit__(self, *_: object) -> None:
        self._give_back()

    def _give_back(self) -> None:
        while self._held:
            self._held.pop().release()


class Funds:
    """The funds as one process knows them: what is recorded, and what its own decisions made of that.

    Decisions on one fund are made one after another, each on top of the one before, and recorded in one batch. If one
    of them finds another version, what was made here is forgotten, and everybody decides again on what is recorded.
    """

    def __init__(self, reader: Reader, writer: Writer = Writer.WORKER) -> None:
        """Read funds with a reader, and record the events that `writer` may append.

        The worker makes good those that others may not.
        """
        self._reader = reader
        self._writer = writer
        self._recorded: dict[str, Fund] = {}
        """Each fund by its own events."""
        self._directory: Directory | None = None
        """The directory by which what is recorded was judged."""
        self._made: dict[str, tuple[Fund, Awaitable[list[AppendResult]]]] = {}
        """Each fund as the last decision here left it, and what answers whether that is recorded."""
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def read(self, fund_id: str, connection: PoolConnectionProxy | None = None) -> Fund:
        """Return a fund as it is recorded. Of one that was never opened the kind is None.

        What was signed with a key that others may have used does not count, as soon as that is known, nor does a
        transfer in the other fund. The fund itself is read first: what came into it was signed before.
        """
        fund = await self._read_alone(fund_id, connection)
        for other_fund_id in waits_for(fund, self._recorded):
            await self._read_alone(other_fund_id, connection)
        return with_transfers(fund, self._recorded)

    async def _read_alone(self, fund_id: str, connection: PoolConnectionProxy | None) -> Fund:
        """Return a fund by its own events."""
        today = await self._reader.registrar.directory(connection)
        # Another directory may doubt a key, and then what it signed counts no more: fold all anew.
        if today is not self._directory:
            self._recorded, self._directory = {}, today
        known_fund = self._recorded.get(fund_id) or Fund(fund_id)
        new = await self._reader.read(StreamId.fund(fund_id), known_fund.version, connection=connection)
        fund = reduce(evolve, (counted(event, today) for event in new), known_fund)
        # Another task may have read on while this one waited.
        if fund.version >= self._recorded.get(fund_id, fund).version:
            self._recorded[fund_id] = fund
        return fund

    async def read_all(self, fund_ids: Iterable[str], connection: PoolConnectionProxy | None = None) -> dict[str, Fund]:
        """Return several funds as they are recorded, by id."""
        return {fund_id: await self.read(fund_id, connection) for fund_id in fund_ids}

    async def of(self, partnership: Partnership, connection: PoolConnectionProxy | None = None) -> dict[str, Fund]:
        """Return the funds that pay a partnership, and that of its gift, by id."""
        return await self.read_all(funds_of(partnership), connection)

    async def record(
        self, turn: Turn, command_id: UUID, *, on_request: bool,
        make_request: Callable[[FundsAllotted | None], AppendRequest], queue: Queue,
    ) -> list[AppendResult]:  # fmt: skip
        """Record a partnership's own request together with what follows in its funds, and return the answers.

        The first answer is on the partnership. `make_request` makes its request, given the parts that the funds pay.

        Raises:
            FundsShort: A person asks for it, and a fund has too little left; nothing is recorded.
        """
        names = turn.funds
        async with InTurn(self._turns[name] for name in sorted(names)):
            funds, booking = await self._booked(turn, names, on_request)
            requests = [make_request(booking.allotted), *requests_of(booking, funds, command_id)]
            # Queued within the turn, so that the next decision on these funds goes behind this one; awaited outside of
            # it, so that both travel in one batch.
            answers = await queue(requests)
            self._made |= {name: (fund, answers) for name, fund in booking.after.items()}
        is_recorded = False
        try:
            append_results = await answers
            is_recorded = all(append_result.recorded for append_result in append_results)
            return append_results
        finally:
            if not is_recorded:
                self._forget(booking.movements)

    async def record_again(self, turn: Turn, request: AppendRequest, ledger: Ledger) -> list[AppendResult]:
        """Record lost events of a partnership again together with what follows in its funds, and return the answers.

        Raises:
            FundsShort: A fund has too little left by now; nothing is recorded.
        """
        funds = await self.read_all(turn.funds)
        booking = again(turn, funds)
        if self._writer is not Writer.WORKER:
            booking = _as_permitted(booking, self._writer)
        return await ledger.append_together([request, *requests_of(booking, funds, request.command_id)])

    async def _booked(
        self, turn: Turn, names: Sequence[str], on_request: bool
    ) -> tuple[Mapping[str, Fund], FundBooking]:
        """Return the funds and what is booked.

        What was made here is believed only where the append proves it by its version: a refusal, and what a fund that
        is not moved had to do with a decision, are by what is recorded.
        """
        if pending_funds := self._made_of(names):
            funds = {name: pending_funds[name][0] if name in pending_funds else await self.read(name) for name in names}
            with suppress(FundsShort):
                booking = self._book(turn, funds, on_request)
                # Every fund believed without being recorded is moved by this booking, so that its append proves the
                # belief by the version.
                if pending_funds.keys() <= booking.movements.keys():
                    return funds, booking
            # A refusal is never by what is on its way and may not arrive: wait for it, then decide by what is recorded.
            await asyncio.wait([asyncio.ensure_future(answers) for _, answers in pending_funds.values()])
            self._forget(pending_funds)
        funds = await self.read_all(names)
        return funds, self._book(turn, funds, on_request)

    def _made_of(self, names: Sequence[str]) -> dict[str, tuple[Fund, Awaitable[list[AppendResult]]]]:
        """Return the appends made here on some funds, or none once people or keys changed.

        Their signatures may not count any more. Whoever decides has read the directory to verify the command.
        """
        if self._reader.registrar.known is not self._directory:
            self._made.clear()
        return {name: self._made[name] for name in names if name in self._made}

    def _book(self, turn: Turn, funds: Mapping[str, Fund], on_request: bool) -> FundBooking:
        if self._writer is Writer.WORKER:
            return book(turn, funds, on_request=on_request)
        return _as_permitted(follow(turn, funds), self._writer)

    def _forget(self, names: Iterable[str]) -> None:
        for name in names:
            self._made.pop(name, None)


def _as_permitted(booking: FundBooking, writer: Writer) -> FundBooking:
    def permitted(name: str, events: Iterable[AnyFundEvent]) -> bool:
        return all(may_append(writer, StreamId.fund(name), event.event_type) for event in events)

    movements = {name: events for name, events in booking.movements.items() if permitted(name, events)}
    return FundBooking(None, movements, {name: booking.after[name] for name in movements})


def requests_of(booking: FundBooking, funds: Mapping[str, Fund], command_id: UUID) -> list[AppendRequest]:
    """Return the requests that record a booking in its funds."""
    return [
        AppendRequest(StreamId.fund(name), command_id, funds[name].version, to_ledger(events, ACCORD, command_id))
        for name, events in booking.movements.items()
    ]


async def funds_as_of(reader: Reader, ledger_as_of: LedgerAsOf) -> list[Fund]:
    """Return every fund as of a cut, by id, as decisions count it: without what doubted keys signed."""
    today, streams = await reader.registrar.directory(), dict[str, list[RecordedEvent]]()
    for event in await events_as_of(reader.ledger, FUND_STREAMS, ledger_as_of):
        streams.setdefault(event.stream_id, []).append(from_ledger(event))
    funds = [_folded(stream, events, today) for stream, events in sorted(streams.items())]
    return all_with_transfers(funds)


def _folded(stream: str, events: Sequence[RecordedEvent], today: Directory) -> Fund:
    return reduce(evolve, (counted(event, today) for event in events), Fund(StreamId(stream).subject))


def counted(recorded_event: RecordedEvent, today: Directory) -> AnyFundEvent | Disregarded:
    """Return a fund's event, or Disregarded if a directory doubts the key that signed it."""
    event = recorded_event.event
    if isinstance(event, SignedFundEvent) and is_doubted(today, event.signature, recorded_event):
        return Disregarded(at=event.at, recorded=event.event_type, reason="its key may have been used by others")
    return cast(AnyFundEvent, event)
