"""Approvers, their roles, their lenders and their limits. The quorum counts each person once (R31 to R33)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from domain.directory.directory import Capacity, Directory
from domain.directory.evolution import fold_directory
from domain.directory.people import Delegation, RoleDelegated, StaffRegistered
from domain.directory.tiers import HouseRules, Role
from domain.errors import NotAuthorised, PaymentRefused, SeparationOfDuties, ThresholdUnknown
from domain.partnership import events as e
from domain.partnership.circumstances import Authority
from domain.partnership.evolution import fold
from domain.partnership.stages import Stage
from domain.partnership.waiting.deadlines import Wait
from domain.policy.findings import Outcome
from domain.values import Money
from records.keys.verification import verified
from tests.builders import (
    HOUSE_RULES,
    NOON,
    funding,
    funds_in,
    funds_out,
    member,
    money,
    proposal,
    status,
    verification,
)
from tests.domain.partnership.specification import (
    NON_MONETARY,
    REFERENCE,
    Story,
    acting,
    active,
    approve,
    assess,
    deadline,
    declare,
    given,
    in_agreement,
    in_approval,
    in_eligibility,
    lent,
    own,
    propose,
    release,
    sign,
    verify,
)

P, F, D = Role.PROGRAMME_APPROVER, Role.FINANCE_APPROVER, Role.DIRECTOR
TWICE = HouseRules.model_validate({"tiers": [{"currency": "USD", "quorum": [P, F, F]}]})
LARGE = {"funds_out": funds_out("100000.01")}


def usd(amount: str) -> Money:
    return Money(**money(amount))


def ruled(rules: HouseRules | None, staff_id: str, *capacities: Capacity) -> Authority:
    return acting(staff_id, *capacities, rules=rules)


def test_a_sum_in_the_first_tier_needs_programme_and_finance() -> None:
    assert in_approval().partnership.missing_approvals == (P, F)


def test_a_sum_in_the_next_tier_needs_a_director_too() -> None:
    story = in_approval(**LARGE)
    assert story.partnership.missing_approvals == (P, F, D)
    two = story.given(approve("ana.silva"), approve("femi.ade"))
    assert two.partnership.stage is Stage.APPROVAL
    assert two.when(approve("dora.kim")).then(e.ApprovalGiven, e.DeadlineSet).stage is Stage.AGREEMENT


def test_a_role_that_the_tier_names_twice_is_given_by_two_people() -> None:
    story = in_approval().given(approve("ana.silva"), by=ruled(TWICE, "ana.silva", own(P)))
    story = story.given(approve("femi.ade"), by=ruled(TWICE, "femi.ade", own(F)))
    assert (story.partnership.stage, story.partnership.missing_approvals) == (Stage.APPROVAL, (F,))
    story.when(approve("femi.ade"), ruled(TWICE, "femi.ade", own(F))).refused(SeparationOfDuties, "already approved")
    after = story.when(approve("fay.odum"), ruled(TWICE, "fay.odum", own(F))).then(e.ApprovalGiven, e.DeadlineSet)
    assert after.stage is Stage.AGREEMENT


def test_an_approval_records_the_quorum_as_the_tiers_stood_then() -> None:
    story = in_approval().when(approve("ana.silva"), ruled(TWICE, "ana.silva", own(P)))
    assert story.said[0].quorum == (P, F, F)
    assert story.partnership.quorum == (P, F, F)


def test_an_approval_is_remembered_with_the_sum_it_was_given_for() -> None:
    (standing,) = in_approval().given(approve("ana.silva")).partnership.approvals
    assert (standing.actor, standing.role, standing.sums.money) == ("ana.silva", P, usd("1000.00"))


def test_who_holds_two_wanted_roles_approves_in_the_first_of_them() -> None:
    story = in_approval().when(approve("ada.every"), acting("ada.every", own(F), own(P)))
    assert story.said[0].role is P


def test_a_cleared_referral_elevates_the_risk_and_asks_for_a_director() -> None:
    story = in_eligibility().when(approve("vera.lind"))
    after = story.then(e.ReferralCleared, e.DeadlineSet)
    assert (after.elevated, after.missing_approvals) == (True, (P, F, D))
    assert story.said[0].quorum == (P, F, D)


def test_without_money_a_cleared_referral_asks_for_a_director_as_well() -> None:
    assert in_eligibility(**NON_MONETARY).given(approve("vera.lind")).partnership.missing_approvals == (P, D)


@pytest.mark.parametrize(
    ("rules", "content"),
    [
        (None, {}),
        (HouseRules.model_validate({"tiers": [{"currency": "EUR", "quorum": [P, F]}]}), {}),
        (HouseRules.model_validate({"tiers": [{"currency": "USD", "up_to": "999.99", "quorum": [P, F]}]}), {}),
    ],
)
def test_where_no_tier_covers_the_sum_nobody_approves(rules: HouseRules | None, content: dict[str, Any]) -> None:
    who = ruled(rules, "ada.every", *map(own, Role))
    in_approval(**content).when(approve("ada.every"), who).refused(ThresholdUnknown, "no approval tier covers")
    in_eligibility(**content).when(approve("ada.every"), who).refused(ThresholdUnknown, "no approval tier covers")


def unknown_quorum(story: Story) -> Story:
    """The rule book speaks, and the tiers could not be looked up."""
    after = story.when_exactly(assess(), Authority())
    assert after.refusal is None
    return after


def test_while_the_tiers_cannot_be_looked_up_it_waits_for_approval() -> None:
    after = unknown_quorum(given(propose(), verify())).partnership
    assert (after.stage, after.quorum, after.missing_approvals) == (Stage.APPROVAL, None, (P, F))


def test_standing_approvals_do_not_suffice_while_the_tiers_cannot_be_looked_up() -> None:
    """R31: a threshold that cannot be looked up lets nothing through, also when the rule book speaks again."""
    two_of_three = in_approval(**LARGE).given(approve("ana.silva"), approve("femi.ade"))
    after = unknown_quorum(two_of_three.given(declare("otto.audit"))).partnership
    assert after.stage is Stage.APPROVAL


def test_standing_approvals_count_when_the_rule_book_speaks_again() -> None:
    story = in_agreement().given(declare("otto.audit"))
    assert story.partnership.stage is Stage.ELIGIBILITY
    assert story.when(assess()).then(e.EligibilityAssessed, e.DeadlineSet).stage is Stage.AGREEMENT


@pytest.mark.parametrize(
    ("limits", "approves"),
    [
        ((), True),
        (("USD", "1000.00"), True),
        (("USD", "999.99"), False),
        (("EUR", "5000.00"), False),
    ],
)
def test_nobody_approves_above_her_limit(limits: tuple[str, ...], approves: bool) -> None:
    held = (Money(currency=limits[0], amount=limits[1]),) if limits else ()
    story = in_approval().when(approve("ana.silva"), acting("ana.silva", own(P, *held)))
    if approves:
        story.then(e.ApprovalGiven)
    else:
        story.refused(NotAuthorised, "may not approve USD 1,000.00: it is above their limit")


def test_without_money_no_limit_stands_against_an_approval() -> None:
    who = acting("ana.silva", own(P, usd("0.01")))
    in_approval(**NON_MONETARY).when(approve("ana.silva"), who).then(e.ApprovalGiven, e.DeadlineSet)


def test_a_limit_does_not_bind_who_only_clears_a_referral() -> None:
    who = acting("vera.lind", own(Role.VERIFIER, usd("0.01")))
    in_eligibility().when(approve("vera.lind"), who).then(e.ReferralCleared, e.DeadlineSet)


def test_an_approval_in_a_lent_role_says_whose_it_is() -> None:
    story = in_approval().when(approve("paul.nkosi"), acting("paul.nkosi", lent(F, "femi.ade")))
    after = story.then(e.ApprovalGiven)
    assert (story.said[0].role, story.said[0].on_behalf_of) == (F, "femi.ade")
    assert after.missing_approvals == (P,)


def test_the_lenders_limit_binds_the_borrower() -> None:
    who = acting("paul.nkosi", lent(F, "femi.ade", usd("999.99")))
    in_approval().when(approve("paul.nkosi"), who).refused(NotAuthorised, "above their limit")


def test_an_own_role_within_the_limit_serves_where_the_lent_one_does_not() -> None:
    who = acting("paul.nkosi", lent(F, "femi.ade", usd("999.99")), own(F))
    story = in_approval().when(approve("paul.nkosi"), who)
    assert story.said[0].on_behalf_of == ""


LENDERS: dict[str, tuple[Story, str]] = {
    "proposed it": (in_approval(), "pia.berg"),
    "approved it": (in_approval().given(approve("ana.silva")), "ana.silva"),
    "cleared the referral": (in_eligibility().given(approve("vera.lind")), "vera.lind"),
    "has an interest": (in_approval().given(declare("ana.silva"), assess()), "ana.silva"),
    "lent a role that was used": (
        in_approval().given(approve("paul.nkosi"), by=acting("paul.nkosi", lent(P, "lena.away"))),
        "lena.away",
    ),
}


@pytest.mark.parametrize("why", LENDERS)
def test_a_role_lent_by_somebody_who_may_not_act_herself_is_worth_nothing(why: str) -> None:
    story, lender = LENDERS[why]
    who = acting("bo.borrower", lent(F, lender))
    story.when(approve("bo.borrower"), who).refused(NotAuthorised, f"for {lender}, who may not act")


def test_who_lent_a_role_that_was_used_does_not_approve_beside_it_herself() -> None:
    """R31: one person's authority counts once, whichever of the two acts first."""
    story = in_approval().given(approve("paul.nkosi"), by=acting("paul.nkosi", lent(P, "femi.ade")))
    refusal = story.when(approve("femi.ade")).refusal
    assert isinstance(refusal, SeparationOfDuties | NotAuthorised)


def test_who_lent_a_role_that_was_used_does_not_pay() -> None:
    story = in_approval().given(approve("bo.borrower"), by=acting("bo.borrower", lent(F, "paul.nkosi")))
    story = story.given(approve("ana.silva"), sign())
    story.when(release()).refused(SeparationOfDuties, "paul.nkosi")


def test_a_payers_role_lent_by_an_approver_pays_nothing() -> None:
    """R31: the approver does not pay, neither herself nor through another."""
    who = acting("bo.borrower", lent(Role.PAYER, "femi.ade"))
    refusal = active().when(release(1, "bo.borrower"), who).refusal
    assert isinstance(refusal, SeparationOfDuties | NotAuthorised)


def directory() -> Directory:
    delegation = Delegation(
        lender="femi.ade", borrower="paul.nkosi", role=F, starts_on=date(2026, 11, 2), ends_on=date(2026, 11, 6)
    )
    staff = (StaffRegistered(member=member(name)) for name in ("femi.ade", "paul.nkosi"))
    return fold_directory((*staff, RoleDelegated(delegation=delegation)), verified)


@pytest.mark.parametrize(("day", "approves"), [("2026-11-01", False), ("2026-11-06", True), ("2026-11-07", False)])
def test_a_role_is_lent_for_its_days_only(day: str, approves: bool) -> None:
    capacities = directory().capacities("paul.nkosi", date.fromisoformat(day))
    story = in_approval().when(approve("paul.nkosi"), acting("paul.nkosi", *capacities))
    assert (story.refusal is None) is approves


def test_before_the_deadline_a_director_does_not_stand_in() -> None:
    in_approval().when(approve("dora.kim")).refused(NotAuthorised, "needs FINANCE_APPROVER or PROGRAMME_APPROVER")


@pytest.mark.parametrize(("first", "role"), [("ana.silva", F), ("femi.ade", P)])
def test_after_it_a_director_stands_in_for_whoever_is_missing(first: str, role: Role) -> None:
    story = in_approval().given(approve(first), deadline()).when(approve("dora.kim"))
    story.then(e.ApprovalGiven, e.DeadlineSet)
    assert (story.said[0].actor, story.said[0].role) == ("dora.kim", role)


def test_a_director_does_not_stand_in_above_her_limit() -> None:
    who = acting("dora.kim", own(D, usd("999.99")))
    in_approval().given(deadline()).when(approve("dora.kim"), who).refused(NotAuthorised, "above their limit")


def test_a_lent_directorship_stands_in_as_well() -> None:
    who = acting("bo.borrower", lent(D, "dora.kim"))
    story = in_approval().given(deadline()).when(approve("bo.borrower"), who)
    assert story.said[0].on_behalf_of == "dora.kim"


def test_a_director_whose_own_approval_is_wanted_gives_one_and_not_two() -> None:
    story = in_approval(**LARGE).given(deadline(), approve("dora.kim"))
    story.when(approve("dora.kim")).refused(SeparationOfDuties, "already approved")


def test_the_standing_in_ends_with_the_stage_it_was_for() -> None:
    """An agreement that was signed late gives no director the finance approver's place afterwards."""
    story = in_agreement().given(deadline(30, Wait.AGREEMENT))
    assert story.partnership.escalated
    signed = story.given(sign())
    assert not signed.partnership.escalated
    signed.given(declare("femi.ade")).when(approve("dora.kim")).refused(NotAuthorised, "FINANCE_APPROVER")


def test_an_approver_does_not_clear_the_referral_that_came_after_her_approval() -> None:
    """R31: verifier and approver are two people, also where the rule book speaks again."""
    story = in_approval().given(approve("ada.every"), declare("otto.audit"), assess(Outcome.REFER))
    story.when(approve("ada.every")).refused(SeparationOfDuties, "ada.every")


def test_who_paid_does_not_approve_what_is_still_to_be_paid() -> None:
    """R31: payer and approver of one partnership are two people, in whichever order."""
    story = active(funds_out=funds_out("1.00", "2.00")).given(release(1, "ada.every"), declare("femi.ade"))
    story.when(approve("ada.every")).refused(SeparationOfDuties, "ada.every")


def test_nothing_is_paid_while_an_approval_is_missing_and_the_refusal_names_it() -> None:
    story = active().given(declare("femi.ade"))
    story.when(release()).refused(PaymentRefused, "FINANCE_APPROVER must approve P-2026-0042 again")
    assert story.given(approve("ada.every")).when(release()).then(e.TrancheReleased)


def test_approvals_from_before_the_tiers_were_recorded_still_make_an_agreement() -> None:
    by = {"at": NOON}
    found = assess().assessment
    history = (
        e.PartnershipProposed(**by, actor="pia.berg", proposal=proposal(), funding=funding()),
        e.DueDiligenceCompleted(**by, verification=verification(status())),
        e.EligibilityAssessed(**by, assessment=found),
        e.ApprovalGiven(**by, actor="ana.silva", role=P, reason="Yes"),
        e.ApprovalGiven(**by, actor="femi.ade", role=F, reason="Yes"),
    )
    assert [fold(REFERENCE, history[:n]).stage for n in (3, 4, 5)] == [
        Stage.APPROVAL,
        Stage.APPROVAL,
        Stage.AGREEMENT,
    ]


def test_tiers_that_changed_meanwhile_are_the_ones_that_count() -> None:
    story = in_approval().given(approve("ana.silva"))
    story = story.given(approve("femi.ade"), by=ruled(TWICE, "femi.ade", own(F)))
    assert (story.partnership.stage, story.partnership.missing_approvals) == (Stage.APPROVAL, (F,))
    assert HOUSE_RULES != TWICE


def test_a_sum_that_no_tier_covers_in_its_currency_is_refused_at_the_door() -> None:
    """Before, it went through due diligence, and nobody could approve it two weeks later."""
    euros = {"number": 1, "money": {"amount": "10.00", "currency": "GBP"}}
    legs = funds_out(tranches=[euros])
    story = given().when(propose(funds_out=legs))
    story.refused(ThresholdUnknown, "no approval tier covers GBP 10.00", "accord directory load")
    assert story.history == ()


def test_a_gift_beside_a_covered_grant_needs_a_tier_too() -> None:
    gift = funds_in(money={"amount": "10.00", "currency": "GBP"})
    given().when(propose(funds_out=funds_out(), funds_in=gift)).refused(ThresholdUnknown, "GBP 10.00")
