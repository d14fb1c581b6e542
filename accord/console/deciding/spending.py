"""Forms of what a grant was spent on: by line of the budget, what became of the work plan, and what is not allowed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from accord.console.deciding.fields import DOCUMENT, REASON, Field, Typed, form_field, said
from accord.presentation.spending import TypedSpending, figures_by_line, read_sum_of
from accord.presentation.words.codes import words_of
from accord.presentation.words.days import day_in_words
from accord.presentation.words.values import sum_in_words
from domain.budgets.milestones import Milestone, MilestoneState
from domain.partnership import commands as c
from domain.partnership.report.reports import ReportState
from domain.partnership.report.spending import standing_by_report
from domain.partnership.state import Partnership

_ABROAD: Final = ("spent_in", "rate", "arrived_on", "difference", "difference_reason")
_BEYOND: Final = "More was spent than is free. What is not allowed comes back; or the budget is changed first."
_NOT_ALLOWED: Final = "Not allowed of "


def line_fields(partnership: Partnership) -> Iterator[Field]:
    """Yield the questions of each line of the agreed budget, and of the currency in which it was spent."""
    budget = partnership.reporting.budget if partnership.has_paid else None
    if budget is None:
        return
    periods = tuple(
        (str(number), f"period {number}, to {day_in_words(period.ends)}")
        for number, period in enumerate(budget.periods, 1)
    )
    yield Field("period", "Up to which period of the budget", kind="choice", choices=periods, fills=("figures.period",))
    for line in budget.lines:
        name, hint = f"line-{line.number}", f"{line.category}. From the first payment on."
        yield Field(name, f"Line {line.number}: {line.what}", hint, "line", fills=(f"line {line.number}",))
        yield Field(f"{name}-reason", f"Why line {line.number} is far from its budget, if it is", kind="line")
    yield Field("spent_in", "Spent in another currency", "Its code, such as KES. The lines are in it then.", "line")
    yield Field("rate", "Rate", "How much of it one unit of the grant's currency bought when it arrived.", "line")
    yield Field("arrived_on", "Day on which the money arrived", kind="day")
    yield Field("difference", "Exchange difference", "In the grant's currency, beside the lines.", "line")
    yield Field("difference_reason", "What made the difference", kind="line")


def milestone_fields(partnership: Partnership) -> Iterator[Field]:
    """Yield the questions of each milestone of the work plan."""
    for milestone in partnership.reporting.milestones:
        yield from _of_milestone(milestone)


def _of_milestone(milestone: Milestone) -> Iterator[Field]:
    name, number = f"milestone-{milestone.number}", milestone.number
    states = tuple((state.value, words_of(state)) for state in MilestoneState)
    hint = f"Planned for {day_in_words(milestone.due_on)}."
    choices, fills = (("", "nothing new"), *states), (f"milestones: milestone {number}",)
    yield Field(name, f"Milestone {number}: {milestone.what}", hint, "choice", choices, fills=fills)
    yield Field(f"{name}-words", f"Milestone {number} in words", milestone.evidence or "", "line")
    if milestone.holds:
        yield replace(DOCUMENT, name=f"{name}-paper", label=f"Paper that shows milestone {number}")
    else:
        yield Field(f"{name}-day", f"New day of milestone {number}, if it is late", kind="day")


def figures_as_typed(
    partnership: Partnership, answers: Typed, sums: Mapping[str, str], currency: str
) -> dict[str, Any] | None:
    """Return the figures as they were typed, or None if none were. Raises BadInput, which names the field."""
    spending = _spending(partnership, answers)
    if spending.is_said:
        return figures_by_line(spending, sums, currency)
    return {"currency": currency, **sums} if sums else None


def _spending(partnership: Partnership, answers: Typed) -> TypedSpending:
    budget = partnership.reporting.budget
    numbers = [line.number for line in budget.lines] if budget is not None else []
    code, rate, arrived_on, difference, reason = (said(answers, name) for name in _ABROAD)
    lines = {number: text for number in numbers if (text := said(answers, f"line-{number}"))}
    period = said(answers, "period")
    return TypedSpending(
        lines=lines,
        reasons={number: text for number in numbers if (text := said(answers, f"line-{number}-reason"))},
        period=int(period) if period.isdecimal() and lines else None,
        currency=code.upper(),
        rate=rate,
        arrived_on=arrived_on,
        difference=difference,
        difference_reason=reason,
    )


def milestones_as_typed(partnership: Partnership, answers: Typed) -> list[dict[str, Any]]:
    """Return the word on each milestone as it was typed."""
    every = (_answer(milestone.number, answers) for milestone in partnership.reporting.milestones)
    return [answer for answer in every if answer]


def _answer(number: int, answers: Typed) -> dict[str, Any]:
    name = f"milestone-{number}"
    state, words, paper, day = (said(answers, f"{name}{part}") for part in ("", "-words", "-paper", "-day"))
    if not state:
        return {}
    answer: dict[str, Any] = {"milestone": number, "state": state}
    answer |= {"words": words} if words else {}
    answer |= {"papers": [paper]} if paper else {}
    return answer | ({"due_on": day} if day else {})


def acceptance_fields(partnership: Partnership) -> tuple[Field, ...]:
    """Return the fields of the form that accepts a report, with each category of which more was spent than is free."""
    costs = tuple(
        Field(f"disallowed-{place}", f"{_NOT_ALLOWED}{category}", _BEYOND, "line", fills=("disallowed",))
        for place, category in enumerate(_beyond(partnership), 1)
    )
    return (form_field(c.AcceptReport, "report", partnership), *costs, *_shortfall_field(partnership), REASON)


def _shortfall_field(partnership: Partnership) -> Iterator[Field]:
    """Yield the question what became of money that did not arrive, if a report that waits says so."""
    reports = [report for report in partnership.reporting.filed if report.state is ReportState.RECEIVED]
    said_sums = [
        sum_in_words(report.not_arrived, report.figures.currency)
        for report in reports
        if report.figures is not None and report.not_arrived
    ]
    if not said_sums:
        return
    taken, out = partnership.taken_on_the_way, partnership.proposed.funds_out
    told = sum_in_words(taken, out.currency) if taken and out is not None else "no charges"
    hint = (
        f"The report says that {said_sums[0]} did not arrive. The bank tells of {told} on the way. What became of it?"
    )
    yield replace(form_field(c.AcceptReport, "shortfall", partnership), hint=hint)


def _beyond(partnership: Partnership) -> tuple[str, ...]:
    reporting = partnership.reporting
    budget = reporting.budget
    if budget is None:
        return ()
    reports = (report for report in reporting.filed if report.state is ReportState.RECEIVED and report.is_by_line)
    standings = (standing for report in reports for standing in standing_by_report(budget, report))
    return tuple(dict.fromkeys(standing.category for standing in standings if standing.excess))


def acceptance_content(partnership: Partnership, answers: Typed) -> dict[str, Any]:
    """Return the acceptance of a report as it was typed. Raises BadInput, which names the field."""
    out = partnership.proposed.funds_out
    currency = out.currency if out is not None else ""
    costs = [
        {"category": category, "amount": read_sum_of("disallowed", text, currency)}
        for place, category in enumerate(_beyond(partnership), 1)
        if (text := said(answers, f"disallowed-{place}"))
    ]
    content: dict[str, Any] = {"report": said(answers, "report"), "reason": said(answers, REASON.name)}
    content |= {"shortfall": answer} if (answer := said(answers, "shortfall")) else {}
    return {**content, "disallowed": costs} if costs else content
