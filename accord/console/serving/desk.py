"""The pages' common ground: the database as its login sees it, Temporal, the sessions, and no key."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from accord.client.papers.opening import papers_of_place
from accord.console.deciding.prepared import Prepared
from accord.console.importing.writing import Writing
from accord.console.serving.settings import ConsoleSettings
from accord.presentation.words.days import time_in_words
from accord.web.sessions import Sessions
from accord.web.site import Site
from ledger import clock
from ledger.projections import ReadModel
from records.books.reading import Books
from records.imports import PastSums
from records.read_models.claimed.reading import ClaimedLists
from records.read_models.lists import PARTNERSHIPS_NAME

if TYPE_CHECKING:
    from accord.console.pages.counts import PageCounts
    from papers.keeping import Papers
    from papers.register import KeptPaper

PACE: Final = timedelta(seconds=10)
"""The time that a projector may take before people are told that lists are old."""

MOST_ACTS: Final = 500
"""People whose last act is kept."""

TO_PARTNERSHIPS: Final = (("All partnerships", "/partnerships"),)
"""The way on from a partnership that there is not."""


@dataclass(frozen=True)
class Console(Site):
    """One console. The page that signs has no provider: nobody signs in there."""

    settings: ConsoleSettings
    prepared: Prepared = field(init=False)
    writing: Writing = field(default_factory=Writing, init=False)
    """The imports that this process has written now."""
    past: PastSums = field(init=False)
    """Partnerships of before as this process knows them: read anew once more are brought in."""
    claimed: ClaimedLists = field(init=False)
    """The lists of partnerships of before."""
    books: Books = field(init=False)
    """The book as this process knows it: each reading goes on where the one before stopped."""
    papers: Papers | None = field(init=False)
    """The papers that are kept, or None where they stay with whoever has them."""
    counts: dict[str, tuple[float, PageCounts]] = field(default_factory=dict, init=False)
    """By reader: when their counts were made, and the counts in the head of a page."""
    asked: dict[str, tuple[float, tuple[tuple[str, str, bool], ...]]] = field(default_factory=dict, init=False)
    """By director: when their cases were added up, and the lines of those that ask for them."""
    shortfalls: dict[str, float] = field(default_factory=dict, init=False)
    """The funds that promised what they cannot pay, each with when that was seen, and beside them '' for all funds."""
    acts: dict[str, float] = field(default_factory=dict)
    """By person: when they last handed a signature in. The pages and the page that signs share it."""

    def __post_init__(self) -> None:
        """Keep sessions, and what is prepared, in the same database."""
        object.__setattr__(self, "sessions", Sessions(self.desk.pool))
        object.__setattr__(self, "prepared", Prepared(self.desk.pool))
        object.__setattr__(self, "books", Books(self.desk.reader))
        object.__setattr__(self, "past", PastSums(self.desk.reader))
        object.__setattr__(self, "claimed", ClaimedLists(self.desk.pool, self.desk.reader))
        place, pool = self.settings.papers, self.desk.pool
        object.__setattr__(self, "papers", papers_of_place(pool, place, self.settings.scanner) if place else None)

    async def kept_papers(self, *digests: str) -> dict[str, KeptPaper]:
        """Return those of some papers that are kept and can be looked at, by their SHA-256."""
        known_papers = await self.known_papers(*digests)
        return {sha256: paper for sha256, paper in known_papers.items() if paper.is_here}

    async def known_papers(self, *digests: str) -> dict[str, KeptPaper]:
        """Return those of some papers that were ever kept, by their SHA-256, those that were erased among them."""
        keys = [bytes.fromhex(digest) for digest in digests if digest]
        if self.papers is None or not keys:
            return {}
        papers = await self.papers.register.among(keys)
        return {paper.sha256: paper for paper in papers.values()}

    def has_acted(self, person: str) -> None:
        """Note that somebody acts, so that their counts are made anew on each page while the lists take it in."""
        if len(self.acts) >= MOST_ACTS:
            self.acts.clear()
        self.acts[person] = time.monotonic()

    async def age_of_lists(self, name: str = PARTNERSHIPS_NAME) -> str:
        """Return in words since when the lists of a read model are old, or '' while its projector keeps pace."""
        return age_in_words(await ReadModel(self.desk.ledger, name).waits_since())


def age_in_words(since: datetime | None) -> str:
    """Return in words since when lists are old, or '' for none, or a time no longer ago than a projector may take."""
    if since is None or clock.now() - since < PACE:
        return ""
    return f"These lists are old: nothing is in them that was recorded since {time_in_words(since)}."
