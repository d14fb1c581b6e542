"""Propose in steps: a draft that only its author's browser opens, what the rules would say beside it, then the key."""

from __future__ import annotations

import json
import re
import secrets
from dataclasses import dataclass, replace
from typing import Any, Final

from pydantic import ValidationError
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from accord.client.foresight import findings_on
from accord.client.sight import make_command
from accord.console.deciding.drafts import COOKIE, KEPT, Draft, Drafts
from accord.console.deciding.prepared import Waiting
from accord.console.pages.pages import ask_again, page, problem
from accord.console.serving.desk import Console
from accord.presentation import forms
from accord.presentation.faults import BadInput, Refused
from accord.presentation.numbers import whole_number
from domain.parties import Party
from domain.partnership import commands as c
from domain.partnership.partners import key_of
from domain.policy.findings import Assessment, digest
from domain.proposal import Proposal
from domain.signing import Shown
from domain.streams import StreamId
from ledger import clock
from records.read_models.lists import PARTNERSHIPS_NAME, ListQuery, kept_page, party_term, words_of

STEPS: Final = (
    ("Who", ("reference", "title", "partner", "summary")),
    ("Money and work", ("funds_out", "funds_in", "non_monetary")),
    ("Public interest", ("public_interest",)),
    ("Plan", ("period", "reports", "contacts", "interests", "under", "withheld_for")),
    ("Look through", ()),
)
"""The steps, each with its fields of the proposal. The last one asks the rules and leads to the key."""

SCHEMA: Final = Proposal.model_json_schema(mode="validation")
BLANK: Final[dict[str, Any]] = {"partner": {"kind": "NONPROFIT"}, "public_interest": {}}


@dataclass(frozen=True, slots=True)
class Foresight:
    """The faults of a draft as it stands, or the rules' answer on it."""

    proposal: Proposal | None = None
    faults: tuple[tuple[str, str], ...] = ()
    """Each with the path of its field, or '' for the whole."""
    assessment: Assessment | None = None


async def drafts(request: Request) -> Response:
    """Show the reader's drafts, and begin another one."""
    own_drafts, elsewhere = await _drafts(request).all()
    context = {"drafts": own_drafts, "elsewhere": elsewhere, "days": KEPT.days}
    return _with_cookie(request, page(request, "drafts.html", context))


async def begin(request: Request) -> Response:
    """Begin a draft: blank, of a file's content, or of a proposal on record that is to be changed."""
    console: Console = request.app.state.console
    submission = await request.form()
    amends = str(submission.get("amends", "")).upper()
    if amends:
        partnership = await console.desk.known_partnership(amends)
        await console.looked_at(request.state.reader, amends)
        content, base = (
            _texts(partnership.proposed.model_dump(mode="json", exclude_defaults=True)),
            digest(partnership.proposed),
        )
    else:
        content, base = {**BLANK, "reference": await _next_reference(console)}, ""
    draft = Draft(name=secrets.token_urlsafe(16), content=content, amends=amends, base=base)
    await _drafts(request).save(draft)
    return _with_cookie(request, RedirectResponse(f"/propose/{draft.name}", 303))


async def step(request: Request) -> Response:
    """Show a step of a draft."""
    draft = await _draft(request)
    if draft is None:
        return problem(request, 404, NO_DRAFT)
    return _with_cookie(request, await _step(request, draft, _number(request.query_params.get("step", "1")), ()))


async def change(request: Request) -> Response:
    """Keep the typed text, and do the act of the button."""
    draft = await _draft(request)
    if draft is None:
        return await ask_again(request, 404, NO_DRAFT)
    submission = await request.form()
    number = _number(str(submission.get("step", "1")))
    draft = _typed(draft, number, submission)
    await _drafts(request).save(draft)
    act, _, target = str(submission.get("do", "save")).partition(" ")
    try:
        return _with_cookie(request, await _done(request, draft, number, act, target))
    except (BadInput, Refused) as fault:
        return await _step(request, draft, number, tuple(str(fault).splitlines()))


async def _done(request: Request, draft: Draft, number: int, act: str, target: str) -> Response:
    """Do the act of a button for a draft that is kept. Raises BadInput or Refused."""
    schema = forms.Schema(SCHEMA)
    match act:
        case "go":
            return RedirectResponse(f"/propose/{draft.name}?step={_number(target)}", 303)
        case "add":
            content = forms.added(draft.content, target, schema.entry(target))
            return await _kept(request, replace(draft, content=content), number)
        case "remove":
            return await _kept(request, replace(draft, content=forms.removed(draft.content, target)), number)
        case "find":
            return await _kept(request, await _with_party(request, draft, target), number)
        case "drop":
            await _drafts(request).drop(draft.name)
            return RedirectResponse("/propose", 303)
        case "sign":
            return await _sign(request, draft)
        case _:
            return RedirectResponse(f"/propose/{draft.name}?step={number}", 303)


async def _kept(request: Request, draft: Draft, number: int) -> Response:
    await _drafts(request).save(draft)
    return RedirectResponse(f"/propose/{draft.name}?step={number}", 303)


async def _sign(request: Request, draft: Draft) -> Response:
    """Prepare the proposal to be signed. Raises BadInput or Refused if it cannot be one."""
    console: Console = request.app.state.console
    await console.desk.require_epoch()
    foresight = _read(draft)
    if foresight.proposal is None:
        raise BadInput("\n".join(f"{path or 'proposal'}: {fault}" for path, fault in foresight.faults))
    await findings_on(console.desk, foresight.proposal)  # names a funder that nobody knows before a key is touched
    waiting = await _waiting(console, request.state.reader, draft, foresight.proposal)
    return RedirectResponse(f"{console.settings.signing_origin}/sign/{await console.prepared.keep(waiting)}", 303)


async def _waiting(console: Console, reader: str, draft: Draft, proposal: Proposal) -> Waiting:
    log = (await console.desk.directory()).log
    sight = await console.desk.sight(proposal.reference)
    if sight is None and not draft.amends:
        first = await console.desk.first_proposal(proposal, reader)
        return Waiting(
            partnership_id=proposal.reference, command=first, statement=first.statement(proposal.reference).within(log)
        )
    if sight is None or draft.amends not in {"", sight.partnership_id}:
        raise BadInput(f"reference: this changes {draft.amends}, so leave its reference as it is")
    if not draft.amends:
        raise BadInput(f"reference: {proposal.reference} is proposed already; take another, or change it from its page")
    if digest(sight.partnership.proposed) != draft.base:
        raise Refused(
            f"{draft.amends} was changed since you began this draft, which would undo that: begin another one from "
            "its page"
        )
    again = bool(sight.partnership.question) or not sight.partnership.assessment
    content = {"proposal": proposal} if again else {"proposal": proposal, "reason": draft.reason}
    command = make_command(sight, c.Propose if again else c.Amend, reader, content)
    snapshot = Shown(version=sight.version, position=sight.position, terms=sight.terms)
    return Waiting(
        partnership_id=sight.partnership_id,
        command=command,
        statement=command.statement(sight.partnership_id, snapshot).within(log),
    )


async def _with_party(request: Request, draft: Draft, path: str) -> Draft:
    """Return the draft with a party as the newest proposal that names it describes it. Raises BadInput if none does."""
    query = str((await request.form()).get(f"find:{path}", "")).strip()
    if not query:
        raise BadInput(f"{path}: write the EIN, or words of the name, of a party that is known already")
    console: Console = request.app.state.console
    parties = await _known_parties(console, query)
    match list(parties.values()):
        case [(party, reference)]:
            await console.looked_at(request.state.reader, reference)
            description = _texts(party.model_dump(mode="json", exclude_defaults=True))
            return replace(draft, content=forms.added(forms.removed(draft.content, path), path, description))
        case []:
            raise BadInput(f"{path}: no party of a partnership is known by {query!r}; describe it here")
        case several:
            names = "; ".join(key_of(party) for party, _ in several[:5])
            raise BadInput(f"{path}: {len(several)} parties are known by {query!r}: {names}; write more of it")


async def _known_parties(console: Console, query: str) -> dict[str, tuple[Party, str]]:
    """Return the parties that an EIN or words of a name mean, by their key, as what was recorded last describes them.

    Each with the reference of the proposal that does.

    Raises:
        BadInput: It means nothing, or too many partnerships.
    """
    number, words = re.sub(r"[^0-9]", "", query), words_of(query)
    if not words:
        raise BadInput("the name of a known party: write words of it, or its EIN")
    terms = ((party_term(f"EIN {number}"),),) if len(number) == EIN_DIGITS else tuple((f"{word}*",) for word in words)
    rows = await kept_page(console.desk.pool, ListQuery("partnerships", terms), MOST_FOUND + 1)
    if len(rows) > MOST_FOUND:
        raise BadInput(f"{query[:40]!r} is in more than {MOST_FOUND} partnerships; write more of the name, or its EIN")
    streams = [StreamId.partnership(row.shown["partnership_id"]) for row in rows]
    parties: dict[str, tuple[Party, str]] = {}
    for document in await console.desk.pool.fetch(_PROPOSALS, PARTNERSHIPS_NAME, streams):
        proposal = Proposal.model_validate_json(document["proposal"])
        for party in proposal.organizations:
            name_words = words_of(party.name)
            if party.ein == number or all(
                any(name_word.startswith(word) for name_word in name_words) for word in words
            ):
                parties[key_of(party)] = party, proposal.reference
    return parties


EIN_DIGITS: Final = 9
MOST_FOUND: Final = 500
"""Partnerships among which a known party is looked for."""
_PROPOSALS: Final = """
SELECT d.document -> 'state' ->> 'proposal' AS proposal FROM projection.documents d
  JOIN projection.checkpoints c USING (name, generation)
 WHERE c.live AND d.name = $1 AND d.stream_id = ANY ($2) ORDER BY d.position
"""


async def _step(request: Request, draft: Draft, number: int, faults: tuple[str, ...]) -> Response:
    console: Console = request.app.state.console
    await console.looked_at(request.state.reader, "a draft", *filter(None, [draft.amends]))
    foresight = await _foreseen(console, draft)
    nodes = forms.Schema(SCHEMA).nodes(STEPS[number - 1][1], draft.content)
    context = {
        "draft": draft,
        "step": number,
        "steps": [name for name, _ in STEPS],
        "nodes": nodes,
        "faults": faults,
        "found": foresight,
        "wrong": _beside(foresight.faults, faults),
        "funders": [funder.funder_id for funder in (await console.desk.directory()).funders],
    }
    return page(request, "propose.html", context, 422 if faults else 200)


def _beside(missing: tuple[tuple[str, str], ...], faults: tuple[str, ...]) -> dict[str, list[str]]:
    """Return the words beside each field and, once a button was refused, also the fields that are missing."""
    if not faults:
        return {}
    field_faults: dict[str, list[str]] = {}
    for path, fault in missing:
        field_faults.setdefault(path, []).append(fault)
    return field_faults


async def _foreseen(console: Console, draft: Draft) -> Foresight:
    """Return the faults of a draft or, without any, the rules' answer on it."""
    foresight = _read(draft)
    if foresight.proposal is None:
        return foresight
    try:
        return replace(foresight, assessment=await findings_on(console.desk, foresight.proposal))
    except BadInput as fault:
        return replace(foresight, faults=(("funds_out.funder", str(fault)),))


def _read(draft: Draft) -> Foresight:
    """Return the proposal that a draft is, or what is wrong with each field."""
    content = forms.read(_resolved(draft.content))
    try:
        return Foresight(Proposal.model_validate_json(json.dumps(content)))
    except ValidationError as fault:
        return Foresight(faults=tuple((_path(error["loc"]), _told(error)) for error in fault.errors()))


def _resolved(content: Any) -> Any:
    """Return the content with each party that is said to be the partner described as the partner is."""
    partner = content.get("partner", {})

    def within(node: Any) -> Any:
        match node:
            case {forms.SAME: "partner"}:
                return partner
            case dict():
                return {name: within(part) for name, part in node.items()}
            case list():
                return [within(part) for part in node]
            case _:
                return node

    return within(content)


def _path(location: tuple[int | str, ...]) -> str:
    return ".".join(str(part) for part in location)


def _told(fault: Any) -> str:
    words = str(fault["msg"]).removeprefix("Value error, ")
    return "this is needed" if fault["type"] == "missing" else words


def _typed(draft: Draft, number: int, submission: FormData) -> Draft:
    """Return a draft with what was typed on a step."""
    answers = {name: str(text) for name, text in submission.items()}
    nodes = forms.Schema(SCHEMA).nodes(STEPS[number - 1][1], draft.content)
    content = forms.filled(nodes, draft.content, answers)
    for party in (party for node in nodes for party in node.parties if party.present):
        if f"same:{party.path}" in answers:
            forms.put(content, party.path, {forms.SAME: "partner"})
        elif party.value:
            forms.put(content, party.path, {})
    return replace(draft, content=content, reason=answers.get("reason", draft.reason).strip())


def _texts(content: Any) -> Any:
    """Return a proposal's content as a form holds it: numbers of entries stay numbers, and all else is text."""
    match content:
        case dict():
            numbers = {name for name, part in content.items() if name == forms.NUMBERED and isinstance(part, int)}
            return {name: part if name in numbers else _texts(part) for name, part in content.items()}
        case list():
            return [_texts(part) for part in content]
        case bool() | None:
            return content
        case _:
            return str(content)


async def _next_reference(console: Console) -> str:
    """Return a reference of this year that is free. Whoever prefers another one writes it."""
    year = clock.today().year
    newest = await console.desk.pool.fetchval(_NEWEST, PARTNERSHIPS_NAME, f"partnership/P-{year}-%")
    return f"P-{year}-{(newest or 0) + 1:04}"


_NEWEST: Final = """
SELECT max(split_part(l.stream_id, '-', 3)::integer) FROM projection.lines l
  JOIN projection.checkpoints c USING (name, generation)
 WHERE c.live AND l.name = $1 AND l.list = 'partnerships' AND l.until IS NULL AND l.stream_id LIKE $2
"""

NO_DRAFT: Final = (
    "there is no such draft here: it was made in another browser, deleted, or is older than thirty days; begin anew"
)


def _number(text: str) -> int:
    number = whole_number(text, most_digits=2)
    return number if number is not None and 1 <= number <= len(STEPS) else 1


def _cookie(request: Request) -> str:
    """Return the browser's own secret, or one that is new to it."""
    secret: str | None = request.cookies.get(COOKIE)
    if secret is None:
        secret = getattr(request.state, "drafts_cookie", None) or secrets.token_urlsafe(32)
        request.state.drafts_cookie = secret
    return secret


def _drafts(request: Request) -> Drafts:
    console: Console = request.app.state.console
    return Drafts(console.desk.pool, request.state.reader, _cookie(request))


async def _draft(request: Request) -> Draft | None:
    return await _drafts(request).one(request.path_params["draft"])


def _with_cookie(request: Request, response: Response) -> Response:
    seconds = int(KEPT.total_seconds())
    response.set_cookie(COOKIE, _cookie(request), max_age=seconds, path="/", secure=True, httponly=True, samesite="lax")
    return response
