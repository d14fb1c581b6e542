"""Verify the signature of every event that names its author, with the keys in force at its position."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from domain.directory.directory import Directory
from domain.errors import EventUnreadable
from ledger import Ledger, StoredEvent
from records.authorship import fault_of_authorship
from records.directory import DirectoryRepository


class Signatures(NamedTuple):
    """The result of verifying signatures."""

    verified: int
    faults: tuple[tuple[int, str], ...]
    """(position, reason) of each event that is not proved to come from the person it names."""


async def verify_signatures(
    ledger: Ledger, after: int = 0, progress: Callable[[int], Any] = lambda position: None
) -> Signatures:
    """Verify every signature after a position, each with the directory as of its event.

    `progress` is called with the position of each event.

    The content of an event that names an erased person can no longer be compared with what was signed; its signature is
    verified all the same.

    Raises:
        LedgerUnavailable: The database does not answer.
    """
    times, good, faults = await DirectoryRepository(ledger).directories(), 0, []
    async for stored in ledger.read_all():
        if stored.position <= after:
            continue
        fault = _fault(stored, times.at(stored.position))
        good += fault == ""
        faults += [(stored.position, fault)] if fault else []
        progress(stored.position)
    return Signatures(good, tuple(faults))


async def authorship_of(ledger: Ledger, registrar: DirectoryRepository, stream_id: str) -> dict[int, str]:
    """Return, by version, the authorship fault of each event of a stream that names its author; '' if it has none."""
    times = await registrar.directories()
    found = {one.version: _fault(one, times.at(one.position)) for one in await ledger.read_stream(stream_id)}
    return {version: fault for version, fault in found.items() if fault is not None}


def _fault(stored: StoredEvent, directory: Directory) -> str | None:
    """Return the authorship fault of an event; '' if it has none, None if the event names no author."""
    try:
        return fault_of_authorship(stored, directory)
    except EventUnreadable:
        return f"{stored.event_type} cannot be read"
