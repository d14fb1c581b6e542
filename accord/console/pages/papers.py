"""The page of a paper: what it is, pictures of its pages, and the file itself, which no browser opens here."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, BinaryIO, Final, cast

from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from accord.client.papers.named import CasePaper, every_paper_of
from accord.client.papers.opening import NO_PLACE, faults_of_papers
from accord.client.papers.wording import kept_paper_in_words
from accord.console.serving.desk import Console
from accord.presentation.faults import Refused
from accord.presentation.numbers import whole_number
from accord.presentation.words.days import time_in_words
from accord.presentation.words.values import NamesInWords
from accord.web.pages import page, problem
from domain.values import is_partnership_id

if TYPE_CHECKING:
    from papers.keeping import Papers
    from papers.register import KeptPaper

MOST_PAGES: Final = 50
_IN_MEMORY: Final = 1 << 20
_SHEETS: Final = frozenset({"XLSX", "ODS", "CSV", "DOCX", "ODT", "TXT"})
"""Kinds that are shown as plain cells or lines."""


async def show(request: Request) -> Response:
    """Show the record of a paper, and one page of it as a picture, or its cells or lines as text."""
    place = await _found(request)
    if isinstance(place, Response):
        return place
    papers, paper = place
    console: Console = request.app.state.console
    number = whole_number(request.query_params.get("page", "1"), most_digits=2) or 1
    pages = min(paper.pages, MOST_PAGES)
    subjects = await papers.register.subjects(paper.digest)
    names = NamesInWords(await console.desk.directory())
    partnerships = [subject for subject in subjects if is_partnership_id(subject)]
    case_paper = await _named(console, paper, partnerships, names)
    context = {
        "paper": paper,
        "name": case_paper.name if case_paper is not None else "A paper",
        "origin": case_paper.origin if case_paper is not None else "",
        "what": kept_paper_in_words(paper),
        "put": f"{names.person(paper.put_by)} put it here on {time_in_words(paper.put_at)}",
        "partnerships": partnerships,
        "number": min(number, pages),
        "pages": pages,
        "shows": paper.verdict.shows,
        "opens": paper.verdict.opens,
        **await _plain(request, papers, paper),
    }
    return page(request, "paper.html", context)


async def _named(
    console: Console, paper: KeptPaper, partnerships: Sequence[str], names: NamesInWords
) -> CasePaper | None:
    """Return a paper as a case names it, or None where none does, or none can be read."""
    for partnership_id in partnerships:
        try:
            history = await console.desk.history(partnership_id)
        except Refused:
            continue
        for case_paper in every_paper_of(history, names):
            if case_paper.digest == paper.sha256:
                return case_paper
    return None


async def _plain(request: Request, papers: Papers, paper: KeptPaper) -> dict[str, Any]:
    """Return the cells or lines of a sheet or a text. It is a look."""
    if paper.kind not in _SHEETS or not paper.verdict.shows:
        return {"rows": None, "lines": None}
    answer = json.loads(await _preview(papers, paper, request.state.reader, 1))
    return {"rows": answer.get("rows"), "lines": answer.get("lines")}


async def picture(request: Request) -> Response:
    """Answer with a page of a paper as a picture. It is a look in the access log."""
    place = await _found(request)
    if isinstance(place, Response):
        return place
    papers, paper = place
    number = whole_number(request.query_params.get("page", "1"), most_digits=2) or 0
    if paper.kind in _SHEETS or not 1 <= number <= min(paper.pages, MOST_PAGES):
        return problem(request, 404, "there is no picture of such a page")
    return Response(await _preview(papers, paper, request.state.reader, number), media_type="image/png")


async def take(request: Request) -> Response:
    """Answer with the file, to be kept and not to be opened here. It is a look in the access log."""
    place = await _found(request)
    if isinstance(place, Response):
        return place
    papers, paper = place
    if not paper.verdict.opens:
        return problem(request, 422, "this paper is not handed out as a file; the page shows what it can of it")
    file = await _content(papers, paper, request.state.reader)
    headers = {
        "Content-Disposition": f'attachment; filename="{paper.file_name}"',
        "Content-Security-Policy": "sandbox",
        "Content-Length": str(paper.size),
    }
    parts = iter(lambda: file.read(_IN_MEMORY), b"")
    closing = BackgroundTask(file.close)
    return StreamingResponse(parts, media_type=paper.kind.media_type, headers=headers, background=closing)


async def _found(request: Request) -> tuple[Papers, KeptPaper] | Response:
    """Return the paper that an address names, or the page that says why there is none."""
    console: Console = request.app.state.console
    if console.papers is None:
        return problem(request, 404, NO_PLACE)
    try:
        digest = bytes.fromhex(request.path_params["digest"])
        with faults_of_papers("paper"):
            return console.papers, await console.papers.known(digest)
    except ValueError:
        return problem(request, 404, "there is no such paper")
    except Refused as fault:
        return problem(request, 404, str(fault).removeprefix("paper: "))


async def _preview(papers: Papers, paper: KeptPaper, reader: str, number: int) -> bytes:
    from papers.examination.examiner import PreviewFailed, preview

    file = await _content(papers, paper, reader)
    with file:
        try:
            return await preview(file, paper.kind, number)
        except PreviewFailed as fault:
            raise Refused(str(fault)) from fault


async def _content(papers: Papers, paper: KeptPaper, reader: str) -> BinaryIO:
    """Return a paper's whole content in a file, once its last frame is proved. It is a look."""
    file = cast(BinaryIO, tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY))  # noqa: SIM115 - closed by who reads it
    try:
        with faults_of_papers("paper"):
            async for part in papers.open(paper.digest, reader):
                file.write(part)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return file
