"""Read the directory, and check with it that decisions are signed by the people they name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any, Final, cast

from asyncpg.pool import PoolConnectionProxy

from domain.directory.directory import Directory, signature_fault
from domain.directory.tiers import Role
from domain.errors import EventUnreadable
from domain.fault import Fault
from domain.partnership.commands import StaffCommand
from domain.payment.account import AccountEvent, AccountStanding, standing_of, statement_of
from domain.recorded.event import RecordedEvent
from domain.screening.clearance import MatchCleared, clearance_fault, clears_as
from domain.signing import Signature
from domain.streams import StreamId
from ledger import StoredEvent
from records.codec import from_ledger
from records.directory_stream import DirectoryStream
from records.keys.verification import verified

CLOCK_SKEW: Final = timedelta(minutes=5)
"""The greatest difference allowed between the clocks of two machines."""


class DirectoryRepository(DirectoryStream):
    """The repository of the directory, of the standing of accounts, and of what is proved with it."""

    async def fault_of_installation(self, connection: PoolConnectionProxy | None = None) -> Fault | None:
        """Return a fault if the current epoch began in another database, so that nothing is accepted here, or None."""
        installation = await self._ledger.installation(connection)
        if self.known.epoch is not None and self.known.epoch.installation == installation:
            return None
        epoch = (await self.directory(connection)).epoch
        if epoch is None or epoch.installation == installation:
            return None
        return Fault(
            f"epoch {epoch.log.epoch} of {epoch.log.origin} began in another database than this one: this was "
            "restored, copied or moved. Nothing is accepted before two guardians begin the next epoch, and what "
            "workflows still know is recorded again before that: docs/runbooks/after-a-restore.md"
        )

    async def standing(self, reference: str) -> AccountStanding | None:
        """Return an account's standing from its validly signed events, or None if it is not recorded."""
        return standing_of(tuple(cast(AccountEvent, one.event) for one in await self.vouched(reference)))

    async def vouched(self, reference: str) -> list[RecordedEvent]:
        """Return an account's events that are validly signed by somebody who may vouch for one."""
        stored = await self._ledger.read_stream(StreamId.account(reference))
        times, counted = await self.directories(), list[RecordedEvent]()
        today = self.known
        for recorded in readable(stored):
            event = recorded.event
            if not isinstance(event, AccountEvent):
                continue
            directory = times.at(recorded.position)
            doubted = is_doubted(today, event.signature, recorded)
            if not doubted and not account_event_fault(directory, event, reference) and _may_vouch(directory, recorded):
                counted.append(recorded)
        return counted

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
            counts = not doubted and not clearance_fault(event, directory, verified, on)
            if counts and (name := clears_as(event.actor, directory, on)):
                counted.append(name)
        return tuple(dict.fromkeys(counted))


def command_fault(
    directory: Directory, command: StaffCommand, partnership_id: str, recorded: Sequence[RecordedEvent]
) -> Fault | None:
    """Return the reason why a command is not proved its actor's, or None. `recorded`: the partnership's events."""
    fault = signature_fault(directory, command.signature, command.statement(partnership_id), verified)
    if fault or command.signature is None:
        return fault
    return _fault_of_sight(command.signature, partnership_id, recorded)


def _fault_of_sight(signature: Signature, partnership_id: str, recorded: Sequence[RecordedEvent]) -> Fault | None:
    """Return a fault if this ledger lacks what was shown to the signer or recorded it after they signed, or None."""
    shown = signature.statement.shown
    if shown is None or shown.version == 0:
        return None
    seen = next((one for one in recorded if one.version == shown.version), None)
    if seen is None or seen.position != shown.position:
        return Fault(f"the ledger holds no version {shown.version} of {partnership_id} at position {shown.position}")
    if seen.recorded_at is not None and signature.statement.at < seen.recorded_at - CLOCK_SKEW:
        return Fault(f"it is dated {signature.statement.at:%Y-%m-%d %H:%M}, before what it was decided on was recorded")
    return None


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


VOUCHERS: Final = frozenset({Role.VERIFIER, Role.FINANCE_APPROVER})
"""The roles that may record and verify bank accounts."""


def _may_vouch(directory: Directory, recorded: RecordedEvent) -> bool:
    event: Any = recorded.event
    on = (recorded.recorded_at or event.at).date()
    return not VOUCHERS.isdisjoint(capacity.role for capacity in directory.capacities(event.actor, on))


def account_event_fault(directory: Directory, event: AccountEvent, reference: str) -> Fault | None:
    """Return the reason why an account's event does not count, or None."""
    return signature_fault(directory, event.signature, statement_of(event, reference), verified)
