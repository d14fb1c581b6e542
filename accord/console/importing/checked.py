"""The page of a table that was sent: each row's verdict, the workbook with the faults, and the way to signing."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from accord.console.deciding.faults import faults_on
from accord.console.deciding.fields import Typed
from accord.console.importing.figures import fields_of, typed_totals
from accord.console.importing.kept import KeptTable, KeptTables
from accord.console.importing.telling import MEANINGS, cautions_in_words
from accord.console.organisation.preparing import given, read_act, to_sign, waiting_act
from accord.console.pages.tables import WORKBOOK as WORKBOOK_TYPE
from accord.console.serving.desk import Console
from accord.organisation.imports.cautions import cautions_on
from accord.organisation.imports.checking import check_file
from accord.organisation.imports.orders import order_of, orders_of, require_same, require_totals
from accord.presentation.faults import BadInput, Refused
from accord.presentation.words.values import NamesInWords, number_in_words
from accord.web.pages import page, problem
from domain.directory.directory import role_fault
from domain.imported.events import MAY_IMPORT, ImportConfirmed, ImportSigned
from domain.imported.plan import ImportPlan, ImportRow, RowVerdict
from domain.imported.standing import ImportStanding
from domain.imported.totals import totals_of
from imports.annotating import annotated
from ledger import clock

MOST_SHOWN: Final = 100
"""Lines of faults and questions that the page lists. The workbook has all of them."""
_BACK: Final = (("The imports", "/imports"),)
_TONES: Final = {RowVerdict.REFUSED: "bad", RowVerdict.PERSON: "warn", RowVerdict.NEW: "good"}


class FaultLine(NamedTuple):
    """A fault, a question or a note of a row, in words."""

    key: str
    place: str
    field: str
    words: str
    tone: str


class _Table(NamedTuple):
    """A table that was sent, with what its check says now and the import of it that somebody signed."""

    address: str
    kept: KeptTable
    plan: ImportPlan
    order_sha256: str
    standing: ImportStanding


async def show(request: Request) -> Response:
    """Show what the check of a table says now. Nothing is recorded."""
    table = await _table(request)
    return await _page(request, table, {}) if table is not None else _none(request)


async def take(request: Request) -> Response:
    """Hand out the workbook that was sent, with each fault at its cell and a sheet of all verdicts."""
    table = await _table(request)
    if table is None:
        return _none(request)
    file = table.kept.file
    name = f"checked-{file.name.rpartition('.')[0]}.xlsx".encode("ascii", "replace").decode().replace('"', "")
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(annotated(file.name, file.content, table.plan), media_type=WORKBOOK_TYPE, headers=headers)


async def prepare(request: Request) -> Response:
    """Prepare the first signature: the totals that were typed must be those of the table, to the cent."""
    console, answers = request.app.state.console, await given(request)
    table = await _table(request)
    if table is None:
        return _none(request)
    try:
        if table.standing.order is not None:
            raise Refused("an import of this file was signed already; another person confirms it")
        require_totals(table.plan, totals := typed_totals(totals_of(table.plan.partnerships), answers))
        cautions = await cautions_on(console.desk, table.plan)
        order = order_of(table.plan, totals, corrections="corrections" in answers, cautions=cautions)
        content = {"order": order.model_dump(mode="json")}
        act = await read_act(console, request.state.reader, ImportSigned, content)
        return await to_sign(console, await waiting_act(console, act))
    except (BadInput, Refused) as fault:
        return await _page(request, table, answers, fault)


async def prepare_confirmation(request: Request) -> Response:
    """Prepare the second signature, after the same records were made of the same file here."""
    console: Console = request.app.state.console
    table = await _table(request)
    if table is None or table.standing.order is None:
        return _none(request)
    try:
        if table.standing.signer == request.state.reader:
            raise Refused("you signed this import; another person confirms it", "SeparationOfDuties")
        await require_same(console.desk, table.kept.file, table.standing.order)
        content = {"order_sha256": table.order_sha256}
        act = await read_act(console, request.state.reader, ImportConfirmed, content)
        return await to_sign(console, await waiting_act(console, act))
    except (BadInput, Refused) as fault:
        return await _page(request, table, {}, fault)


async def write(request: Request) -> Response:
    """Have the records written that two people signed, and lead to the list, which says how far it is."""
    console: Console = request.app.state.console
    table = await _table(request)
    if table is None or not table.standing.confirmer:
        return _none(request)
    directory, today = await console.desk.directory(), clock.today()
    fault = role_fault(directory, request.state.reader, "write an import", MAY_IMPORT, today)
    if fault is not None:
        raise Refused(str(fault), "NotAuthorised")
    console.writing.begin(console.desk, table.order_sha256, table.kept.file)
    return RedirectResponse("/imports", 303)


async def forget(request: Request) -> Response:
    """Take a table away from the console."""
    console: Console = request.app.state.console
    await KeptTables(console.desk.pool, request.state.reader).drop(request.path_params["table"])
    return RedirectResponse("/imports", 303)


async def _table(request: Request) -> _Table | None:
    """Return the table at an address, checked anew, or None. It has the newest import that somebody signed of it."""
    console: Console = request.app.state.console
    address = request.path_params["table"]
    kept = await KeptTables(console.desk.pool, request.state.reader).at(address)
    if kept is None:
        return None
    await console.looked_at(request.state.reader, "a table of partnerships of before")
    orders = await orders_of(console.desk, kept.file)
    order_sha256, standing = orders[-1] if orders else ("", ImportStanding())
    plan = await check_file(console.desk, kept.file, kept.mapping)
    return _Table(address, kept, plan, order_sha256, standing)


def _none(request: Request) -> Response:
    return problem(request, 404, "no table of yours is kept here any more; send it again", _BACK)


async def _page(request: Request, table: _Table, answers: Typed, fault: Exception | None = None) -> Response:
    console: Console = request.app.state.console
    directory, names = await console.desk.directory(), NamesInWords(await console.desk.directory())
    partnerships = table.plan.partnerships
    fields = fields_of(totals_of(partnerships)) if partnerships else ()
    faults = faults_on(fields, fault, names)
    lines = [line for row in table.plan.rows for line in _lines(row)]
    closing = role_fault(directory, request.state.reader, "sign an import", MAY_IMPORT, clock.today())
    context: dict[str, Any] = {
        "name": table.kept.file.name,
        "address": f"/imports/{table.address}",
        "verdicts": [
            (number_in_words(count), MEANINGS[verdict], _TONES.get(verdict, "neutral"))
            for verdict, count in table.plan.counts.items()
            if count
        ],
        "unwritten": bool(table.plan.records(corrections=True)),
        "lines": lines[:MOST_SHOWN],
        "more": max(0, len(lines) - MOST_SHOWN),
        "fields": fields,
        "given": answers,
        "faults": faults,
        "beside": {field.name: [fault.words for fault in faults if fault.field == field.name] for field in fields},
        "closed": closing is not None,
        "signer": names.person(table.standing.signer) if table.standing.signer else "",
        "is_signer": table.standing.signer == request.state.reader,
        "confirmer": names.person(table.standing.confirmer) if table.standing.confirmer else "",
        "changed": bool(table.plan.counts[RowVerdict.CHANGED]),
        "is_new": bool(table.plan.records(corrections=True)),
        "cautions": await _cautions(console, table, names),
    }
    return page(request, "import_table.html", context, 422 if fault else 200)


async def _cautions(console: Console, table: _Table, names: NamesInWords) -> list[str]:
    """Return what whoever signs is warned of: what the first signer was, and what holds now."""
    signed = table.standing.order.cautions if table.standing.order is not None else ()
    return cautions_in_words((*signed, *await cautions_on(console.desk, table.plan)), names)


def _lines(row: ImportRow) -> list[FaultLine]:
    key = row.key or f"row {row.rows[0]}"
    faults = [FaultLine(key, fault.place, fault.field, fault.fault, "bad") for fault in row.faults]
    questions = row.questions if row.verdict is RowVerdict.PERSON else ()
    asked = [FaultLine(key, f"row {row.rows[0]}", "partner", question, "warn") for question in questions]
    return [*faults, *asked, *(FaultLine(key, "", "", note, "neutral") for note in row.notes)]
