"""Every partnership as a table: sorted, filtered, added up, in the columns that its reader chose."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Mapping
from typing import Any, Final, NamedTuple
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from accord.client.imported.claim import claim_on_record
from accord.console.importing.beside import claims_beside
from accord.console.lists.asking import day_of, filters_in, own_filters, surroundings
from accord.console.lists.columns import PARTNERSHIPS, ListSettings, cell_in_words, open_list
from accord.console.lists.filed import with_files
from accord.console.lists.lines import due_within
from accord.console.lists.sorting import ORDERS, Sorting
from accord.console.lists.totals import list_totals
from accord.console.lists.views import LIST
from accord.console.pages.books.planning import handed_out_planned, planning_at
from accord.console.pages.tables import place_in
from accord.console.pages.times import Times
from accord.console.serving.desk import Console
from accord.presentation import sheets
from accord.presentation.books.planning import planned_total
from accord.presentation.filters import PartnershipFilters
from accord.presentation.words.values import NamesInWords
from accord.web.pages import page
from domain.directory.tiers import Role
from domain.partnership.stages import Stage
from ledger import clock
from records.read_models.lists import EVERY, PAGE, ListQuery
from records.read_models.lists_as_of import lines_as_of, page_of

_ID: Final = re.compile(r"P-[0-9]{4}-[0-9]{4,6}", re.IGNORECASE | re.ASCII)
_TONES: Final = {
    Stage.ACTIVE: "info", Stage.CLOSED: "good", Stage.DECLINED: "bad", Stage.TERMINATED: "bad",
}  # fmt: skip
"""By stage: its tone, where it has one."""


class PartnershipRow(NamedTuple):
    """A partnership in the table: its title and id, and the words of each column by its field."""

    partnership_id: str
    title: str
    partner: str
    cells: Mapping[str, str]
    tone: str
    """The tone of its stage."""
    is_on_hold: bool


async def show(request: Request) -> Response:
    """Show a page of the partnerships that are asked for, with the count and the sums of all of them."""
    console: Console = request.app.state.console
    filters, times = filters_in(request), Times.of(request)
    roles = (filters["role"].upper(),) if filters["role"] else None
    question = due_within(
        PartnershipFilters(**own_filters(filters), roles=roles).asked(), filters["due"], day_of(times)
    )
    if request.query_params.get("format"):
        await console.looked_at(request.state.reader, PARTNERSHIPS.subject)
        lines = lines_as_of(console.desk.pool, question, times.cut)
        rows = [sheets.shown(row.shown) async for row in lines]
        rows += [row.shown for row in await console.claimed.page(question, times.cut, EVERY)]
        return await handed_out_planned(request, "partnerships", rows, sheets.PARTNERSHIPS)
    directory = console.desk.registrar.known
    names, capacities = NamesInWords(directory), directory.capacities(request.state.reader, clock.today())
    around = surroundings(filters, Sorting.of(request), times, names, {})
    content = await _content(request, question, names)
    content |= await claims_beside(console, question, times.cut, request.query_params.get("before", ""))
    more = f"/partnerships?{around['whole']}&{content['last']}" if content["last"] else ""
    as_view = urlencode({"view": LIST}) + (f"&{around['whole']}" if around["whole"] else "")
    proposes = any(capacity.role is Role.PROPOSER for capacity in capacities)
    ways = {"more": more, "as_view": as_view, "proposes": proposes, "orders": ORDERS, "of_list": PARTNERSHIPS}
    return page(request, "partnerships.html", {**around, **content, **ways})


async def _content(request: Request, question: ListQuery, names: NamesInWords) -> dict[str, Any]:
    """Return the rows of a page, and what all of the list adds up to, which is counted meanwhile."""
    console: Console = request.app.state.console
    pool, cut, in_full = console.desk.pool, Times.of(request).cut, "totals" in request.query_params
    settings = asyncio.ensure_future(open_list(pool, request.state.reader, PARTNERSHIPS))
    totals, rows = await asyncio.gather(
        list_totals(pool, question, cut, in_full, settings), _rows(request, question, names, settings)
    )
    planned = planned_total(totals.tally.amounts, await planning_at(console, cut))
    return {**rows, **totals._asdict(), "planned": planned}


async def _rows(
    request: Request, question: ListQuery, names: NamesInWords, opened: Awaitable[ListSettings]
) -> dict[str, Any]:
    """Return the rows of a page, in the columns of its reader, and their views."""
    console: Console = request.app.state.console
    cut = Times.of(request).cut
    page_question, after = Sorting.of(request).applied(question), place_in(request)
    page_query = page_question.after(after) if after else page_question
    lines_found, settings = await asyncio.gather(page_of(console.desk.pool, page_query, cut, PAGE + 1), opened)
    fields, shown = [column.field for column in settings.columns], [row.shown for row in lines_found[:PAGE]]
    if cut.present and "next_step" in fields:
        shown = await with_files(console, shown)
    return {
        "rows": [_row(line, fields, names) for line in shown],
        "last": urlencode({"after": lines_found[PAGE - 1].place}) if len(lines_found) > PAGE else "",
        "columns": settings.columns,
        "views": [view for view in settings.views if view.address.startswith("/partnerships")],
        "old": settings.old,
    }


async def find(request: Request) -> Response:
    """Lead to the partnership whose id was text_filters, or to those that the text finds."""
    console: Console = request.app.state.console
    text = request.query_params.get("text", "").strip()
    if _ID.fullmatch(text) and await _is_there(console, text.upper()):
        return RedirectResponse(f"/{text.upper()}", 303)
    return RedirectResponse("/partnerships" + (f"?{urlencode({'text': text})}" if text else ""), 303)


async def _is_there(console: Console, partnership_id: str) -> bool:
    """True if a partnership of here, or of before, stands under an id. The page of the one leads to the other."""
    if await console.desk.sight(partnership_id) is not None:
        return True
    return await claim_on_record(console.desk, partnership_id) is not None


def _row(line: Mapping[str, Any], fields: list[str], names: NamesInWords) -> PartnershipRow:
    cells = {field: cell_in_words(line, field, names) for field in fields}
    tone = _TONES.get(Stage(line["stage"]), "neutral")
    about = (line["partnership_id"], line["title"], line["partner"])
    return PartnershipRow(*about, cells, tone, bool(line["on_hold"]))
