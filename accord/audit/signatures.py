"""Verify the signature of every event that bears a person's name, with the keys in force where it stands."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from domain.directory.directory import Directory
from domain.errors import EventUnreadable
from ledger import Ledger, StoredEvent
from records.authorship import fault_of_authorship
from records.directory import Registrar


class Signatures(NamedTuple):
    """The result of verifying."""

    verified: int
    faults: tuple[tuple[int, str], ...]
    """Position, and why the event is not proved to be whose name it bears."""


async def verify_signatures(
    ledger: Ledger, after: int = 0, progress: Callable[[int], Any] = lambda position: None
) -> Signatures:
    """Verify every signature after a position, with the directory as it stood at each.

    Of an event that names somebody who was erased, the words cannot be held against the signature any more; whether the
    signature is the person's still can.

    Raises:
        LedgerUnavailable: The database does not answer.
    """
    times, good, faults = await Registrar(ledger).directories(), 0, []
    async for stored in ledger.read_all():
        if stored.position <= after:
            continue
        fault = _fault(stored, times.at(stored.position))
        good += fault == ""
        faults += [(stored.position, fault)] if fault else []
        progress(stored.position)
    return Signatures(good, tuple(faults))


async def authorship_of(ledger: Ledger, registrar: Registrar, stream_id: str) -> dict[int, str]:
    """Return of a stream's events that bear a name, by version, why each is not that person's; '' where it is."""
    times = await registrar.directories()
    found = {one.version: _fault(one, times.at(one.position)) for one in await ledger.read_stream(stream_id)}
    return {version: fault for version, fault in found.items() if fault is not None}


def _fault(stored: StoredEvent, directory: Directory) -> str | None:
    """Return the reason why an event is not its person's; '' where it is, None where it is nobody's."""
    try:
        return fault_of_authorship(stored, directory)
    except EventUnreadable:
        return f"{stored.event_type} cannot be read"
