"""Judge the authorship of a stream's events: they count if the people they name signed them, unless set aside.

The verdict on a signature never changes, since the keys are those in force at the event's position. So a process
computes it once per event.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from functools import partial
from itertools import takewhile
from typing import Any, Final, NamedTuple

from asyncpg.pool import PoolConnectionProxy

from domain.directory.directory import Directory
from domain.directory.erasures import FORGED_WORDS, Erasures, EventWorth
from domain.directory.people import DirectoryChangeConfirmed
from domain.errors import EventUnreadable
from domain.fault import Fault
from domain.identity import payment_id
from domain.imported.events import PartnershipImported
from domain.payment.counter import CounterAct
from domain.payment.payment_file import PaymentFileHandedOver, PaymentFileMade, PaymentFileNeverSent
from domain.recorded.authorship import BEAR_SIGNATURES, authorship_fault, expected_of, signer_of
from domain.recorded.event import RecordedEvent
from domain.signatures.signing import Statement
from domain.streams import DIRECTORY_STREAM, StreamId
from ledger import AppendReport, Ledger, StoredEvent
from records.codec import content_of, from_ledger, read_stored
from records.directory import DirectoryRepository
from records.directory_stream import Directories
from records.imported.confirmed import ConfirmedImports
from records.keys.verification import verified
from records.privacy.erasures import read_erasures, standing_of

_MOST_REMEMBERED: Final = 200_000
"""The most verdicts that a process caches, some 30 MB. The oldest are dropped, and computed again on need."""


CLAIMS: Final[dict[str, type[CounterAct]]] = {
    "TrancheHandedOver": PaymentFileHandedOver,
    "PaymentHandedOver": PaymentFileHandedOver,
    "TrancheNeverSent": PaymentFileNeverSent,
    "PaymentNeverSent": PaymentFileNeverSent,
}
"""Each unsigned claim about a payment, with the signed act on its payment file that must precede it."""


class Judge:
    """A judge of events: marks those that are disregarded, with the reason."""

    def __init__(self, ledger: Ledger, registrar: DirectoryRepository) -> None:
        self._ledger = ledger
        self._registrar = registrar
        self._found: OrderedDict[_Seen, Fault | None] = OrderedDict()
        """{an event as it was read: reason why it is not signed by the person it names, or ''}."""
        self._imports = ConfirmedImports(ledger)

    async def __call__(
        self,
        events: Sequence[StoredEvent],
        connection: PoolConnectionProxy | None = None,
        times: Directories | None = None,
    ) -> list[StoredEvent]:
        """Return the events, those that are disregarded with the reason in `doubt`.

        `times`: the directory at each position, if it was read with the events or after them.
        """
        new = [event for event in events if _seen(event) not in self._found]
        if times is None and any(event.blanked or event.event_type in BEAR_SIGNATURES for event in new):
            times = await self._registrar.directories(connection)
        erasures = _NOBODY
        if times is not None and any(event.blanked for event in new):
            erasures = await read_erasures(self._ledger, times, connection)
        return [await self._judged(event, connection, times, erasures) for event in events]

    async def fault_of_claim(
        self,
        claim: Any,
        stream_id: str,
        before: int,
        connection: PoolConnectionProxy | None = None,
        times: Directories | None = None,
    ) -> Fault | None:
        """Return a fault if no signed act supports the claim that a payment was handed over or never sent, or None.

        `before`: the position before which the act must stand. An event that claims nothing of the kind has no fault.
        """
        if claim.event_type not in CLAIMS:
            return None
        stream = StreamId(stream_id)
        tranche, attempt = stream.place or (claim.tranche, claim.attempt)
        file = await self._ledger.read_stream(StreamId.payment_file(claim.message_id), connection=connection)
        # An act that came after the claim proves nothing of it.
        events = [event for event in file if event.position < before and is_readable(event)]
        acts = [from_ledger(stored_event).event for stored_event in await self(events, connection, times)]
        payment = payment_id(stream.subject, tranche, attempt)
        holds = any(isinstance(act, PaymentFileMade) and payment in act.payments for act in acts)
        if holds and any(isinstance(act, CLAIMS[claim.event_type]) for act in acts):
            return None
        return Fault(f"nobody signed that of file {claim.message_id} with this payment in it")

    async def _judged(
        self, event: StoredEvent, connection: PoolConnectionProxy | None, times: Directories | None, erasures: Erasures
    ) -> StoredEvent:
        if _seen(event) in self._found or mark_fault(event, erasures) or is_readable(event):
            fault = await self._fault_of(event, connection, times, erasures)
            return event._replace(doubt=str(fault)) if fault else event
        directory = await self._registrar.directory(connection)
        aside = directory.is_set_aside(event.position, event.leaf.hex())
        return event._replace(doubt="two guardians set it aside: nobody can read it") if aside else event

    async def _fault_of(
        self, event: StoredEvent, connection: PoolConnectionProxy | None, times: Directories | None, erasures: Erasures
    ) -> Fault | None:
        """Return the reason why an event that can be read, or whose marks are forged, does not count, or None."""
        if _seen(event) in self._found:
            return self._found[_seen(event)]
        if forgery := mark_fault(event, erasures):
            return self._remembered(event, forgery)
        if event.event_type in CLAIMS:
            claim = read_stored(event)
            claim_fault = await self.fault_of_claim(claim, event.stream_id, event.position, connection, times)
            return self._remembered(event, Fault(f"{event.event_type}: {claim_fault}") if claim_fault else None)
        if event.event_type == PartnershipImported.__name__:
            times = times if times is not None else await self._registrar.directories(connection)
            judged = partial(self, connection=connection, times=times)
            return self._remembered(event, await self._imports.fault_of(event, judged, times, connection))
        if event.event_type in BEAR_SIGNATURES:
            times = times if times is not None else await self._registrar.directories(connection)
            return self._remembered(event, judge_authorship(event, times.at(event.position), erasures).fault)
        return None

    def _remembered(self, event: StoredEvent, fault: Fault | None) -> Fault | None:
        self._found[_seen(event)] = fault
        if len(self._found) > _MOST_REMEMBERED:
            self._found.popitem(last=False)
        return fault


_Seen = tuple[bytes, frozenset[str]]
_NOBODY: Final = Erasures(())


def _seen(event: StoredEvent) -> _Seen:
    """Return the subject of a verdict: the event's leaf, and the people whose names in it could not be read."""
    return event.leaf, event.blanked


class Reader:
    """A reader of streams that returns the events that count, and Disregarded in place of the others."""

    def __init__(self, ledger: Ledger, registrar: DirectoryRepository | None = None) -> None:
        self.ledger = ledger
        self.registrar = registrar or DirectoryRepository(ledger)
        self.judge = Judge(ledger, self.registrar)

    def together(self, *streams: str) -> AbstractAsyncContextManager[None]:
        """Read streams and the directory by one query: see `Ledger.read_together`."""
        return self.ledger.read_together({**dict.fromkeys(streams, 0), DIRECTORY_STREAM: self.registrar.begins})

    async def read(
        self, stream_id: str, after: int = 0, connection: PoolConnectionProxy | None = None
    ) -> list[RecordedEvent]:
        """Return the events of a stream after a version, with Disregarded in place of those that do not count.

        Raises:
            EventUnreadable: One of them cannot be read, and the guardians have not set it aside.
            LedgerUnavailable: A standby must confirm that it holds these events, and none did in time.
            UpgradeNeeded: A newer release recorded one of them.
        """
        events, times = await self._read(stream_id, after, connection)
        if events:
            await self.ledger.confirm(events[-1].position)
        return [from_ledger(event) for event in await self.judge(events, connection, times)]

    async def as_reported(self, report: AppendReport | None) -> list[RecordedEvent] | None:
        """Return the events of an append as `read` would, or None if they must be read.

        Their signatures are judged by the directory as of the append: None if that is not the one known here.
        """
        times = self.registrar.as_far_as(report.newest) if report is not None else None
        if report is None or times is None:
            return None
        return [from_ledger(event) for event in await self.judge(report.events, times=times)]

    async def _read(
        self, stream_id: str, after: int, connection: PoolConnectionProxy | None
    ) -> tuple[list[StoredEvent], Directories]:
        """Return the events of a stream as they are stored, with the directory at each position up to them."""
        if stream_id != DIRECTORY_STREAM:
            return await self.registrar.read_beside(stream_id, after, connection)
        events = await self.ledger.read_stream(stream_id, after, connection=connection)
        return events, await self.registrar.directories(connection)

    async def read_as_far_as_possible(self, stream_id: str) -> list[StoredEvent]:
        """Return the events of a stream before the first that nobody can read, with their doubts.

        Whoever asks about another partnership must not be stopped by what was written there: that one is.
        """
        events, times = await self._read(stream_id, 0, None)
        stored_events = await self.judge(events, times=times)
        return list(takewhile(lambda event: event.doubt or is_readable(event), stored_events))


def mark_fault(event: StoredEvent, erasures: Erasures) -> Fault | None:
    """Return a fault if names in an event cannot be read and no signed erasure lists it, or None."""
    is_forgery = event.blanked and standing_of(event, erasures) is EventWorth.FORGED
    return Fault(f"{event.event_type}: {FORGED_WORDS}") if is_forgery else None


class Authorship(NamedTuple):
    """The person that an event names as its signer, and the reason why it is not signed by them."""

    signer: str | None
    """None if it needs no signature, or if what it says is forged."""
    fault: Fault | None = None


def judge_authorship(stored_event: StoredEvent, directory: Directory, erasures: Erasures) -> Authorship:
    """Return the required signer of an event, with the fault if they did not sign it.

    `directory`: the directory before the event. Raises as `read_stored` does.
    """
    if forgery := mark_fault(stored_event, erasures):
        return Authorship(None, forgery)
    return judge_without_names(stored_event, directory)


def judge_without_names(stored_event: StoredEvent, directory: Directory) -> Authorship:
    """Return the same without asking whether names that cannot be read were erased: whoever has no keys cannot know.

    Of an event with such names, the signed statement is verified, and not that these were its words.
    """
    event: Any = read_stored(stored_event)
    if not (signer := signer_of(event)):
        return Authorship(None)
    fault = _signature_fault(event, signer, stored_event, directory)
    return Authorship(signer, Fault(f"{stored_event.event_type}: {fault}") if fault else None)


def _signature_fault(event: Any, signer: str, stored_event: StoredEvent, directory: Directory) -> Fault | None:
    if event.signature is None:
        return Fault(f"{signer} did not sign it")
    statement = expected_of(event, stored_event.stream_id, content_of(stored_event), directory)
    if statement is None:
        return Fault("nothing that it confirms waits for a confirmation")
    confirms = isinstance(event, DirectoryChangeConfirmed)  # signed under the id of the change, not its own
    if statement.command_id != stored_event.command_id and not confirms:
        return Fault("the signature was given for another command")
    return authorship_fault(event, _as_far_as_it_is_known(statement, event, stored_event), directory, verified)


def _as_far_as_it_is_known(statement: Statement, event: Any, stored_event: StoredEvent) -> Statement:
    """Return the statement with the signed digest in it, where names were erased that it covers."""
    if not stored_event.blanked:
        return statement
    return statement.model_copy(update={"content_sha256": event.signature.statement.content_sha256})


def is_readable(event: StoredEvent) -> bool:
    """True if this release can read an event, whether it counts or not."""
    try:
        read_stored(event)
    except EventUnreadable:
        return False
    return True
