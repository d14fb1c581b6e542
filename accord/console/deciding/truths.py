"""Pages on truths: what was told, the form that tells, and the form that answers, up to the page that signs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from accord.console.deciding.fields import DOCUMENT, REASON, Field, Typed, said
from accord.console.deciding.prepared import WaitingAct
from accord.console.deciding.signing_acts import SHELL, WORDS
from accord.console.pages.pages import page, problem
from accord.console.serving.desk import Console
from accord.organisation.truths import Telling, content_to_answer, content_to_tell, truth_named
from accord.presentation.faults import BadInput, Refused
from domain.directory.directory import role_fault
from domain.identity import derive
from domain.screening.truths import TruthKind
from domain.signing import content_digest, statement_about
from domain.streams import TRUTHS_STREAM
from domain.truths.events import TruthAnswered, TruthTold
from domain.truths.truth import Truth
from ledger import clock
from records.truths import read_truths

_TELLING: Final = (
    Field("kind", "What it is about", kind="choice", choices=tuple((kind.value, kind.words) for kind in TruthKind)),
    Field("what", "What you learnt", "In your words; they are sealed.", fills=("--what",)),
    Field("since", "Known to you since", kind="day", fills=("--since",)),
    Field("partnership", "In which partnership", "P-…, if it came up in one.", kind="line"),
    Field("other", "One project with", "P-…, the other partnership of it.", kind="line", fills=("--with",)),
    Field("about", "The organisation", "Without it, the payee of the partnership.", kind="line", fills=("--about",)),
    Field("ein", "Its EIN", kind="line", fills=("--ein",)),
    Field("number", "Its number in another register", "Such as GB-CHC 1234567.", kind="line"),
    Field("person", "The person", kind="line"),
    Field("source", "From where, or from whom, you know it", kind="line"),
    Field("paper", "The paper", "What it is, and who keeps it.", kind="line"),
    replace(DOCUMENT, label="The paper's file"),
)
_ANSWERING: Final = (
    Field("so", "Is it so?", kind="choice", choices=(("yes", "it is so"), ("no", "it is not so, by a paper"))),
    REASON,
    Field("paper", "The paper", "What it is, and who keeps it.", kind="line"),
    replace(DOCUMENT, fills=("--document",)),
)


async def listed(request: Request) -> Response:
    """Show all that was told, the newest first, with how it stands."""
    console: Console = request.app.state.console
    await console.looked_at(request.state.reader, "what was told")
    return page(request, "truths.html", {"truths": [*reversed(await read_truths(console.desk.reader))]})


async def tell(request: Request) -> Response:
    """Show the form that tells what somebody learnt."""
    answers = {"partnership": [request.query_params.get("in", "")]}
    return _form(request, "TruthTold", _TELLING, answers)


async def prepare_telling(request: Request) -> Response:
    """Prepare a truth to tell, and lead to the page that signs it. Faults are shown on the form."""
    console, answers = request.app.state.console, await _given(request)
    try:
        content, truth = await content_to_tell(console.desk, _telling(answers), request.state.reader)
        if truth is not None:
            raise Refused(f"you told it already, and it waits for an answer: {truth.name}")
        waiting = await _waiting(console, request.state.reader, TruthTold, content)
    except (BadInput, Refused) as fault:
        return _form(request, "TruthTold", _TELLING, answers, (str(fault),))
    return await _to_sign(console, waiting)


async def answer(request: Request) -> Response:
    """Show the form that answers a truth."""
    try:
        truth = await truth_named(request.app.state.console.desk, request.path_params["truth"])
    except BadInput as fault:
        return problem(request, 404, str(fault))
    return _form(request, "TruthAnswered", _ANSWERING, {}, truth=truth)


async def prepare_answer(request: Request) -> Response:
    """Prepare a verifier's answer, and lead to the page that signs it. Faults are shown on the form."""
    console, answers = request.app.state.console, await _given(request)
    truth = await truth_named(console.desk, request.path_params["truth"])
    try:
        so, digest = said(answers, "so") == "yes", said(answers, "document_sha256") or None
        content = content_to_answer(truth, so, said(answers, "reason"), said(answers, "paper"), digest)
        waiting = await _waiting(console, request.state.reader, TruthAnswered, content)
    except (BadInput, Refused) as fault:
        return _form(request, "TruthAnswered", _ANSWERING, answers, (str(fault),), truth=truth)
    return await _to_sign(console, waiting)


def _telling(answers: Typed) -> Telling:
    try:
        since = date.fromisoformat(said(answers, "since"))
    except ValueError:
        raise BadInput("since: give the day since which it is known") from None
    names = ("about", "ein", "number", "person")
    about = {name: said(answers, name) for name in names}
    return Telling(
        TruthKind(said(answers, "kind")), said(answers, "what"), since, said(answers, "source"),
        said(answers, "partnership").upper() or None, **about, paper=said(answers, "paper"),
        paper_sha256=said(answers, "document_sha256") or None, other=said(answers, "other").upper() or None,
    )  # fmt: skip


async def _waiting(
    console: Console, reader: str, kind: type[TruthTold | TruthAnswered], content: Mapping[str, Any]
) -> WaitingAct:
    """Return an act to be signed. Raises Refused if the reader's roles do not allow it."""
    await console.desk.require_epoch()
    directory, now = await console.desk.directory(), clock.now()
    if fault := role_fault(directory, reader, kind.act.replace("_", " "), kind.roles, now.date()):
        raise Refused(str(fault), "NotAuthorised")
    statement_content = kind.model_construct(at=now, actor=reader, **content).content()
    place = len(await console.desk.ledger.read_stream(TRUTHS_STREAM))
    command_id = derive(kind.__name__, TRUTHS_STREAM, place, reader, content_digest(statement_content))
    statement = statement_about(TRUTHS_STREAM, kind.act, reader, now, command_id, statement_content).within(
        directory.log
    )
    return WaitingAct(event_type=kind.__name__, content=statement_content, statement=statement)


async def _to_sign(console: Console, waiting: WaitingAct) -> Response:
    address = await console.prepared.keep(waiting)
    return RedirectResponse(f"{console.settings.signing_origin}/sign/{address}", 303)


async def _given(request: Request) -> dict[str, list[str]]:
    submission = await request.form()
    return {name: [str(text) for text in submission.getlist(name)] for name in submission}


def _form(
    request: Request, event_type: str, fields: tuple[Field, ...], answers: Mapping[str, list[str]],
    faults: tuple[str, ...] = (), truth: Truth | None = None,
) -> Response:  # fmt: skip
    beside = {field.name: [fault for fault in faults if field.is_about(fault)] for field in fields}
    context = {"words": WORDS[event_type], "shell": SHELL[event_type], "fields": fields, "given": answers}
    return page(
        request, "telling.html", {**context, "faults": faults, "beside": beside, "truth": truth}, 422 if faults else 200
    )
