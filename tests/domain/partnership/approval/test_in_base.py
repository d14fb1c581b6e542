"""Sums in a base currency: two currencies are one at a recorded rate, and what has no rate is no small sum (4.18)."""

from __future__ import annotations

from typing import Any

import pytest

from domain.directory.tiers import HouseRules, Role
from domain.errors import NotAuthorised, ThresholdUnknown
from domain.partnership import events as e
from domain.partnership.approval.together import quorum_to_decide, sums_to_decide
from domain.partnership.circumstances import Circumstances
from domain.partnership.stages import Stage
from domain.proposal import Proposal
from domain.screening.approved_sums import ApprovedSum
from domain.screening.conversion import Conversion
from domain.values import Money
from tests.builders import NOON, authority, funds_in, funds_out, proposal
from tests.domain.partnership.specification import Story, acting, approve, in_approval, own
from tests.rates import THREE, TWO, conversion, in_dollars

RATES = conversion()
NO_RATES = conversion(row=None)


def money(amount: str, currency: str = "USD") -> Money:
    return Money.model_validate({"amount": amount, "currency": currency})


def grant(amount: str, currency: str = "USD") -> Proposal:
    leg = {**funds_out(), "tranches": [{"number": 1, "money": money(amount, currency)}]}
    return proposal("P-2026-0043", funds_out=leg)


def beside(amount: str, currency: str = "USD") -> ApprovedSum:
    return ApprovedSum(partnership_id="P-2026-0007", money=money(amount, currency), approved_at=NOON, same_payee=True)


def quorum(
    made: Proposal, *together: ApprovedSum, at: Conversion | None = RATES, rules: HouseRules | None = None
) -> tuple[Role, ...]:
    return quorum_to_decide(made, together, rules or in_dollars(), elevated_risk=False, conversion=at)


def circumstances(
    staff_id: str, *together: ApprovedSum, limit: Money | None = None, at: Conversion | None = RATES
) -> Circumstances:
    """What stands beside an approval of somebody, whose own limit it may be."""
    who = authority(staff_id) if limit is None else acting(staff_id, own(Role.PROGRAMME_APPROVER, limit))
    return Circumstances(authority=who.model_copy(update={"rules": in_dollars()}), together=together, conversion=at)


def test_two_grants_of_90_000_in_two_currencies_do_not_pass_under_a_limit_of_100_000() -> None:
    """EUR 90,000 are USD 112,500 at the day's rate: with USD 90,000 beside them a director decides."""
    assert sorted(quorum(grant("90000.00"), beside("90000.00", "EUR"))) == sorted(THREE)
    assert sums_to_decide(grant("90000.00"), (beside("90000.00", "EUR"),), in_dollars(), RATES) == (money("202500.00"),)


def test_an_approvers_own_limit_holds_for_both_currencies_together() -> None:
    """Under the rules before, who may approve up to USD 100,000 approved both: each alone is within it."""
    story = in_approval(funds_out=funds_out("90000.00"))
    limit = money("100000.00")
    story.when(approve("ana.silva"), circumstances("ana.silva", beside("90000.00", "EUR"), limit=limit)).refused(
        NotAuthorised, "may not approve USD 202,500.00: it is above their limit"
    )
    assert story.when(approve("ana.silva"), circumstances("ana.silva", limit=limit)).then(e.ApprovalGiven)


@pytest.mark.parametrize(
    ("amount", "currency", "asked"),
    [
        ("80000.00", "EUR", TWO),
        ("80000.01", "EUR", THREE),
        ("16000000", "JPY", TWO),
        ("16000001", "JPY", THREE),
        ("64000.00", "GBP", TWO),
        ("64000.01", "GBP", THREE),
    ],
)
def test_a_limit_is_met_to_the_smallest_unit(amount: str, currency: str, asked: tuple[Role, ...]) -> None:
    """USD 100,000 are EUR 80,000, JPY 16,000,000 or GBP 64,000. No part of a cent is rounded away."""
    assert sorted(quorum(grant(amount, currency))) == sorted(asked)


def test_parts_of_a_cent_are_added_before_anything_is_rounded() -> None:
    """Three sums of JPY 1 are USD 0.01875 together. Each alone would be rounded up to a cent."""
    parts = [beside("1", "JPY"), beside("1", "JPY")]
    assert sums_to_decide(grant("1", "JPY"), parts, in_dollars(), RATES) == (money("0.02"),)


def test_a_currency_without_a_tier_of_its_own_can_be_approved() -> None:
    assert sorted(quorum(grant("10.00", "GBP"))) == sorted(TWO)


def test_what_is_above_the_last_limit_is_told_with_the_rate_and_the_day() -> None:
    with pytest.raises(ThresholdUnknown) as refused:
        quorum(grant("900000.00"), beside("900000.00", "EUR"), rules=in_dollars("100000", "1000000"))
    for words in (
        "no approval tier covers USD 2,025,000.00",
        "USD 900,000.00 here, EUR 900,000.00 in P-2026-0007 (the same payee)",
        "at EUR 1 = USD 1.25 (ecb-rates of 2026-11-02, version 1)",
    ):
        assert words in str(refused.value)


def test_money_both_ways_is_decided_by_the_larger_sum_each_converted_by_itself() -> None:
    gift = {**funds_in(), "money": money("90000.00", "EUR")}
    made = proposal("P-2026-0043", funds_out=funds_out("100.00"), funds_in=gift)
    assert sorted(quorum(made)) == sorted(THREE)
    assert sums_to_decide(made, (), in_dollars(), RATES) == (money("100.00"), money("112500.00"))


def test_work_without_money_asks_for_nobody_of_finance() -> None:
    made = proposal("P-2026-0043", funds_out=None, non_monetary=JOINED)
    assert quorum(made, at=None) == (Role.PROGRAMME_APPROVER,)
    assert sums_to_decide(made, (), in_dollars(), None) == ()


JOINED: dict[str, Any] = {"funder": "ISOC", "activity": "A course on measuring networks"}


# A rate that is missing, or too old


@pytest.mark.parametrize(
    "at",
    [
        pytest.param(NO_RATES, id="none was new enough"),
        pytest.param(None, id="nobody looked"),
        pytest.param(conversion("EUR"), id="they are into another currency"),
        pytest.param(conversion(row="2026-11-02,USD=1.25"), id="the pound has none that day"),
        pytest.param(conversion(row="2026-11-02,GBP=0.8"), id="the base currency has none that day"),
    ],
)
def test_without_a_rate_a_small_sum_asks_the_highest_tier(at: Conversion | None) -> None:
    assert sorted(quorum(grant("10.00", "GBP"), at=at)) == sorted(THREE)
    assert sorted(quorum(grant("10.00"), beside("10.00", "GBP"), at=at)) == sorted(THREE)


def test_without_a_rate_a_sum_above_which_no_tier_is_unlimited_is_refused_with_the_remedy() -> None:
    with pytest.raises(ThresholdUnknown) as refused:
        quorum(grant("10.00", "GBP"), at=NO_RATES, rules=in_dollars("100000", "1000000"))
    assert "there is no reference rate of GBP, USD that is not too old" in str(refused.value)
    assert "`accord registers refresh ecb-rates`" in str(refused.value)


def test_without_a_rate_nobody_with_a_limit_approves() -> None:
    """Their limit may cover the sum, and nobody knows. Who has none decides, and the director beside them."""
    story = in_approval(funds_out={**funds_out(), "tranches": [{"number": 1, "money": money("10.00", "KES")}]})
    limited = circumstances("ana.silva", limit=money("1000000.00"), at=NO_RATES)
    story.when(approve("ana.silva"), limited).refused(NotAuthorised, "without a reference rate that is not too old")
    now = story.when(approve("ana.silva"), circumstances("ana.silva", at=NO_RATES)).then(e.ApprovalGiven)
    assert now.quorum is not None
    assert sorted(now.quorum) == sorted(THREE)


def test_what_is_in_the_base_currency_alone_needs_no_rate() -> None:
    assert sorted(quorum(grant("90000.00"), beside("10000.00"), at=NO_RATES)) == sorted(TWO)


def test_a_sum_of_more_digits_than_money_has_is_no_small_one() -> None:
    assert RATES.lacking((HUGE,)) == ()
    assert RATES.total((HUGE,)) is None


HUGE = money("9999999999999999.99", "GBP")


# What is recorded


def test_an_approval_records_the_rates_that_it_counted_by() -> None:
    story = in_approval(funds_out=funds_out("90000.00"))
    now = story.when(approve("ana.silva"), circumstances("ana.silva", beside("1.00", "EUR"))).then(e.ApprovalGiven)
    assert now.conversion == RATES
    assert now.conversion is not None
    assert now.conversion.rates is not None
    assert str(now.conversion.rates.rates.day) == "2026-11-02"


def test_a_rate_that_fell_between_two_approvals_takes_no_one_out_of_the_quorum() -> None:
    """At the first approval a director is asked for. At the second the sum would be small: the director stays asked."""
    story = in_approval(funds_out={**funds_out(), "tranches": [{"number": 1, "money": money("90000.00", "EUR")}]})
    now = story.when(approve("ana.silva"), circumstances("ana.silva")).then(e.ApprovalGiven)
    weak = conversion(row="2026-11-03,USD=1.01,JPY=200,GBP=0.8")
    now = Story(now).when(approve("femi.ade"), circumstances("femi.ade", at=weak)).then(e.ApprovalGiven)
    assert (now.stage, now.missing_approvals) == (Stage.APPROVAL, (Role.DIRECTOR,))


def test_a_rate_that_rose_between_two_approvals_asks_for_the_director_then() -> None:
    story = in_approval(funds_out={**funds_out(), "tranches": [{"number": 1, "money": money("79000.00", "EUR")}]})
    now = story.when(approve("ana.silva"), circumstances("ana.silva")).then(e.ApprovalGiven)
    strong = conversion(row="2026-11-03,USD=1.4,JPY=200,GBP=0.8")
    now = Story(now).when(approve("femi.ade"), circumstances("femi.ade", at=strong)).then(e.ApprovalGiven)
    assert (now.stage, now.missing_approvals) == (Stage.APPROVAL, (Role.DIRECTOR,))
    assert now.conversion == strong


def test_without_a_base_currency_nothing_is_converted_or_recorded() -> None:
    now = in_approval(funds_out=funds_out("90000.00")).when(approve("ana.silva")).then(e.ApprovalGiven)
    assert now.conversion is None
