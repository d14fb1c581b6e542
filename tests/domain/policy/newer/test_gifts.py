"""Gifts under edition 2026.5: tokens by year, receivers in words, goods, and restrictions in parts (rules 4.10)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from domain.policy.rulebook import EDITIONS
from domain.policy.rules.gifts import TOKENS
from domain.screening.evidence import Verification
from tests.builders import CHARITY, funds_in, money
from tests.domain.policy.language import CONDITION, PASS, REFER, conditions, judged, screened_on, spoken

BOOK = EDITIONS["2026.5"]
CENT = Decimal("0.01")


def given(amount: str = "100.00", year: int = 2026, **leg: Any) -> Any:
    """The rules' word on money that came in from a company, in November of a year."""
    seen = Verification(screening=screened_on(f"{year}-11-02"))
    return judged({"funds_in": funds_in(amount, **leg)}, CHARITY, seen, BOOK)


def is_token(year: int, payment: str, value: str, currency: str = "USD") -> bool:
    """True if a donor's return for a payment is disregarded."""
    assessed = given(year=year, money=money(payment, currency), benefit=money(value, currency))
    return "insubstantial" in spoken(assessed, "GIFT-DISCLOSURE").reason


@pytest.mark.parametrize(
    ("year", "payment", "value"),
    [(2024, "66.00", "13.20"), (2025, "68.00", "13.60"), (2026, "69.50", "13.90"), (2027, "69.50", "13.90")],
)
def test_a_low_cost_article_is_a_token_from_the_payment_of_its_year_on(year: int, payment: str, value: str) -> None:
    """Rev. Proc. 2023-34, 2024-40 and 2025-32, each for its year. A year that is not known yet has the last one's."""
    assert is_token(year, payment, value)
    assert not is_token(year, payment, str(Decimal(value) + CENT))
    assert not is_token(year, str(Decimal(payment) - CENT), value)


@pytest.mark.parametrize(
    ("year", "payment", "most"), [(2024, "6600", "132"), (2025, "6800", "136"), (2026, "6950", "139")]
)
def test_two_per_cent_of_a_payment_are_a_token_up_to_the_most_of_the_year(year: int, payment: str, most: str) -> None:
    assert is_token(year, payment, most)
    assert not is_token(year, "10000", f"{most}.01")


@pytest.mark.parametrize(("value", "token"), [("20.00", True), ("20.01", False)])
def test_below_the_most_the_two_per_cent_decide(value: str, token: bool) -> None:
    assert is_token(2026, "1000.00", value) is token


def test_before_the_first_year_that_is_known_nothing_is_a_token() -> None:
    assert not is_token(2023, "1000.00", "1.00")


def test_the_figures_are_in_dollars_and_judge_no_other_money() -> None:
    assert not is_token(2026, "1000.00", "1.00", "EUR")


@pytest.mark.parametrize("year", TOKENS)
def test_the_figures_of_each_year_stand_as_5_to_25_to_50(year: int) -> None:
    """Rev. Proc. 90-12, s. 3, has these three, and each year raises them alike."""
    known = TOKENS[year]
    assert (known.payment, known.most) == (5 * known.article, 10 * known.article)


@pytest.mark.parametrize(
    ("words", "outcome"),
    [
        ("Tablets as riverbend library network chooses", REFER),
        ("Tablets as northern light telecom ltd proposed", PASS),
        ("Tablets as the internet society chooses", PASS),
    ],
    ids=["the partner", "the donor", "the funder"],
)
def test_words_that_name_another_party_name_a_receiver(words: str, outcome: Any) -> None:
    assert spoken(given(restricted_to=words), "GIFT-CONDUIT").outcome is outcome


@pytest.mark.parametrize(
    ("parts", "outcome"),
    [({"whole": True}, PASS), ({"whole": False}, PASS), ({"whole": True, "places": ["KE"]}, CONDITION)],
)
def test_only_a_part_that_says_something_makes_a_restricted_fund(parts: dict[str, Any], outcome: Any) -> None:
    assert spoken(given(restriction=parts), "GIFT-RESTRICTED").outcome is outcome


def test_goods_are_acknowledged_by_what_they_are_and_not_by_their_value() -> None:
    tablets = {"what": "Forty tablets for the reading rooms", "method": "A price list of October"}
    assessed = given("100.00", in_kind=tablets)
    one = spoken(assessed, "GIFT-ACKNOWLEDGMENT")
    assert (one.outcome, "ACKNOWLEDGMENT" in conditions(assessed)) == (CONDITION, True)
    assert one.reason.endswith("Forty tablets for the reading rooms")
    assert "100" not in one.reason
