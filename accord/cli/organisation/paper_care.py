"""Shell commands that care for papers: examine one again, see what the store lost, and erase one by two guardians."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from accord.cli.options import ActorOption, JsonOption, ReasonOption, run
from accord.cli.organisation.papers import PaperArgument, app, paper_named, paper_words
from accord.cli.printing.output import out, print_json
from accord.client.database import open_database
from accord.client.desk import open_desk
from accord.client.papers.opening import faults_of_papers, open_papers
from accord.organisation.kept_erasures import VARIABLE, folder_of_erasures
from accord.organisation.paper_erasures import (
    approve_paper_erasure,
    erase_paper,
    keep_paper_erasures,
    naming,
    papers_to_keep,
    require_paper_may_go,
)
from accord.organisation.signed_acts import require_may
from accord.presentation.faults import Refused
from domain.directory.personal import ERASURE_QUORUM
from domain.organisation.paper_erasures import PaperErasureApproved

if TYPE_CHECKING:
    from papers.keeping import Papers
    from papers.register import KeptPaper


@app.command()
def examine(paper: PaperArgument, actor: ActorOption) -> None:
    """Examine a paper again: one whose examination failed, or after the scanner learnt something new.

    Example: accord papers examine 4f1c09ab77e2 --as vera.lind
    """

    async def work() -> KeptPaper:
        async with open_database() as pool:
            papers = open_papers(pool)
            kept_paper = await paper_named(papers, paper)
            with faults_of_papers(paper), tempfile.TemporaryFile() as file:
                await papers.examine_again(kept_paper.digest, file, actor)
            return await papers.known(kept_paper.digest)

    kept_paper = run(work())
    out.print(f"{paper_words(kept_paper)}{f': {kept_paper.why}' if kept_paper.why else ''}", markup=False)


@app.command()
def erase(
    paper: PaperArgument,
    reason: ReasonOption,
    actor: ActorOption,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask; what is erased never comes back.")] = False,
) -> None:
    """Destroy a paper's key, so that nobody can read it any more, in the store or in any copy of it. Its digest stays.

    Two directors or auditors give this command, each in their own name. It is refused while a partnership that names
    the paper is open, and until the day to which a law asks that its records are kept (`accord retention`); one that
    was only handed in, and that nothing names, may go at once. With ACCORD_ERASURES set, both approvals are kept there,
    and `accord privacy apply-again` erases it again after a restore.
    Example: accord papers erase 4f1c09ab77e2 --reason 'it was the wrong file' --as dora.kim --yes
    """
    folder = folder_of_erasures()

    async def work() -> tuple[KeptPaper, frozenset[str]]:
        async with open_desk(acting=True) as desk:
            await require_may(desk, actor, PaperErasureApproved)
            papers = open_papers(desk.pool)
            kept_paper = await paper_named(papers, paper)
            naming_partnerships = await naming(desk, papers, kept_paper)
            await require_paper_may_go(desk, kept_paper, naming_partnerships)
            if not yes and not typer.confirm(f"Erase {paper_words(kept_paper)}? It never comes back.", err=True):
                raise Refused("nothing was erased", "NotConfirmed")
            signers = await approve_paper_erasure(desk, kept_paper, naming_partnerships, reason, actor)
            if len(signers) >= ERASURE_QUORUM:
                if folder is not None:
                    keep_paper_erasures(await papers_to_keep(desk, kept_paper.sha256), folder)
                with faults_of_papers(paper):
                    await erase_paper(papers, kept_paper, naming_partnerships)
            return kept_paper, signers

    kept_paper, signers = run(work())
    _print_erased(kept_paper, signers, is_kept=folder is not None)


def _print_erased(kept_paper: KeptPaper, signers: frozenset[str], is_kept: bool) -> None:
    """Print who erased a paper, or who approved it so far. `is_kept`: a restore does not undo it."""
    if len(signers) < ERASURE_QUORUM:
        words = "approved it. Nothing is erased before another director or auditor gives the same command."
        return out.print(f"{', '.join(signers)} {words}", soft_wrap=True, markup=False)
    out.print(f"Erased by {' and '.join(sorted(signers))}. Its digest stays: {kept_paper.sha256}", soft_wrap=True)
    if not is_kept:
        out.print(f"A restore would undo it: set {VARIABLE}, and `accord privacy export FOLDER`.", soft_wrap=True)
    return None


@app.command()
def status(as_json: JsonOption = False) -> None:
    """Count the papers, and name those that the store lost or cut, that were not scanned, or that wait for a person.

    Exit code 1 if one is missing. Example: accord papers status
    """

    async def work() -> dict[str, Any]:
        async with open_database() as pool:
            papers = open_papers(pool)
            with faults_of_papers("papers"):
                return await _status(papers)

    counts = run(work())
    if as_json:
        print_json(counts)
    else:
        out.print(f"{counts['kept']} papers are kept, {counts['erased']} were erased.", markup=False)
        for name, words in _STATUS.items():
            if counts[name]:
                out.print(f"{words}: {_some(counts[name])}", markup=False, soft_wrap=True)
    if counts["missing"]:
        raise Refused(f"the store has lost {len(counts['missing'])} papers; restore it, or put them again", "Missing")


_STATUS: Final = {
    "missing": "Lost or cut in the store",
    "not_scanned": "Not scanned",
    "failed": "Their examination failed (`accord papers examine`)",
    "found": "A scanner found something",
    "begun": "Put and never finished (put them again)",
}


async def _status(papers: Papers) -> dict[str, Any]:
    from papers.sealing import sealed_size

    kept_papers = await papers.register.every()
    here = [paper for paper in kept_papers if paper.is_here]
    missing = [paper for paper in here if await papers.store.size_of(paper.object) != sealed_size(paper.size)]
    return {
        "kept": len(here),
        "erased": sum(paper.erased_at is not None for paper in kept_papers),
        "missing": _digests(missing),
        "not_scanned": _digests(paper for paper in here if paper.verdict == "NOT_SCANNED"),
        "failed": _digests(paper for paper in here if paper.verdict == "FAILED"),
        "found": _digests(paper for paper in here if paper.verdict == "FOUND"),
        "begun": _digests(paper for paper in kept_papers if not paper.is_here and paper.erased_at is None),
    }


def _digests(papers: Iterable[KeptPaper]) -> list[str]:
    return [paper.sha256 for paper in papers]


def _some(digests: list[str]) -> str:
    more = f" and {len(digests) - 10} more" if len(digests) > 10 else ""
    return ", ".join(digest[:16] for digest in digests[:10]) + more


def register(outer: typer.Typer) -> None:
    """Add the commands on papers to `accord`."""
    outer.add_typer(app, name="papers")
