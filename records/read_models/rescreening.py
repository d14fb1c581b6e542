"""The read model of re-screening: the facts of each partnership and, of one that is open and verified, its inquiry."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Final

from domain.errors import EventUnreadable
from domain.recorded.schema import NEWEST_FORMS
from domain.streams import PARTNERSHIP_STREAMS, StreamId
from ledger import StoredEvent
from ledger.projections import Document, Projection
from records.codec import read_stored
from records.read_models.facts import OpenPartnership
from records.read_models.inquiries import document_of, inquiry_of
from records.read_models.judging import stopping_for_an_upgrade

ASKED: Final = "asked"
"""The member that documents of open and verified partnerships have, and no other: the inquiry. It is a column too."""


def fold_stream(document: Document | None, events: Sequence[StoredEvent]) -> Document:
    """Fold the events of a partnership's stream into its document. An attempt to pay has nothing that is asked."""
    if not StreamId(events[0].stream_id).is_partnership:
        return {}
    before = facts_in(document) if document is not None else OpenPartnership()
    with stopping_for_an_upgrade():
        _require_known(events)
        facts = before.after_all(events)
    return {
        "facts": facts,
        **({ASKED: document_of(inquiry_of(facts))} if facts.is_asked else {}),
    }


def _require_known(events: Sequence[StoredEvent]) -> None:
    """Raise UpgradeNeeded at an event of a form that this release does not know: it may say what is asked here."""
    for event in events:
        if event.schema_version > NEWEST_FORMS.get(event.event_type, 0):
            with suppress(EventUnreadable):
                read_stored(event)


def facts_in(document: Document) -> OpenPartnership:
    """Return the facts that a document holds."""
    return OpenPartnership.model_validate(document["facts"])


RESCREENING: Final = Projection("rescreening", 3, PARTNERSHIP_STREAMS, fold_stream, judged=False)
