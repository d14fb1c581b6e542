"""The pages of the book, for auditors and people of finance: each is one list, as of two dates."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, Final, NamedTuple
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from accord.console.pages.tables import Cell, PageTable, TableRow, shown_table
from accord.console.pages.times import Times
from accord.console.serving.desk import Console
from accord.organisation.books.exporting import beancount_export, last_day_of, period_export
from accord.organisation.books.planning import conversion_of
from accord.presentation.books import tables
from accord.presentation.books.planning import planned_list
from accord.presentation.books.tables import Rows
from accord.presentation.refusals import refusal_in_words
from accord.presentation.sheets import Column
from accord.presentation.words.days import day_in_words
from accord.presentation.words.values import NamesInWords
from accord.web.pages import problem
from domain.books import statements as s
from domain.books.events import MAY_CLOSE, MAY_READ
from domain.books.periods import Closes
from domain.directory.chart import chart_of
from domain.directory.directory import role_fault
from ledger import clock
from records.books.reading import BookView


class BookList(NamedTuple):
    """A list of the book: its name, its columns, and its rows in a book."""

    name: str
    columns: tuple[Column, ...]
    rows: Callable[[BookView], Rows]


def _trial(view: BookView) -> Rows:
    return tables.trial_rows(s.trial_balance(view.book, view.on), chart_of(view.rules))


LISTS: Final = {
    "": BookList("Trial balance", tables.TRIAL_BALANCE, _trial),
    "funds": BookList(
        "Fund statement", tables.FUND_STATEMENT, lambda view: tables.fund_rows(s.fund_statement(view.book, view.on))
    ),
    "commitments": BookList(
        "Commitments", tables.COMMITMENTS, lambda view: tables.commitment_rows(s.commitments(view.book, view.on))
    ),
    "ageing": BookList("Ageing", tables.AGEING, lambda view: tables.ageing_rows(s.ageing(view.book, view.on))),
    "forecast": BookList(
        "Cash forecast", tables.FORECAST, lambda view: tables.forecast_rows(s.forecast(view.book, view.on))
    ),
}
"""The lists, by the last word of their addresses."""

_BEFORE: Final = "What accounts held before their first booking in Accord is not in it."
_OF_LISTS: Final = {
    "forecast": "So “Left” is what Accord's own bookings and promises leave, and no balance of the bank: what the bank "
    "says stands there is at the counter, under Close a month.",
}
"""The words on a list's own figures, by the last word of its address."""
PERIODS: Final = "periods"
_TABS: Final = (*((words.name, name) for name, words in LISTS.items()), ("Periods", PERIODS))


async def show(request: Request) -> Response:
    """Show a list of the book at the dates that the page is of."""
    console: Console = request.app.state.console
    name = request.path_params.get("list", "")
    if fault := await fault_of_reader(console, request.state.reader):
        return problem(request, 403, fault)
    shown = LISTS.get(name)
    if shown is None:
        return problem(request, 404, "the book has no such list", (("The book", "/books"),))
    ledger_as_of = Times.of(request).cut
    view = await console.books.as_of(ledger_as_of, clock.today())
    conversion = await conversion_of(console.desk, view.on, ledger_as_of.known_at)
    figures = planned_list(shown.rows(view), shown.columns, conversion)
    table = PageTable(
        shown.name, figures.columns, figures.rows, title=f"Book: {shown.name}", old=_missing(view),
        tabs=_tabs(request, name), byline=" ".join(filter(None, (
            f"At the end of {day_in_words(view.on)}. {_BEFORE}", _OF_LISTS.get(name, ""), *_totals(name, figures.rows),
            figures.words))),
        empty="Nothing stands in the book then. What is agreed, paid and received is in it by itself.",
    )  # fmt: skip
    return await shown_table(request, table)


def _totals(name: str, rows: Rows) -> list[str]:
    """Return all debits and credits of the trial balance, or nothing of another list."""
    return tables.trial_totals(rows) if LISTS[name].columns == tables.TRIAL_BALANCE else []


async def periods(request: Request) -> Response:
    """Show the closed periods, each with its export, and the closes that wait for a second person."""
    console: Console = request.app.state.console
    if fault := await fault_of_reader(console, request.state.reader):
        return problem(request, 403, fault)
    directory = await console.desk.directory()
    rows = _period_rows(await console.books.closes(), NamesInWords(directory))
    may_close = role_fault(directory, request.state.reader, "close a period", MAY_CLOSE, clock.today()) is None
    table = PageTable(
        "Periods", tables.PERIODS, rows, title="Book: Periods", tabs=_tabs(request, PERIODS), is_timed=False,
        row_cells=[_period_row(row) for row in rows],
        headings=("Up to", "Asked by", "Closed by", "Closed", "Digest", "Export", "For beancount"),
        acts=(*((("Close a period…", "/books/close"),) if may_close else ()), *_before(console)),
        empty="No period is closed yet. Two people of finance close one: the first asks, and another confirms.",
    )  # fmt: skip
    return await shown_table(request, table)


def _before(console: Console) -> tuple[tuple[str, str], ...]:
    """Return the way to the counter's page of what is open, which the console may not read."""
    counter = console.settings.counter_origin
    return (("What is open before a close", f"{counter}/month"),) if counter else ()


async def export(request: Request) -> Response:
    """Hand out the postings of a period as CSV: of a closed one, the bytes that two people signed. Or for beancount."""
    console: Console = request.app.state.console
    if fault := await fault_of_reader(console, request.state.reader):
        return problem(request, 403, fault)
    last_day = last_day_of(request.path_params["day"])
    await console.looked_at(request.state.reader, f"the book's period up to {last_day}")
    if request.query_params.get("format") == "beancount":
        return _file(await beancount_export(console.books, last_day), f"book-{last_day}.beancount", "text/plain")
    text = (await period_export(console.books, last_day)).text
    return _file(text, f"book-{last_day}.csv", "text/csv")


def _file(text: str, name: str, media_type: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return PlainTextResponse(text, media_type=media_type, headers=headers)


async def fault_of_reader(console: Console, reader: str) -> str:
    """Return the reason why somebody may not read the book, or ''."""
    directory = await console.desk.directory()
    fault = role_fault(directory, reader, "read the book", MAY_READ, clock.today())
    return refusal_in_words(fault, NamesInWords(directory)) if fault else ""


def _tabs(request: Request, here: str) -> tuple[tuple[str, str, bool], ...]:
    """Return the lists with their addresses, which keep the dates, and which of them is shown."""
    dates = Times.of(request).given
    query = f"?{urlencode(dates)}" if dates else ""
    return tuple((words, f"/books/{name}".rstrip("/") + query, name == here) for words, name in _TABS)


def _missing(view: BookView) -> str:
    if not view.missing:
        return ""
    return f"The book lacks what came after an event that nobody can read, of {len(view.missing)} histories."


def _period_rows(closes: Closes, names: NamesInWords) -> Rows:
    done: list[dict[str, Any]] = [
        {
            "last_on": close.last_day.isoformat(), "asked_by": names.person(close.asked_by),
            "closed_by": names.person(close.confirmed_by), "closed_on": close.at.date().isoformat(),
            "sha256": close.sha256,
        }
        for close in reversed(closes.periods)
    ]  # fmt: skip
    waiting = [
        {
            "last_on": request.last_day.isoformat(), "asked_by": names.person(request.actor),
            "closed_by": "waits for another person", "closed_on": None, "sha256": request.sha256,
        }
        for request in closes.requests.values()
    ]  # fmt: skip
    return [*waiting, *done]


def _period_row(row: dict[str, Any]) -> TableRow:
    address = f"/books/periods/{row['last_on']}"
    day, closed_on = date.fromisoformat(row["last_on"]), row["closed_on"]
    files = (Cell("CSV", href=address), Cell("beancount", href=f"{address}?format=beancount"))
    waits = (Cell("Confirm it…", href=f"{address}/close"), Cell(""))
    return TableRow(
        (
            Cell(day_in_words(day)), Cell(row["asked_by"]), Cell(row["closed_by"]),
            Cell(day_in_words(date.fromisoformat(closed_on)) if closed_on else ""),
            Cell("", codes=(("Digest of the export", row["sha256"]),)), *(files if closed_on else waits),
        )
    )  # fmt: skip
