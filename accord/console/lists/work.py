"""The queue: what waits for the reader, for their role, or for anybody, grouped by the day when it is due."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from accord.console.deciding.acts import BY_SLUG, TOGETHER
from accord.console.lists.asking import day_of, filters_in, own_filters, surroundings
from accord.console.lists.columns import QUEUE, cell_in_words, open_list
from accord.console.lists.elsewhere import Elsewhere, waits_elsewhere
from accord.console.lists.filed import lines_with_files
from accord.console.lists.lines import GROUPS, QueueLine, Staffing, due_within
from accord.console.lists.sorting import Sorting
from accord.console.lists.totals import MOST_WAITING, QueueTotals, queue_totals
from accord.console.lists.views import FILTERS, LIST
from accord.console.pages.tables import handed_out, place_in
from accord.console.pages.times import Times
from accord.console.serving.desk import Console
from accord.presentation import sheets
from accord.presentation.filters import PartnershipFilters
from accord.presentation.words.values import NamesInWords
from accord.web.pages import page
from domain.directory.directory import Directory
from domain.directory.tiers import Role
from ledger import clock
from records.read_models.as_of import LedgerAsOf
from records.read_models.lists import EVERY, PAGE, ListQuery
from records.read_models.lists_as_of import lines_as_of, page_of

VIEWS: Final = {"mine": "For me", "role": "My role", "all": "Everyone"}
"""By view: the words of its tab."""
BESIDE: Final = ("return", "assign")
"""The acts that stand beside the main one in the bar of what is ticked. The others are in its menu."""
MAIN: Final = ("approve", "sign-agreement", "release", "accept-report", "clear", "satisfy", "lift")
"""The acts that a line waits for. The first of them on offer is the main one."""


async def queue(request: Request) -> Response:
    """Show the queue. View, filters and order are in the address, so that an address is a saved view."""
    console: Console = request.app.state.console
    filters, times, reader = filters_in(request), Times.of(request), request.state.reader
    view = request.query_params.get("view", "")
    if view == LIST:
        set_filters = {name: text for name, text in filters.items() if text}
        return RedirectResponse(f"/partnerships?{urlencode({**set_filters, **times.given})}", 303)
    view, sorting, directory = view if view in VIEWS else "mine", Sorting.of(request), console.desk.registrar.known
    only = reader if view == "mine" else ""
    question = due_within(asked_of(filters, view, reader, directory), filters["due"], day_of(times))
    staffing = Staffing(directory, reader, day_of(times))
    if request.query_params.get("format"):
        await console.looked_at(reader, QUEUE.subject)
        return handed_out(request, "partnerships", await _every(console, times.cut, only, question, staffing))
    page_question, after = sorting.applied(question), place_in(request)
    in_full, whose = "totals" in request.query_params, reader if view != "all" else ""
    (lines, last), totals, settings, elsewhere = await asyncio.gather(
        lines_of(console, times.cut, only, page_question.after(after) if after else page_question, staffing),
        queue_totals(console.desk.pool, question, times.cut, staffing, whose, in_full),
        open_list(console.desk.pool, reader, QUEUE),
        _elsewhere(console, directory, reader, view, times),
    )
    if times.are_present:
        lines = await lines_with_files(console, lines, staffing)
    names = NamesInWords(directory)
    around = surroundings(filters, sorting, times, names, {"view": view})
    more = f"/?{around['whole']}&{urlencode({'after': last})}" if last else ""
    content = {"lines": lines, "elsewhere": elsewhere, "view": view, "more": more}
    ways = {
        **settings._asdict(),
        "of_list": QUEUE,
        "cell": lambda line, field: cell_in_words(line, field, names),
    }
    proposes = {"proposes": Role.PROPOSER in staffing.roles}
    return page(request, "queue.html", {**around, **content, **ways, **proposes, **_around(view, totals, lines)})


async def next_of(console: Console, reader: str, beside: str) -> QueueLine | None:
    """Return the first line of a reader's own queue beside a partnership, or None if nothing else waits for them."""
    directory = await console.desk.directory()
    question, staffing = asked_of(dict.fromkeys(FILTERS, ""), "mine", reader, directory), Staffing(directory, reader)
    lines, _ = await lines_of(console, LedgerAsOf(), reader, question, staffing)
    return next((line for line in lines if line.shown["partnership_id"] != beside), None)


async def waiting_for(console: Console, reader: str) -> str:
    """Return the number of lines for a reader, of the first page of those that wait for their roles, or ''."""
    directory = console.desk.registrar.known
    question, staffing = asked_of(dict.fromkeys(FILTERS, ""), "mine", reader, directory), Staffing(directory, reader)
    rows = await page_of(console.desk.pool, question, LedgerAsOf(), PAGE + 1)
    mine = sum(reader in staffing.who(row.shown["ahead"], row.shown["awaiting"]) for row in rows[:PAGE])
    return f"{mine}{'+' if len(rows) > PAGE else ''}" if mine else ""


def asked_of(filters: Mapping[str, str], view: str, reader: str, directory: Directory) -> ListQuery:
    """Return the question of the filters to the list, for a reader. Raises BadInput if a filter cannot be read."""
    own_roles = {capacity.role for capacity in directory.capacities(reader, clock.today())}
    roles = tuple(role.value for role in Role if view == "all" or role in own_roles)
    roles = (filters["role"].upper(),) if filters["role"] else roles
    return PartnershipFilters(**own_filters(filters), roles=roles).asked()


async def lines_of(
    console: Console, ledger_as_of: LedgerAsOf, only: str, question: ListQuery, staffing: Staffing
) -> tuple[list[QueueLine], str]:
    """Return a page of lines, those that one person can act on if it is named, and where the next page begins."""
    lines, last = list[QueueLine](), ""
    most = PAGE if ledger_as_of.present or not only else EVERY - 1
    while True:
        rows = await page_of(console.desk.pool, question, ledger_as_of, most + 1)
        for row in rows[:most]:
            if len(lines) == PAGE:
                return lines, last
            who = staffing.who(row.shown["ahead"], row.shown["awaiting"])
            if not only or only in who:
                lines.append(staffing.line(row.shown, who))
            last = row.place
        if len(rows) <= most:
            return lines, ""
        if len(lines) == PAGE:
            return lines, last
        question = question.after(last)


async def _every(
    console: Console, ledger_as_of: LedgerAsOf, only: str, question: ListQuery, staffing: Staffing
) -> list[dict[str, Any]]:
    """Return every line that is asked for, those that one person can act on if it is named."""
    rows = [row.shown async for row in lines_as_of(console.desk.pool, question, ledger_as_of)]
    return [sheets.shown(row) for row in rows if not only or only in staffing.who(row["ahead"], row["awaiting"])]


async def _elsewhere(
    console: Console, directory: Directory, reader: str, view: str, times: Times
) -> Collection[Elsewhere]:
    return await waits_elsewhere(console, directory, reader) if view == "mine" and times.are_present else ()


def _around(view: str, totals: QueueTotals, lines: Sequence[QueueLine]) -> dict[str, Any]:
    """Return the counts and sums, the tabs, and the bar of acts on what is ticked."""
    tally = totals.mine if view == "mine" else totals.every
    known_counts = (
        {"mine": totals.mine.lines, "role": totals.every.lines} if view != "all" else {"all": totals.every.lines}
    )
    counts = known_counts if totals.is_whole else {}
    offered_acts = {slug for line in lines for slug in line.acts}
    main = next((slug for slug in MAIN if slug in offered_acts), "")
    beside = [slug for slug in BESIDE if slug in offered_acts]
    rest = [slug for slug in TOGETHER if slug in offered_acts and slug not in {main, *beside}]
    return {
        "tally": tally,
        "is_whole": totals.is_whole,
        "most": MOST_WAITING,
        "headings": GROUPS,
        "groups": totals.groups,
        "tabs": [(name, words, counts.get(name)) for name, words in VIEWS.items()],
        "bar": {
            "main": [(slug, BY_SLUG[slug].words) for slug in (*beside, *([main] if main else []))],
            "rest": [(slug, BY_SLUG[slug].words) for slug in rest],
            "primary": main,
        },
    }
