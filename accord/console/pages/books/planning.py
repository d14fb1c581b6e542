"""Planning figures of pages and files beside the book: by which rates, as of the times that a page is of."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from accord.console.pages.tables import handed_out
from accord.console.pages.times import Times
from accord.console.serving.desk import Console
from accord.organisation.books.planning import conversion_of
from accord.presentation.books.planning import planned_file
from accord.presentation.books.tables import Rows
from accord.presentation.sheets import Column
from domain.screening.conversion import Conversion
from ledger import clock
from records.read_models.as_of import LedgerAsOf


async def planning_at(console: Console, cut: LedgerAsOf) -> Conversion | None:
    """Return the base currency with the reference rates of a time, or None if the organisation has none."""
    day = (cut.true_at or cut.known_at or clock.now()).date()
    return await conversion_of(console.desk, day, cut.known_at)


async def handed_out_planned(
    request: Request, name: str, rows: Rows, columns: tuple[Column, ...], also: tuple[tuple[str, str], ...] = ()
) -> Response:
    """Return a list as a file, in the form that an address asks for, with its sums in the base currency as well."""
    conversion = await planning_at(request.app.state.console, Times.of(request).cut)
    planned = planned_file(rows, columns, conversion)
    words = (("Planning figures", planned.words),) if planned.words else ()
    return handed_out(request, name, planned.rows, planned.columns, (*also, *words))
