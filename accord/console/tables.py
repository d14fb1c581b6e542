"""Pages that are one table each: payments, what is owed, funds, people. Each is also handed out as CSV or JSON."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from accord.console.desk import Console
from accord.console.pages import page
from accord.console.times import Times
from ledger import clock
from ledger.projections import ReadModel
from records.read_models.as_of import documents_as_of
from records.read_models.funds import FUNDS, fund_in
from records.read_models.partnerships import PARTNERSHIPS

MOST: Final = 500
"""Rows on a page; all are handed out as CSV or JSON."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table as it is shown: its columns by name, and its rows."""

    title: str
    columns: tuple[str, ...]
    rows: Sequence[Sequence[Any]]
    totals: tuple[str, ...] = ()
    """What it adds up to, in words."""


async def payments(request: Request) -> Response:
    """Show what was paid to whom, when, by whom, and what the bank said."""
    asked = {name: request.query_params.get(name, "").strip().lower() for name in ("payee", "status")}
    rows = [
        (datetime.fromisoformat(one["released_at"]), one["partnership_id"], one["tranche"], one["attempt"],
         Decimal(one["amount"]), one["currency"], one["payee"], one["released_by"], one["status"], one["reason"])
        for one in await _parts(request, "payment")
        if asked["payee"] in one["payee"].lower() and asked["status"] in {"", one["status"].lower()}
    ]  # fmt: skip
    rows.sort(key=lambda row: (row[0], row[1], row[2], row[3]), reverse=True)
    sums: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for row in rows:
        sums[row[8], row[5]] += row[4]
    totals = tuple(f"{status.lower()}: {amount:,} {currency}" for (status, currency), amount in sorted(sums.items()))
    columns = ("Released", "Partnership", "Tranche", "Attempt", "Sum", "", "Payee", "By", "Status", "Reason")
    return await _shown(request, Table("Payments", columns, rows, totals))


async def owed(request: Request) -> Response:
    """Show what partners and the organisation owe, the earliest due first."""
    documents = await _documents(request)
    rows = [
        (date.fromisoformat(one["due"]) if one["due"] else None, name.partition("/")[2], one["kind"], one["what"])
        for name, document in documents.items()
        for one in document.get("obligations", ())
    ]
    rows.sort(key=lambda row: (row[0] or date.max, row[1]))
    return await _shown(request, Table("Owed", ("Due", "Partnership", "Kind", "What"), rows))


async def funds(request: Request) -> Response:
    """Show the funds with their sums at the time that the page is of."""
    console: Console = request.app.state.console
    cut = Times.of(request).cut
    if cut.present:
        documents = dict(await ReadModel(console.desk.ledger, FUNDS.name).documents())
    else:
        documents = await documents_as_of(console.desk.ledger, FUNDS, cut)
    rows = []
    for document in documents.values():
        fund = fund_in(document)
        if fund.kind is not None:
            sums = fund.balance(cut.true_at or clock.now())
            amounts = (sums.granted, sums.reserved, sums.committed, sums.spent, sums.available)
            rows.append((fund.fund_id, fund.name, fund.funder, fund.currency, *amounts))
    columns = ("Fund", "Name", "Funder", "Currency", "Granted", "Reserved", "Committed", "Spent", "Available")
    return await _shown(request, Table("Funds", columns, sorted(rows)))


async def people(request: Request) -> Response:
    """Show the staff directory: people, roles, keys, and the roles that are lent."""
    console: Console = request.app.state.console
    directory = await console.desk.directory()
    lent = {one.borrower: f"{one.role.value} of {one.lender} until {one.ends_on}" for one in directory.delegations}
    rows = [
        (one.staff_id, one.name, ", ".join(one.roles), ", ".join(map(str, one.limits)),
         ", ".join(held.key.key_id for held in directory.keys if held.staff_id == one.staff_id),
         lent.get(one.staff_id, ""))
        for one in directory.staff
    ]  # fmt: skip
    return await _shown(request, Table("People", ("Person", "Name", "Roles", "Up to", "Keys", "Lent"), rows))


async def _documents(request: Request) -> dict[str, Any]:
    """Return the documents of partnerships at the time that a page is of."""
    console: Console = request.app.state.console
    cut = Times.of(request).cut
    if cut.present:
        return dict(await ReadModel(console.desk.ledger, PARTNERSHIPS.name).documents())
    return await documents_as_of(console.desk.ledger, PARTNERSHIPS, cut)


async def _parts(request: Request, part: str) -> list[dict[str, Any]]:
    return [one[part] for one in (await _documents(request)).values() if part in one]


async def _shown(request: Request, table: Table) -> Response:
    """Show a table, or hand it out in the form that is asked for."""
    console: Console = request.app.state.console
    await console.looked_at(request.state.reader, table.title.lower())
    match request.query_params.get("format", ""):
        case "csv":
            return PlainTextResponse(_csv(table), media_type="text/csv", headers=_download(table, "csv"))
        case "json":
            rows = [dict(zip(_names(table), map(_plain, row), strict=True)) for row in table.rows]
            return JSONResponse(rows, headers=_download(table, "json"))
        case _:
            given = {name: text for name, text in request.query_params.items() if name != "format"}
            shown = {"table": table, "rows": table.rows[:MOST], "times": Times.of(request), "given": given}
            return page(request, "table.html", shown)


def _csv(table: Table) -> str:
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(_names(table))
    writer.writerows([_harmless(_plain(cell)) for cell in row] for row in table.rows)
    return file.getvalue()


def _names(table: Table) -> list[str]:
    return [name.lower().replace(" ", "_") or "currency" for name in table.columns]


def _plain(cell: Any) -> str | int | None:
    match cell:
        case datetime() | date():
            return cell.isoformat()
        case Decimal():
            return str(cell)
        case _:
            return cell  # type: ignore[no-any-return]


def _harmless(cell: str | int | None) -> str | int | None:
    """Return a cell that no spreadsheet takes for a formula (CWE-1236)."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in "=+-@\t\r" and cell[:1] else cell


def _download(table: Table, form: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{table.title.lower()}.{form}"'}
