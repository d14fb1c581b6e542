"""Partnerships and attempts to pay: one document for each stream, and the lines that lists show of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final

from domain.directory.disregarded import Disregarded
from domain.partnership.evolution import evolve
from domain.partnership.notices import Notice, notice_id, notices
from domain.partnership.state import Partnership
from domain.payment.tranche import (
    PaymentHandedOver,
    PaymentInstructed,
    PaymentReturned,
    PaymentSettled,
    Tranche,
    TrancheEvent,
    TrancheReleasedForPayment,
    evolve_tranche,
)
from domain.streams import PARTNERSHIP_STREAMS, StreamId
from ledger import StoredEvent
from ledger.projections import Document, Line, Listing, Projection
from records.read_models.judging import decoded_event
from records.read_models.lines import line_of, lines_of
from records.read_models.lists import PARTNERSHIPS_NAME

DAYS: Final[dict[Any, str]] = {
    PaymentInstructed: "instructed_on",
    PaymentHandedOver: "handed_over_on",
    PaymentSettled: "settled_on",
    PaymentReturned: "returned_on",
}
"""The day of an attempt to pay that an event tells."""


def fold_stream(document: Document | None, events: Sequence[StoredEvent]) -> Document:
    """Fold the events of a partnership's stream, or of the stream of an attempt to pay, into its document."""
    told = [decoded_event(stored) for stored in events]
    if StreamId(events[0].stream_id).is_partnership:
        return _partnership(document, StreamId(events[0].stream_id).subject, told)
    known, days = _paid(document, told)
    return {"state": known.model_dump(mode="json"), "days": days}


def list_stream(document: Document | None, days: Sequence[Sequence[StoredEvent]]) -> list[list[Line]]:
    """Return the lines of a partnership, or of an attempt to pay, at the end of each day."""
    stream_id = StreamId(days[0][0].stream_id)
    if not stream_id.is_partnership:
        return _payment_lines(document, days)
    state, since = _known(document, stream_id.subject), _since(document, decoded_event(days[0][0]))
    lines = []
    for told in days:
        for stored in told:
            state = evolve(state, decoded_event(stored))
        lines.append(lines_of(state, since))
    return lines


def happened_at(stored: StoredEvent) -> datetime:
    """Return when an event says that it happened."""
    moment: datetime = decoded_event(stored).at
    return moment


PARTNERSHIPS: Final = Projection(
    PARTNERSHIPS_NAME, 10, PARTNERSHIP_STREAMS, fold_stream, Listing(lines=list_stream, happened_at=happened_at)
)


def _known(document: Document | None, partnership_id: str) -> Partnership:
    if document is None:
        return Partnership(partnership_id=partnership_id)
    return Partnership.model_validate(document["state"])


def _since(document: Document | None, first: Any) -> date:
    """Return the day of a partnership's first event."""
    day: date = first.at.date() if document is None else date.fromisoformat(document["since"])
    return day


def _partnership(document: Document | None, partnership_id: str, events: Sequence[Any]) -> Document:
    state = _known(document, partnership_id)
    standing: dict[str, int] = document.get("standing", {}) if document is not None else {}
    for event in events:
        state = evolve(state, event)
        standing = {one.key: standing.get(one.key, state.version) for one in notices(state)}
    content = {"state": state.model_dump(mode="json"), "since": _since(document, events[0]).isoformat()}
    if state.proposal is None:
        return content
    told = [_told(partnership_id, one, standing[one.key]) for one in notices(state)]
    return {**content, "notices": told, "standing": standing}


def _told(partnership_id: str, notice: Notice, since: int) -> Document:
    told = notice_id(partnership_id, notice.key, since)
    return {"notice_id": str(told), "partnership_id": partnership_id, **notice.model_dump(mode="json")}


def _payment_lines(document: Document | None, days: Sequence[Sequence[StoredEvent]]) -> list[list[Line]]:
    lines = []
    for told in days:
        known, dates = _paid(document, [decoded_event(stored) for stored in told])
        document = {"state": known.model_dump(mode="json"), "days": dates}
        lines.append([line_of(known, dates)])
    return lines


def _paid(document: Document | None, events: Sequence[Any]) -> tuple[Tranche, dict[str, str]]:
    """Return an attempt to pay after its next events, and the days that they tell.

    Raises:
        ValueError: Nothing of the attempt counts.
    """
    known = None if document is None else Tranche.model_validate(document["state"])
    days: dict[str, str] = {} if document is None else dict(document["days"])
    for event in events:
        known = _after(known, event)
        if name := DAYS.get(type(event)):
            days[name] = event.at.date().isoformat()
        if isinstance(event, PaymentSettled) and event.answer.value_on is not None:
            days["value_on"] = event.answer.value_on.isoformat()
    if known is None:
        raise ValueError("an attempt to pay of which nothing counts")
    return known, days


def _after(known: Tranche | None, event: TrancheEvent | Disregarded) -> Tranche | None:
    if known is not None:
        return evolve_tranche(known, event)
    if isinstance(event, Disregarded):
        return None
    if not isinstance(event, TrancheReleasedForPayment):
        raise ValueError(f"an attempt to pay begins with its release, not with {event.event_type}")
    return evolve_tranche(Tranche(order=event.order), event)
