"""Verify the signature of every event that names its author, with the keys in force at its position."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from domain.directory.directory import Directory
from domain.directory.erasures import UNPROVED_WORDS, Erasures, EventWorth
from domain.errors import EventUnreadable
from domain.fault import Fault
from ledger import Ledger, StoredEvent
from records.authorship import Authorship, judge_authorship
from records.directory import DirectoryRepository
from records.privacy.erasures import read_erasures, standing_of


class Signatures(NamedTuple):
    """The result of verifying signatures."""

    verified: int
    faults: tuple[tuple[int, str], ...]
    """(position, reason) of each event that is not proved to come from the person it names."""
    unproved: tuple[int, ...] = ()
    """The positions of events whose words nobody can prove: erasures did not list yet what they blanked."""


async def verify_signatures(
    ledger: Ledger, after: int = 0, progress: Callable[[int], Any] = lambda position: None
) -> Signatures:
    """Verify every signature after a position, each with the directory as of its event.

    `progress` is called with the position of each event.

    The content of an event that names an erased person can no longer be compared with what was signed. It is believed
    if two guardians listed the event when they erased them; its signature is verified all the same.

    Raises:
        LedgerUnavailable: The database does not answer.
    """
    times = await DirectoryRepository(ledger).directories()
    erasures, good, faults, unproved_positions = (
        await read_erasures(ledger, times),
        0,
        list[tuple[int, str]](),
        list[int](),
    )
    async for event in ledger.read_all():
        if event.position <= after:
            continue
        match _authorship(event, times.at(event.position), erasures):
            case Authorship(signer=signer, fault=None):
                good += signer is not None
            case Authorship(fault=fault) if fault == UNPROVED_WORDS:
                unproved_positions.append(event.position)
            case Authorship(fault=fault):
                faults.append((event.position, str(fault)))
        progress(event.position)
    return Signatures(good, tuple(faults), tuple(unproved_positions))


async def authorship_of(ledger: Ledger, registrar: DirectoryRepository, stream_id: str) -> dict[int, Fault | None]:
    """Return, by version, the authorship fault, or None, of each event of a stream that names its author.

    UNPROVED_WORDS stops nothing: the event counts, and nothing proves its words.
    """
    events, times = await ledger.read_stream(stream_id), await registrar.directories()
    has_erased = any(event.blanked for event in events)
    erasures = await read_erasures(ledger, times) if has_erased else Erasures(())
    looks = ((event.version, _authorship(event, times.at(event.position), erasures)) for event in events)
    return {version: look.fault for version, look in looks if look != Authorship(None)}


def _authorship(event: StoredEvent, directory: Directory, erasures: Erasures) -> Authorship:
    try:
        look = judge_authorship(event, directory, erasures)
    except EventUnreadable:
        return Authorship(None, Fault(f"{event.event_type} cannot be read"))
    has_signature = look.signer is not None and look.fault is None
    lacks_proof = has_signature and event.blanked and standing_of(event, erasures) is EventWorth.UNPROVED
    return look._replace(fault=UNPROVED_WORDS) if lacks_proof else look
