"""Reports of a case: what is due, what came with its text, figures and results, and who judged it, in which words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from accord.console.pages.case.spending import JudgedSpending, spending_of
from accord.presentation.numbers import count_in_words
from accord.presentation.words.codes import words_of
from accord.presentation.words.days import day_in_words
from accord.presentation.words.facts import figures_in_words
from accord.presentation.words.values import NamesInWords, number_in_words, sum_in_words
from domain.budgets.milestones import Milestone, MilestoneAnswer
from domain.budgets.spending import Disallowed
from domain.partnership import events as e
from domain.partnership.report.reports import Figures, FiledReport, ReportState
from domain.partnership.stages import Stage
from domain.partnership.state import Partnership
from domain.plans import Indicator, PlannedReport, Result
from domain.recorded.event import RecordedEvent
from ledger import clock

_TONES = {
    ReportState.RECEIVED: "info",
    ReportState.ACCEPTED: "good",
    ReportState.RETURNED: "warn",
    ReportState.CORRECTED: "neutral",
}


class DueReport(NamedTuple):
    """A report that is planned and has not come."""

    name: str
    due: str
    holds: str
    tone: str
    state: str


class ReceivedReport(NamedTuple):
    """A report that came."""

    number: int
    name: str
    state: str
    tone: str
    is_open: bool
    """True if it waits to be accepted or returned."""
    received: str
    summary: str
    figures: tuple[tuple[str, str], ...]
    results: tuple[tuple[str, str, str], ...]
    """Of each measure: what it is, what was to be achieved, and what was."""
    judged: str
    said: str
    has_paper: bool
    spending: JudgedSpending | None
    """The spending by line, or None where it says none."""


def due_reports(partnership: Partnership) -> tuple[DueReport, ...]:
    """Return the reports that are still to come."""
    came = {report.planned for report in partnership.reporting.filed if report.counts}
    over = partnership.ended or partnership.reporting.final is not None
    plans = partnership.reporting.planned or partnership.proposed.reports
    return tuple(_due(partnership, plan) for plan in plans if plan.number not in came and not over)


def _due(partnership: Partnership, plan: PlannedReport) -> DueReport:
    day = partnership.reporting.due(plan)
    after = f"{plan.days_after} days after payment {plan.after_tranche}" if day is None else day_in_words(day)
    is_owed = partnership.has_paid or partnership.stage in {Stage.ACTIVE, Stage.CLOSED}
    is_late = day is not None and day < clock.today() and is_owed
    holds = ", ".join(f"payment {number}" for number in plan.holds)
    name = f"Report {plan.number}, {words_of(plan.kind)}"
    return DueReport(name, after, holds, "bad" if is_late else "neutral", "Late" if is_late else "To come")


def received_reports(
    partnership: Partnership, history: Sequence[RecordedEvent], names: NamesInWords
) -> tuple[ReceivedReport, ...]:
    """Return the reports that came, the newest first, with what was said when they were judged."""
    filed = [event for event in events_of(history) if isinstance(event, e.ReportReceived)]
    pairs = zip(partnership.reporting.filed, filed, strict=False)
    return tuple(reversed([_received(partnership, report, event, history, names) for report, event in pairs]))


def events_of(history: Iterable[RecordedEvent]) -> list[Any]:
    """Return the events of a history, the oldest first."""
    return [recorded.event for recorded in history]


def _received(
    partnership: Partnership, report: FiledReport, event: Any, history: Sequence[RecordedEvent], names: NamesInWords
) -> ReceivedReport:
    judged, said = _judgement(report, history, names)
    return ReceivedReport(
        number=report.number,
        name=f"Report {report.number}, {words_of(report.kind)}",
        state=words_of(report.state),
        tone=_TONES[report.state],
        is_open=report.state is ReportState.RECEIVED,
        received=f"Recorded by {names.person(report.actor)} on {day_in_words(report.received_on)}",
        summary=event.summary,
        figures=figures_of(report, names),
        results=(
            *results_of(partnership.proposed.public_interest.indicators, report.results),
            *milestones_of(partnership.reporting.milestones, report.milestones),
        ),
        judged=judged,
        said=said,
        has_paper=event.document_sha256 is not None,
        spending=spending_of(partnership, report),
    )


def figures_of(report: FiledReport, names: NamesInWords) -> tuple[tuple[str, str], ...]:
    """Return the figures of a report, each with its name. Its lines stand in a table of their own."""
    if report.figures is None:
        return ()
    figures = report.figures.model_copy(update={"lines": ()})
    facts = tuple((fact.label, fact.words) for fact in figures_in_words(figures, names))
    answers = (("What became of it", report.shortfall),) if report.shortfall else ()
    return (
        *facts,
        *answers,
        *(
            (f"Not allowed of {disallowed.category}", _amount_of(disallowed, figures))
            for disallowed in report.disallowed
        ),
    )


def _amount_of(cost: Disallowed, figures: Figures) -> str:
    return sum_in_words(cost.amount, figures.currency)


def results_of(indicators: Sequence[Indicator], results: Sequence[Result]) -> tuple[tuple[str, str, str], ...]:
    """Return what a report says of each measure, beside what was to be achieved."""
    by_number = {indicator.number: indicator for indicator in indicators}
    return tuple(_result(by_number.get(result.indicator), result) for result in results)


def _result(indicator: Indicator | None, result: Result) -> tuple[str, str, str]:
    name = indicator.what if indicator is not None else f"Measure {result.indicator}"
    target, unit = (indicator.target, indicator.unit) if indicator is not None else (None, None)
    return name, _amount(target, unit), " ".join(filter(None, (_amount(result.achieved, unit), result.words)))


def milestones_of(
    milestones: Sequence[Milestone], answers: Sequence[MilestoneAnswer]
) -> tuple[tuple[str, str, str], ...]:
    """Return a report's word on each milestone, as a measure without an aim."""
    by_number = {milestone.number: milestone for milestone in milestones}
    return tuple(_milestone(by_number.get(answer.milestone), answer) for answer in answers)


def _milestone(milestone: Milestone | None, answer: MilestoneAnswer) -> tuple[str, str, str]:
    name = f"Milestone {answer.milestone}{f': {milestone.what}' if milestone is not None else ''}"
    day = f", new day {day_in_words(answer.due_on)}" if answer.due_on is not None else ""
    papers = f", shown by {count_in_words(len(answer.papers), 'paper')}" if answer.papers else ""
    words = f": {answer.words}" if answer.words else ""
    planned = f", planned for {day_in_words(milestone.due_on)}" if milestone is not None else ""
    return name, "", f"{words_of(answer.state)}{planned}{day}{papers}{words}"


def _amount(number: Any, unit: str | None) -> str:
    return "" if number is None else f"{number_in_words(number)} {unit or ''}".rstrip()


def _judgement(report: FiledReport, history: Sequence[RecordedEvent], names: NamesInWords) -> tuple[str, str]:
    judgements = [
        event
        for event in events_of(history)
        if isinstance(event, e.ReportAccepted | e.ReportReturned) and event.report == report.number
    ]
    if not judgements or not report.judged_by:
        return "", ""
    event = judgements[-1]
    by, on = names.person(event.actor), day_in_words(event.at)
    return f"{words_of(report.state)} by {by} on {on}", event.reason
