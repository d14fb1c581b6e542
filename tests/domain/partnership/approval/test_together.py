"""Sums decided together: both legs, and those of one payee or purpose within a year (R33, rules 3.11)."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from domain.directory.tiers import HouseRules, Role
from domain.errors import NotAuthorised, ThresholdUnknown
from domain.partnership import events as e
from domain.partnership.approval.together import approved_sum, approved_support, quorum_to_decide, sums_to_decide
from domain.partnership.circumstances import Circumstances
from domain.partnership.stages import Stage
from domain.partnership.state import Partnership
from domain.payment.tranche.status import TrancheOutcome
from domain.proposal import Proposal
from domain.screening.approved_sums import ApprovedSum
from domain.values import Money
from tests.builders import ACCOUNT, HOUSE_RULES, NOON, abroad, authority, funds_in, funds_out, paper, party, proposal
from tests.domain.partnership.specification import (
    Story,
    acting,
    active,
    amend,
    approve,
    approved,
    assess,
    came_to,
    declare,
    in_approval,
    own,
    release,
    terminate,
)

OWN = "P-2026-0043"
READERS = {"country": "KE", "ein": None, "papers": []}
DIRECTOR_TOO = (Role.PROGRAMME_APPROVER, Role.FINANCE_APPROVER, Role.DIRECTOR)


def usd(amount: str) -> Money:
    return Money.model_validate({"amount": amount, "currency": "USD"})


def grant(amount: str = "60000.00", reference: str = OWN, **leg: Any) -> Proposal:
    return proposal(reference, funds_out=funds_out(amount, **leg))


def beside(amount: str = "60000.00", currency: str = "USD") -> ApprovedSum:
    money = Money.model_validate({"amount": amount, "currency": currency})
    return ApprovedSum(partnership_id="P-2026-0007", money=money, approved_at=NOON, same_payee=True)


def granted(**content: Any) -> Story:
    """A partnership whose quorum is complete."""
    return approved(in_approval(**content))


def approving(staff_id: str, *together: ApprovedSum) -> Any:
    return Circumstances(authority=authority(staff_id), together=together)


def test_what_was_approved_for_the_payee_before_counts_towards_the_tier() -> None:
    story = in_approval(funds_out=funds_out("60000.00"))
    now = story.when(approve("ana.silva"), approving("ana.silva", beside())).then(e.ApprovalGiven)
    assert now.quorum == DIRECTOR_TOO
    now = Story(now).when(approve("femi.ade"), approving("femi.ade", beside())).then(e.ApprovalGiven)
    assert (now.stage, now.missing_approvals) == (Stage.APPROVAL, (Role.DIRECTOR,))


def test_alone_the_same_sum_needs_no_director() -> None:
    now = in_approval(funds_out=funds_out("60000.00")).given(approve("ana.silva"), approve("femi.ade")).partnership
    assert now.stage is Stage.AGREEMENT


def test_what_comes_to_light_before_the_second_approval_asks_for_the_director_then() -> None:
    story = in_approval(funds_out=funds_out("60000.00")).given(approve("ana.silva"))
    now = story.when(approve("femi.ade"), approving("femi.ade", beside())).then(e.ApprovalGiven)
    assert (now.stage, now.missing_approvals) == (Stage.APPROVAL, (Role.DIRECTOR,))


def test_the_limit_of_an_approver_holds_for_the_sum_together() -> None:
    limited = acting("ana.silva", own(Role.PROGRAMME_APPROVER, usd("70000.00")))
    story = in_approval(funds_out=funds_out("60000.00"))
    story.when(approve("ana.silva"), Circumstances(authority=limited, together=(beside(),))).refused(
        NotAuthorised, "above their limit"
    )
    assert story.when(approve("ana.silva"), limited).then(e.ApprovalGiven)


EUROS = HOUSE_RULES.model_copy(
    update={
        "tiers": tuple(
            one.model_copy(update={"currency": code}) for code in ("USD", "EUR") for one in HOUSE_RULES.tiers
        )
    }
)


def quorum(*together: ApprovedSum, amount: str = "90000.00", rules: HouseRules = EUROS) -> tuple[Role, ...]:
    return quorum_to_decide(grant(amount), together, rules, elevated_risk=False)


def test_an_approvers_limit_is_of_its_own_currency() -> None:
    assert sums_to_decide(grant(), (beside(), beside(currency="EUR"))) == (usd("120000.00"),)


@pytest.mark.parametrize(
    ("euros", "asked"),
    [("10000.00", DIRECTOR_TOO[:2]), ("10000.01", DIRECTOR_TOO), ("90000.00", DIRECTOR_TOO)],
)
def test_sums_of_two_currencies_are_shares_of_their_own_limits(euros: str, asked: tuple[Role, ...]) -> None:
    """USD 90,000 are nine tenths of the limit of 100,000. A tenth of the limit of euros is left."""
    assert sorted(quorum(beside(euros, "EUR"))) == sorted(asked)


def test_shares_above_the_last_limit_are_covered_by_no_tier_and_say_what_they_are_made_of() -> None:
    limited = HOUSE_RULES.tiers[0].model_copy(update={"up_to": Decimal(1_000_000), "quorum": DIRECTOR_TOO})
    tiers = tuple(limited.model_copy(update={"currency": code}) for code in ("USD", "EUR"))
    with pytest.raises(ThresholdUnknown) as refused:
        quorum(beside("600000.00", "EUR"), amount="600000.00", rules=HouseRules(tiers=tiers))
    made_of = "USD 600,000.00 here, EUR 600,000.00 in P-2026-0007 (the same payee)"
    assert f"USD 600,000.00 and EUR 600,000.00 together: {made_of}" in str(refused.value)


def test_a_currency_without_a_tier_is_named_and_not_left_out() -> None:
    with pytest.raises(ThresholdUnknown, match=r"GBP 5\.00 in P-2026-0007"):
        quorum(beside("5.00", "GBP"))


def test_of_many_sums_ten_are_named_and_the_others_counted() -> None:
    with pytest.raises(ThresholdUnknown, match="2 more; a director"):
        quorum(*(beside("5.00", "GBP") for _ in range(12)))


def test_money_both_ways_is_decided_by_the_larger_sum_and_what_is_signed_shows_both() -> None:
    both = {"funds_out": funds_out("100.00"), "funds_in": funds_in("1000000.00")}
    now = in_approval(**both).when(approve("ana.silva")).then(e.ApprovalGiven)
    assert now.quorum == DIRECTOR_TOO
    assert (now.terms.amount, now.terms.amount_in) == (usd("100.00"), usd("1000000.00"))


def test_money_one_way_is_signed_as_before() -> None:
    assert "amount_in" not in in_approval().partnership.terms.model_dump()


# What counts


def counted(other: Partnership, own_one: Proposal | None = None, days: int = 1) -> ApprovedSum | None:
    return approved_sum(other, own_one or grant(), NOON + timedelta(days=days))


def test_an_approved_sum_counts_for_a_year() -> None:
    other = granted(funds_out=funds_out("60000.00")).partnership
    assert counted(other) == ApprovedSum(
        partnership_id="P-2026-0042", money=usd("60000.00"), approved_at=NOON, same_payee=True
    )
    assert counted(other, days=365) is not None
    assert counted(other, days=366) is None


@pytest.mark.parametrize(
    "story",
    [
        pytest.param(in_approval(), id="a mere proposal"),
        pytest.param(in_approval().given(approve("ana.silva")), id="half its quorum"),
        pytest.param(granted().given(terminate()), id="ended before anything was paid"),
    ],
)
def test_what_is_not_approved_stops_nobody(story: Story) -> None:
    assert counted(story.partnership) is None


def test_an_agreed_partnership_counts_with_all_its_tranches() -> None:
    other = active(funds_out=funds_out("600.00", "400.00")).partnership
    found = counted(other)
    assert found is not None
    assert found.money == usd("1000.00")


@pytest.mark.parametrize(
    ("theirs", "ours", "same"),
    [
        pytest.param(party("Readers"), party("The Readers"), True, id="the same EIN under another name"),
        pytest.param(party("Readers"), party("Readers", ein="001000002"), False, id="another EIN under the same name"),
        pytest.param(abroad("Readers", papers=()), abroad("READERS", papers=()), True, id="the same name abroad"),
        pytest.param(abroad("Readers", papers=()), abroad("Readers", country="UG", papers=()), False, id="elsewhere"),
        pytest.param(abroad("Readers"), abroad("Friends"), True, id="the same paper"),
        pytest.param(
            abroad("Readers"), abroad("Friends", papers=[{**paper("REGISTRATION"), "sha256": "12" * 32}]), False,
            id="other names and papers",
        ),
    ],
)  # fmt: skip
def test_a_number_a_paper_or_an_equal_name_makes_one_payee(theirs: Any, ours: Any, same: bool) -> None:
    other = granted(funds_out=funds_out(payee=theirs, purpose="Courses")).partnership
    found = counted(other, grant(payee=ours, purpose="A reading room"))
    assert (found is not None and found.same_payee) is same


def test_equal_words_across_payees_are_named_and_count_for_nothing() -> None:
    other = granted(funds_out=funds_out(payee=party("Readers", ein="001000002"))).partnership
    found = counted(other, grant(purpose="training"))
    assert found is not None
    assert (found.same_payee, found.counts) == (False, False)
    assert "the same purpose" in found.told
    assert sums_to_decide(grant(), (found,)) == (usd("60000.00"),)


def support(other: Partnership, own_one: Proposal | None = None, days: int = 1) -> ApprovedSum | None:
    return approved_support(other, own_one or grant(), NOON + timedelta(days=days))


def test_what_one_funder_approved_for_a_payee_is_its_support_for_four_years() -> None:
    other = granted(funds_out=funds_out("60000.00")).partnership
    found = support(other, days=1461)
    assert found is not None
    assert found.money == usd("60000.00")
    assert support(other, days=1462) is None
    assert support(other, grant(funder="ISOC-FOUNDATION")) is None
    assert support(other, grant(payee=party("Readers", ein="001000002"))) is None


def test_the_tiers_of_the_tests_ask_for_a_director_above_a_hundred_thousand() -> None:
    assert HOUSE_RULES.tiers[0].up_to == 100_000


# What outsiders found


def test_an_interest_that_somebody_declares_does_not_forget_what_counted_together() -> None:
    story = in_approval(funds_out=funds_out("60000.00"))
    for who in ("ana.silva", "femi.ade"):
        story = story.given(approve(who), by=approving(who, beside()))
    story = story.given(declare("nils.olsen", "otto.audit"), assess(), by=None)
    assert story.partnership.missing_approvals == (Role.DIRECTOR,)
    assert story.partnership.stage is Stage.APPROVAL


def test_money_that_went_still_counts_after_its_approvals_fell() -> None:
    paid = active(funds_out=funds_out("60000.00")).given(release(1), *came_to(TrancheOutcome.SETTLED))
    begun_anew = paid.given(amend(funds_out=funds_out("60000.00", uses=["TRAINING"]))).partnership
    assert not begun_anew.is_approved
    found = counted(begun_anew)
    assert found is not None
    assert found.money == usd("60000.00")


@pytest.mark.parametrize(("one", "other"), [("Training", "Training."), ("Reading  rooms", "READING-ROOMS")])
def test_case_and_punctuation_make_no_other_purpose(one: str, other: str) -> None:
    theirs = granted(funds_out=funds_out(payee=party("Readers", ein="001000002"), purpose=one)).partnership
    assert counted(theirs, grant(purpose=other)) is not None


@pytest.mark.parametrize(("days", "counts"), [(1, True), (365, True), (366, False)])
def test_what_a_verifier_found_to_be_one_project_counts_for_a_year_whoever_is_paid(days: int, counts: bool) -> None:
    other = granted(funds_out=funds_out("60000.00", payee=party("Another body", ein="001000002"))).partnership
    at = NOON + timedelta(days=days)
    found = approved_sum(other, grant(), at, project={other.partnership_id})
    assert (found is not None and found.counts and found.common == "the same project") is counts
    alone = approved_sum(other, grant(), at)
    assert alone is None or not alone.counts


def test_ten_sums_are_named_one_by_one_and_of_more_their_number() -> None:
    def told(count: int) -> str:
        with pytest.raises(ThresholdUnknown) as refused:
            quorum(*[beside(currency="CHF")] * count)
        return str(refused.value)

    assert told(10).count("P-2026-0007") == 10
    assert "more" not in told(10)
    assert "1 more" in told(11)


def test_what_pays_nobody_or_was_approved_by_nobody_counts_with_nothing() -> None:
    gift = granted(funds_in=funds_in()).partnership
    assert approved_sum(gift, grant(), NOON) is None
    assert approved_sum(granted(funds_out=funds_out()).partnership, proposal(OWN, funds_in=funds_in()), NOON) is None
    assert approved_sum(in_approval(funds_out=funds_out()).partnership, grant(), NOON) is None


def test_two_payees_who_are_paid_to_one_account_are_one() -> None:
    other = active(funds_out=funds_out()).partnership
    elsewhere = grant(payee=party("Harbour Schools Trust", ein="001000009"), purpose="Boats")
    assert approved_sum(other, elsewhere, NOON, ("BA-ZZZZZZZZZZZZ",)) is None
    shared = approved_sum(other, elsewhere, NOON, (ACCOUNT.reference,))
    assert shared is not None
    assert shared.same_payee


def test_a_name_makes_one_payee_where_one_of_the_two_gives_no_number() -> None:
    without = grant(payee=party(ein=None))
    assert approved_support(granted(funds_out=funds_out()).partnership, without, NOON) is not None
