"""The beginning of a partnership's wait: a mere reminder of it, or a remark on it, begins nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from domain.partnership import commands as c
from domain.partnership.state import Partnership
from domain.policy.findings import Outcome
from tests.builders import NOON, number
from tests.domain.partnership.specification import (
    Story,
    active,
    approve,
    assign,
    clear,
    comment,
    hold,
    in_approval,
    in_eligibility,
    lift,
    recheck,
    release,
    reminded,
)

LATER = NOON + timedelta(days=5)


def after(story: Story, command: c.AnyCommand) -> Story:
    return story.given(command.model_copy(update={"at": LATER}))


MOVES: dict[str, tuple[Callable[[], Story], c.AnyCommand]] = {
    "a clearance": (in_eligibility, approve("vera.lind")),
    "an approval of two": (in_approval, approve("ana.silva")),
    "a hold": (active, hold()),
    "the lifting of a hold": (lambda: active().given(hold()), lift()),
    "a release": (active, release()),
    "a question of the registers": (active, recheck(Outcome.REFER)),
    "its answer": (lambda: active().given(recheck(Outcome.REFER)), clear()),
}
STAYS: dict[str, tuple[Callable[[], Story], c.AnyCommand]] = {
    "a comment": (in_approval, comment()),
    "an assignment": (in_approval, assign()),
    "a look at the registers that finds nothing new": (active, recheck(Outcome.PASS)),
}


@pytest.mark.parametrize("what", MOVES)
def test_what_moves_it_begins_the_time(what: str) -> None:
    before, command = MOVES[what]
    story = before()
    assert story.partnership.since == NOON
    assert after(story, command).partnership.since == LATER


@pytest.mark.parametrize("what", STAYS)
def test_what_leaves_it_where_it_stands_does_not(what: str) -> None:
    before, command = STAYS[what]
    assert after(before(), command).partnership.since == NOON


def test_a_reminder_and_a_missed_deadline_begin_nothing() -> None:
    story = reminded(in_approval())
    waited = story.partnership.deadline
    assert waited is not None
    missed = c.PassDeadline(command_id=number("missed"), at=waited.due, wait=waited.wait)
    assert (story.partnership.since, story.given(missed).partnership.since) == (NOON, NOON)


def test_nothing_begins_before_it_is_proposed() -> None:
    assert Partnership(partnership_id="P-2026-0042").since is None
