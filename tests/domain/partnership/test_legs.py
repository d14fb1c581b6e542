"""Each leg has its own life: a gift that fails declines no grant, and a hold says what it holds (R1)."""

from __future__ import annotations

from typing import Any

import pytest

from domain.errors import IllegalTransition, PaymentRefused
from domain.partnership import commands as c
from domain.partnership import events as e
from domain.partnership.cures import failing_alone
from domain.partnership.deadlines import Wait
from domain.partnership.outlook import outlook
from domain.partnership.state import Stage
from domain.payment.tranche import TrancheOutcome
from domain.policy.findings import Assessment, Finding, Layer, Outcome
from domain.proposal import Direction, Proposal
from tests.builders import funds_in, funds_out, proposal
from tests.domain.partnership.specification import (
    Story,
    accept,
    active,
    again,
    approve,
    approved,
    assess,
    came_to,
    deadline,
    end_leg,
    given,
    hold,
    in_approval,
    lift,
    propose,
    receipt,
    recheck,
    release,
    report,
    satisfy,
    sign,
    verify,
)

OUT, IN = Direction.FUNDS_OUT, Direction.FUNDS_IN
BOTH = {"funds_out": funds_out("600.00", "400.00"), "funds_in": funds_in("5000.00")}
WAITS = {**BOTH, "funds_out": funds_out("600.00", "400.00", waits_for_gift=True)}
CONDUIT, SCREENED = "GIFT-CONDUIT", "SANCTIONS"


def found(*legs: Direction, rule: str = CONDUIT, outcome: Outcome = Outcome.FAIL) -> c.RecordAssessment:
    """An assessment that passes all legs but these."""
    findings = tuple(
        Finding(
            rule_id=rule if leg in legs else "ELIG", layer=Layer.RULING, citation="Rev. Rul. 62-113", confirmed=True,
            leg=leg, outcome=outcome if leg in legs else Outcome.PASS, reason=f"the words on {leg.value}",
            options=("paper it anew",) if leg in legs else (),
        )
        for leg in (OUT, IN)
    )  # fmt: skip
    base = assess()
    told = Assessment(rule_book=base.assessment.rule_book, facts_sha256="0" * 64, findings=findings)
    return base.model_copy(update={"assessment": told})


def verified(**more: Any) -> Story:
    return given(propose(**{**BOTH, **more}), verify())


def both_active(**more: Any) -> Story:
    return active(**{**BOTH, **more})


# At eligibility


def test_a_gift_that_fails_goes_back_with_the_way_out_of_leaving_it() -> None:
    """Rules 3.8: what can be cured goes back to its proposer first."""
    story = verified().when(found(IN))
    now = story.then(e.EligibilityAssessed, e.ReturnedForCure, e.DeadlineSet)
    assert "paper it anew; propose it again without funds_in" in now.question


def test_a_gift_that_is_not_cured_ends_alone_and_the_grant_goes_on_from_due_diligence() -> None:
    story = verified().given(found(IN), deadline(22, Wait.ANSWER), deadline(30, Wait.ANSWER))
    lapsed = story.when(deadline(40, Wait.ANSWER))
    now = lapsed.then(e.LegEnded)
    assert (now.stage, now.proposed.directions, now.question) == (Stage.DUE_DILIGENCE, (OUT,), "")
    assert lapsed.said[0].actor == e.ACCORD  # type: ignore[union-attr]
    assert approved(again(lapsed)).partnership.stage is Stage.AGREEMENT


def test_where_both_legs_fail_it_is_the_end_of_both() -> None:
    story = verified().given(found(IN, OUT), deadline(22, Wait.ANSWER), deadline(30, Wait.ANSWER))
    assert story.when(deadline(40, Wait.ANSWER)).then(e.PartnershipDeclined).stage is Stage.DECLINED


@pytest.mark.parametrize(
    ("more", "failed", "rule", "alone"),
    [
        ({}, (IN,), CONDUIT, (IN,)),
        ({}, (OUT,), CONDUIT, (OUT,)),
        ({}, (IN, OUT), CONDUIT, ()),
        ({}, (), CONDUIT, ()),
        ({}, (IN,), SCREENED, ()),
        ({"funds_in": None}, (OUT,), CONDUIT, ()),
        ({"funds_out": WAITS["funds_out"]}, (IN,), CONDUIT, ()),
        ({"funds_out": WAITS["funds_out"]}, (OUT,), CONDUIT, (OUT,)),
        ({"funds_out": funds_out(charged_to={"gift": "P-2026-0042"})}, (IN,), CONDUIT, ()),
        ({"funds_out": funds_out(charged_to={"gift": "P-2026-0001"})}, (IN,), CONDUIT, (IN,)),
    ],
    ids=["gift", "grant", "both", "none", "a listed party", "the only leg", "awaited", "grant that waits",
         "its own gift pays", "another gift pays"],
)  # fmt: skip
def test_which_legs_fail_alone(more: dict[str, Any], failed: tuple[Direction, ...], rule: str, alone: object) -> None:
    made = Proposal.model_validate(proposal(**{**BOTH, **more}))
    assert failing_alone(found(*failed, rule=rule).assessment, made) == alone


def test_of_what_has_paid_a_gift_that_fails_is_held_alone() -> None:
    paid = both_active().given(release(1), *came_to(TrancheOutcome.SETTLED))
    failing = found(IN).assessment
    story = paid.when(recheck().model_copy(update={"assessment": failing}))
    now = story.then(e.RegistersRechecked, e.HoldPlaced)
    assert now.hold is not None
    assert now.hold.leg is IN
    assert story.when(release(2)).then(e.TrancheReleased).in_flight


# A hold says what it holds


def test_beside_a_hold_on_the_gift_the_grant_is_paid_and_nothing_else_is_decided() -> None:
    held = both_active().given(hold(leg=IN))
    assert held.when(release(1)).then(e.TrancheReleased).in_flight
    held.when(sign(account=held.partnership.account)).refused(IllegalTransition, "on hold (funds_in)")


def test_a_hold_on_the_grant_stops_its_payment_and_so_does_one_on_all() -> None:
    for leg in (OUT, None):
        both_active().given(hold(leg=leg)).when(release(1)).refused(IllegalTransition, "on hold")


def test_a_wider_hold_is_placed_beside_a_narrow_one_and_never_the_other_way_round() -> None:
    narrow = both_active().given(hold(leg=IN))
    wide = narrow.when(hold("femi.ade"))
    assert wide.then(e.HoldPlaced).hold.leg is None  # type: ignore[union-attr]
    assert narrow.when(hold("femi.ade", leg=OUT)).then(e.HoldPlaced).hold.leg is None  # type: ignore[union-attr]
    wide.when(hold("dora.kim", leg=IN)).refused(IllegalTransition, "already on hold")
    narrow.when(hold("femi.ade", leg=IN)).refused(IllegalTransition, "already on hold")


def test_a_rule_that_holds_the_grant_widens_a_hold_on_the_gift() -> None:
    held = both_active().given(hold(leg=IN), release(1))
    now = held.given(*came_to(TrancheOutcome.RETURNED)).partnership
    assert now.hold is not None
    assert (now.hold.leg, "A newspaper report; tranche 1 was returned" in now.hold.reason) == (None, True)


def test_a_hold_by_rule_on_the_only_leg_holds_all_of_it() -> None:
    now = active().given(release(1), *came_to(TrancheOutcome.RETURNED)).partnership
    assert now.hold is not None
    assert now.hold.leg is None


def test_nobody_holds_a_leg_that_is_not_there() -> None:
    active().when(hold(leg=IN)).refused(IllegalTransition, "has no leg FUNDS_IN", "it has FUNDS_OUT")


def test_what_is_asked_of_the_gift_alone_stops_no_payment_and_waits_for_a_verifier() -> None:
    asked = found(IN, outcome=Outcome.REFER).assessment
    story = both_active().given(recheck().model_copy(update={"assessment": asked}))
    now = story.partnership
    assert (now.asked_since, len(now.asked_beside), len(now.to_clear)) == ((), 1, 1)
    assert story.when(release(1)).refusal is None
    of_both = found(IN, OUT, outcome=Outcome.REFER).assessment
    stopped = both_active().given(recheck().model_copy(update={"assessment": of_both}), lift())
    stopped.when(release(1)).refused(PaymentRefused, "the registers ask")


# A leg ends


def test_before_the_agreement_a_leg_that_ends_leaves_the_rest_to_begin_anew() -> None:
    now = in_approval(**BOTH).given(approve("ana.silva")).when(end_leg()).then(e.LegEnded)
    assert (now.stage, now.proposed.directions, now.approvals) == (Stage.DUE_DILIGENCE, (OUT,), ())
    assert now.terms.amount_in is None


def test_after_the_agreement_a_gift_that_ends_is_awaited_no_more() -> None:
    story = both_active().given(release(1), *came_to(TrancheOutcome.SETTLED))
    story = story.given(release(2), *came_to(TrancheOutcome.SETTLED, tranche=2))
    story = story.given(report("vera.lind"), accept(1, "ana.silva"))
    for condition in story.partnership.open_conditions():
        story = story.given(satisfy(condition))
    assert story.partnership.stage is Stage.ACTIVE
    assert "the donor's money" in outlook(story.partnership).next_step
    assert story.when(end_leg()).then(e.LegEnded, e.PartnershipClosed).stage is Stage.CLOSED


def test_money_that_comes_all_the_same_is_recorded() -> None:
    ended = both_active().given(end_leg())
    assert ended.when(receipt("2500.00")).then(e.FundsReceived).received


def test_a_grant_that_ends_pays_nothing_more_and_the_gift_is_still_awaited() -> None:
    ended = both_active().given(release(1), *came_to(TrancheOutcome.SETTLED), end_leg(OUT))
    ended.when(release(2)).refused(PaymentRefused, "no leg on which money goes out")
    known = ended.partnership
    assert (known.stage, known.unpaid, known.committed) == (Stage.ACTIVE, (), known.paid_or_in_flight)
    assert known.awaits_money


def test_a_grant_that_ends_unpaid_owes_no_report() -> None:
    story = both_active().given(end_leg(OUT), receipt("5000.00"))
    assert not story.partnership.owes_a_final_report
    for condition in story.partnership.open_conditions():
        story = story.given(satisfy(condition))
    assert story.partnership.stage is Stage.CLOSED


@pytest.mark.parametrize(
    ("story", "leg", "kind", "words"),
    [
        (lambda: active(), OUT, IllegalTransition, "the only leg"),
        (lambda: both_active(), Direction.NON_MONETARY, IllegalTransition, "has no leg NON_MONETARY"),
        (lambda: both_active().given(end_leg()), IN, IllegalTransition, "has no leg FUNDS_IN that is open"),
        (lambda: both_active().given(end_leg()), OUT, IllegalTransition, "the only leg"),
        (lambda: both_active().given(release(1)), OUT, PaymentRefused, "on its way"),
        (lambda: active(**WAITS), IN, IllegalTransition, "waits for this gift"),
    ],
    ids=["the only one", "not there", "ended", "the last one", "in flight", "awaited"],
)
def test_a_leg_that_cannot_end_is_refused_with_the_reason(
    story: Any, leg: Direction, kind: type[Exception], words: str
) -> None:
    story().when(end_leg(leg)).refused(kind, words)


# The grant waits for the gift where the fund requires it


def test_a_tranche_waits_until_as_much_of_the_gift_has_come_in() -> None:
    story = active(**WAITS)
    story.when(release(1)).refused(PaymentRefused, "waits for the gift", "0 has come in, and 600.00 would be paid")
    assert "the donor's money" in outlook(story.partnership).next_step
    first = story.given(receipt("600.00"))
    paid = first.given(release(1), *came_to(TrancheOutcome.SETTLED))
    paid.when(release(2)).refused(PaymentRefused, "600.00 has come in, and 1,000.00 would be paid")
    assert paid.given(receipt("400.00")).when(release(2)).refusal is None


@pytest.mark.parametrize(
    ("more", "fault"),
    [
        ({"funds_in": None}, "no money comes in here"),
        ({"funds_in": {**funds_in(), "money": {"amount": "5000.00", "currency": "EUR"}}}, "the gift is in EUR"),
    ],
)
def test_what_can_not_be_awaited_is_refused_at_the_door(more: dict[str, Any], fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        Proposal.model_validate(proposal(**{**WAITS, **more}))
