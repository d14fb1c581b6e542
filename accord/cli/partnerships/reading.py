"""Read the read models, up to now or as of two times."""

from __future__ import annotations

import re
from collections.abc import Sequence

from accord.cli.printing.behind import warn_if_behind
from accord.client.reading import LedgerAccess
from accord.presentation.times.moments import moment_of
from domain.partnership.partners import PartnerRecord, key_of, partners
from domain.partnership.state import Partnership
from domain.streams import StreamId
from ledger.projections import Document, ReadModel
from records.read_models.as_of import LedgerAsOf, documents_as_of
from records.read_models.lists import ListQuery, party_term, party_terms, streams_with
from records.read_models.lists_as_of import lines_as_of
from records.read_models.partnerships import PARTNERSHIPS


async def caught_up(desk: LedgerAccess, name: str) -> ReadModel:
    """Wait for a read model to catch up and return it. Print a warning if it is behind or lacks an event."""
    await warn_if_behind(desk.pool, name)
    return ReadModel(desk.ledger, name)


def cut_at(as_of: str | None, known_at: str | None) -> LedgerAsOf:
    """Return the point in both times that two options name. Raises BadInput if one is no day or time."""
    return LedgerAsOf(moment_of(as_of, "--as-of"), moment_of(known_at, "--known-at"))


async def portfolio_at(desk: LedgerAccess, ledger_as_of: LedgerAsOf) -> list[Partnership]:
    """Return every partnership as of a point in both times."""
    if ledger_as_of.present:
        documents = dict(await (await caught_up(desk, PARTNERSHIPS.name)).documents())
    else:
        documents = await documents_as_of(desk.ledger, PARTNERSHIPS, ledger_as_of)
    return [
        partnership
        for stream_id, document in documents.items()
        if (partnership := _proposed(stream_id, document)) is not None
    ]


async def first_partners(desk: LedgerAccess, most: int) -> tuple[tuple[PartnerRecord, ...], bool]:
    """Return the records of the first partners by their keys, at most so many, and whether there are more.

    Only the partnerships of these are read.
    """
    model = await caught_up(desk, PARTNERSHIPS.name)
    records: list[PartnerRecord] = []
    last_term = ""
    while len(records) <= most and (terms := await party_terms(desk.pool, last_term)):
        records += await _partners_of(desk, model, terms)
        last_term = terms[-1]
    return tuple(records[:most]), len(records) > most


async def partners_named(desk: LedgerAccess, name: str) -> tuple[PartnerRecord, ...]:
    """Return the records of whoever may be meant by an EIN or a name. By an EIN, its partnerships alone are read."""
    digits = re.sub(r"[\s-]", "", name)
    if re.fullmatch(r"\d{9}", digits):
        return await _partners_of(desk, await caught_up(desk, PARTNERSHIPS.name), [party_term(f"EIN {digits}")])
    return partners(await portfolio_at(desk, LedgerAsOf()))


async def _partners_of(desk: LedgerAccess, model: ReadModel, terms: Sequence[str]) -> tuple[PartnerRecord, ...]:
    """Return the records of the parties with these terms, in the order of their keys."""
    documents = await model.documents(await streams_with(desk.pool, terms))
    proposed = (_proposed(stream_id, document) for stream_id, document in documents)
    records = partners(partnership for partnership in proposed if partnership is not None)
    wanted_terms = set(terms)
    page_records = (record for record in records if party_term(record.key) in wanted_terms)
    return tuple(sorted(page_records, key=lambda record: record.key))


async def related_at(desk: LedgerAccess, subject: Partnership, ledger_as_of: LedgerAsOf) -> list[Partnership]:
    """Return the partnerships that share a party or the agreement with `subject`.

    As of two times: as it was true at the one, by what was known at the other.
    """
    proposal = subject.proposed
    shared = (
        f"agreement:{proposal.under or proposal.reference}",
        *map(party_term, map(key_of, proposal.organizations)),
    )
    list_query = ListQuery("partnerships", (shared,))
    rows = [row async for row in lines_as_of(desk.pool, list_query, ledger_as_of)]
    streams = [StreamId.partnership(row.shown["partnership_id"]) for row in rows]
    documents = [(stream_id, await _document(desk, stream_id, ledger_as_of)) for stream_id in streams]
    return [
        partnership
        for stream_id, document in documents
        if document and (partnership := _proposed(stream_id, document)) is not None
    ]


async def _document(desk: LedgerAccess, stream_id: str, ledger_as_of: LedgerAsOf) -> Document | None:
    if ledger_as_of.present:
        return await ReadModel(desk.ledger, PARTNERSHIPS.name).document(stream_id)
    return (await documents_as_of(desk.ledger, PARTNERSHIPS, ledger_as_of, stream_id)).get(stream_id)


def _proposed(stream_id: str, document: Document) -> Partnership | None:
    """Return the partnership that a document holds, or None for an attempt to pay, and before it is proposed."""
    if not StreamId(stream_id).is_partnership:
        return None
    partnership = state_of(document)
    return partnership if partnership.proposal is not None else None


def state_of(document: Document) -> Partnership:
    """Return the state that a read model's document holds."""
    return Partnership.model_validate(document["state"])
