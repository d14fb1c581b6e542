"""From a submission to a draft: each typed text at its path, names of countries as codes, and ticks as what they open.

A page sends all its fields, and the script only what changed. What is not sent stays as it is.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any, Final

import pycountry
from starlette.datastructures import FormData

from accord.console.proposing import ticks
from accord.console.proposing.content import TRANCHES, nodes_of, with_room
from accord.console.proposing.drafts import BESIDE, Draft
from accord.presentation import form_content, forms
from accord.presentation.words.proposal.questions import LEGS
from domain.directory.directory import Directory

SHOWN: Final = "on"
"""The field that names the ticks of a page: a form sends no word of one that is not set."""
PAYER: Final = "from:funds_out"
CURRENCY: Final = f"currency:{TRANCHES}"
MANY: Final = ("holds", "barrier_holds", "uses", "excluded_uses", "objectives")
"""The names of lists that are chosen as ticks."""


def typed_in(draft: Draft, submission: FormData, directory: Directory, programme: str = "") -> Draft:
    """Return a draft with what was typed and chosen. `programme`: the one whose budget the chosen fund is, or ''."""
    inputs = {name: plain(str(text)) for name, text in submission.items()}
    shown = frozenset(str(name) for name in submission.getlist(SHOWN))
    draft = _with_legs(replace(draft, content=with_room(draft.content)), inputs, shown)
    draft = ticks.ticked(draft, inputs, shown)
    nodes = nodes_of(draft.content)
    content = form_content.filled(nodes.values(), draft.content, inputs, shown)
    for path in (path for path in shown if path.rpartition(".")[2] in MANY and path in nodes):
        form_content.put(content, path, [str(answer) for answer in submission.getlist(path)])
    _put_parties(content, nodes, inputs)
    _put_payer(content, inputs, programme)
    _put_aim(content, inputs, directory)
    content = form_content.with_own_offices(draft.content, content)
    beside = {name: inputs.get(name, getattr(draft, name)) for name in BESIDE}
    return replace(draft, content=with_codes(content), **beside)


def plain(text: str) -> str:
    """Return typed text with the record's line ends, not the browser's, and nothing around it."""
    return text.replace("\r\n", "\n").strip()


def _with_legs(draft: Draft, inputs: Mapping[str, str], shown: Collection[str]) -> Draft:
    """Return a draft with what moves between both sides, as it is ticked."""
    for leg in LEGS:
        key = f"leg:{leg}"
        if key not in shown or (key in inputs) == isinstance(draft.content.get(leg), dict):
            continue
        start = _START.get(leg, {}) if key in inputs else None
        draft = ticks.with_aside(draft, leg) if start is None else ticks.without_aside(draft, leg, start)
    return replace(draft, content=with_room(draft.content))


_START: Final[Mapping[str, Any]] = {
    "funds_out": {"payee": {forms.SAME: "partner"}},
    "funds_in": {"donor": {forms.SAME: "partner"}, "money": {}},
}
"""What a leg begins with."""


def _put_parties(content: Any, nodes: Mapping[str, forms.Node], inputs: Mapping[str, str]) -> None:
    """Put each party that is said to be the partner, or not to be."""
    for party in (node for node in nodes.values() if node.is_party and f"same:{node.path}" in inputs):
        is_partner = inputs[f"same:{party.path}"] == "partner"
        if is_partner != bool(party.value):
            form_content.put(content, party.path, {forms.SAME: "partner"} if is_partner else {})


def _put_payer(content: Any, inputs: Mapping[str, str], programme: str) -> None:
    """Put the funder and its fund, which are chosen in one list, the fund's programme, and the payments' currency."""
    out = content.get("funds_out")
    if out is None:
        return
    if PAYER in inputs:
        out["funder"], _, fund = inputs[PAYER].partition(" ")
        if not ticks.is_in_parts(content):
            out["funds"] = [{"fund": fund}] if fund else []
            out |= {"programme": programme} if programme else {}
    if CURRENCY in inputs:
        for row in out.get("tranches") or ():
            row.setdefault("money", {})["currency"] = inputs[CURRENCY]


def _put_aim(content: Any, inputs: Mapping[str, str], directory: Directory) -> None:
    """Put the objective's own words as the aim, unless somebody wrote others. It is asked for once."""
    objectives = directory.rules.objectives if directory.rules is not None else ()
    words = {objective.code: objective.words for objective in objectives}
    interest = content["public_interest"]
    aim = interest.get("mission_objective", "")
    if (code := inputs.get("public_interest.objective")) in words and aim in {"", *words.values()}:
        interest["mission_objective"] = words[code]


def with_codes(content: Any, name: str = "") -> Any:
    """Return a content with the codes of countries and regions that are written by name, and of a number unknown."""
    match content:
        case dict():
            parts = {key: with_codes(part, key) for key, part in content.items()}
            if parts.get("region"):
                parts["region"] = region_code(str(parts["region"]), str(parts.get("country", "")))
            if name == "community":
                parts["number"] = _number(str(parts.get("number", "")))
            return parts
        case list():
            return [with_codes(part, "country" if name == "places" else name) for part in content]
        case str() if name == "country":
            return country_code(content)
        case _:
            return content


def _number(typed: str) -> str:
    return "NOT_KNOWN" if typed.casefold() == "not known" else typed.replace(",", "")


def country_code(typed: str) -> str:
    """Return the code of a country that is written by its name or code, or what was typed."""
    return _CODES.get(typed.casefold(), typed)


def region_code(typed: str, country: str) -> str:
    """Return the code of a region that is written by its name or code, or what was typed."""
    regions = pycountry.subdivisions.get(country_code=country) or ()  # type: ignore[no-untyped-call]
    by_name = {str(region.name).casefold(): str(region.code) for region in regions}
    return by_name.get(typed.casefold(), typed)


def _codes() -> dict[str, str]:
    codes: dict[str, str] = {}
    for country in pycountry.countries:
        names = (
            country.alpha_2,
            country.name,
            *(getattr(country, key, "") for key in ("common_name", "official_name")),
        )
        codes |= {str(name).casefold(): str(country.alpha_2) for name in names if name}
    return codes


_CODES: Final = _codes()
