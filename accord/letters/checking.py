"""Check a letter by its code: its day, its kind and its digest, or nothing at all."""

from __future__ import annotations

import hmac
from datetime import date
from typing import NamedTuple

from accord.client.reading import LedgerAccess
from accord.letters.codes import LetterCode
from domain.partnership.events import LetterIssued
from domain.partnership.letter.kinds import LetterKind
from domain.values import Sha256


class ConfirmedLetter(NamedTuple):
    """A letter that the house issued, as whoever holds its code may know it: no content, and no name."""

    letter: LetterKind
    on: date
    pdf_sha256: Sha256


async def letter_under(desk: LedgerAccess, code: LetterCode) -> ConfirmedLetter | None:
    """Return the letter under a code, or None: a code that nobody issued and a partnership that is none are alike."""
    for recorded in await desk.history(code.partnership_id):
        event = recorded.event
        if isinstance(event, LetterIssued) and hmac.compare_digest(event.code_sha256, code.sha256):
            return ConfirmedLetter(event.letter, event.at.date(), event.pdf_sha256)
    return None
