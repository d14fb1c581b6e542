"""Named views: filters of the queue, or of the list of partnerships, that a person keeps under a name of their own."""

from __future__ import annotations

from typing import Final, NamedTuple
from urllib.parse import parse_qsl, urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from accord.console.serving.desk import Console
from accord.presentation.faults import BadInput

MOST: Final = 50
"""Views of one person."""
LONGEST_NAME: Final = 60
LONGEST_QUERY: Final = 8000
FILTERS: Final = (
    "text", "stage", "partner", "payee", "funder", "fund", "country", "sum", "least", "most", "held", "open", "year",
    "assigned", "role", "due",
)  # fmt: skip
"""The fields of an address that filter. Each is a field of `PartnershipFilters`, but for role and due."""
KEPT: Final = frozenset({"view", "true", "known", "sort", *FILTERS})
"""The fields of an address that a view keeps. The place in the list is none of them."""
LIST: Final = "list"
"""The view of the list of partnerships, which is no queue."""

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

    @property
    def address(self) -> str:
        """The address that shows it."""
        return _address(self.query)


async def change(request: Request) -> Response:
    """Keep a view under a name, or drop the one of that name, and lead back to it."""
    console: Console = request.app.state.console
    submission = await request.form()
    name, query = str(submission.get("name", "")).strip(), _query(str(submission.get("query", "")))
    if not 1 <= len(name) <= LONGEST_NAME or not name.isprintable():
        raise BadInput(f"name: give the view a name of 1 to {LONGEST_NAME} letters, on one line")
    if submission.get("drop"):
        await console.desk.pool.execute(_DROP, request.state.reader, name)
    elif await console.desk.pool.fetchval(_KEEP, request.state.reader, name, query, MOST) is None:
        raise BadInput(f"name: you keep {MOST} views already; remove one first")
    return RedirectResponse(_address(query), 303)


def _address(query: str) -> str:
    parameters = dict(parse_qsl(query))
    if parameters.get("view") != LIST:
        return f"/?{query}"
    return f"/partnerships?{urlencode({name: text for name, text in parameters.items() if name != 'view'})}"


def parameters_of(query: str) -> dict[str, str]:
    """Return the fields of an address that may be kept."""
    return {name: text[:200] for name, text in parse_qsl(query) if name in KEPT and text}


def _query(text: str) -> str:
    query = urlencode(parameters_of(text))
    if len(query) > LONGEST_QUERY:
        raise BadInput("query: these filters are too long to be kept; shorten them")
    return query
