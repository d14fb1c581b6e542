"""An exception admits what could count by what the bank said, and never what would pay while the first may stand."""

from __future__ import annotations

from typing import Any

import pytest

from domain.payment.bank_answers import BankStatus, ExceptionKind, Resolution
from domain.payment.bank_file import ExceptionRaised
from domain.payment.resolving import admitted
from domain.payment.tranche.state import Tranche
from domain.payment.tranche.status import TrancheStatus
from domain.values import Money
from tests.booked_sums import charge, figures
from tests.builders import NOON
from tests.domain.partnership.specification import answer
from tests.domain.payment.tranche.test_answers import ORDER

R = Resolution
ALWAYS = (R.TOLD_BEFORE, R.BANK_ERROR)


def payment(status: TrancheStatus = TrancheStatus.HANDED_OVER, booked: bool = False) -> Tranche:
    return Tranche(order=ORDER, status=status, booked=booked, message_id="ACCM1")


def money(amount: str) -> Money:
    return Money.model_validate({"amount": amount, "currency": ORDER.money.currency})


def raised(kind: ExceptionKind, said: Any, partnership_id: str | None = None) -> ExceptionRaised:
    return ExceptionRaised(at=NOON, exception=kind, reason="", content="", answer=said, partnership_id=partnership_id)


def booking(amount: str = "1000.00", **more: Any) -> Any:
    return answer(BankStatus.SETTLED).model_copy(update={"money": money(amount), "code": "BOOK", **more})


def test_a_refusal_in_doubt_ends_by_the_banks_letter_and_never_counts_by_itself() -> None:
    found = admitted(raised(ExceptionKind.REJECTION_IN_DOUBT, answer(BankStatus.REJECTED)), payment())
    assert found == (R.NOTHING_BOOKED, *ALWAYS)
    assert admitted(raised(ExceptionKind.UNKNOWN_PAYMENT, answer(BankStatus.REJECTED)), None)[0] is R.TOLD_BEFORE


@pytest.mark.parametrize(
    ("said", "first"),
    [
        (booking(str(ORDER.money.amount + 15)), R.BOOKED_WITH_DIFFERENCE),
        (booking(money=ORDER.money.model_copy(update={"currency": "EUR"})), R.BOOKED_WITH_DIFFERENCE),
        (booking(str(ORDER.money.amount)), R.BELONGS_TO),
        (booking(str(ORDER.money.amount - 15)), R.BELONGS_TO),
    ],
)
def test_a_booking_counts_at_its_sum_or_with_what_the_bank_took_or_as_a_part(said: Any, first: R) -> None:
    assert admitted(raised(ExceptionKind.OTHER_CONTENT, said), payment())[0] is first


def test_what_is_booked_already_is_not_booked_a_second_time() -> None:
    said = booking(str(ORDER.money.amount))
    assert admitted(raised(ExceptionKind.SECOND_BOOKING, said), payment(TrancheStatus.SETTLED, booked=True)) == ALWAYS


def test_money_comes_back_of_what_left_and_no_more_than_that() -> None:
    said = answer(BankStatus.RETURNED).model_copy(update={"money": money("10.00")})
    settled = payment(TrancheStatus.SETTLED, booked=True)
    assert admitted(raised(ExceptionKind.PARTIAL_RETURN, said), settled)[0] is R.BELONGS_TO
    assert admitted(raised(ExceptionKind.PARTIAL_RETURN, said), payment()) == ALWAYS
    less = figures("USD 10.00", "USD 9.00", charge("USD 1.00", is_part=True), is_return=True)
    charged = said.model_copy(update={"figures": less})
    assert admitted(raised(ExceptionKind.PARTIAL_RETURN, charged), settled)[0] is R.BOOKED_WITH_DIFFERENCE
    assert admitted(raised(ExceptionKind.PARTIAL_RETURN, charged), payment()) == ALWAYS
    more = said.model_copy(update={"money": ORDER.money.model_copy(update={"amount": ORDER.money.amount + 1})})
    assert admitted(raised(ExceptionKind.OTHER_CONTENT, more), settled) == ALWAYS


def test_money_that_came_in_is_for_a_partnership_or_goes_back_or_lies_blocked() -> None:
    said = answer(BankStatus.RECEIVED).model_copy(update={"partnership_id": "", "tranche": 0, "attempt": 0})
    found = admitted(raised(ExceptionKind.UNEXPECTED_RECEIPT, said), None)
    assert found == (R.BELONGS_TO, R.TOLD_BEFORE, R.RETURNED_TO_SENDER, R.BLOCKED_ACCOUNT, R.BANK_ERROR, R.OURS)


def test_what_nobody_can_read_counts_for_nothing_but_a_booking_that_two_people_read() -> None:
    assert admitted(raised(ExceptionKind.UNREADABLE, None), None) == (*ALWAYS, R.OURS)
    assert admitted(raised(ExceptionKind.UNREADABLE, None, "P-2026-0042"), None)[0] is R.BOOKED_WITH_DIFFERENCE
