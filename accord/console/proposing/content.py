"""The content of a draft: a place for every question in it, and the proposal that it is."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, NamedTuple

from pydantic import ValidationError

from accord.console.proposing.drafts import Draft
from accord.presentation import form_content, forms
from accord.presentation.input_files import places_of
from accord.presentation.sums import with_sums_read
from accord.presentation.words.proposal.remedies import remedy
from domain.proposal import Proposal

SCHEMA: Final = Proposal.model_json_schema(mode="validation")
NAMES: Final = tuple(Proposal.model_fields)
TRANCHES: Final = "funds_out.tranches"
PERIODS: Final = "funds_out.budget.periods"
LINES: Final = "funds_out.budget.lines"


class Reading(NamedTuple):
    """A draft as the model reads it: its content, and the proposal that it is, or what is wrong with it."""

    content: dict[str, Any]
    sums: Mapping[str, str]
    """By the path of a sum that was typed: as it is read."""
    proposal: Proposal | None = None
    faults: tuple[tuple[str, str], ...] = ()
    """Each with the path of its field, or '' for the whole."""


def blank(reference: str, currency: str, funder: str) -> dict[str, Any]:
    """Return the content of a new draft: a grant to the partner, as most are. `funder`: the only one, or ''."""
    grant = {
        "funder": funder,
        "payee": {forms.SAME: "partner"},
        "tranches": [{forms.NUMBERED: 0, "money": {"currency": currency}}],
    }
    return {"reference": reference, "partner": {"kind": "NONPROFIT"}, "public_interest": {}, "funds_out": grant}


def with_room(content: Mapping[str, Any]) -> dict[str, Any]:
    """Return a content with the groups and the first rows that pages ask for, whoever made it and when."""
    roomy = form_content.copied(dict(content))
    for group in ("partner", "public_interest", "public_interest.community", "period"):
        if form_content.at(roomy, group) is None:
            form_content.put(roomy, group, {})
    if not form_content.at(roomy, PLACES):
        form_content.put(roomy, PLACES, [{}])
    if isinstance(roomy.get("funds_out"), dict) and not form_content.at(roomy, TRANCHES):
        form_content.put(roomy, TRANCHES, [{forms.NUMBERED: 0}])
    periods = form_content.at(roomy, PERIODS) or ()
    for line in form_content.at(roomy, LINES) or ():
        line["sums"] = [*(line.get("sums") or ()), *([""] * (len(periods) - len(line.get("sums") or ())))]
    return dict(roomy)


PLACES: Final = "public_interest.community.places"


def nodes_of(content: Mapping[str, Any]) -> dict[str, forms.Node]:
    """Return every field, group and list that a content has a place for, by its path."""
    tops = forms.Schema(SCHEMA).nodes(NAMES, content)
    return {node.path: node for top in tops for node in top.every}


def read_draft(draft: Draft) -> Reading:
    """Return the proposal that a draft is, or what is wrong with each field."""
    typed = form_content.read(_resolved(with_room(draft.content)))
    if not typed.get("period"):
        typed.pop("period", None)
    content, shown, unclear = with_sums_read(typed, places_of)
    try:
        proposal = Proposal.model_validate_json(json.dumps(content))
    except ValidationError as fault:
        asked_back = {path for path, _ in unclear}
        faults = (_told(error) for error in fault.errors() if not _counts_rows(error, fault.errors()))
        return Reading(content, shown, faults=(*unclear, *(one for one in faults if one[0] not in asked_back)))
    return Reading(content, shown, None if unclear else proposal, tuple(unclear))


def _counts_rows(error: Any, errors: Sequence[Any]) -> bool:
    """True if a fault says that a list is too short, since a row of it has a fault of its own."""
    way = error["loc"]
    return error["type"] == "too_short" and any(other["loc"][: len(way)] == way != other["loc"] for other in errors)


def _told(error: Any) -> tuple[str, str]:
    """Return a fault of the model with the path of its field, and what to write there."""
    way = [str(part) for part in error["loc"] if _IS_STEP.fullmatch(str(part))]
    path, message = ".".join(way), str(error["msg"]).removeprefix("Value error, ")
    name, colon, words = message.partition(": ")
    if colon and error["type"] == "value_error" and IS_PATH.fullmatch(name):  # of a field within
        path, message = f"{path}.{name}" if path else name, words
    return path, remedy(path, str(error["type"]), error.get("ctx", {}), message)


_IS_STEP: Final = re.compile(r"[a-z_0-9]+")
"""A field or a row on the way to a fault: the model also names the kinds of a field that has several."""
IS_PATH: Final = re.compile(r"[a-z_]+(\.[a-z_0-9]+)*")
"""What the path of a field looks like."""


def _resolved(content: Any) -> Any:
    """Return the content with each party that is said to be the partner described as the partner is."""
    partner = content.get("partner", {})

    def within(node: Any) -> Any:
        match node:
            case {forms.SAME: "partner"}:
                return partner
            case dict():
                return {name: within(part) for name, part in node.items()}
            case list():
                return [within(part) for part in node]
            case _:
                return node

    return within(content)


def with_folded_parties(content: dict[str, Any]) -> dict[str, Any]:
    """Return the content of a proposal whose payee and donor, where each is the partner, are said to be that."""
    folded = form_content.copied(content)
    for path in ("funds_out.payee", "funds_in.donor"):
        if (party := form_content.at(folded, path)) is not None and party == folded.get("partner"):
            form_content.put(folded, path, {forms.SAME: "partner"})
    return dict(folded)


def texts_of(content: Any) -> Any:
    """Return a proposal's content as a form holds it: numbers of entries stay numbers, and all else is text."""
    match content:
        case dict():
            numbers = {name for name, part in content.items() if name == forms.NUMBERED and isinstance(part, int)}
            return {name: part if name in numbers else texts_of(part) for name, part in content.items()}
        case list():
            return [texts_of(part) for part in content]
        case bool() | None:
            return content
        case _:
            return str(content)


def without(draft: Draft, path: str) -> Draft:
    """Return a draft without a group or a row. Whatever names a payment or a period by its number names it still."""
    content = form_content.removed(draft.content, path)
    way, _, place = path.rpartition(".")
    if way == TRANCHES and place.isdigit():
        _close_the_gap(content, int(place) + 1)
    if way == PERIODS and place.isdigit():
        for line in form_content.at(content, LINES) or ():
            line["sums"] = [amount for number, amount in enumerate(line.get("sums") or ()) if number != int(place)]
    return replace(draft, content=content)


def _close_the_gap(content: dict[str, Any], gone: int) -> None:
    """Renumber the payments in a content, where they are named, after one of them is gone."""

    def renumbered(numbers: Any) -> list[str]:
        kept = [int(number) for number in numbers or () if str(number).isdigit() and int(number) != gone]
        return [str(number - (number > gone)) for number in kept]

    out = content.get("funds_out") or {}
    waiting = (*(content.get("reports") or ()), *(out.get("milestones") or ()))
    for owner, name in ((out, "barrier_holds"), *((one, "holds") for one in waiting)):
        if name in owner:
            owner[name] = renumbered(owner[name])
    for report in content.get("reports") or ():
        report["after_tranche"] = "".join(renumbered([report.get("after_tranche", "")]))
