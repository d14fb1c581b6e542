"""Words that need no form and no code: a question, a withdrawal, the wrong person. Nothing follows by itself."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from accord.grantee.pages.handing_in import CAPACITY, NAME, content_of, faults_of_giver
from accord.grantee.questions.answers import bank_fault, is_printable
from accord.grantee.rendering import page, trouble
from accord.grantee.visit import Visit
from domain.submissions.kinds import SubmissionKind

KINDS: Final = {
    "question": SubmissionKind.QUESTION,
    "withdraw": SubmissionKind.WITHDRAWAL,
    "wrong-person": SubmissionKind.WRONG_PERSON,
}
WORDS: Final = "words"
MOST: Final = 4000


async def show(request: Request, visit: Visit) -> Response:
    """Show the page on which one of these is said."""
    return _asked(request, visit, {}, {})


def _asked(
    request: Request, visit: Visit, texts: dict[str, str], faults: dict[str, str], status: int = 200
) -> Response:
    kind = request.path_params["kind"]
    if not _may_say(visit, kind):
        return trouble(request, 404, visit.words("trouble.nowhere"), visit.words)
    content = {"kind": kind, "given": texts, "faults": faults, "name_of": NAME, "capacity_of": CAPACITY}
    return page(request, "say.html", content, status, visit)


async def send(request: Request, visit: Visit) -> Response:
    """Lay down what was said, and show its receipt."""
    form_fields = await request.form(max_fields=10, max_files=0)
    texts = {name: str(form_fields.get(name, "")).strip().replace("\r\n", "\n") for name in (NAME, CAPACITY, WORDS)}
    if (spoken := await visit.spoken(form_fields)) is not None:
        return _asked(request, spoken, texts, {})
    faults = faults_of_giver(visit, texts)
    if fault := _fault_of_words(visit, texts[WORDS]):
        faults[WORDS] = fault
    if faults or not _may_say(visit, request.path_params["kind"]):
        return _asked(request, visit, texts, faults, 422)
    content = content_of(visit, KINDS[request.path_params["kind"]], {WORDS: texts[WORDS]}, texts[NAME], texts[CAPACITY])
    at = await visit.link.say(visit.form, content)
    if at is None:
        return _asked(request, visit, texts, {WORDS: visit.words("say.many")}, 429)
    return page(request, "said.html", {"at": at, "sha256": content.sha256}, visit=visit)


def _may_say(visit: Visit, kind: str) -> bool:
    """True if a link may say this: a colleague withdraws nothing."""
    return kind in KINDS and (visit.may_submit or kind != "withdraw")


def _fault_of_words(visit: Visit, text: str) -> str:
    if len(text) < 3:
        return visit.words("fault.needed")
    if len(text) > MOST:
        return visit.words("fault.long", count=len(text), most=MOST)
    if not is_printable(text):
        return visit.words("fault.signs")
    fault = bank_fault(text)
    return visit.words.fault(fault) if fault else ""
