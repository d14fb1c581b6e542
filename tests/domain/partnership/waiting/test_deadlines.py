"""The business days of each wait: a reminder before the end, a director after it, and then the end (R50)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, timezone

import pytest
from hypothesis import given as examples
from hypothesis import settings
from hypothesis import strategies as st

from domain.calendars import CALENDAR
from domain.directory.tiers import Role
from domain.errors import IllegalTransition, NotAuthorised
from domain.identity import ACCORD
from domain.partnership import commands as c
from domain.partnership import events as e
from domain.partnership.evolution import evolve
from domain.partnership.stages import Stage
from domain.partnership.waiting.clock import open_deadline
from domain.partnership.waiting.deadlines import ALLOWANCES, Wait, deadline_of
from domain.partnership.waiting.outlook import outlook
from domain.payment.tranche.status import TrancheOutcome
from domain.policy.findings import Outcome
from tests.builders import NOON, funds_out, moment
from tests.domain.partnership.specification import (
    Story,
    active,
    after,
    again,
    amend,
    approve,
    ask,
    assess,
    came_to,
    deadline,
    declare,
    decline,
    extend,
    given,
    hold,
    in_agreement,
    in_approval,
    in_eligibility,
    lift,
    propose,
    release,
    revise,
    sign,
    terminate,
    verify,
    withdraw,
)


@pytest.mark.parametrize(
    ("day", "works"),
    [
        ("2026-11-02", True),
        ("2026-11-06", True),
        ("2026-11-07", False),
        ("2026-11-08", False),
        ("2026-11-11", False),
        ("2026-11-26", False),
        ("2026-11-27", True),
        ("2026-12-25", False),
        ("2026-07-03", False),
        ("2026-06-19", False),
        ("2027-01-01", False),
        ("2027-01-18", False),
        ("2060-07-05", False),
    ],
)
def test_the_organisation_works_on_weekdays_that_are_no_federal_holidays(day: str, works: bool) -> None:
    assert CALENDAR.is_business_day(moment(day)) is works


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        ("2026-11-02", 0, "2026-11-02"),
        ("2026-11-02", 1, "2026-11-03"),
        ("2026-11-06", 1, "2026-11-09"),
        ("2026-11-07", 1, "2026-11-09"),
        ("2026-11-08", 1, "2026-11-09"),
        ("2026-11-10", 1, "2026-11-12"),
        ("2026-11-25", 1, "2026-11-27"),
        ("2026-12-24", 1, "2026-12-28"),
        ("2026-12-31", 1, "2027-01-04"),
        ("2026-11-02", 10, "2026-11-17"),
        ("2026-11-09", -1, "2026-11-06"),
        ("2026-11-12", -1, "2026-11-10"),
        ("2026-11-08", -1, "2026-11-06"),
    ],
)
def test_business_days_are_counted_over_weekends_and_holidays(start: str, days: int, end: str) -> None:
    assert CALENDAR.after(moment(start), days) == moment(end)


@settings(max_examples=100, database=None, derandomize=True)
@examples(st.datetimes(datetime(2021, 1, 1), datetime(2050, 1, 1)), st.integers(1, 40))  # noqa: DTZ001
def test_so_many_business_days_later_is_one_and_so_many_lie_between(start: datetime, days: int) -> None:
    begin = start.replace(tzinfo=UTC)
    end = CALENDAR.after(begin, days)
    between = [begin + timedelta(days=n) for n in range(1, (end - begin).days + 1)]
    assert sum(map(CALENDAR.is_business_day, between)) == days
    assert CALENDAR.is_business_day(end)
    assert end.time() == begin.time()


def test_the_time_of_day_and_its_zone_are_kept() -> None:
    start = datetime(2026, 11, 6, 23, 30, tzinfo=timezone(timedelta(hours=3)))
    assert CALENDAR.after(start, 1) == datetime(2026, 11, 9, 23, 30, tzinfo=timezone(timedelta(hours=3)))


WAITS: dict[Wait, tuple[Callable[[], Story], int, int, int]] = {
    Wait.ANSWER: (lambda: in_approval().given(ask()), 15, 22, 37),
    Wait.CLEARANCE: (in_eligibility, 3, 7, 15),
    Wait.APPROVAL: (in_approval, 10, 15, 22),
    Wait.AGREEMENT: (in_agreement, 22, 30, 59),
}


@pytest.mark.parametrize("wait", WAITS)
def test_each_wait_opens_with_a_reminder_and_an_end(wait: Wait) -> None:
    begun, reminder, due, _ = WAITS[wait]
    known = begun().partnership.deadline
    assert (known.wait, known.remind_at, known.due) == (wait, NOON + timedelta(days=reminder), NOON + timedelta(due))
    assert (known.reminded, known.escalated, known.next_at) == (False, False, known.remind_at)
    assert known == deadline_of(wait, NOON)


@pytest.mark.parametrize("wait", WAITS)
def test_before_the_reminder_time_says_nothing(wait: Wait) -> None:
    begun, reminder, _, _ = WAITS[wait]
    begun().when(deadline(reminder - 0.5, wait)).then()


@pytest.mark.parametrize("wait", WAITS)
def test_at_its_time_a_reminder_comes_once(wait: Wait) -> None:
    begun, reminder, due, _ = WAITS[wait]
    story = begun().when(deadline(reminder, wait))
    known = story.then(e.DeciderReminded).deadline
    assert (known.reminded, known.next_at) == (True, NOON + timedelta(days=due))
    story.when(deadline(reminder, wait)).then()
    story.when(deadline(due - 0.5, wait)).then()


@pytest.mark.parametrize("wait", WAITS)
@pytest.mark.parametrize("reminded", [True, False])
def test_at_the_end_it_escalates_whether_or_not_somebody_was_reminded(wait: Wait, reminded: bool) -> None:
    begun, reminder, due, last = WAITS[wait]
    story = begun().given(*([deadline(reminder, wait)] if reminded else [])).when(deadline(due, wait))
    now = story.then(e.DeadlineEscalated)
    assert (now.escalated, now.deadline.due) == (True, NOON + timedelta(days=last))
    story.when(deadline(asked_on(wait) - 0.5, wait)).then()


def asked_on(wait: Wait) -> float:
    """The day, counted from the beginning, on which people are asked before it lapses."""
    last = NOON + timedelta(days=WAITS[wait][3])
    return (CALENDAR.after(last, -ALLOWANCES[wait].reminder) - NOON) / timedelta(days=1)


def escalated(wait: Wait) -> Story:
    begun, _, due, _ = WAITS[wait]
    return begun().given(deadline(due, wait))


@pytest.mark.parametrize("wait", WAITS)
def test_before_it_lapses_people_are_asked_and_told_when_it_ends(wait: Wait) -> None:
    last = NOON + timedelta(days=WAITS[wait][3])
    asked = escalated(wait).when(deadline(asked_on(wait), wait))
    known = asked.then(e.DeciderReminded).deadline
    assert (asked.said[0].ends_at, known.asked, known.due, known.next_at) == (last, True, last, last)
    asked.when(deadline(asked_on(wait), wait)).then()
    asked.when(deadline(WAITS[wait][3] - 0.5, wait)).then()


@pytest.mark.parametrize("wait", WAITS)
def test_after_an_outage_nothing_lapses_before_people_were_asked(wait: Wait) -> None:
    """Given a clock that comes back long after the end, people get the days that they would have had."""
    asked = escalated(wait).when(deadline(400, wait))
    known = asked.then(e.DeciderReminded).deadline
    later = CALENDAR.after(NOON + timedelta(days=400), ALLOWANCES[wait].reminder)
    assert (known.due, asked.partnership.ended) == (later, False)


@pytest.mark.parametrize("wait", WAITS)
def test_more_time_begins_anew_once_somebody_was_reminded(wait: Wait) -> None:
    begun, reminder, *_ = WAITS[wait]
    begun().when(extend()).refused(IllegalTransition, "there is time until", "more is given from")
    for story in (begun().given(deadline(reminder, wait)), escalated(wait)):
        now = story.when(after(30, extend())).then(e.DeadlineExtended, e.DeadlineSet)
        assert now.deadline == deadline_of(wait, NOON + timedelta(days=30))
        assert not now.escalated


def test_more_time_is_given_for_nothing_that_has_no_deadline() -> None:
    given(propose()).when(extend()).refused(IllegalTransition, "DUE_DILIGENCE")
    in_approval().given(hold()).when(extend()).refused(IllegalTransition, "on hold")
    for nobody in ("paul.nkosi", "pia.berg"):
        in_approval().given(deadline(10)).when(extend(nobody)).refused(NotAuthorised)


def test_once_a_director_may_stand_in_a_director_alone_gives_more_time() -> None:
    """Nobody who let the time pass takes the stand-in away."""
    escalated(Wait.APPROVAL).when(after(16, extend("ana.silva"))).refused(NotAuthorised, "DIRECTOR")
    assert escalated(Wait.APPROVAL).when(after(16, extend("dora.kim"))).refusal is None


@pytest.mark.parametrize("wait", WAITS)
def test_after_the_question_it_lapses(wait: Wait) -> None:
    last = WAITS[wait][3]
    story = escalated(wait).given(deadline(asked_on(wait), wait)).when(deadline(last, wait))
    now = story.then(e.PartnershipDeclined)
    assert (now.stage, now.why, now.deadline) == (Stage.DECLINED, f"lapsed: no {wait.value.lower()} in time", None)
    assert story.said[0].actor == ACCORD
    story.when(deadline(last, wait)).then()


@pytest.mark.parametrize("wait", WAITS)
@pytest.mark.parametrize("other", WAITS)
def test_a_deadline_of_another_wait_says_nothing(wait: Wait, other: Wait) -> None:
    if wait is not other:
        WAITS[wait][0]().when(deadline(90, other)).then()


PAST: dict[str, tuple[Wait, Callable[[], Story]]] = {
    "answered": (Wait.ANSWER, lambda: in_approval().given(ask(), revise())),
    "cleared": (Wait.CLEARANCE, lambda: in_eligibility().given(approve("vera.lind"))),
    "asked instead of cleared": (Wait.CLEARANCE, lambda: in_eligibility().given(ask())),
    "approved": (Wait.APPROVAL, in_agreement),
    "declined": (Wait.APPROVAL, lambda: in_approval().given(decline())),
    "withdrawn": (Wait.APPROVAL, lambda: in_approval().given(withdraw())),
    "an interest declared": (Wait.APPROVAL, lambda: in_approval().given(declare("ana.silva"))),
    "signed": (Wait.AGREEMENT, active),
    "terminated": (Wait.AGREEMENT, lambda: in_agreement().given(terminate())),
    "on hold": (Wait.APPROVAL, lambda: in_approval().given(hold())),
}


@pytest.mark.parametrize("what", PAST)
def test_a_deadline_of_what_is_past_does_nothing(what: str) -> None:
    wait, begun = PAST[what]
    story = begun()
    assert open_deadline(story.partnership) is None or open_deadline(story.partnership).wait is not wait
    assert story.when(deadline(90, wait)).then() == story.partnership


@pytest.mark.parametrize("wait", WAITS)
def test_while_a_hold_stands_nobody_is_waited_for(wait: Wait) -> None:
    begun, reminder, due, last = WAITS[wait]
    story = begun().given(hold())
    waited = open_deadline(story.partnership)
    assert waited is not None
    assert waited.wait is Wait.HOLD
    for days in (reminder, due, last):
        story.when(deadline(days, wait)).then()


@pytest.mark.parametrize("wait", WAITS)
def test_once_the_hold_is_lifted_the_whole_time_begins_again(wait: Wait) -> None:
    lifted = WAITS[wait][0]().given(hold()).when(after(30, lift()))
    now = lifted.then(e.HoldLifted, e.DeadlineSet)
    assert now.deadline == deadline_of(wait, NOON + timedelta(days=30))


def test_an_escalation_is_over_once_a_hold_was_placed() -> None:
    story = in_approval().given(deadline(), after(16, hold()), after(17, lift()))
    assert not story.partnership.escalated
    story.when(after(17, approve("dora.kim"))).refused(NotAuthorised)


def test_a_step_within_the_same_wait_does_not_prolong_it() -> None:
    story = in_approval().when(after(5, approve("ana.silva")))
    assert story.then(e.ApprovalGiven).deadline == in_approval().partnership.deadline


def test_a_new_wait_begins_when_the_stage_does() -> None:
    story = in_approval().given(approve("ana.silva")).when(after(5, approve("femi.ade")))
    assert story.then(e.ApprovalGiven, e.DeadlineSet).deadline == deadline_of(Wait.AGREEMENT, NOON + timedelta(days=5))


@pytest.mark.parametrize(
    "command",
    [amend(funds_out=funds_out("5000.00")), ask()],
)
def test_another_question_gets_the_whole_time(command: c.StaffRequest) -> None:
    known = in_approval().given(deadline(10), after(12, command)).partnership.deadline
    assert (known.reminded, known.due > NOON + timedelta(days=22)) == (False, True)


def test_a_referral_that_waits_again_gets_the_whole_time() -> None:
    story = in_eligibility().given(deadline(7, Wait.CLEARANCE), ask(), revise(), verify())
    known = story.when(after(40, assess(Outcome.REFER))).partnership.deadline
    assert not known.escalated


def test_a_director_clears_the_referral_only_after_escalation() -> None:
    in_eligibility().when(approve("dora.kim")).refused(NotAuthorised, "VERIFIER")
    story = in_eligibility().given(deadline(7, Wait.CLEARANCE)).when(approve("dora.kim"))
    assert story.then(e.ReferralCleared, e.DeadlineSet).verifier == "dora.kim"


def test_after_escalation_an_agreement_may_still_be_signed() -> None:
    story = in_agreement().given(deadline(30, Wait.AGREEMENT)).when(after(31, sign()))
    assert story.then(e.AgreementSigned).stage is Stage.ACTIVE


@pytest.mark.parametrize(
    "story",
    [
        given(),
        given(propose()),
        given(propose(), verify()),
        active(),
        active().given(release()),
        active().given(release(), *came_to(TrancheOutcome.REJECTED)),
        active().given(declare("femi.ade")),
    ],
)
def test_where_the_system_the_bank_or_the_grantee_is_waited_for_nothing_lapses(story: Story) -> None:
    assert open_deadline(story.partnership) is None
    for wait in Wait:
        story.when(deadline(3650, wait)).then()


def test_due_diligence_that_runs_again_leaves_no_old_deadline_behind() -> None:
    story = in_approval().given(deadline(), amend(funds_out=funds_out(uses=("EQUIPMENT",))))
    assert story.partnership.deadline is None
    assert not again(story).partnership.escalated


@pytest.mark.parametrize("wait", [one for one in Wait if one is not Wait.OBLIGATION])
def test_reminders_come_before_the_end(wait: Wait) -> None:
    allowance = ALLOWANCES[wait]
    assert 0 < allowance.reminder < allowance.days
    assert allowance.escalated > 0


# A hold has a day, reminders and an owner, and lasts for ever unseen by nobody (rules 3.8)


HELD = [in_approval, in_agreement, active]


@pytest.mark.parametrize("begun", HELD)
def test_a_hold_is_to_be_lifted_within_ten_business_days(begun: Callable[[], Story]) -> None:
    held = begun().given(hold()).partnership
    waited = open_deadline(held)
    assert waited == deadline_of(Wait.HOLD, NOON)
    assert outlook(held).due == waited.due
    assert set(outlook(held).awaiting) == {Role.DIRECTOR, Role.FINANCE_APPROVER}


@pytest.mark.parametrize("begun", HELD)
def test_a_hold_is_told_again_and_again_and_never_lapses(begun: Callable[[], Story]) -> None:
    story = begun().given(hold())
    reminded = story.when(deadline(10, Wait.HOLD))
    reminded.then(e.DeciderReminded)
    reminded.when(deadline(11, Wait.HOLD)).then()
    escalated = reminded.when(deadline(15, Wait.HOLD))
    first = escalated.then(e.DeadlineEscalated).hold
    later = escalated.when(deadline(60, Wait.HOLD))
    second = later.then(e.DeadlineEscalated).hold
    assert first is not None
    assert second is not None
    assert first.due is not None
    assert second.due is not None
    assert first.due < second.due
    assert later.partnership.stage is story.partnership.stage


def test_a_hold_that_is_told_of_lets_nobody_act_in_anothers_place() -> None:
    story = in_approval().given(hold(), deadline(10, Wait.HOLD), deadline(15, Wait.HOLD))
    assert not story.partnership.escalated
    assert not story.given(after(16, lift())).partnership.escalated


def test_a_hold_placed_beside_another_leaves_that_ones_day() -> None:
    event = e.HoldPlaced(at=NOON + timedelta(days=9), actor="accord", reason="another reason")
    again_held = evolve(in_approval().given(hold()).partnership, event)
    assert open_deadline(again_held) == deadline_of(Wait.HOLD, NOON)
    assert again_held.holds[1].deadline == deadline_of(Wait.HOLD, NOON + timedelta(days=9))


def test_what_has_ended_waits_for_nothing_whatever_holds_it() -> None:
    ended_held = active().given(hold(), terminate()).partnership
    assert ended_held.hold is not None
    assert open_deadline(ended_held) is None


@examples(st.dates(date(2024, 1, 1), date(2040, 1, 1)), st.integers(-900, 900))
def test_business_days_until_a_day_are_those_that_one_counts(today: date, distance: int) -> None:
    day = today + timedelta(days=distance)
    low, high = sorted((day, today))
    days = (low + timedelta(days=one) for one in range(1, (high - low).days + 1))
    counted = sum(CALENDAR.is_business_day(datetime.combine(one, time(12), UTC)) for one in days)
    assert CALENDAR.days_until(day, today) == (counted if distance >= 0 else -counted)
