"""Propose in steps: a draft that only its author's browser opens, what the rules would say beside it, then the key."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from accord.console.deciding.drafts import COOKIE, KEPT, Draft, Drafts
from accord.console.deciding.proposing_content import (
    BLANK,
    SCHEMA,
    STEPS,
    Missing,
    placed,
    read_draft,
    step_number,
    texts_of,
    typed_on,
    with_path,
)
from accord.console.deciding.proposing_gate import CHANGE, beginning_closed, change_closed, foreseen, waiting_for
from accord.console.deciding.proposing_parties import with_party
from accord.console.serving.desk import Console
from accord.presentation import forms
from accord.presentation.faults import BadInput, Refused
from accord.web.pages import ask_again, page, problem
from domain.policy.findings import digest
from ledger import clock
from records.read_models.lists import PARTNERSHIPS_NAME


async def drafts(request: Request) -> Response:
    """Show the reader's drafts, and begin another one."""
    own_drafts, elsewhere = await _drafts(request).all()
    console: Console = request.app.state.console
    fault = beginning_closed(request.state.reader, await console.desk.directory())
    context = {"drafts": own_drafts, "elsewhere": elsewhere, "days": KEPT.days, "closed": fault}
    return _with_cookie(request, page(request, "drafts.html", context))


async def begin(request: Request) -> Response:
    """Begin a draft: blank, of a file's content, or of a proposal on record that is to be changed."""
    console: Console = request.app.state.console
    submission = await request.form()
    amends = str(submission.get("amends", "")).upper()
    reader, directory = request.state.reader, await console.desk.directory()
    if amends:
        partnership = await console.desk.known_partnership(amends)
        if fault := change_closed(partnership, reader, directory):
            return problem(request, 422, f"{CHANGE}: {fault}")
        await console.looked_at(reader, amends)
        content, base = (
            texts_of(partnership.proposed.model_dump(mode="json", exclude_defaults=True)),
            digest(partnership.proposed),
        )
    elif fault := beginning_closed(reader, directory):
        return problem(request, 422, str(fault))
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
    return _with_cookie(request, await _step(request, draft, step_number(request.query_params.get("step", "1")), ()))


async def change(request: Request) -> Response:
    """Keep the typed text, and do the act of the button."""
    draft = await _draft(request)
    if draft is None:
        return await ask_again(request, 404, NO_DRAFT)
    submission = await request.form()
    number = step_number(str(submission.get("step", "1")))
    draft = typed_on(draft, number, submission)
    await _drafts(request).save(draft)
    act, _, target = str(submission.get("do", "save")).partition(" ")
    try:
        return _with_cookie(request, await _done(request, draft, number, act, target))
    except (BadInput, Refused) as fault:
        faults = [with_path(line) for line in str(fault).splitlines()]
        return await _step(request, draft, number, placed(draft, faults))


async def _done(request: Request, draft: Draft, number: int, act: str, target: str) -> Response:
    """Do the act of a button for a draft that is kept. Raises BadInput or Refused."""
    schema = forms.Schema(SCHEMA)
    match act:
        case "go":
            return RedirectResponse(f"/propose/{draft.name}?step={step_number(target)}", 303)
        case "add":
            content = forms.added(draft.content, target, schema.entry(target))
            return await _kept(request, replace(draft, content=content), number)
        case "remove":
            return await _kept(request, replace(draft, content=forms.removed(draft.content, target)), number)
        case "find":
            return await _kept(request, await with_party(request, draft, target), number)
        case "drop":
            await _drafts(request).drop(draft.name)
            return RedirectResponse("/propose", 303)
        case "sign":
            return await _sign(request, draft, number)
        case _:
            return RedirectResponse(f"/propose/{draft.name}?step={number}", 303)


async def _kept(request: Request, draft: Draft, number: int) -> Response:
    await _drafts(request).save(draft)
    return RedirectResponse(f"/propose/{draft.name}?step={number}", 303)


async def _sign(request: Request, draft: Draft, number: int) -> Response:
    """Prepare the proposal to be signed, or show what it needs. Raises BadInput or Refused if it cannot be one."""
    console: Console = request.app.state.console
    await console.desk.require_epoch()
    foresight, proposal = await foreseen(console, request.state.reader, draft), read_draft(draft).proposal
    if proposal is None or foresight.missing:
        return await _step(request, draft, number, foresight.missing)
    waiting = await waiting_for(console, request.state.reader, draft, proposal)
    return RedirectResponse(f"{console.settings.signing_origin}/sign/{await console.prepared.keep(waiting)}", 303)


async def _step(request: Request, draft: Draft, number: int, faults: tuple[Missing, ...]) -> Response:
    """Render a step, with the faults for which a button did nothing."""
    console: Console = request.app.state.console
    await console.looked_at(request.state.reader, "a draft", *filter(None, [draft.amends]))
    foresight = await foreseen(console, request.state.reader, draft)
    context = {
        "draft": draft,
        "asks": await _asked(console, draft),
        "step": number,
        "steps": [name for name, _ in STEPS],
        "nodes": forms.Schema(SCHEMA).nodes(STEPS[number - 1][1], draft.content),
        "faults": faults,
        "found": foresight,
        "wrong": _beside(
            (*foresight.missing, *faults) if faults else [one for one in foresight.missing if _is_typed(draft, one)]
        ),
        "troubled": _troubled(foresight.missing),
        "funders": [funder.funder_id for funder in (await console.desk.directory()).funders],
    }
    return page(request, "propose.html", context, 422 if faults else 200)


async def _asked(console: Console, draft: Draft) -> tuple[str, bool]:
    """Return what the proposal on record came back with, or '', and True if a person asks for an answer in words."""
    known = await console.desk.partnership(draft.amends) if draft.amends else None
    return (known.question, known.is_asked) if known is not None else ("", False)


def _is_typed(draft: Draft, fault: Missing) -> bool:
    """True if a fault is of what was typed, and not of what is missing: it is told beside its field at once."""
    content = forms.at(draft.content, fault.field)
    return isinstance(content, str) and bool(content)


def _beside(faults: Sequence[Missing]) -> dict[str, list[str]]:
    """Return the words beside each field."""
    words_by_field: dict[str, list[str]] = {}
    for fault in dict.fromkeys(faults):
        words_by_field.setdefault(fault.field, []).append(fault.words)
    return words_by_field


def _troubled(faults: Sequence[Missing]) -> frozenset[str]:
    """Return the fields that need something, and the groups around them, which stand open."""
    parts = [fault.field.split(".") for fault in faults]
    return frozenset(".".join(names[:depth]) for names in parts for depth in range(1, len(names) + 1))


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
