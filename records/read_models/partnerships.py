"""Partnerships and attempts to pay: one document for each stream, and the lines that lists show of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from itertools import accumulate
from operator import is_
from typing import Any, Final, NamedTuple

from domain.partnership.evolution import evolve
from domain.partnership.payment.events import ContradictionResolved
from domain.partnership.state import Partnership
from domain.partnership.waiting.notices import Notice, notice_id, notices, standing_since
from domain.payment.tranche.events import (
    PaymentHandedOver,
    PaymentInstructed,
    PaymentRejected,
    PaymentReturned,
    PaymentSettled,
    PaymentShort,
)
from domain.payment.tranche.evolution import evolved, from_release
from domain.payment.tranche.state import Tranche
from domain.streams import PARTNERSHIP_STREAMS, StreamId
from ledger import StoredEvent
from ledger.projections import Document, Line, Listing, Projection
from records.read_models.back_lines import Parts, back_lines, document_of, kept_parts, with_part
from records.read_models.judging import decoded_event
from records.read_models.lines import lines_of
from records.read_models.lists import PARTNERSHIPS_NAME
from records.read_models.payment_lines import payment_lines

DAYS: Final[dict[Any, str]] = {
    PaymentInstructed: "instructed_on",
    PaymentHandedOver: "handed_over_on",
    PaymentSettled: "settled_on",
    PaymentShort: "settled_on",
    PaymentRejected: "rejected_on",
    PaymentReturned: "returned_on",
}
"""The day of an attempt to pay that an event tells."""
_RESOLVED: Final = ContradictionResolved.model_fields["event_type"].default


def fold_stream(document: Document | None, events: Sequence[StoredEvent]) -> Document:
    """Fold the events of a partnership's stream, or of the stream of an attempt to pay, into its document."""
    if StreamId(events[0].stream_id).is_partnership:
        return _partnership(document, StreamId(events[0].stream_id).subject, events)
    return _paid(document, [decoded_event(event) for event in events]).document


def list_stream(document: Document | None, days: Sequence[Sequence[StoredEvent]]) -> list[list[Line]]:
    """Return the lines of a partnership, or of an attempt to pay, at the end of each day."""
    stream_id = StreamId(days[0][0].stream_id)
    if not stream_id.is_partnership:
        return _payment_lines(document, days)
    events = [event for day in days for event in day]
    states, parts = _states(document, stream_id.subject, events), _parts(document, stream_id.subject, events)
    since, ends = _since(document, decoded_event(days[0][0])), accumulate(len(day) for day in days)
    return [[*lines_of(states[end - 1], since), *back_lines(states[end - 1], parts[end - 1])] for end in ends]


def happened_at(event: StoredEvent) -> datetime:
    """Return the time at which an event happened, as it says itself."""
    moment: datetime = decoded_event(event).at
    return moment


PARTNERSHIPS: Final = Projection(
    PARTNERSHIPS_NAME, 16, PARTNERSHIP_STREAMS, fold_stream, Listing(lines=list_stream, happened_at=happened_at)
)


def _known(document: Document | None, partnership_id: str) -> Partnership:
    if document is None:
        return Partnership(partnership_id=partnership_id)
    return Partnership.model_validate(document["state"])


def _since(document: Document | None, first: Any) -> date:
    """Return the day of a partnership's first event."""
    day: date = first.at.date() if document is None else date.fromisoformat(document["since"])
    return day


class _Evolved:
    """The stream that was evolved last: its document and its lines are made of the same states, one after the other."""

    def __init__(self) -> None:
        self._of: tuple[Document | None, list[StoredEvent]] = (None, [])
        self._states: list[Partnership] = []

    def states(self, document: Document | None, partnership_id: str, events: list[StoredEvent]) -> list[Partnership]:
        """Return the states of a partnership after each of its next events."""
        last_document, last_events = self._of
        same_events = len(events) == len(last_events) and all(map(is_, events, last_events))
        if last_document is not document or not same_events:
            first = _known(document, partnership_id)
            states = list(accumulate(map(decoded_event, events), evolve, initial=first))[1:]
            self._of, self._states = (document, events), states
        return self._states


_states: Final = _Evolved().states


def _parts(document: Document | None, partnership_id: str, events: Sequence[StoredEvent]) -> list[Parts]:
    """Return the parts of payments that came back, after each of a partnership's next events.

    Only a resolution says so, and only for such an event the state before it is looked up.
    """
    parts, after = kept_parts(document), []
    for place, event in enumerate(events):
        if event.event_type == _RESOLVED:
            states = _states(document, partnership_id, list(events))
            before = states[place - 1] if place else _known(document, partnership_id)
            parts = with_part(parts, before, decoded_event(event))
        after.append(parts)
    return after


def _partnership(document: Document | None, partnership_id: str, events: Sequence[StoredEvent]) -> Document:
    states = _states(document, partnership_id, list(events))
    state, since = states[-1], _since(document, decoded_event(events[0]))
    parts = _parts(document, partnership_id, events)[-1]
    content = {"state": state, "since": since.isoformat(), **document_of(parts)}
    if state.proposal is None:
        return content
    standing = standing_since(document.get("standing", {}) if document is not None else {}, states)
    notice_documents = [_told(partnership_id, notice, standing[notice.key]) for notice in notices(state)]
    return {**content, "notices": notice_documents, "standing": standing}


def _told(partnership_id: str, notice: Notice, since: int) -> Document:
    identifier = notice_id(partnership_id, notice.key, since)
    return {"notice_id": str(identifier), "partnership_id": partnership_id, **notice.model_dump(mode="json")}


def _payment_lines(document: Document | None, days: Sequence[Sequence[StoredEvent]]) -> list[list[Line]]:
    lines = []
    for day in days:
        payment = _paid(document, [decoded_event(event) for event in day])
        document = payment.document
        lines.append(payment_lines(payment.known, payment.days) if payment.known is not None else [])
    return lines


class _Paid(NamedTuple):
    """An attempt to pay, and the days that its events tell."""

    known: Tranche | None
    """None before its release."""
    days: dict[str, str]
    before: int
    """The number of events before its release, which count for nothing."""

    @property
    def document(self) -> Document:
        """The attempt as the read model keeps it."""
        if self.known is None:
            return {"state": None, "days": {}, "before": self.before}
        return {"state": self.known.model_dump(mode="json"), "days": self.days}


def _paid(document: Document | None, events: Sequence[Any]) -> _Paid:
    """Return an attempt to pay after its next events, and the days that they tell."""
    state, days, before = (None, {}, 0) if document is None else _kept(document)
    valid_events = events if state is not None else from_release(events)
    before += len(events) - len(valid_events) if state is None else 0
    for event in valid_events:
        if name := DAYS.get(type(event)):
            days[name] = event.at.date().isoformat()
        if isinstance(event, PaymentSettled | PaymentShort) and event.answer.value_on is not None:
            days["value_on"] = event.answer.value_on.isoformat()
    return _Paid(evolved(state, valid_events, before=before), days, before)


def _kept(document: Document) -> tuple[Tranche | None, dict[str, str], int]:
    state = document["state"]
    tranche = Tranche.model_validate(state) if state is not None else None
    return tranche, dict(document["days"]), document.get("before", 0)
