"""Render pages: templates with their words escaped, and one way to show money, days and faults."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, NamedTuple
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from accord.presentation.numbers import count_in_words, plural
from accord.presentation.sheets import Column, cell_of, grouped
from accord.presentation.times.zones import local, zone_in_words
from accord.presentation.words.codes import as_sentence, in_plain_words, words_of
from accord.presentation.words.days import day_in_words, days_in_words, time_in_words
from accord.presentation.words.proposal.remedies import said_plainly
from accord.presentation.words.values import country_in_words, initials, money_in_words, sum_in_words
from domain.books.events import MAY_READ
from domain.directory.people import StaffMember
from domain.directory.roles import Role

FOLDER: Final = Path(__file__).parent


def _clock(moment: datetime) -> str:
    return f"{local(moment):%H:%M}"


def field_in_words(row: Mapping[str, Any], column: Column) -> str:
    """Return a field of a row in words."""
    value = row.get(column.field)
    if column.is_sum and value is not None:
        return _sum(value, column.currency or str(row.get("currency") or ""))
    if (isinstance(value, str) and column.field.endswith("_on")) or column.field == "due":
        return day_in_words(date.fromisoformat(value)) if value else ""
    if isinstance(value, str) and column.field.endswith("_at"):
        return day_in_words(datetime.fromisoformat(value))
    if column.field == "kind" and isinstance(value, str):
        return _words(value)
    return cell_of(value)


def _sentence(text: object) -> str:
    """Return a sentence of the record in the words of pages."""
    return as_sentence(said_plainly(str(text)))


def _sum(amount: Decimal | str, currency: str) -> str:
    """Return a sum as every page writes it. A column may hold a count, which has no currency."""
    return sum_in_words(Decimal(amount), currency) if currency else grouped(str(amount))


def _words(code: object) -> str:
    """Return a code such as FINANCE_APPROVER in words."""
    return str(getattr(code, "value", code)).replace("_", " ").lower()


def _groups(digest: str) -> str:
    """Return a digest in groups of four, for comparing it by eye."""
    return " ".join(digest[place : place + 4] for place in range(0, len(digest), 4))


def _query(parameters: Mapping[str, str]) -> str:
    """Return the beginning of a query, to which another field is added."""
    return urlencode(parameters) + "&" if parameters else ""


_FILTERS: Final = {
    "clock": _clock, "count": count_in_words, "country": country_in_words, "day": day_in_words, "days": days_in_words,
    "groups": _groups, "money": _sum, "plain": in_plain_words, "plural": plural, "query": _query,
    "time": time_in_words, "told": _sentence, "whole": money_in_words, "words": _words,
}  # fmt: skip


def templates_of(folder: Path) -> Environment:
    """Return the templates in a folder, with the frame that they share. A template of the folder comes first."""
    templates = Environment(
        loader=FileSystemLoader([folder, FOLDER / "templates"]), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    templates.filters |= _FILTERS
    templates.globals["zone"] = zone_in_words
    return templates


UNTYPED: Final = frozenset({"view", "query", "act", "p", "version", "format", "after", "sort", "drop", "do", "step"})
"""Fields that a page sends by itself. Nobody types them."""
ONE_LINE: Final = 80
"""Letters that a field of one line shows."""
LABELS: Final = {
    "true": "True on", "known": "Known on", "period": "Period", "assigned": "Looked after by", "after": "Page",
    "sort": "Order", "least": "From this sum", "most": "Up to this sum", "held": "On hold", "open": "Something to do",
}  # fmt: skip


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
    member: StaffMember | None = getattr(request.state, "member", None)
    around = {
        "reader": member.staff_id if member is not None else "",
        "badge": _badge(member) if member is not None else None,
        "home": request.app.state.site.settings.origin,
        "path": request.url.path,
        "here": _here(request),
        "counts": getattr(request.state, "counts", None),
        "left_out": _left_out(request),
        "refusal": getattr(request.state, "refused", None),
        "asked_beside": request.query_params.multi_items(),
    }
    templates: Environment = request.app.state.templates
    answered_status = 422 if status == 200 and (around["left_out"] or around["refusal"]) else status
    return HTMLResponse(templates.get_template(template).render({**around, **content}), answered_status)


def without_field(request: Request, fault: str) -> Request | None:
    """Return a request for a page without the field that a fault names, which the page says then.

    None if it names none of the address, or if a file is asked for, which says nothing beside its lines.
    """
    fields = request.query_params.multi_items()
    faulty = [RequestField(name, text, _remedy(fault)) for name, text in fields if fault.startswith(f"{name}:")]
    if request.method != "GET" or not faulty or request.query_params.get("format"):
        return None
    rest = [(name, text) for name, text in fields if name != faulty[0].name]
    readable_request = Request({**request.scope, "query_string": urlencode(rest).encode()}, request.receive)
    readable_request.state.left_out = (*_left_out(request), *faulty)
    return readable_request


def _left_out(request: Request) -> tuple[RequestField, ...]:
    """Return the fields of an address that could not be read, with what to write there."""
    return getattr(request.state, "left_out", ())


class Badge(NamedTuple):
    """Who reads, as the head of a page says it."""

    name: str
    roles: str
    face: str
    audits: bool = False
    """True for whom samples are drawn."""
    reads_books: bool = False
    """True for auditors and people of finance."""


def _badge(member: StaffMember) -> Badge:
    roles = ", ".join(words_of(role) for role in member.roles)
    return Badge(
        member.name,
        as_sentence(roles),
        initials(member.name),
        Role.AUDITOR in member.roles,
        bool(MAY_READ & {*member.roles}),
    )


def _here(request: Request) -> str:
    """Return the address in the head of a page that stands for it, as far as one does."""
    first = request.url.path.split("/")[1]
    return _STANDS_FOR.get(first, "/partnerships" if first.startswith("P-") else f"/{first}")


_STANDS_FOR: Final = {"bulk": "/"}
"""By the beginning of a page's path: the address in the head that stands for it, where it is another one."""


def problem(request: Request, status: int, reason: str, ways: Sequence[tuple[str, str]] = ()) -> Response:
    """Render a page that says why there is no other. `ways`: links that lead on, each with its words."""
    context = {"reason": _sentence(reason), "status": status, "fields": (), "ways": ways}
    return page(request, "problem.html", context, status)


_FORMS: Final = ("application/x-www-form-urlencoded", "multipart/form-data")


def is_form(request: Request) -> bool:
    """True if somebody sent a form that they filled in."""
    return request.method == "POST" and request.headers.get("content-type", "").startswith(_FORMS)


def _remedy(fault: str) -> str:
    """Return the remedy that a fault tells."""
    return _sentence(fault.partition(":")[2].strip())


def _reason(fields: Sequence[RequestField], fault: str) -> str:
    """Return a fault as a sentence, with the name that pages have for its field."""
    faulty_field = next((field for field in fields if field.fault), None)
    return f"{faulty_field.label}: {faulty_field.fault}" if faulty_field is not None else _sentence(fault)


async def ask_again(request: Request, status: int, fault: str) -> Response:
    """Render a submission as a form, with the fault beside the field that it names: no typed text is lost."""
    submission = await request.form() if is_form(request) else request.query_params
    every = (
        RequestField(name, str(text), _remedy(fault) if fault.startswith(f"{name}:") else "")
        for name, text in submission.multi_items()
        if isinstance(text, str)  # a file is chosen anew
    )
    fields = [
        field for field in every if field.text or field.fault or request.method == "POST"
    ]  # an emptied field says so
    about = {
        "reason": _reason(fields, fault),
        "fields": fields,
        "method": request.method.lower(),
        "ways": (),
        "left_out": (),
    }
    return page(request, "problem.html", {**about, "status": status}, status)
