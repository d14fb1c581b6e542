"""The lines of a partnership of before in lists, folded from what is claimed of it and what two people signed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final

from domain.imported.claims import ClaimedParty, ClaimedStage, ImportedPartnership
from domain.imported.due import dues_of
from domain.imported.events import PartnershipImported
from domain.imported.orders import ImportRecord
from domain.legs.direction import Direction
from domain.parties import Party, PartyKind
from domain.partnership.partners import key_of
from domain.streams import IMPORTED_STREAMS
from ledger import StoredEvent
from ledger.projections import Document, Line, Listing, Projection
from records.read_models.judging import decoded_event
from records.read_models.lines import NEVER, orders_of
from records.read_models.lists import CLAIMS, IMPORTED_NAME, party_term, words_of
from records.read_models.partnerships import happened_at

NEXT: Final = "nothing of it is decided here; who pays of it proposes it first"
"""The next step of a partnership of before, in words."""
STAGES: Final = {stage: f"CLAIMED_{stage.value}" for stage in ClaimedStage}
"""The stage of a line: no stage of a partnership of here, so that nobody takes the one for the other."""


def fold_claims(document: Document | None, events: Sequence[StoredEvent]) -> Document:
    """Fold the records of a partnership of before: the newest that two people signed and that replaces the one before.

    A record that they had not signed when it was written changes nothing.
    """
    content = document or {"record": None, "order": "", "first": events[0].position, "position": 0, "on": ""}
    for event in events:
        imported = decoded_event(event)
        if isinstance(imported, PartnershipImported) and imported.record.replaces == _claim(content):
            day = (event.recorded_at or imported.at).date().isoformat()
            content = {
                **content,
                "record": imported.record.model_dump(mode="json"),
                "claim": imported.record.partnership.sha256,
                "order": imported.order_sha256,
                "position": event.position,
                "on": day,
            }
    return content


def list_claims(document: Document | None, days: Sequence[Sequence[StoredEvent]]) -> list[list[Line]]:
    """Return the lines of a partnership of before at the end of each day."""
    lines = []
    for day in days:
        document = fold_claims(document, day)
        lines.append(list(lines_of_claim(document)))
    return lines


IMPORTED: Final = Projection(
    IMPORTED_NAME, 1, IMPORTED_STREAMS, fold_claims, Listing(lines=list_claims, happened_at=happened_at)
)


def _claim(document: Document) -> str | None:
    claim: str | None = document.get("claim")
    return claim


def lines_of_claim(document: Document) -> Iterator[Line]:
    """Yield the lines of a partnership of before: its own, and one for each day that its books claim to come."""
    if document["record"] is None:
        return
    record = ImportRecord.model_validate(document["record"])
    yield _partnership(record, document)
    for number, due in enumerate(dues_of(record.partnership)):
        words = f"{due.what} (claimed by its books of before)"
        cells = {
            "due": due.on.isoformat(),
            "partnership_id": record.reference,
            "kind": due.kind.value,
            "what": words,
            "claimed": True,
            "title": record.partnership.title,
            "partner": record.partnership.partner.name,
        }
        terms = (f"kind:{due.kind}", f"partnership:{record.reference}", *words_of(words, record.reference))
        place = f"{due.on.isoformat()}~{record.reference}~{due.kind}~{number:03}"
        yield Line(CLAIMS["obligations"], place, terms, None, cells)


def _partnership(record: ImportRecord, document: Document) -> Line:
    claim = record.partnership
    due, money = min((due.on for due in dues_of(claim)), default=None), claim.agreed
    cells: Document = {
        "partnership_id": record.reference,
        "title": claim.title,
        "partner": claim.partner.name,
        "payee": claim.partner.name if claim.direction is Direction.FUNDS_OUT else None,
        "country": claim.partner.country,
        "objective": claim.objective,
        "funder": claim.funder,
        "funds": [],
        "amount": str(money.amount) if money else None,
        "currency": money.currency if money else None,
        "paid_or_in_flight": str(claim.kept),
        "stage": STAGES[claim.stage],
        "on_hold": False,
        "why": "",
        "ended": False,
        "at_rest": claim.stage is ClaimedStage.ENDED,
        "awaiting": [],
        "next_step": NEXT,
        "command": f"accord import show {record.reference}",
        "approvers": 0,
        "approved": 0,
        "due": _written(due),
        "since": _written(claim.agreed_on or claim.approved_on),
        "proposed_on": None,
        "assigned": "",
        "version": 0,
        "ahead": [],
        "claimed": True,
        "source": record.source,
        "key": claim.key,
        "ein": claim.partner.ein,
        "unknown": list(claim.unknown),
        "brought_in_on": document["on"],
        "order": document["order"],
    }
    place = f"{_written(due) or NEVER}~{record.reference}"
    return Line(CLAIMS["partnerships"], place, tuple(_terms(record)), cells["amount"], {**cells, **orders_of(cells)})


def _written(day: date | None) -> str | None:
    return day.isoformat() if day is not None else None


def _terms(record: ImportRecord) -> Iterator[str]:
    claim, partner = record.partnership, record.partnership.partner
    yield f"stage:{STAGES[claim.stage]}"
    yield f"country:{partner.country}"
    yield f"funder:{claim.funder}"
    yield f"open:{'no' if claim.stage is ClaimedStage.ENDED else 'yes'}"
    if claim.agreed is not None:
        yield f"currency:{claim.agreed.currency}"
    yield party_term(key_of(party_of(partner)))
    yield from (f"partner:{word}" for word in words_of(partner.name))
    if claim.direction is Direction.FUNDS_OUT:
        yield from (f"payee:{word}" for word in words_of(partner.name))
    yield from found_by(record.reference, claim)


def found_by(reference: str, claim: ImportedPartnership) -> tuple[str, ...]:
    """Return the words by which a partnership of before is found: of its reference, its key, its title, its partner.

    A number is found with its hyphen and without.
    """
    partner, ein = claim.partner, claim.partner.ein or ""
    number = partner.number.number if partner.number is not None else ""
    return words_of(reference, claim.key, claim.title, partner.name, ein, f"{ein[:2]} {ein[2:]}", number)


def party_of(partner: ClaimedParty) -> Party:
    """Return a claimed partner as a party, as partnerships of here name theirs. One of no kind is an organisation."""
    return Party(name=partner.name, kind=partner.kind or PartyKind.NONPROFIT, country=partner.country, ein=partner.ein)
