"""The verdict on a paper, and the findings that it is made of."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class PaperVerdict(StrEnum):
    """The outcome of an examination."""

    CLEAN = "CLEAN"
    """A malware scanner found nothing, and nothing in it acts by itself."""
    NOT_SCANNED = "NOT_SCANNED"
    """Nothing in it acts by itself. No malware scanner is set, so nobody looked for malware."""
    ACTIVE = "ACTIVE"
    """Something in it acts by itself: a script, a macro, a program, a file inside it."""
    FOUND = "FOUND"
    """A malware scanner found something. It is never opened."""
    FAILED = "FAILED"
    """The examination or the scanner failed. It waits for a person."""

    @property
    def opens(self) -> bool:
        """True if its original is handed out without a further word."""
        return self in {PaperVerdict.CLEAN, PaperVerdict.NOT_SCANNED}

    @property
    def shows(self) -> bool:
        """True if pictures of it are shown: they are made in a process that can do nothing else."""
        return self.opens or self is PaperVerdict.ACTIVE


class Scan(StrEnum):
    """The word of a malware scanner."""

    CLEAN = "CLEAN"
    FOUND = "FOUND"
    FAILED = "FAILED"
    NONE = "NONE"
    """None is set."""


class Content(NamedTuple):
    """The content of a paper, as the child found it."""

    pages: int = 0
    active: tuple[str, ...] = ()
    """The things in it that act by themselves, in words."""
    refused: str = ""
    """Why it is no paper that can be kept, such as its encryption."""
    failed: str = ""
    """Why the examination failed."""


class Examined(NamedTuple):
    """An examined paper."""

    verdict: PaperVerdict
    pages: int
    why: str
    """What acts in it, what was found or what failed, or ''."""


def judged(content: Content, scan: Scan, scan_words: str) -> Examined:
    """Return the verdict on a paper: the worst that is known of it."""
    if scan is Scan.FOUND:
        return Examined(PaperVerdict.FOUND, content.pages, scan_words)
    if scan is Scan.FAILED or content.failed:
        return Examined(PaperVerdict.FAILED, content.pages, scan_words or content.failed)
    if content.active:
        return Examined(PaperVerdict.ACTIVE, content.pages, ", ".join(content.active))
    return Examined(PaperVerdict.CLEAN if scan is Scan.CLEAN else PaperVerdict.NOT_SCANNED, content.pages, "")
