"""The page of payments: those of a period, how they stand, and what was paid by payee, fund, funder and month."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final, NamedTuple
from urllib.parse import urlencode
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from accord.client.waiting.made_files import made_files
from accord.console.lists.filed import file_id_of, next_of_files
from accord.console.pages.books.planning import handed_out_planned, planning_at
from accord.console.pages.payment_totals import (
    NO_FUND,
    PAID,
    SUMMED,
    came_back_in_words,
    figures_of,
    paid_sums,
    paid_totals,
    sums_in_words,
    total_sums,
)
from accord.console.pages.tables import fund_names, place_in
from accord.console.pages.times import Times
from accord.console.serving.desk import Console
from accord.presentation import sheets
from accord.presentation.books.planning import planned_total
from accord.presentation.filters import STANDINGS, PaymentFilters
from accord.presentation.numbers import count_in_words
from accord.presentation.times.periods import ALL, ListPeriod, period_of, periods_around
from accord.presentation.words.days import day_in_words
from accord.presentation.words.payments import (
    DAYS_IN_WORDS,
    STANDING_WORDS,
    Standing,
    bank_in_words,
    cells_of_booking,
    standing_in_words,
    subject_in_words,
    tries_in_words,
)
from accord.presentation.words.values import NamesInWords, listed, sum_in_words
from accord.web.pages import page
from domain.directory.tiers import Role
from domain.payment.payment_file import PaymentFile
from ledger import clock
from records.read_models.lists import PAGE, ListQuery
from records.read_models.lists_as_of import lines_as_of, page_of, totals_of

FILTERS: Final = ("text", "status", "fund", "partnership", "payee", "sum", "currency", "sort")
"""The fields of an address that filter or sort, beside those of the period. Each is a field of `PaymentFilters`."""
PERIOD: Final = ("period", "from", "to")
UNDER_WAY: Final = "under-way"
AT_THE_COUNTER: Final = frozenset({Role.PAYER, Role.FINANCE_APPROVER})
"""The roles whose next step from this page is at the counter. To all others its acts are links like the rest."""


class PaymentRow(NamedTuple):
    """A payment as the page shows it."""

    day: str
    payee: str
    subject: str
    tries: str
    money: str
    booking: tuple[tuple[str, str], ...]
    """The bank's figures, each with its name, where they are not what was instructed."""
    fund: str
    standing: Standing
    partnership_id: str
    days: tuple[tuple[str, str], ...]
    """Its other days, each with its name."""
    reference: str
    file: str
    """Its payment file, or ''."""
    said: str
    """The bank's words, or ''."""
    released_by: str
    """Who released it, or '' of money that came back of it."""


class PaymentNames(NamedTuple):
    """The names of funds and funders."""

    funds: Mapping[str, str]
    people: NamesInWords

    def fund(self, cell: str) -> str:
        """Return the names of a payment's funds."""
        ids = [fund for fund in cell.split(", ") if fund]
        return listed([self.funds.get(fund, fund) for fund in ids]) or "no fund"

    def funder(self, funder_id: str) -> str:
        """Return a funder's name."""
        return self.people.funder(funder_id)


async def show(request: Request) -> Response:
    """Show the payments of a period, as of a time, or hand all of them out."""
    console: Console = request.app.state.console
    times, query = Times.of(request), _given(request)
    today = (times.cut.true_at or times.cut.known_at or clock.now()).date()
    period = period_of(query["period"], query["from"], query["to"], today)
    question = _filters(query).asked(period)
    await console.looked_at(request.state.reader, "payments")
    if request.query_params.get("format"):
        rows = [sheets.shown(row.shown) async for row in lines_as_of(console.desk.pool, question, times.cut)]
        return await handed_out_planned(request, "payments", rows, sheets.PAYMENTS, (("Period", period.words),))
    after = place_in(request)
    content = await _content(console, question.after(after) if after else question, query, period, times, today)
    roles = NamesInWords(await console.desk.directory()).roles(request.state.reader)
    pays = not AT_THE_COUNTER.isdisjoint(roles)
    return page(request, "payments.html", {**content, "pays": pays, "acts": content["acts"] if pays else ()})


async def _content(
    console: Console, question: ListQuery, query: Mapping[str, str], period: ListPeriod, times: Times, today: date
) -> dict[str, Any]:
    """Return the content of the page: the first lines of a question, and what all of the period adds up to."""
    pool, every = console.desk.pool, _filters({**query, "status": "", "sort": ""})
    lines, totals, names, earlier, files = await asyncio.gather(
        page_of(pool, question, times.cut, PAGE + 1),
        totals_of(pool, every.asked(period), SUMMED, times.cut),
        _names(console),
        _earlier(console, every, period, times),
        made_files(console.desk),
    )
    rows = [payment_row(line.shown, names, files) for line in lines[:PAGE]]
    return {
        **_around(query, period, times, today),
        **_choices(query, times, names),
        "acts": await _at_the_counter(console) if times.are_present else (),
        "rows": rows,
        "has_bookings": any(row.booking for row in rows),
        "next_page": _address(query, times, after=lines[PAGE - 1].place) if len(lines) > PAGE else "",
        "figures": figures_of(totals, {name: _address(query, times, status=name) for name in STANDINGS}),
        "totals": total_sums(totals, query["status"]),
        "back": came_back_in_words(totals),
        "planned": planned_total(paid_sums(totals), await planning_at(console, times.cut)),
        "paid": await paid_totals(
            pool, every, period, times.cut, totals, names, lambda fund: _address(query, times, status=PAID, fund=fund)
        ),
        "earlier": earlier,
        "old": await console.age_of_lists(),
    }


def _given(request: Request) -> dict[str, str]:
    return {name: request.query_params.get(name, "").strip() for name in (*PERIOD, *FILTERS)}


def _filters(query: Mapping[str, str]) -> PaymentFilters:
    content = {name: query[name] for name in FILTERS if query[name]}
    return PaymentFilters(**{**content, "partnership": query["partnership"].upper()})


def _address(query: Mapping[str, str], times: Times, **changes: str) -> str:
    """Return the address of this page with some fields changed. A field that is '' is left out."""
    fields = {**{name: text for name, text in query.items() if name != "after"}, **times.given, **changes}
    return "/payments?" + urlencode({name: text for name, text in fields.items() if text})


def _around(query: Mapping[str, str], period: ListPeriod, times: Times, today: date) -> dict[str, Any]:
    """Return the periods and orders around the payments, each with the address that leads to it."""
    sort, free = query["sort"] or "-day", {"from": "", "to": ""}
    return {
        "times": times,
        "given": query,
        "period": period,
        "periods": [
            (words, _address(query, times, period=name, **free), name == period.name)
            for name, words in periods_around(today)
        ],
        "sort": sort,
        "sorts": {
            column: _address(query, times, sort=column if sort == f"-{column}" else f"-{column}")
            for column in ("day", "sum")
        },
        "open": _address(query, times, period=ALL, status=UNDER_WAY, **free),
    }


async def _at_the_counter(console: Console) -> tuple[tuple[str, str], ...]:
    """Return what finance does about payments at the counter, or () where no counter is served."""
    origin = console.settings.counter_origin
    if not origin:
        return ()
    ways = (*await next_of_files(console), ("Bring in the bank's answer", "/answers"), ("Bank accounts", "/accounts"))
    return tuple((words, origin + path) for words, path in ways)


def _choices(query: Mapping[str, str], times: Times, names: PaymentNames) -> dict[str, Any]:
    """Return the choices of the form, the fields that it keeps, and the addresses of the files."""
    kept = {name: query[name] for name in ("period", "partnership", "payee", "sum", "currency", "sort") if query[name]}
    return {
        "kept": {**kept, **times.given},
        "standings": [(name, STANDING_WORDS[name].words) for name in STANDINGS],
        "funds": [(NO_FUND, "No fund"), *sorted(names.funds.items(), key=lambda item: item[1])],
        "files": {form: _address(query, times, format=form) for form in ("xlsx", "csv", "json")},
        "clear": _address(dict.fromkeys(query, "") | {name: query[name] for name in PERIOD}, times),
    }


async def _names(console: Console) -> PaymentNames:
    return PaymentNames(await fund_names(console), NamesInWords(await console.desk.directory()))


def payment_row(cells: Mapping[str, Any], names: PaymentNames, files: Mapping[UUID, PaymentFile]) -> PaymentRow:
    """Return a payment as the page shows it. `files`: the payment files that are made, by payment."""
    standing = standing_in_words(cells["status"])
    days = ((words, cells[name]) for name, words in DAYS_IN_WORDS.items() if cells.get(name))
    return PaymentRow(
        day=f"{standing.happened}{day_in_words(date.fromisoformat(cells['day'][:10]))}",
        payee=cells["payee"],
        subject=subject_in_words(cells),
        tries=tries_in_words(cells["attempt"]),
        money=sum_in_words(Decimal(cells["amount"]), cells["currency"]),
        booking=_booking(cells.get("booking")),
        fund=names.fund(cells["funds"]),
        standing=standing,
        partnership_id=cells["partnership_id"],
        days=tuple((words, day_in_words(date.fromisoformat(day[:10]))) for words, day in days),
        reference=cells["end_to_end_id"],
        file=file_id_of(cells, files),
        said=bank_in_words(cells["reason"]),
        released_by=names.people.person(cells["released_by"]) if cells["released_by"] else "",
    )


def _booking(booking: Mapping[str, Any] | None) -> tuple[tuple[str, str], ...]:
    cells = cells_of_booking(booking) if booking else {}
    return tuple((column.heading, cells[column.field]) for column in sheets.BOOKING if cells.get(column.field))


async def _earlier(console: Console, every: PaymentFilters, period: ListPeriod, times: Times) -> str:
    """Return in words what stands before the period and is not paid yet, or ''."""
    if period.first is None or period.first == date.min:
        return ""
    before = ListPeriod("", "", None, period.first - timedelta(days=1))
    totals = await totals_of(
        console.desk.pool, replace(every, status=UNDER_WAY).asked(before), {"currency": 3}, times.cut
    )
    count = sum(total.lines for total in totals)
    payments = f"{count_in_words(count, 'payment')} {'is' if count == 1 else 'are'}"
    return f"{payments} older and not paid yet: {sums_in_words(totals, 0)}." if count else ""
