"""One decision on several partnerships: each is admitted and shown, and has a statement and a result of its own.

A batch keeps which partnerships it is about, and the ids of the commands that were prepared. What came of each is read
from the ledger, so a batch goes on where it was after anything stopped, and nothing is done twice.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import asyncpg
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from accord.client.faults import BadInput, Refused
from accord.client.shown_accounts import accounts_of
from accord.client.sight import Sight
from accord.console.acts import BY_SLUG, TOGETHER, Act, closed
from accord.console.deciding import waiting_for, with_choices
from accord.console.desk import Console
from accord.console.fields import content_as_typed
from accord.console.pages import page, problem
from accord.console.prepared import Waiting, WaitingList
from accord.console.sessions import digest_of
from domain.partnership.commands import SignAgreement
from domain.partnership.state import Partnership
from domain.passkeys import MOST_TOGETHER
from domain.signing import ACTS_OF_LISTS
from ledger import clock

MOST: Final = 200
"""Partnerships of one batch."""

KEPT: Final = timedelta(days=30)

NONE: Final = "there is no such batch of yours; tick partnerships on the page of work"

_KEEP = "INSERT INTO console.batches (digest, staff_id, content) VALUES ($1, $2, $3)"
_ONE = "SELECT content FROM console.batches WHERE digest = $1 AND staff_id = $2"
_NOTE = """
UPDATE console.batches SET content = jsonb_set(
    content, ARRAY['commands', $3], COALESCE(content #> ARRAY['commands', $3], '[]') || to_jsonb($4::text)
) WHERE digest = $1 AND staff_id = $2
"""
_OLD = "DELETE FROM console.batches WHERE begun_at < ledger.now() - $1::interval"


@dataclass(frozen=True, slots=True)
class Batch:
    """One decision on several partnerships."""

    name: str
    act: Act
    given: Mapping[str, list[str]]
    """What was typed, once for all of them."""
    partnerships: tuple[str, ...]
    commands: Mapping[str, list[str]]
    """The ids of the commands that were prepared, by partnership."""

    @property
    def at_once(self) -> int:
        """How many of them one touch signs at most."""
        return _at_once(self.act)


def _at_once(act: Act) -> int:
    return MOST_TOGETHER if act.command.model_fields["kind"].default in ACTS_OF_LISTS else 1


@dataclass(frozen=True, slots=True)
class Item:
    """One partnership of a batch, and what came of it."""

    partnership_id: str
    title: str = ""
    position: int = 0
    """Where the decision is on record; 0 if it is not."""
    refused: str = ""
    """The reason why it cannot be, or cannot any more."""


async def form(request: Request) -> Response:
    """Show the form of a decision on the partnerships that were ticked, with those to which it is closed, and why."""
    act, chosen = _asked(request.query_params.get("act", ""), request.query_params.getlist("p"))
    return await _form(request, act, chosen, {}, ())


async def begin(request: Request) -> Response:
    """Begin a batch with what was typed."""
    console: Console = request.app.state.console
    typed = await request.form()
    act, chosen = _asked(str(typed.get("act", "")), [str(one) for one in typed.getlist("p")])
    fields = TOGETHER[act.slug].fields
    given = {one.name: [str(text) for text in typed.getlist(one.name)] for one in fields}
    if missing := [one.label for one in fields if one.kind != "person" and not any(map(str.strip, given[one.name]))]:
        return await _form(request, act, chosen, given, tuple(f"{label}: this is needed" for label in missing))
    name = secrets.token_urlsafe(16)
    content = {"act": act.slug, "given": given, "partnerships": chosen, "commands": {}}
    await console.desk.pool.execute(_OLD, KEPT)
    await console.desk.pool.execute(_KEEP, digest_of(name), request.state.reader, json.dumps(content))
    return RedirectResponse(f"/bulk/{name}", 303)


async def show(request: Request) -> Response:
    """Show a batch, with what came of each."""
    console: Console = request.app.state.console
    batch = await _batch(request)
    if batch is None:
        return problem(request, 404, NONE)
    items = [await _item(console, request.state.reader, batch, one) for one in batch.partnerships]
    await console.looked_at(request.state.reader, *batch.partnerships)
    told = {
        "done": [one for one in items if one.position],
        "refused": [one for one in items if one.refused],
        "waiting": [one for one in items if not one.position and not one.refused],
    }
    return page(request, "batch.html", {"batch": batch, **told})


async def following(request: Request) -> Response:
    """Prepare what waits, and lead to the page that signs it; to the batch once none waits.

    What is paid or agreed is signed one by one, and the rest together, up to fifty by one touch.
    """
    console: Console = request.app.state.console
    batch, reader = await _batch(request), request.state.reader
    if batch is None:
        return problem(request, 404, NONE)
    waiting: list[Waiting] = []
    for one in batch.partnerships:
        item = await _item(console, reader, batch, one)
        if not item.position and not item.refused:
            waiting.append(await _prepared(console, reader, batch, await console.desk.known_sight(one)))
        if len(waiting) == batch.at_once:
            break
    if not waiting:
        return RedirectResponse(f"/bulk/{batch.name}", 303)
    together = WaitingList(batch=batch.name, items=tuple(waiting)) if len(waiting) > 1 else waiting[0]
    address = await console.prepared.keep(together)
    return RedirectResponse(f"{console.settings.signing_origin}/sign/{address}", 303)


async def _prepared(console: Console, reader: str, batch: Batch, seen: Sight) -> Waiting:
    content = await _content(console, batch, seen.partnership)
    waiting = (await waiting_for(console, reader, batch.act, seen, content)).model_copy(update={"batch": batch.name})
    command_id = str(waiting.command.command_id)
    await console.desk.pool.execute(_NOTE, digest_of(batch.name), reader, seen.partnership_id, command_id)
    return waiting


async def _item(console: Console, reader: str, batch: Batch, partnership_id: str) -> Item:
    """Return what came of a partnership of a batch: by the ledger, and by what it allows now."""
    try:
        seen = await console.desk.known_sight(partnership_id)
    except Refused as fault:
        return Item(partnership_id, refused=str(fault))
    known, prepared = seen.partnership, batch.commands.get(partnership_id, ())
    title = known.proposed.title
    for recorded in await console.desk.history(partnership_id):
        if str(recorded.command_id) in prepared:
            return Item(partnership_id, title, position=recorded.position)
    return Item(partnership_id, title, refused=await _fault(console, reader, batch, seen))


async def _fault(console: Console, reader: str, batch: Batch, seen: Sight) -> str:
    directory = await console.desk.directory()
    if fault := closed(batch.act, seen.partnership, reader, directory, clock.today()):
        return fault
    try:
        content = await _content(console, batch, seen.partnership)
        await waiting_for(console, reader, batch.act, seen, content)
    except (BadInput, Refused) as fault:
        return str(fault)
    return ""


async def _content(console: Console, batch: Batch, known: Partnership) -> dict[str, Any]:
    """Return a command's content for one partnership: what was typed, and what follows from it, such as its tranche.

    Raises:
        Refused: Its payee has no account, or several, so that somebody must choose on its own page.
    """
    together = TOGETHER[batch.act.slug]
    content = {**together.follows(known), **content_as_typed(together.fields, batch.given)}
    if batch.act.command is SignAgreement and (out := known.proposed.funds_out) is not None:
        held = await accounts_of(console.desk.pool, out.payee.name)
        if len(held) != 1:
            raise Refused(f"{out.payee.name} has {len(held)} accounts on record; choose on the partnership's own page")
        content["account"] = held[0].reference
    return content


def _asked(slug: str, chosen: list[str]) -> tuple[Act, tuple[str, ...]]:
    """Return the act and the partnerships that are asked for. Raises BadInput if they cannot be."""
    named = tuple(dict.fromkeys(one.upper() for one in chosen))
    if slug not in TOGETHER:
        raise BadInput(f"act: {slug[:40]!r} is not done together; there are {', '.join(TOGETHER)}")
    if not 1 <= len(named) <= MOST:
        raise BadInput(f"partnerships: {len(named)} were ticked; tick from 1 to {MOST}")
    return BY_SLUG[slug], named


async def _form(
    request: Request, act: Act, chosen: tuple[str, ...], given: Mapping[str, list[str]], faults: tuple[str, ...]
) -> Response:
    console: Console = request.app.state.console
    seen = [one for name in chosen if (one := await console.desk.sight(name)) is not None]
    await console.looked_at(request.state.reader, *(one.partnership_id for one in seen))
    directory, today, reader = await console.desk.directory(), clock.today(), request.state.reader
    offered = [(one.partnership, closed(act, one.partnership, reader, directory, today)) for one in seen]
    fields = [await with_choices(console, one) for one in TOGETHER[act.slug].fields]
    unknown = sorted(set(chosen) - {one.partnership_id for one in seen})
    shown = {"act": act, "chosen": chosen, "offered": offered, "unknown": unknown, "fields": fields, "given": given}
    shown["at_once"] = _at_once(act)
    beside = {one.name: [fault for fault in faults if fault.startswith(f"{one.label}:")] for one in fields}
    return page(request, "bulk.html", {**shown, "faults": faults, "beside": beside}, 422 if faults else 200)


async def _batch(request: Request) -> Batch | None:
    console: Console = request.app.state.console
    name = request.path_params["batch"]
    return await _read(console.desk.pool, name, request.state.reader)


async def _read(pool: asyncpg.Pool, name: str, reader: str) -> Batch | None:
    content = await pool.fetchval(_ONE, digest_of(name), reader)
    if content is None:
        return None
    told = json.loads(content)
    return Batch(name, BY_SLUG[told["act"]], told["given"], tuple(told["partnerships"]), told["commands"])
