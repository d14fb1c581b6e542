"""A register changed: adverse news stops what is agreed or about to be, and undoes nothing that was decided (R38)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from domain.errors import IllegalTransition
from domain.partnership import commands as c
from domain.partnership import events as e
from domain.partnership.hold.holds import Hold
from domain.partnership.stages import Stage
from domain.partnership.state import TrancheState
from domain.payment.tranche.status import TrancheOutcome
from domain.policy.findings import Outcome
from tests.builders import NOON, funds_out, master_file, number, status, verification
from tests.domain.partnership.specification import (
    Story,
    accounted_for,
    active,
    approve,
    ask,
    assess,
    assessment,
    came_to,
    decline,
    ended,
    given,
    hand_over,
    hold,
    in_agreement,
    in_approval,
    in_eligibility,
    lift,
    propose,
    release,
    terminate,
    withdraw,
)

PASS, CONDITION, REFER, FAIL = Outcome
NEWS = verification(status(master_file=master_file(status="25")))
RECHECKED, HELD = e.RegistersRechecked, e.HoldPlaced
TWO: dict[str, Any] = {"funds_out": funds_out("600.00", "400.00")}


def recheck(*outcomes: Outcome) -> c.RecordRecheck:
    return c.RecordRecheck(
        command_id=number("recheck"), at=NOON, verification=NEWS, assessment=assessment(*outcomes or (PASS,))
    )


def adverse(told: Story) -> str:
    """The objection of the recheck just recorded."""
    rechecked = told.said[0]
    assert isinstance(rechecked, RECHECKED)
    return rechecked.adverse


def paid_once() -> Story:
    return active(**TWO).given(release(), *came_to(TrancheOutcome.SETTLED))


UNDER_WAY = {
    "in approval": in_approval,
    "approved by one of two": lambda: in_approval().given(approve("ana.silva")),
    "in agreement": in_agreement,
    "agreed": active,
    "with a payment on its way": lambda: active().given(release()),
    "with one of two paid": paid_once,
    "with a payment that the bank rejected": lambda: active().given(release(), *came_to(TrancheOutcome.REJECTED)),
}
HELD_ALREADY = {
    "a person holds it in approval": lambda: in_approval().given(hold()),
    "a person holds it, agreed": lambda: active().given(hold()),
    "a register holds it": lambda: active().given(recheck(FAIL)),
}
NOT_VERIFIED_OR_ENDED = {
    "nothing was proposed": given,
    "due diligence has not ended": lambda: given(propose()),
    "it went back with a question": lambda: in_eligibility().given(ask()),
    "declined": lambda: in_approval().given(decline()),
    "withdrawn": lambda: in_approval().given(withdraw()),
    "terminated": lambda: active().given(terminate()),
    "closed": lambda: active().given(release(), *came_to(TrancheOutcome.SETTLED), *accounted_for()),
}


@pytest.mark.parametrize("outcome", [REFER, FAIL])
@pytest.mark.parametrize("story", UNDER_WAY.values(), ids=UNDER_WAY.keys())
def test_adverse_news_is_recorded_and_holds_what_is_agreed_or_about_to_be(
    story: Callable[[], Story], outcome: Outcome
) -> None:
    before = story().partnership
    told = story().when(recheck(outcome))
    now = told.then(RECHECKED, HELD)
    assert adverse(told) == "finding 1 (RULE-1)"
    reason = "the registers were asked again: finding 1 (RULE-1)"
    assert now.holds == (Hold(number=now.version, actor="accord", reason=reason, at=NOON),)
    assert (now.stage, now.verification, now.deadline) == (before.stage, NEWS, None)


@pytest.mark.parametrize("outcome", [PASS, CONDITION])
@pytest.mark.parametrize("story", UNDER_WAY.values(), ids=UNDER_WAY.keys())
def test_harmless_news_is_recorded_and_changes_nothing_else(story: Callable[[], Story], outcome: Outcome) -> None:
    before = story().partnership
    told = story().when(recheck(outcome))
    now = told.then(RECHECKED)
    assert adverse(told) == ""
    assert now == before.model_copy(update={"verification": NEWS, "version": before.version + 1})


@pytest.mark.parametrize("stage", [in_approval, active])
def test_adverse_news_under_a_hold_is_another_hold(stage: Callable[[], Story]) -> None:
    story = stage().given(hold())
    now = story.when(recheck(REFER)).then(RECHECKED, HELD)
    reason = "the registers were asked again: finding 1 (RULE-1)"
    assert now.holds[1] == Hold(number=now.version, actor="accord", reason=reason, at=NOON)


def test_whoever_placed_a_hold_lifts_what_a_register_placed_beside_it() -> None:
    story = active().given(hold("dora.kim"), recheck(FAIL), lift("dora.kim"))
    assert [one.actor for one in story.partnership.holds] == ["dora.kim"]
    assert story.when(lift("femi.ade")).then(e.HoldLifted).hold is None


def test_a_reason_that_stands_in_the_hold_already_is_not_given_twice() -> None:
    story = active().given(recheck(FAIL))
    assert story.when(recheck(FAIL)).then(RECHECKED).hold == story.partnership.hold


@pytest.mark.parametrize("story", HELD_ALREADY.values(), ids=HELD_ALREADY.keys())
def test_harmless_news_lifts_no_hold(story: Callable[[], Story]) -> None:
    standing = story().partnership.hold
    assert story().when(recheck()).then(RECHECKED).hold == standing


@pytest.mark.parametrize("outcome", Outcome)
@pytest.mark.parametrize("story", NOT_VERIFIED_OR_ENDED.values(), ids=NOT_VERIFIED_OR_ENDED.keys())
def test_what_is_not_verified_or_has_ended_is_left_in_peace(story: Callable[[], Story], outcome: Outcome) -> None:
    before = story().partnership
    assert story().when(recheck(outcome)).then() == before


# While eligibility is open.


@pytest.mark.parametrize("outcome", Outcome)
def test_in_eligibility_the_assessment_falls_and_the_rule_book_decides_anew(outcome: Outcome) -> None:
    now = in_eligibility().when(recheck(outcome)).then(RECHECKED)
    assert (now.stage, now.verification, now.assessment) == (Stage.ELIGIBILITY, NEWS, None)
    assert (now.hold, now.deadline, now.why) == (None, None, "")


@pytest.mark.parametrize(
    ("outcome", "stage"), [(PASS, Stage.APPROVAL), (REFER, Stage.ELIGIBILITY), (FAIL, Stage.PROPOSED)]
)
def test_what_it_then_decides_is_what_the_registers_say_now(outcome: Outcome, stage: Stage) -> None:
    now = in_eligibility().given(recheck(outcome), assess(outcome)).partnership
    assert (now.stage, now.verification, now.assessment is not None) == (stage, NEWS, True)


def test_news_that_come_twice_before_the_rule_book_decided_are_both_recorded() -> None:
    now = in_eligibility().given(recheck(REFER)).when(recheck()).then(RECHECKED)
    assert (now.stage, now.assessment) == (Stage.ELIGIBILITY, None)


# Referrals that a person cleared.


def referred_and_cleared() -> Story:
    return in_eligibility(REFER).given(approve("vera.lind"))


def test_a_referral_that_a_verifier_cleared_for_this_partnership_is_not_adverse() -> None:
    told = referred_and_cleared().when(recheck(REFER))
    assert told.then(RECHECKED).hold is None
    assert adverse(told) == ""


def test_beside_a_cleared_referral_a_new_one_is_adverse_and_it_alone_is_told() -> None:
    told = referred_and_cleared().when(recheck(REFER, REFER))
    now = told.then(RECHECKED, HELD)
    assert adverse(told) == "finding 2 (RULE-2)"
    assert now.hold is not None
    assert "finding 1" not in now.hold.reason


def test_a_failure_for_the_reason_that_was_once_referred_and_cleared_is_adverse() -> None:
    assert referred_and_cleared().when(recheck(FAIL)).then(RECHECKED, HELD)


def test_a_cleared_referral_stays_cleared_over_any_number_of_rechecks() -> None:
    story = referred_and_cleared().given(recheck(), recheck(REFER))
    assert story.partnership.cleared_referrals == ("RULE-1: finding 1",)
    assert story.when(recheck(REFER)).then(RECHECKED).hold is None


# What was decided and paid before.


def test_what_was_paid_stands_and_what_was_not_is_stopped() -> None:
    before = paid_once().partnership
    story = paid_once().given(recheck(FAIL))
    now = story.partnership
    assert [tranche.state for tranche in now.tranches] == [TrancheState.SETTLED, TrancheState.PLANNED]
    assert (now.paid_or_in_flight, now.approvals, now.account) == (
        before.paid_or_in_flight, before.approvals, before.account,
    )  # fmt: skip
    story.when(release(2)).refused(IllegalTransition, "on hold")


def test_a_payment_on_its_way_still_arrives() -> None:
    now = active(**TWO).given(release(), hand_over(), recheck(FAIL), ended(TrancheOutcome.SETTLED)).partnership
    assert (now.tranches[0].state, now.hold is not None) == (TrancheState.SETTLED, True)


def test_only_a_person_lets_it_go_on_and_then_the_next_tranche_is_paid() -> None:
    story = paid_once().given(recheck(FAIL), lift())
    assert story.when(release(2)).then(e.TrancheReleased).hold is None


def test_the_same_news_after_the_hold_was_lifted_stops_it_again() -> None:
    assert active().given(recheck(FAIL), lift()).when(recheck(FAIL)).then(RECHECKED, HELD)
