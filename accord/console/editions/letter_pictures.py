"""Pictures of a letter's edition on invented facts, for whoever confirms it."""

from __future__ import annotations

from io import BytesIO

from starlette.requests import Request
from starlette.responses import Response

from accord.console.editions.contents import series_of, shown_edition
from accord.console.serving.desk import Console
from accord.letters.codes import new_code
from accord.letters.invented import invented_facts
from accord.letters.making import house_settings
from accord.letters.merging import Marking, merged
from accord.letters.rendering import render
from accord.presentation.faults import BadInput
from accord.presentation.numbers import whole_number
from accord.web.pages import problem
from domain.editions.kinds import EditionKind
from domain.editions.letters import LetterTemplate
from ledger import clock


async def picture(request: Request) -> Response:
    """Answer with a page of a letter's edition, in one of its languages, on invented facts, as a picture."""
    from papers.examination.examiner import PreviewFailed, preview
    from papers.kinds import PaperKind

    console: Console = request.app.state.console
    asked = request.query_params
    series = await series_of(console, EditionKind.LETTER, request.path_params["name"])
    shown = await shown_edition(console, series, asked.get("edition", ""), clock.today())
    number = whole_number(asked.get("page", "1"), most_digits=2) or 0
    if shown is None or not isinstance(shown.content, LetterTemplate) or number < 1:
        return problem(request, 404, "there is no picture of such a page")
    content, house = shown.content, house_settings()
    facts = invented_facts(content.letter)
    try:
        letter = merged(content, facts, asked.get("language", ""), Marking(new_code(facts.reference), house.page))
        pdf = await render(content.template, letter, facts.on, house.fonts)
        return Response(await preview(BytesIO(pdf), PaperKind.PDF, number), media_type="image/png")
    except (BadInput, PreviewFailed) as fault:
        return problem(request, 422, str(fault))
