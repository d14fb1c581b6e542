"""One sum for a whole payment file: it is of all payments that were not rejected, or it settles none of them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.payment.stated.files import FileBooking, FiledStanding
from domain.values import Money
from tests.builders import money

STANDING = FiledStanding


def booking(amount: str, **standings: int) -> FileBooking:
    """A booking of a file of payments of 100 each, so many of each standing."""
    payments = [(FiledStanding(name), Decimal(100)) for name, count in standings.items() for _ in range(count)]
    return FileBooking(Money.model_validate(money(amount)), tuple(payments))


@pytest.mark.parametrize(
    ("amount", "standings"),
    [
        pytest.param("1200.00", {"AWAITED": 12}, id="twelve"),
        pytest.param("1100.00", {"AWAITED": 11, "REJECTED": 1}, id="eleven and one rejected"),
        pytest.param("1100.00", {"AWAITED": 4, "HEARD": 7, "REJECTED": 1}, id="of which some heard it before a crash"),
    ],
)
def test_the_payments_hear_it_if_it_is_the_sum_of_all_of_them(amount: str, standings: dict[str, int]) -> None:
    told = booking(amount, **standings)
    assert (told.fits, told.was_told) == (True, False)


@pytest.mark.parametrize(
    ("amount", "standings", "words"),
    [
        (
            "1200.00", {"AWAITED": 11, "REJECTED": 1},
            "its 12 payments come to USD 1,200, less USD 100 rejected 1,100, and USD 1,200.00 is booked: "
            "USD 100.00 too much",
        ),
        ("1100.00", {"AWAITED": 12}, "and USD 1,100.00 is booked: USD 100.00 too little"),
        ("1100.00", {"AWAITED": 11, "ELSEWHERE": 1}, "too little; 1 of them are booked by themselves already"),
        ("1200.00", {"AWAITED": 11, "ELSEWHERE": 1}, "no more; 1 of them are booked by themselves already"),
        ("1200.00", {"AWAITED": 11, "NOT_IN_IT": 1}, "1 of its 12 payments did not leave in it"),
    ],
)  # fmt: skip
def test_another_sum_settles_nothing_and_says_what_is_apart(amount: str, standings: dict[str, int], words: str) -> None:
    told = booking(amount, **standings)
    assert (told.fits, told.was_told) == (False, False)
    assert words in str(told.fault)


def test_a_file_whose_payments_are_booked_already_is_told_again() -> None:
    assert booking("1100.00", ELSEWHERE=11, REJECTED=1).was_told
    assert not booking("1200.00", ELSEWHERE=11, REJECTED=1).was_told


@given(st.lists(st.tuples(st.sampled_from(STANDING), st.integers(1, 9).map(Decimal)), max_size=8), st.integers(1, 40))
def test_it_fits_only_by_the_sum_of_every_payment_that_is_in_it(
    payments: list[tuple[FiledStanding, Decimal]], amount: int
) -> None:
    """Given any payments and any sum, then what is heard of a booking comes to its sum, and leaves nothing out."""
    told = FileBooking(Money.model_validate(money(str(amount))), tuple(payments))
    in_it = [sum_ for standing, sum_ in payments if standing is not STANDING.REJECTED]
    if told.fits or told.was_told:
        assert sum(in_it) == amount
        assert {standing for standing, _ in payments} & {STANDING.AWAITED, STANDING.ELSEWHERE} != {
            STANDING.AWAITED, STANDING.ELSEWHERE
        }  # fmt: skip
    assert not (told.fits and told.was_told) or {standing for standing, _ in payments} <= {
        STANDING.HEARD, STANDING.REJECTED
    }  # fmt: skip
