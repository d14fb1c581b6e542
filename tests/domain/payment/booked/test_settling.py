"""A payment is met by the instructed sum, once, if its rate and charges are within the organisation's tolerance."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.payment.bank_answers import BankAnswer, BankStatus, Contradiction, ExceptionKind
from domain.payment.booked.figures import BookedFigures
from domain.payment.booked.weighing import NO_TERMS, BookingTerms, Weighing
from domain.payment.tranche.answers import events_of_answer
from domain.payment.tranche.events import PaymentSettled
from domain.payment.tranche.evolution import evolve_tranche
from domain.payment.tranche.state import Tranche
from tests.booked_sums import TERMS, TOLERANCE, charge, figures
from tests.domain.payment.tranche.test_answers import HANDED_OVER, INSTRUCTED, RELEASED, after, answer

CHARGED = figures("USD 1000.00", "USD 1012.50", charge("USD 12.50", "DEBT", is_part=True))
DEAR = figures("USD 1000.00", "USD 1025.01", charge("USD 25.01", "DEBT", is_part=True))
SHORT = figures("USD 1000.00", "USD 1000.00", charge("USD 25.00", "CRED", is_payees=True))


def booked(told: BookedFigures, name: str = "first") -> BankAnswer:
    return answer(BankStatus.SETTLED, name, str(told.instructed_sum.amount), figures=told)


def gone() -> Tranche:
    return after(RELEASED, INSTRUCTED, HANDED_OVER)


def test_within_the_tolerance_it_settles_and_keeps_what_it_was_weighed_by() -> None:
    said = events_of_answer(gone(), booked(CHARGED), terms=TERMS)
    assert said == (
        PaymentSettled(
            at=booked(CHARGED).said_at, answer=booked(CHARGED),
            weighing=Weighing(tolerance=TOLERANCE, reference=TERMS.reference),
        ),
    )  # fmt: skip
    assert not isinstance(said, Contradiction)
    assert evolve_tranche(gone(), said[0]).figures == CHARGED


@pytest.mark.parametrize(("told", "terms"), [(DEAR, TERMS), (CHARGED, NO_TERMS)])
def test_beyond_it_people_look(told: BookedFigures, terms: BookingTerms) -> None:
    said = events_of_answer(gone(), booked(told), terms=terms)
    assert isinstance(said, Contradiction)
    assert said.kind is ExceptionKind.OTHER_CONTENT
    assert said.reason.startswith(f"booked {told.booked_sum} = 1,000.00 + charges")


def test_what_arrives_short_settles_as_it_was_instructed() -> None:
    said = events_of_answer(gone(), booked(SHORT))
    assert said == (PaymentSettled(at=booked(SHORT).said_at, answer=booked(SHORT)),)


def test_a_booking_after_a_report_is_weighed_as_well() -> None:
    reported = after(RELEASED, INSTRUCTED, HANDED_OVER, PaymentSettled(
        at=RELEASED.at, answer=answer(BankStatus.SETTLED, "report", code="ACSC"),
    ))  # fmt: skip
    assert isinstance(events_of_answer(reported, booked(DEAR), terms=TERMS), Contradiction)
    assert not isinstance(events_of_answer(reported, booked(CHARGED), terms=TERMS), Contradiction)


# Laws


CENTS = st.integers(99_990, 100_010).map(lambda cents: f"{cents // 100}.{cents % 100:02d}")
CHARGES = st.sampled_from(["0.01", "12.50", "25.00", "25.01"])


@st.composite
def bookings(draw: st.DrawFn) -> BookedFigures:
    """Bookings of about the instructed sum, with charges within and beyond the tolerance."""
    instructed, charged = draw(CENTS), draw(CHARGES)
    total = f"{float(instructed) + float(charged):.2f}"
    return figures(f"USD {instructed}", f"USD {total}", charge(f"USD {charged}", is_part=True))


@given(bookings(), st.sampled_from([NO_TERMS, TERMS]))
def test_law_it_is_met_exactly_by_the_instructed_sum_within_the_tolerance(
    told: BookedFigures, terms: BookingTerms
) -> None:
    said = events_of_answer(gone(), booked(told), terms=terms)
    is_met = not isinstance(said, Contradiction)
    is_within = terms.tolerance is not None and told.charged <= terms.tolerance.charges.amount
    assert is_met == (told.instructed_sum == gone().order.money and is_within)


@given(st.lists(st.tuples(bookings(), st.sampled_from(["first", "second", "third"])), max_size=5))
def test_law_whatever_is_told_again_it_settles_once(heard: Sequence[tuple[BookedFigures, str]]) -> None:
    tranche, settlements = gone(), 0
    for told, name in heard:
        said = events_of_answer(tranche, booked(told, name), terms=TERMS)
        for event in () if isinstance(said, Contradiction) else said:
            settlements += isinstance(event, PaymentSettled)
            tranche = evolve_tranche(tranche, event)
    assert settlements <= 1
    assert tranche.booked == bool(settlements)
