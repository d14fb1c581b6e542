"""Letters in the console: what may be written now, the letter that a form asks for, and pictures of it to sign by."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from typing import TYPE_CHECKING, Any

import icu
from starlette.requests import Request
from starlette.responses import Response

from accord.client.papers.opening import NO_PLACE, faults_of_papers
from accord.client.sight import Sight
from accord.console.deciding.fields import Field
from accord.console.deciding.letters.forms import LANGUAGE, LETTER, NOTHING
from accord.console.deciding.prepared import Waiting
from accord.console.editions.letter_pictures import picture_of_waiting
from accord.console.organisation.waiting import WaitingAct
from accord.console.serving.desk import Console
from accord.letters.making import house_settings, keep_letter, make_letter, templates_in_force
from accord.letters.orders import LetterOrder
from accord.presentation.faults import BadInput, Failure, Refused
from accord.presentation.numbers import whole_number
from accord.presentation.words.codes import as_sentence, words_of
from accord.web.pages import problem
from domain.partnership import commands as c
from domain.partnership.letter.choices import possible_letters
from domain.partnership.letter.kinds import NUMBERED, LetterKind
from domain.partnership.state import Partnership
from ledger import clock

if TYPE_CHECKING:
    from papers.register import KeptPaper


async def letter_choices(console: Console, field: Field, partnership: Partnership) -> Field:
    """Return the field of a letter with those that may be written now, or that of a language with those there are."""
    templates = await templates_in_force(console.desk.reader)
    if field.name == LANGUAGE:
        languages = dict.fromkeys(language for series in templates for language in series.template.languages)
        return replace(field, choices=tuple((language, _language(language)) for language in languages))
    possible = possible_letters(partnership, clock.today())
    choices = tuple(
        (f"{series.edition.request.name} {about or ''}".strip(), _named(letter, about))
        for letter, about in possible
        for series in templates
        if series.template.letter is letter
    )
    return replace(field, choices=choices, hint=field.hint if choices else NOTHING)


def _named(letter: LetterKind, about: int | None) -> str:
    words = as_sentence(words_of(letter))
    what = {"tranche": "payment"}.get(NUMBERED.get(letter, ""), NUMBERED.get(letter, ""))
    return f"{words}, {what} {about}" if about is not None else words


def _language(code: str) -> str:
    return str(icu.Locale(code).getDisplayLanguage(icu.Locale("en")))


async def letter_to_issue(console: Console, reader: str, sight: Sight, order: LetterOrder) -> dict[str, Any]:
    """Return the content of the act that issues a letter, once it is made, sealed and kept.

    Raises:
        BadInput: It cannot be made of what was chosen.
        Refused: There is no such letter now, it cannot be sealed, or no papers are kept here.
    """
    if not order.edition_name:
        raise BadInput(f"{LETTER}: {NOTHING}")
    if console.papers is None:
        raise Refused(NO_PLACE)
    try:
        made = await make_letter(console.desk.reader, sight.partnership, order, house_settings())
        return await keep_letter(console.papers, made, reader)
    except (BadInput, Refused):
        raise
    except Failure as fault:
        raise Refused(str(fault)) from fault


async def letter_in(console: Console, waiting: Waiting) -> KeptPaper | None:
    """Return the paper of a letter that waits to be signed, or None if what waits is none."""
    command = waiting.command
    if not isinstance(command, c.IssueLetter):
        return None
    return (await console.kept_papers(command.pdf_sha256)).get(command.pdf_sha256)


async def picture(request: Request) -> Response:
    """Answer with a page of the letter that waits to be signed, as a picture. It is a look of its signer's."""
    from papers.examination.examiner import PreviewFailed, preview

    console: Console = request.app.state.console
    waiting = await console.prepared.at(request.path_params["address"])
    if isinstance(waiting, WaitingAct):
        return await picture_of_waiting(request, waiting)
    paper = await letter_in(console, waiting) if isinstance(waiting, Waiting) else None
    number = whole_number(request.query_params.get("page", "1"), most_digits=2) or 0
    if paper is None or console.papers is None or not isinstance(waiting, Waiting) or not 1 <= number <= paper.pages:
        return problem(request, 404, "there is no picture of such a page")
    try:
        with faults_of_papers("letter"):
            parts = [part async for part in console.papers.open(paper.digest, waiting.command.actor)]
        return Response(await preview(BytesIO(b"".join(parts)), paper.kind, number), media_type="image/png")
    except (PreviewFailed, Failure) as fault:
        return problem(request, 422, str(fault))
