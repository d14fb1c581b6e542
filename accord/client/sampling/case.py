"""The parts of a partnership in a sample: its events with their signatures, its payments' events, and its papers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from accord.audit.signatures import authorship_of
from accord.client.papers.named import CasePaper, every_paper_of
from accord.client.reading import LedgerAccess
from accord.presentation.numbers import count_in_words
from accord.presentation.words.codes import as_sentence
from accord.presentation.words.deeds import deed_of, doer_of
from accord.presentation.words.values import NamesInWords
from domain.directory.disregarded import Disregarded
from domain.errors import EventUnreadable
from domain.fault import Fault
from domain.partnership.events import TrancheReleased
from domain.payment.account_numbers import masked
from domain.recorded.event import RecordedEvent
from domain.signatures.signing import Signature
from domain.streams import AttemptNumber, StreamId
from ledger import StoredEvent
from records.codec import content_of, from_ledger

_NO_LETTER: Final = re.compile(r"[^A-Za-z0-9]")
"""What leads out of a folder, which whoever appends by a stolen login could write into the type of an event."""

_BANK_WORDS: Final = ("reason", "content")
"""The fields that may repeat a bank's words."""


def payment_folder(place: AttemptNumber) -> str:
    """Return the folder of a payment's events, within that of its partnership."""
    return f"payment-{place.tranche}-{place.attempt}"


class CaseEvent(NamedTuple):
    """An event of a sampled partnership, or of a payment of it."""

    record: StoredEvent
    event: Any
    """What it says, or None where nobody can read it."""
    fault: Fault | None
    """Why it is not proved to come from whom it names."""

    @property
    def file_name(self) -> str:
        """The name of its file, which sorts as the events do."""
        return f"{self.record.version:03}-{_NO_LETTER.sub('', self.record.event_type)[:60]}.json"

    @property
    def signature(self) -> Signature | None:
        """Its signature, if it bears one."""
        return getattr(self.event, "signature", None)

    def as_json(self) -> dict[str, Any]:
        """Return it as JSON tells it, in the form that a signature is verified from."""
        record = self.record
        try:
            content = content_of(record)
        except ValueError:
            content = {}
        return {
            "stream": record.stream_id,
            "version": record.version,
            "position": record.position,
            "recorded_at": record.recorded_at.isoformat(),
            "event_type": record.event_type,
            "leaf": record.leaf.hex(),
            **_apart(content),
        }

    def words(self, names: NamesInWords) -> tuple[str, str]:
        """Return the name of its doer, and the deed."""
        if self.event is None:
            return "", "Nobody can read it; two guardians must judge it"
        if isinstance(self.event, Disregarded):
            return "", f"{_type_in_words(self.event.recorded)}: it counts for nothing, since {self.event.reason}"
        if not StreamId(self.record.stream_id).is_partnership:
            return "", _type_in_words(self.record.event_type)
        deed, doer = deed_of(self.event, names), doer_of(self.event)
        remark = f": {names.within(deed.said)}" if deed.said else ""
        return names.person(doer) if doer else "Accord", f"{as_sentence(deed.what)}{remark}"

    def standing(self) -> str:
        """Return in words whether its signature holds, and whether a name in it was erased."""
        erasure = "A name in it was erased. " if self.record.blanked else ""
        if self.fault is not None:
            return f"{erasure}NOT PROVED: {self.fault}"
        if self.signature is None:
            return f"{erasure}Nobody signs it."
        return f"{erasure}Signed with {self.signature.key_id}"


class SampledCase(NamedTuple):
    """A partnership of which a sample holds payments."""

    partnership_id: str
    events: tuple[CaseEvent, ...]
    payments: tuple[tuple[StreamId, tuple[CaseEvent, ...]], ...]
    """The events of each sampled payment, by its stream."""
    papers: tuple[CasePaper, ...]

    def stands_out(self, stream: StreamId) -> list[str]:
        """Return the oddities of a payment: no release of it, and events that are not proved or cannot be read."""
        releases = (event.event for event in self.events if isinstance(event.event, TrancheReleased))
        has_release = any((release.tranche, release.attempt) == stream.place for release in releases)
        doubts = sum(event.fault is not None for event in self.every_event)
        unreadable = sum(event.event is None for event in self.every_event)
        erasures = sum(bool(event.record.blanked) for event in self.every_event)
        return [
            *([] if has_release else ["no release of it counts"]),
            *([f"{count_in_words(doubts, 'event')} not proved"] if doubts else []),
            *([f"{count_in_words(unreadable, 'event')} nobody can read"] if unreadable else []),
            *([f"a name was erased, in {count_in_words(erasures, 'event')}"] if erasures else []),
        ]

    @property
    def every_event(self) -> tuple[CaseEvent, ...]:
        """All its events, those of the partnership first."""
        return (*self.events, *(event for _, events in self.payments for event in events))


async def read_case(
    desk: LedgerAccess, partnership_id: str, payments: Sequence[StreamId], head: int, names: NamesInWords
) -> SampledCase:
    """Return a partnership as its events up to a position tell it, also those that nobody can read."""
    case_stream = StreamId.partnership(partnership_id)
    events = {stream: await _events_of(desk, stream, head) for stream in (case_stream, *payments)}
    history = [_recorded(event) for event in events[case_stream] if event.event is not None]
    papers = every_paper_of(history, names)
    return SampledCase(
        partnership_id, events[case_stream], tuple((stream, events[stream]) for stream in payments), papers
    )


async def _events_of(desk: LedgerAccess, stream: StreamId, head: int) -> tuple[CaseEvent, ...]:
    async with desk.ledger.connection() as connection:
        stored_events = await desk.ledger.read_streams([stream], head, connection)
    faults = await authorship_of(desk.ledger, desk.registrar, stream)
    records = await desk.reader.judge(stored_events)
    return tuple(CaseEvent(record, _event_in(record), faults.get(record.version)) for record in records)


def _event_in(record: StoredEvent) -> Any:
    try:
        return from_ledger(record).event
    except EventUnreadable:
        return None


def _recorded(event: CaseEvent) -> RecordedEvent:
    return from_ledger(event.record)


def _apart(content: dict[str, Any]) -> dict[str, Any]:
    """Return an event's content and its signature. Account numbers in a bank's words are told by their last digits."""
    if signature := content.pop("signature", None):
        return {"event": content, "signature": signature}
    return {"event": _masked(content)}


def _masked(value: Any, name: str = "") -> Any:
    match value:
        case dict():
            return {key: _masked(part, key) for key, part in value.items()}
        case list():
            return [_masked(part, name) for part in value]
        case str() if name in _BANK_WORDS:
            return masked(value)
        case _:
            return value


def _type_in_words(event_type: str) -> str:
    words = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in event_type).strip()
    return words.capitalize()
