"""What was exchanged and comes back leaves the clearing account as it came, and the bank account moves so."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.books.clearing import StandingExchanges
from domain.books.costs import cost_of_return
from domain.books.entries import uneven_sums
from domain.partnership import events as e
from domain.payment.bank_answers import BankStatus, Resolution
from domain.payment.tranche.events import PaymentReturned
from domain.payment.tranche.status import TrancheOutcome
from domain.streams import AttemptNumber, StreamId
from tests.booked_sums import RATE, charge, figures, sum_of
from tests.builders import NOON, number
from tests.domain.books.keeping import Ledger, booking
from tests.domain.books.test_costs import EUROS, REFERENCE, in_the_book, sums
from tests.domain.partnership import specification as s

PLACE = AttemptNumber(1, 1)
FEE = charge("EUR 5.00", "DEBT", is_part=True)
BACK = figures("USD 1000.00", "EUR 791.00", FEE, rate={**RATE, "rate": "1.25628141"}, is_return=True)
"""796 euros for what cost 802, and 5 of them are the bank's."""
LEFT = {
    ("BANK", "EUR"): Decimal("-21.00"), ("BANK_CHARGES", "EUR"): Decimal("15.00"),
    ("EXCHANGE_DIFFERENCE", "EUR"): Decimal("6.00"),
}  # fmt: skip
"""What stays of both ways."""


def standing(ledger: Ledger) -> dict[tuple[str, str], Decimal]:
    """The sums of the book's own accounts after all entries, each of which is even."""
    totals: dict[tuple[str, str], Decimal] = {}
    for entry in ledger.entries:
        assert not uneven_sums(entry.postings)
        for posting in entry.postings:
            key = posting.place.account.value, posting.place.currency
            totals[key] = totals.get(key, Decimal(0)) + posting.amount.value
    shown = {"BANK", "BANK_CHARGES", "EXCHANGE_DIFFERENCE", "EXCHANGE_CLEARING"}
    return {key: total for key, total in totals.items() if total and key[0] in shown}


@pytest.mark.parametrize("by_people", [False, True])
def test_what_comes_back_costs_what_both_ways_cost_however_it_came_to_count(by_people: bool) -> None:
    ledger = in_the_book(EUROS)
    said = booking(BankStatus.RETURNED, REFERENCE, 1, 1, said_at=NOON, figures=BACK)
    ledger.take(StreamId.attempt(REFERENCE, 1, 1), PaymentReturned(at=NOON, answer=said))
    if by_people:
        kind, exception = Resolution.BOOKED_WITH_DIFFERENCE, number("EX-9")
        resolved = e.ContradictionResolved(at=NOON, exception_id=exception, resolution=kind, answer=said)
        ledger.partnership(REFERENCE, (resolved,))
    else:
        ended = s.active().given(s.release(), s.hand_over(), s.ended(TrancheOutcome.SETTLED))
        ledger.partnership(REFERENCE, ended.given(s.ended(TrancheOutcome.RETURNED)).said, booked=False)
    assert standing(ledger) == LEFT
    ledger.take(StreamId.attempt(REFERENCE, 1, 1), PaymentReturned(at=NOON, answer=said))
    assert standing(ledger) == LEFT


def test_a_part_of_it_leaves_a_part_in_the_clearing_account() -> None:
    ledger = in_the_book(EUROS)
    part = figures("USD 250.00", "EUR 190.00", is_return=True)
    said = booking(
        BankStatus.RETURNED, REFERENCE, 1, 1, said_at=NOON, figures=part, money={"amount": "250.00", "currency": "USD"}
    )
    kind, exception = Resolution.BOOKED_WITH_DIFFERENCE, number("EX-9")
    ledger.partnership(
        REFERENCE, (e.ContradictionResolved(at=NOON, exception_id=exception, resolution=kind, answer=said),)
    )
    assert standing(ledger) == {
        ("BANK", "EUR"): Decimal("-622.00"), ("BANK_CHARGES", "EUR"): Decimal("10.00"),
        ("EXCHANGE_DIFFERENCE", "EUR"): Decimal("12.00"), ("EXCHANGE_CLEARING", "EUR"): Decimal("600.00"),
        ("EXCHANGE_CLEARING", "USD"): Decimal("-750.00"),
    }  # fmt: skip


def test_a_refund_that_the_bank_exchanged_moves_the_bank_by_what_it_booked_once_two_signed() -> None:
    ledger = in_the_book(EUROS)
    told = s.refund("250.00", booked={"amount": "190.00", "currency": "EUR"})
    settled = s.active().given(s.release(), s.hand_over(), s.ended(TrancheOutcome.SETTLED))
    ledger.partnership(REFERENCE, settled.given(told).said[-1:])
    assert standing(ledger)["BANK", "EUR"] == Decimal("-812.00"), "nobody else looked at it"
    confirmed = settled.given(told, s.confirm_refund()).said[-1:]
    ledger.partnership(REFERENCE, confirmed)
    ledger.partnership(REFERENCE, confirmed)
    assert standing(ledger) == {
        ("BANK", "EUR"): Decimal("-622.00"), ("BANK_CHARGES", "EUR"): Decimal("10.00"),
        ("EXCHANGE_DIFFERENCE", "EUR"): Decimal("12.00"), ("EXCHANGE_CLEARING", "EUR"): Decimal("600.00"),
        ("EXCHANGE_CLEARING", "USD"): Decimal("-750.00"),
    }  # fmt: skip


def test_a_refund_is_of_the_newest_exchanges_first_and_then_of_older_ones() -> None:
    exchanges = StandingExchanges()
    exchanges.add(PLACE, sum_of("USD 100.00"), sum_of("EUR 80.00"))
    exchanges.add(AttemptNumber(2, 1), sum_of("USD 50.00"), sum_of("EUR 45.00"))
    assert exchanges.take_refund(figures("USD 60.00", "EUR 50.00", is_return=True)) == Decimal("53.00")
    assert exchanges.take_back(PLACE, figures("USD 90.00", "EUR 70.00", is_return=True)) == Decimal("72.00")
    assert exchanges.take_refund(figures("USD 60.00", "EUR 50.00", is_return=True)) == Decimal("50.00")


def test_what_was_not_exchanged_does_not_stand_there_and_parts_in_two_currencies_stand_apart() -> None:
    """Given a part with charges in dollars and one in euros, when euros come back, then they take those euros alone."""
    exchanges = StandingExchanges()
    exchanges.add(PLACE, sum_of("USD 200.00"), sum_of("USD 200.00"))
    assert exchanges.take_refund(figures("USD 100.00", "EUR 79.00", is_return=True)) == Decimal("79.00")
    exchanges.add(PLACE, sum_of("USD 100.00"), sum_of("EUR 80.00"))
    assert exchanges.take_back(PLACE, figures("USD 100.00", "EUR 79.00", is_return=True)) == Decimal("80.00")


def test_what_comes_back_beyond_what_stands_there_clears_as_it_came() -> None:
    exchanges = StandingExchanges()
    exchanges.add(PLACE, sum_of("USD 50.00"), sum_of("EUR 40.00"))
    assert exchanges.take_refund(figures("USD 100.00", "EUR 79.00", is_return=True)) == Decimal("79.50")


def test_what_never_stood_there_clears_as_a_whole() -> None:
    assert StandingExchanges().take_back(PLACE, BACK) == Decimal("796.00")


@given(st.lists(st.integers(1, 10**6), min_size=1, max_size=5), st.integers(1, 10**7), st.integers(0, 10**6))
def test_law_however_it_comes_back_all_of_it_leaves_and_every_currency_is_even(
    cents: list[int], cleared: int, off: int
) -> None:
    exchanges, clearing = StandingExchanges(), Decimal(cleared) / 100
    parts = [Decimal(part) / 100 for part in cents]
    exchanges.add(PLACE, sum_of(f"USD {sum(parts, Decimal(0))}"), sum_of(f"EUR {clearing}"))
    left = Decimal(0)
    for part in parts:
        credit = part + Decimal(off) / 100
        told = figures(f"USD {part}", f"EUR {credit}", charge("EUR 0.10", is_part=True), is_return=True)
        share = exchanges.take_back(PLACE, told)
        left += share
        cost = sums(cost_of_return("ISOC", told, share))
        for currency in ("EUR", "USD"):
            assert sum(value for key, value in cost.items() if key[1] == currency) == 0
        assert (cost[("BANK", "EUR")], cost[("BANK", "USD")]) == (credit, -part)
    assert left == clearing
