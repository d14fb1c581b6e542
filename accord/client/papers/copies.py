"""Copies of papers to take home: each held against its digest, or with the reason why there is none."""

from __future__ import annotations

import hashlib
import tempfile
from typing import TYPE_CHECKING, BinaryIO, NamedTuple, cast

from accord.client.papers.named import CasePaper
from accord.client.papers.opening import faults_of_papers
from accord.presentation.faults import Failure

if TYPE_CHECKING:
    from papers.keeping import Papers
    from papers.register import KeptPaper

_IN_MEMORY = 1 << 20
AGREEMENT, DIFFERENCE = "it is the same", "IT IS ANOTHER"


class TakenPaper(NamedTuple):
    """A paper of a partnership, and its file among the copies, or the reason why there is none."""

    paper: CasePaper
    file: str
    outcome: str
    is_faulty: bool = False
    """True if it should be there, and is lost or another."""


class PaperCopy(NamedTuple):
    """A copy of a paper, with its content, which whoever writes it closes, or None where there is none."""

    outcome: TakenPaper
    content: BinaryIO | None = None


async def copy_of(papers: Papers | None, paper: CasePaper, by: str, active: bool = False) -> PaperCopy:
    """Return a paper's copy, whole and held against its digest. It is a look in the access log.

    `active`: also one in which something acts by itself.
    """
    kept_paper = await papers.register.find(bytes.fromhex(paper.digest)) if papers is not None else None
    if papers is None or kept_paper is None:
        return PaperCopy(TakenPaper(paper, "", "not kept here: it stays with whoever has it"))
    if kept_paper.verdict == "ACTIVE" and not active:
        return PaperCopy(TakenPaper(paper, "", f"in it is {kept_paper.why}; --active writes it all the same"))
    try:
        with faults_of_papers("it"):
            content, agrees = await _opened(papers, kept_paper, by)
    except Failure as fault:
        is_faulty = getattr(fault, "kind", "") != "PaperClosed"
        return PaperCopy(TakenPaper(paper, "", str(fault).removeprefix("it: "), is_faulty))
    return PaperCopy(TakenPaper(paper, kept_paper.file_name, AGREEMENT if agrees else DIFFERENCE, not agrees), content)


async def _opened(papers: Papers, paper: KeptPaper, by: str) -> tuple[BinaryIO, bool]:
    """Return a paper's content, once its last frame is proved, and whether it has its digest."""
    content = cast(BinaryIO, tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY))  # noqa: SIM115 - closed by who reads it
    digest = hashlib.sha256()
    try:
        async for part in papers.open(paper.digest, by):
            digest.update(part)
            content.write(part)
    except BaseException:
        content.close()
        raise
    content.seek(0)
    return content, digest.digest() == paper.digest
