"""The filters of a list as an address has them: read, told as chips, each with a way to do without it, and offered."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final, NamedTuple
from urllib.parse import urlencode

from starlette.requests import Request

from accord.console.lists.sorting import Sorting
from accord.console.lists.views import FILTERS
from accord.console.pages.times import Times
from accord.presentation.words.codes import words_of
from accord.presentation.words.values import NamesInWords, country_in_words
from domain.directory.tiers import Role
from domain.partnership.stages import Stage
from ledger import clock

STAGES: Final = tuple((stage.value, words_of(stage)) for stage in Stage)
ROLES: Final = tuple((role.value, words_of(role)) for role in Role)
LABELS: Final = {
    "text": "", "stage": "", "partner": "Partner: ", "payee": "Payee: ", "funder": "Funder: ", "fund": "Fund: ",
    "country": "", "sum": "Sum: ", "least": "From ", "most": "Up to ", "held": "", "open": "", "year": "Proposed in ",
    "assigned": "Looked after by ", "role": "Waits for the ", "due": "",
}  # fmt: skip
"""By filter: the words before its value in a chip."""

_EITHER: Final = {
    ("held", "yes"): "On hold", ("held", "no"): "Not on hold", ("open", "yes"): "Something to do",
    ("open", "no"): "Nothing to do", ("assigned", "nobody"): "Looked after by nobody",
}  # fmt: skip


DUES: Final = {"late": "Late", "week": "Due this week", "later": "Due later", "none": "Due on no day"}
"""The groups of the days when something is due, as a filter says them."""


class Chip(NamedTuple):
    """A filter that is set, and the address of the list without it."""

    words: str
    address: str


def filters_in(request: Request) -> dict[str, str]:
    """Return the filters of an address as they were written, each '' if it is not set."""
    return {name: request.query_params.get(name, "").strip() for name in FILTERS}


def own_filters(filters: Mapping[str, str]) -> dict[str, str]:
    """Return the filters that are fields of `PartnershipFilters`."""
    return {name: text for name, text in filters.items() if name not in {"role", "due"}}


def day_of(times: Times) -> date:
    """Return the day that a page is of."""
    cut = times.cut
    moment = cut.true_at or cut.known_at
    return moment.date() if moment is not None else clock.today()


def surroundings(
    filters: Mapping[str, str], sorting: Sorting, times: Times, names: NamesInWords, other_fields: Mapping[str, str]
) -> dict[str, Any]:
    """Return the surroundings of a list. `other_fields`: the fields of the address beside filters, order and times."""
    set_filters = {name: text for name, text in filters.items() if text}
    address = {**other_fields, **set_filters, **times.given, **sorting.given}
    return {
        "times": times,
        "asked": filters,
        "given": set_filters,
        "sorting": sorting,
        "hidden": {**other_fields, **sorting.given},
        "kept": urlencode({**set_filters, **times.given, **sorting.given}),
        "whole": urlencode(address),
        "sorted": {
            field: "?" + urlencode({**other_fields, **set_filters, **times.given, "sort": sorting.next_for(field)})
            for field in ("title", "due", "amount", "since")
        },
        "chips": [Chip(_chip(name, text, names), _without(address, name)) for name, text in set_filters.items()],
        "cleared": "?" + urlencode({**other_fields, **times.given, **sorting.given}),
        "dues": DUES.items(),
        "stages": STAGES,
        "roles": ROLES,
        "people": [("nobody", "Nobody"), *((member.staff_id, member.name) for member in names.directory.staff)],
    }


def _without(address: Mapping[str, str], name: str) -> str:
    return "?" + urlencode({field: text for field, text in address.items() if field != name})


def _chip(name: str, text: str, names: NamesInWords) -> str:
    """Return a filter in words."""
    if (name, text.lower()) in _EITHER:
        return _EITHER[name, text.lower()]
    if name == "due":
        return DUES.get(text, text)
    if name == "country":
        return LABELS[name] + country_in_words(text.upper())
    if name == "funder":
        return LABELS[name] + names.funder(text)
    if name == "assigned":
        return LABELS[name] + names.person(text)
    choices = dict(STAGES if name == "stage" else ROLES if name == "role" else ())
    return LABELS[name] + choices.get(text.upper(), text)
