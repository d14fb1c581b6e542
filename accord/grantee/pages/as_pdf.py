"""The answers that were handed in as a PDF, for whoever opened them in this browser by a code."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from accord.grantee.questions.sheet import DoorQuestion
from accord.grantee.rendering import trouble
from accord.grantee.visit import Visit
from accord.letters.answers import AskedPages, answers_pdf
from accord.presentation.faults import BadInput
from domain.submissions.content import SubmissionContent

AT_ONCE: Final = 1
"""The PDFs that are made at the same time. Each is a child of its own, of 70 MB, for a fifth of a second."""
PATIENCE: Final = 20.0
"""Seconds for which somebody waits for their turn, before they are asked to come again."""


class Press:
    """The places in which PDFs are made."""

    def __init__(self) -> None:
        self._places = asyncio.Semaphore(AT_ONCE)

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """Hold a place. Raises TimeoutError where none is free for long."""
        async with asyncio.timeout(PATIENCE):
            await self._places.acquire()
        try:
            yield
        finally:
            self._places.release()


async def answers(request: Request, visit: Visit) -> Response:
    """Give the answers of a submission as a file, or lead to the page that asks for a code."""
    if not visit.form.opened:
        return RedirectResponse(f"{visit.home}/seen", 303)
    digest = request.path_params["sha256"]
    submissions = [entry for entry in await visit.link.handed_in(visit.form) if entry.sha256 == digest]
    content = submissions[0].content if submissions else None
    if content is None:
        return trouble(request, 404, visit.words("trouble.nowhere"), visit.words)
    fonts: str = request.app.state.settings.fonts
    try:
        async with request.app.state.press.place():
            pdf = await answers_pdf(content, asked(visit, content), visit.shown.funder, fonts)
    except TimeoutError:
        return trouble(request, 503, visit.words("fault.full"), visit.words)
    except BadInput:
        return trouble(request, 422, visit.words("seen.no_pdf"), visit.words)
    headers = {"Content-Disposition": f'attachment; filename="answers-{digest[:12]}.pdf"'}
    return Response(pdf, 200, headers, "application/pdf")


def asked(visit: Visit, content: SubmissionContent) -> AskedPages:
    """Return the form's questions by page, with the answers in the words that its own pages say."""
    questions = {question.name: question for question in visit.sheet.questions}
    pages = tuple((page.title, tuple(entry.name for entry in page.questions)) for page in visit.sheet.pages)
    said = {
        name: tuple(visit.filler.said(questions[name], answer).splitlines())
        for name, answer in content.answers.items()
        if name in questions
    }
    return AskedPages(pages, {"words.label": visit.words("say.words"), **_labels(questions.values())}, said)


def _labels(questions: Iterable[DoorQuestion]) -> dict[str, str]:
    return {f"{question.name}.label": question.label for question in questions}
