"""Verify each event of a ledger in its order: its place, its signature, and what the published rules say of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from accord.follow.acts import act_outcome, change_faults
from accord.follow.epochs import epoch_faults, epochs_after, root_over
from accord.follow.files import NO_FILES, BankFile
from accord.follow.folder import EventFinding, PageVerdict, Replica, Uncounted
from accord.follow.looks import Beyond, EventLook, look_at, without_names
from accord.follow.partnerships import CountedEvent, EventOutcome, FoldedCases
from domain.directory.directory import Directory
from domain.directory.disregarded import Disregarded
from domain.errors import EventUnreadable
from domain.streams import DIRECTORY_STREAM, StreamId
from ledger import StoredEvent
from ledger.model import STRAY
from records.authorship import CLAIMS, judge_without_names
from records.codec import from_ledger
from records.directory_stream import directory_after

_BEGINNING: Final = datetime.min.replace(tzinfo=UTC)
_HEARD_OF: Final = "it was disregarded: see its finding"


class Verifier:
    """The verification of one replica, which goes on where the replica ends. It asks nobody's database.

    `bank_file`: gives the bank's files, if the token may read them.
    """

    def __init__(self, replica: Replica, bank_file: BankFile = NO_FILES) -> None:
        self._replica = replica
        self._bank_file = bank_file
        self._disregarded = {finding.position for finding in replica.findings() if finding.disregarded}
        self._page: dict[str, list[StoredEvent]] = {}
        """By stream: the events of this page, which are not kept yet."""
        self._leaves: list[bytes] = []
        """The leaves of this page."""
        self._partnerships = FoldedCases()
        self._size = replica.frontier.size
        newest = replica.page(self._size - 1, 1) if self._size else []
        self._clock = newest[0].recorded_at if newest else _BEGINNING
        self.directory = Directory()
        for event in replica.stream(DIRECTORY_STREAM, self._size):
            self.directory = directory_after(self.directory, event)

    def see(self, events: Sequence[StoredEvent]) -> PageVerdict:
        """Verify the next events. Keep them, or else begin with another verifier: this one has gone on.

        Raises:
            UpgradeNeeded: A newer release recorded one of them.
            ApiSilent: A bank's file could not be asked for.
        """
        findings, uncounted, numbers = list[EventFinding](), Counter[Beyond](), Counter[str]()
        first: dict[Beyond, int] = {}
        self._partnerships.forget_the_oldest()
        self._page, self._leaves = {}, []
        for event in events:
            outcome = self._see(event)
            is_disregarded = event.position in self._disregarded
            findings += (EventFinding(event.position, reason, is_disregarded) for reason in outcome.faults)
            uncounted.update(outcome.beyond)
            numbers.update(outcome.verified)
            first |= {beyond: first.get(beyond, event.position) for beyond in outcome.beyond}
        counts = [Uncounted(beyond.value, number, first[beyond]) for beyond, number in uncounted.items()]
        return PageVerdict(findings, counts, numbers)

    def _see(self, event: StoredEvent) -> EventOutcome:
        place_faults = tuple(self._place_faults(event))
        readable = without_names(event)
        fold = self._standing_before(readable)
        outcome, count = self._judged(readable)
        if fold:
            self._partnerships.take(event.stream_id, CountedEvent(count, bool(readable.blanked), event.position))
        if event.stream_id == DIRECTORY_STREAM:
            before, self.directory = self.directory, directory_after(self.directory, event)
            outcome = self._with_change(outcome, count, before)
        self._size, self._clock = event.position, event.recorded_at
        self._leaves.append(event.leaf)
        self._page.setdefault(event.stream_id, []).append(event)
        if isinstance(count, Disregarded):
            self._disregarded.add(event.position)
        return outcome._replace(faults=(*place_faults, *outcome.faults))

    def _with_change(self, outcome: EventOutcome, event: Any, before: Directory) -> EventOutcome:
        """Return the outcome of a change of the directory, with what the epoch that it begins says of this ledger."""
        epochs = epochs_after(before, self.directory)
        faults = (
            *change_faults(event, before, self.directory),
            *epoch_faults(epochs, self._size, lambda size: root_over(self._replica, self._leaves, size)),
        )
        verified = ("epochs",) * len(epochs)
        return outcome._replace(faults=(*outcome.faults, *faults), verified=(*outcome.verified, *verified))

    def _place_faults(self, event: StoredEvent) -> Iterator[str]:
        page = self._page.get(event.stream_id)
        version = page[-1].version if page else self._replica.version_of(event.stream_id)
        if event.version != version + 1:
            yield f"version {event.version} of {event.stream_id} follows version {version}"
        if event.recorded_at < self._clock:
            yield f"it was recorded at {event.recorded_at:%Y-%m-%d %H:%M:%S}, before the one that it follows"

    def _standing_before(self, event: StoredEvent) -> bool:
        """True if an event is of a partnership's own stream, which is folded up to it then."""
        stream = StreamId(event.stream_id)
        if not stream.is_partnership:
            return False
        if not self._partnerships.known(stream):
            self._partnerships.begin(stream, stream.subject, self._counted(stream))
        return True

    def _judged(self, event: StoredEvent) -> tuple[EventOutcome, Any]:
        """Return the outcome of an event, and the event as it counts from now on: Disregarded if it is not signed."""
        try:
            return self._judged_by_the_rules(event)
        except EventUnreadable as fault:
            words = str(fault).split(". Until", 1)[0]
        except (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError) as fault:
            words = f"it cannot be judged where it stands ({type(fault).__name__})"
        return EventOutcome((words,)), _disregarded(event, words)

    def _judged_by_the_rules(self, event: StoredEvent) -> tuple[EventOutcome, Any]:
        look = look_at(event, self.directory)
        authorship = judge_without_names(event, self.directory)
        reason = "it holds a mark that is no sealed name" if STRAY in event.blanked else str(authorship.fault or "")
        if reason:
            return EventOutcome((reason,)), _disregarded(event, reason)
        outcome = self._ruled(look)
        if authorship.signer is None:
            beyond = () if "assessments" in outcome.verified or event.event_type in CLAIMS else (Beyond.UNSIGNED,)
            return outcome._replace(beyond=(*outcome.beyond, *beyond)), look.event
        sealed = (Beyond.SEALED_WORDS,) if look.is_sealed else ()
        return (
            outcome._replace(beyond=(*outcome.beyond, *sealed), verified=(*outcome.verified, "signatures")),
            look.event,
        )

    def _ruled(self, look: EventLook) -> EventOutcome:
        acts = act_outcome(look, self._earlier, self._bank_file)
        if not StreamId(look.stored.stream_id).is_partnership:
            return acts
        outcome = self._partnerships.judge(look)
        return outcome._replace(faults=(*acts.faults, *outcome.faults))

    def _earlier(self, stream: str) -> list[Any]:
        return [count.event for count in self._counted(stream) if not isinstance(count.event, Disregarded)]

    def _counted(self, stream: str) -> Iterator[CountedEvent]:
        """Yield the earlier events of a stream, Disregarded for those that are not signed or cannot be read."""
        kept_count = self._replica.stream(stream, self._size)
        for event in (*kept_count, *self._page.get(stream, ())):
            readable = without_names(event)
            if event.position in self._disregarded:
                yield CountedEvent(_disregarded(event, _HEARD_OF), False, event.position)
            else:
                yield CountedEvent(from_ledger(readable).event, bool(readable.blanked), event.position)


def _disregarded(event: StoredEvent, reason: str) -> Disregarded:
    return Disregarded(at=event.recorded_at, recorded=event.event_type, reason=reason)
