"""Render pages: templates with their words escaped, and one way to show money, days and faults."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Final, NamedTuple
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from accord.presentation.sheets import Column, cell_of, grouped

FOLDER: Final = Path(__file__).parents[1]
TEMPLATES: Final = Environment(
    loader=FileSystemLoader(FOLDER / "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
    lstrip_blocks=True,
)  # fmt: skip


def _day(moment: datetime | date | None) -> str:
    return "" if moment is None else f"{moment:%d %b %Y}"


def _time(moment: datetime | None) -> str:
    return "" if moment is None else f"{moment.astimezone(UTC):%d %b %Y, %H:%M} UTC"


def _field(row: Mapping[str, Any], column: Column) -> str:
    """Return a field of a row in words."""
    value = row.get(column.field)
    if column.is_sum and value is not None:
        return f"{grouped(value)} {row.get('currency') or ''}".rstrip()
    if (isinstance(value, str) and column.field.endswith("_on")) or column.field == "due":
        return _day(date.fromisoformat(value)) if value else ""
    if isinstance(value, str) and column.field.endswith("_at"):
        return _day(datetime.fromisoformat(value))
    return cell_of(value)


def _words(code: object) -> str:
    """Return a code such as FINANCE_APPROVER in words."""
    return str(getattr(code, "value", code)).replace("_", " ").lower()


def _groups(digest: str) -> str:
    """Return a digest in groups of four, for comparing it by eye."""
    return " ".join(digest[place : place + 4] for place in range(0, len(digest), 4))


def _query(parameters: Mapping[str, str]) -> str:
    """Return the beginning of a query, to which another field is added."""
    return urlencode(parameters) + "&" if parameters else ""


TEMPLATES.filters |= {"day": _day, "time": _time, "words": _words, "groups": _groups, "field": _field, "query": _query}


UNTYPED: Final = frozenset({"view", "query", "act", "p", "version", "format", "after", "drop", "do", "step"})
"""Fields that a page sends by itself. Nobody types them."""
ONE_LINE: Final = 80
"""Letters that a field of one line shows."""
LABELS: Final = {"true": "True on", "known": "Known on", "settled": "Settled in", "assigned": "Looked after by"}


class RequestField(NamedTuple):
    """A field of a request as it was sent, and what is wrong with it."""

    name: str
    text: str
    fault: str

    @property
    def is_typed(self) -> bool:
        """True if a person typed or chose it."""
        return self.name not in UNTYPED

    @property
    def is_long(self) -> bool:
        """True if it has more than one line, or more than one line shows."""
        return "\n" in self.text or len(self.text) > ONE_LINE

    @property
    def label(self) -> str:
        """Its name on pages."""
        return LABELS.get(self.name, self.name.replace("_", " ").capitalize())


def page(request: Request, template: str, content: Mapping[str, Any], status: int = 200) -> Response:
    """Render a page for whoever reads it."""
    reader = getattr(request.state, "reader", "")
    home = request.app.state.console.settings.origin
    html = TEMPLATES.get_template(template).render(reader=reader, home=home, path=request.url.path, **content)
    return HTMLResponse(html, status)


def problem(request: Request, status: int, reason: str) -> Response:
    """Render a page that says why there is no other."""
    return page(request, "problem.html", {"reason": reason, "status": status, "fields": ()}, status)


_FORMS: Final = ("application/x-www-form-urlencoded", "multipart/form-data")


def is_form(request: Request) -> bool:
    """True if somebody sent a form that they filled in."""
    return request.method == "POST" and request.headers.get("content-type", "").startswith(_FORMS)


async def ask_again(request: Request, status: int, fault: str) -> Response:
    """Render a submission as a form, with the fault beside the field that it names: no typed text is lost."""
    submission = await request.form() if is_form(request) else request.query_params
    every = (
        RequestField(name, str(text), fault if fault.startswith(f"{name}:") else "")
        for name, text in submission.multi_items()
    )
    fields = [
        field for field in every if field.text or field.fault or request.method == "POST"
    ]  # an emptied field says so
    context = {"reason": fault, "status": status, "fields": fields, "method": request.method.lower()}
    return page(request, "problem.html", context, status)
