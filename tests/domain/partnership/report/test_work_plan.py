"""A work plan: reports answer its milestones, and a milestone holds a tranche until an accepted report shows it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from domain.plans import ReportKind
from tests.budgets import budget, budgeted, line, milestone
from tests.builders import DIGEST, funds_out
from tests.domain.partnership import specification as s
from tests.domain.partnership.specification import Story

PROGRESS = ReportKind.PROGRESS


def done(number: int = 1, **more: Any) -> dict[str, Any]:
    return {"milestone": number, "state": "DONE", "words": "It was held", "papers": [DIGEST], **more}


def late(number: int = 1, **more: Any) -> dict[str, Any]:
    return {"milestone": number, "state": "LATE", "words": "The river rose", **more}


def planned(*milestones: dict[str, Any], **leg: Any) -> dict[str, Any]:
    return {"funds_out": funds_out("600.00", "400.00", milestones=list(milestones), **leg)}


def told(*answers: dict[str, Any], kind: ReportKind = PROGRESS, **more: Any) -> Any:
    return s.report(kind=kind, milestones=answers, **more)


def refused(story: Story) -> str:
    assert story.refusal is not None
    return str(story.refusal)


FREE = milestone(2, due_on="2029-01-31")
"""A milestone far ahead that holds nothing."""
HELD = milestone(holds=[2], due_on="2029-01-31")


@pytest.fixture(name="paid", scope="module")
def fixture_paid() -> Story:
    """A grant in two payments, the first paid: the second waits for the first milestone."""
    return s.paid(**planned(HELD, FREE))


def test_a_tranche_waits_until_an_accepted_report_shows_the_milestone(paid: Story) -> None:
    reason = "tranche 2 waits until an accepted report says that milestone 1 is done"
    assert reason in refused(paid.when(s.release(2)))
    received = paid.given(told(done()))
    assert reason in refused(received.when(s.release(2)))
    assert received.given(s.accept()).when(s.release(2)).refusal is None


@pytest.mark.parametrize("state", ["LATE", "DROPPED"])
def test_what_is_not_done_holds_what_waits_for_it(paid: Story, state: str) -> None:
    story = paid.given(told({"milestone": 1, "state": state, "words": "The river rose"}), s.accept())
    assert "waits until an accepted report says that milestone 1 is done" in refused(story.when(s.release(2)))


def test_a_report_that_was_corrected_shows_nothing(paid: Story) -> None:
    """Given a milestone that a report called done, when a correction calls it late, then its tranche waits again."""
    story = paid.given(told(done()), s.accept(), told(late(), corrects=1))
    assert "milestone 1 is done" in refused(story.when(s.release(2)))
    assert "milestone 1 is done" in refused(story.given(s.accept(2)).when(s.release(2)))


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        (done(3), "milestone 3 is not in the work plan; it has: 1, 2"),
        (done(papers=[]), "milestone 1 holds a tranche: give a paper that shows that it is done"),
        (late(due_on="2029-06-30"), "its day moves by an amendment (`accord amend`), not by a report"),
        (late(2, due_on="2029-01-31"), "milestone 2 was due on 2029-01-31; its new day is later, or left out"),
    ],
)
def test_what_a_report_may_not_say_of_a_milestone(paid: Story, answer: dict[str, Any], fault: str) -> None:
    assert fault in refused(paid.when(told(answer)))


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        ({"milestone": 1, "state": "LATE"}, "milestone 1: it is LATE; say why in words"),
        ({"milestone": 1, "state": "DROPPED"}, "milestone 1: it is DROPPED; say why in words"),
        (done(due_on="2029-06-30"), "only what is LATE gets a new day"),
    ],
)
def test_an_answer_without_its_reason_is_none(answer: dict[str, Any], fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        told(answer)


def test_a_milestone_is_answered_once(paid: Story) -> None:
    assert "milestone 1 is answered twice" in refused(paid.when(told(done(), done())))


def test_an_updated_work_plan_moves_days_that_hold_nothing(paid: Story) -> None:
    """Given a report that gives a milestone a later day, then that is its day; returned, it is the planned one."""
    moved = paid.given(told(late(2, due_on="2029-06-30")))
    [_, free] = moved.partnership.reporting.milestones
    assert moved.partnership.reporting.day_of(free) == date(2029, 6, 30)
    assert moved.given(s.send_back()).partnership.reporting.day_of(free) == date(2029, 1, 31)


DUE = milestone(due_on="2026-01-31")
"""A milestone whose day has come."""


def test_what_is_due_must_be_answered_but_by_figures_alone() -> None:
    """Given a milestone whose day has come, then a report of deeds answers it, and one of money need not."""
    story = s.paid(**planned(DUE, milestone(2, due_on="2029-01-31")))
    assert "milestone 1 was due on 2026-01-31; say whether it is done, late or dropped" in refused(story.when(told()))
    assert story.when(told(done())).refusal is None
    assert story.when(told(kind=ReportKind.FINANCIAL, figures=s.accounted("600.00"))).refusal is None
    assert story.given(told(done())).when(told()).refusal is None
    assert "say whether it is done" in refused(story.given(told(done())).when(told(corrects=1)))


def test_the_final_report_answers_every_milestone() -> None:
    story = s.paid(funds_out=funds_out("1000.00", milestones=[FREE | {"number": 1}]))
    assert "milestone 1 was due on 2029-01-31" in refused(story.when(s.report()))
    assert story.when(s.report(milestones=(done(),))).refusal is None


def test_what_was_reported_as_done_stays_as_it_was_planned(paid: Story) -> None:
    """Given a milestone that a report calls done, when an amendment makes another task of it, then it is refused."""
    story = paid.given(told(done()))
    other = s.amend(**planned(HELD | {"what": "A lighter task"}, FREE))
    assert "milestone 1 was reported as done and stays as it was planned" in refused(story.when(other))
    assert story.when(s.amend(**planned(HELD, FREE | {"what": "A lighter task"}))).refusal is None


def test_a_changed_work_plan_withdraws_every_approval(paid: Story) -> None:
    story = paid.given(s.amend(**planned(HELD | {"holds": []}, FREE)))
    assert story.partnership.approvals == ()


@pytest.mark.parametrize(
    ("milestones", "fault"),
    [
        ([milestone(2)], "number them 1, 2, 3 ... in order"),
        ([milestone(holds=[3])], "milestone 1 holds tranche 3, which is not planned"),
        ([milestone(barrier=True)], "milestone 1: a barrier holds tranches; name them in `holds`"),
    ],
)
def test_a_work_plan_that_cannot_be_is_refused(milestones: list[dict[str, Any]], fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        s.propose(**planned(*milestones))


def test_a_tranche_is_not_planned_before_what_it_waits_for() -> None:
    leg = funds_out("1000.00", milestones=[milestone(holds=[1])])
    leg["tranches"][0]["due_on"] = "2027-03-30"
    with pytest.raises(ValueError, match="milestone 1 is due on 2027-03-31, and tranche 1, which waits for it"):
        s.propose(funds_out=leg)


def test_a_barrier_is_said_once() -> None:
    with pytest.raises(ValueError, match="a milestone is one already; say it once"):
        s.propose(**planned(milestone(holds=[2], barrier=True), barrier="The county matches the grant"))


def test_a_barrier_that_is_a_milestone_holds_until_it_is_shown() -> None:
    """Given a conditional grant whose barrier is a milestone, then its paper in an accepted report meets it (R41)."""
    story = s.paid(**planned(milestone(holds=[2], barrier=True, due_on="2029-01-31")))
    assert story.partnership.open_before(2) == ()
    assert "milestone 1 is done" in refused(story.when(s.release(2)))
    assert story.given(told(done()), s.accept()).when(s.release(2)).refusal is None


def test_a_milestone_that_is_done_releases_a_tranche_after_the_period() -> None:
    """Given a period that is over, then what waited for a milestone is paid for what was done (rules 4.11)."""
    reporting = s.paid(**planned(HELD)).given(told(done()), s.accept()).partnership.reporting
    assert (reporting.releases(2), reporting.releases(1)) == (True, False)


def test_budget_and_work_plan_stand_beside_each_other() -> None:
    plan = budget(line(1, "Training", "500.00", "500.00"))
    story = s.paid(**budgeted("600.00", "400.00", plan=plan, milestones=[HELD]))
    assert story.partnership.reporting.budget is not None
    assert story.partnership.reporting.milestones[0].holds == (2,)
