"""Each leg has its own life: a gift that fails declines no grant, and a hold says what it holds (R1)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from domain.errors import IllegalTransition, NotAuthorised, PaymentRefused, SeparationOfDuties
from domain.identity import ACCORD
from domain.partnership import commands as c
from domain.partnership import events as e
from domain.partnership.diligence.cures import failing_alone
from domain.partnership.evolution import evolve
from domain.partnership.refund.refunds import RefundDirection
from domain.partnership.stages import Stage
from domain.partnership.state import Partnership
from domain.partnership.waiting.deadlines import Wait
from domain.partnership.waiting.outlook import outlook
from domain.payment.tranche.status import TrancheOutcome
from domain.policy.findings import Assessment, Finding, Layer, Outcome
from domain.proposal import Direction, Proposal
from tests.builders import NOON, funds_in, funds_out, number, proposal
from tests.domain.partnership.specification import (
    Story,
    accept,
    active,
    again,
    amend,
    approve,
    approved,
    ask,
    assess,
    came_to,
    clear,
    confirm_refund,
    deadline,
    declare,
    end_leg,
    given,
    hold,
    in_agreement,
    in_approval,
    lift,
    propose,
    receipt,
    recheck,
    refund,
    release,
    report,
    revise,
    satisfy,
    sign,
    verify,
    withdraw,
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
    assert lapsed.said[0].actor == ACCORD  # type: ignore[union-attr]
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
    known = given(propose(**{**BOTH, **more})).partnership
    assert failing_alone(found(*failed, rule=rule).assessment, known) == alone


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
    held.when(sign(account=held.partnership.account)).refused(IllegalTransition, "on hold", "(funds_in)")


def test_a_hold_on_the_grant_stops_its_payment_and_so_does_one_on_all() -> None:
    for leg in (OUT, None):
        both_active().given(hold(leg=leg)).when(release(1)).refused(IllegalTransition, "on hold")


def test_of_two_holds_both_reasons_and_who_placed_each_are_told_to_whoever_lifts() -> None:
    """The author of one of them lifts the other alone. The message names those who may."""
    first = c.PlaceHold(**hold("femi.ade").model_dump() | {"reason": "an audit", "leg": Direction.FUNDS_IN})
    second = c.PlaceHold(**hold("dora.kim").model_dump() | {"reason": "a complaint", "command_id": number("second")})
    held = both_active().given(first, second)
    standing = held.partnership.holds
    assert [one.told for one in standing] == ["by femi.ade (funds_in): an audit", "by dora.kim: a complaint"]
    for own in standing:
        named = c.LiftHold(**lift(own.actor).model_dump() | {"holds": (own.number,)})
        held.when(named).refused(SeparationOfDuties, "another person must lift it: a DIRECTOR or FINANCE_APPROVER")


def test_a_wider_hold_is_placed_beside_a_narrow_one_and_the_other_way_round() -> None:
    narrow = both_active().given(hold(leg=IN))
    wide = narrow.given(hold("femi.ade"))
    assert [one.leg for one in wide.partnership.holds] == [IN, None]
    assert [one.leg for one in wide.given(hold("dora.kim", leg=OUT)).partnership.holds] == [IN, None, OUT]


def test_a_rule_holds_the_grant_beside_a_hold_on_the_gift() -> None:
    held = both_active().given(hold(leg=IN), release(1))
    now = held.given(*came_to(TrancheOutcome.RETURNED)).partnership
    assert [one.leg for one in now.holds] == [IN, OUT]
    assert now.holds[1].reason.startswith("tranche 1 was returned")


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
    now = in_approval(**BOTH).given(approve("ana.silva")).when(end_leg(actor="femi.ade")).then(e.LegEnded)
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
        (lambda: active(**WAITS), IN, IllegalTransition, "depends on this gift"),
        (lambda: in_approval(**WAITS), IN, IllegalTransition, "depends on this gift"),
        (lambda: in_agreement(**BOTH).given(receipt("50.00")), IN, PaymentRefused, "money has moved on this leg"),
        (
            lambda: referred().given(release(1), *came_to(TrancheOutcome.SETTLED), declare("vera.lind")),
            OUT,
            PaymentRefused,
            "money has moved",
        ),
    ],
    ids=[
        "the only one",
        "not there",
        "ended",
        "the last one",
        "in flight",
        "awaited",
        "awaited before the agreement",
        "a gift that came in",
        "a grant that paid",
    ],
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


def referred(**more: Any) -> Story:
    """Agreed and active, after a verifier cleared a referral."""
    story = given(propose(**{**BOTH, **more}), verify(), assess(Outcome.REFER), approve("vera.lind"))
    return approved(story).given(sign())


def test_a_gift_that_went_back_to_its_donor_pays_nothing() -> None:
    refunded = active(**WAITS).given(receipt("600.00"), refund("600.00", direction=RefundDirection.TO_DONOR))
    refunded.when(release(1)).refused(PaymentRefused, "waits for the gift", "0.00 has come in")


@pytest.mark.parametrize("since", [(), (withdraw(),), (verify(), assess())], ids=["looked at", "withdrawn", "approved"])
def test_a_gift_that_came_before_the_agreement_went_is_paid_back_at_any_stage(since: tuple[Any, ...]) -> None:
    """Given a gift that came in, when the grant is looked at anew or given up, then two record that it went back."""
    story = active(**WAITS).given(receipt("5000.00"), amend(**BOTH), *since)
    back = story.given(refund("5000.00", direction=RefundDirection.TO_DONOR), confirm_refund())
    assert (story.partnership.stage is not Stage.ACTIVE, story.partnership.kept, back.partnership.kept) == (
        True,
        Decimal(5000),
        Decimal(0),
    )


def test_a_hold_on_the_gift_on_which_the_grant_depends_stops_the_grant() -> None:
    for legs in (WAITS, {**BOTH, "funds_out": funds_out("600.00", charged_to={"gift": "P-2026-0042"})}):
        held = active(**legs).given(receipt("5000.00"), hold(leg=IN))
        held.when(release(1)).refused(IllegalTransition, "on hold")


def test_the_proposer_alone_does_not_take_the_waiting_away() -> None:
    amended = active(**WAITS).given(amend(**BOTH))
    assert (amended.partnership.stage, amended.partnership.approvals) == (Stage.DUE_DILIGENCE, ())


def test_a_gift_less_than_what_waits_for_it_is_refused_at_the_door() -> None:
    with pytest.raises(ValueError, match="is less than the USD"):
        Proposal.model_validate(proposal(**{**WAITS, "funds_in": funds_in("600.00")}))


def test_whom_to_ask_about_a_leg_goes_with_it() -> None:
    asked = [{"name": "Nora Berg", "organization": "Northern Light Telecom Ltd"}]
    now = in_approval(**BOTH, contacts=asked).given(end_leg()).partnership
    assert now.proposed.contacts == ()
    assert Proposal.model_validate(now.proposed.model_dump(mode="json")) == now.proposed


@pytest.mark.parametrize("actor", [ACCORD, "dora.kim"])
@pytest.mark.parametrize("anew", [True, False])
def test_an_event_that_takes_away_what_cannot_be_taken_makes_no_other_partnership(actor: str, anew: bool) -> None:
    """Whatever is appended, the state can be read back, and the leg is over at the most."""
    for story in (active(), active(**WAITS), in_approval(), given(propose(**WAITS))):
        for leg in Direction:
            event = e.LegEnded(at=NOON, actor=actor, leg=leg, reason="a lie", anew=anew)
            now = evolve(story.partnership, event)
            assert Partnership.model_validate(now.model_dump(mode="json")) == now
            assert now.proposed.directions
    assert evolve(Partnership(partnership_id="P-2026-0042"), event).ended_legs == ()


def test_an_ended_gift_is_in_no_later_proposal_and_its_papers_are_not_asked_for() -> None:
    ended = both_active().given(end_leg())
    assert ended.partnership.terms.amount_in is None
    other = {**BOTH, "funds_out": funds_out("600.00", "400.00", uses=("EQUIPMENT",))}
    now = ended.given(amend(**other)).partnership
    assert (now.proposed.directions, now.ended_legs) == ((OUT,), ())


def test_a_leg_that_is_proposed_again_lives_again() -> None:
    story = referred().given(end_leg(OUT), declare("vera.lind"), assess(Outcome.REFER), ask("ana.silva"))
    now = story.given(revise(**BOTH)).partnership
    assert (now.ended_legs, now.proposed.directions) == ((), (OUT, IN))


def test_the_only_leg_that_goes_on_does_not_end_alone() -> None:
    ended = both_active().given(end_leg()).partnership
    assert failing_alone(found(OUT).assessment, ended) == ()


def test_what_nothing_was_paid_on_owes_no_report_once_it_ended() -> None:
    plan = [{"number": 1, "kind": "PROGRESS", "due_on": "2027-01-31"}]
    story = both_active(reports=plan).given(end_leg(OUT), receipt("5000.00"))
    assert not story.partnership.reporting.owed()


def test_an_ended_gift_that_fails_later_holds_nothing() -> None:
    failing = recheck().model_copy(update={"assessment": found(IN).assessment})
    assert both_active().given(end_leg()).when(failing).then(e.RegistersRechecked).hold is None


def test_a_question_of_the_gift_that_is_open_again_still_stops_no_payment() -> None:
    asked = recheck().model_copy(update={"assessment": found(IN, outcome=Outcome.REFER).assessment})
    known = both_active().given(asked)
    cleared = known.given(clear(*known.partnership.asked), lift())
    again_open = cleared.given(declare("vera.lind"))
    assert (again_open.partnership.asked_since, len(again_open.partnership.asked_beside)) == ((), 1)


def test_an_agreed_leg_is_ended_by_a_director_alone() -> None:
    both_active().when(end_leg(OUT, actor="ana.silva")).refused(NotAuthorised, "DIRECTOR")
