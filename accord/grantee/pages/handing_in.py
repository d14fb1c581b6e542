"""Check the answers, ask for a code, and hand in."""

from __future__ import annotations

import secrets
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from accord.grantee.pages.codes import CODE_FAULTS, CodeRequest, code_in, code_page
from accord.grantee.questions.answers import bank_fault
from accord.grantee.questions.filled import AnsweredForm, is_whole
from accord.grantee.rendering import page
from accord.grantee.visit import Visit
from domain.submissions.content import GivenName, SubmissionContent, SubmittedPaper
from domain.submissions.kinds import SubmissionKind
from ledger import clock

NAME, CAPACITY = "given.name", "given.capacity"
"""The fields of who hands in. They are drafts as the answers are, so that a code is bound to them too."""
READ: Final = "given.read"
"""The digest of what the form put before them when they checked their answers."""
_NAME_ADAPTER: Final[TypeAdapter[str]] = TypeAdapter(GivenName)


async def check(request: Request, visit: Visit) -> Response:
    """Show all answers, what is missing, and who hands in."""
    texts = await visit.link.drafts(visit.form)
    filled_form = visit.filled_with(texts, await visit.link.papers(visit.form))
    giver = {name: texts[name][0].value if name in texts else "" for name in (NAME, CAPACITY)}
    return _check(request, visit, filled_form, giver, {})


def _check(
    request: Request, visit: Visit, filled_form: AnsweredForm, giver: dict[str, str], faults: dict[str, str]
) -> Response:
    content = {
        "filled": filled_form,
        "given": giver,
        "faults": faults,
        "said": visit.filler.said,
        "said_sum": visit.filler.said_sum,
        "name_of": NAME,
        "capacity_of": CAPACITY,
        "read_changed": READ in faults,
    }
    return page(request, "check.html", content, 422 if faults else 200, visit)


async def ask_code(request: Request, visit: Visit) -> Response:
    """Keep the name of whoever hands in, and have a code sent, unless something is missing."""
    form_fields = await request.form(max_fields=10, max_files=0)
    giver = {name: str(form_fields.get(name, "")).strip() for name in (NAME, CAPACITY)}
    texts = await visit.link.drafts(visit.form)
    spoken = await visit.spoken(form_fields)
    visit = spoken or visit
    filled_form = visit.filled_with(texts, await visit.link.papers(visit.form))
    if spoken is not None:
        return _check(request, visit, filled_form, giver, {})
    faults = faults_of_giver(visit, giver)
    giver[READ] = str(form_fields.get("read", ""))
    if giver[READ] != visit.shown.read_sha256:
        faults[READ] = visit.words("check.read_changed")
    if faults or filled_form.faults or not visit.may_submit:
        return _check(request, visit, filled_form, giver, faults)
    for name, text in giver.items():
        standing = texts.get(name)
        if not text and standing is None:
            continue
        if standing is None or standing[0].value != text or len(standing) > 1:
            outcome = await visit.link.save(visit.form, name, text, standing[0].revision if standing else 0)
            if outcome is not None and outcome.beside:
                await visit.link.choose(name, outcome.revision, outcome.revision)
    if not await visit.link.ask_code("SUBMIT"):
        return _code(request, visit, "code.no_more")
    return RedirectResponse(f"{visit.home}/code", 303)


def faults_of_giver(visit: Visit, giver: dict[str, str]) -> dict[str, str]:
    """Return the faults of the name and the capacity of whoever hands in, by field."""
    faults = {}
    for name, key in ((NAME, "fault.name"), (CAPACITY, "fault.capacity")):
        if fault := bank_fault(giver[name]):
            faults[name] = visit.words.fault(fault)
        elif not _is_given(giver[name]):
            faults[name] = visit.words(key)
    return faults


def _is_given(text: str) -> bool:
    try:
        _NAME_ADAPTER.validate_python(text.strip())
    except ValidationError:
        return False
    return len(text.strip()) >= 2


async def show_code(request: Request, visit: Visit) -> Response:
    """Show the page on which the code is typed."""
    return _code(request, visit, "")


def _code(request: Request, visit: Visit, fault: str) -> Response:
    return code_page(request, visit, CodeRequest("code", "code.submit", "check"), fault)


async def hand_in(request: Request, visit: Visit) -> Response:
    """Hand in by the code. Sent twice, it is one submission, and the second time leads to its receipt."""
    code = code_in(await request.form(max_fields=10, max_files=0))
    texts, papers = await visit.link.drafts(visit.form), await visit.link.papers(visit.form)
    filled_form = visit.filled_with(texts, papers)
    read = texts[READ][0].value if READ in texts else ""
    if filled_form.faults or NAME not in texts or CAPACITY not in texts or read != visit.shown.read_sha256:
        return RedirectResponse(f"{visit.home}/check", 303)
    content = content_of(
        visit,
        SubmissionKind(visit.form.kind.value),
        filled_form.answers,
        texts[NAME][0].value,
        texts[CAPACITY][0].value,
        tuple(
            SubmittedPaper(field=paper.field, sha256=paper.sha256 or "", size=paper.size, name=paper.name)
            for paper in papers
            if is_whole(paper)
        ),
    )
    _, fault = await visit.link.submit(visit.form, content, code)
    if fault and not (fault == "USED" and visit.form.handed_in):
        return _code(request, visit, CODE_FAULTS[fault])
    return RedirectResponse(f"{visit.home}/done", 303)


def content_of(
    visit: Visit,
    kind: SubmissionKind,
    answers: dict[str, Any],
    name: str,
    capacity: str,
    papers: tuple[SubmittedPaper, ...] = (),
) -> SubmissionContent:
    """Return a submission, with the door's time and the random bits that keep it from being guessed."""
    form = visit.form
    return SubmissionContent(
        form=form.form,
        kind=kind,
        subject=form.subject,
        about=form.about,
        edition=form.edition,
        shown=form.shown_sha256,
        read=visit.shown.read if kind.value == form.kind.value else {},
        language=visit.words.language,
        answers=answers,
        papers=papers,
        name=name,
        capacity=capacity,
        at=clock.now(),
        chance=secrets.token_hex(16),
    )
