"""The bank's words, its kinds of contradiction, and those where our own money is at stake."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from domain.payment.bank_answers import BOOKED, HOLDS, BankStatus, ExceptionKind
from tests.domain.partnership.specification import answer

UNHELD = {
    ExceptionKind.UNKNOWN_PAYMENT,
    ExceptionKind.WRONG_ACCOUNT,
    ExceptionKind.LATE_RETURN,
    ExceptionKind.PERHAPS_TOLD_BEFORE,
    ExceptionKind.UNEXPECTED_RECEIPT,
}


@pytest.mark.parametrize("kind", ExceptionKind)
def test_every_kind_either_holds_or_is_known_not_to(kind: ExceptionKind) -> None:
    assert (kind in HOLDS) is (kind not in UNHELD)


@pytest.mark.parametrize(("code", "booking"), [(BOOKED, True), ("ACSC", False), ("RJCT", False)])
def test_a_booking_stands_on_an_account_and_a_status_report_does_not(code: str, booking: bool) -> None:
    assert answer(BankStatus.SETTLED, code=code).is_booking is booking


def test_an_answer_names_a_partnership_or_nobody() -> None:
    assert answer(BankStatus.RECEIVED, partnership_id="").partnership_id == ""
    with pytest.raises(ValidationError):
        answer(BankStatus.RECEIVED, partnership_id="somebody")


def test_what_it_says_since_is_left_out_where_it_says_nothing() -> None:
    older = answer(BankStatus.SETTLED, file_sha256=None).model_dump(mode="json")
    assert {"file_sha256", "booked_on", "value_on"}.isdisjoint(older)
