"""Funds: one document for each, with its sums and what each partnership has of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final, cast

from pydantic import TypeAdapter

from domain.funds.fund import Fund, evolve
from domain.funds.transfers import all_with_transfers
from domain.streams import StreamId
from ledger import StoredEvent
from ledger.projections import Document, Projection
from records.read_models.judging import decoded_event

_FUND: Final[TypeAdapter[Fund]] = TypeAdapter(Fund)


def fold_stream(document: Document | None, events: Sequence[StoredEvent]) -> Document:
    """Fold the events of a fund's stream into its document, which does not know what counts of transfers to it."""
    fund = fund_in(document) if document is not None else Fund(StreamId(events[0].stream_id).subject)
    for event in events:
        fund = evolve(fund, cast(Any, decoded_event(event)))
    content = dict(zip(Fund._fields, _FUND.dump_python(fund, mode="json"), strict=True))
    return {"fund": {**content, "claims": list(content["claims"].items())}}  # a stored object keeps no order


def funds_in(documents: Iterable[Document]) -> list[Fund]:
    """Return the funds that all documents hold, with the transfers that count."""
    return all_with_transfers(fund_in(document) for document in documents)


def fund_in(document: Document) -> Fund:
    """Return the fund that a document holds, by its own events."""
    return _FUND.validate_python({**document["fund"], "claims": dict(document["fund"]["claims"])})


FUNDS: Final = Projection("funds", 3, "fund/", fold_stream)
