"""Shell commands on papers: put one, see it, take it out, and see whether the store has all of them."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from accord.cli.options import ActorOption, JsonOption, run, whole_id
from accord.cli.printing.output import err, out, print_json, rows_table
from accord.client.database import open_database
from accord.client.papers.opening import faults_of_papers, open_papers, opened_file
from accord.client.papers.wording import kept_paper_in_words
from accord.presentation.faults import BadInput, Refused
from domain.values import is_partnership_id, short

if TYPE_CHECKING:
    from papers.keeping import Papers
    from papers.register import KeptPaper

app = typer.Typer(
    no_args_is_help=True,
    help="""Papers: files that are kept here by their SHA-256, encrypted, each under a key of its own.

    Example: accord papers put letter.pdf --for P-2026-0042 --as vera.lind""",
)

_ENOUGH: Final = 8
PaperArgument = Annotated[str, typer.Argument(metavar="SHA256", help="The paper's SHA-256, or eight digits of it.")]


@app.command()
def put(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="PDF, PNG, JPEG, XLSX, DOCX, ODS, ODT, CSV or TXT.")],
    actor: ActorOption,
    subject: Annotated[str, typer.Option("--for", metavar="ID", help="The partnership that it belongs to.")] = "",
    as_json: JsonOption = False,
) -> None:
    """Keep a file, and print the SHA-256 by which decisions name it. The same file again is the same paper.

    It is examined first, by a process that can do nothing else: what acts by itself is said, and where ACCORD_SCAN is
    set a scanner is asked. Without one it is not scanned. At most 25 MB.
    Example: accord papers put letter.pdf --for P-2026-0042 --as vera.lind
    """

    reference = whole_id(subject)
    if subject and not is_partnership_id(reference):
        raise BadInput(f"--for: {short(subject)} is no partnership's id; write one such as P-2026-0042")

    async def work() -> KeptPaper:
        async with open_database() as pool:
            papers = open_papers(pool)
            with faults_of_papers(str(file)), opened_file(file) as content, err.status("keeping it"):
                return await papers.put(content, actor, reference, file.name)

    paper = run(work())
    if as_json:
        return print_json(_as_json(paper))
    out.print(paper.sha256)
    return err.print(kept_paper_in_words(paper), style="dim", markup=False)


@app.command()
def show(paper: PaperArgument, as_json: JsonOption = False) -> None:
    """Print the record of a paper, and the partnerships that it was handed in for. It opens nothing.

    Example: accord papers show 4f1c09ab77e2
    """

    async def work() -> tuple[KeptPaper, tuple[str, ...]]:
        async with open_database() as pool:
            papers = open_papers(pool)
            kept_paper = await paper_named(papers, paper)
            return kept_paper, await papers.register.subjects(kept_paper.digest)

    kept_paper, subjects = run(work())
    if as_json:
        return print_json({**_as_json(kept_paper), "for": subjects})
    out.print(kept_paper.sha256)
    out.print(f"{kept_paper_in_words(kept_paper)}{f': {kept_paper.why}' if kept_paper.why else ''}", markup=False)
    out.print(f"Put by {kept_paper.put_by} on {kept_paper.put_at:%Y-%m-%d %H:%M} UTC", markup=False)
    if subjects:
        out.print(f"Handed in for {', '.join(subjects)}", markup=False)
    if kept_paper.erased_at is not None:
        out.print(f"Erased on {kept_paper.erased_at:%Y-%m-%d}")
    return None


@app.command("open")
def take_out(
    paper: PaperArgument,
    actor: ActorOption,
    to: Annotated[Path, typer.Option("--out", metavar="FILE", help="Where to write it; nothing may be there yet.")],
    active: Annotated[bool, typer.Option("--active", help="Also if something in it acts by itself.")] = False,
) -> None:
    """Write a paper to a file, as it was put. It is a look in the access log, in your name.

    What a scanner found something in is never written, nor what could not be examined; what acts by itself only with
    --active, for a machine on which that does no harm.
    Example: accord papers open 4f1c09ab77e2 --out letter.pdf --as vera.lind
    """

    async def work() -> KeptPaper:
        async with open_database() as pool:
            papers = open_papers(pool)
            kept_paper = await paper_named(papers, paper)
            if kept_paper.verdict == "ACTIVE" and not active:
                raise Refused(
                    f"in it is {kept_paper.why}; the console shows pictures of it, or give --active", "Active"
                )
            with faults_of_papers(paper):
                await _write(papers.open(kept_paper.digest, actor), to)
            return kept_paper

    kept_paper = run(work())
    out.print(f"{to} is the paper {kept_paper.sha256}", soft_wrap=True, markup=False)


@app.command("list")
def list_papers(
    subject: Annotated[str, typer.Option("--for", metavar="ID", help="Only those of this partnership.")] = "",
    as_json: JsonOption = False,
) -> None:
    """List the papers that are kept, the newest first, or those that were handed in for one partnership.

    Of a partnership's it says which no act names, such as a letter that was made and that nobody issued.
    Example: accord papers list --for P-2026-0042
    """

    async def work() -> tuple[list[KeptPaper], list[KeptPaper]]:
        async with open_database() as pool:
            register = open_papers(pool).register
            if not subject:
                return await register.every(), []
            return await register.of_subject(whole_id(subject)), await register.drafts(whole_id(subject))

    kept_papers, drafts = run(work())
    draft_digests = {paper.digest for paper in drafts}
    if as_json:
        return print_json([_as_json(paper) | {"draft": paper.digest in draft_digests} for paper in kept_papers])
    rows = (
        (paper.sha256[:16], f"{paper.put_at:%Y-%m-%d}", paper.put_by, _listed(paper, paper.digest in draft_digests))
        for paper in kept_papers
    )
    return out.print(rows_table(("SHA-256", "Put", "By", "Paper"), rows) if kept_papers else "No paper is kept.")


async def paper_named(papers: Papers, reference: str) -> KeptPaper:
    """Return the one paper whose SHA-256 begins so. Raises BadInput if there is none, or several."""
    prefix = reference.lower().replace(" ", "")
    if not re.fullmatch(f"[0-9a-f]{{{_ENOUGH},64}}", prefix):
        raise BadInput(f"SHA256: give {_ENOUGH} to 64 hexadecimal digits, as `accord papers list` prints them")
    candidates = [paper for paper in await papers.register.every() if paper.sha256.startswith(prefix)]
    if len(candidates) != 1:
        words = f"{len(candidates)} papers begin so; give more digits" if candidates else "no such paper is kept here"
        raise BadInput(f"SHA256: {words}; see `accord papers list`")
    return candidates[0]


async def _write(parts: AsyncIterator[bytes], to: Path) -> None:
    """Write a file whole or not at all, and never over another."""
    try:
        with to.open("xb") as file, _unlinked_if_broken(to):
            async for content in parts:
                file.write(content)
    except FileExistsError:
        raise BadInput(f"--out: {to} is there already; name another file") from None
    except OSError as fault:
        raise BadInput(f"--out: {to} cannot be written: {fault.strerror}") from None


@contextmanager
def _unlinked_if_broken(path: Path) -> Iterator[None]:
    try:
        yield
    except BaseException:
        path.unlink()
        raise


def paper_words(paper: KeptPaper) -> str:
    """Return a paper in words, also one that was erased."""
    if paper.erased_at is not None:
        return f"erased on {paper.erased_at:%Y-%m-%d}"
    return kept_paper_in_words(paper) if paper.is_here else "put and never finished"


def _listed(paper: KeptPaper, is_draft: bool) -> str:
    return f"{paper_words(paper)}; no act names it" if is_draft else paper_words(paper)


def _as_json(paper: KeptPaper) -> dict[str, Any]:
    return {
        "sha256": paper.sha256,
        "kind": paper.kind,
        "size": paper.size,
        "pages": paper.pages,
        "verdict": paper.verdict,
        "why": paper.why,
        "put_by": paper.put_by,
        "put_at": paper.put_at.isoformat(),
        "erased_at": paper.erased_at.isoformat() if paper.erased_at is not None else None,
    }
