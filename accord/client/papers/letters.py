"""Letters of a case: which were issued, by whom, and who signed the document that one of them is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from accord.presentation.words.codes import as_sentence, words_of
from accord.presentation.words.days import day_in_words, whole_day_in_words
from accord.presentation.words.values import NamesInWords
from domain.partnership.events import AgreementSigned, LetterIssued
from domain.partnership.letter.kinds import LetterKind
from domain.recorded.event import RecordedEvent
from domain.values import Sha256


class CaseLetter(NamedTuple):
    """A letter that was issued. One that was made and issued by nobody is none."""

    title: str
    dated: date
    to: str
    issue: str
    signature: str
    """Who signed it, that nobody has where somebody is to, or ''."""
    digest: Sha256
    description: str = ""
    """What it is in words, if it is kept here and can be looked at."""
    erasure: str = ""
    """That it was erased, and when, or ''."""

    @property
    def day(self) -> str:
        """The day that it bears, in words."""
        return whole_day_in_words(self.dated)


def letters_of(history: Sequence[RecordedEvent], names: NamesInWords) -> tuple[CaseLetter, ...]:
    """Return the letters that were issued for a partnership, the oldest first."""
    events = [entry.event for entry in history if isinstance(entry.event, LetterIssued)]
    return tuple(_letter(event, history, names) for event in events)


def _letter(event: LetterIssued, history: Sequence[RecordedEvent], names: NamesInWords) -> CaseLetter:
    about = f", number {event.about}" if event.about is not None else ""
    return CaseLetter(
        title=f"{as_sentence(words_of(event.letter))}{about}",
        dated=event.dated,
        to=words_of(event.to),
        issue=f"issued by {names.person(event.actor)} on {day_in_words(event.at)}",
        signature=_signature(event, history, names),
        digest=event.pdf_sha256,
    )


def _signature(event: LetterIssued, history: Sequence[RecordedEvent], names: NamesInWords) -> str:
    for agreement in (entry.event for entry in history):
        if isinstance(agreement, AgreementSigned) and agreement.document_sha256 == event.pdf_sha256:
            return f"signed by {names.person(agreement.actor)} on {day_in_words(agreement.at)}"
    return "signed by nobody yet" if event.letter is LetterKind.AGREEMENT else ""
