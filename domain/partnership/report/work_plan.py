"""Checks of what a report says of the work plan, and of what an amendment may change of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from domain.budgets.milestones import Milestone, MilestoneAnswer, MilestoneState, answer_faults
from domain.fault import Fault
from domain.partnership.report.reports import Reporting, ReportState
from domain.plans import ReportKind


def faults_of_milestones(
    reporting: Reporting, answers: tuple[MilestoneAnswer, ...], kind: ReportKind, on: date
) -> Iterator[Fault]:
    """Yield the faults of a report beside the work plan."""
    milestones = {milestone.number: milestone for milestone in reporting.milestones}
    numbers = [answer.milestone for answer in answers]
    if strange := [number for number in numbers if number not in milestones]:
        plan_numbers = ", ".join(map(str, milestones)) or "none"
        yield Fault(f"milestones: milestone {strange[0]} is not in the work plan; it has: {plan_numbers}")
    if twice := [number for number in numbers if numbers.count(number) > 1]:
        yield Fault(f"milestones: milestone {twice[0]} is answered twice; say it once")
    for answer in answers:
        if milestone := milestones.get(answer.milestone):
            yield from answer_faults(milestone, answer)
    if kind is not ReportKind.FINANCIAL:
        yield from _unanswered(reporting, numbers, kind, on)


def _unanswered(reporting: Reporting, numbers: list[int], kind: ReportKind, on: date) -> Iterator[Fault]:
    """Yield the first milestone that is due, or that the final report must tell of, and that nobody answered."""
    for milestone in reporting.milestones:
        is_due = kind is ReportKind.FINAL or reporting.day_of(milestone) <= on
        if is_due and milestone.number not in numbers and not _is_settled(reporting, milestone):
            yield Fault(
                f"milestones: milestone {milestone.number} was due on {reporting.day_of(milestone)}; say whether it is "
                f"done, late or dropped (--milestone {milestone.number}=DONE)"
            )


def _is_settled(reporting: Reporting, milestone: Milestone) -> bool:
    newest = reporting.newest_on(milestone.number)
    return newest is not None and newest.state is not MilestoneState.LATE


def fault_of_plan(reporting: Reporting, after: tuple[Milestone, ...]) -> Fault | None:
    """Return the reason why an amended work plan would change what was reported as done, or None."""
    new = {milestone.number: milestone for milestone in after}
    for milestone in reporting.milestones:
        answers = reporting.answers_on(milestone.number, ReportState.RECEIVED, ReportState.ACCEPTED)
        is_done = any(answer.state is MilestoneState.DONE for answer in answers)
        if is_done and new.get(milestone.number) != milestone:
            return Fault(f"milestones: milestone {milestone.number} was reported as done and stays as it was planned")
    return None
