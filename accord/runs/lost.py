"""Find the events that a partnership's workflows know and the ledger lost: the one list for all commands.

The histories prove nothing: they say what must be recorded again, or be given up by two guardians, before a workflow
that knows more than the ledger is ended. Versions that are known of, and whose words nobody can read any more, count.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Final, NamedTuple

from temporalio.client import Client
from temporalio.service import RPCError

from accord.presentation.faults import Unreachable
from accord.runs.retained import Knowledge, knowledge_of, type_of
from deploy.connections import temporal_answer
from domain.partnership.events import TrancheReleased
from domain.recorded.event import RecordedEvent
from domain.streams import AttemptNumber, StreamId
from ledger import Ledger, StoredEvent
from records.authorship import is_readable
from records.codec import content_of

RELEASED: Final = TrancheReleased.model_fields["event_type"].default
MOST_TOLD: Final = 500
"""The words that the guardians' finding on a loss has room for."""


class Lost(NamedTuple):
    """The known events of a stream that are not in the ledger."""

    stream_id: StreamId
    held: int
    """The newest version that the ledger holds."""
    events: tuple[RecordedEvent, ...]
    """The readable ones, by version."""
    unread: tuple[range, ...] = ()
    """The versions of which nobody can read more than that they were there."""

    @property
    def is_anything(self) -> bool:
        """True if something is lost."""
        return bool(self.events or self.unread)

    @property
    def words(self) -> list[str]:
        """The losses in the words that guardians sign: types of events, and versions without words."""
        of = "" if self.stream_id.is_partnership else "tranche {}, attempt {}: ".format(*self.stream_id.place or ())
        types = [(event.version, type_of(event)) for event in self.events]
        spans = [(span.start, f"{span_told(span)}, which nobody can read") for span in self.unread]
        return [of + loss for _, loss in sorted((*types, *spans))]


async def lost_of(client: Client, ledger: Ledger, partnership_id: str) -> list[Lost]:
    """Return the events that the workflows of a partnership and of its attempts know, and the ledger does not hold.

    The partnership's own comes first. A stream of which nothing is lost is not in the list.

    Raises:
        Unreachable: Temporal does not answer.
    """
    try:
        own_loss = await _lost_of(client, ledger, StreamId.partnership(partnership_id))
        places = dict.fromkeys([*_held_places(await ledger.read_stream(own_loss.stream_id)), *_lost_places(own_loss)])
        losses = [
            own_loss,
            *[await _lost_of(client, ledger, StreamId.attempt(partnership_id, *place)) for place in places],
        ]
    except RPCError as fault:
        raise Unreachable(temporal_answer(fault)) from fault
    return [loss for loss in losses if loss.is_anything]


async def _lost_of(client: Client, ledger: Ledger, stream: StreamId) -> Lost:
    return compare(stream, await knowledge_of(client, stream), await ledger.read_stream(stream))


def compare(stream: StreamId, knowledge: Knowledge, stored_events: list[StoredEvent]) -> Lost:
    """Return the known events of a stream that are not among those that the ledger holds."""
    there = {(event.version, event.command_id, event.event_type) for event in stored_events}
    recorded_events = [
        event for event in knowledge.events if (event.version, event.command_id, type_of(event)) not in there
    ]
    known_versions = {event.version for event in knowledge.events}
    return Lost(
        stream,
        len(stored_events),
        tuple(recorded_events),
        tuple(_gaps(len(stored_events) + 1, knowledge.version, known_versions)),
    )


def _gaps(first: int, last: int, known_versions: set[int]) -> Iterator[range]:
    """Yield the versions from `first` to `last` that are not among those read. A false claim may be of very many."""
    for version in sorted(known_version for known_version in known_versions if first <= known_version <= last):
        if first < version:
            yield range(first, version)
        first = version + 1
    if first <= last:
        yield range(first, last + 1)


def _held_places(events: list[StoredEvent]) -> Iterator[AttemptNumber]:
    """Yield the attempts to pay of which the ledger holds a release, whether that counts or not."""
    for event in events:
        if event.event_type == RELEASED and is_readable(event):
            content = content_of(event)
            yield AttemptNumber(int(content["tranche"]), int(content["attempt"]))


def _lost_places(loss: Lost) -> Iterator[AttemptNumber]:
    for recorded_event in loss.events:
        if isinstance(recorded_event.event, TrancheReleased):
            yield AttemptNumber(recorded_event.event.tranche, recorded_event.event.attempt)


def span_told(span: range) -> str:
    """Return versions in words."""
    return f"version {span.start}" if span.stop - span.start == 1 else f"versions {span.start} to {span.stop - 1}"


def words_of(losses: list[Lost]) -> tuple[str, ...]:
    """Return the losses of a partnership in words, as two guardians accept them, at most `MOST_TOLD` of them."""
    words = [word for loss in losses for word in loss.words]
    if len(words) <= MOST_TOLD:
        return tuple(words)
    alike = [(word, len(list(group))) for word, group in groupby(words)]
    short = [word if times == 1 else f"{word}, {times} in a row" for word, times in alike]
    surplus = short[MOST_TOLD - 1 :]
    return tuple(short) if len(surplus) < 2 else (*short[: MOST_TOLD - 1], f"and {len(surplus)} more")
