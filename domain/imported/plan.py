"""A plan: what bringing a table in would record, row by row. Two people sign the records that follow from it."""

from __future__ import annotations

from collections import Counter
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from domain.imported.claims import ImportedPartnership, SourceKey
from domain.imported.mapping import ImportMapping
from domain.imported.orders import ImportRecord
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
    """Something is asked of it that nobody answered in the mapping, such as whether its partner is on record."""


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
    replaces: Sha256 | None = Field(default=None, exclude_if=is_none)
    """Of a row that changed: the digest of the claim that stands."""
    partnership: ImportedPartnership | None = Field(default=None, exclude_if=is_none)
    faults: tuple[ImportFault, ...] = Field(default=(), exclude_if=is_empty)
    questions: tuple[str, ...] = Field(default=(), exclude_if=is_empty)
    """Questions about its partner, on record or on a list."""
    screening: tuple[str, ...] = Field(default=(), exclude_if=is_empty)
    """Those of its questions that are about screening: an entry of a list, or an embargo. They are signed with it."""
    repeats: tuple[str, ...] = Field(default=(), exclude_if=is_empty)
    """The question whether a grant on record is this one. It is signed with it, too."""
    notes: tuple[str, ...] = Field(default=(), exclude_if=is_empty, description="What was read otherwise than written")


class ImportPlan(Value):
    """The records that a table would give, row by row. The same table, mapping and ledger give the same bytes."""

    file_sha256: Sha256
    sheet: str
    mapping: ImportMapping
    rows: tuple[ImportRow, ...]

    def records(self, *, corrections: bool = False) -> tuple[ImportRecord, ...]:
        """Return the records that bringing it in would write. `corrections`: also of rows that changed since."""
        verdicts = {RowVerdict.NEW, *([RowVerdict.CHANGED] if corrections else [])}
        return tuple(record for row in self.rows if row.verdict in verdicts and (record := self._record(row)))

    def _record(self, row: ImportRow) -> ImportRecord | None:
        if row.partnership is None or row.reference is None:
            return None
        return ImportRecord(
            reference=row.reference,
            source=self.mapping.source,
            file_sha256=self.file_sha256,
            sheet=self.sheet,
            rows=row.rows,
            partnership=row.partnership,
            replaces=row.replaces,
            answer=self.mapping.answers.get(row.partnership.key),
            asked=(*row.repeats, *row.screening),
        )

    @property
    def counts(self) -> dict[RowVerdict, int]:
        """The number of rows with each verdict."""
        counts = Counter(row.verdict for row in self.rows)
        return {verdict: counts[verdict] for verdict in RowVerdict}

    @property
    def partnerships(self) -> tuple[ImportedPartnership, ...]:
        """All partnerships of the table that could be read, whatever their verdict."""
        return tuple(row.partnership for row in self.rows if row.partnership is not None)


class BroughtIn(Value):
    """A partnership that was brought in before: its reference, and the digest of its content."""

    reference: PartnershipId
    sha256: Sha256
