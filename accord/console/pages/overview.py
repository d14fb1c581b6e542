"""Pages over all of it: the registers, and the proof of an entry."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any, cast

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from accord.audit.signatures import authorship_of
from accord.client.log_keys import known_keys
from accord.client.receipts import receipt_of
from accord.console.pages.case.activity import line_of
from accord.console.pages.tables import Cell, PageTable, TableRow, shown_table
from accord.console.serving.desk import Console
from accord.presentation import sheets
from accord.presentation.faults import Refused
from accord.presentation.numbers import count_in_words, whole_number
from accord.presentation.words.days import day_in_words
from accord.presentation.words.oaths import subject_of
from accord.presentation.words.values import NamesInWords, money_in_words
from accord.web.pages import page, problem
from domain.directory.tiers import list_rule_of
from domain.partnership.events import Event, TrancheReleased
from domain.partnership.evolution import fold
from domain.partnership.state import Partnership
from domain.policy.rulebook import RULE_BOOK
from domain.screening.sources import RegisterVersion
from domain.streams import StreamId
from ledger import clock
from ledger.tree import leaf_of
from registers.history import versions_in_force
from registers.sources.catalogue import REGISTERS


async def registers(request: Request) -> Response:
    """Show the version in force of each register, its age, and until when it may be used."""
    console: Console = request.app.state.console
    limits = RULE_BOOK.limits(list_rule_of((await console.desk.directory()).rules))
    async with console.desk.pool.acquire() as connection:
        versions = await versions_in_force(connection, tuple(limits))
    today = clock.today()
    row_cells = [_register_row(version, limits[version.register_name], today) for version in versions]
    rows = [_register(version, limits[version.register_name], today) for version in versions]
    old_registers = sum(row.cells[3].tone == "bad" for row in row_cells)
    table = PageTable(
        "Registers", sheets.REGISTERS, rows,
        headings=("Register", "True of", "Usable until", "State", "Codes"), is_timed=False, row_cells=row_cells,
        byline=f"{count_in_words(old_registers, 'register')} too old to be used" if old_registers else "",
        empty="No register is loaded yet. An operator brings them in.",
    )  # fmt: skip
    return await shown_table(request, table)


def _register(version: RegisterVersion, limit: timedelta, today: date) -> dict[str, Any]:
    until = version.current_on + limit
    return {
        "register": version.register_name,
        "version": version.version,
        "current_on": version.current_on.isoformat(),
        "age": (today - version.current_on).days,
        "usable_until": until.isoformat(),
        "state": "in use" if today <= until else "too old to be used",
    }


def _register_row(version: RegisterVersion, limit: timedelta, today: date) -> TableRow:
    until, days = version.current_on + limit, (today - version.current_on).days
    codes = (("Its code", version.register_name), ("Version", str(version.version)), ("Digest", version.sha256))
    state = Cell("in use", tone="good") if today <= until else Cell("too old to be used", tone="bad")
    name, age = Cell(REGISTERS[version.register_name].title), f"{count_in_words(days, 'day')} old" if days else "today"
    return TableRow(
        (name, Cell(day_in_words(version.current_on), age), Cell(day_in_words(until)), state, Cell("", codes=codes))
    )


async def proof(request: Request) -> Response:
    """Show an event by its position: its leaf as it is kept, and as its bytes make it now."""
    console: Console = request.app.state.console
    text = request.path_params["position"]
    position = whole_number(text, most_digits=15) or 0
    async with console.desk.ledger.connection() as connection:
        events = await console.desk.ledger.read_page(position - 1, 1, connection) if position else []
    if [event.position for event in events] != [position]:
        return problem(request, 404, f"the ledger holds no entry {text[:12]}")
    [event] = events
    stream_id = StreamId(event.stream_id)
    subject = stream_id.subject if stream_id.is_partnership else ""
    context = {
        "event": event,
        "subject": subject,
        **await _told(console, stream_id, event.version),
        "holds": leaf_of(event) == event.leaf,
        "head": await console.desk.ledger.head(),
    }
    await console.looked_at(request.state.reader, f"event {position}", *filter(None, [subject]))
    return page(request, "proof.html", {**context, "has_receipt": bool(console.settings.checkpoints)})


async def _told(console: Console, stream_id: StreamId, version: int) -> dict[str, Any]:
    """Return what happened by an event of a partnership, and what it is about, or neither if it cannot be read."""
    nothing: dict[str, Any] = {"line": None, "about": ()}
    if not stream_id.is_partnership:
        return nothing
    try:
        history = await console.desk.history(stream_id.subject)
    except Refused:
        return nothing
    names = NamesInWords(await console.desk.directory())
    faults = await authorship_of(console.desk.ledger, console.desk.registrar, stream_id)
    recorded_event = next((event for event in history if event.version == version), None)
    if recorded_event is None:
        return nothing
    partnership = fold(
        stream_id.subject,
        tuple(cast(Event, recorded_event.event) for recorded_event in history if recorded_event.version <= version),
    )
    return {"line": line_of(recorded_event, faults, names), "about": _about(recorded_event.event, partnership, names)}


def _about(event: object, partnership: Partnership, names: NamesInWords) -> tuple[tuple[str, str], ...]:
    """Return what an event is about: the sum that it moves and its payee, or the whole that is decided on."""
    proposal = partnership.proposed
    whole = (("Partnership", proposal.title), ("About", subject_of(proposal, names).replace("*", "")))
    money = getattr(event, "money", None)
    if not isinstance(event, TrancheReleased) or money is None or proposal.funds_out is None:
        return whole
    return (("Sum", money_in_words(money)), ("To", proposal.funds_out.payee.name), *whole)


async def receipt(request: Request) -> Response:
    """Hand out a receipt of an event, which proves it to somebody who has no access to the database."""
    console: Console = request.app.state.console
    position = whole_number(request.path_params["position"], most_digits=15) or 0
    if not console.settings.checkpoints:
        return problem(request, 404, "this console has no checkpoints; `accord ledger receipt` makes receipts")
    if not 1 <= position <= await console.desk.ledger.head():
        return problem(request, 404, "the ledger holds no such event")
    await console.looked_at(request.state.reader, f"the receipt of event {position}")
    keys = known_keys([console.settings.log_key])
    receipt_text = await receipt_of(console.desk.ledger, position, Path(console.settings.checkpoints), keys)
    headers = {"Content-Disposition": f'attachment; filename="event-{position}.tlog-proof"'}
    return PlainTextResponse(receipt_text, headers=headers)
