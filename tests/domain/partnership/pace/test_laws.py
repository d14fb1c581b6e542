"""The laws of the clock, over random lives with submissions at the door in any order: nothing twice, nothing lost."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cache
from hashlib import sha256
from itertools import pairwise
from random import Random
from typing import NamedTuple
from uuid import UUID

import pytest

from domain.partnership.events import Event
from domain.partnership.pace.clock import CaseClock, case_clock
from domain.partnership.pace.facts import DoorSubmission
from domain.partnership.pace.waits import SIDES, Side, side_of
from domain.partnership.submission.invitations import form_id
from domain.submissions.kinds import DoorForm, SubmissionKind
from tests.builders import NOON
from tests.domain.partnership import specification as s
from tests.domain.partnership.random_lives import many_told
from tests.thoroughness import draws

FORMS = [form_id(s.REFERENCE, kind, about, number) for kind in DoorForm for about in ("", "1") for number in (0, 1)]
COUNT = draws(60)


class Course(NamedTuple):
    """What happened in a life, and at its door."""

    history: tuple[Event, ...]
    door: tuple[DoorSubmission, ...]
    end: datetime

    def clock(self, until: datetime | None = None) -> CaseClock:
        return case_clock(s.REFERENCE, self.history, self.door, until or self.end)


@cache
def courses() -> list[Course]:
    """Random lives, each with up to nine submissions between its beginning and a while after it."""
    chance, found = Random(20261201), []  # noqa: S311
    for life in many_told("lives")[:COUNT]:
        history = life.told[-1].history
        end = max([NOON, *(event.at for event in history)]) + timedelta(days=chance.randrange(400))
        days = [chance.uniform(0, (end - NOON) / timedelta(days=1)) for _ in range(chance.randrange(10))]
        found.append(Course(history, tuple(_submission(chance, number, day) for number, day in enumerate(days)), end))
    return found


def _submission(chance: Random, number: int, day: float) -> DoorSubmission:
    form: UUID = chance.choice(FORMS)
    digest = s.HANDED_IN.sha256 if number == 0 else sha256(f"{form} {number}".encode()).hexdigest()
    about = chance.choice(("", "1"))
    return DoorSubmission(digest, chance.choice([*SubmissionKind]), form, about, NOON + timedelta(days=day))


def clocks() -> Iterator[tuple[Course, CaseClock]]:
    return ((course, course.clock()) for course in courses())


def test_the_sides_never_overlap_and_are_the_life_together() -> None:
    for _, clock in clocks():
        assert sum((clock.time(side) for side in Side), timedelta()) == clock.life
        for section, following in pairwise(clock.sections):
            assert section.begins < section.ends <= following.begins
        assert all(clock.time(side) >= timedelta() for side in Side)


def test_the_life_goes_from_the_proposal_to_the_end() -> None:
    """Without what lay between an end and a reopening, counted here by the states alone."""
    for life, course in zip(many_told("lives"), courses(), strict=False):
        clock, at, lived = course.clock(), None, timedelta()
        known = [story for story in life.told if story.said and story.partnership.proposal is not None]
        moments: list[datetime] = []
        for story in known:
            moments.append(max([*moments[-1:], *(event.at for event in story.said)]))
        for story, (begins, ends) in zip(known, pairwise([*moments, course.end]), strict=True):
            at = begins if at is None else at
            lived += ends - begins if not story.partnership.ended else timedelta()
        assert clock.life == lived


def test_no_wait_is_empty_or_outside_of_the_life() -> None:
    for course, clock in clocks():
        for stretch in clock.stretches:
            assert clock.sections[0].begins <= stretch.begins < stretch.ends <= course.end
            assert stretch.is_over or stretch.ends == course.end


def test_at_each_moment_the_side_is_that_of_the_waits_that_go_on() -> None:
    for _, clock in clocks():
        for section in clock.sections:
            going = {one.kind for one in clock.stretches if one.begins <= section.begins and section.ends <= one.ends}
            assert going == {wait.kind for wait in section.waits}
            sides = {SIDES[kind] for kind in going}
            expected = Side.WITH_US if Side.WITH_US in sides else Side.WITH_THEM if sides else Side.WITH_NOBODY
            assert side_of(section.waits) is expected


@pytest.mark.parametrize("part", [0.2, 0.5, 0.9])
def test_the_past_does_not_change_when_time_goes_on(part: float) -> None:
    for course, clock in clocks():
        until = NOON + (course.end - NOON) * part
        before = course.clock(until)
        for side in Side:
            lengths = (min(one.ends, until) - one.begins for one in clock.sections
                       if one.begins < until and side_of(one.waits) is side)  # fmt: skip
            assert before.time(side) == sum(lengths, timedelta())


def test_submissions_may_be_told_in_any_order() -> None:
    for course in courses():
        assert course._replace(door=course.door[::-1]).clock() == course.clock()


def test_there_are_waits_of_every_side_in_these_lives() -> None:
    assert {stretch.side for _, clock in clocks() for stretch in clock.stretches} == {Side.WITH_US, Side.WITH_THEM}
    assert any(clock.time(Side.WITH_NOBODY) for _, clock in clocks())
