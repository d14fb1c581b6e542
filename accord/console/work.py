"""The queue: what waits for the reader, for their role, or for anybody, the earliest due first."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from accord.console.desk import Console
from accord.console.pages import page
from accord.console.times import Times
from domain.directory.directory import Directory
from domain.directory.tiers import Role
from domain.partnership.staffing import able_to_act
from domain.partnership.state import Partnership, Stage
from domain.streams import StreamId
from ledger import clock
from ledger.projections import Document
from records.read_models.as_of import LedgerAsOf, documents_as_of
from records.read_models.partnerships import PARTNERSHIPS

MOST: Final = 50
"""Lines on a page."""

FILTERS: Final = ("q", "stage", "funder", "country", "held", "role")
VIEWS: Final = ("mine", "role", "all")

_QUERY: Final = """
SELECT d.partnership_id, p.title, p.partner, p.country, p.funder, p.amount, p.currency, p.stage, p.on_hold, p.next_step,
       p.due, COALESCE(w.roles, '{}') AS roles, d.document -> 'state' AS state
  FROM read_model.documents d,
       jsonb_to_record(d.document -> 'portfolio') AS p(
           title text, partner text, country text, funder text, amount numeric, currency text, stage text,
           on_hold boolean, next_step text, due timestamptz),
       LATERAL (SELECT array_agg(DISTINCT x.role) AS roles
                  FROM jsonb_to_recordset(d.document -> 'work') AS x(role text)) w
 WHERE d.name = 'partnerships' AND d.document ? 'portfolio'
   AND ($1 = '' OR d.partnership_id ILIKE $1 || '%' OR concat_ws(' ', p.title, p.partner) ILIKE '%' || $1 || '%')
   AND ($2 = '' OR p.stage = $2) AND ($3 = '' OR p.funder = $3) AND ($4 = '' OR p.country = upper($4))
   AND ($5 = '' OR p.on_hold = ($5 = 'yes')) AND ($6::text[] IS NULL OR w.roles && $6)
   AND (COALESCE(p.due, '9999-12-31T00:00:00Z'), d.partnership_id) > ($7::timestamptz, $8)
 ORDER BY COALESCE(p.due, '9999-12-31T00:00:00Z'), d.partnership_id LIMIT $9
"""
BEGINNING: Final = "0001-01-01T00:00:00+00:00~"
LAST: Final = datetime(9999, 12, 31, tzinfo=UTC)
"""Stands for no day: what has none comes last."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the queue."""

    partnership_id: str
    title: str
    partner: str
    country: str
    funder: str
    amount: Decimal | None
    currency: str | None
    stage: str
    on_hold: bool
    next_step: str
    due: datetime | None
    roles: tuple[str, ...]
    who: tuple[str, ...]
    """Who can take the step."""

    @property
    def is_late(self) -> bool:
        """True once its day has passed."""
        return self.due is not None and self.due < clock.now()


async def queue(request: Request) -> Response:
    """Show the queue. View and filters are in the address, so that an address is a saved view."""
    console: Console = request.app.state.console
    asked = {name: request.query_params.get(name, "").strip() for name in FILTERS}
    given = {name: text for name, text in asked.items() if text}
    wanted = request.query_params.get("view", "")
    view = wanted if wanted in VIEWS else "mine"
    times, after = Times.of(request), request.query_params.get("after", "")
    lines, last = await _lines(console, times.cut, request.state.reader, view, asked, after)
    await console.looked_at(request.state.reader, "the queue")
    more = "?" + urlencode({"view": view, **given, "after": last}) if last else ""
    shown = {
        "times": times,
        "view": view,
        "asked": asked,
        "given": given,
        "kept": urlencode(given),
        "stages": list(Stage),
    }
    return page(request, "queue.html", {**shown, "lines": lines, "more": more})


async def _lines(
    console: Console, cut: LedgerAsOf, reader: str, view: str, asked: Mapping[str, str], after: str
) -> tuple[list[Line], str]:
    """Return a page of lines, and the place of its last one if there may be more."""
    directory, today = await console.desk.directory(), clock.today()
    own = [one.role.value for one in directory.capacities(reader, today)]
    roles = [asked["role"]] if asked["role"] else None if view == "all" else own
    filters = (*(asked[name] for name in ("q", "stage", "funder", "country", "held")), roles)
    lines: list[Line] = []
    if not cut.present:
        return await _lines_as_of(console, cut, reader, view, filters, directory), ""
    while True:
        rows = await console.desk.pool.fetch(_QUERY, *filters, *_place(after), MOST)
        for row in rows:
            line, after = _line(row, directory, today), _place_of(row)
            lines += [line] if view != "mine" or reader in line.who else []
            if len(lines) == MOST:
                return lines, after
        if len(rows) < MOST:
            return lines, ""


async def _lines_as_of(
    console: Console, cut: LedgerAsOf, reader: str, view: str, filters: tuple[Any, ...], directory: Directory
) -> list[Line]:
    """Return the lines as of two dates, all at once; who can act is by the directory of today."""
    documents = await documents_as_of(console.desk.ledger, PARTNERSHIPS, cut)
    rows = (_row(StreamId(name).subject, one) for name, one in documents.items() if "portfolio" in one)
    found = [_line(row, directory, clock.today()) for row in rows if _fits(row, *filters)]
    mine = [one for one in found if view != "mine" or reader in one.who]
    return sorted(mine, key=lambda one: (one.due or LAST, one.partnership_id))


def _row(partnership_id: str, document: Document) -> dict[str, Any]:
    """Return a document as the query returns it."""
    told = document["portfolio"]
    due = datetime.fromisoformat(told["due"]) if told["due"] else None
    amount = Decimal(told["amount"]) if told["amount"] is not None else None
    roles = sorted({one["role"] for one in document.get("work", ())})
    state = json.dumps(document["state"])
    return {**told, "partnership_id": partnership_id, "due": due, "amount": amount, "roles": roles, "state": state}


def _fits(row: Mapping[str, Any], text: str, stage: str, funder: str, country: str, held: str, roles: Any) -> bool:
    """Return whether a row passes the filters, as the query means them."""
    words = f"{row['title']} {row['partner']}".lower()
    return (
        (row["partnership_id"].lower().startswith(text.lower()) or text.lower() in words)
        and stage in {"", row["stage"]}
        and funder in {"", row["funder"]}
        and country.upper() in {"", row["country"]}
        and (not held or row["on_hold"] == (held == "yes"))
        and (roles is None or not set(roles).isdisjoint(row["roles"]))
    )


def _place(after: str) -> tuple[datetime, str]:
    """Return the keys after which a page begins. What is no place is the beginning."""
    due, _, name = (after or BEGINNING).partition("~")
    try:
        return datetime.fromisoformat(due), name
    except ValueError:
        return _place("")


def _place_of(row: Any) -> str:
    return f"{(row['due'] or LAST).isoformat()}~{row['partnership_id']}"


def _line(row: Any, directory: Directory, today: date) -> Line:
    known = Partnership.model_validate_json(row["state"])
    able = {who for role in row["roles"] for who in able_to_act(known, Role(role), directory, today)}
    told = {name: row[name] for name in Line.__slots__ if name not in {"who", "roles"}}
    return Line(**told, roles=tuple(row["roles"]), who=tuple(sorted(able)))
