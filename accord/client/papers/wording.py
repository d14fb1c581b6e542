"""Papers in words: what one is, and what an examination says of it."""

from __future__ import annotations

from typing import Final, Protocol

from accord.presentation.numbers import plural

_VERDICTS: Final = {
    "CLEAN": "scanned, nothing found",
    "NOT_SCANNED": "not scanned",
    "ACTIVE": "something in it acts by itself",
    "FOUND": "a scanner found something",
    "FAILED": "its examination failed",
}


class ShownPaper(Protocol):
    """A paper as far as it is said in words."""

    @property
    def kind(self) -> str:
        """Its kind, such as PDF."""

    @property
    def pages(self) -> int:
        """Its pages."""

    @property
    def size(self) -> int:
        """Its bytes."""

    @property
    def verdict(self) -> str:
        """The verdict on it."""


def kept_paper_in_words(paper: ShownPaper) -> str:
    """Return a paper in words: "PDF, 2 pages, 120 KB, not scanned"."""
    pages = f", {paper.pages} {plural(paper.pages, 'page')}" if paper.kind == "PDF" else ""
    return f"{paper.kind}{pages}, {size_in_words(paper.size)}, {_VERDICTS[paper.verdict]}"


def size_in_words(size: int) -> str:
    """Return a number of bytes in words."""
    return f"{max(1, round(size / 1000))} KB" if size < 1_000_000 else f"{size / 1_000_000:.1f} MB"
