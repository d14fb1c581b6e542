"""The act that a submission becomes, filled from its answers by the pointers of its question set."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from accord.presentation.door.asked_reports import asked_report, report_owed_first
from accord.presentation.form_content import copied, with_own_offices
from domain.canonical_json import canonical_json
from domain.editions.questions import QuestionSet
from domain.partnership import commands as c
from domain.partnership.state import Partnership
from domain.submissions.content import SubmissionContent
from domain.submissions.kinds import TAKEN_OVER_BY, SubmissionKind

_COMMANDS: Final[Mapping[str, type[c.StaffCommand]]] = {
    str(command.model_fields["kind"].default): command
    for command in (c.Report, c.Amend, c.SignAgreement, c.Satisfy, c.Withdraw, c.Comment, c.Propose)
}
NEW_LINES: Final = "/funds_out/budget/lines"
"""The fact of the lines of a budget for which other sums are asked."""
BUDGET_PERIOD: Final = "/figures/period"
"""The fact up to which period of the budget a report goes."""
NOT_DUE: Final = "NOT_DUE"
"""A grantee's word on a step whose day is to come: no report tells of it, so it becomes nothing."""
EVIDENCE: Final = "evidence."
"""The beginning of the question for a milestone's papers, before its number."""
DEFAULT_FACTS: Final[Mapping[SubmissionKind, Mapping[str, str]]] = MappingProxyType(
    {
        SubmissionKind.REPORT: {
            "summary": "/summary",
            "milestones": "/milestones",
            "results": "/results",
            "budget_period": BUDGET_PERIOD,
            "lines": "/figures/lines",
            "spent": "/figures/spent",
            "unspent": "/figures/unspent",
            "returned": "/figures/returned",
            "not_arrived": "/figures/not_arrived",
            "document": "/document_sha256",
            "funder": "/other_report/funder",
            "other_period": "/other_report/period",
            "covers": "/other_report/covers",
            "other_paper": "/other_report/document_sha256",
        },
        SubmissionKind.CHANGE: {"period": "/period", "new_lines": NEW_LINES},
    }
)
"""By kind: the facts that the questions of a form without a question set become."""
_NUMBER_FIELDS: Final[Mapping[str, str]] = {"lines": "line", "milestones": "milestone", "results": "indicator"}
"""By list of a report: the field that holds the number of an entry."""


class Submitted(NamedTuple):
    """A submission with what it answers, as far as the act that it becomes needs it."""

    content: SubmissionContent
    questions: QuestionSet | None
    form_content: Mapping[str, Any]
    partnership: Partnership


def acts_of(kind: SubmissionKind) -> tuple[type[c.StaffCommand], ...]:
    """Return the acts that take over a submission of a kind, the usual one first."""
    return tuple(_COMMANDS[name] for name in TAKEN_OVER_BY[kind])


def pointers_of(evidence: Submitted) -> Mapping[str, str]:
    """Return by question the fact that its answer becomes."""
    if evidence.questions is not None:
        return evidence.questions.facts
    return DEFAULT_FACTS.get(evidence.content.kind, {})


def content_of_act(command: type[c.StaffCommand], evidence: Submitted) -> dict[str, Any]:
    """Return the content of the act that a submission becomes. What it does not say is left out."""
    return _MAKERS[command](evidence)


def _report(evidence: Submitted) -> dict[str, Any]:
    partnership, about = evidence.partnership, evidence.content.about
    facts = dict(_facts(evidence))
    asked = asked_report(partnership, about)
    if asked or "report_kind" not in facts:
        facts |= asked or report_owed_first(partnership)
    if "summary" not in facts and (summary := _summary(evidence, facts)):
        facts["summary"] = summary
    _put_evidence(evidence, facts)
    out = partnership.proposed.funds_out
    if isinstance(facts.get("figures"), dict) and out is not None:
        facts["figures"] = _summed({"currency": out.currency, **facts["figures"]})
    return facts


def _summary(evidence: Submitted, facts: Mapping[str, Any]) -> str:
    """Return the summary of a report in a light way: what staff wrote down, or to whom and for when it was made."""
    match facts.get("other_report"):
        case {"funder": funder, "period": {"starts": starts, "ends": ends}, "covers": covers}:
            return f"The report to {funder} for {starts} to {ends}. {covers}"[:2000]
        case _:
            return str(evidence.content.read.get("spoken") or "")


def _put_evidence(evidence: Submitted, facts: Mapping[str, Any]) -> None:
    """Put the papers that show a milestone beside the word on it."""
    for milestone in facts.get("milestones") or ():
        field = f"{EVIDENCE}{milestone.get('milestone')}"
        if papers := [paper.sha256 for paper in evidence.content.papers if paper.field == field]:
            milestone["papers"] = papers


def _summed(figures: dict[str, Any]) -> dict[str, Any]:
    """Return figures whose sum is what the lines make, where only those are said."""
    lines = figures.get("lines")
    if "spent" in figures or not isinstance(lines, list):
        return figures
    try:
        return {**figures, "spent": str(sum((Decimal(str(line["spent"])) for line in lines), Decimal(0)))}
    except (InvalidOperation, KeyError, TypeError):
        return figures


def _change(evidence: Submitted) -> dict[str, Any]:
    before = evidence.partnership.proposed.model_dump(mode="json", exclude_defaults=True)
    proposal: dict[str, Any] = copied(before)
    for question, pointer in pointers_of(evidence).items():
        answer = _fact(evidence, question, pointer)
        if pointer == NEW_LINES:
            _put_sums(proposal, answer)
        elif answer is not None:
            _put(proposal, pointer.split("/")[1:], answer)
    proposal = with_own_offices(before, proposal)
    reason = evidence.content.answers.get("reason")
    return {"proposal": proposal, "reason": reason} if isinstance(reason, str) and reason else {"proposal": proposal}


def _put_sums(proposal: dict[str, Any], rows: Any) -> None:
    """Put the sums that were asked for into the lines of the budget that they are about. All else stays."""
    budget = (proposal.get("funds_out") or {}).get("budget") or {}
    asked = {str(row["line"]): row["sums"] for row in rows or () if isinstance(row, dict) and "sums" in row}
    for line in budget.get("lines", ()):
        line["sums"] = asked.get(str(line["number"]), line["sums"])


def _acceptance(evidence: Submitted) -> dict[str, Any]:
    agreement = evidence.content.read.get("agreement")
    digest = evidence.content.answers.get("document_sha256")
    digest = digest or (agreement.get("sha256") if isinstance(agreement, Mapping) else None)
    signed_on = {"signed_on": evidence.content.at.date().isoformat()}
    return {**signed_on, "document_sha256": digest} if digest else signed_on


def _papers(evidence: Submitted) -> dict[str, Any]:
    note, papers = _texts(evidence), evidence.content.papers
    fields = {"condition": evidence.content.about, "note": note, "document_sha256": papers[0].sha256 if papers else ""}
    return {name: text for name, text in fields.items() if text}


def _proposal_again(evidence: Submitted) -> dict[str, Any]:
    proposal = evidence.partnership.proposed.model_dump(mode="json", exclude_defaults=True)
    return {"proposal": proposal, "answer": _texts(evidence)}


def _texts(evidence: Submitted) -> str:
    """Return what somebody wrote in words, one text after the other."""
    return "\n\n".join(text for text in evidence.content.answers.values() if isinstance(text, str) and text)


_MAKERS: Final[Mapping[type[c.StaffCommand], Callable[[Submitted], dict[str, Any]]]] = {
    c.Report: _report,
    c.Amend: _change,
    c.SignAgreement: _acceptance,
    c.Satisfy: _papers,
    c.Withdraw: lambda evidence: {"reason": _texts(evidence)},
    c.Comment: lambda evidence: {"text": _texts(evidence)},
    c.Propose: _proposal_again,
}


def _facts(evidence: Submitted) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    for question, pointer in pointers_of(evidence).items():
        if (answer := _fact(evidence, question, pointer)) is not None:
            _put(facts, pointer.split("/")[1:], answer)
    return facts


def _fact(evidence: Submitted, question: str, pointer: str) -> Any:
    """Return an answer as the fact that it becomes: a paper's digest, entries with their numbers, or None."""
    papers = [paper.sha256 for paper in evidence.content.papers if paper.field.partition(".")[0] == question]
    if papers:
        return papers if pointer.endswith("/papers") else papers[0]
    answer = evidence.content.answers.get(question)
    if pointer == BUDGET_PERIOD and str(answer).isdecimal():
        return int(str(answer))
    number = _NUMBER_FIELDS.get(pointer.rpartition("/")[2])
    if number is not None and isinstance(answer, list | dict):
        return list(_entries(answer, number)) or None
    return answer if answer not in (None, "", [], {}) else None


def _entries(answer: Any, number: str) -> Iterator[dict[str, Any]]:
    """Yield the entries of a list of a report. Each says of which line, milestone or measure it is."""
    rows = answer.items() if isinstance(answer, dict) else ((None, row) for row in answer)
    for key, row in rows:
        if isinstance(row, dict) and row.get("state") != NOT_DUE:
            parts = {
                name: part for name, part in row.items() if part not in (None, "") and name not in {"number", number}
            }
            number_text = row.get(number) or row.get("number") or key
            if parts and number_text is not None:
                yield {number: int(number_text) if str(number_text).isdecimal() else number_text, **parts}


def _put(place: Any, steps: list[str], value: Any) -> None:
    """Put a value where a pointer leads, and make the way there."""
    step, *further_steps = steps
    if isinstance(place, list):
        if not step.isdecimal() or int(step) > len(place):
            return
        key: Any = int(step)
        place += [None] if key == len(place) else []
    else:
        key = step
        place.setdefault(key, None)
    if not further_steps:
        place[key] = value
        return
    if not isinstance(place[key], dict | list):
        place[key] = [] if further_steps[0].isdecimal() else {}
    _put(place[key], further_steps, value)


def is_same(left: Any, right: Any) -> bool:
    """True if two values of a content say the same, whether a sum is written with all its decimals or not."""
    match left, right:
        case (dict(), dict()):
            return all(is_same(left.get(name), right.get(name)) for name in {**left, **right})
        case (list() | tuple(), list() | tuple()):
            return len(left) == len(right) and all(is_same(*pair) for pair in zip(left, right, strict=True))
        case _:
            return bool(_plain(left) == _plain(right))


def _plain(value: Any) -> Any:
    if value in (None, "", [], {}, ()):
        return None
    try:
        return Decimal(str(value)).normalize() or None  # nothing spent, and nothing said of it, are the same
    except InvalidOperation:
        return str(value).replace("\r\n", "\n").strip() if isinstance(value, str) else canonical_json(value)
