"""What the rule book says of sums in a base currency: told with their rate, and a question without one (rules 4.18)."""

from __future__ import annotations

from typing import Any

import pytest

from domain.policy.conditions import ConditionId
from domain.policy.findings import Finding, Outcome
from domain.policy.rulebook import EDITIONS
from domain.screening.approved_sums import ApprovedSum
from domain.screening.conversion import Conversion
from tests.builders import CHARITY, NOON, funds_in, screening, status, verification
from tests.domain.policy.language import finding, judged, paid
from tests.domain.policy.newer.sums_cases import FOUR_YEARS, given_before
from tests.rates import ROW, conversion

RATES = conversion()


def approved(amount: str, currency: str, **more: bool) -> ApprovedSum:
    content = {"partnership_id": "P-2026-0007", "money": {"amount": amount, "currency": currency}}
    return ApprovedSum.model_validate({**content, "approved_at": NOON, "same_payee": True, **more})


def word(
    amount: str = "1000.00", currency: str = "EUR", *together: ApprovedSum, at: Conversion | None = RATES,
    edition: str = "2026.6",
) -> Finding | None:  # fmt: skip
    seen = {"conversion": at, "together": together}
    plans = [{"number": 1, "money": {"amount": amount, "currency": currency}}]
    return finding(paid(None, status(), book=EDITIONS[edition], seen=seen, tranches=plans), "SUMS-CONVERTED")


def test_an_organisation_without_a_base_currency_is_told_nothing() -> None:
    assert word(at=None) is None


def test_sums_in_the_base_currency_alone_are_not_converted() -> None:
    assert word("1000.00", "USD", approved("5.00", "USD"), at=conversion(row=None)) is None


def test_a_sum_is_told_in_the_base_currency_with_its_rate_day_and_version() -> None:
    told = word("1000.00", "EUR", approved("2000.00", "GBP"), approved("1.00", "USD"))
    assert told is not None
    assert told.outcome is Outcome.PASS
    assert told.reason == (
        "EUR 1,000.00 and GBP 2,000.00 and USD 1.00 is USD 4,376.00: EUR 1 = USD 1.25, GBP 1 = USD 1.5625 "
        "(ecb-rates of 2026-11-02, version 1)"
    )


def test_what_counts_for_nothing_is_not_added() -> None:
    told = word("1000.00", "EUR", approved("2000.00", "GBP", same_payee=False))
    assert told is not None
    assert told.reason.startswith("EUR 1,000.00 is USD 1,250.00: ")


@pytest.mark.parametrize(
    ("at", "lacking"),
    [
        pytest.param(conversion(row=None), "EUR, USD", id="no rates that are new enough"),
        pytest.param(conversion(row="2026-11-02,GBP=0.8"), "USD", id="none of the base currency"),
    ],
)
def test_without_a_rate_a_person_looks(at: Conversion, lacking: str) -> None:
    told = word(at=at)
    assert told is not None
    assert told.outcome is Outcome.REFER
    assert told.reason == (
        f"no reference rate of {lacking} that is not too old: nobody knows how much EUR 1,000.00 is in USD"
    )
    assert "accord registers refresh ecb-rates" in told.options[0]


def test_a_clearance_holds_for_the_sum_that_it_is_about() -> None:
    first, larger = word(at=conversion(row=None)), word("1000.01", at=conversion(row=None))
    assert first is not None
    assert larger is not None
    assert set(first.keys).isdisjoint(larger.keys)


def test_a_gift_in_another_currency_is_asked_as_well() -> None:
    gift = {"funds_in": funds_in(money={"amount": "5.00", "currency": "KES"})}
    seen = verification(screened=screening(), conversion=conversion())
    told = finding(judged(gift, CHARITY, seen, EDITIONS["2026.6"]), "SUMS-CONVERTED")
    assert told is not None
    assert told.outcome is Outcome.REFER


def test_the_edition_before_knows_no_base_currency() -> None:
    assert word(edition="2026.5") is None


# Proportion


def proportion(
    amount: str, currency: str, *before: ApprovedSum, at: Conversion | None = RATES, edition: str = "2026.6",
    **leg: Any,
) -> Finding:  # fmt: skip
    plans = [{"number": 1, "money": {"amount": amount, "currency": currency}}]
    seen = {"conversion": at, "support": before}
    told = finding(paid(None, status(), book=EDITIONS[edition], seen=seen, tranches=plans, **leg), "PROJECT-PROPORTION")
    assert told is not None
    return told


@pytest.mark.parametrize(
    ("amount", "before", "outcome"),
    [
        ("720000.00", (), Outcome.PASS),
        ("720000.01", (), Outcome.REFER),
        ("360000.00", given_before("450000.00"), Outcome.PASS),
        ("360000.00", given_before("450000.01"), Outcome.REFER),
        ("360000.00", given_before("288000.00", currency="GBP"), Outcome.PASS),
        ("360000.00", given_before("288000.01", currency="GBP"), Outcome.REFER),
    ],
)
def test_a_grant_in_euros_is_compared_with_the_revenue_in_dollars(
    amount: str, before: tuple[ApprovedSum, ...], outcome: Outcome
) -> None:
    """Its payee's yearly revenue is USD 900,000, which are EUR 720,000."""
    assert proportion(amount, "EUR", *before).outcome is outcome


def test_without_a_rate_it_is_asked_as_before() -> None:
    told = proportion("1.00", "EUR", at=conversion(row=None))
    assert told.outcome is Outcome.REFER
    assert "EUR 1.00 cannot be compared" in told.reason


def test_the_edition_before_compares_no_euros() -> None:
    assert proportion("1.00", "EUR", edition="2026.5").outcome is Outcome.REFER


@pytest.mark.parametrize(("pounds", "outcome"), [("320000.00", Outcome.PASS), ("320000.01", Outcome.CONDITION)])
def test_beside_figures_other_currencies_are_added_in_that_of_the_figures(pounds: str, outcome: Outcome) -> None:
    """A quarter of USD 3,600,000 is 900,000: USD 400,000 are granted, and GBP 320,000 were, which are 500,000."""
    before = given_before(pounds, currency="GBP")
    told = proportion("400000.00", "USD", *before, support=FOUR_YEARS)
    assert told.outcome is outcome
    assert told.conditions == ((ConditionId.SUPPORT_STATEMENT,) if outcome is Outcome.CONDITION else ())
    assert "GBP 1 = USD 1.5625 (ecb-rates of 2026-11-02, version 1)" in told.evidence


def test_a_rate_that_moves_asks_nobody_anew_who_cleared_these_sums() -> None:
    first = proportion("800000.00", "EUR")
    later = proportion("800000.00", "EUR", at=conversion(row=ROW.replace("1.25", "1.3")))
    assert first.outcome is later.outcome is Outcome.REFER
    assert first.keys == later.keys
    assert first.reason != later.reason
    assert set(first.keys).isdisjoint(proportion("800000.01", "EUR").keys)
