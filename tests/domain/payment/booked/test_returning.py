"""A payment that was exchanged comes back in the account's currency, at the bank's rate or at its booking's."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from domain.payment.bank_answers import BankAnswer, BankStatus, Contradiction, ExceptionKind, Resolution
from domain.payment.bank_file import ExceptionRaised
from domain.payment.booked.figures import BookedFigures
from domain.payment.booked.returning import back_at_its_rate, figures_of_return
from domain.payment.booked.weighing import NO_TERMS, BookingTerms, Weighing, figures_in_words
from domain.payment.resolving import admitted
from domain.payment.tranche.answers import events_of_answer
from domain.payment.tranche.events import PaymentReturned, PaymentSettled
from domain.payment.tranche.evolution import evolve_tranche
from domain.payment.tranche.state import Tranche
from domain.payment.tranche.status import TrancheStatus
from tests.booked_sums import RATE, TERMS, TOLERANCE, charge, figures, sum_of
from tests.builders import DIGEST, NOON
from tests.domain.payment.tranche.test_answers import HANDED_OVER, INSTRUCTED, RELEASED, after, answer

LIKE: dict[str, Any] = {**RATE, "rate": "1.25"}
OUT = figures("USD 1000.00", "EUR 810.00", charge("EUR 10.00", "DEBT", is_part=True), rate=LIKE)
"""A thousand dollars of an account in euros, at 1.25, with 10 of charges."""
FEE = charge("EUR 4.00", "DEBT", is_part=True)
WHOLE = figures("USD 1000.00", "EUR 796.00", FEE, rate=LIKE, is_return=True)
FAR = figures("USD 1000.00", "EUR 750.00", rate={**RATE, "rate": "1.33333333"}, is_return=True)
LESS_FEE = figures("USD 1000.00", "USD 985.00", charge("USD 15.00", "DEBT", is_part=True), is_return=True)
PART = figures("USD 250.00", "EUR 200.00", rate=LIKE, is_return=True)


def back(told: BookedFigures) -> BankAnswer:
    return answer(BankStatus.RETURNED, "back", str(told.instructed_sum.amount), figures=told)


def paid() -> Tranche:
    said = answer(BankStatus.SETTLED, "out", figures=OUT)
    return after(RELEASED, INSTRUCTED, HANDED_OVER, PaymentSettled(at=NOON, answer=said))


def test_the_charges_of_the_way_back_were_taken_from_it() -> None:
    assert (str(WHOLE.principal), WHOLE.is_exact) == ("EUR 800.00", False)
    assert figures_in_words(WHOLE) == "booked EUR 796.00 = 800.00 for USD 1,000.00 at EUR 1 = USD 1.25, contract " \
        "FX-2026-17 - charges 4.00"  # fmt: skip


def test_without_a_rate_nothing_but_a_return_is_between_two_currencies() -> None:
    assert figures("USD 1000.00", "EUR 3.00", charge("EUR 9.00", is_part=True), is_return=True).rate is None
    with pytest.raises(ValidationError, match="does not make"):
        figures("USD 1000.00", "EUR 790.00", rate=LIKE, is_return=True)


def test_all_of_it_within_the_tolerance_is_back_by_itself_and_keeps_what_it_was_weighed_by() -> None:
    said = events_of_answer(paid(), back(WHOLE), terms=TERMS)
    weighing = Weighing(tolerance=TOLERANCE, reference=TERMS.reference)
    assert said == (PaymentReturned(at=back(WHOLE).said_at, answer=back(WHOLE), weighing=weighing),)
    assert not isinstance(said, Contradiction)
    assert evolve_tranche(paid(), said[0]).status is TrancheStatus.RETURNED


def test_in_one_currency_charges_within_the_tolerance_leave_nothing_out() -> None:
    said = events_of_answer(paid(), back(LESS_FEE), terms=TERMS)
    assert said == (PaymentReturned(at=back(LESS_FEE).said_at, answer=back(LESS_FEE), weighing=TERMS.weighing),)
    assert figures_in_words(LESS_FEE) == "booked USD 985.00 = 1,000.00 - charges 15.00"


@pytest.mark.parametrize(
    ("told", "terms", "kind"),
    [
        (FAR, TERMS, ExceptionKind.OTHER_CONTENT),
        (WHOLE, NO_TERMS, ExceptionKind.OTHER_CONTENT),
        (LESS_FEE, NO_TERMS, ExceptionKind.OTHER_CONTENT),
        (figures("USD 1000.00", "EUR 800.00", is_return=True), TERMS, ExceptionKind.OTHER_CONTENT),
        (PART, TERMS, ExceptionKind.PARTIAL_RETURN),
    ],
)
def test_beyond_it_or_in_part_people_say_so(told: BookedFigures, terms: BookingTerms, kind: ExceptionKind) -> None:
    said = events_of_answer(paid(), back(told), terms=terms)
    assert isinstance(said, Contradiction)
    assert said.kind is kind


def test_nothing_comes_back_in_another_currency_before_its_booking_is_on_record() -> None:
    reported = after(RELEASED, INSTRUCTED, HANDED_OVER, PaymentSettled(
        at=NOON, answer=answer(BankStatus.SETTLED, "report", code="ACSC"),
    ))  # fmt: skip
    said = events_of_answer(reported, back(WHOLE), terms=TERMS)
    assert isinstance(said, Contradiction)
    assert "its booking is not on record yet" in said.reason


@pytest.mark.parametrize(
    ("credit", "sum_"),
    [("EUR 800.00", "USD 1000.00"), ("EUR 200.00", "USD 250.00"), ("EUR 900.00", "USD 1000.00"), ("CHF 8.00", None)],
)
def test_by_the_rate_of_its_booking_no_more_comes_back_than_was_paid(credit: str, sum_: str | None) -> None:
    paid = OUT.instructed_sum
    assert back_at_its_rate(OUT, sum_of(credit), paid) == (sum_of(sum_) if sum_ else None)
    assert back_at_its_rate(None, sum_of(credit), paid) is None


def test_of_a_payment_that_was_booked_in_parts_more_comes_back_than_the_newest_of_them() -> None:
    assert back_at_its_rate(OUT, sum_of("EUR 1200.00"), sum_of("USD 1600.00")) == sum_of("USD 1500.00")


def test_what_people_say_has_the_rate_of_its_booking_where_that_makes_it() -> None:
    like, other = (figures_of_return(OUT, sum_of(sum_), sum_of("EUR 200.00")) for sum_ in ("USD 250.00", "USD 260.00"))
    assert (like.rate, other.rate) == (OUT.rate, None)
    assert figures_of_return(None, sum_of("USD 1.00"), sum_of("EUR 1.00")).is_return


def test_two_are_offered_to_say_so_once_it_is_booked() -> None:
    said = answer(BankStatus.RETURNED, "back", money={"amount": "796.00", "currency": "EUR"})
    raised = ExceptionRaised(
        at=NOON, exception=ExceptionKind.OTHER_CONTENT, reason="EUR", content="BANK-1", answer=said, file_sha256=DIGEST
    )
    assert admitted(raised, paid())[0] is Resolution.BOOKED_WITH_DIFFERENCE
    assert Resolution.BOOKED_WITH_DIFFERENCE not in admitted(raised, after(RELEASED, INSTRUCTED, HANDED_OVER))
