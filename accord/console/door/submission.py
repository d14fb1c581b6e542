"""The page of one submission: known, handed in, and what it becomes. It leads to the take-over, or returns it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from accord.client.door.opening import DoorPaper, OpenedSubmission, open_submission
from accord.client.papers.wording import kept_paper_in_words
from accord.client.sight import Sight, make_command
from accord.console.deciding.acts import ActForm, OfferedAct, closed
from accord.console.deciding.deciding import waiting_for
from accord.console.deciding.faults import faults_on
from accord.console.deciding.fields import REASON, Typed, said
from accord.console.door.inbox import what_is_it
from accord.console.door.taking_over import OUTAGE, named
from accord.console.serving.desk import Console
from accord.presentation.door.answers import answer_rows, label_of, read_rows
from accord.presentation.door.becoming import acts_of, content_of_act
from accord.presentation.faults import BadInput, Refused
from accord.presentation.numbers import whole_number
from accord.presentation.refusals import refusal_in_words
from accord.presentation.words.codes import as_sentence, words_of
from accord.presentation.words.days import day_in_words, time_in_words
from accord.presentation.words.facts import command_facts
from accord.presentation.words.values import NamesInWords
from accord.web.pages import page, problem
from domain.partnership import commands as c
from domain.partnership.procedure import PROCEDURE
from domain.policy.findings import digest
from domain.submissions.kinds import SubmissionKind
from ledger import clock
from records.submissions.reading import agreement_read

TO_INBOX: Final = (("To the inbox", "/inbox"),)
_SAMPLE: Final = {"sha256": "0" * 64, "number": 1, "seal": 1, "at": "2026-01-01T00:00:00Z"}
"""Stands for a submission, by which the state is asked whether the reader may return any."""
RETURN: Final = OfferedAct(
    "door-return",
    PROCEDURE[c.ReturnSubmission].title,
    c.ReturnSubmission,
    ActForm(lambda _: (REASON,), lambda _: {"submission": _SAMPLE, "reason": "as it stands"}),
)
QUESTION: Final = "question-"
"""The beginning of the name of a field for a question under an answer."""
_VERDICTS: Final[Mapping[str, tuple[str, str]]] = {
    "": ("Not examined yet. Nobody opens it before that.", "warn"),
    "CLEAN": ("Examined, and nothing was found.", "good"),
    "NOT_SCANNED": ("Examined, and no malware scanner is set here.", "warn"),
    "ACTIVE": ("Something in it acts by itself.", "warn"),
    "FOUND": ("A scanner found something in it. It is never opened.", "bad"),
    "FAILED": ("It could not be examined. An operator has it examined again.", "bad"),
}


async def show(request: Request) -> Response:
    """Show a submission. It is a look in the access log."""
    entry = await _opened(request)
    return entry if isinstance(entry, Response) else await _page(request, entry)


async def prepare_return(request: Request) -> Response:
    """Prepare the return of a submission with questions, and lead to the page that signs it."""
    console: Console = request.app.state.console
    entry = await _opened(request)
    if isinstance(entry, Response):
        return entry
    form = await request.form()
    answers = {name: [str(text) for text in form.getlist(name)] for name in form}
    try:
        sight = await console.desk.known_sight(entry.partnership.partnership_id)
        content = _return_content(entry, answers)
        waiting = await waiting_for(console, request.state.reader, RETURN, sight, content)
    except (BadInput, Refused) as fault:
        return await _page(request, entry, answers, fault)
    return RedirectResponse(f"{console.settings.signing_origin}/sign/{await console.prepared.keep(waiting)}", 303)


def _return_content(entry: OpenedSubmission, answers: Typed) -> dict[str, Any]:
    fields = dict.fromkeys(row.field for row in answer_rows(entry.evidence))
    questions = [
        {"field": field, "question": text} for field in fields if (text := said(answers, f"{QUESTION}{field}"))
    ]
    return {
        "submission": named(entry, said(answers, OUTAGE.name)),
        "reason": said(answers, REASON.name),
        "questions": questions,
    }


async def _opened(request: Request) -> OpenedSubmission | Response:
    console: Console = request.app.state.console
    number = whole_number(request.path_params["submission"], most_digits=15) or 0
    try:
        return await open_submission(console.desk, number, request.state.reader)
    except Refused as fault:
        return problem(request, 404, str(fault).partition("; see `")[0], TO_INBOX)


async def _page(
    request: Request, entry: OpenedSubmission, answers: Typed | None = None, fault: Exception | None = None
) -> Response:
    console: Console = request.app.state.console
    reader, directory = request.state.reader, await console.desk.directory()
    names, content = NamesInWords(directory), entry.content
    sight = await console.desk.known_sight(entry.partnership.partnership_id)
    closed_words = closed(RETURN, sight.partnership, reader, directory, clock.today())
    faults = faults_on((REASON,), fault, names)
    context = {
        "number": entry.number,
        "what": as_sentence(what_is_it(entry.kind, content.about)),
        "known": sight.partnership,
        "proposal": sight.partnership.proposed,
        "who": f"{content.name}, {content.capacity}",
        "at": time_in_words(content.at),
        "seal": entry.reference is not None,
        "edition": _edition(entry),
        "rows": answer_rows(entry.evidence),
        "read": read_rows(content),
        "named": _named(entry),
        "shown_is_newer": entry.shown_is_newer,
        "papers": [await _paper(console, entry, paper) for paper in entry.papers],
        "becomes": _becomes(entry, sight, reader, names),
        "ways": _ways(entry),
        "judged": _judged(entry, names),
        "outage": OUTAGE if entry.has_late_seal else None,
        "is_report": entry.kind is SubmissionKind.REPORT,
        "is_wrong_person": entry.kind is SubmissionKind.WRONG_PERSON,
        "returns": not closed_words and entry.reference is not None,
        "closed": refusal_in_words(closed_words, names) if closed_words else "",
        "given": answers or {},
        "faults": [f"{entry.label}: {entry.words}" if entry.label else entry.words for entry in faults],
    }
    return page(request, "submission.html", context, 422 if fault else 200)


def _named(entry: OpenedSubmission) -> list[tuple[str, str]]:
    """Return the part of a submission that the signature of a take-over covers, beside the act's own fields."""
    reference = entry.reference
    seal = f"event {reference.seal} of the ledger" if reference is not None else "none yet"
    edition = entry.content.edition
    return [
        ("Digest", entry.content.sha256),
        ("Number", str(entry.number)),
        ("Seal", seal),
        ("Time at the door", time_in_words(entry.content.at)),
        *([("Agreement that they read", agreement)] if (agreement := agreement_read(entry.content)) else []),
        *([("Question set", edition)] if edition is not None else []),
    ]


def _edition(entry: OpenedSubmission) -> str:
    questions = entry.questions
    return f"{questions.name} {questions.edition}" if questions is not None else "the questions that the form needs"


def _judged(entry: OpenedSubmission, names: NamesInWords) -> str:
    judgement = entry.judgement
    if judgement is None:
        return ""
    return f"{names.person(judgement.actor)}: {words_of(judgement.fate)} on {day_in_words(judgement.on)}"


def _ways(entry: OpenedSubmission) -> list[dict[str, str]]:
    """Return the ways to take a submission over: each an act's own form, or a draft of the proposal."""
    if entry.judgement is not None or entry.reference is None:
        return []
    partnership_id = entry.partnership.partnership_id
    return [
        {
            "words": PROCEDURE[command].title,
            "address": ""
            if command in (c.Amend, c.Propose)
            else f"/{partnership_id}/{PROCEDURE[command].name}?submission={entry.number}",
        }
        for command in acts_of(entry.kind)
    ]


def _becomes(entry: OpenedSubmission, sight: Sight, reader: str, names: NamesInWords) -> dict[str, Any]:
    """Return the act that a submission becomes in words, or what staff still add to it."""
    command = acts_of(entry.kind)[0]
    content = content_of_act(command, entry.evidence)
    title = PROCEDURE[command].title
    try:
        draft = make_command(sight, command, reader, content)
    except BadInput as fault:
        lines = [line.strip() for line in str(fault).splitlines()[1:]] or [str(fault)]
        return {"title": title, "facts": (), "lacks": [refusal_in_words(line, names) for line in lines]}
    leave = frozenset({"submission", "proposal"})
    is_same_proposal = isinstance(draft, c.Amend) and digest(draft.proposal) == digest(sight.partnership.proposed)
    lacks = ["The proposal is changed by hand: nothing that was answered says how."] if is_same_proposal else []
    return {"title": title, "facts": command_facts(draft, names, leave), "lacks": lacks}


async def _paper(console: Console, entry: OpenedSubmission, paper: DoorPaper) -> dict[str, Any]:
    paper_here = (await console.kept_papers(paper.sha256)).get(paper.sha256)
    words, tone = _VERDICTS.get(paper.verdict, (paper.verdict, "warn"))
    return {
        "name": paper.name,
        "question": label_of(entry.questions, paper.field, entry.content.language),
        "sha256": paper.sha256,
        "words": f"{words} {as_sentence(paper.why)}".strip(),
        "tone": tone,
        "kept": kept_paper_in_words(paper_here) if paper_here is not None else "",
        "has_picture": paper_here is not None and paper_here.verdict.shows and paper_here.pages > 0,
    }
