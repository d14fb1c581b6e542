"""A sum that people type is read in one way at every door, and asked back where it may be either of two."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given

from accord.presentation.faults import BadInput
from accord.presentation.filters import PartnershipFilters
from accord.presentation.sums import read_sum, shown_sum, with_sums_read
from accord.presentation.words.values import sum_in_words
from domain.values import Money, minor_digits
from tests.spellings import SUMS


@given(SUMS)
def test_a_sum_as_it_is_printed_is_read_as_what_it_is(amount: Decimal) -> None:
    printed = str(Money(amount=amount, currency="USD"))
    assert Decimal(read_sum(printed, "USD")) == amount
    assert Decimal(read_sum(printed.removeprefix("USD "))) == amount
    assert Decimal(read_sum(f"{amount:f}")) == amount
    assert shown_sum(amount) == printed.removeprefix("USD ")


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("20,000", "20000"), ("$20,000", "20000"), ("$ 20,000.5", "20000.5"), ("USD 1,250.00", "1250.00"),
        (" 30000 ", "30000"), ("30000.000", "30000.000"), ("0.500", "0.500"), ("1,234,567.89", "1234567.89"),
    ],
)  # fmt: skip
def test_what_is_clear_is_taken(typed: str, read: str) -> None:
    assert read_sum(typed, "USD") == read


@pytest.mark.parametrize(
    ("typed", "readings"),
    [
        ("30.000", "may be 30,000.00 or 30.00; write 30000.00 or 30.00"),
        ("30,00", "may be 30.00 or 3,000.00; write 30.00 or 3000.00"),
        ("1.234,56", "may be 1,234.56 or 1.23456; write 1234.56 or 1.23456"),
        ("1,5", "may be 1.50 or 15.00; write 1.50 or 15.00"),
    ],
)
def test_what_may_be_either_of_two_is_asked_back_with_both(typed: str, readings: str) -> None:
    with pytest.raises(BadInput) as asked:
        read_sum(typed, "USD")
    assert readings in str(asked.value)


@pytest.mark.parametrize("typed", ["", "much", "20 000", "-5", "1,00,000", "12.000.000", "EUR 5", "1e3", "٣٠"])
def test_what_is_no_sum_of_that_currency_is_refused_with_what_to_write(typed: str) -> None:
    with pytest.raises(BadInput, match="write"):
        read_sum(typed, "USD")


def test_three_places_are_clear_where_the_currency_has_them() -> None:
    assert read_sum("30.000", "BHD", minor_digits("BHD")) == "30.000"


def test_the_sums_of_a_content_are_read_where_they_stand() -> None:
    tranches = [{"money": {"amount": text, "currency": "USD"}} for text in ("20,000", "30.000")]
    content, shown, faults = with_sums_read({"funds_out": {"tranches": tranches, "purpose": "paid"}}, lambda _: 2)
    assert content["funds_out"]["tranches"][0]["money"]["amount"] == "20000"
    assert shown == {"funds_out.tranches.0.money.amount": "USD 20,000.00"}
    assert [path for path, _ in faults] == ["funds_out.tranches.1.money.amount"]


def test_the_sums_of_a_budget_are_read_in_the_currency_of_the_payments() -> None:
    """Given lines whose sums stand in lists without a currency, then each is read as that of a payment is."""
    lines = [{"sums": ["20,000", "30.000"], "others": [{"amount": "USD 1,250.00"}]}, {"sums": ["", "5"]}]
    leg = {
        "tranches": [{"money": {"amount": "5", "currency": "USD"}}],
        "budget": {"free_floor": "1,000", "lines": lines},
    }
    content, shown, faults = with_sums_read({"funds_out": leg}, lambda _: 2)
    budget = content["funds_out"]["budget"]
    assert [line["sums"] for line in budget["lines"]] == [["20000", "30.000"], ["", "5"]]
    assert (budget["free_floor"], budget["lines"][0]["others"][0]["amount"]) == ("1000", "1250.00")
    assert shown["funds_out.budget.lines.0.sums.0"] == "USD 20,000.00"
    [(path, words)] = faults
    assert (path, "may be 30,000.00 or 30.00" in words) == ("funds_out.budget.lines.0.sums.1", True)


def test_a_list_is_asked_for_a_sum_in_the_same_way() -> None:
    assert PartnershipFilters(sum="1,000.50..").asked().at_least == Decimal("1000.50")
    with pytest.raises(BadInput, match=r"may be 30,000\.00 or 30\.00"):
        PartnershipFilters(sum="30.000").asked()


@pytest.mark.parametrize(
    ("amount", "currency", "words"),
    [("-5000.55", "JPY", "JPY -5,000.55"), ("676237.495", "USD", "USD 676,237.495"), ("95.00", "XYZ", "XYZ 95.00"),
     ("8000", "EUR", "EUR 8,000.00"), ("5000.00", "JPY", "JPY 5,000")],
)  # fmt: skip
def test_a_sum_is_never_rounded_in_words_and_no_currency_stops_a_page(amount: str, currency: str, words: str) -> None:
    assert sum_in_words(Decimal(amount), currency) == words
