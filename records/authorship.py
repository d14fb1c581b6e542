"""Judge which events of a stream count: those that their people signed, and that nobody set aside.

What is found of an event never changes: the keys are those in force where it stands. So it is found once in a process.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from typing import Any, Final

from asyncpg.pool import PoolConnectionProxy

from domain.directory.directory import Directory
from domain.directory.people import DirectoryChangeConfirmed
from domain.errors import EventUnreadable
from domain.identity import payment_id
from domain.payment.counter import CounterAct
from domain.payment.payment_file import PaymentFileHandedOver, PaymentFileMade, PaymentFileNeverSent
from domain.recorded.authorship import BEAR_SIGNATURES, authorship_fault, expected_of, signer_of
from domain.recorded.event import RecordedEvent
from domain.signing import Statement
from domain.streams import StreamId
from ledger import Ledger, StoredEvent
from records.codec import content_of, from_ledger, read_stored
from records.directory import Directories, Registrar
from records.keys.ed25519 import verified
from records.privacy.vault import ERASED

_ERASED: Final = ERASED.encode()
_MOST_REMEMBERED: Final = 200_000
"""Of how many events a process remembers what it found, some 30 MB; the oldest are found anew."""


CLAIMS: Final[dict[str, type[CounterAct]]] = {
    "TrancheHandedOver": PaymentFileHandedOver,
    "PaymentHandedOver": PaymentFileHandedOver,
    "TrancheNeverSent": PaymentFileNeverSent,
    "PaymentNeverSent": PaymentFileNeverSent,
}
"""What is said of a payment without a signature, and the signed act on its file that stands before and bears it out."""


class Judge:
    """Says of events which count for nothing."""

    def __init__(self, ledger: Ledger, registrar: Registrar) -> None:
        self._ledger = ledger
        self._registrar = registrar
        self._found: OrderedDict[bytes, str] = OrderedDict()
        """By leaf: why an event is not whose name it bears."""

    async def __call__(
        self, events: Sequence[StoredEvent], connection: PoolConnectionProxy | None = None
    ) -> list[StoredEvent]:
        """Return events, each with why it counts for nothing where it does."""
        new = [one for one in events if one.event_type in BEAR_SIGNATURES and one.leaf not in self._found]
        if new:
            self._remember(new, await self._registrar.directories(connection))
        for one in events:
            if one.event_type in CLAIMS and one.leaf not in self._found and _is_readable(one):
                self._found[one.leaf] = await self._fault_of_claim(one, connection)
        return [await self._judged(one, connection) for one in events]

    async def _fault_of_claim(self, stored: StoredEvent, connection: PoolConnectionProxy | None) -> str:
        """Return the reason why nothing signed bears out that a payment left, or never arrived; or nothing."""
        claim: Any = read_stored(stored)
        stream = StreamId(stored.stream_id)
        tranche, attempt = stream.place or (claim.tranche, claim.attempt)
        file = await self._ledger.read_stream(StreamId.payment_file(claim.message_id), connection=connection)
        before = [one for one in file if one.position < stored.position and _is_readable(one)]
        acts = [from_ledger(one).event for one in await self(before, connection)]
        payment = payment_id(stream.subject, tranche, attempt)
        holds = any(isinstance(act, PaymentFileMade) and payment in act.payments for act in acts)
        if holds and any(isinstance(act, CLAIMS[stored.event_type]) for act in acts):
            return ""
        return f"{stored.event_type}: nobody signed that of file {claim.message_id} with this payment in it"

    def _remember(self, events: Sequence[StoredEvent], times: Directories) -> None:
        for one in events:
            try:
                fault = fault_of_authorship(one, times.at(one.position))
            except EventUnreadable:
                continue
            self._found[one.leaf] = fault or ""
        while len(self._found) > _MOST_REMEMBERED:
            self._found.popitem(last=False)

    async def _judged(self, event: StoredEvent, connection: PoolConnectionProxy | None) -> StoredEvent:
        if fault := self._found.get(event.leaf):
            return event._replace(doubt=fault)
        if event.leaf in self._found or _is_readable(event):
            return event
        directory = await self._registrar.directory(connection)
        aside = directory.is_set_aside(event.position, event.leaf.hex())
        return event._replace(doubt="two guardians set it aside: nobody can read it") if aside else event


class Reader:
    """Reads streams of decisions as they count."""

    def __init__(self, ledger: Ledger, registrar: Registrar | None = None) -> None:
        self.ledger = ledger
        self.registrar = registrar or Registrar(ledger)
        self.judge = Judge(ledger, self.registrar)

    async def read(
        self, stream_id: str, after: int = 0, connection: PoolConnectionProxy | None = None
    ) -> list[RecordedEvent]:
        """Return the events of a stream after a version; what counts for nothing is Disregarded.

        Raises:
            EventUnreadable: One of them cannot be read, and the guardians have not set it aside.
            LedgerUnavailable: A standby must confirm that it holds these events, and none did in time.
            UpgradeNeeded: A newer release recorded one of them.
        """
        stored = await self.ledger.read_stream(stream_id, after, connection=connection)
        if stored:
            await self.ledger.confirm(stored[-1].position)
        return [from_ledger(one) for one in await self.judge(stored, connection)]


def fault_of_authorship(stored: StoredEvent, directory: Directory) -> str | None:
    """Return why an event is not its person's, by the directory as it stood; '' where it is, None where it is nobody's.

    Raises as `read_stored` does.
    """
    event: Any = read_stored(stored)
    if not (signer := signer_of(event)):
        return None
    if event.signature is None:
        return f"{stored.event_type}: {signer} did not sign it"
    expected = expected_of(event, stored.stream_id, content_of(stored), directory)
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


def _is_readable(event: StoredEvent) -> bool:
    try:
        read_stored(event)
    except EventUnreadable:
        return False
    return True
