"""The second of the three gates: what this writer may not append, or nobody signed, is not recorded."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from asyncpg.pool import PoolConnectionProxy

from domain.directory.directory import Directory
from domain.errors import NotSigned
from domain.fault import Fault
from domain.partnership import events as e
from domain.recorded.proofs import bears_a_name, event_fault
from domain.recorded.writers import Writer, may_append
from domain.streams import StreamId
from records.directory import DirectoryRepository
from records.keys.verification import verified


class SecondGate:
    """Examines the events of a command before they are recorded, whatever decided them."""

    def __init__(self, registrar: DirectoryRepository, writer: Writer) -> None:
        self._registrar, self._writer = registrar, writer

    async def require_signed(
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
