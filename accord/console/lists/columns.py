"""The columns of a list that a person chose, in the order of the list, kept under their name."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final, NamedTuple
from urllib.parse import urlencode

import asyncpg
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from accord.console.lists.asks import step_of
from accord.console.lists.views import View, parameters_of
from accord.console.serving.desk import Console, age_in_words
from accord.presentation import sheets
from accord.presentation.faults import BadInput
from accord.presentation.words.codes import as_sentence, words_of
from accord.presentation.words.days import day_in_words
from accord.presentation.words.values import NamesInWords, country_in_words, listed, sum_in_words
from domain.directory.tiers import Role
from domain.partnership.stages import Stage
from ledger.projections.read_model import waits_since_query
from records.read_models.lists import PARTNERSHIPS_NAME, currencies_query


class ListColumns(NamedTuple):
    """The columns of a list, beside the title below which id and partner stand."""

    name: str
    """Its name in the database."""
    address: str
    choices: Mapping[str, sheets.Column]
    """The columns that one chooses from, by field, in their order."""
    usual: tuple[str, ...]
    """The columns that are shown to whoever chose none."""
    subject: str
    """The list, as the access log names it."""


_WITH_THE_TITLE: Final = frozenset({"partnership_id", "title", "partner", "amount"})
_AMOUNT: Final = sheets.Column("amount", "Amount", is_sum=True)
_HEADINGS: Final = {"next_step": "Next step", "funds": "Funds", "since": "Waits since"}
_CHOICES: Final[dict[str, sheets.Column]] = {
    column.field: column._replace(heading=_HEADINGS.get(column.field, column.heading))
    for column in (*(cell for cell in sheets.PARTNERSHIPS if cell.field not in _WITH_THE_TITLE), _AMOUNT)
}
ASK: Final = sheets.Column("ask", "What is asked")
_OF_THE_QUEUE: Final = ("due", "assigned", "stage", "country", "payee", "funder", "funds", "since", "amount")
PARTNERSHIPS: Final = ListColumns(
    "partnerships", "/partnerships", _CHOICES, ("stage", "country", "next_step", "due", "amount"), "partnerships",
)  # fmt: skip
QUEUE: Final = ListColumns(
    "queue", "/", {ASK.field: ASK, **{field: _CHOICES[field] for field in _OF_THE_QUEUE}},
    (ASK.field, "due", "assigned", "amount"), "the queue",
)  # fmt: skip
_LISTS: Final = {columns.name: columns for columns in (PARTNERSHIPS, QUEUE)}

_OPENED: Final = f"""
SELECT (SELECT fields FROM console.columns WHERE staff_id = $1 AND list = $2),
       (SELECT jsonb_agg(jsonb_build_array(name, query) ORDER BY name) FROM console.views WHERE staff_id = $1),
       ({waits_since_query("$4")}),
       ARRAY({currencies_query("$4")})
  FROM (SELECT console.look($1, $3)) noted
"""  # noqa: S608 - no text of others
_KEEP: Final = """
INSERT INTO console.columns (staff_id, list, fields) VALUES ($1, $2, $3)
ON CONFLICT (staff_id, list) DO UPDATE SET fields = EXCLUDED.fields
"""
_FORGET: Final = "DELETE FROM console.columns WHERE staff_id = $1 AND list = $2"


class ListSettings(NamedTuple):
    """A person's own settings of a list."""

    columns: tuple[sheets.Column, ...]
    """The columns beside the title."""
    views: tuple[View, ...]
    """Their views of all lists, by name."""
    old: str
    """The words that say since when the list is old, or ''."""
    currencies: tuple[str, ...]
    """The currencies of its lines, and of some that were."""


async def open_list(pool: asyncpg.Pool, staff_id: str, of_list: ListColumns) -> ListSettings:
    """Note that a person looks at a list, and return their own settings of it: one query does both."""
    [(fields, views, since, currencies)] = await pool.fetch(
        _OPENED, staff_id, of_list.name, of_list.subject, PARTNERSHIPS_NAME
    )
    field_names = of_list.usual if fields is None else fields
    columns = tuple(column for field, column in of_list.choices.items() if field in field_names)
    kept_views = tuple(View(*view) for view in json.loads(views or "[]"))
    return ListSettings(columns, kept_views, age_in_words(since), tuple(currencies))


async def choose(request: Request) -> Response:
    """Keep the columns that somebody ticked, or forget their choice, and lead back to the list as it was."""
    console: Console = request.app.state.console
    submission = await request.form()
    of_list = _LISTS.get(str(submission.get("list", PARTNERSHIPS.name)))
    if of_list is None:
        raise BadInput("list: there is no such list; choose the columns on its own page")
    fields = [str(field) for field in submission.getlist("column")]
    if unknown_fields := [field for field in fields if field not in of_list.choices]:
        raise BadInput(f"column: {unknown_fields[0][:40]!r} is no column of this list; tick those that are offered")
    if submission.get("usual"):
        await console.desk.pool.execute(_FORGET, request.state.reader, of_list.name)
    else:
        await console.desk.pool.execute(_KEEP, request.state.reader, of_list.name, list(dict.fromkeys(fields)))
    return RedirectResponse(f"{of_list.address}?{urlencode(parameters_of(str(submission.get('query', ''))))}", 303)


def cell_in_words(line: Mapping[str, Any], field: str, names: NamesInWords) -> str:
    """Return a field of a partnership's line in words."""
    value = line[field]
    match field:
        case _ if value is None or value in ("", []):
            return ""
        case "stage":
            return words_of(Stage(value))
        case "amount":
            return sum_in_words(Decimal(value), line["currency"])
        case "country":
            return country_in_words(value)
        case "funder":
            return listed([names.funder(funder) for funder in value.split(", ")])
        case "awaiting":
            return as_sentence(listed([words_of(Role(role)) for role in value], "or"))
        case "next_step":
            return step_of(line, names)
        case "assigned":
            return names.person(value)
        case "due" | "since":
            return day_in_words(date.fromisoformat(value[:10]))
        case _:
            return sheets.cell_of(value)
