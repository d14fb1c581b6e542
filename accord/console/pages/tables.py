"""Pages that are one table each, such as the funds. Each is also handed out as a file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, NamedTuple
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from accord.console.pages.times import Times
from accord.console.serving.desk import Console
from accord.presentation import sheets
from accord.presentation.faults import BadInput
from accord.presentation.numbers import count_in_words
from accord.presentation.words.codes import as_sentence
from accord.presentation.words.organisation.funds import told_apart
from accord.presentation.words.values import NamesInWords, sum_in_words
from accord.presentation.workbooks import as_workbook
from accord.web.pages import field_in_words, page
from domain.directory.directory import Directory
from domain.funds.fund import Fund
from domain.proposal import Proposal
from domain.streams import StreamId
from ledger import clock
from ledger.projections import ReadModel
from records.funds import funds_as_of
from records.read_models.as_of import LedgerAsOf
from records.read_models.funds import FUNDS, fund_in, funds_in
from records.read_models.lists import kept_titles

WORKBOOK: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class Cell(NamedTuple):
    """A cell as a page shows it."""

    words: str
    under: str = ""
    """What stands small below it."""
    id_below: str = ""
    """An id that stands small below it, and never breaks."""
    href: str = ""
    """The address that it leads to, or '' for none."""
    tone: str = ""
    """The tone of a state, which an icon says as well, or '' where it is none."""
    is_number: bool = False
    codes: tuple[tuple[str, str], ...] = ()
    """What only a machine compares, each with its name. It stands behind a disclosure."""


class TableRow(NamedTuple):
    """A row of a table: its cells, the first of which names it, and the heading of its group, or '' for none."""

    cells: tuple[Cell, ...]
    group: str = ""


@dataclass(frozen=True, slots=True)
class PageTable:
    """A table as it is shown, and its rows by the columns' fields, as files hold them."""

    name: str
    """Its name in files, and in the access log."""
    columns: tuple[sheets.Column, ...]
    rows: Sequence[dict[str, Any]]
    more: str = ""
    """The place after which the next page begins, or '' if this is the last one."""
    old: str = ""
    """The time since which it is old, in words, or '' if it is not."""
    title: str = ""
    """Its title, where it is not its name."""
    headings: tuple[str, ...] = ()
    """The headings of the cells that are shown, or () where they are those of the columns."""
    row_cells: Sequence[TableRow] = ()
    """The rows as they are shown, where they are not the columns' fields in words."""
    is_timed: bool = True
    """False for what is as it is now alone."""
    byline: str = ""
    empty: str = "Nothing to show."
    """What would be here, and how it comes."""
    tabs: tuple[tuple[str, str, bool], ...] = ()
    """The lists beside it: each in words, with its address, and whether it is this one."""
    acts: tuple[tuple[str, str], ...] = ()
    """What the page offers to do, the first before all others: in words, each with its address."""

    @property
    def heads(self) -> tuple[str, ...]:
        """The headings of its cells."""
        return self.headings or tuple(column.heading for column in self.columns)

    @property
    def lines(self) -> Sequence[TableRow]:
        """Its rows as a page shows them."""
        return self.row_cells or [
            TableRow(tuple(self._cell(row, column) for column in self.columns)) for row in self.rows
        ]

    def _cell(self, row: dict[str, Any], column: sheets.Column) -> Cell:
        href = f"/{row[column.field]}" if column.field == "partnership_id" else ""
        return Cell(field_in_words(row, column), href=href, is_number=column.is_sum)


async def funds(request: Request) -> Response:
    """Show the funds with their sums at the time that the page is of."""
    console: Console = request.app.state.console
    ledger_as_of = Times.of(request).cut
    old = await console.age_of_lists(FUNDS.name) if ledger_as_of.present else ""
    rows, names = await fund_rows(console, ledger_as_of), NamesInWords(await console.desk.directory())
    table = PageTable(
        "Funds", sheets.FUNDS, rows, old=old, headings=("Fund", "Whose money", *map(str.capitalize, sheets.FUND_SUMS)),
        row_cells=[_fund_row(row, names) for row in rows], byline=count_in_words(len(rows), "fund"),
        empty="No fund yet. What is granted for a purpose, and what is left of it, stands here once one is opened.",
        acts=(("Open a fund…", "/funds/open"),),
    )  # fmt: skip
    return await shown_table(request, table)


def _fund_row(row: Mapping[str, Any], names: NamesInWords) -> TableRow:
    sums = (sum_in_words(Decimal(row[name]), row["currency"]) for name in sheets.FUND_SUMS)
    name = Cell(as_sentence(row["name"] or row["fund"]), id_below=row["fund"], href=f"/funds/{row['fund']}")
    return TableRow((name, Cell(names.funder(row["funder"])), *(Cell(words, is_number=True) for words in sums)))


async def fund_names(console: Console, fund_ids: Collection[str] | None = None) -> dict[str, str]:
    """Return the names of all funds, or of some, by their ids."""
    if fund_ids is not None and not fund_ids:
        return {}
    streams = None if fund_ids is None else [StreamId.fund(fund_id) for fund_id in fund_ids]
    documents = await ReadModel(console.desk.ledger, FUNDS.name).documents(streams)
    funds = [fund for _, document in documents if (fund := fund_in(document)).kind]
    return {fund.fund_id: fund.name or fund.fund_id for fund in await with_donors(console, funds)}


async def with_donors(console: Console, funds: Sequence[Fund]) -> list[Fund]:
    """Return funds as they are called, each by a name of its own: that of a gift by its donor."""
    gifts = [fund.gift for fund in funds if fund.gift]
    titles = await kept_titles(console.desk.pool, gifts) if gifts else {}
    gifts_by_donor = Counter(donor for _, donor in titles.values())
    named = [
        _named_by_donor(fund, titles[fund.gift][1], gifts_by_donor) if fund.gift in titles else fund for fund in funds
    ]
    return told_apart(named)


def _named_by_donor(fund: Fund, donor: str, gifts_by_donor: Mapping[str, int]) -> Fund:
    which = f" in {fund.gift}" if gifts_by_donor[donor] > 1 else ""
    return fund._replace(name=f"Gift of {donor}{which}")


async def names_with_funds(console: Console, *proposals: Proposal | None) -> NamesInWords:
    """Return the names of the directory, and of the funds that pay for proposals, each with what is signed: its id."""
    legs = [proposal.funds_out for proposal in proposals if proposal is not None]
    names = await fund_names(console, {part.fund for out in legs if out is not None for part in out.parts})
    with_ids = {fund: name if fund in name else f"{name} ({fund})" for fund, name in names.items()}
    return NamesInWords(await console.desk.directory(), with_ids)


async def fund_rows(console: Console, ledger_as_of: LedgerAsOf) -> list[dict[str, Any]]:
    """Return the funds with their sums as of a time, by their names."""
    if not ledger_as_of.present or (await console.desk.directory()).compromised:
        fund_states = await funds_as_of(console.desk.reader, ledger_as_of)
    else:
        documents = await ReadModel(console.desk.ledger, FUNDS.name).documents()
        fund_states = funds_in(document for _, document in documents)
    rows = []
    for fund in await with_donors(console, fund_states):
        if fund.kind is not None:
            sums = fund.balance(ledger_as_of.true_at or clock.now())
            amounts = {name: str(getattr(sums, name)) for name in sheets.FUND_SUMS}
            about = {"fund": fund.fund_id, "name": fund.name, "funder": fund.funder, "currency": fund.currency}
            rows.append({**about, **amounts})
    return sorted(rows, key=lambda row: row["fund"])


def people_rows(directory: Directory) -> list[dict[str, Any]]:
    """Return the staff directory as rows: people, roles, keys, and the roles that are lent."""
    loans = {
        delegation.borrower: f"{delegation.role.value} of {delegation.lender} until {delegation.ends_on}"
        for delegation in directory.delegations
    }
    return [
        {
            "staff_id": member.staff_id,
            "name": member.name,
            "roles": list(member.roles),
            "limits": [str(limit) for limit in member.limits],
            "keys": [held_key.key.key_id for held_key in directory.keys if held_key.staff_id == member.staff_id],
            "lent": loans.get(member.staff_id, ""),
        }
        for member in directory.staff
    ]


def place_in(request: Request) -> str:
    """Return the place after which a page begins. Raises BadInput for what cannot be one."""
    after: str = request.query_params.get("after", "")
    if len(after) > 200 or not after.isprintable():
        raise BadInput("after: this is no place in a list; begin at its first page")
    return after


async def shown_table(request: Request, table: PageTable) -> Response:
    """Show a table, or hand it out in the form that is asked for."""
    console: Console = request.app.state.console
    await console.looked_at(request.state.reader, table.name.lower())
    if request.query_params.get("format"):
        return handed_out(request, table.name.lower(), table.rows, table.columns)
    parameters = {name: text for name, text in request.query_params.items() if name not in {"format", "after"}}
    next_page = "?" + urlencode({**parameters, "after": table.more}) if table.more else ""
    context = {"table": table, "times": Times.of(request), "given": parameters, "next_page": next_page}
    return page(request, "table.html", context)


def _about(request: Request) -> tuple[tuple[str, str], ...]:
    """Return what a workbook says of itself: its reader, its page with the filters, and the time that it is of."""
    times = Times.of(request)
    asked = {name: text for name, text in request.query_params.items() if text and name not in {"format", "after"}}
    filters = ", ".join(f"{name}: {text}" for name, text in asked.items()) or "none"
    return (
        ("Made for", request.state.reader),
        ("Filters", filters),
        ("As of", "now" if times.are_present else ", ".join(times.given.values())),
    )


def handed_out(
    request: Request,
    name: str,
    rows: Sequence[dict[str, Any]],
    columns: Sequence[sheets.Column] = sheets.PARTNERSHIPS,
    also: tuple[tuple[str, str], ...] = (),
) -> Response:
    """Return rows as a file in the form that an address asks for. Raises BadInput for a form that there is not.

    `also`: further lines of what a workbook says of itself, such as the period that a page has without being asked.
    """
    form = request.query_params["format"]
    headers = {"Content-Disposition": f'attachment; filename="{name}.{form}"'}
    match form:
        case "csv":
            return PlainTextResponse(sheets.as_csv(rows, columns), media_type="text/csv", headers=headers)
        case "json":
            return JSONResponse([sheets.plain_row(row) for row in rows], headers=headers)
        case "xlsx":
            return Response(as_workbook(rows, columns, (*_about(request), *also)), media_type=WORKBOOK, headers=headers)
        case _:
            raise BadInput(f"format: {form!r}; there are csv, json and xlsx")
