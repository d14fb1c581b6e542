"""Read the directory, and check with it that decisions are signed by the people they name."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import timedelta
from operator import attrgetter
from typing import Any, Final, NamedTuple

from asyncpg.pool import PoolConnectionProxy

from domain.directory.directory import Directory, signature_fault
from domain.directory.evolution import evolve_directory
from domain.directory.freezing import UnreadableEvent
from domain.directory.people import DirectoryEvent
from domain.directory.tiers import Role
from domain.errors import EventUnreadable
from domain.partnership.commands import StaffCommand
from domain.payment.account import AccountEvent, AccountStanding, standing_of, statement_of
from domain.recorded.event import RecordedEvent
from domain.screening.clearance import MatchCleared, clearance_fault, clears_as
from domain.signing import Signature
from domain.streams import DIRECTORY_STREAM, StreamId
from ledger import Ledger, StoredEvent
from records.codec import content_of, from_ledger, read_stored
from records.keys.verification import verified

CLOCK_SKEW: Final = timedelta(minutes=5)
"""The greatest difference allowed between the clocks of two machines."""

_NOBODY: Final = Directory()


class DirectoryRepository:
    """The repository of the directory. It caches the directory as read so far, and reads only new events."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._stood: tuple[DirectoryAt, ...] = ()
        self.read = 0
        """The version of its stream up to which the directory is known."""

    async def directory(self, connection: PoolConnectionProxy | None = None) -> Directory:
        """Return the current directory, read over `connection` or over one of its own.

        Raises:
            UpgradeNeeded: A newer release recorded one of its events.
        """
        known, read = self._stood, self.read  # never changed in place: other tasks may read meanwhile
        stored = await self._ledger.read_stream(DIRECTORY_STREAM, max(read - 1, 0), connection=connection)
        if known and (not stored or stored[0].leaf != known[-1].leaf):
            known, read = (), 0  # the ledger was restored to an earlier point: read it all again
            stored = await self._ledger.read_stream(DIRECTORY_STREAM, connection=connection)
        news = _stood_after(known, [one for one in stored if one.version > read])
        if news or not known:
            self._stood, self.read = (*known, *news), read + len(news)
        return self.known

    @property
    def known(self) -> Directory:
        """The directory as it was last read."""
        return self._stood[-1].directory if self._stood else _NOBODY

    async def fault_of_installation(self) -> str:
        """Return a fault if the current epoch began in another database, so that nothing is accepted here, or ''."""
        installation = await self._ledger.installation()
        if self.known.epoch is not None and self.known.epoch.installation == installation:
            return ""
        epoch = (await self.directory()).epoch
        if epoch is None or epoch.installation == installation:
            return ""
        return (
            f"epoch {epoch.log.epoch} of {epoch.log.origin} began in another database than this one: this was "
            "restored, copied or moved. Nothing is accepted before two guardians begin the next epoch: "
            "`accord ledger begin-epoch`"
        )

    async def directories(self, connection: PoolConnectionProxy | None = None) -> Directories:
        """Return the directory as it stood at each position of the ledger."""
        await self.directory(connection)
        return Directories(self._stood)

    async def fault_of_command(self, directory: Directory, command: StaffCommand, partnership_id: str) -> str:
        """Return the reason why a command is not proved to be its actor's, or ''."""
        fault = signature_fault(directory, command.signature, command.statement(partnership_id), verified)
        if fault or command.signature is None:
            return fault
        return await self._fault_of_sight(command.signature, partnership_id)

    async def _fault_of_sight(self, signature: Signature, partnership_id: str) -> str:
        """Return a fault if this ledger lacks what was shown to the signer or recorded it after they signed, or ''."""
        shown = signature.statement.shown
        if shown is None or shown.version == 0:
            return ""
        stored = await self._ledger.read_stream(StreamId.partnership(partnership_id), shown.version - 1, limit=1)
        if [event.position for event in stored] != [shown.position]:
            return f"the ledger holds no version {shown.version} of {partnership_id} at position {shown.position}"
        if signature.statement.at < stored[0].recorded_at - CLOCK_SKEW:
            return f"it is dated {signature.statement.at:%Y-%m-%d %H:%M}, before what it was decided on was recorded"
        return ""

    async def standing(self, reference: str) -> AccountStanding | None:
        """Return an account's standing from its validly signed events, or None if it is not recorded."""
        stored = await self._ledger.read_stream(StreamId.account(reference))
        times, counted = await self.directories(), []
        today = self.known
        for recorded in readable(stored):
            event = recorded.event
            if not isinstance(event, AccountEvent):
                continue
            directory = times.at(recorded.position)
            doubted = is_doubted(today, event.signature, recorded)
            if not doubted and not account_event_fault(directory, event, reference) and _may_vouch(directory, recorded):
                counted.append(event)
        return standing_of(tuple(counted))

    async def cleared_by(self, pair: str) -> tuple[str, ...]:
        """Return the people who validly cleared a pair, each as `person` or, in a lent role, `person for lender`."""
        stored = await self._ledger.read_stream(StreamId.clearance(pair))
        if not stored:
            return ()
        times, counted = await self.directories(), list[str]()
        for recorded in readable(stored):
            event = recorded.event
            if not isinstance(event, MatchCleared) or event.pair != pair:
                continue
            directory, on = times.at(recorded.position), (recorded.recorded_at or event.at).date()
            doubted = is_doubted(self.known, event.signature, recorded)
            if not doubted and not clearance_fault(event, directory, verified, on):
                counted.append(clears_as(event.actor, directory, on))
        return tuple(dict.fromkeys(counted))


def readable(stored: Iterable[StoredEvent]) -> Iterator[RecordedEvent]:
    """Yield the events that can be read. Use it only where leaving out an event can never permit more."""
    for one in stored:
        with suppress(EventUnreadable):
            yield from_ledger(one)


def is_doubted(directory: Directory, signature: Signature | None, recorded: RecordedEvent) -> bool:
    """Return whether an event was recorded with a key that is now known to have been compromised by then."""
    if signature is None or recorded.recorded_at is None:
        return False
    return directory.is_compromised(signature.key_id, recorded.recorded_at)


class DirectoryAt(NamedTuple):
    """The directory after one of its events, with the event's position and leaf."""

    position: int
    leaf: bytes
    directory: Directory


class Directories:
    """The directory at each position of the ledger."""

    def __init__(self, stood: Sequence[DirectoryAt]) -> None:
        self._stood = stood

    def at(self, position: int) -> Directory:
        """Return the directory before a position of the ledger."""
        before = bisect_left(self._stood, position, key=attrgetter("position"))
        return self._stood[before - 1].directory if before else Directory()


def _stood_after(known: Sequence[DirectoryAt], stored: Sequence[StoredEvent]) -> list[DirectoryAt]:
    """Return the directory after each of the new events."""
    directory, stood = known[-1].directory if known else Directory(), list[DirectoryAt]()
    for one in stored:
        directory = evolve_directory(directory, _said_in_directory(one), verified)
        stood.append(DirectoryAt(one.position, one.leaf, directory))
    return stood


def _said_in_directory(stored: StoredEvent) -> DirectoryEvent | UnreadableEvent:
    """Return the directory event that was stored, or an UnreadableEvent if it cannot be read or is of another kind."""
    try:
        event = read_stored(stored)
        reason = f"{event.event_type} is no event of the directory"
    except EventUnreadable as fault:
        event, reason = None, str(fault)
    if isinstance(event, DirectoryEvent):
        return event
    try:
        content: object = content_of(stored)
    except ValueError:
        content = None
    leaf = stored.leaf.hex()
    return UnreadableEvent.of(stored.position, leaf, stored.event_type, stored.command_id, reason, content)


VOUCHERS: Final = frozenset({Role.VERIFIER, Role.FINANCE_APPROVER})
"""The roles that may record and verify bank accounts."""


def _may_vouch(directory: Directory, recorded: RecordedEvent) -> bool:
    event: Any = recorded.event
    on = (recorded.recorded_at or event.at).date()
    return not VOUCHERS.isdisjoint(capacity.role for capacity in directory.capacities(event.actor, on))


def account_event_fault(directory: Directory, event: AccountEvent, reference: str) -> str:
    """Return the reason why an account's event does not count, or ''."""
    return signature_fault(directory, event.signature, statement_of(event, reference), verified)
