"""Pages on editions: the list, one with its preview and its difference, the forms that ask for one and confirm it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import date
from typing import Any, Final, NamedTuple
from uuid import UUID

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response

from accord.console.editions.contents import (
    ShownEdition,
    content_under,
    difference_to_before,
    require_takes,
    series_of,
    shown_edition,
)
from accord.console.editions.letter_pictures import pages_in
from accord.console.editions.telling import place_of_series
from accord.console.organisation.preparing import read_act, to_sign, waiting_act
from accord.console.pages.tables import WORKBOOK, Cell, PageTable, TableRow, shown_table
from accord.console.serving.desk import Console
from accord.presentation import sheets
from accord.presentation.editions.preview import preview_of
from accord.presentation.editions.reading import MOST_FILE_BYTES, EditionFile, edition_in
from accord.presentation.editions.workbook_out import workbook_of
from accord.presentation.faults import BadInput, Refused
from accord.presentation.numbers import count_in_words
from accord.presentation.refusals import closed_by_role
from accord.presentation.words.codes import as_sentence
from accord.presentation.words.days import day_in_words
from accord.presentation.words.organisation.editions import (
    KINDS,
    RIGHT_TO_LEFT_CODES,
    fact_in_words,
    language_in_words,
    title_of,
)
from accord.presentation.words.proposal.remedies import said_plainly
from accord.presentation.words.values import NamesInWords
from accord.web.pages import page, problem
from domain.directory.directory import role_fault
from domain.editions.events import EditionAsked, EditionConfirmed
from domain.editions.kinds import MAY_ASK, MAY_CONFIRM, EditionKind
from domain.editions.letters import LetterTemplate
from domain.editions.models import digest_of_content
from domain.editions.series import EditionSeries
from domain.fault import Fault
from ledger import clock
from records.editions import Editions, keep_content

_FORM_BYTES: Final = 65_536
"""Bytes of a form beside its file."""
_MEGABYTES: Final = MOST_FILE_BYTES // 1_048_576
_TOO_LARGE: Final = f"file: it is larger than {_MEGABYTES} MB, which no edition is; shorten or split it"


async def listing(request: Request) -> Response:
    """Show the editions: what is in force, and what waits for a second person."""
    console: Console = request.app.state.console
    every, names = await Editions(console.desk.reader).every(), NamesInWords(await console.desk.directory())
    rows = [await _row(console, series, names) for series in every]
    table = PageTable(
        "Editions", sheets.EDITIONS, rows, headings=("Edition", "What", "In force", "Waits for a second person"),
        row_cells=[_cells(row) for row in rows], is_timed=False, byline=count_in_words(len(rows), "series", "series"),
        empty="No edition yet. Questions, budget templates, score sheets, letters and calls stand here, each asked for"
        " by one person and confirmed by another.",
        acts=(("Ask for an edition…", "/editions/ask"),),
    )  # fmt: skip
    return await shown_table(request, table)


async def _row(console: Console, series: EditionSeries, names: NamesInWords) -> dict[str, Any]:
    current, waiting = series.in_force(clock.today()), series.waiting
    return {
        "title": await _title(console, series), "name": series.name, "kind": series.kind.value,
        "in_force": current.edition if current is not None else "",
        "since_on": current.first_day.isoformat() if current is not None else "",
        "waiting": waiting.edition if waiting is not None else "",
        "asked_by": names.person(waiting.actor) if waiting is not None else "",
    }  # fmt: skip


async def _title(console: Console, series: EditionSeries) -> str:
    """Return the title of a series, or its name where its content is not there as it was signed: its page says so."""
    newest = series.in_force(clock.today()) or series.newest or series.waiting
    try:
        return title_of(await content_under(console, newest.sha256)) if newest is not None else series.name
    except Refused:
        return series.name


def _cells(row: Mapping[str, str]) -> TableRow:
    href = f"/{place_of_series(row['kind'], row['name'])}"
    since = f"since {day_in_words(date.fromisoformat(row['since_on']))}" if row["in_force"] else ""
    proposer = f"asked for by {row['asked_by']}" if row["waiting"] else ""
    return TableRow(
        (
            Cell(row["title"], id_below=row["name"], href=href),
            Cell(as_sentence(KINDS[EditionKind(row["kind"])])),
            Cell(row["in_force"] or "none yet", since),
            Cell(row["waiting"], proposer, tone="warn" if row["waiting"] else ""),
        )
    )


class EditionLine(NamedTuple):
    """An edition of a series in a list of all of them."""

    edition: str
    words: str


async def show(request: Request) -> Response:
    """Show one edition: its preview in each language, the difference to the one before, and what waits."""
    console: Console = request.app.state.console
    series = await _series(request)
    number, language = (request.query_params.get(name, "") for name in ("edition", "language"))
    edition = await shown_edition(console, series, number, clock.today()) if series is not None else None
    if series is None or edition is None:
        return problem(request, 404, "there is no such edition", (("All editions", "/editions"),))
    await console.looked_at(request.state.reader, f"edition {series.kind}/{series.name}")
    if form := request.query_params.get("format"):
        return _as_file(edition, form)
    language_code = language if language in edition.content.languages else edition.content.languages[0]
    return page(request, "edition.html", await _told(request, series, edition, language_code))


async def _told(request: Request, series: EditionSeries, edition: ShownEdition, language: str) -> dict[str, Any]:
    console: Console = request.app.state.console
    content, current = edition.content, series.in_force(clock.today())
    return {
        "series": series,
        "shown": content,
        "kind": KINDS[series.kind],
        "title": title_of(content),
        "place": f"/{place_of_series(series.kind, series.name)}",
        "standing": _standing(edition, current.edition if current is not None else ""),
        "waits": edition.first_day is None,
        "pages": preview_of(content, language),
        "fact": fact_in_words,
        "heading": title_of(content, language),
        "letter": await pages_in(content, language) if isinstance(content, LetterTemplate) else None,
        "lead": content.said("lead", language),
        "language": language,
        "turn": "rtl" if language in RIGHT_TO_LEFT_CODES else "ltr",
        "languages": [(code, language_in_words(code)) for code in content.languages],
        "difference": await difference_to_before(console, series, content),
        "asked": await _asked(request, series),
        "digest": edition.sha256,
        "every": [
            EditionLine(edition.edition, f"from {day_in_words(edition.first_day)}")
            for edition in reversed(series.confirmed)
        ],
    }


def _standing(edition: ShownEdition, current: str) -> str:
    if edition.first_day is None:
        return "Waits for a second person"
    if edition.content.edition == current:
        return "In force"
    return f"From {day_in_words(edition.first_day)}" if edition.first_day > clock.today() else "Was in force"


async def _asked(request: Request, series: EditionSeries) -> dict[str, str] | None:
    """Return what waits of a series in words, with the reason why the reader may not confirm it, or None."""
    waiting, console = series.waiting, request.app.state.console
    if waiting is None:
        return None
    names, reader = NamesInWords(await console.desk.directory()), request.state.reader
    closing_reason = closed_by_role(MAY_CONFIRM[series.kind], reader, names, clock.today())
    if waiting.actor == reader:
        closing_reason = Fault("You asked for it, so somebody else confirms it.")
    return {
        "edition": waiting.edition,
        "proposer": names.person(waiting.actor),
        "asked_on": day_in_words(waiting.at),
        "reason": waiting.reason,
        "closed": str(closing_reason or ""),
        "address": f"/{place_of_series(series.kind, series.name)}/confirm/{series.request_id}",
    }


def _as_file(edition: ShownEdition, form: str) -> Response:
    name = f"{edition.content.name}-{edition.content.edition}"
    headers = {"Content-Disposition": f'attachment; filename="{name}.{form}"'}
    match form:
        case "json":
            return Response(edition.content.canonical(), media_type="application/json", headers=headers)
        case "xlsx":
            return Response(workbook_of(edition.content), media_type=WORKBOOK, headers=headers)
        case _:
            raise BadInput(f"format: {form[:20]!r} is none; choose json or xlsx")


async def _series(request: Request) -> EditionSeries | None:
    kind, name = request.path_params["kind"].upper(), request.path_params["name"]
    if kind not in [*EditionKind]:
        return None
    series = await series_of(request.app.state.console, EditionKind(kind), name)
    return series if series.version else None


async def ask_form(request: Request) -> Response:
    """Show the form that asks for an edition: a workbook or a file, why, and from when."""
    return await _form(request, {})


async def _form(request: Request, answers: Mapping[str, str], fault: Exception | None = None) -> Response:
    names = NamesInWords(await request.app.state.console.desk.directory())
    faults = _lines_of(fault, names) if fault is not None else []
    closing_reason = closed_by_role(MAY_ASK, request.state.reader, names, clock.today())
    context = {"given": answers, "faults": faults, "closed": closing_reason, "megabytes": _MEGABYTES}
    return page(request, "edition_ask.html", context, 422 if faults else 200)


async def prepare_asking(request: Request) -> Response:
    """Read the file that was sent, keep its content, and lead to the page that signs the request."""
    console: Console = request.app.state.console
    answers: dict[str, str] = {}
    try:
        edition = await _uploaded(request, answers)
        canonical_bytes = edition.content.canonical()
        fields = {
            "edition_kind": edition.content.kind, "name": edition.content.name, "edition": edition.content.edition,
            "sha256": digest_of_content(canonical_bytes), "reason": answers["reason"],
            "starts_on": answers["starts_on"] or None,
        }  # fmt: skip
        act = await read_act(console, request.state.reader, EditionAsked, fields)
        async with console.desk.pool.acquire() as connection:
            await keep_content(connection, canonical_bytes)
        await require_takes(console, act)
    except (BadInput, Refused) as fault:
        return await _form(request, answers, fault)
    return await to_sign(console, await waiting_act(console, act))


def _lines_of(fault: Exception, names: NamesInWords) -> list[str]:
    """Return a line for each fault, in the words of pages. The page itself says that nothing was recorded."""
    first, *later_lines = str(fault).splitlines()
    return [
        names.within(said_plainly(line.strip()))
        for line in (later_lines if later_lines and first.endswith(":") else [first, *later_lines])
    ]


async def _uploaded(request: Request, answers: dict[str, str]) -> EditionFile:
    """Return the edition that was sent, bounded before it is read. Fills `answers` with the text beside it."""
    length = request.headers.get("content-length", "")
    answers |= {"reason": "", "starts_on": ""}
    if not length.isdecimal() or int(length) > MOST_FILE_BYTES + _FORM_BYTES:
        raise BadInput(_TOO_LARGE)
    async with request.form(max_files=1, max_fields=3) as form:
        answers |= {name: str(form.get(name, "")).strip() for name in answers}
        file = form.get("file")
        if not isinstance(file, UploadFile) or not file.filename:
            raise BadInput("file: choose the workbook, or the JSON file, of the edition")
        content = await file.read(MOST_FILE_BYTES + 1)
    # Apart from the loop: a large workbook takes a second or two to read.
    return await asyncio.to_thread(edition_in, file.filename[:200], content)


async def prepare_confirmation(request: Request) -> Response:
    """Prepare the confirmation of the very edition that was read, and lead to the page that signs it."""
    console: Console = request.app.state.console
    series = await _series(request)
    try:
        request_id = UUID(request.path_params["request"])
    except ValueError:
        series = None
    if series is None or series.waiting is None or series.request_id != request_id:
        words = "this edition does not wait any more: it was confirmed, or another was asked for in its place"
        return problem(request, 404, words, (("All editions", "/editions"),))
    waiting = series.waiting
    fields = {
        "edition_kind": series.kind, "name": series.name, "edition": waiting.edition, "sha256": waiting.sha256,
        "request_id": request_id,
    }  # fmt: skip
    act = await read_act(console, request.state.reader, EditionConfirmed, fields)
    directory = await console.desk.directory()
    if fault := role_fault(directory, request.state.reader, "confirm edition", MAY_CONFIRM[series.kind], clock.today()):
        raise Refused(str(fault), "NotAuthorised")
    await require_takes(console, act)
    return await to_sign(console, await waiting_act(console, act))
