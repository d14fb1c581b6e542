"""The queue: what waits for the reader, for their role, or for anybody, the earliest due first."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from accord.console.deciding.acts import BY_SLUG, TOGETHER
from accord.console.pages.tables import handed_out, place_in
from accord.console.pages.times import Times
from accord.console.pages.views import FILTERS, views_of
from accord.console.serving.desk import Console
from accord.presentation import sheets
from accord.presentation.filters import PartnershipFilters
from accord.web.pages import page
from domain.calendars import CALENDAR
from domain.directory.directory import Directory
from domain.directory.tiers import Role
from domain.partnership.people.steps import StepAhead, able_to_act
from domain.partnership.stages import Stage
from ledger import clock
from records.read_models.as_of import LedgerAsOf
from records.read_models.lists import EVERY, PAGE, ListQuery
from records.read_models.lists_as_of import lines_as_of, page_of

VIEWS: Final = ("mine", "role", "all")


@dataclass(frozen=True, slots=True)
class QueueLine:
    """A line of the queue."""

    shown: Mapping[str, Any]
    """The list's line on the partnership."""
    who: tuple[str, ...]
    """The people who can take the step."""
    due: datetime | None
    since: datetime | None
    """The time since which it waits for that step."""
    days: int | None
    """The business days until it is due, below 0 once it is late."""
    amount: Decimal | None


class Staffing:
    """The people who can take a step, by the directory of today.

    Steps that exclude the same people are asked about once.
    """

    def __init__(self, directory: Directory) -> None:
        """Ask a directory."""
        self._directory, self._today = directory, clock.today()
        self._known: dict[str, tuple[str, ...]] = {}

    def line(self, row: Mapping[str, Any]) -> QueueLine:
        """Return a line of the queue."""
        due = datetime.fromisoformat(row["due"]) if row["due"] else None
        days = CALENDAR.days_until(due.date(), self._today) if due else None
        amount = Decimal(row["amount"]) if row["amount"] is not None else None
        since = datetime.fromisoformat(row["since"]) if row["since"] else None
        return QueueLine(row, self.who(row), due, since, days, amount)

    def who(self, row: Mapping[str, Any]) -> tuple[str, ...]:
        """Return the people who can take the next step of a partnership."""
        key = json.dumps((row["ahead"], row["awaiting"]))
        if key not in self._known:
            ahead = [StepAhead.model_validate(step) for step in row["ahead"]]
            able = (able_to_act(ahead, Role(role), self._directory, self._today) for role in row["awaiting"])
            self._known[key] = tuple(sorted({person for people in able for person in people}))
        return self._known[key]


async def queue(request: Request) -> Response:
    """Show the queue. View and filters are in the address, so that an address is a saved view."""
    console: Console = request.app.state.console
    query, reader = request.query_params, request.state.reader
    filters = {name: query.get(name, "").strip() for name in FILTERS}
    view = query.get("view", "") if query.get("view", "") in VIEWS else "mine"
    times, directory = Times.of(request), await console.desk.directory()
    list_query, only = _asked(filters, view, reader, directory), reader if view == "mine" else ""
    await console.looked_at(reader, "the queue")
    if query.get("format"):
        return handed_out(request, "partnerships", await _every(console, times.cut, only, list_query, directory))
    after = place_in(request)
    list_query = list_query.after(after) if after else list_query
    lines, last = await _lines(console, times.cut, only, list_query, directory)
    around = {**_around(filters, view, times, last), "old": await console.age_of_lists()}
    return page(request, "queue.html", {**around, "lines": lines, "views": await views_of(console.desk.pool, reader)})


async def next_of(console: Console, reader: str, beside: str) -> QueueLine | None:
    """Return the first line of a reader's own queue beside a partnership, or None if nothing else waits for them."""
    directory = await console.desk.directory()
    list_query = _asked(dict.fromkeys(FILTERS, ""), "mine", reader, directory)
    lines, _ = await _lines(console, LedgerAsOf(), reader, list_query, directory)
    return next((line for line in lines if line.shown["partnership_id"] != beside), None)


async def waiting_for(console: Console, reader: str) -> str:
    """Return the number of lines that wait for a reader, of the first page of those for their roles, or ''."""
    directory = await console.desk.directory()
    list_query = _asked(dict.fromkeys(FILTERS, ""), "mine", reader, directory)
    rows, staffing = await page_of(console.desk.pool, list_query, LedgerAsOf(), PAGE + 1), Staffing(directory)
    mine = sum(reader in staffing.who(row.shown) for row in rows[:PAGE])
    return f"{mine}{'+' if len(rows) > PAGE else ''}" if mine else ""


def _around(filters: Mapping[str, str], view: str, times: Times, last: str) -> dict[str, Any]:
    """Return the surroundings of the lines: filters as they were written, choices, and the next page's address."""
    parameters = {name: text for name, text in filters.items() if text}
    address_parameters = {**parameters, **times.given}
    return {
        "times": times,
        "view": view,
        "asked": filters,
        "given": parameters,
        "kept": urlencode(address_parameters),
        "stages": list(Stage),
        "roles": list(Role),
        "together": [(slug, BY_SLUG[slug].words) for slug in TOGETHER],
        "more": "?" + urlencode({"view": view, **address_parameters, "after": last}) if last else "",
    }


async def _every(
    console: Console, ledger_as_of: LedgerAsOf, only: str, list_query: ListQuery, directory: Directory
) -> list[dict[str, Any]]:
    """Return every line that is asked for, those that one person can act on if it is named."""
    staffing = Staffing(directory)
    rows = [row.shown async for row in lines_as_of(console.desk.pool, list_query, ledger_as_of)]
    return [sheets.shown(row) for row in rows if not only or only in staffing.who(row)]


def _asked(filters: Mapping[str, str], view: str, reader: str, directory: Directory) -> ListQuery:
    """Return the question of the filters to the list, for a reader. Raises BadInput if a filter cannot be read."""
    reader_roles = tuple(capacity.role.value for capacity in directory.capacities(reader, clock.today()))
    roles = (filters["role"],) if filters["role"] else None if view == "all" else reader_roles
    return PartnershipFilters(**{name: text for name, text in filters.items() if name != "role"}, roles=roles).asked()


async def _lines(
    console: Console, ledger_as_of: LedgerAsOf, only: str, list_query: ListQuery, directory: Directory
) -> tuple[list[QueueLine], str]:
    """Return a page of lines, those that one person can act on if it is named, and where the next page begins."""
    lines, staffing = list[QueueLine](), Staffing(directory)
    while True:
        rows = await page_of(
            console.desk.pool, list_query, ledger_as_of, PAGE if ledger_as_of.present or not only else EVERY
        )
        for row in rows:
            if not only or only in staffing.who(row.shown):
                lines.append(staffing.line(row.shown))
            if len(lines) == PAGE:
                return lines, row.place
        if len(rows) != PAGE:
            return lines, ""
        list_query = list_query.after(rows[-1].place)
