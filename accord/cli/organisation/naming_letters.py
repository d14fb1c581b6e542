"""The letters that go with a person's name, as the shell lists and erases them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from accord.cli.printing.output import out
from accord.client.desk import Desk
from accord.client.papers.naming import papers_naming
from accord.client.papers.opening import faults_of_papers, open_papers
from accord.organisation.erasures import partnerships_naming
from accord.organisation.paper_erasures import (
    PapersToErase,
    erase_paper,
    keep_paper_erasures,
    papers_to_erase,
    papers_to_keep,
)
from papers.register import PaperRegister
from records.privacy.vault import NamedPerson

if TYPE_CHECKING:
    from papers.keeping import Papers


class NamingLetters(NamedTuple):
    """The letters and drafts that name a person."""

    erasure: PapersToErase = PapersToErase()
    papers: Papers | None = None

    @property
    def beside(self) -> str:
        """What is erased beside the name, as the question says it."""
        count = len(self.erasure.papers)
        return f", with {count} {'papers' if count > 1 else 'paper'} that may name them" if count else ""

    def tell(self) -> None:
        """Print which go, and which stay and why."""
        for letter, _ in self.erasure.papers:
            out.print(f"With the name goes {letter.words}", soft_wrap=True, markup=False)
        for words in self.erasure.reasons:
            out.print(words, soft_wrap=True, markup=False)

    async def erase(self, desk: Desk, folder: Path | None) -> None:
        """Keep the approvals outside the backups, and destroy the key of each."""
        papers = self.papers
        if papers is None:
            return
        for letter, partnerships in self.erasure.papers:
            if folder is not None:
                keep_paper_erasures(await papers_to_keep(desk, letter.paper.sha256), folder)
            with faults_of_papers(letter.paper.sha256[:16]):
                await erase_paper(papers, letter.paper, partnerships)
            out.print(f"Erased: {letter.words}. Its digest stays.", soft_wrap=True, markup=False)


async def letters_to_erase(desk: Desk, person: NamedPerson) -> NamingLetters:
    """Return the letters and drafts that name a person, of those that are kept.

    Raises:
        Unreachable: There are some, and this machine does not say where papers are kept.
    """
    letters = await papers_naming(desk, PaperRegister(desk.pool), person, partnerships_naming(person))
    if not letters:
        return NamingLetters()
    papers = open_papers(desk.pool)
    return NamingLetters(await papers_to_erase(desk, papers, letters), papers)
