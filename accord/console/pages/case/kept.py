"""Papers and letters with what each is where it can be opened here."""

from __future__ import annotations

from collections.abc import Sequence

from accord.client.papers.letters import CaseLetter
from accord.client.papers.named import CasePaper
from accord.client.papers.wording import kept_paper_in_words
from accord.console.serving.desk import Console
from accord.presentation.words.days import day_in_words


async def kept_in_words(console: Console, papers: Sequence[CasePaper]) -> list[CasePaper]:
    """Return papers, with what each is where it can be looked at here."""
    papers_here = await console.kept_papers(*(paper.digest for paper in papers))
    return [
        paper._replace(kept=kept_paper_in_words(papers_here[paper.digest])) if paper.digest in papers_here else paper
        for paper in papers
    ]


async def letters_in_words(console: Console, letters: Sequence[CaseLetter]) -> list[CaseLetter]:
    """Return letters, with what each is where it can be looked at here, and when one was erased."""
    papers = await console.known_papers(*(letter.digest for letter in letters))
    described_letters = list[CaseLetter]()
    for letter in letters:
        paper = papers.get(letter.digest)
        description = kept_paper_in_words(paper) if paper is not None and paper.is_here else ""
        erasure = f"erased on {day_in_words(paper.erased_at)}" if paper is not None and paper.erased_at else ""
        described_letters.append(letter._replace(description=description, erasure=erasure))
    return described_letters
