"""A folder to take home: the papers that a partnership's signed acts name, each against its digest, with an index."""

from __future__ import annotations

import csv
import hashlib
import shutil
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Final

from accord.client.desk import Desk
from accord.client.papers.copies import DIFFERENCE, TakenPaper, copy_of
from accord.client.papers.named import CasePaper, every_paper_of
from accord.presentation.faults import BadInput
from accord.presentation.sheets import harmless
from accord.presentation.words.values import NamesInWords

if TYPE_CHECKING:
    from papers.keeping import Papers

_HEAD: Final = ("File", "Paper", "Origin", "SHA-256", "Held against it")
_PAGE: Final = """<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>Papers of {title}</title>
<style>body {{ font: 1rem/1.5 sans-serif; margin: 2rem; }} td, th {{ text-align: start; vertical-align: top;
padding: .25rem .75rem .25rem 0; }} code {{ overflow-wrap: anywhere; }}</style></head>
<body><h1>Papers of {title}</h1><p>{told}</p><table><thead><tr>{head}</tr></thead><tbody>
{rows}
</tbody></table></body></html>
"""


async def take_home(
    desk: Desk, papers: Papers | None, partnership_id: str, folder: Path, by: str, active: bool = False
) -> list[TakenPaper]:
    """Write a partnership's papers into a new folder with an index, and return what became of each.

    Each that is opened is a look in the access log. `active`: also those in which something acts by itself.

    Raises:
        BadInput: The folder is there already, or cannot be written.
        Refused: There is no such partnership.
    """
    await desk.known_partnership(partnership_id)
    history = await desk.history(partnership_id)
    case_papers = every_paper_of(history, NamesInWords(await desk.directory()))
    _make(folder)
    copies = [await _taken(papers, paper, folder, by, active) for paper in case_papers]
    _write_index(folder, partnership_id, copies)
    return copies


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True)
    except FileExistsError:
        raise BadInput(f"--out: {folder} is there already; name another folder") from None
    except OSError as fault:
        raise BadInput(f"--out: {folder} cannot be made: {fault.strerror}") from None


async def _taken(papers: Papers | None, paper: CasePaper, folder: Path, by: str, active: bool) -> TakenPaper:
    """Write a copy of a paper, and hold what the disk has then against the digest that the ledger names."""
    copy, content = await copy_of(papers, paper, by, active)
    if content is None:
        return copy
    target = folder / copy.file
    with content, target.open("wb") as file:
        shutil.copyfileobj(content, file)
    with target.open("rb") as file:
        agrees = hashlib.file_digest(file, "sha256").hexdigest() == paper.digest
    return copy if agrees else copy._replace(outcome=DIFFERENCE, is_faulty=True)


def _write_index(folder: Path, partnership_id: str, copies: list[TakenPaper]) -> None:
    rows = [(copy.file, copy.paper.name, copy.paper.origin, copy.paper.digest, copy.outcome) for copy in copies]
    with (folder / "index.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([_HEAD, *(tuple(map(harmless, row)) for row in rows)])
    summary = f"{sum(bool(copy.file) for copy in copies)} of {len(copies)} are in this folder."
    page = _PAGE.format(
        title=escape(partnership_id),
        told=summary,
        head="".join(f'<th scope="col">{name}</th>' for name in _HEAD),
        rows="\n".join(_row(*row) for row in rows),
    )
    (folder / "index.html").write_text(page, "utf-8")


def _row(file: str, name: str, origin: str, digest: str, outcome: str) -> str:
    link = f'<a href="{escape(file)}" download>{escape(file)}</a>' if file else ""
    cells = (link, escape(name), escape(origin), f"<code>{escape(digest)}</code>", escape(outcome))
    return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"
