"""Filled sheets of a work plan and of indicators: answers as people would type them, and each fault by its cell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from accord.presentation.budgets.answers import FormAnswers
from accord.presentation.budgets.plan_sheets import ACHIEVED, FIRST_ROW, NEW_DAY, STATE, WORDS
from domain.budgets.milestones import Milestone, MilestoneState
from domain.plans import Indicator

_STATES: Final = frozenset(MilestoneState)


class TypedMilestone(NamedTuple):
    """A form's word on a milestone. What it leaves empty is ''."""

    state: str
    words: str = ""
    due_on: str = ""


def milestones_said(answers: FormAnswers, milestones: Sequence[Milestone]) -> Mapping[int, TypedMilestone]:
    """Return the words of a sheet on milestones, as far as they are answered."""
    words: dict[int, TypedMilestone] = {}
    for row, milestone in enumerate(milestones, FIRST_ROW):
        if not answers.is_row_of(row, milestone.number, "milestone"):
            break
        if any(answer := _typed(answers, row, milestone)):
            words[milestone.number] = answer
    return words


def _typed(answers: FormAnswers, row: int, milestone: Milestone) -> TypedMilestone:
    state = answers.text(row, STATE).upper()
    answer = TypedMilestone(state, answers.text(row, WORDS), answers.day(row, NEW_DAY))
    if state and state not in _STATES:
        answers.wrong(row, STATE, f"{state[:30]!r} is no state; write {', '.join(MilestoneState)}")
    elif not state and any(answer):
        answers.missing(row, STATE, f"the row has an answer and no state; write {', '.join(MilestoneState)}")
    elif state and state != MilestoneState.DONE and not answer.words:
        answers.missing(row, WORDS, f"milestone {milestone.number} is {state}; say why in words")
    if answer.due_on and (milestone.holds or state != MilestoneState.LATE):
        why = "a payment waits for it, so its day moves by an amendment" if milestone.holds else "only what is LATE"
        answers.wrong(row, NEW_DAY, f"{why}; leave the day out" if milestone.holds else f"{why} has a new day")
    return answer


def results_said(answers: FormAnswers, indicators: Sequence[Indicator]) -> Mapping[int, str]:
    """Return the achievements on a sheet, by indicator: a number in digits, or words."""
    achievements: dict[int, str] = {}
    for row, indicator in enumerate(indicators, FIRST_ROW):
        if not answers.is_row_of(row, indicator.number, "indicator"):
            break
        if text := answers.achievement(row, ACHIEVED):
            achievements[indicator.number] = text
    return achievements
