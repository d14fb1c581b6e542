"""The columns of a list that a person chose, in the order of the list, kept under their name."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode

import asyncpg
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from accord.console.lists.views import parameters_of
from accord.console.serving.desk import Console
from accord.presentation import sheets
from accord.presentation.faults import BadInput

PARTNERSHIPS: Final = "partnerships"
_WITH_THE_TITLE: Final = frozenset({"partnership_id", "title", "partner", "amount"})
_AMOUNT: Final = sheets.Column("amount", "Amount", is_sum=True)
_HEADINGS: Final = {"next_step": "Next step", "funds": "Funds", "since": "Waits since"}
CHOICES: Final[dict[str, sheets.Column]] = {
    column.field: column._replace(heading=_HEADINGS.get(column.field, column.heading))
    for column in (*(one for one in sheets.PARTNERSHIPS if one.field not in _WITH_THE_TITLE), _AMOUNT)
}
"""The columns beside the title, by field. Id and partner stand below each title."""
USUAL: Final = ("stage", "country", "next_step", "due", "amount")
"""The columns that are shown to whoever chose none."""

_OF: Final = "SELECT fields FROM console.columns WHERE staff_id = $1 AND list = $2"
_KEEP: Final = """
INSERT INTO console.columns (staff_id, list, fields) VALUES ($1, $2, $3)
ON CONFLICT (staff_id, list) DO UPDATE SET fields = EXCLUDED.fields
"""
_FORGET: Final = "DELETE FROM console.columns WHERE staff_id = $1 AND list = $2"


async def columns_of(pool: asyncpg.Pool, staff_id: str) -> tuple[sheets.Column, ...]:
    """Return the columns that a person sees beside the title."""
    fields = await pool.fetchval(_OF, staff_id, PARTNERSHIPS)
    columns = [CHOICES[field] for field in CHOICES if field in (USUAL if fields is None else fields)]
    return tuple(columns)


async def choose(request: Request) -> Response:
    """Keep the columns that somebody ticked, or forget their choice, and lead back to the list as it was."""
    console: Console = request.app.state.console
    submission = await request.form()
    fields = [str(field) for field in submission.getlist("column")]
    if unknown_fields := [field for field in fields if field not in CHOICES]:
        raise BadInput(f"column: {unknown_fields[0][:40]!r} is no column of this list; tick those that are offered")
    if submission.get("usual"):
        await console.desk.pool.execute(_FORGET, request.state.reader, PARTNERSHIPS)
    else:
        await console.desk.pool.execute(_KEEP, request.state.reader, PARTNERSHIPS, list(dict.fromkeys(fields)))
    return RedirectResponse(f"/partnerships?{urlencode(parameters_of(str(submission.get('query', ''))))}", 303)
