"""Read the directory, and check with it that decisions are signed by the people they name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import nullcontext, suppress
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple, cast

from asyncpg.pool import PoolConnectionProxy

from domain.directory.directory import Directory, signature_fault
from domain.directory.tiers import Role
from domain.errors import EventUnreadable
from domain.fault import Fault
from domain.partnership.commands import StaffCommand
from domain.payment.account import AccountEvent, AccountStanding, standing_of, statement_of
from domain.recorded.event import RecordedEvent
from domain.screening.clearance import MatchCleared, clearance_fault, clears_as
from domain.signatures.signing import Signature
from domain.streams import StreamId
from ledger import StoredEvent
from records.codec import from_ledger
from records.directory_stream import DirectoryStream
from records.keys.verification import verified

CLOCK_SKEW: Final = timedelta(minutes=5)
"""The greatest difference allowed between the clocks of two machines."""


class Server(NamedTuple):
    """The database by its own word: its id, which differs in a copy, and its time."""

    installation: str
    time: datetime


class DirectoryRepository(DirectoryStream):
    """The repository of the directory, of the standing of accounts, and of what is proved with it."""

    async def fault_of_installation(self, connection: PoolConnectionProxy | None = None) -> Fault | None:
        """Return a fault if the current epoch began in another database, so that nothing is accepted here, or None."""
        installation = (await self._server(connection)).installation
        if self.known.epoch is not None and self.known.epoch.installation == installation:
            return None
        epoch = (await self.directory(connection)).epoch
        if epoch is None or epoch.installation == installation:
            return None
        return Fault(
            f"epoch {epoch.log.epoch} of {epoch.log.origin} began in another database than this one: this was "
            "restored, copied or moved. Nothing is accepted before two guardians begin the next epoch, and what "
            "workflows still know is recorded again before that: `accord runbook after-a-restore`"
        )

    async def time(self) -> datetime:
        """Return the time by the ledger's own clock. Within a moment it stays the same."""
        return (await self._server()).time

    async def _server(self, connection: PoolConnectionProxy | None = None) -> Server:
        """Return the id and the time of the database. A decision asks for both, at once and once in its moment."""
        moment = self._ledger.moment if connection is None else None
        if moment is not None and Server in moment.answers:
            return cast(Server, moment.answers[Server])
        async with nullcontext(connection) if connection else self._ledger.connection() as proxy:
            [row] = await proxy.fetch("SELECT ledger.installation(), ledger.now()")
        server = Server(*row)
        if moment is not None:
            moment.answers[Server] = server
        return server

    async def standing(self, reference: str) -> AccountStanding | None:
        """Return an account's standing from its validly signed events, or None if it is not recorded."""
        return standing_of(
            tuple(cast(AccountEvent, recorded_event.event) for recorded_event in await self.vouched(reference))
        )

    async def vouched(self, reference: str) -> list[RecordedEvent]:
        """Return an account's events that are validly signed by somebody who may vouch for one."""
        events = await self._ledger.read_stream(StreamId.account(reference))
        times, recorded_events = await self.directories(), list[RecordedEvent]()
        today = self.known
        for recorded_event in readable(events):
            event = recorded_event.event
            if not isinstance(event, AccountEvent):
                continue
            directory = times.at(recorded_event.position)
            in_doubt = is_doubted(today, event.signature, recorded_event)
            if (
                not in_doubt
                and not account_event_fault(directory, event, reference)
                and _may_vouch(directory, recorded_event)
            ):
                recorded_events.append(recorded_event)
        return recorded_events

    async def cleared_by(self, pair: str) -> tuple[str, ...]:
        """Return the people who validly cleared a pair, each as `person` or, in a lent role, `person for lender`."""
        events = await self._ledger.read_stream(StreamId.clearance(pair))
        if not events:
            return ()
        times, clearers = await self.directories(), list[str]()
        for recorded_event in readable(events):
            event = recorded_event.event
            if not isinstance(event, MatchCleared) or event.pair != pair:
                continue
            directory, on = times.at(recorded_event.position), (recorded_event.recorded_at or event.at).date()
            in_doubt = is_doubted(self.known, event.signature, recorded_event)
            counts = not in_doubt and not clearance_fault(event, directory, verified, on)
            if counts and (name := clears_as(event.actor, directory, on)):
                clearers.append(name)
        return tuple(dict.fromkeys(clearers))


def command_fault(
    directory: Directory, command: StaffCommand, partnership_id: str, events: Sequence[RecordedEvent], now: datetime
) -> Fault | None:
    """Return the reason why a command is not proved its actor's, or None.

    `events`: the partnership's events. `now`: the time by the ledger's own clock.
    """
    fault = signature_fault(directory, command.signature, command.statement(partnership_id), verified)
    if fault or command.signature is None:
        return fault
    return _fault_of_sight(command.signature, partnership_id, events, now)


def _fault_of_sight(
    signature: Signature, partnership_id: str, events: Sequence[RecordedEvent], now: datetime
) -> Fault | None:
    """Return a fault if this ledger lacks what was shown to the signer or recorded it after they signed, or None."""
    sight = signature.statement.shown
    if sight is None or sight.version == 0:
        return None
    event = next((event for event in events if event.version == sight.version), None)
    if event is None or event.position != sight.position:
        return Fault(f"the ledger holds no version {sight.version} of {partnership_id} at position {sight.position}")
    # After a clock that ran ahead was set right, the ledger's newest events lie in its future until that time comes.
    if event.recorded_at is not None and signature.statement.at < min(event.recorded_at, now) - CLOCK_SKEW:
        return Fault(f"it is dated {signature.statement.at:%Y-%m-%d %H:%M}, before what it was decided on was recorded")
    return None


def readable(events: Iterable[StoredEvent]) -> Iterator[RecordedEvent]:
    """Yield the events that can be read. Use it only where leaving out an event can never permit more."""
    for event in events:
        with suppress(EventUnreadable):
            yield from_ledger(event)


def is_doubted(directory: Directory, signature: Signature | None, event: RecordedEvent) -> bool:
    """True if an event was recorded with a key that is now known to have been compromised by then."""
    if signature is None or event.recorded_at is None:
        return False
    return directory.is_compromised(signature.key_id, event.recorded_at)


VOUCHERS: Final = frozenset({Role.VERIFIER, Role.FINANCE_APPROVER})
"""The roles that may record and verify bank accounts."""


def _may_vouch(directory: Directory, recorded_event: RecordedEvent) -> bool:
    event: Any = recorded_event.event
    on = (recorded_event.recorded_at or event.at).date()
    return not VOUCHERS.isdisjoint(capacity.role for capacity in directory.capacities(event.actor, on))


def account_event_fault(directory: Directory, event: AccountEvent, reference: str) -> Fault | None:
    """Return the reason why an account's event does not count, or None."""
    return signature_fault(directory, event.signature, statement_of(event, reference), verified)
