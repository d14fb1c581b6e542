"""A grantee says that less arrived than was paid: it accounts for what was granted, and staff answer the word."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from domain.errors import IllegalTransition
from domain.partnership import events as e
from domain.partnership.letter.common import LetterWish
from domain.partnership.letter.kinds import LetterKind
from domain.partnership.letter.making import letter_facts
from domain.partnership.report.reports import Figures
from domain.partnership.waiting.obligations import obligations
from domain.payment.tranche.status import TrancheOutcome
from tests.booked_sums import charge, figures, sum_of
from tests.builders import NOON
from tests.domain.partnership import specification as s

ANSWER = "A bank on the way took 25.00, as its letter says"


def short(spent: str = "975.00", not_arrived: str = "25.00", **more: Any) -> Figures:
    return Figures.model_validate({"currency": "USD", "spent": spent, "not_arrived": not_arrived, **more})


def told() -> s.Story:
    return s.paid().given(s.report(figures=short()))


def test_what_did_not_arrive_is_part_of_what_was_granted_and_accounted_for() -> None:
    [report] = told().partnership.reporting.filed
    assert (report.not_arrived, report.figures and report.figures.whole) == (Decimal("25.00"), Decimal("1000.00"))
    assert told().partnership.settled_sum == Decimal("1000.00")
    s.paid().when(s.report(figures=short("1000.00"))).refused(IllegalTransition, "25.00 not arrived, make 1,025.00")
    s.paid().when(s.report(figures=short("900.00"))).refused(IllegalTransition, "make 925.00, and 1,000.00 was paid")


def test_nothing_missing_says_nothing() -> None:
    assert short("1000.00", "0.00") == s.accounted("1000.00")


def test_it_is_asked_with_the_report_and_holds_nothing_by_itself() -> None:
    partnership = told().partnership
    [judgement] = [owed for owed in obligations(partnership) if "accept report 1" in owed.what]
    assert "USD 25.00 did not arrive, it says" in judgement.what
    assert not partnership.holds


def test_the_report_is_accepted_with_an_answer_to_it_alone() -> None:
    told().when(s.accept()).refused(IllegalTransition, "25.00 of what was paid did not arrive; say what became of it")
    closed = told().when(s.accept(shortfall=ANSWER)).then(e.ReportAccepted, e.PartnershipClosed)
    [report] = closed.reporting.filed
    assert (report.shortfall, report.owed_back, closed.unspent) == (ANSWER, Decimal(0), Decimal(0))
    whole = s.paid().given(s.report())
    whole.when(s.accept(shortfall=ANSWER)).refused(IllegalTransition, "says that all arrived; leave it out")


def test_another_judge_answers_anew() -> None:
    [report] = told().given(s.accept(shortfall=ANSWER)).partnership.reporting.without("ana.silva", as_judge=True).filed
    assert report.shortfall is None


def booked(*charges: dict[str, Any]) -> s.Story:
    said = figures("USD 1000.00", "USD 1000.00", *charges)
    on_its_way = s.active().given(s.release(), s.hand_over())
    return on_its_way.given(s.ended(TrancheOutcome.SETTLED).model_copy(update={"figures": said}))


TAKEN = charge("USD 25.00", "CRED", is_payees=True)


@pytest.mark.parametrize(("charges", "arrived"), [((TAKEN,), "USD 975.00"), ((), None)])
def test_letters_say_what_was_granted_and_what_arrived_by_the_banks_word(charges: Any, arrived: str | None) -> None:
    partnership = booked(*charges).partnership
    advice: Any = letter_facts(partnership, LetterWish(LetterKind.PAYMENT_ADVICE, NOON.date(), 1, None))
    summary: Any = letter_facts(partnership, LetterWish(LetterKind.SUMMARY, NOON.date()))
    assert (advice.money, summary.paid) == (sum_of("USD 1000.00"), sum_of("USD 1000.00"))
    assert advice.arrived == summary.arrived == (sum_of(arrived) if arrived else None)
    # The digest of a letter that says nothing of it stays what it was.
    assert ("arrived" in advice.model_dump(mode="json")) is bool(arrived)


def test_a_letter_on_a_report_says_what_the_grantee_said() -> None:
    accepted = told().given(s.accept(shortfall=ANSWER)).partnership
    facts: Any = letter_facts(accepted, LetterWish(LetterKind.REPORT_ACCEPTED, NOON.date(), 1, None))
    assert facts.not_arrived == sum_of("USD 25.00")
