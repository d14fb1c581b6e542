"""Propose on pages: a draft that only its author's browser opens, what the rules would say beside it, then the key."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from accord.console.deciding.overtaken import back_to_case
from accord.console.proposing import ticks
from accord.console.proposing.answers import PAYER, typed_in
from accord.console.proposing.beginning import begun_content, next_reference
from accord.console.proposing.content import (
    SCHEMA,
    TRANCHES,
    blank,
    read_draft,
    with_room,
    without,
)
from accord.console.proposing.drafts import COOKIE, KEPT, Draft, Drafts
from accord.console.proposing.gate import CHANGE, beginning_closed, change_closed, foreseen, waiting_for
from accord.console.proposing.pages import anchor, placed, step_number, with_path
from accord.console.proposing.parties import known_party, programme_of
from accord.console.proposing.showing import shown_page
from accord.console.proposing.taking_over import draft_of_change
from accord.console.serving.desk import Console
from accord.console.serving.keys import passkeys_of
from accord.presentation import form_content, forms
from accord.presentation.faults import BadInput, Refused
from accord.presentation.words.proposal.remedies import said_plainly
from accord.presentation.words.values import NamesInWords
from accord.web.pages import ask_again, page, problem
from accord.web.refusing import ActRefusal, asked_again
from domain.directory.directory import Directory
from domain.fault import Fault
from domain.policy.findings import digest


async def drafts(request: Request) -> Response:
    """Show the reader's drafts, and begin another one."""
    console: Console = request.app.state.console
    drafts_here, elsewhere = await _drafts(request).all()
    own_drafts = [draft for draft in drafts_here if not await _is_signed(request, draft)]
    directory = await console.desk.directory()
    fault = beginning_closed(request.state.reader, directory)
    context = {
        "drafts": own_drafts,
        "elsewhere": elsewhere,
        "days": KEPT.days,
        "closed": _closed_words(fault, directory),
        "passkeys": await passkeys_of(console, request.state.reader),
        "enrol": f"{console.settings.signing_origin}/enrol/{request.state.reader}",
    }
    return _with_cookie(request, page(request, "drafts.html", context))


def _closed_words(fault: Fault | None, directory: Directory) -> str:
    """Return the reason why somebody begins nothing, as pages say it, or ''."""
    return NamesInWords(directory).within(said_plainly(str(fault))) if fault is not None else ""


async def _has_to_read_first(request: Request) -> bool:
    """True if somebody who begins a proposal has drafts to choose among, or no passkey to sign it with."""
    here, elsewhere = await _drafts(request).all()
    return bool(here or elsewhere or not (await passkeys_of(request.app.state.console, request.state.reader)).in_force)


async def begin(request: Request) -> Response:
    """Begin a draft: blank, from a claim of before, or of a proposal on record that is to be changed."""
    console: Console = request.app.state.console
    submission = await request.form()
    amends = str(submission.get("amends", "")).upper()
    reader, directory = request.state.reader, await console.desk.directory()
    if submission.get("at") == "once" and await _has_to_read_first(request):
        return RedirectResponse("/propose", 303)
    if amends:
        partnership = await console.desk.known_partnership(amends)
        if fault := change_closed(partnership, reader, directory):
            return await back_to_case(request, amends, CHANGE, _closed_words(fault, directory))
        await console.looked_at(reader, amends)
        draft = await draft_of_change(console, reader, partnership, str(submission.get("submission", "")))
    elif fault := beginning_closed(reader, directory):
        request.state.refused = ActRefusal(_closed_words(fault, directory))
        return await drafts(asked_again(request, "/propose", {}))
    else:
        before = str(submission.get("before", "")).upper()
        content = await (begun_content(console, reader, before) if before else _blank(console, directory))
        draft = Draft(name=secrets.token_urlsafe(16), content=content)
    await _drafts(request).save(draft)
    return _with_cookie(request, RedirectResponse(f"/propose/{draft.name}", 303))


async def step(request: Request) -> Response:
    """Show a page of a draft."""
    draft = await _draft(request)
    if draft is None:
        return problem(request, 404, NO_DRAFT)
    if await _is_signed(request, draft):
        return RedirectResponse(f"/{draft.amends or draft.content['reference']}", 303)
    return _with_cookie(request, await shown_page(request, draft, step_number(request.query_params.get("step", "1"))))


async def _is_signed(request: Request, draft: Draft) -> bool:
    """True if a draft is on record as its author signed it. It is deleted then: nobody proposes it twice."""
    console: Console = request.app.state.console
    proposal = read_draft(draft).proposal
    if proposal is None or draft.base == digest(proposal):
        return False  # it is not whole, or nothing of it was changed yet
    reference = draft.amends or proposal.reference
    history = await console.desk.history(reference) if await console.desk.partnership(reference) is not None else ()
    contents = (getattr(recorded.event, "proposal", None) for recorded in history)
    digests = [digest(content) for content in contents if content is not None]
    first = len(digests) - digests[::-1].index(draft.base) if draft.base in digests else 0
    if digest(proposal) not in digests[first:]:  # what stood before it was begun may be proposed once more
        return False
    await _drafts(request).drop(draft.name)
    return True


async def change(request: Request) -> Response:
    """Keep the typed text, and do the act of the button."""
    console: Console = request.app.state.console
    submission, directory = await request.form(), await console.desk.directory()
    number = step_number(str(submission.get("step", "1")))
    act, _, target = str(submission.get("do", "save")).partition(" ")
    programme = await programme_of(console, str(submission.get(PAYER, "")).partition(" ")[2])
    draft = await _changed(request, lambda kept: typed_in(kept, submission, directory, programme))
    if draft is None:
        return await ask_again(request, 404, NO_DRAFT)
    try:
        return _with_cookie(request, await _done(request, draft, number, act, target))
    except (BadInput, Refused) as fault:
        faults = [with_path(line) for line in str(fault).splitlines()]
        told = placed(draft, [(path, said_plainly(words)) for path, words in faults], has_objectives=False)
        return await shown_page(request, draft, number, told)


async def _done(request: Request, draft: Draft, number: int, act: str, target: str) -> Response:
    """Do the act of a button for a draft that is kept. Raises BadInput or Refused."""
    here = f"/propose/{draft.name}?step={number}"
    match act:
        case "go":
            return RedirectResponse(f"/propose/{draft.name}?step={step_number(target)}", 303)
        case "add":
            await _changed(request, lambda kept: _added(kept, target))
        case "remove":
            await _changed(request, lambda kept: without(kept, target))
            target = target.rpartition(".")[0] if target.rpartition(".")[2].isdigit() else target
        case "find":
            party = await known_party(request, target)
            await _changed(request, lambda kept: _with(kept, target, party))
        case "drop":
            await _drafts(request).drop(draft.name)
            return RedirectResponse("/propose", 303)
        case "sign":
            return await _sign(request, draft, number)
        case _:
            return RedirectResponse(f"{here}#{anchor(target)}" if target else here, 303)
    return RedirectResponse(f"{here}#{anchor(target)}", 303)


def _added(draft: Draft, path: str) -> Draft:
    """Return a draft with a group, or a row, at a path. Raises BadInput if the form has no such place."""
    entry = forms.Schema(SCHEMA).entry(path)
    if path == TRANCHES and isinstance(entry, list):
        entry = [{**row, "money": {"currency": ticks.currency_of(draft.content)}} for row in entry]
    return replace(draft, content=form_content.added(with_room(draft.content), path, entry))


def _with(draft: Draft, path: str, party: dict[str, object]) -> Draft:
    content = form_content.removed(with_room(draft.content), path)
    return replace(draft, content=form_content.added(content, path, party))


async def _sign(request: Request, draft: Draft, number: int) -> Response:
    """Prepare the proposal to be signed, or show what it needs. Raises BadInput or Refused if it cannot be one."""
    console: Console = request.app.state.console
    await console.desk.require_epoch()
    foresight = await foreseen(console, request.state.reader, draft)
    proposal = foresight.reading.proposal
    if proposal is None or foresight.missing:
        return await shown_page(request, draft, number, foresight.missing)
    waiting = await waiting_for(console, request.state.reader, draft, proposal)
    return RedirectResponse(f"{console.settings.signing_origin}/sign/{await console.prepared.keep(waiting)}", 303)


async def _blank(console: Console, directory: Directory) -> dict[str, Any]:
    """Return the content of a blank draft, with the currency of the tiers and the only funder filled in."""
    tiers, funders = directory.rules.tiers if directory.rules is not None else (), directory.funders
    funder = funders[0].funder_id if len(funders) == 1 else ""
    return blank(await next_reference(console.desk.pool), tiers[0].currency if tiers else "", funder)


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


async def _changed(request: Request, changed: Callable[[Draft], Draft]) -> Draft | None:
    return await _drafts(request).change(request.path_params["draft"], changed)


def _with_cookie(request: Request, response: Response) -> Response:
    seconds = int(KEPT.total_seconds())
    response.set_cookie(COOKIE, _cookie(request), max_age=seconds, path="/", secure=True, httponly=True, samesite="lax")
    return response
