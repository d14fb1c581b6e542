"""Pictures of a letter's edition on invented facts, for whoever asks for it or confirms it."""

from __future__ import annotations

import asyncio
from io import BytesIO
from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from accord.console.editions.contents import content_under, series_of, shown_edition
from accord.console.organisation.waiting import WaitingAct
from accord.console.serving.desk import Console
from accord.letters.codes import new_code
from accord.letters.invented import invented_facts
from accord.letters.making import house_settings
from accord.letters.merging import Marking, merged
from accord.letters.rendering import render
from accord.presentation.faults import BadInput
from accord.presentation.numbers import whole_number
from accord.presentation.words.codes import as_sentence
from accord.presentation.words.organisation.editions import language_in_words
from accord.web.pages import problem
from domain.editions.events import EditionEvent
from domain.editions.kinds import EditionKind
from domain.editions.letters import LetterTemplate
from ledger import clock


class LetterPages(NamedTuple):
    """A letter's edition in one of its languages, as its reader has it before them."""

    code: str
    language: str
    pages: int
    fault: str = ""
    """Why it cannot be shown, or ''."""


async def letter_pages(content: LetterTemplate) -> tuple[LetterPages, ...]:
    """Return a letter in each of its languages, with how many pages it has on invented facts."""
    return tuple(await asyncio.gather(*(pages_in(content, language) for language in content.languages)))


async def pages_in(content: LetterTemplate, language: str) -> LetterPages:
    """Return a letter in one of its languages, with how many pages it has on invented facts."""
    from pikepdf import Pdf

    words = language_in_words(language)
    try:
        with Pdf.open(BytesIO(await _as_pdf(content, language))) as document:
            return LetterPages(language, words, len(document.pages))
    except BadInput as fault:
        return LetterPages(language, words, 0, as_sentence(str(fault).partition(": ")[2] or str(fault)))


async def _as_pdf(content: LetterTemplate, language: str) -> bytes:
    house, facts = house_settings(), invented_facts(content.letter)
    letter = merged(content, facts, language, Marking(new_code(facts.reference), house.page))
    return await render(content.template, letter, facts.on, house.fonts)


async def picture(request: Request) -> Response:
    """Answer with a page of a letter's edition, in one of its languages, on invented facts, as a picture."""
    console: Console = request.app.state.console
    series = await series_of(console, EditionKind.LETTER, request.path_params["name"])
    shown = await shown_edition(console, series, request.query_params.get("edition", ""), clock.today())
    return await _picture(request, shown.content if shown is not None else None)


async def picture_of_waiting(request: Request, waiting: WaitingAct) -> Response:
    """Answer with a page of the letter's edition that waits to be signed, on invented facts, as a picture."""
    console, act = request.app.state.console, waiting.unsigned
    return await _picture(request, await content_under(console, act.sha256) if isinstance(act, EditionEvent) else None)


async def _picture(request: Request, content: object) -> Response:
    from papers.examination.examiner import PreviewFailed, preview
    from papers.kinds import PaperKind

    number = whole_number(request.query_params.get("page", "1"), most_digits=2) or 0
    if not isinstance(content, LetterTemplate) or number < 1:
        return problem(request, 404, "there is no picture of such a page")
    try:
        pdf = await _as_pdf(content, request.query_params.get("language", ""))
        return Response(await preview(BytesIO(pdf), PaperKind.PDF, number), media_type="image/png")
    except (BadInput, PreviewFailed) as fault:
        return problem(request, 422, str(fault))
