"""The statements of an account are a chain: a number left out, or balances that do not meet, is said."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.payment.continuity import ClosedStatement, breaks, chain

FIRST = date(2026, 11, 2)


def statement(number: int | None, opening: str, closing: str, days: int = 0, currency: str = "USD") -> ClosedStatement:
    day = FIRST + timedelta(days=days)
    return ClosedStatement(day, number, day, currency, Decimal(opening), Decimal(closing))


def words(*statements: ClosedStatement) -> list[str]:
    return [str(fault) for fault in breaks(statements)]


TWELVE, THIRTEEN, FOURTEEN = (
    statement(12, "0", "900", 0), statement(13, "900", "400", 1), statement(14, "400", "400", 2)
)  # fmt: skip


def test_a_chain_is_whole_in_whatever_order_it_came_and_however_often() -> None:
    assert words(FOURTEEN, TWELVE, THIRTEEN, TWELVE) == []


def test_the_first_statement_begins() -> None:
    assert words(THIRTEEN) == []


def test_a_number_that_is_left_out_is_named_also_where_the_balances_meet() -> None:
    """Given a day on which as much came as went, when its statement is missing, then the balances alone hide it."""
    assert words(TWELVE, statement(14, "900", "400", 2)) == [
        "between number 12 of 2026-11-02 and number 14 of 2026-11-04 number 13 is missing; fetch it from the bank"
    ]
    assert "numbers 13 to 19 are missing" in words(TWELVE, statement(20, "900", "0", 9))[0]


def test_balances_that_do_not_meet_are_named() -> None:
    [fault] = words(TWELVE, statement(13, "899.99", "400", 1))
    assert "number 12 of 2026-11-02 closed with USD 900 and number 13 of 2026-11-03 opened with 899.99" in fault


def test_once_the_missing_one_is_there_nothing_is_said() -> None:
    assert words(TWELVE, FOURTEEN) != []
    assert words(TWELVE, FOURTEEN, THIRTEEN) == []


def test_a_new_count_begins_with_any_number_and_the_balances_say_whether_one_is_missing() -> None:
    assert words(statement(365, "0", "5", 0), statement(1, "5", "9", 1)) == []
    assert len(words(statement(365, "0", "5", 0), statement(1, "6", "9", 1))) == 1


def test_without_numbers_the_balances_say_it() -> None:
    assert words(statement(None, "0", "5", 0), statement(None, "5", "9", 1)) == []
    assert len(words(statement(None, "0", "5", 0), statement(None, "4", "9", 1))) == 1


def test_what_another_format_says_again_without_a_number_is_the_same_statement() -> None:
    """Given camt.053 and BAI2 of one day, then they are one; and where they differ, it is said."""
    again = THIRTEEN._replace(number=None, opened_on=THIRTEEN.opened_on - timedelta(days=1))
    assert words(TWELVE, THIRTEEN, again, FOURTEEN) == []
    [fault] = words(TWELVE, THIRTEEN, again._replace(closing=Decimal(401)), FOURTEEN)
    assert "closed with USD 401 and number 13 of 2026-11-03 opened with 900" in fault


def test_each_currency_is_a_chain_of_its_own() -> None:
    assert words(TWELVE, statement(13, "70", "80", 1, "EUR"), THIRTEEN) == []


def test_of_two_under_one_number_the_one_counts_that_the_next_goes_on_from() -> None:
    """Given a statement that the bank corrected, then both are named until the next one says which is right."""
    wrong = statement(13, "900", "500", 1)
    [fault] = words(TWELVE, wrong, THIRTEEN)
    assert fault.startswith("2 statements number 13 of 2026-11-03 differ")
    assert words(TWELVE, wrong, THIRTEEN, FOURTEEN) == []
    assert len(words(TWELVE, wrong, THIRTEEN, statement(14, "123", "0", 2))) == 2


def test_of_two_that_the_bank_corrected_one_after_the_other_the_next_says_which_are_right() -> None:
    """Given a day that the bank corrected, and so the day after it too, then the third day decides both."""
    corrected = [statement(13, "900", "500", 1), statement(14, "500", "700", 2)]
    both = [TWELVE, THIRTEEN, FOURTEEN, *corrected]
    assert [fault[:22] for fault in words(*both)] == ["2 statements number 13", "2 statements number 14"]
    after = statement(15, "700", "800", 3)
    assert words(*both, after) == []
    assert chain([*both, after]) == (TWELVE, *corrected, after)


def test_several_of_one_day_without_numbers_of_their_own_go_on_from_each_other() -> None:
    """Given two statements of a day that nothing numbers, when one goes on from the other, then none is a version."""
    day = [statement(None, "10", "5", 1), statement(None, "20", "10", 1)]
    around = [statement(None, "0", "20", 0), statement(None, "5", "3", 2)]
    assert words(*day, *around) == []
    assert chain([*day, *around]) == (around[0], day[1], day[0], around[1])
    assert words(around[0], day[0], around[1]) != []
    for number in (None, 7):
        first, last = day[1]._replace(number=7), day[0]._replace(number=number)
        assert chain([last, first, *around]) == (around[0], first, last, around[1])


@pytest.mark.slow
@given(st.lists(st.integers(-10_000, 10_000), min_size=2, max_size=12), st.data())
def test_whichever_statement_is_missing_inside_a_chain_is_noticed(movements: list[int], data: Any) -> None:
    """Law: a chain is whole in every order, and without any of its inner statements it is not."""
    whole, balance = list[ClosedStatement](), 0
    for place, moved in enumerate(movements):
        whole.append(statement(place + 1, str(balance), str(balance + moved), place))
        balance += moved
    shuffled = data.draw(st.permutations(whole))
    assert breaks(shuffled) == ()
    if len(whole) > 2:
        missing = data.draw(st.integers(1, len(whole) - 2))
        assert breaks([one for one in shuffled if one != whole[missing]]) != ()
