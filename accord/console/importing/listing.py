"""The page of imports: a table is sent, who signed which and how far it is written, and what is claimed."""

from __future__ import annotations

import json
import tomllib
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from pydantic import ValidationError
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from accord.console.deciding.fields import Typed, said
from accord.console.importing.claims import claim_line, with_text
from accord.console.importing.kept import KeptTable, KeptTables
from accord.console.serving.desk import Console
from accord.organisation.imports.checking import SourceFile, check_file
from accord.organisation.imports.orders import orders_of
from accord.presentation.faults import BadInput, Refused
from accord.presentation.input_files import faults_of
from accord.presentation.words.codes import in_plain_words
from accord.presentation.words.values import NamesInWords, number_in_words
from accord.web.pages import page
from domain.imported.mapping import ImportMapping
from domain.values import is_partnership_id
from imports.suggesting import suggest
from imports.tables.table import LARGEST_FILE, TableFault
from records.imports import ImportedRecord, read_orders

MOST_SHOWN: Final = 100
"""Partnerships of before that the page lists."""
_MOST_MAPPING: Final = 1_000_000


class OrderLine(NamedTuple):
    """An import in words."""

    number: str
    source: str
    signer: str
    confirmer: str
    records: str
    written: str
    share: str
    """How much of it is written, as a width."""
    is_whole: bool
    fault: str
    """Why its writing stopped last, or ''."""
    is_going_on: bool


async def show(request: Request) -> Response:
    """Show the imports, and what is claimed of each partnership of before."""
    return await _page(request)


async def send(request: Request) -> Response:
    """Keep a table with its mapping for a day, and lead to what its check says. Nothing is recorded."""
    console: Console = request.app.state.console
    try:
        table = await _sent(request)
        await check_file(console.desk, table.file, table.mapping)
        address = await KeptTables(console.desk.pool, request.state.reader).keep(table)
    except (BadInput, Refused) as fault:
        return await _page(request, str(fault))
    return RedirectResponse(f"/imports/{address}", 303)


async def suggested(request: Request) -> Response:
    """Hand out a mapping that is begun from a table's headings and rows. Nothing is kept."""
    typed_text = {name: [text for text in texts if isinstance(text, str)] for name, texts in await _texts(request)}
    try:
        file = await _file(await request.form(max_files=2), "table")
        if file is None:
            raise BadInput("table: choose the table: a file .xlsx, .ods or .csv")
        source, first = said(typed_text, "source"), said(typed_text, "first").upper()
        if not source or not is_partnership_id(first):
            raise BadInput("first: name the system of before, and write the first reference, such as P-2026-5001")
        text = suggest(file.name, file.content, source, first).text
    except (BadInput, TableFault) as fault:
        return await _page(request, str(fault), typed_text)
    headers = {"Content-Disposition": 'attachment; filename="mapping.toml"'}
    return Response(text, media_type="application/toml", headers=headers)


async def _texts(request: Request) -> list[tuple[str, list[Any]]]:
    form = await request.form(max_files=2)
    return [(name, form.getlist(name)) for name in form]


async def _sent(request: Request) -> KeptTable:
    """Return the table that was sent. A file that waits for a second signature is read by the mapping of the first."""
    length = request.headers.get("content-length", "")
    if not length.isdecimal() or int(length) > LARGEST_FILE + _MOST_MAPPING:
        raise BadInput(f"table: a table has {LARGEST_FILE:,} bytes at most; send it in parts")
    console: Console = request.app.state.console
    form = await request.form(max_files=2)
    file = await _file(form, "table")
    if file is None:
        raise BadInput("table: choose the table: a file .xlsx, .ods or .csv")
    mapping = await _file(form, "mapping")
    if mapping is not None:
        return KeptTable(file, _mapping(mapping))
    orders = [standing.order for _, standing in await orders_of(console.desk, file) if standing.order is not None]
    if not orders:
        raise BadInput("mapping: choose the mapping of its columns; a mapping is begun from a table below")
    return KeptTable(file, orders[-1].mapping)


async def _file(form: FormData, name: str) -> SourceFile | None:
    upload = form.get(name)
    if not isinstance(upload, UploadFile) or not upload.filename:
        return None
    return SourceFile("".join(sign for sign in upload.filename if sign.isprintable())[-80:], await upload.read())


def _mapping(file: SourceFile) -> ImportMapping:
    try:
        text = file.content.decode("utf-8-sig")
        content = json.loads(text) if file.name.lower().endswith(".json") else tomllib.loads(text)
        return ImportMapping.model_validate(content)
    except ValidationError as fault:
        raise BadInput(f"mapping: {file.name} has {faults_of(fault)}") from None
    except ValueError as fault:
        raise BadInput(f"mapping: {file.name} is no TOML ({fault}); mend it, or suggest one anew") from None


async def _page(request: Request, fault: str = "", typed_text: Typed = MappingProxyType({})) -> Response:
    console: Console = request.app.state.console
    await console.looked_at(request.state.reader, "imports")
    names = NamesInWords(await console.desk.directory())
    records = await console.past.records()
    lines = await _orders(console, records, names)
    text = request.query_params.get("text", "").strip()[:80]
    matches = with_text(records, text)
    context: dict[str, Any] = {
        "orders": list(reversed(lines)),
        "claims": [claim_line(record) for record in matches[:MOST_SHOWN]],
        "more": max(0, len(matches) - MOST_SHOWN),
        "text": text,
        "count": number_in_words(len(records)),
        "faults": [in_plain_words(line) for line in fault.splitlines()],
        "given": {name: said(typed_text, name) for name in ("source", "first")},
    }
    return page(request, "imports.html", context, 422 if fault else 200)


async def _orders(console: Console, records: tuple[ImportedRecord, ...], names: NamesInWords) -> list[OrderLine]:
    digests, lines = [record.record.sha256 for record in records], list[OrderLine]()
    for number, standing in await read_orders(console.desk.reader):
        if standing.order is None:
            continue
        count, written = len(standing.order.records), sum(digest in standing.allowed for digest in digests)
        confirmer = names.person(standing.confirmer) if standing.confirmer else ""
        words = (number_in_words(count), number_in_words(written), f"{100 * written / count:.2f}%")
        source, signer = standing.order.mapping.source, names.person(standing.signer)
        fault, is_going_on = console.writing.faults.get(number, ""), console.writing.is_going_on(number)
        how_far = (*words, written == count, in_plain_words(fault), is_going_on)
        lines.append(OrderLine(number[:12], source, signer, confirmer, *how_far))
    return lines
