"""Letters that name a person: those that were issued, and what was handed in that no act names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple, cast

from accord.client.papers.letters import letters_of
from accord.client.reading import LedgerAccess
from accord.presentation.words.values import NamesInWords
from domain.directory.personal import people_in
from domain.errors import IllegalTransition
from domain.names.spelling import Names, fold
from domain.partnership.events import Event, LetterIssued
from domain.partnership.evolution import fold as state_of
from domain.partnership.letter.common import LetterWish
from domain.partnership.letter.making import letter_facts
from domain.recorded.event import RecordedEvent
from records.privacy.vault import TOGETHER, NamedPerson

if TYPE_CHECKING:
    from papers.register import KeptPaper, PaperRegister

DRAFT: Final = "a draft of a letter, or a file of a form, that nobody signed"


class NamingPaper(NamedTuple):
    """A paper that is kept here and names a person, or may."""

    partnership_id: str
    what: str
    paper: KeptPaper

    @property
    def words(self) -> str:
        """What it is, and its digest as far as a person compares it."""
        return f"{self.partnership_id}: {self.what} ({self.paper.sha256[:16]})"


async def papers_naming(
    desk: LedgerAccess, register: PaperRegister, person: NamedPerson, partnership_ids: Sequence[str]
) -> list[NamingPaper]:
    """Return the letters of partnerships that name a person, and the papers of these that no act names.

    What a letter says is made again of what stood when it was issued, and compared with the digest of its facts. A
    letter whose facts cannot be made again may name anybody, and so may a paper that nothing tells of.
    """
    papers = list[NamingPaper]()
    for partnership_id in partnership_ids:
        papers += await _of_partnership(desk, register, person, partnership_id)
    return [*{paper.paper.digest: paper for paper in reversed(papers)}.values()][::-1]


async def _of_partnership(
    desk: LedgerAccess, register: PaperRegister, person: NamedPerson, partnership_id: str
) -> list[NamingPaper]:
    history = await desk.history(partnership_id)
    letters = letters_of(history, NamesInWords(await desk.directory()))
    digests = {*_letters_naming(partnership_id, history, _names_of(person, history))}
    titles = {letter.digest: f"{letter.title}, dated {letter.day}" for letter in letters if letter.digest in digests}
    kept_papers = await register.among([bytes.fromhex(digest) for digest in titles])
    naming_letters = [(titles[paper.sha256], paper) for paper in kept_papers.values()]
    drafts = [(DRAFT, paper) for paper in await register.drafts(partnership_id)]
    return [NamingPaper(partnership_id, what, paper) for what, paper in (*naming_letters, *drafts) if paper.is_here]


def _names_of(person: NamedPerson, history: Sequence[RecordedEvent]) -> Names:
    """Return the names under which the record knows a person."""
    subjects = {*map(fold, person.subject.split(TOGETHER))}
    events = [entry.event for entry in history]
    spellings = {name.name for event in events for name in people_in(event) if fold(name.subject) in subjects}
    return Names({person.name, *spellings})


def _letters_naming(partnership_id: str, history: Sequence[RecordedEvent], names: Names) -> Iterator[str]:
    events = [cast(Event, entry.event) for entry in history]
    for place, event in enumerate(events):
        if isinstance(event, LetterIssued) and _is_named(partnership_id, events[:place], event, names):
            yield event.pdf_sha256


def _is_named(partnership_id: str, before: Sequence[Event], event: LetterIssued, names: Names) -> bool:
    wish = LetterWish(event.letter, event.dated, event.about, event.note)
    try:
        facts = letter_facts(state_of(partnership_id, tuple(before)), wish)
    except IllegalTransition:
        return True
    return facts.sha256 != event.facts_sha256 or any(map(names.are_in, _texts(facts.model_dump(mode="json"))))


def _texts(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            for part in value.values():
                yield from _texts(part)
        case list():
            for part in value:
                yield from _texts(part)
