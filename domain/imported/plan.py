"""A plan: what bringing a table in would record, row by row. Its digest is what two people sign."""

from __future__ import annotations

import hashlib
from collections import Counter
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from domain.canonical_json import canonical_json
from domain.imported.claims import ImportedPartnership, SourceKey
from domain.imported.mapping import ImportMapping
from domain.imported.totals import ControlTotals
from domain.values import PartnershipId, Sha256, Value, is_empty, is_none


class RowVerdict(StrEnum):
    """The outcome for a partnership of the table."""

    NEW = "NEW"
    """It would be recorded."""
    SAME = "SAME"
    """It was brought in before, with this content."""
    CHANGED = "CHANGED"
    """It was brought in before, with other content. Nothing is overwritten: two people sign a correction."""
    REFUSED = "REFUSED"
    """A fault stands in its row."""
    PERSON = "PERSON"
    """A person must say something of it first, such as whether its partner is somebody on record."""


class ImportFault(Value):
    """A fault of a cell, or of a row as a whole: its place, the field, what is wrong, and the remedy."""

    row: int
    place: str
    field: str
    fault: str

    def __str__(self) -> str:
        return f"{self.place} ({self.field}): {self.fault}"


class ImportRow(Value):
    """A partnership of the table, and what would happen with it."""

    rows: Annotated[tuple[int, ...], Field(min_length=1)] = Field(description="Its rows in the table")
    key: SourceKey | None = Field(default=None, exclude_if=is_none)
    verdict: RowVerdict
    reference: PartnershipId | None = Field(default=None, exclude_if=is_none)
    partnership: ImportedPartnership | None = Field(default=None, exclude_if=is_none)
    faults: tuple[ImportFault, ...] = Field(default=(), exclude_if=is_empty)
    notes: tuple[str, ...] = Field(default=(), exclude_if=is_empty, description="What was read otherwise than written")


class ImportPlan(Value):
    """All that bringing a table in would record. The same table, mapping and ledger give the same bytes."""

    file_sha256: Sha256
    mapping: ImportMapping
    rows: tuple[ImportRow, ...]
    totals: ControlTotals | None = Field(default=None, exclude_if=is_none, description="Those that were typed")

    @property
    def sha256(self) -> str:
        """The digest of all that it says."""
        return hashlib.sha256(canonical_json(self.model_dump(mode="json"))).hexdigest()

    @property
    def counts(self) -> dict[RowVerdict, int]:
        """How many rows have each verdict."""
        found = Counter(row.verdict for row in self.rows)
        return {verdict: found[verdict] for verdict in RowVerdict}

    @property
    def partnerships(self) -> tuple[ImportedPartnership, ...]:
        """All partnerships of the table that could be read, whatever their verdict."""
        return tuple(row.partnership for row in self.rows if row.partnership is not None)


class BroughtIn(Value):
    """A partnership that was brought in before: its reference, and the digest of its content."""

    reference: PartnershipId
    sha256: Sha256
