"""The task list, and a page of questions: answers are saved field by field, and nothing that two wrote is lost."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from accord.grantee.pages.saving import faults_of_sent, save_sent
from accord.grantee.questions.answers import digest_of_draft
from accord.grantee.questions.fields import inputs_named
from accord.grantee.questions.filled import AnsweredForm, FilledQuestion
from accord.grantee.questions.sheet import MOST_ROWS, SheetPage
from accord.grantee.rendering import page, trouble
from accord.grantee.visit import Visit
from domain.submissions.kinds import AS_WORKBOOK

PAPER_FAULTS: Final = frozenset({"LINK", "EMPTY", "LARGE", "MANY", "BUSY", "AWAY", "PLACE", "CLOSED"})
"""The codes with which the way of papers leads back."""


async def tasks(request: Request, visit: Visit) -> Response:
    """Show the list of what there is to do, with how far each is."""
    filled_form = await visit.filled()
    lines = [(sheet_page, _how_far(visit, questions)) for sheet_page, questions in filled_form.pages if questions]
    content = {"lines": lines, "ready": not filled_form.faults, "as_workbook": visit.form.kind in AS_WORKBOOK}
    return page(request, "tasks.html", content, visit=visit)


def _how_far(visit: Visit, questions: tuple[FilledQuestion, ...]) -> str:
    """Return the state of a page: asked, look, new, begun or done."""
    if any(entry.question.name in visit.shown.questions for entry in questions):
        return "asked"
    if any(entry.fault and entry.is_begun for entry in questions):
        return "look"
    if not any(entry.is_begun for entry in questions):
        return "new" if any(entry.question.needed for entry in questions) else "optional"
    return "begun" if any(entry.fault for entry in questions) else "done"


async def show(request: Request, visit: Visit) -> Response:
    """Show a page of questions."""
    query = request.query_params.get("rows", "")
    rows = min(MOST_ROWS, int(query)) if query.isdecimal() and len(query) < 4 else 1
    code = request.query_params.get("paper", "")
    paper_fault = visit.words(f"paper.{code}") if code in PAPER_FAULTS else ""
    return _shown(request, visit, await visit.filled(rows), {}, {}, paper_fault)


def _shown(
    request: Request,
    visit: Visit,
    filled_form: AnsweredForm,
    refusals: dict[str, str],
    texts: dict[str, object],
    paper_fault: str = "",
) -> Response:
    place = _page_of(request, filled_form)
    if place is None:
        return trouble(request, 404, visit.words("trouble.nowhere"), visit.words)
    sheet_page, questions = place
    content = {
        "page": sheet_page,
        "questions": questions,
        "refused": refusals,
        "typed": texts,
        "inputs_named": inputs_named,
        "rows": max((len(entry.fields) for entry in questions), default=0),
        "read_back": visit.filler.read_back,
        "said_sum": visit.filler.said_sum,
        "digest": digest_of_draft,
        "paper_fault": paper_fault,
        "here": f"{visit.home}/page/{sheet_page.id}",
    }
    return page(request, "page.html", content, 422 if refusals else 200, visit)


def _page_of(request: Request, filled_form: AnsweredForm) -> tuple[SheetPage, tuple[FilledQuestion, ...]] | None:
    query = request.path_params["page"]
    return next(((entry, questions) for entry, questions in filled_form.pages if entry.id == query), None)


async def save(request: Request, visit: Visit) -> Response:
    """Save a page of questions, as a browser without a script sends it, and lead on."""
    form_fields = await request.form(max_fields=2000, max_files=0)
    spoken = await visit.spoken(form_fields)
    visit = spoken or visit
    query = str(form_fields.get("rows", ""))
    rows = min(MOST_ROWS, int(query)) if query.isdecimal() and len(query) < 4 else 1
    filled_form = await visit.filled(rows)
    place = _page_of(request, filled_form)
    if place is None:
        return trouble(request, 404, visit.words("trouble.nowhere"), visit.words)
    sheet_page, questions = place
    refusals, texts = await save_sent(visit, questions, form_fields) if visit.may_fill else ({}, {})
    refusals |= faults_of_sent(visit, filled_form, form_fields)
    if refusals:
        return _shown(request, visit, await visit.filled(rows), refusals, texts)
    here = f"{visit.home}/page/{sheet_page.id}"
    if str(form_fields.get("do", "")) == "more":
        return RedirectResponse(f"{here}?rows={rows + 1}#rows", 303)
    if spoken is not None:
        return RedirectResponse(here, 303)
    after = await visit.filled(rows)
    saved_questions = next(questions for entry, questions in after.pages if entry.id == sheet_page.id)
    fields = [field for entry in saved_questions for field in entry.fields]
    unfit = any(field.is_double or field.fault or f"base:{field.field.name}" not in form_fields for field in fields)
    return RedirectResponse(here if unfit else _next(visit, after, sheet_page), 303)


def _next(visit: Visit, filled_form: AnsweredForm, sheet_page: SheetPage) -> str:
    """Return the address after a page: the next one that asks something, or the check of all answers."""
    place = [entry.id for entry, _ in filled_form.pages].index(sheet_page.id)
    following = [entry for entry, questions in filled_form.pages[place + 1 :] if questions]
    if following:
        return f"{visit.home}/page/{following[0].id}"
    return f"{visit.home}/check" if visit.may_submit else visit.home


async def choose(request: Request, visit: Visit) -> Response:
    """Let one of two texts of a field stand."""
    form_fields = await request.form(max_fields=5, max_files=0)
    revision, seen, page_id = (str(form_fields.get(name, "")) for name in ("revision", "seen", "page"))
    if all(number.isdecimal() and len(number) < 10 for number in (revision, seen)):
        await visit.link.choose(str(form_fields.get("field", "")), int(revision), int(seen))
    place = visit.sheet.page(page_id)
    return RedirectResponse(f"{visit.home}/page/{place.id}" if place is not None else visit.home, 303)
