"""The sums of what is ticked in the queue, by currency, as the server adds them up."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from accord.console.lists.totals import ListTally
from accord.console.serving.desk import Console
from accord.presentation.faults import BadInput
from records.read_models.lists import kept_sums

MOST: Final = 200
"""Partnerships that are ticked at once, as many as one batch has."""


async def sums(request: Request) -> Response:
    """Return the number of ticked partnerships and their sums, in words."""
    console: Console = request.app.state.console
    ids = tuple(dict.fromkeys(name.upper() for name in request.query_params.getlist("p")))
    if len(ids) > MOST:
        raise BadInput(f"partnerships: {len(ids)} were ticked; tick at most {MOST}")
    tally = ListTally()
    for total in await kept_sums(console.desk.pool, ids):
        tally.add(total.lines, total.key[0], total.amount)
    return PlainTextResponse(f"{tally.lines} ticked{' · ' if tally.sums else ''}{tally.sums}")
