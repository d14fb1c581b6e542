"""Read the read models, up to now or as of two times, and print rows of them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import typer

from accord.cli.printing import err, out, print_json, rows_table
from accord.client.desk import Desk, open_desk
from accord.client.moments import moment_of
from domain.partnership.state import Partnership
from domain.streams import StreamId
from ledger.projections import Document, NotCaughtUp, ReadModel
from records.read_models.as_of import LedgerAsOf, documents_as_of
from records.read_models.partnerships import PARTNERSHIPS

PATIENCE = 3.0
"""Seconds to wait for a read model to reach the newest event."""

AsOfOption = Annotated[
    str | None, typer.Option("--as-of", metavar="TIME", help="What was true then: a day (its end), or a time in UTC.")
]
KnownAtOption = Annotated[
    str | None, typer.Option("--known-at", metavar="TIME", help="What we knew then: what was recorded by that time.")
]


async def caught_up(desk: Desk, name: str) -> ReadModel:
    """Wait for a read model to catch up and return it; print a warning if it is behind or lacks an event."""
    model = ReadModel(desk.ledger, name)
    try:
        await model.wait_for(await desk.ledger.head(), PATIENCE)
    except NotCaughtUp as behind:
        err.print(f"accord: what follows may be old: {behind}", style="yellow", soft_wrap=True, markup=False)
    for one in await model.quarantined():
        told = f"accord: {one.stream_id} is not shown as it is: event {one.position} cannot be read ({one.reason})"
        err.print(told, style="yellow", soft_wrap=True, markup=False)
    return model


def cut_at(as_of: str | None, known_at: str | None) -> LedgerAsOf:
    """Return the point in both times that two options name. Raises BadInput if one is no day or time."""
    return LedgerAsOf(moment_of(as_of, "--as-of"), moment_of(known_at, "--known-at"))


async def portfolio_at(desk: Desk, cut: LedgerAsOf) -> list[Partnership]:
    """Return every partnership as of a point in both times."""
    if cut.present:
        documents = dict(await (await caught_up(desk, PARTNERSHIPS.name)).documents())
    else:
        documents = await documents_as_of(desk.ledger, PARTNERSHIPS, cut)
    return [
        state_of(one)
        for stream_id, one in documents.items()
        if StreamId(stream_id).is_partnership and "portfolio" in one
    ]


def state_of(document: Document) -> Partnership:
    """Return the state that a read model's document holds."""
    return Partnership.model_validate(document["state"])


async def rows_of(query: str, *arguments: object) -> list[dict[str, Any]]:
    """Return the rows of a query over the read models, once they have caught up."""
    async with open_desk() as desk:
        await caught_up(desk, PARTNERSHIPS.name)
        return [dict(row) for row in await desk.pool.fetch(query, *arguments)]


def print_rows(rows: list[dict[str, Any]], columns: tuple[str, ...], nothing: str, as_json: bool) -> None:
    """Print rows as a table, or as JSON for a machine; `nothing` stands for no rows."""
    if as_json:
        print_json([{name: None if cell is None else str(cell) for name, cell in row.items()} for row in rows])
    elif rows:
        out.print(rows_table(columns, ([_plain(cell) for cell in row.values()] for row in rows)))
    else:
        out.print(nothing)


def _plain(cell: object) -> str:
    match cell:
        case None:
            return "-"
        case datetime():
            return f"{cell:%Y-%m-%d %H:%M}"
        case _:
            return str(cell)
