"""Claims add up, or are refused; control totals hold every cent of them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from domain.imported.claims import ClaimedStage, ImportedPartnership
from domain.imported.totals import ControlTotals, differences, rests_of, totals_of


def claim(**changes: Any) -> ImportedPartnership:
    """Return a claim of a grant of 50,000 dollars, with changes."""
    content: dict[str, Any] = {
        "key": "G-1",
        "title": "Digital skills for river libraries",
        "partner": {"name": "Riverbend Library Network", "country": "US"},
        "direction": "FUNDS_OUT",
        "funder": "ISOC",
        "stage": "IN_FORCE",
        "agreed": {"amount": "50000.00", "currency": "USD"},
    }
    return ImportedPartnership.model_validate(content | changes)


def past(amount: str, currency: str = "USD", **time: Any) -> dict[str, Any]:
    """Return a sum that was paid, or came back."""
    return {"money": {"amount": amount, "currency": currency}, **time}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"paid": [past("50000.01")]}, "is more than the 50000.00 agreed"),
        ({"paid": [past("100", "EUR")]}, "give one currency"),
        ({"paid": [past("100")], "returned": [past("100.01")]}, "more came back"),
        ({"stage": "ENDED", "tranches": [{"number": 1, "money": past("1")["money"]}]}, "is not paid"),
        ({"direction": "NON_MONETARY"}, "no money moves"),
        ({"agreed": None}, "give the sum that was agreed"),
        ({"approved_on": "2024-02-02", "agreed_on": "2024-02-01"}, "before the approval"),
        ({"paid": [past("1", on="2024-01-01", year=2024)]}, "its day or its year"),
    ],
)
def test_a_claim_that_cannot_be_is_refused(changes: dict[str, Any], words: str) -> None:
    """Given a claim that does not add up, then it is refused in a sentence that says why."""
    with pytest.raises(ValidationError, match=words):
        claim(**changes)


def test_the_digest_follows_the_content_alone() -> None:
    """Given equal claims, then their digests are equal; another cent is another digest."""
    assert claim().sha256 == claim().sha256
    assert claim().sha256 != claim(agreed={"amount": "50000.01", "currency": "USD"}).sha256


def test_one_cent_less_is_told() -> None:
    """Given control totals that differ by a cent in one year, then that figure is named, with how much."""
    claims = [claim(paid=[past("100.10", year=2024), past("0.20", on="2025-01-01"), past("3")])]
    counted = totals_of(claims)
    assert counted.paid_by_year == {
        "2024": {"USD": Decimal("100.10")}, "2025": {"USD": Decimal("0.20")}, "unknown": {"USD": Decimal(3)},
    }  # fmt: skip
    typed = counted.model_copy(update={"paid_by_year": {**counted.paid_by_year, "2025": {"USD": Decimal("0.21")}}})
    assert list(differences(typed, counted)) == [
        "paid_by_year.2025: USD 0.21 typed, USD 0.20 in the table, -0.01 apart"
    ]


def test_totals_that_nobody_typed_are_told() -> None:
    """Given totals with the number of partnerships alone, then every sum of the table is named as not typed."""
    counted = totals_of([claim(paid=[past("7")])])
    told = list(differences(ControlTotals(partnerships=1), counted))
    assert [line.partition(":")[0] for line in told] == ["agreed", "paid", "paid_by_year.unknown"]


cents = st.integers(min_value=1, max_value=1_000_000).map(lambda amount: f"{amount / 100:.2f}")


@given(
    st.lists(st.tuples(cents, st.sampled_from(["USD", "EUR"]), st.sampled_from([2023, 2024])), min_size=1, max_size=8)
)
def test_years_add_up_to_what_was_paid(parts: list[tuple[str, str, int]]) -> None:
    """Given any payments, then the sums of the years add up to what was paid, by currency, and no total differs."""
    claims = [
        claim(agreed={"amount": amount, "currency": currency}, paid=[past(amount, currency, year=year)])
        for amount, currency, year in parts
    ]
    totals = totals_of(claims)
    for currency, amount in totals.paid.items():
        assert sum(year.get(currency, Decimal(0)) for year in totals.paid_by_year.values()) == amount
    assert list(differences(totals, totals_of(reversed(claims)))) == []


def test_what_was_agreed_and_is_in_no_column_is_told_by_stage() -> None:
    """Given claims of which more was agreed than paid and promised, then the rest is told, by stage and currency."""
    waiting = [{"number": 1, "money": past("30000.00")["money"]}]
    claims = [
        claim(paid=[past("19000.00")], tranches=waiting),
        claim(key="G-2", stage="ENDED", paid=[past("50000.00")], returned=[past("1500.00")]),
        claim(key="G-3", stage="ENDED", paid=[past("50000.00")]),
    ]
    assert rests_of(claims, ClaimedStage.IN_FORCE) == {"USD": Decimal("1000.00")}
    assert rests_of(claims, ClaimedStage.ENDED) == {"USD": Decimal("1500.00")}
    assert rests_of(claims[2:], ClaimedStage.ENDED) == {}
