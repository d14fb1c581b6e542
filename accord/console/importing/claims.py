"""Claims of partnerships of before in words: for the list of all, and for a partner's page."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from accord.client.imported.claim import ClaimOnRecord
from accord.presentation.words.days import day_in_words
from accord.presentation.words.values import listed, money_in_words, sum_in_words
from domain.imported.claims import ClaimedStage
from domain.partnership.partners import key_of
from records.imports import ImportedRecord
from records.read_models.claimed.lines import party_of

FACTS: Final = {"ein": "US tax number", "partner_kind": "kind of partner", "report_due": "day of the next report"}
"""Fields of a claim that are no words of people, in words."""
STAGES: Final = {ClaimedStage.IN_FORCE: "in force", ClaimedStage.ENDED: "ended"}


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
        stage=STAGES[claim.stage],
        agreed=money_in_words(claim.agreed) if claim.agreed is not None else "no money",
        paid=sum_in_words(claim.kept, claim.agreed.currency) if claim.agreed is not None else "",
        unknown=", ".join(FACTS.get(name, name.replace("_", " ")) for name in claim.unknown),
        brought_in=day_in_words(record.recorded_at),
    )


def before_in_words(claim: ClaimOnRecord) -> str:
    """Return a claim of before in a sentence, for the page of the partnership that goes on from it."""
    before = claim.record.partnership
    sums = [f"{money_in_words(before.agreed)} agreed"] if before.agreed is not None else ["no money"]
    if before.agreed is not None:
        sums.append(f"{sum_in_words(before.kept, before.agreed.currency)} paid and kept")
    other = "" if claim.is_same_partner else f" Its partner was {before.partner.name} there."
    return f"Its books of before claim {listed(sums)}.{other}"


def with_text(records: Iterable[ImportedRecord], text: str) -> list[ImportedRecord]:
    """Return the records whose reference, key, title or partner holds a text. Without one, all of them."""
    words = text.casefold()
    return [record for record in records if any(words in word.casefold() for word in _words(record))]


def _words(record: ImportedRecord) -> tuple[str, ...]:
    claim = record.record.partnership
    return record.record.reference, claim.key, claim.title, claim.partner.name, claim.partner.ein or ""


def of_partner(records: Iterable[ImportedRecord], key: str) -> list[ImportedRecord]:
    """Return the records of a partner, by its EIN or else its country and name, as partnerships of here are found."""
    return [record for record in records if key_of(party_of(record.record.partnership.partner)) == key]
