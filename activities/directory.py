"""Read the directory, and ask it whether a decision is signed by the person in whose name it comes."""

from __future__ import annotations

from collections import deque
from datetime import timedelta
from typing import Any, Final

from activities.contracts import RecordedEvent
from activities.reading import from_ledger
from domain.account import AccountEvent, AccountStanding, account_stream, standing_of, statement_of
from domain.clearance import MatchCleared, clearance_fault, clearance_stream, clears_as
from domain.commands import StaffCommand
from domain.directory import Directory, evolve_directory, fold_directory
from domain.identity import partnership_workflow_id
from domain.people import DIRECTORY_STREAM, DirectoryEvent
from domain.signing import Signature, fault_of
from domain.tiers import Role
from ledger import Ledger
from signatures.ed25519 import verified

CLOCK_SKEW: Final = timedelta(minutes=5)
"""How far the clocks of two machines may be apart."""


class Registrar:
    """The directory as its stream tells it now; what was read before is kept, and only news are read."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._known = Directory()
        self._history: list[RecordedEvent] = []
        self.read = 0
        """Up to which version of its stream the directory is known."""

    async def directory(self) -> Directory:
        """Return the directory."""
        stored = await self._ledger.read_stream(DIRECTORY_STREAM, self.read)
        news = [one for one in map(from_ledger, stored) if one.version > self.read]  # others read meanwhile, too
        self.read = news[-1].version if news else self.read
        events = (one.event for one in news if isinstance(one.event, DirectoryEvent))
        self._known = fold_directory(events, verified, self._known)
        self._history += news
        return self._known

    async def directories(self) -> Directories:
        """Return the directory as it stood at each position of the ledger."""
        await self.directory()
        return Directories(self._history)

    async def fault_of_command(self, directory: Directory, command: StaffCommand, partnership_id: str) -> str:
        """Return why a command is not proved to be its actor's, or nothing."""
        key_id = command.signature.key_id if command.signature else None
        key = directory.key(command.actor, key_id)
        fault = fault_of(command.signature, command.statement(partnership_id), key, verified)
        if fault or command.signature is None:
            return fault
        return await self._fault_of_sight(command.signature, partnership_id)

    async def _fault_of_sight(self, signature: Signature, partnership_id: str) -> str:
        """What was shown must stand in this ledger: a position of another one, or of another stream, is a forgery."""
        shown = signature.statement.shown
        if shown is None or shown.version == 0:
            return ""
        stored = await self._ledger.read_stream(partnership_workflow_id(partnership_id), shown.version - 1, limit=1)
        if [event.position for event in stored] != [shown.position]:
            return f"the ledger holds no version {shown.version} of {partnership_id} at position {shown.position}"
        if signature.statement.at < stored[0].recorded_at - CLOCK_SKEW:
            return f"it is dated {signature.statement.at:%Y-%m-%d %H:%M}, before what it was decided on was recorded"
        return ""

    async def standing(self, reference: str) -> AccountStanding | None:
        """Return an account's standing, by the events about it that were signed with a key then in force."""
        stored = await self._ledger.read_stream(account_stream(reference))
        times, counted = await self.directories(), []
        today = self._known
        for recorded in map(from_ledger, stored):
            event = recorded.event
            if not isinstance(event, AccountEvent):
                continue
            directory = times.at(recorded.position)
            doubted = is_doubted(today, event.signature, recorded)
            if not doubted and not account_fault(directory, event, reference) and _may_vouch(directory, recorded):
                counted.append(event)
        return standing_of(tuple(counted))

    async def cleared_by(self, pair: str) -> tuple[str, ...]:
        """Return who cleared a pair, each with a key that was then in force."""
        stored = await self._ledger.read_stream(clearance_stream(pair))
        if not stored:
            return ()
        times, counted = await self.directories(), list[str]()
        for recorded in map(from_ledger, stored):
            event = recorded.event
            if not isinstance(event, MatchCleared) or event.pair != pair:
                continue
            directory, on = times.at(recorded.position), (recorded.recorded_at or event.at).date()
            doubted = is_doubted(self._known, event.signature, recorded)
            if not doubted and not clearance_fault(event, directory, verified, on):
                counted.append(clears_as(event.actor, directory, on))
        return tuple(dict.fromkeys(counted))


def is_doubted(directory: Directory, signature: Signature | None, recorded: RecordedEvent) -> bool:
    """Return whether something was recorded with a key that, by what is known now, others may have used then."""
    if signature is None or recorded.recorded_at is None:
        return False
    return directory.is_compromised(signature.key_id, recorded.recorded_at)


class Directories:
    """The directory as it stood at each position; asked in rising order."""

    def __init__(self, history: list[RecordedEvent]) -> None:
        self._left = deque(history)
        self._directory = Directory()

    def at(self, position: int) -> Directory:
        """Return the directory before a position of the ledger."""
        while self._left and self._left[0].position < position:
            event = self._left.popleft().event
            if isinstance(event, DirectoryEvent):
                self._directory = evolve_directory(self._directory, event, verified)
        return self._directory


VOUCHERS: Final = frozenset({Role.VERIFIER, Role.FINANCE_APPROVER})
"""Who may record and verify bank accounts."""


def _may_vouch(directory: Directory, recorded: RecordedEvent) -> bool:
    event: Any = recorded.event
    on = (recorded.recorded_at or event.at).date()
    return not VOUCHERS.isdisjoint(capacity.role for capacity in directory.capacities(event.actor, on))


def account_fault(directory: Directory, event: AccountEvent, reference: str) -> str:
    """Return why an account's event counts for nothing, or nothing."""
    key = directory.key(event.actor, event.signature.key_id)
    return fault_of(event.signature, statement_of(event, reference), key, verified)
