"""Check a table of partnerships of before against the organisation's own records and the lists. Nothing is recorded."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import NamedTuple

from accord.client.reading import LedgerAccess
from accord.presentation.faults import BadInput
from domain.imported.claims import ClaimedParty
from domain.imported.mapping import ImportMapping
from domain.imported.orders import MOST_RECORDS
from domain.imported.plan import BroughtIn, ImportFault, ImportPlan, ImportRow, RowVerdict
from domain.imported.questions import GrantOnRecord, PartnerOnRecord, questions_of, repeats_of
from domain.parties import Party, PartyKind
from domain.partnership.partners import partners
from domain.partnership.state import Partnership
from domain.policy.places import embargoes_on
from domain.streams import StreamId
from imports.checking import check_table
from imports.tables.table import TableFault
from ledger import clock
from ledger.projections import ReadModel
from records.imports import ImportedPartnerships, read_imported
from records.read_models.partnerships import PARTNERSHIPS
from registers.screening.lists import screen

_SCREENED_AT_ONCE = 200


class SourceFile(NamedTuple):
    """A file that is brought in, with its name."""

    name: str
    content: bytes


async def check_file(desk: LedgerAccess, file: SourceFile, mapping: ImportMapping) -> ImportPlan:
    """Return the plan of bringing a file in: every row with its verdict, its faults and the questions about it.

    Raises:
        BadInput: The file cannot be read as a table by the mapping, or holds more than one import can.
    """
    partnerships, portfolio = await read_imported(desk.reader), await _portfolio(desk)
    references = frozenset({*partnerships.standing, *(partnership.partnership_id for partnership in portfolio)})
    before = {
        key: BroughtIn(reference=record.reference, sha256=record.partnership.sha256)
        for key, record in partnerships.of_source(mapping.source).items()
    }
    try:
        read = (file.name, file.content, mapping, before, references, clock.today())
        plan = await asyncio.to_thread(check_table, *read)  # pages are answered meanwhile
    except TableFault as fault:
        raise BadInput(str(fault)) from fault
    if len(plan.rows) > MOST_RECORDS:
        raise BadInput(f"{file.name} has {len(plan.rows):,} partnerships, and {MOST_RECORDS:,} is the most; split it")
    plan = await _of_known_funders(desk, plan)
    repeats = _repeats(plan, _grants_on_record(portfolio, partnerships, mapping.source))
    return await _asked(desk, plan, _on_record(portfolio, partnerships), repeats)


def _grants_on_record(
    portfolio: Sequence[Partnership], partnerships: ImportedPartnerships, source: str
) -> Iterator[GrantOnRecord]:
    """Yield the partnerships on record that a table may hold too. A system tells its own apart by their keys."""
    for partnership in portfolio:
        proposal = partnership.proposed
        yield GrantOnRecord(
            proposal.partner.name, proposal.partner.country, proposal.title, proposal.money, partnership.partnership_id
        )
    for standing in partnerships.standing.values():
        claim = standing.record.partnership
        if standing.record.source != source:
            yield GrantOnRecord(
                claim.partner.name, claim.partner.country, claim.title, claim.agreed, standing.record.reference
            )


def _repeats(plan: ImportPlan, on_record: Iterable[GrantOnRecord]) -> Mapping[str, str]:
    rows = (row.partnership for row in plan.rows if row.verdict is RowVerdict.NEW)
    return repeats_of([claim for claim in rows if claim is not None], on_record)


async def _portfolio(desk: LedgerAccess) -> list[Partnership]:
    documents = await ReadModel(desk.ledger, PARTNERSHIPS.name).documents()
    streams = ((StreamId(stream_id), document) for stream_id, document in documents)
    return [Partnership.model_validate(document["state"]) for stream, document in streams if stream.is_partnership]


def _on_record(portfolio: Sequence[Partnership], partnerships: ImportedPartnerships) -> list[PartnerOnRecord]:
    from_proposals = [
        PartnerOnRecord(name, record.party.country, record.party.ein, record.appearances[0].partnership_id)
        for record in partners(portfolio)
        for name in record.names
    ]
    before = (standing.record for standing in partnerships.standing.values())
    return from_proposals + [_of_before(record.partnership.partner, record.reference) for record in before]


def _of_before(partner: ClaimedParty, reference: str) -> PartnerOnRecord:
    return PartnerOnRecord(partner.name, partner.country, partner.ein, reference)


async def _of_known_funders(desk: LedgerAccess, plan: ImportPlan) -> ImportPlan:
    """Return the plan with each row refused whose funder is no funder of the directory."""
    funders = frozenset(funder.funder_id for funder in (await desk.directory()).funders)
    rows = tuple(_with_funder(row, funders) for row in plan.rows)
    return plan.model_copy(update={"rows": rows})


def _with_funder(row: ImportRow, funders: frozenset[str]) -> ImportRow:
    if row.partnership is None or row.partnership.funder in funders:
        return row
    remedy = f"it holds {', '.join(sorted(funders))}" if funders else "load it with `accord directory load FILE`"
    words = f"the directory holds no funder {row.partnership.funder}; {remedy}"
    fault = ImportFault(row=row.rows[0], place=f"row {row.rows[0]}", field="funder", fault=words)
    changes = {"verdict": RowVerdict.REFUSED, "reference": None, "partnership": None, "faults": (*row.faults, fault)}
    return row.model_copy(update=changes)


async def _asked(
    desk: LedgerAccess, plan: ImportPlan, on_record: Sequence[PartnerOnRecord], repeats: Mapping[str, str]
) -> ImportPlan:
    """Return the plan with the questions about its new and changed rows, for a person where none is answered."""
    rows = [row for row in plan.rows if row.verdict in {RowVerdict.NEW, RowVerdict.CHANGED}]
    claims = [row.partnership for row in rows if row.partnership is not None]
    own_references = frozenset(row.reference for row in rows)
    other_partners = [partner for partner in on_record if partner.reference not in own_references]
    entries = await _listed(desk, [claim.partner for claim in claims])
    about = questions_of(claims, other_partners)
    screenings = [(*entries.get(claim.partner.name, ()), *_embargoed(claim.partner)) for claim in claims]
    questions = {
        claim.key: _Questions(tuple(filter(None, [repeats.get(claim.key)])), about.get(claim.key, ()), screening)
        for claim, screening in zip(claims, screenings, strict=True)
    }
    asked_rows = (_with_questions(row, questions, plan.mapping) for row in plan.rows)
    return plan.model_copy(update={"rows": tuple(asked_rows)})


class _Questions(NamedTuple):
    """The questions about a row: whether it is here already, who its partner is, and what lists and embargoes ask."""

    repeats: tuple[str, ...]
    about: tuple[str, ...]
    screening: tuple[str, ...]


def _with_questions(row: ImportRow, questions: Mapping[str, _Questions], mapping: ImportMapping) -> ImportRow:
    asked = questions.get(row.key or "")
    if asked is None or not any(asked):
        return row
    verdict = row.verdict if row.key in mapping.answers else RowVerdict.PERSON
    parts = {"repeats": asked.repeats, "screening": asked.screening}
    return row.model_copy(update={"verdict": verdict, "questions": tuple(chain(*asked)), **parts})


async def _listed(desk: LedgerAccess, claimed_party: Sequence[ClaimedParty]) -> dict[str, tuple[str, ...]]:
    """Return the entries of the lists in force that each name may be."""
    parties = list(dict.fromkeys(map(_as_party, claimed_party)))
    entries: dict[str, tuple[str, ...]] = {}
    async with desk.pool.acquire() as connection:
        for place in range(0, len(parties), _SCREENED_AT_ONCE):
            evidence = await screen(connection, parties[place : place + _SCREENED_AT_ONCE])
            for match in evidence.matches:
                register = match.source.register_version.register_name
                words = f"it may be {match.listed_name} of {register} ({match.score:.2f}); is it?"
                entries[match.party] = (*entries.get(match.party, ()), words)
    return entries


def _embargoed(partner: ClaimedParty) -> tuple[str, ...]:
    """Return a question for each embargo on a partner's country: the money went there, and somebody knows why."""
    return tuple(
        f"{embargo.name} is embargoed ({embargo.citation}); by which licence or exemption was it paid?"
        for embargo in embargoes_on(partner.country, None, clock.today())
    )


def _as_party(claimed_party: ClaimedParty) -> Party:
    """Return a claimed partner as a party to be screened. One of no kind is screened as an organisation."""
    kind = claimed_party.kind or PartyKind.NONPROFIT
    return Party(name=claimed_party.name, kind=kind, country=claimed_party.country, ein=claimed_party.ein)
