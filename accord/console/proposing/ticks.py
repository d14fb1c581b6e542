"""The ticks of the form: what each opens in a draft, what it sets aside when it goes, and "none of these is true"."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date
from typing import Any, Final

from accord.console.proposing.content import SCHEMA, TRANCHES, nodes_of
from accord.console.proposing.drafts import Draft
from accord.presentation import form_content, forms
from accord.presentation.words.proposal.seldom import EVERY, IN_OFTEN, LICENSED, OUT_OFTEN, Circumstance
from domain.policy.places import embargoes_on

NONE: Final = "is:none:"
GROUPS: Final[Mapping[str, tuple[Circumstance, ...]]] = {"funds_out": OUT_OFTEN, "funds_in": IN_OFTEN}
"""By leg: the ticks whose absence is an answer, once somebody gave it."""


def is_on(content: Mapping[str, Any], tick: Circumstance) -> bool:
    """True if something is said to be true."""
    value = form_content.at(content, tick.path)
    match tick.kind:
        case "yes" | "tick":
            return value in (True, "yes")
        case "no":
            return value in (False, "no")
        case "parts":
            return is_in_parts(content)
        case "list":
            return bool(value)
        case _:
            return value is not None


def is_in_parts(content: Mapping[str, Any]) -> bool:
    """True if several funds pay, or one pays a part."""
    funds = form_content.at(content, FUNDS) or []
    return len(funds) > 1 or any("amount" in fund for fund in funds)


FUNDS: Final = "funds_out.funds"


def says_none(content: Mapping[str, Any], leg: str) -> bool:
    """True if somebody answered that nothing of a leg's group is true."""
    asked = [form_content.at(content, tick.path) in (False, "no") for tick in GROUPS[leg] if tick.kind == "yes"]
    return all(asked) and not any(is_on(content, tick) for tick in GROUPS[leg])


def ticked(draft: Draft, inputs: Mapping[str, str], shown: Collection[str]) -> Draft:
    """Return a draft with the ticks of a submission: what one opens is there, and what one closed is set aside."""
    said_none = {leg: leg in draft.content and says_none(draft.content, leg) for leg in GROUPS}
    for tick in (tick for tick in EVERY if tick.key in shown and _has_place(draft.content, tick)):
        if (tick.key in inputs) != is_on(draft.content, tick):
            draft = _opened(draft, tick) if tick.key in inputs else _closed(draft, tick)
            draft = _answered(draft, tick)
    for leg, group in GROUPS.items():
        key = f"{NONE}{leg}"
        if key in shown and leg in draft.content and (key in inputs) != said_none[leg]:
            draft = _with_none(draft, group) if key in inputs else _unanswered(draft, group)
    return draft


def _has_place(content: Mapping[str, Any], tick: Circumstance) -> bool:
    way = tick.path.rpartition(".")[0]
    return not way or isinstance(form_content.at(content, way), dict)


def _opened(draft: Draft, tick: Circumstance) -> Draft:
    match tick.kind:
        case "yes" | "tick":
            return _put(draft, tick.path, "yes")
        case "no":
            return _put(draft, tick.path, "no")
        case "parts":
            rows = form_content.at(draft.content, tick.path) or []
            return _put(draft, tick.path, [{"amount": "", **row} for row in [*rows, {}, {}][: max(2, len(rows))]])
        case "text":
            draft = without_aside(draft, tick.path, "")
        case _:
            draft = without_aside(draft, tick.path, _entry(draft.content, tick.path))
    return with_aside(draft, NO_GAIN) if tick.path == GAIN else draft


GAIN: Final = "funds_out.benefit"
NO_GAIN: Final = "funds_out.no_private_benefit"
"""The reason why nobody gains. Whoever says that somebody does takes it back."""


def _closed(draft: Draft, tick: Circumstance) -> Draft:
    if tick.kind in {"yes", "no", "tick"}:
        draft = replace(draft, content=form_content.removed(draft.content, tick.path))
    elif tick.kind == "parts":
        rows = form_content.at(draft.content, tick.path)[:1]
        draft = _put(draft, tick.path, [{"fund": row["fund"]} for row in rows if row.get("fund")])
    else:
        draft = with_aside(draft, tick.path)
    for path in tick.beside:
        draft = with_aside(draft, path)
    return without_aside(draft, NO_GAIN, None) if tick.path == GAIN else draft


def _answered(draft: Draft, tick: Circumstance) -> Draft:
    """Return a draft in which what was left unticked beside a tick is answered with no."""
    for other in next((group for group in GROUPS.values() if tick in group), ()):
        if other.kind == "yes" and not is_on(draft.content, other):
            draft = _put(draft, other.path, "no")
    return draft


def _with_none(draft: Draft, group: tuple[Circumstance, ...]) -> Draft:
    for tick in group:
        draft = _closed(draft, tick) if is_on(draft.content, tick) else draft
        draft = _put(draft, tick.path, "no") if tick.kind == "yes" else draft
    return draft


def _unanswered(draft: Draft, group: tuple[Circumstance, ...]) -> Draft:
    """Return a draft in which it is open again whether any of a group is true. A tick that came answers it."""
    if any(is_on(draft.content, tick) for tick in group):
        return draft
    for tick in (tick for tick in group if tick.kind == "yes"):
        draft = replace(draft, content=form_content.removed(draft.content, tick.path))
    return draft


def with_aside(draft: Draft, path: str) -> Draft:
    """Return a draft without what is at a path, which it keeps aside."""
    value = form_content.at(draft.content, path)
    if value is None:
        return draft
    return replace(draft, content=form_content.removed(draft.content, path), aside={**draft.aside, path: value})


def without_aside(draft: Draft, path: str, start: Any) -> Draft:
    """Return a draft with what it kept aside of a path, or what it starts with there. None: nothing."""
    aside = dict(draft.aside)
    value = aside.pop(path, start)
    return _put(replace(draft, aside=aside), path, value) if value is not None else draft


def _put(draft: Draft, path: str, value: Any) -> Draft:
    content = form_content.copied(draft.content)
    form_content.put(content, path, value)
    return replace(draft, content=dict(content))


def _entry(content: Mapping[str, Any], path: str) -> Any:
    """Return the first content of a group or list: a row of each list that it needs, and the payments' currency."""
    start = forms.Schema(SCHEMA).entry(path)
    if not isinstance(start, dict):
        return start
    trial = form_content.added(content, path, start)
    nodes = nodes_of(trial)
    for child in nodes[path].children:
        if child.kind == "list" and child.required:
            start[child.name] = forms.Schema(SCHEMA).entry(child.path)
        if child.value_class == "Money":
            start[child.name] = {"currency": currency_of(content)}
    return {**start, "currency": currency_of(content)} if nodes[path].value_class == "Money" else start


def currency_of(content: Mapping[str, Any]) -> str:
    """Return the currency of a draft's payments, or ''."""
    return str(form_content.at(content, f"{TRANCHES}.0.money.currency") or "")


def embargoed(content: Mapping[str, Any], on: date) -> tuple[str, ...]:
    """Return the embargoed places among where the payee is and where the work is done: derived, and never ticked."""
    out = content.get("funds_out") or {}
    payee = out.get("payee") or {}
    payee = content.get("partner", {}) if payee.get(forms.SAME) else payee
    found = [
        embargo.name
        for place in (payee, *(out.get("places") or ()))
        for embargo in embargoes_on(str(place.get("country", "")), str(place.get("region", "")) or None, on)
    ]
    return tuple(dict.fromkeys(found))


def asks_for_licence(content: Mapping[str, Any], on: date) -> bool:
    """True if the form asks for a licence: a place is embargoed, or one is given already."""
    return bool(embargoed(content, on)) or is_on(content, LICENSED)
