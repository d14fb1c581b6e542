"""A payment that settled by its status and came back has its booking told late: it stays returned, and is booked."""

from __future__ import annotations

from datetime import date

import pytest

from domain.payment.bank_answers import BankAnswer, BankStatus, ExceptionKind
from domain.payment.tranche.answers import events_of_answer
from domain.payment.tranche.status import TrancheStatus
from tests.domain.payment.tranche.test_answers import LEFT, SAID_SETTLED, answer, contradiction, heard

BACK_ON = date(2026, 11, 5)
BACK = heard(LEFT, SAID_SETTLED, answer(BankStatus.RETURNED, "back", booked_on=BACK_ON))


def out(day: int | None, name: str = "out", amount: str = "1000.00") -> BankAnswer:
    return answer(BankStatus.SETTLED, name, amount, booked_on=day and date(2026, 11, day))


@pytest.mark.parametrize("day", [3, 5], ids=["before it came back", "on the same day"])
def test_the_booking_of_what_came_back_is_heard_and_pays_nothing(day: int) -> None:
    attempt = heard(BACK, out(day))
    assert (attempt.status, attempt.booked, attempt.reason) == (TrancheStatus.RETURNED, True, BACK.reason)
    assert events_of_answer(attempt, out(day)) == ()
    assert contradiction(attempt, out(day, "another")).kind is ExceptionKind.CONTRADICTION


@pytest.mark.parametrize("booking", [out(6), out(None), out(3, amount="400.00")], ids=["later", "no day", "a part"])
def test_any_other_booking_of_it_is_for_people(booking: BankAnswer) -> None:
    assert contradiction(BACK, booking).kind in {ExceptionKind.CONTRADICTION, ExceptionKind.OTHER_CONTENT}
