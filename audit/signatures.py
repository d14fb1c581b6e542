"""Verify the signature of every event that bears a person's name, with the keys in force where it stands."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NamedTuple

from pydantic import ValidationError
from pydantic_core import from_json

from activities.directory import Registrar
from activities.reading import from_ledger
from domain.authorship import authorship_fault, expected_of, signer_of
from domain.directory import Directory
from domain.people import DirectoryChangeConfirmed
from domain.signing import Statement
from ledger import Ledger, StoredEvent
from privacy.vault import ERASED
from signatures.ed25519 import verified

_ERASED: Final = ERASED.encode()


class Signatures(NamedTuple):
    """What verifying found."""

    verified: int
    faults: tuple[tuple[int, str], ...]
    """Position, and why the event is not proved to be whose name it bears."""


async def verify_signatures(
    ledger: Ledger, after: int = 0, progress: Callable[[int], Any] = lambda position: None
) -> Signatures:
    """Verify every signature after a position, with the directory as it stood at each.

    Of an event that names somebody who was erased, the words cannot be held against the signature any more; whether the
    signature is the person's still can. Raises LedgerUnavailable.
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
    """Why an event is not its person's; '' where it is, None where it is nobody's."""
    try:
        event: Any = from_ledger(stored).event
    except (ValidationError, ValueError):
        return f"{stored.event_type} cannot be read"
    if not (signer := signer_of(event)):
        return None
    if event.signature is None:
        return f"{stored.event_type}: {signer} did not sign it"
    expected = expected_of(event, stored.stream_id, from_json(stored.payload), directory)
    if expected is None:
        return f"{stored.event_type}: nothing that it confirms waits for a confirmation"
    confirms = isinstance(event, DirectoryChangeConfirmed)  # under the name of the change, which is not its own
    if expected.command_id != stored.command_id and not confirms:
        return f"{stored.event_type}: the signature was given for another command"
    fault = authorship_fault(event, _as_far_as_it_is_known(expected, event, stored), directory, verified)
    return f"{stored.event_type}: {fault}" if fault else ""


def _as_far_as_it_is_known(expected: Statement, event: Any, stored: StoredEvent) -> Statement:
    if _ERASED not in stored.payload:
        return expected
    return expected.model_copy(update={"content_sha256": event.signature.statement.content_sha256})
