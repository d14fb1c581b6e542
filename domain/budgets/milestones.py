"""Milestones of a work plan: what is done by which day, what shows it, and which tranches wait for it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from typing import Self

from pydantic import Field, model_validator

from domain.fault import Fault
from domain.plans import TrancheNumber
from domain.values import Sentence, Sha256, Value, is_empty, is_false, is_none


class Milestone(Value):
    """A step of the work: by which day it is done, and what shows it."""

    number: TrancheNumber
    what: Sentence
    due_on: date
    evidence: Sentence | None = Field(
        default=None, exclude_if=is_none, description="What shows that it is done, such as photographs of the mast"
    )
    holds: tuple[TrancheNumber, ...] = Field(
        default=(),
        max_length=99,
        exclude_if=is_empty,
        description="The tranches that are paid only after an accepted report says that it is done",
    )
    barrier: bool = Field(
        default=False,
        exclude_if=is_false,
        description="Whether the grant is not owed before it is done, with a right of return: a conditional grant "
        "(ASU 2018-08)",
    )

    @model_validator(mode="after")
    def _barrier_holds(self) -> Self:
        if self.barrier and not self.holds:
            raise ValueError(f"milestone {self.number}: a barrier holds tranches; name them in `holds`")
        return self


class MilestoneState(StrEnum):
    """The state of a milestone, as a report says it."""

    DONE = "DONE"
    LATE = "LATE"
    DROPPED = "DROPPED"
    """It will not be done."""


class MilestoneAnswer(Value):
    """A report's word on one milestone."""

    milestone: TrancheNumber
    state: MilestoneState
    words: Sentence | None = Field(default=None, exclude_if=is_none, description="What was done, or why it was not")
    papers: tuple[Sha256, ...] = Field(
        default=(), max_length=20, exclude_if=is_empty, description="The SHA-256 of each paper that shows it"
    )
    due_on: date | None = Field(
        default=None, exclude_if=is_none, description="The new day of what is late, if no tranche waits for it"
    )

    @model_validator(mode="after")
    def _says_enough(self) -> Self:
        if self.state is not MilestoneState.DONE and self.words is None:
            raise ValueError(f"milestone {self.milestone}: it is {self.state.value}; say why in words")
        if self.state is not MilestoneState.LATE and self.due_on is not None:
            raise ValueError(f"milestone {self.milestone}: only what is LATE gets a new day; leave due_on out")
        return self


def milestone_faults(milestones: tuple[Milestone, ...], tranches: dict[int, date | None]) -> Iterator[Fault]:
    """Yield the faults of a work plan. `tranches`: each planned tranche with its planned day."""
    if [milestone.number for milestone in milestones] != list(range(1, len(milestones) + 1)):
        yield Fault("milestones: number them 1, 2, 3 ... in order")
    for milestone in milestones:
        name = f"milestones: milestone {milestone.number}"
        if unknown := [number for number in milestone.holds if number not in tranches]:
            yield Fault(f"{name} holds tranche {unknown[0]}, which is not planned; name planned ones")
        days = ((number, tranches.get(number)) for number in milestone.holds)
        if early := [(number, day) for number, day in days if day is not None and day < milestone.due_on]:
            number, day = early[0]
            yield Fault(f"{name} is due on {milestone.due_on}, and tranche {number}, which waits for it, on {day}")


def answer_faults(milestone: Milestone, answer: MilestoneAnswer) -> Iterator[Fault]:
    """Yield the faults of a report's word on a milestone."""
    name = f"milestones: milestone {milestone.number}"
    if answer.state is MilestoneState.DONE and milestone.holds and not answer.papers:
        yield Fault(f"{name} holds a tranche: give a paper that shows that it is done (--milestone-paper)")
    if answer.state is MilestoneState.DONE and milestone.evidence and not (answer.papers or answer.words):
        yield Fault(f"{name}: say or show what was asked: {milestone.evidence}")
    if answer.due_on is not None and milestone.holds:
        yield Fault(f"{name} holds a tranche: its day moves by an amendment (`accord amend`), not by a report")
    if answer.due_on is not None and answer.due_on <= milestone.due_on:
        yield Fault(f"{name} was due on {milestone.due_on}; its new day is later, or left out")
