"""Cases as of two dates, their movements, and the payee of each."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from domain.directory.chart import BookBasis
from domain.payment.tranche.status import TrancheOutcome
from publishing.movements import MovementKind
from publishing.withholding import Openness, WithholdingReason, verdict_of
from tests.builders import NOON, party
from tests.domain.partnership import specification as s
from tests.publishing.casting import Cast, body, given_to, granted

LIBRARY = body("Library A", "001000001")
NAME = "P-2026-0001"


def sums(cast: Cast) -> dict[str, Decimal]:
    case = cast.case(NAME)
    assert case is not None
    return {kind.value: case.sum_of(kind) for kind in MovementKind if case.sum_of(kind)}


@pytest.mark.parametrize("basis", list(BookBasis))
def test_commitments_and_payments_are_the_same_on_either_basis(basis: BookBasis) -> None:
    """Given a grant of which one part came back and one is left, when it ends, then only what was paid stays."""
    cast, story = Cast(basis), granted(LIBRARY, "600.00", "400.00").given(s.release(1))
    cast.tell(NAME, story)
    expense = {"EXPENSE": 1000} if basis is BookBasis.ACCRUAL else {}
    assert sums(cast) == {"COMMITMENT": 1000, **expense}
    story = cast.tell(NAME, story.given(*s.came_to(TrancheOutcome.SETTLED)))
    assert sums(cast)["PAYMENT"] == 600
    story = cast.tell(NAME, story.given(s.refund("100.00"), s.confirm_refund()))
    story = cast.tell(NAME, story.given(s.terminate()))
    assert sums(cast) == {"COMMITMENT": 600, "PAYMENT": 600, "EXPENSE": 600, "RECOVERY": 100}


def test_a_day_before_has_nothing_of_it_and_what_was_written_down_later_counts_on_its_day() -> None:
    cast = Cast()
    cast.tell(NAME, given_to(LIBRARY, "600.00"))
    assert cast.case(NAME, NOON.date() - timedelta(days=1)) is None
    written_later = [one._replace(event=one.event.model_copy(update={"at": NOON + timedelta(days=60)}))
                     for one in cast.occurrences[NAME]]  # fmt: skip
    cast.occurrences[NAME] = written_later
    case = cast.case(NAME, date(2026, 11, 30))
    assert case is not None
    assert (case.is_awarded, case.agreement.on) == (True, NOON.date())


def test_a_case_keeps_of_the_evidence_the_section_alone() -> None:
    cast = Cast()
    cast.tell(NAME, granted(LIBRARY, "600.00"))
    case = cast.case(NAME)
    assert case is not None
    assert (case.partnership.verification, case.exemption) == (None, ("001000001", "03"))


def test_what_is_not_agreed_is_no_award() -> None:
    cast = Cast()
    cast.tell(NAME, s.in_agreement())
    case = cast.case(NAME)
    assert case is not None
    assert not case.is_awarded


def test_a_reason_of_its_own_withholds_more_than_a_persons_name() -> None:
    """Given the table, then the first rule that applies decides."""
    person = party("Ines Marek", kind="INDIVIDUAL", ein=None)
    expected = [
        ({}, LIBRARY, (Openness.FULL, None)),
        ({}, person, (Openness.NAME_WITHHELD, WithholdingReason.NATURAL_PERSON)),
        ({"withheld_for": "They are in danger"}, person, (Openness.NOTHING, WithholdingReason.OWN_REASON)),
    ]
    for more, payee, verdict in expected:
        cast = Cast()
        cast.tell(NAME, granted(payee, "600.00", **more))
        case = cast.case(NAME)
        assert case is not None
        assert verdict_of(case) == verdict
