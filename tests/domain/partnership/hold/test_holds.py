"""Holds are a set: each is kept by itself, lifted by itself, and nothing is paid while any stands (ADR 0078)."""

from __future__ import annotations

from datetime import timedelta
from functools import reduce
from typing import Any

import pytest

from domain.errors import IllegalTransition, SeparationOfDuties
from domain.identity import ACCORD
from domain.partnership import commands as c
from domain.partnership import events as e
from domain.partnership.admission import admit
from domain.partnership.evolution import evolve
from domain.partnership.people.staffing import needs, steps_ahead
from domain.partnership.state import Partnership
from domain.partnership.waiting.clock import open_deadline
from domain.partnership.waiting.deadlines import Wait, deadline_of
from domain.partnership.waiting.outlook import outlook
from domain.payment.tranche.status import TrancheOutcome
from domain.proposal import Direction
from tests.builders import NOON, funds_in, funds_out
from tests.domain.partnership.specification import (
    Story,
    active,
    authority_of,
    came_to,
    deadline,
    ended,
    hold,
    in_approval,
    lift,
    release,
    shown,
    signed_on,
    terminate,
)

IN, OUT = Direction.FUNDS_IN, Direction.FUNDS_OUT
TWO = {"funds_out": funds_out("1000.00", "500.00")}
BOTH = {"funds_out": funds_out("100.00", "200.00", final_report=False), "funds_in": funds_in("5000.00")}


def placed(actor: str, reason: str, **more: Any) -> c.PlaceHold:
    return hold(actor).model_copy(update={"reason": reason, **more})


def lifting(actor: str, *numbers: int) -> c.LiftHold:
    return lift(actor).model_copy(update={"holds": numbers})


def passed(story: Story) -> c.PassDeadline:
    """The clock comes to the next day of a hold."""
    due = open_deadline(story.partnership)
    assert due is not None
    return deadline(wait=Wait.HOLD).model_copy(update={"at": due.next_at})


def held_by(*actors: str, **more: Any) -> Story:
    return active(**more).given(*(placed(one, f"the reason of {one}") for one in actors))


def numbers(story: Story) -> list[int]:
    return [one.number for one in story.partnership.holds]


# Each is kept, and lifted by itself


def test_several_holds_are_all_kept_each_with_who_why_leg_and_since() -> None:
    first = placed("femi.ade", "an audit", leg=IN)
    second = placed("dora.kim", "a complaint", at=NOON + timedelta(hours=3))
    kept = active(**BOTH).given(first, second, placed("vera.lind", "a newspaper", leg=IN)).partnership.holds
    assert [(one.actor, one.reason, one.leg) for one in kept] == [
        ("femi.ade", "an audit", IN), ("dora.kim", "a complaint", None), ("vera.lind", "a newspaper", IN),
    ]  # fmt: skip
    assert [one.at for one in kept] == [NOON, NOON + timedelta(hours=3), NOON]
    assert len({one.number for one in kept}) == 3


def test_a_hold_is_named_by_the_version_of_the_event_that_placed_it() -> None:
    story = held_by("femi.ade", "dora.kim")
    history = [version for version, one in enumerate(story.history, start=1) if isinstance(one, e.HoldPlaced)]
    assert numbers(story) == history


def test_nothing_is_paid_while_any_stands_and_each_is_lifted_alone() -> None:
    story = held_by("vera.lind", "paul.nkosi")
    first, second = numbers(story)
    once = story.given(lifting("femi.ade", first))
    assert numbers(once) == [second]
    once.when(release(1)).refused(IllegalTransition, "on hold", "by paul.nkosi: the reason of paul.nkosi")
    assert once.given(lifting("femi.ade", second)).when(release(1)).refusal is None


def test_whoever_placed_a_hold_does_not_lift_it_and_lifts_the_others() -> None:
    """All who may lift have placed one: each still lifts the other's."""
    story = held_by("femi.ade", "dora.kim")
    femis, doras = numbers(story)
    story.when(lifting("femi.ade", femis)).refused(SeparationOfDuties, "femi.ade placed the hold")
    story.when(lifting("dora.kim", femis, doras)).refused(SeparationOfDuties, "dora.kim placed the hold")
    freed = story.given(lifting("femi.ade", doras), lifting("dora.kim", femis)).partnership
    assert freed.holds == ()


def test_a_lift_that_does_not_say_which_of_several_is_asked() -> None:
    story = held_by("vera.lind", "paul.nkosi")
    first, second = numbers(story)
    unnamed = signed_on(shown(story.partnership), lift("femi.ade"))
    story.when_exactly(unnamed, authority_of(unnamed)).refused(
        IllegalTransition, f"--hold {first}", f"--hold {second}", "the reason of paul.nkosi"
    )


def test_a_lift_of_a_hold_that_does_not_stand_names_those_that_do() -> None:
    story = held_by("vera.lind")
    story.when(lifting("femi.ade", 99)).refused(IllegalTransition, "hold 99", f"hold {numbers(story)[0]}")
    active().when(lifting("femi.ade", 99)).refused(IllegalTransition, "is not on hold")


def test_a_lift_names_each_hold_once() -> None:
    with pytest.raises(ValueError, match="once"):
        c.LiftHold(**lift("femi.ade").model_dump() | {"holds": (3, 3)})


def test_the_very_same_hold_is_not_placed_twice_and_another_reason_is() -> None:
    story = held_by("vera.lind")
    story.when(placed("vera.lind", "the reason of vera.lind")).refused(IllegalTransition, "stands already", "hold")
    assert len(story.given(placed("vera.lind", "another")).partnership.holds) == 2
    assert len(story.given(placed("paul.nkosi", "the reason of vera.lind")).partnership.holds) == 2


def test_a_narrow_hold_is_kept_beside_a_wide_one_and_stays_when_that_is_lifted() -> None:
    story = active(**BOTH).given(placed("femi.ade", "an audit"), placed("vera.lind", "of the gift", leg=IN))
    wide, narrow = numbers(story)
    left = story.given(lifting("dora.kim", wide))
    assert [one.leg for one in left.partnership.holds] == [IN]
    assert left.when(release(1)).refusal is None
    assert narrow in numbers(left)


def test_of_what_the_bank_says_under_a_hold_another_hold_is_placed_with_its_own_reason() -> None:
    story = active(funds_out=funds_out("1000.00", "500.00")).given(release(1))
    story = story.given(*came_to(TrancheOutcome.SETTLED)[:1], hold("vera.lind"))
    story = story.given(*came_to(TrancheOutcome.RETURNED)[1:])
    of_vera, of_the_rules = story.partnership.holds
    assert (of_vera.actor, of_the_rules.actor) == ("vera.lind", ACCORD)
    assert of_the_rules.reason.startswith("tranche 1 was returned")
    assert story.given(lifting("femi.ade", of_the_rules.number)).partnership.holds == (of_vera,)


def of_another(partnership_id: str) -> str:
    return f"{partnership_id} stands on hold: by vera.lind: a newspaper"


@pytest.mark.parametrize("lifted", [False, True], ids=["it stands", "it was lifted since"])
def test_a_payment_that_is_withheld_for_a_hold_alone_leaves_no_second_one_to_lift(lifted: bool) -> None:
    """The check before its instruction tells of the hold. Once that is lifted, the payment is released anew."""
    story = active(**TWO).given(release(1), hold("vera.lind"))
    reason = of_another(story.partnership.partnership_id)
    story = story.given(lift("femi.ade")) if lifted else story
    after = story.when(ended(TrancheOutcome.WITHHELD, reason=reason)).then(e.TrancheEnded)
    assert [one.actor for one in after.holds] == ([] if lifted else ["vera.lind"])


@pytest.mark.parametrize(
    "reason", ["the payee is on a list", of_another("P-2026-9999"), "everything under the agreement of P-2026-9999 is"]
)
def test_what_a_payment_is_withheld_for_beside_the_hold_is_a_hold_of_its_own(reason: str) -> None:
    story = active(**TWO).given(release(1), hold("vera.lind"))
    after = story.when(ended(TrancheOutcome.WITHHELD, reason=reason)).then(e.TrancheEnded, e.HoldPlaced)
    assert after.holds[1].reason == f"tranche 1 was withheld: {reason}"


def test_a_payment_that_is_withheld_for_the_leads_hold_leaves_that_to_the_look_which_repeats_it() -> None:
    """A hold that repeats the lead's falls with it. A hold of the rules would not."""
    story = active(under="P-2026-0007", **TWO).given(release(1))
    reason = "everything under the agreement of P-2026-0007 is on hold: by vera.lind: the work stopped"
    assert story.when(ended(TrancheOutcome.WITHHELD, reason=reason)).then(e.TrancheEnded).holds == ()


# What is told of them


def test_the_next_step_tells_every_hold_and_names_the_one_to_lift() -> None:
    story = held_by("vera.lind", "paul.nkosi")
    ahead, [first, _] = outlook(story.partnership), numbers(story)
    assert all(f"the reason of {one}" in ahead.next_step for one in ("vera.lind", "paul.nkosi"))
    assert f"--hold {first}" in ahead.command


def test_each_hold_is_a_step_of_its_own_that_its_placer_cannot_take() -> None:
    story = held_by("femi.ade", "dora.kim").partnership
    lifts = [one for one in needs(story) if one.what.startswith("lift")]
    barred = [one.barred for one in steps_ahead(story) if one.what.startswith("lift")]
    assert len(lifts) == 2
    assert barred == [("femi.ade",), ("dora.kim",)]


def test_the_search_attributes_tell_who_holds_what_each_once() -> None:
    story = active(**BOTH).given(hold("femi.ade", leg=IN), hold("dora.kim"), hold("vera.lind"))
    assert story.partnership.hold_codes == ("STAFF_FUNDS_IN", "STAFF_PARTNERSHIP")
    assert active().partnership.hold_codes == ()


# Their days


def test_each_hold_has_a_day_of_its_own_and_the_earliest_is_told_first() -> None:
    later = NOON + timedelta(days=1)
    story = in_approval().given(hold("vera.lind"), placed("dora.kim", "another", at=later))
    assert open_deadline(story.partnership) == deadline_of(Wait.HOLD, NOON)
    told = story.given(passed(story))
    assert [one.reminded for one in told.partnership.holds] == [True, False]
    assert open_deadline(told.partnership) == deadline_of(Wait.HOLD, later)
    again = told.given(passed(told))
    assert [one.reminded for one in again.partnership.holds] == [True, True]


def test_what_has_ended_waits_for_no_hold() -> None:
    assert open_deadline(held_by("vera.lind", "paul.nkosi").given(terminate()).partnership) is None


# What releases up to 0.2.0 recorded


def test_a_lift_of_an_earlier_release_lifts_all_that_stood() -> None:
    story = held_by("vera.lind", "paul.nkosi")
    lifted = e.HoldLifted(at=NOON, actor="femi.ade", reason="answered")
    assert evolve(story.partnership, lifted).holds == ()


def test_the_reasons_that_a_rule_repeated_are_told_once() -> None:
    told = ("A", "A; B", "A; B; C")
    state = reduce(evolve, [e.HoldPlaced(at=NOON, actor=ACCORD, reason=one) for one in told], active().partnership)
    assert [one.reason for one in state.holds] == ["A", "B", "C"]


def test_a_run_of_an_earlier_release_hands_on_its_one_hold() -> None:
    said = active().partnership.model_dump(mode="json")
    del said["holds"]
    one = {"actor": "vera.lind", "reason": "A", "before": ["dora.kim"], "at": NOON.isoformat(), "due": None}
    kept = Partnership.model_validate({**said, "hold": one})
    assert [(one.actor, one.reason, one.number) for one in kept.holds] == [("vera.lind", "A", 0)]
    assert Partnership.model_validate({**said, "hold": None}).holds == ()


def test_such_a_run_lets_a_lift_by_its_number_go_on_to_the_ledger() -> None:
    """The run knows no number. The ledger's holds decide."""
    story = held_by("vera.lind")
    [one] = story.partnership.holds
    run = story.partnership.model_copy(update={"holds": (one.model_copy(update={"number": 0}),)})
    admit(run, lifting("femi.ade", one.number))
