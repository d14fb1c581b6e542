"""Pages on truths: what was told, the form that tells, and the form that answers, up to the page that signs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from accord.console.deciding.fields import DOCUMENT, REASON, Field, Typed, said
from accord.console.deciding.uploads import as_paper, given_with_papers, require_papers
from accord.console.organisation.preparing import ActPage, act_page, read_act, to_sign, waiting_act
from accord.console.serving.desk import Console
from accord.organisation.truths import Telling, content_to_answer, content_to_tell, truth_named
from accord.presentation.faults import BadInput, Refused
from accord.presentation.words.codes import as_sentence, words_of
from accord.presentation.words.organisation.truths import truth_in_words
from accord.presentation.words.values import NamesInWords
from accord.web.pages import page, problem
from domain.payment.counter import CounterAct
from domain.screening.truths import TruthKind
from domain.truths.events import TruthAnswered, TruthTold
from domain.truths.truth import Truth
from records.read_models.lists import kept_titles
from records.truths import read_truths

_KINDS: Final = tuple((kind.value, as_sentence(words_of(kind))) for kind in TruthKind)
_TELLING: Final = (
    Field("kind", "What it is about", kind="choice", choices=_KINDS),
    Field("what", "What you learnt", "In your words; they are sealed.", fills=("--what",)),
    Field("since", "Known to you since", "The day on which you learnt it.", kind="day", fills=("--since",)),
    Field("partnership", "In which partnership", "Its number, such as P-2026-0042, if it came up in one.", kind="line"),
    Field(
        "other",
        "One project with",
        "The number of the other, where two partnerships carry out one project.",
        kind="line",
        fills=("--with",),
    ),
    Field("about", "The organisation", "If it is not the payee of the partnership.", kind="line", fills=("--about",)),
    Field("ein", "Its US tax number", "If you know it.", kind="line", fills=("--ein",)),
    Field("number", "Its number in another register", "If you know it, such as GB-CHC 1234567.", kind="line"),
    Field("person", "The person", "If it is about one.", kind="line"),
    Field("source", "From where, or from whom, you know it", "It helps whoever finds whether it is so.", kind="line"),
    Field("paper", "The paper", "If there is one: what it is, and who keeps it.", kind="line"),
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
    truths = [*reversed(await read_truths(console.desk.reader))]
    titles = await kept_titles(console.desk.pool, [name for truth in truths for name in truth.partnerships])
    names = NamesInWords(await console.desk.directory())
    return page(request, "truths.html", {"truths": truths, "titles": titles, "names": names, "kinds": dict(_KINDS)})


async def tell(request: Request) -> Response:
    """Show the form that tells what somebody learnt."""
    answers = {"partnership": [request.query_params.get("in", "")]}
    return _tell_form(request, answers)


async def prepare_telling(request: Request) -> Response:
    """Prepare a truth to tell, and lead to the page that signs it. Faults are shown on the form."""
    console, answers = request.app.state.console, await given_with_papers(request, "truths")
    try:
        require_papers(request)
        content, truth = await content_to_tell(console.desk, _telling(answers), request.state.reader)
        if truth is not None:
            raise Refused("you told it already, and it waits for an answer")
        return await _waiting(console, request.state.reader, TruthTold, content)
    except (BadInput, Refused) as fault:
        return _tell_form(request, answers, fault)


async def answer(request: Request) -> Response:
    """Show the form that answers a truth."""
    try:
        truth = await truth_named(request.app.state.console.desk, request.path_params["truth"])
    except BadInput as fault:
        return problem(request, 404, str(fault))
    return _answer_form(request, truth, {})


async def prepare_answer(request: Request) -> Response:
    """Prepare a verifier's answer, and lead to the page that signs it. Faults are shown on the form."""
    console, answers = request.app.state.console, await given_with_papers(request, "truths")
    truth = await truth_named(console.desk, request.path_params["truth"])
    try:
        require_papers(request)
        so, digest = said(answers, "so") == "yes", said(answers, "document_sha256") or None
        content = content_to_answer(truth, so, said(answers, "reason"), said(answers, "paper"), digest)
        return await _waiting(console, request.state.reader, TruthAnswered, content)
    except (BadInput, Refused) as fault:
        return _answer_form(request, truth, answers, fault)


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


async def _waiting(console: Console, reader: str, kind: type[CounterAct], content: Mapping[str, Any]) -> Response:
    """Keep an act to be signed, and lead there. Raises Refused if the reader's roles do not allow it."""
    return await to_sign(console, await waiting_act(console, await read_act(console, reader, kind, content)))


def _tell_form(request: Request, answers: Mapping[str, list[str]], fault: Exception | None = None) -> Response:
    fields = _with_papers(request, _TELLING)
    return act_page(request, ActPage("Tell what you learnt", fields, "/truths"), answers, fault)


def _with_papers(request: Request, fields: tuple[Field, ...]) -> tuple[Field, ...]:
    console = request.app.state.console
    return tuple(as_paper(console, field) if field.kind == "digest" else field for field in fields)


def _answer_form(
    request: Request, truth: Truth, answers: Mapping[str, list[str]], fault: Exception | None = None
) -> Response:
    names = NamesInWords(request.app.state.console.desk.registrar.known)
    form = ActPage(
        "Answer what was told", _with_papers(request, _ANSWERING), "/truths", (truth_in_words(truth, names),)
    )
    return act_page(request, form, answers, fault)
