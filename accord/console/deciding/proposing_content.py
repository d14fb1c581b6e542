"""The content of a draft: its steps, what was typed on them, and the proposal that it is."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, NamedTuple

from pydantic import ValidationError
from starlette.datastructures import FormData

from accord.console.deciding.drafts import Draft
from accord.console.deciding.fields import plain
from accord.presentation import forms
from accord.presentation.input_files import places_of
from accord.presentation.numbers import whole_number
from accord.presentation.sums import with_sums_read
from domain.proposal import Proposal

STEPS: Final = (
    ("Who", ("reference", "title", "partner", "summary")),
    ("Money and work", ("funds_out", "funds_in", "non_monetary")),
    ("Public interest", ("public_interest",)),
    ("Plan", ("period", "reports", "contacts", "interests", "under", "withheld_for")),
    ("Look through", ()),
)
"""The steps, each with its fields of the proposal. The last one asks the rules and leads to the key."""

SCHEMA: Final = Proposal.model_json_schema(mode="validation")
BLANK: Final[dict[str, Any]] = {"partner": {"kind": "NONPROFIT"}, "public_interest": {}}


def step_number(text: str) -> int:
    """Return the number of a step, or that of the first one if a text is none."""
    number = whole_number(text, most_digits=2)
    return number if number is not None and 1 <= number <= len(STEPS) else 1


class Reading(NamedTuple):
    """A draft as the model reads it: its content, and the proposal that it is, or what is wrong with it."""

    content: dict[str, Any]
    sums: Mapping[str, str]
    """By the path of a sum that was typed: as it is read."""
    proposal: Proposal | None = None
    faults: tuple[tuple[str, str], ...] = ()
    """Each with the path of its field, or '' for the whole."""


def read_draft(draft: Draft) -> Reading:
    """Return the proposal that a draft is, or what is wrong with each field."""
    content, shown, unclear = with_sums_read(forms.read(_resolved(draft.content)), places_of)
    try:
        proposal = Proposal.model_validate_json(json.dumps(content))
    except ValidationError as fault:
        asked_back = {path for path, _ in unclear}
        faults = ((_path(error["loc"]), _told(error)) for error in fault.errors())
        return Reading(content, shown, faults=(*unclear, *(one for one in faults if one[0] not in asked_back)))
    return Reading(content, shown, None if unclear else proposal, tuple(unclear))


class Missing(NamedTuple):
    """Something that a draft still needs: where it is typed, the words for that place, and what to write there."""

    label: str
    words: str
    step: int = 0
    """The step with its field; 0 for what is about the whole."""
    field: str = ""
    """The path of its field, or of the group in which that is to be added."""


def placed(draft: Draft, faults: Sequence[tuple[str, str]]) -> tuple[Missing, ...]:
    """Return faults with the places where each is mended, in the order of the steps. Each is told once."""
    nodes = {node.path: node for node in _every_node(draft)}
    every = (_placed(path, words, nodes) for path, words in dict.fromkeys(faults))
    return tuple(sorted(every, key=lambda fault: fault.step))


def with_path(fault: str) -> tuple[str, str]:
    """Return the path of the field that a refusal begins with, or '', and its words."""
    path, colon, words = fault.partition(": ")
    if colon and path.partition(".")[0] in {*Proposal.model_fields, *BESIDE} and _IS_PATH.fullmatch(path):
        return path, words
    return "", fault


BESIDE: Final = {"answer": "Your answer", "reason": "Why it changes"}
"""The fields of a draft beside its proposal, and their labels. They are typed on the last step."""
_IS_PATH: Final = re.compile(r"[a-z_]+(\.[a-z_0-9]+)*")


def _placed(path: str, words: str, nodes: Mapping[str, forms.Node]) -> Missing:
    if path in BESIDE:
        return Missing(BESIDE[path], words, len(STEPS), path)
    step = next((number for number, (_, names) in enumerate(STEPS, 1) if path.partition(".")[0] in names), 0)
    parts = path.split(".")
    ways = [".".join(parts[:depth]) for depth in range(1, len(parts) + 1)]
    on_page = [nodes[way] for way in ways if way in nodes]
    labels = [node.label for node in on_page if node.kind != "list" or node is on_page[-1]]
    names = [name.replace("_", " ") for name in parts[len(on_page) :] if not name.isdigit()]
    return Missing(" › ".join([*labels, *names]), words, step, on_page[-1].path if on_page else "")


def _every_node(draft: Draft) -> Iterator[forms.Node]:
    waiting = [node for _, names in STEPS for node in forms.Schema(SCHEMA).nodes(names, draft.content)]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(node.children)


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


def _path(location: tuple[int | str, ...]) -> str:
    return ".".join(str(part) for part in location)


def _told(fault: Any) -> str:
    words = str(fault["msg"]).removeprefix("Value error, ")
    return "this is needed" if fault["type"] == "missing" else words


def typed_on(draft: Draft, number: int, submission: FormData) -> Draft:
    """Return a draft with what was typed on a step."""
    answers = {name: str(text) for name, text in submission.items()}
    nodes = forms.Schema(SCHEMA).nodes(STEPS[number - 1][1], draft.content)
    content = forms.filled(nodes, draft.content, answers)
    for party in (party for node in nodes for party in node.parties if party.present):
        if f"same:{party.path}" in answers:
            forms.put(content, party.path, {forms.SAME: "partner"})
        elif party.value:
            forms.put(content, party.path, {})
    reason, answer = (plain(answers.get(name, getattr(draft, name))) for name in ("reason", "answer"))
    return replace(draft, content=content, reason=reason, answer=answer)


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
