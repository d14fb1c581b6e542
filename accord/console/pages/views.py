"""Named views: filters of the page of work that a person keeps under a name of their own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple
from urllib.parse import parse_qsl, urlencode

import asyncpg
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from accord.console.serving.desk import Console
from accord.presentation.faults import BadInput

MOST: Final = 50
"""Views of one person."""
LONGEST_NAME: Final = 60
LONGEST_QUERY: Final = 8000
FILTERS: Final = (
    "text", "stage", "partner", "payee", "funder", "fund", "country", "sum", "held", "open", "year", "assigned", "role",
)  # fmt: skip
"""The fields of an address that filter. Each is a field of `PartnershipFilters`, but for the role."""
KEPT: Final = frozenset({"view", "true", "known", *FILTERS})
"""The fields of an address that a view keeps. The place in the list is none of them."""

_OF: Final = "SELECT name, query FROM console.views WHERE staff_id = $1 ORDER BY name"
_KEEP: Final = """
INSERT INTO console.views (staff_id, name, query) SELECT $1, $2, $3
 WHERE (SELECT count(*) FROM console.views WHERE staff_id = $1 AND name <> $2) < $4
ON CONFLICT (staff_id, name) DO UPDATE SET query = EXCLUDED.query RETURNING name
"""
_DROP: Final = "DELETE FROM console.views WHERE staff_id = $1 AND name = $2"


class View(NamedTuple):
    """A named view, and the address that shows it."""

    name: str
    query: str


async def views_of(pool: asyncpg.Pool, staff_id: str) -> list[View]:
    """Return a person's views, by name."""
    return [View(*row) for row in await pool.fetch(_OF, staff_id)]


async def change(request: Request) -> Response:
    """Keep a view under a name, or drop the one of that name, and lead back to it."""
    console: Console = request.app.state.console
    submission = await request.form()
    name, query = str(submission.get("name", "")).strip(), _query(dict(parse_qsl(str(submission.get("query", "")))))
    if not 1 <= len(name) <= LONGEST_NAME or not name.isprintable():
        raise BadInput(f"name: give the view a name of 1 to {LONGEST_NAME} letters, on one line")
    if submission.get("drop"):
        await console.desk.pool.execute(_DROP, request.state.reader, name)
    elif await console.desk.pool.fetchval(_KEEP, request.state.reader, name, query, MOST) is None:
        raise BadInput(f"name: you keep {MOST} views already; drop one first")
    return RedirectResponse(f"/?{query}", 303)


def _query(parameters: Mapping[str, str]) -> str:
    query = urlencode({name: text[:200] for name, text in parameters.items() if name in KEPT and text})
    if len(query) > LONGEST_QUERY:
        raise BadInput("query: these filters are too long to be kept; shorten them")
    return query
