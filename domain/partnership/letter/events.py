"""The event of a letter."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field

from domain.partnership.acts import StaffEvent
from domain.partnership.letter.kinds import Addressee, LetterKind
from domain.values import Sha256, is_none


class LetterIssued(StaffEvent):
    """A letter was issued. The ledger holds digests and whom it goes to by their part, and nobody's name."""

    event_type: Literal["LetterIssued"] = "LetterIssued"
    letter: LetterKind
    about: int | None = Field(default=None, exclude_if=is_none)
    note: str | None = Field(default=None, exclude_if=is_none)
    dated: date
    language: str
    edition_name: str
    edition: str
    edition_sha256: Sha256
    facts_sha256: Sha256
    pdf_sha256: Sha256
    """The digest of the PDF with its seal: the bytes that are kept."""
    code_sha256: Sha256
    to: Addressee
