"""One decision on several partnerships: each is admitted and shown, and has a statement and a result of its own.

What came of each is read from the ledger, so a batch goes on where it was after anything stopped (`batches`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from accord.client.sight import Sight
from accord.console.deciding.acts import BY_SLUG, TOGETHER, OfferedAct
from accord.console.deciding.batches import Batch, at_once, batch_of, keep, note
from accord.console.deciding.deciding import waiting_for, with_choices
from accord.console.deciding.faults import faults_on
from accord.console.deciding.fields import content_as_typed
from accord.console.deciding.overtaken import closed_now
from accord.console.deciding.prepared import Waiting, WaitingList
from accord.console.lists.totals import ListTally
from accord.console.serving.desk import Console
from accord.presentation.faults import BadInput, Refused
from accord.presentation.shown_accounts import accounts_of
from accord.presentation.words.values import NamesInWords
from accord.web.pages import page, problem
from domain.fault import Fault
from domain.partnership.commands import SignAgreement
from domain.partnership.letter.terms import agreement_issued
from domain.partnership.state import Partnership

MOST: Final = 200
"""Partnerships of one batch."""

NONE: Final = "there is no such batch of yours; tick partnerships on the page of work"


@dataclass(frozen=True, slots=True)
class BatchItem:
    """One partnership of a batch, and what came of it."""

    partnership_id: str
    title: str = ""
    position: int = 0
    """The position of the decision on record, or 0 if it is not."""
    refused: Fault | None = None
    """The reason why it cannot be, or cannot any more."""


async def form(request: Request) -> Response:
    """Show the form of a decision on the partnerships that were ticked, with those to which it is closed, and why."""
    act, partnership_ids = _asked(request.query_params.get("act", ""), request.query_params.getlist("p"))
    return await _form(request, act, partnership_ids, {}, ())


async def begin(request: Request) -> Response:
    """Begin a batch with what was typed."""
    console: Console = request.app.state.console
    submission = await request.form()
    act, partnership_ids = _asked(
        str(submission.get("act", "")), [str(partnership_id) for partnership_id in submission.getlist("p")]
    )
    fields = TOGETHER[act.slug].fields
    answers = {field.name: [str(text) for text in submission.getlist(field.name)] for field in fields}
    if missing := [field.label for field in fields if field.is_needed and not any(map(str.strip, answers[field.name]))]:
        return await _form(
            request, act, partnership_ids, answers, tuple(f"{label}: this is needed" for label in missing)
        )
    name = await keep(console.desk.pool, request.state.reader, act, answers, partnership_ids)
    return RedirectResponse(f"/bulk/{name}", 303)


async def show(request: Request) -> Response:
    """Show a batch, with what came of each."""
    console: Console = request.app.state.console
    batch = await _batch(request)
    if batch is None:
        return problem(request, 404, NONE)
    items = [await _item(console, request.state.reader, batch, partnership) for partnership in batch.partnerships]
    await console.looked_at(request.state.reader, *batch.partnerships)
    groups = {
        "done": [decision for decision in items if decision.position],
        "refused": [decision for decision in items if decision.refused],
        "waiting": [decision for decision in items if not decision.position and not decision.refused],
    }
    return page(request, "batch.html", {"batch": batch, **groups})


async def following(request: Request) -> Response:
    """Prepare the waiting decisions, and lead to the page that signs them, or to the batch once none waits.

    Decisions that pay or agree are signed one by one, and the rest together, up to fifty by one touch.
    """
    console: Console = request.app.state.console
    batch, reader = await _batch(request), request.state.reader
    if batch is None:
        return problem(request, 404, NONE)
    waiting: list[Waiting] = []
    for partnership in batch.partnerships:
        item = await _item(console, reader, batch, partnership)
        if not item.position and not item.refused:
            waiting.append(await _prepared(console, reader, batch, await console.desk.known_sight(partnership)))
        if len(waiting) == batch.at_once:
            break
    if not waiting:
        return RedirectResponse(f"/bulk/{batch.name}", 303)
    together = WaitingList(batch=batch.name, items=tuple(waiting)) if len(waiting) > 1 else waiting[0]
    address = await console.prepared.keep(together)
    return RedirectResponse(f"{console.settings.signing_origin}/sign/{address}", 303)


async def _prepared(console: Console, reader: str, batch: Batch, sight: Sight) -> Waiting:
    content = await _content(console, batch, sight.partnership)
    waiting = (await waiting_for(console, reader, batch.act, sight, content)).model_copy(update={"batch": batch.name})
    await note(console.desk.pool, batch, reader, waiting)
    return waiting


async def _item(console: Console, reader: str, batch: Batch, partnership_id: str) -> BatchItem:
    """Return the outcome for a partnership of a batch: by the ledger, and by the acts that it allows now."""
    try:
        sight = await console.desk.known_sight(partnership_id)
    except Refused as fault:
        return BatchItem(partnership_id, refused=await _in_words(console, fault))
    title = sight.partnership.proposed.title
    if event := batch.on_record(partnership_id, await console.desk.history(partnership_id)):
        return BatchItem(partnership_id, title, position=event.position)
    return BatchItem(partnership_id, title, refused=await _fault(console, reader, batch, sight))


async def _fault(console: Console, reader: str, batch: Batch, sight: Sight) -> Fault | None:
    if closed_to_reader := await closed_now(console, batch.act, sight.partnership, reader):
        return closed_to_reader
    try:
        content = await _content(console, batch, sight.partnership)
        await waiting_for(console, reader, batch.act, sight, content)
    except (BadInput, Refused) as fault:
        return await _in_words(console, fault)
    return None


async def _in_words(console: Console, fault: Exception) -> Fault:
    faults = faults_on((), fault, NamesInWords(await console.desk.directory()))
    return Fault("; ".join(fault.words for fault in faults))


async def _content(console: Console, batch: Batch, partnership: Partnership) -> dict[str, Any]:
    """Return a command's content for one partnership: what was typed, and what follows from it, such as its tranche.

    Raises:
        Refused: Its payee has no account, or several, so that somebody must choose on its own page.
    """
    together = TOGETHER[batch.act.slug]
    content = {**together.follows(partnership), **content_as_typed(together.fields, batch.given)}
    if batch.act.command is SignAgreement and (issued := agreement_issued(partnership)) is not None:
        content["document_sha256"] = issued
    if batch.act.command is SignAgreement and (out := partnership.proposed.funds_out) is not None:
        accounts = await accounts_of(console.desk.pool, out.payee.name)
        if len(accounts) != 1:
            raise Refused(
                f"{out.payee.name} has {len(accounts)} accounts on record; choose on the partnership's own page"
            )
        content["account"] = accounts[0].reference
    return content


def _asked(slug: str, names: list[str]) -> tuple[OfferedAct, tuple[str, ...]]:
    """Return the act and the partnerships that are asked for. Raises BadInput if they cannot be."""
    partnership_ids = tuple(dict.fromkeys(name.upper() for name in names))
    if slug not in TOGETHER:
        raise BadInput(f"act: {slug[:40]!r} is not done together; there are {', '.join(TOGETHER)}")
    if not 1 <= len(partnership_ids) <= MOST:
        raise BadInput(f"partnerships: {len(partnership_ids)} were ticked; tick from 1 to {MOST}")
    return BY_SLUG[slug], partnership_ids


async def _form(
    request: Request,
    act: OfferedAct,
    partnership_ids: tuple[str, ...],
    answers: Mapping[str, list[str]],
    faults: tuple[str, ...],
) -> Response:
    console: Console = request.app.state.console
    sights = [known_sight for name in partnership_ids if (known_sight := await console.desk.sight(name)) is not None]
    await console.looked_at(request.state.reader, *(sight.partnership_id for sight in sights))
    reader = request.state.reader
    offers = [(sight.partnership, await closed_now(console, act, sight.partnership, reader)) for sight in sights]
    fields = [await with_choices(console, field) for field in TOGETHER[act.slug].fields]
    unknown = sorted(set(partnership_ids) - {sight.partnership_id for sight in sights})
    context = {
        "act": act,
        "chosen": partnership_ids,
        "offered": offers,
        "unknown": unknown,
        "fields": fields,
        "given": answers,
    }
    context["at_once"] = at_once(act)
    context["open"] = _tally(partnership for partnership, fault in offers if fault is None)
    beside = {field.name: [fault for fault in faults if fault.startswith(f"{field.label}:")] for field in fields}
    return page(request, "bulk.html", {**context, "faults": faults, "beside": beside}, 422 if faults else 200)


def _tally(partnerships: Iterable[Partnership]) -> ListTally:
    """Return how many partnerships there are, and their sums by currency: none is added to another."""
    tally = ListTally()
    for money in (partnership.proposed.money for partnership in partnerships):
        tally.add(1, money.currency if money else None, money.amount if money else None)
    return tally


async def _batch(request: Request) -> Batch | None:
    console: Console = request.app.state.console
    return await batch_of(console.desk.pool, request.path_params["batch"], request.state.reader)
