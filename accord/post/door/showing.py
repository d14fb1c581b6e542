"""The content that a form shows of its partnership: what was agreed, what is asked, and where it stands.

It is pushed into the form's row, since the door can look nothing up. It holds no account, and no word of the house's
own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from accord.post.door.plans import FormPlan, invitation_event, report_about
from accord.post.door.reading import note_on_way, read_of
from accord.post.door.status import AtDoor, status_of
from accord.presentation.words.door_status import STATUS
from accord.presentation.words.values import number_in_words, sum_in_words
from domain.partnership import events as e
from domain.partnership.report.reports import Reporting, ReportState
from domain.partnership.state import Partnership
from domain.partnership.waiting.obligations import obligations
from domain.plans import Indicator, ReportKind
from domain.recorded.event import RecordedEvent
from domain.submissions.kinds import DoorForm


class HouseNames(NamedTuple):
    """The names of the house, as its grantees know them."""

    name: str
    address: str


def shown_of(
    plan: FormPlan, partnership: Partnership, history: Sequence[RecordedEvent], submissions: Sequence[AtDoor],
    house: HouseNames, language: str,
) -> dict[str, Any]:  # fmt: skip
    """Return the content that a form shows. `submissions`: those of the partnership, the oldest first."""
    proposal, out = partnership.proposed, partnership.proposed.funds_out
    content: dict[str, Any] = {
        "title": proposal.title, "partner": proposal.partner.name, "funder": house.name, "contact": house.address,
        "currency": out.currency if out is not None else "",
        "paid": _paid(partnership),
        "period": [str(proposal.period.starts), str(proposal.period.ends)] if proposal.period is not None else [],
        "lines": list(_lines(partnership.reporting)), "periods": list(_periods(partnership.reporting)),
        "milestones": list(_milestones(partnership.reporting)),
        "indicators": list(_indicators(partnership)),
        "status": status_of(partnership, submissions, language),
        "spoken": {other: status_of(partnership, submissions, other) for other in STATUS if other != language},
        **_asked(plan, partnership),
        **_said(plan, history, submissions),
        **read_of(plan, partnership, history, language),
    }  # fmt: skip
    if closed_way := note_on_way(plan, partnership, language):
        content["note"] = "\n\n".join(filter(None, (closed_way, content["note"])))
    return content


def _paid(partnership: Partnership) -> str:
    out = partnership.proposed.funds_out
    paid_sum = partnership.settled_sum
    return sum_in_words(paid_sum, out.currency) if out is not None and paid_sum else ""


def _lines(reporting: Reporting) -> Iterator[dict[str, Any]]:
    """Yield the lines of the budget, with what the newest report by line says was spent of each."""
    before = reporting.by_line(ReportState.RECEIVED, ReportState.ACCEPTED)
    spent_lines = before.figures.lines if before is not None and before.figures is not None else ()
    spent = {line.line: line.spent for line in spent_lines}
    for line in reporting.budget.lines if reporting.budget is not None else ():
        shown_line = {"number": line.number, "what": line.what, "sum": f"{line.total:f}"}
        shown_line |= {"sums": [f"{amount:f}" for amount in line.sums]}
        yield {**shown_line, "before": f"{spent[line.number]:f}"} if line.number in spent else shown_line


def _periods(reporting: Reporting) -> Iterator[list[str]]:
    for period in reporting.budget.periods if reporting.budget is not None else ():
        yield [str(period.starts), str(period.ends)]


def _milestones(reporting: Reporting) -> Iterator[dict[str, Any]]:
    for milestone in reporting.milestones:
        yield {"number": milestone.number, "what": milestone.what, "due_on": str(reporting.day_of(milestone))}


def _indicators(partnership: Partnership) -> Iterator[dict[str, Any]]:
    indicators = partnership.proposed.public_interest.indicators
    results = {indicator.number: result.achieved for indicator, result in partnership.reporting.achieved(indicators)}
    for indicator in indicators:
        before = results.get(indicator.number)
        yield {
            "number": indicator.number, "what": indicator.what, "target": _target(indicator),
            "before": number_in_words(before) if before is not None else "",
        }  # fmt: skip


def _target(indicator: Indicator) -> str:
    words = [number_in_words(indicator.target) if indicator.target is not None else "", indicator.unit or ""]
    return " ".join(filter(None, words))


def _asked(plan: FormPlan, partnership: Partnership) -> dict[str, Any]:
    """Return the day and the kind of the report that a form asks for."""
    if plan.kind is not DoorForm.REPORT:
        return {}
    due: date | None = next(
        (candidate.due for candidate in obligations(partnership) if report_about(candidate) == plan.about), None
    )
    plan_of_report = partnership.reporting.plan(int(plan.about)) if plan.about.isdecimal() else None
    kind = plan_of_report.kind.value if plan_of_report is not None else _kind_without_plan(plan.about)
    return {"due_on": str(due or ""), "report_kind": kind, **_accounted(partnership, kind)}


def _kind_without_plan(about: str) -> str:
    """Return the kind of a report that no plan names: a correction is one of the final report."""
    return ReportKind.FINAL.value if about == ReportKind.FINAL or about.startswith("CORRECTION") else ""


def _accounted(partnership: Partnership, kind: str) -> dict[str, str]:
    """Return the sum that the figures of a report account for to the cent, as far as its admission asks for that."""
    is_loose = kind == ReportKind.PROGRESS and partnership.reporting.budget is None
    is_early = kind == ReportKind.FINAL and not partnership.ended and bool(partnership.unpaid)
    if not partnership.settled_sum or is_loose or is_early:
        return {}
    return {"paid_sum": f"{partnership.settled_sum:f}", "came_back": f"{partnership.came_back:f}"}


def _said(plan: FormPlan, history: Sequence[RecordedEvent], submissions: Sequence[AtDoor]) -> Mapping[str, Any]:
    """Return the words of staff: the note of the invitation and, where what was handed in came back, why."""
    invitation = invitation_event(history, plan.invitation)
    notes = [invitation.note] if invitation is not None and invitation.note else []
    newest = [candidate.sha256 for candidate in submissions if candidate.is_of_form][-1:]
    return_event = newest_return(history, newest)
    if return_event is None:
        return {"note": "\n\n".join(notes)}
    questions = {question.field: question.question for question in return_event.questions}
    return {"note": "\n\n".join((*notes, return_event.reason)), "questions": questions}


def newest_return(history: Sequence[RecordedEvent], digests: Sequence[str]) -> e.SubmissionReturned | None:
    """Return the event by which one of some submissions was returned last, or None."""
    for entry in reversed(history):
        event = entry.event
        if isinstance(event, e.SubmissionReturned) and event.submission.sha256 in digests:
            return event
    return None
