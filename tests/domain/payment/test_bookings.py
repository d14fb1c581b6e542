"""One booking counts once: however its reference is written, on which account, and as which of its details."""

from __future__ import annotations

from typing import Any

import pytest

from domain.payment.bookings import (
    BookingClaims,
    BookingCounted,
    BookingFreed,
    CountedAs,
    Way,
    account_key,
    booking_stream,
    evolve_booking,
    is_filler,
    reference_key,
)
from tests.builders import NOON, money, number

HERE, THERE = account_key("NL91 ABNA 0417 1643 00"), account_key("DE89370400440532013000")


def claim(name: str = "one", **more: Any) -> BookingCounted:
    content = {"counted_as": CountedAs.REFUND, "partnership_id": "P-2026-0042", "money": money("100.00"), **more}
    return BookingCounted(at=NOON, claim=number(name), **content)


def counted(*events: BookingCounted | BookingFreed) -> BookingClaims:
    booking = BookingClaims()
    for event in events:
        booking = evolve_booking(booking, event)
    return booking


@pytest.mark.parametrize("written", ["NTRF-0023", "ntrf 23", "NTRF23", "00ntrf/23", "N-T-R-F 023", "\uff2eTRF-23"])
def test_a_reference_is_one_however_it_is_written(written: str) -> None:
    assert reference_key(written) == "NTRF23"
    assert booking_stream(Way.IN, written) == booking_stream(Way.IN, "NTRF-23")


@pytest.mark.parametrize(("one", "other"), [("100", "10"), ("A-1", "B-1"), ("NTRF-1001", "NTRF-101"), ("0", "00A")])
def test_other_references_are_others(one: str, other: str) -> None:
    assert booking_stream(Way.IN, one) != booking_stream(Way.IN, other)


def test_a_bank_may_give_both_ways_one_reference() -> None:
    assert booking_stream(Way.IN, "NTRF-23") != booking_stream(Way.OUT, "NTRF-23")


def test_an_account_is_one_however_its_number_is_written() -> None:
    assert account_key("NL91ABNA0417164300") == account_key("nl91 abna 0417 1643 00") != THERE


@pytest.mark.parametrize(
    "none", ["", "NONREF", "notprovided", "000", "-/-", "Not available", "NOT-AVAILABLE", "n/a", "N.A.", "null"]
)
def test_a_filler_names_nothing(none: str) -> None:
    assert is_filler(none)


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ({}, {}, True),
        ({"account": HERE}, {"account": HERE}, True),
        ({"account": HERE}, {"account": THERE}, False),
        ({}, {"account": THERE}, True),  # nobody said on which account
        ({"details": ("TX1", "1")}, {"details": ("TX2", "2")}, False),
        ({"details": ("TX1", "1")}, {"details": ("1",)}, True),
        ({"details": ("TX1", "1")}, {}, True),  # nobody said which payment
        ({"account": HERE, "details": ("1",)}, {"account": THERE, "details": ("1",)}, False),
    ],
)
def test_a_claim_meets_another_on_the_same_money(first: Any, second: Any, same: bool) -> None:
    booking = counted(claim("one", **first))
    assert (booking.counted_before(claim("two", **second)) is not None) is same
    assert booking.counted_before(claim("one", **first)) is None  # it does not stand in its own way


def test_what_was_taken_back_may_count_as_something_else() -> None:
    freed = counted(claim("one"), BookingFreed(at=NOON, claim=number("one")))
    assert (freed.claims, freed.version) == ((), 2)
    again = counted(claim("one"), claim("one"), claim("two", counted_as=CountedAs.RETURN))
    assert [one.claim for one in again.claims] == [number("one"), number("two")]
