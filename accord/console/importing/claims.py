"""Claims of partnerships of before in words: for the list of all, and for a partner's page."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from accord.presentation.words.days import day_in_words
from accord.presentation.words.values import money_in_words, sum_in_words
from domain.imported.claims import ClaimedStage, ImportedPartnership
from domain.parties import Party, PartyKind
from domain.partnership.partners import key_of
from records.imports import ImportedRecord

_FACTS: Final = {"ein": "US tax number", "partner_kind": "kind of partner", "report_due": "day of the next report"}
_STAGES: Final = {ClaimedStage.IN_FORCE: "in force", ClaimedStage.ENDED: "ended"}


class ClaimLine(NamedTuple):
    """A partnership of before in words."""

    reference: str
    title: str
    partner: str
    stage: str
    agreed: str
    paid: str
    unknown: str
    brought_in: str


def claim_line(record: ImportedRecord) -> ClaimLine:
    """Return a partnership of before in words."""
    claim = record.record.partnership
    return ClaimLine(
        reference=record.record.reference,
        title=claim.title,
        partner=claim.partner.name,
        stage=_STAGES[claim.stage],
        agreed=money_in_words(claim.agreed) if claim.agreed is not None else "no money",
        paid=sum_in_words(claim.kept, claim.agreed.currency) if claim.agreed is not None else "",
        unknown=", ".join(_FACTS.get(name, name.replace("_", " ")) for name in claim.unknown),
        brought_in=day_in_words(record.recorded_at),
    )


def with_text(records: Iterable[ImportedRecord], text: str) -> list[ImportedRecord]:
    """Return the records whose reference, key, title or partner holds a text. Without one, all of them."""
    words = text.casefold()
    return [record for record in records if any(words in word.casefold() for word in _words(record))]


def _words(record: ImportedRecord) -> tuple[str, ...]:
    claim = record.record.partnership
    return record.record.reference, claim.key, claim.title, claim.partner.name, claim.partner.ein or ""


def of_partner(records: Iterable[ImportedRecord], key: str) -> list[ImportedRecord]:
    """Return the records of a partner, by its EIN or else its country and name, as partnerships of here are found."""
    return [record for record in records if key_of(_party(record.record.partnership)) == key]


def _party(claim: ImportedPartnership) -> Party:
    partner = claim.partner
    return Party(name=partner.name, kind=partner.kind or PartyKind.NONPROFIT, country=partner.country, ein=partner.ein)
