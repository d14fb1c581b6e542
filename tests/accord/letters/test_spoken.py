"""Values as languages say them: exact, by CLDR, and nothing lost on the way."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accord.letters.spoken import Speech
from domain.values import Money


@given(st.integers(1, 10**17), st.sampled_from(["en", "es", "fr"]))
def test_a_sum_keeps_each_of_its_digits(minor: int, language: str) -> None:
    money = Money(amount=Decimal(minor) / 100, currency="USD")
    assert int(re.sub(r"\D", "", Speech(language).money(money))) == minor


@pytest.mark.parametrize(
    ("currency", "said"), [("JPY", "JPY 1,250"), ("USD", "USD 1,250.00"), ("KWD", "KWD 1,250.000")]
)
def test_a_sum_has_the_decimals_of_its_currency(currency: str, said: str) -> None:
    money = Money(amount=Decimal(1250), currency=currency)
    assert Speech("en").money(money).replace("\N{NO-BREAK SPACE}", " ") == said


def test_a_day_is_in_words() -> None:
    days = [Speech(language).day(date(2027, 1, 3)) for language in ("en", "es", "fr")]
    assert days == ["January 3, 2027", "3 de enero de 2027", "3 janvier 2027"]


def test_a_country_is_named() -> None:
    assert [Speech(language).country("DE") for language in ("en", "es", "fr")] == ["Germany", "Alemania", "Allemagne"]
