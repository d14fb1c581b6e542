"""Orders of an import: the records that two people sign, each by its digest, before any of them is written."""

from __future__ import annotations

import hashlib
from typing import Annotated, Final, NamedTuple

from pydantic import Field

from domain.canonical_json import canonical_json, canonical_with
from domain.imported.claims import ImportedPartnership
from domain.imported.mapping import ImportMapping
from domain.imported.totals import ControlTotals
from domain.signatures.signing import content_digest
from domain.values import PartnershipId, Sentence, Sha256, Value, is_empty, is_none

MOST_RECORDS: Final = 10_000
"""The most partnerships of an order: their digests fit into one event."""


class CanonicalRecord(NamedTuple):
    """A record in the JSON by which it is digested, with its digest, and that of its claim, which corrections name."""

    content: bytes
    sha256: str
    claim_sha256: str


class ImportRecord(Value):
    """A partnership of before, as it is written: its reference here, its place in the table, and what is claimed."""

    reference: PartnershipId
    source: str
    """The system of before, as the mapping names it."""
    file_sha256: Sha256
    sheet: str
    rows: Annotated[tuple[int, ...], Field(min_length=1, max_length=100)]
    partnership: ImportedPartnership
    replaces: Sha256 | None = Field(default=None, exclude_if=is_none)
    """Of a correction: the digest of the claim that stood before."""
    answer: Sentence | None = Field(default=None, exclude_if=is_none)
    """What a person said of what was asked about it, such as that its partner is nobody on record."""
    asked: tuple[str, ...] = Field(default=(), exclude_if=is_empty)
    """What lists, embargoes and grants on record asked when it was answered: one answer is none to a later question."""

    @property
    def sha256(self) -> str:
        """The digest that stands in the order."""
        return content_digest(self.model_dump(mode="json"))

    @property
    def canonical(self) -> CanonicalRecord:
        """The record in canonical JSON, with both digests, for which it is written as JSON once."""
        facts = self.model_dump(mode="json")
        claim = canonical_json(facts.pop("partnership"))
        content = canonical_with(facts, "partnership", claim)
        return CanonicalRecord(content, hashlib.sha256(content).hexdigest(), hashlib.sha256(claim).hexdigest())


class ImportOrder(Value):
    """The content that two people sign: the file, how it was read, its totals, and each record by its digest."""

    file_sha256: Sha256
    mapping: ImportMapping
    totals: ControlTotals
    records: Annotated[tuple[Sha256, ...], Field(min_length=1, max_length=MOST_RECORDS)]
    cautions: tuple[str, ...] = Field(default=(), exclude_if=is_empty)
    """What its first signer was warned of: lists, questions about screening, and sums of parts of years."""

    @property
    def sha256(self) -> str:
        """The digest by which people and records name the order."""
        # Each part of an import asks for it: digests are written as they are, since they hold nothing to escape.
        records = b'["%b"]' % '","'.join(self.records).encode("ascii")
        content = canonical_with(self.model_dump(mode="json", exclude={"records"}), "records", records)
        return hashlib.sha256(content).hexdigest()
