"""Read blocked property off the ledger: of partnerships, and of senders whose money lies in a blocked account."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Final

from domain.parties import Funder
from domain.payment.bank_file import BankException, ExceptionRaised, ExceptionResolved, ResolutionAgreed, fold_exception
from domain.streams import StreamId
from publishing.blocked.property import BlockedItem, items_of, items_of_senders
from publishing.cases import Stand
from records.authorship import Reader
from records.codec import event_in
from records.publications.reading import PublishedState, head_at, histories
from records.read_models.as_of import LedgerAsOf, streams_as_of

_EXCEPTIONS: Final = str(StreamId.exception(""))
_RESOLVED: Final = ("ExceptionResolved",)


async def read_blocked(
    reader: Reader, state: PublishedState, funder: Funder, true_at: datetime
) -> tuple[Stand, tuple[BlockedItem, ...]]:
    """Return the place in the ledger, and what was blocked at a time by what is on record up to there."""
    items: list[BlockedItem] = []
    async for name, history in histories(reader, state.position):
        items += items_of(name, history, true_at)
    exceptions = [exception async for exception in _resolved(reader, state.position)]
    items += items_of_senders(exceptions, true_at)
    head = await head_at(reader, state.position)
    return Stand(funder, true_at.date(), state.known_at, state.position, head), tuple(items)


async def _resolved(reader: Reader, position: int) -> AsyncIterator[tuple[str, BankException, int]]:
    """Yield each exception that somebody resolved, with the position of the newest resolution."""
    for stream in await reader.ledger.moved_since(_EXCEPTIONS, _RESOLVED, 0):
        stored_events = await streams_as_of(reader, [stream], LedgerAsOf(position=position))
        counted_events = [
            (stored_event.position, event_in(stored_event)) for stored_event in stored_events if not stored_event.doubt
        ]
        kinds = (ExceptionRaised, ResolutionAgreed, ExceptionResolved)
        exception = fold_exception(tuple(event for _, event in counted_events if isinstance(event, kinds)))
        places = [place for place, event in counted_events if isinstance(event, ExceptionResolved)]
        if exception is not None and places:
            yield StreamId(stream).subject, exception, places[-1]
