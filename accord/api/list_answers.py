"""The lists: partnerships, payments, what is owed, results, funds and the book's, as of two times, page by page."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, TypeVar

import asyncpg

from accord.api.cursors import cursor_after, number_of, place_of
from accord.api.faults import ApiProblem
from accord.presentation import sheets
from accord.presentation.books.tables import Rows
from accord.presentation.faults import BadInput
from accord.presentation.times.moments import moment_of
from domain.funds.fund import Fund
from ledger import clock
from ledger.projections import ReadModel
from records.authorship import Reader
from records.books.reading import Books, BookView
from records.funds import funds_as_of
from records.opening import open_ledger
from records.read_models.as_of import LedgerAsOf
from records.read_models.lists import PARTNERSHIPS_NAME, ListQuery
from records.read_models.lists_as_of import page_of

Values = Mapping[str, Any]
Value = TypeVar("Value")
_NO_MODEL: Final = "ask the operators whether `accord projector` runs, or ask as of an earlier day"


class ListAnswers:
    """The lists of one database. Names are in clear, as the console shows them."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool
        self._ledger = open_ledger(pool)
        self._reader = Reader(self._ledger)
        self._books = Books(self._reader)

    async def kept(self, path: str, values: Values, question: Callable[[Values], ListQuery]) -> dict[str, Any]:
        """Return a page of a list that the read model keeps. Raises ApiProblem."""
        list_query, page_cut = _read(question, values), cut_of(values)
        if values["cursor"] is not None:
            list_query = list_query.after(place_of(values["cursor"], path, values))
        position = await ReadModel(self._ledger, PARTNERSHIPS_NAME).position()
        if not position and await self._ledger.head():
            raise ApiProblem(503, "the server", "its lists are being made, or are not kept", _NO_MODEL, 60)
        try:
            rows = await page_of(self._pool, list_query, page_cut, values["limit"] + 1)
        except (asyncpg.DataError, asyncpg.ProgramLimitExceededError):
            fault = "a filter holds something that no text or number holds"
            raise ApiProblem(400, "the query", fault, "write it anew") from None
        lines = rows[: values["limit"]]
        following = cursor_after(lines[-1].place, path, values) if len(rows) > len(lines) else None
        return _page(position, page_cut, [sheets.plain_row(sheets.shown(row.shown)) for row in lines], following)

    async def funds(self, path: str, values: Values) -> dict[str, Any]:
        """Return a page of the funds with their sums, as decisions count them. Raises ApiProblem."""
        page_cut, position = cut_of(values), await self._ledger.head()
        at = page_cut.true_at or page_cut.known_at or clock.now()
        funds = [fund for fund in await funds_as_of(self._reader, page_cut) if fund.is_open]
        return _sliced(path, values, position, page_cut, [_fund_row(fund, at) for fund in funds])

    async def book(self, path: str, values: Values, reader: Callable[[BookView], Rows]) -> dict[str, Any]:
        """Return a page of a list that is read off the book. Raises ApiProblem."""
        page_cut = cut_of(values)
        view = await self._books.as_of(page_cut, clock.today())
        return {
            **_sliced(path, values, view.position, page_cut, reader(view)),
            "on": view.on.isoformat(),
            "missing": list(view.missing),
        }


def cut_of(values: Values) -> LedgerAsOf:
    """Return the point in both times that a request names. Raises ApiProblem if one is no day or time."""
    return _read(_cut, values)


def _cut(values: Values) -> LedgerAsOf:
    return LedgerAsOf(moment_of(values["true_at"], "true_at"), moment_of(values["known_at"], "known_at"))


def _read(reader: Callable[[Values], Value], values: Values) -> Value:
    try:
        return reader(values)
    except BadInput as fault:
        place, _, words = str(fault).partition(": ")
        what, _, remedy = words.partition("; ")
        raise ApiProblem(400, f"parameter {place}", what, remedy or "/v1/openapi.json says its form") from None


def _sliced(path: str, values: Values, position: int, page_cut: LedgerAsOf, rows: Sequence[Any]) -> dict[str, Any]:
    """Return a page of rows that were all read. A place among them is a number."""
    first = 0
    if values["cursor"] is not None:
        first = number_of(values["cursor"], path, values)
    last = first + values["limit"]
    following = cursor_after(str(last), path, values) if last < len(rows) else None
    return _page(position, page_cut, list(rows[first:last]), following)


def _page(position: int, page_cut: LedgerAsOf, rows: list[Any], following: str | None) -> dict[str, Any]:
    times = {"true_at": _time(page_cut.true_at), "known_at": _time(page_cut.known_at)}
    return {**times, "position": position, "rows": rows, "next": following}


def _time(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment is not None else None


def _fund_row(fund: Fund, at: datetime) -> dict[str, Any]:
    sums, missing = fund.balance(at), fund.uncovered(at)
    return {
        "fund": fund.fund_id, "kind": fund.kind, "name": fund.name, "funder": fund.funder, "currency": fund.currency,
        "programme": fund.programme, "gift": fund.gift,
        "first_day": fund.first_day.isoformat() if fund.first_day is not None else None,
        "last_day": fund.last_day.isoformat() if fund.last_day is not None else None, "closed": fund.closed,
        "granted": str(sums.granted), "reserved": str(sums.reserved), "committed": str(sums.committed),
        "spent": str(sums.spent), "available": str(sums.available), "overdraft": str(fund.overdraft),
        "not_covered": str(sum(missing.values(), Decimal(0))),
    }  # fmt: skip
