"""A booking in another currency stands in the book at the bank's figures, and every currency adds up to zero."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.books.costs import cost_of_figures
from domain.books.entries import Sums, uneven_sums
from domain.directory.chart import Account
from domain.partnership import events as e
from domain.payment.bank_answers import BankStatus, Resolution
from domain.payment.booked.figures import BookedFigures
from domain.payment.booked.weighing import Weighing
from domain.payment.tranche.events import PaymentSettled
from domain.payment.tranche.status import TrancheOutcome
from domain.screening.conversion import ReferenceRates
from domain.streams import StreamId
from tests.booked_sums import RATE, TOLERANCE, charge, figures, sum_of
from tests.builders import NOON, number
from tests.domain.books.keeping import Ledger, booking, lines
from tests.domain.partnership import specification as s
from tests.rates import rates

REFERENCE = s.REFERENCE
OWN = charge("EUR 10.00", "DEBT", is_part=True)
EUROS = figures("USD 1000.00", "EUR 812.00", OWN, rate={**RATE, "rate": "1.24688279"})
"""A thousand dollars at the bank's rate: 802 euros, two more than by the reference rate, and 10 of charges."""


def sums(cost: Sums) -> dict[tuple[str, str], Decimal]:
    return {(place.account.value, place.currency): value for place, value in cost.items() if value}


@pytest.mark.parametrize(
    ("reference", "clearing", "difference"), [(rates(), "800.00", "2.00"), (None, "802.00", "0.00")]
)
def test_an_exchange_is_cleared_at_the_planned_sum_and_differs_by_the_banks(
    reference: ReferenceRates | None, clearing: str, difference: str
) -> None:
    cost = sums(cost_of_figures("ISOC", EUROS.instructed_sum, EUROS, reference))
    gone = {("EXCHANGE_DIFFERENCE", "EUR"): Decimal(difference)} if Decimal(difference) else {}
    assert cost == {
        ("BANK", "EUR"): Decimal("-812.00"), ("BANK_CHARGES", "EUR"): Decimal("10.00"), **gone,
        ("EXCHANGE_CLEARING", "EUR"): Decimal(clearing), ("EXCHANGE_CLEARING", "USD"): Decimal("-1000.00"),
        ("BANK", "USD"): Decimal("1000.00"),
    }  # fmt: skip


def test_charges_in_the_same_currency_are_charges() -> None:
    told = figures("USD 1000.00", "USD 1012.50", charge("USD 12.50", is_part=True))
    assert sums(cost_of_figures("ISOC", told.instructed_sum, told, None)) == {
        ("BANK", "USD"): Decimal("-12.50"), ("BANK_CHARGES", "USD"): Decimal("12.50"),
    }  # fmt: skip


def test_an_exchange_of_a_payment_that_was_instructed_in_the_accounts_currency_is_a_difference() -> None:
    """Two people may say that a booking is of a payment which the bank calls by another sum."""
    told = figures("EUR 800.00", "USD 1000.40", rate=RATE)
    assert sums(cost_of_figures("ISOC", sum_of("USD 1000.00"), told, rates())) == {
        ("BANK", "USD"): Decimal("-0.40"), ("EXCHANGE_DIFFERENCE", "USD"): Decimal("0.40"),
    }  # fmt: skip


def in_the_book(told: BookedFigures, *, by_people: bool = False) -> Ledger:
    """The book of a grant whose one payment was booked so."""
    ledger, story = Ledger(), s.active().given(s.release(), s.hand_over())
    ledger.partnership(REFERENCE, story.history)
    said = booking(BankStatus.SETTLED, REFERENCE, 1, 1, said_at=NOON, figures=told)
    weighed = Weighing(tolerance=TOLERANCE, reference=rates())
    stream = StreamId.attempt(REFERENCE, 1, 1)
    ledger.take(stream, PaymentSettled(at=NOON, answer=said, weighing=weighed))
    if by_people:
        resolution = Resolution.BOOKED_WITH_DIFFERENCE
        ended = e.ContradictionResolved(at=NOON, exception_id=number("EX-9"), resolution=resolution, answer=said)
        ledger.partnership(REFERENCE, (ended,))
    else:
        ledger.partnership(REFERENCE, story.given(s.ended(TrancheOutcome.SETTLED)).said, booked=False)
    return ledger


@pytest.mark.parametrize("by_people", [False, True])
def test_the_book_takes_the_banks_figures_once_however_the_booking_came_to_count(by_people: bool) -> None:
    ledger = in_the_book(EUROS, by_people=by_people)
    by_account = lines(*ledger.entries)
    assert by_account[("BANK_CHARGES", "")] == "10.00"
    assert by_account[("EXCHANGE_DIFFERENCE", "")] == "2.00"
    assert by_account[("BANK", "")] == "-812.00", "the dollars never stood on an account of ours"
    assert all(not uneven_sums(entry.postings) for entry in ledger.entries)


def test_the_same_booking_recorded_again_costs_nothing_more() -> None:
    ledger = in_the_book(EUROS)
    said = booking(BankStatus.SETTLED, REFERENCE, 1, 1, said_at=NOON, figures=EUROS)
    assert ledger.take(StreamId.attempt(REFERENCE, 1, 1), PaymentSettled(at=NOON, answer=said)) == []


@given(st.integers(1, 10**6), st.integers(1, 10**6), st.booleans())
def test_law_every_currency_adds_up_to_zero(euros: int, charged: int, has_rates: bool) -> None:
    dollars = f"{Decimal(euros) * Decimal('1.2505'):.4f}".rstrip("0")
    principal = Decimal(dollars).quantize(Decimal("0.01"))
    cents = Decimal(charged) / 100
    told = figures(f"EUR {euros}", f"USD {principal + cents}", charge(f"USD {cents}", is_part=True), rate=RATE)
    cost = cost_of_figures("ISOC", told.instructed_sum, told, rates() if has_rates else None)
    by_currency: dict[str, Decimal] = {}
    for place, value in cost.items():
        by_currency[place.currency] = by_currency.get(place.currency, Decimal(0)) + value
    assert set(by_currency.values()) == {Decimal(0)}
    taken = sum((value for place, value in cost.items() if place[:3] == (Account.BANK, "ISOC", "USD")), Decimal(0))
    assert taken == -told.booked_sum.amount
