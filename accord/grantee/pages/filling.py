"""The task list, and a page of questions: answers are saved field by field, and nothing that two wrote is lost."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from accord.grantee.pages.saving import digest_of_draft, faults_of_sent, save_sent
from accord.grantee.questions.fields import inputs_named
from accord.grantee.questions.filled import FilledForm, FilledQuestion
from accord.grantee.questions.sheet import MOST_ROWS, SheetPage
from accord.grantee.rendering import page, trouble
from accord.grantee.visit import Visit

PAPER_FAULTS: Final = frozenset({"LINK", "EMPTY", "LARGE", "MANY", "BUSY", "AWAY", "PLACE"})
"""The codes with which the way of papers leads back."""


async def tasks(request: Request, visit: Visit) -> Response:
    """Show the list of what there is to do, with how far each is."""
    filled = await visit.filled()
    lines = [(sheet_page, _how_far(visit, questions)) for sheet_page, questions in filled.pages if questions]
    return page(request, "tasks.html", {"lines": lines, "ready": not filled.faults}, visit=visit)


def _how_far(visit: Visit, questions: tuple[FilledQuestion, ...]) -> str:
    """Return the state of a page: asked, look, new, begun or done."""
    if any(one.question.name in visit.shown.questions for one in questions):
        return "asked"
    if any(one.fault and one.is_begun for one in questions):
        return "look"
    if not any(one.is_begun for one in questions):
        return "new" if any(one.question.needed for one in questions) else "optional"
    return "begun" if any(one.fault for one in questions) else "done"


async def show(request: Request, visit: Visit) -> Response:
    """Show a page of questions."""
    wanted = request.query_params.get("rows", "")
    rows = min(MOST_ROWS, int(wanted)) if wanted.isdecimal() and len(wanted) < 4 else 1
    code = request.query_params.get("paper", "")
    paper_fault = visit.words(f"paper.{code}") if code in PAPER_FAULTS else ""
    return _shown(request, visit, await visit.filled(rows), {}, {}, paper_fault)


def _shown(
    request: Request,
    visit: Visit,
    filled: FilledForm,
    refused: dict[str, str],
    typed: dict[str, object],
    paper_fault: str = "",
) -> Response:
    found = _page_of(request, filled)
    if found is None:
        return trouble(request, 404, visit.words("trouble.nowhere"), visit.words)
    sheet_page, questions = found
    content = {
        "page": sheet_page,
        "questions": questions,
        "refused": refused,
        "typed": typed,
        "inputs_named": inputs_named,
        "rows": max((len(one.fields) for one in questions), default=0),
        "read_back": visit.filler.read_back,
        "said_sum": visit.filler.said_sum,
        "digest": digest_of_draft,
        "paper_fault": paper_fault,
        "here": f"{visit.home}/page/{sheet_page.id}",
    }
    return page(request, "page.html", content, 422 if refused else 200, visit)


def _page_of(request: Request, filled: FilledForm) -> tuple[SheetPage, tuple[FilledQuestion, ...]] | None:
    wanted = request.path_params["page"]
    return next(((one, questions) for one, questions in filled.pages if one.id == wanted), None)


async def save(request: Request, visit: Visit) -> Response:
    """Save a page of questions, as a browser without a script sends it, and lead on."""
    sent = await request.form(max_fields=2000, max_files=0)
    wanted = str(sent.get("rows", ""))
    rows = min(MOST_ROWS, int(wanted)) if wanted.isdecimal() and len(wanted) < 4 else 1
    filled = await visit.filled(rows)
    found = _page_of(request, filled)
    if found is None:
        return trouble(request, 404, visit.words("trouble.nowhere"), visit.words)
    sheet_page, questions = found
    refused, typed = await save_sent(visit, questions, sent) if visit.may_fill else ({}, {})
    refused |= faults_of_sent(visit, filled, sent)
    if refused:
        return _shown(request, visit, await visit.filled(rows), refused, typed)
    here = f"{visit.home}/page/{sheet_page.id}"
    if str(sent.get("do", "")) == "more":
        return RedirectResponse(f"{here}?rows={rows + 1}#rows", 303)
    after = await visit.filled(rows)
    saved_questions = next(questions for one, questions in after.pages if one.id == sheet_page.id)
    unfit = any(field.is_double or field.fault for one in saved_questions for field in one.fields)
    return RedirectResponse(here if unfit else _next(visit, after, sheet_page), 303)


def _next(visit: Visit, filled: FilledForm, sheet_page: SheetPage) -> str:
    """Return the address after a page: the next one that asks something, or the check of all answers."""
    place = [one.id for one, _ in filled.pages].index(sheet_page.id)
    following = [one for one, questions in filled.pages[place + 1 :] if questions]
    if following:
        return f"{visit.home}/page/{following[0].id}"
    return f"{visit.home}/check" if visit.may_submit else visit.home


async def choose(request: Request, visit: Visit) -> Response:
    """Let one of two texts of a field stand."""
    sent = await request.form(max_fields=5, max_files=0)
    revision, page_id = str(sent.get("revision", "")), str(sent.get("page", ""))
    if revision.isdecimal() and len(revision) < 10:
        await visit.link.choose(str(sent.get("field", "")), int(revision))
    found = visit.sheet.page(page_id)
    return RedirectResponse(f"{visit.home}/page/{found.id}" if found is not None else visit.home, 303)
