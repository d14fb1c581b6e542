"""The pages of the form, the place of each field on them, and what a draft still needs, with the way to its field."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from accord.console.proposing.content import IS_PATH, PLACES, TRANCHES, nodes_of, with_room
from accord.console.proposing.drafts import BESIDE, Draft
from accord.presentation import form_content, forms
from accord.presentation.numbers import whole_number
from accord.presentation.words.proposal.questions import question_at
from domain.proposal import Proposal


class FormPage(NamedTuple):
    """A page of the form: its name, its template, and the beginnings of the paths that are asked on it."""

    name: str
    template: str
    asks: tuple[str, ...]


PAGES: Final = (
    FormPage("Who", "propose_who.html", ("", "reference", "title", "partner")),
    FormPage("Money", "propose_money.html", ("funds_out", "funds_in", "non_monetary")),
    FormPage("Public interest", "propose_interest.html", ("public_interest", "funds_out.no_private_benefit")),
    FormPage(
        "Plan",
        "propose_plan.html",
        (
            *("period", "reports", "contacts", "interests", "under", "withheld_for", "summary"),
            *("public_interest.indicators", "public_interest.sector"),
        ),
    ),
    FormPage("Check your answers", "propose_check.html", ("reason", "called", "unanswered", "answer")),
)
"""The pages in their order. The last one asks the rules, and leads to the key."""
CHECK: Final = len(PAGES)
GO_ON: Final = 0
"""Stands for the first page on which something is missing."""
ANCHORS: Final[Mapping[str, str]] = {TRANCHES: "payments", "": "moves"}
"""The places on pages that have names of their own, by path."""


_STEP_NAMES: Final = {"check": CHECK, "on": GO_ON}


def step_number(text: str) -> int:
    """Return the number of a page, or that of the first one if a text is none."""
    if text in _STEP_NAMES:
        return _STEP_NAMES[text]
    number = whole_number(text, most_digits=2)
    return number if number is not None and 1 <= number <= CHECK else 1


def page_of(path: str) -> int:
    """Return the number of the page on which a field is asked."""
    found = {ask: number for number, page in enumerate(PAGES, 1) for ask in page.asks if is_within(path, ask)}
    return found[max(found, key=len)]


def is_within(path: str, group: str) -> bool:
    """True if a path is a group's, or leads to something in it."""
    return not group or path == group or path.startswith(f"{group}.")


def anchor(path: str) -> str:
    """Return the id of a field, or of a group, on its page."""
    return ANCHORS.get(path, path.replace(".", "-"))


class Missing(NamedTuple):
    """Something that a draft still needs: where it is typed, the words for that place, and what to write there."""

    label: str
    words: str
    step: int = 0
    """The page with its field; 0 for what is about the whole."""
    field: str = ""
    """The path of its field, or of the group in which that is to be added."""

    @property
    def at(self) -> str:
        """The way to its field from the address of the draft."""
        return f"?step={self.step}#{anchor(self.field)}"


def step_to_go_on(missing: Sequence[Missing]) -> int:
    """Return the number of the first page on which something is missing, or of the last one where nothing is."""
    return min((lack.step for lack in missing if lack.step), default=CHECK)


def placed(draft: Draft, faults: Iterable[tuple[str, str]], has_objectives: bool) -> tuple[Missing, ...]:
    """Return faults with the places where each is mended, in the order of the pages. Each is told once.

    `has_objectives`: True if the organisation has a list of objectives, whose words are the aim.
    """
    content = with_room(draft.content)
    nodes = nodes_of(content)
    moved = ((_asked_at(path, content, has_objectives), words) for path, words in faults)
    every = [_placed(path, words, nodes) for path, words in dict.fromkeys(moved)]
    first = {missing_answer.field: missing_answer for missing_answer in reversed(every) if missing_answer.step}
    told = [
        missing_answer
        for missing_answer in every
        if not missing_answer.step or missing_answer is first[missing_answer.field]
    ]
    return tuple(sorted(told, key=lambda fault: (fault.step, _order(fault.field))))


def _asked_at(path: str, content: Mapping[str, object], has_objectives: bool) -> str:
    """Return the path of the question that asks for a field: one that is filled by another, or is the partner's."""
    for party in ("funds_out.payee", "funds_in.donor"):
        if is_within(path, party) and form_content.at(content, f"{party}.{forms.SAME}"):
            path = f"partner{path[len(party) :]}"
    if path == "funds_out.benefit" and form_content.at(content, path) is None:
        path = "funds_out.no_private_benefit"
    if has_objectives and path == "public_interest.mission_objective" and not form_content.at(content, path):
        path = "public_interest.objective"
    if path.startswith(f"{TRANCHES}.") and path.endswith(".currency"):
        path = f"{TRANCHES}.0.money.currency"
    if path.startswith(f"{TRANCHES}.") and path.endswith(".money"):
        path = f"{path}.amount"
    return PLACES + ".0.country" if path == PLACES else path


def with_path(fault: str) -> tuple[str, str]:
    """Return the path of the field that a refusal begins with, or '', and its words."""
    path, colon, words = fault.partition(": ")
    if colon and path.partition(".")[0] in {*Proposal.model_fields, *BESIDE} and IS_PATH.fullmatch(path):
        return path, words
    return "", fault


def _placed(path: str, words: str, nodes: Mapping[str, forms.Node]) -> Missing:
    if path in BESIDE:
        return Missing(question_at(path, "").label, words, CHECK, path)
    if not path:
        return Missing("", words)
    shown, owner = path, nodes[path].owner if path in nodes else ""
    while shown and shown not in nodes:
        shown = shown.rpartition(".")[0]
    label = question_at(path, owner).label
    around = shown.split(".")[:2]
    group = nodes.get(".".join(around))
    if len(path.split(".")) > 2 and group is not None and group.kind == "group" and group.path not in _NAMED:
        label = f"{question_at(group.path, group.owner).label}: {label[:1].lower()}{label[1:]}"
    return Missing(label, words, page_of(path), shown)


_NAMED: Final = frozenset({"public_interest.community", "funds_in.money"})
"""The groups whose fields say themselves what they are of."""


def _order(path: str) -> tuple[int, ...]:
    """Return the place of a field on its page."""
    ranks: Sequence[str] = ORDER
    rank = next((place for place, start in enumerate(ranks) if is_within(path, start)), len(ranks))
    return rank, *(int(part) for part in path.split(".") if part.isdigit())


ORDER: Final = (
    *("title", "partner", "funds_out.funder", "funds_out.funds", "funds_out.payee", "funds_out.tranches"),
    *("funds_out.purpose", "funds_out.uses", "public_interest.objective", "public_interest.mission_objective"),
    *("public_interest.community_served", "public_interest.community.kind", "public_interest.community.places"),
    *("public_interest.community.number", "public_interest.statement", "funds_out.no_private_benefit"),
    *("period", "reports", "public_interest.indicators", "contacts"),
)
"""The order of questions on their pages."""
