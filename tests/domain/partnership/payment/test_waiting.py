"""A release's waits: the barrier of a conditional grant, and the period that it pays for (rules 4.11)."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from domain.errors import IllegalTransition, NotAuthorised, PaymentRefused
from domain.partnership import events as e
from domain.partnership.waiting.outlook import outlook
from domain.plans import ReportKind
from domain.policy.conditions import ConditionId
from domain.policy.rulebook import EDITIONS
from domain.policy.rulebook import assess as judge
from tests.builders import funding, funds_out, proposal, status, verification
from tests.domain.partnership.specification import (
    Story,
    accept,
    amend,
    approve,
    assess,
    given,
    propose,
    release,
    report,
    satisfy,
    sign,
    verify,
)

BARRIER, MET = "The county council has matched the grant", ConditionId.BARRIER_MET
OVER = {"starts": "2025-01-01", "ends": "2025-12-31"}
HOLDING = [{"number": 1, "kind": "PROGRESS", "due_on": "2027-01-31", "holds": [2]}]


def agreed(edition: str = "2026.5", **content: Any) -> Story:
    """A grant of two tranches as it is agreed, judged under an edition."""
    made = proposal(**{"funds_out": funds_out("600.00", "400.00"), **content})
    found = assess().model_copy(
        update={"assessment": judge(made, funding(), verification(status()), (), EDITIONS[edition])}
    )
    story = given(propose(**{"funds_out": funds_out("600.00", "400.00"), **content}), verify(), found)
    return story.given(approve("ana.silva"), approve("femi.ade"), sign())


def barred(*held: int, edition: str = "2026.5") -> Story:
    return agreed(edition, funds_out=funds_out("600.00", "400.00", barrier=BARRIER, barrier_holds=held))


def test_an_unmet_barrier_holds_what_it_names_and_nothing_else() -> None:
    story = barred(2)
    assert story.when(release(1)).then(e.TrancheReleased)
    story.when(release(2)).refused(IllegalTransition, "not on file yet: BARRIER_MET")


def test_a_barrier_that_names_nothing_holds_every_payment() -> None:
    for number in (1, 2):
        barred().when(release(number)).refused(IllegalTransition, "BARRIER_MET")


def test_it_is_met_by_a_verifier_with_a_paper() -> None:
    story = barred()
    story.when(satisfy(MET, "femi.ade")).refused(NotAuthorised, "VERIFIER")
    unproved = satisfy(MET).model_copy(update={"document_sha256": None})
    story.when(unproved).refused(IllegalTransition, "give it with --document")
    assert story.given(satisfy(MET)).when(release(1)).then(e.TrancheReleased)


def test_the_next_step_is_what_the_next_payment_waits_for() -> None:
    assert outlook(barred(2).partnership).next_step == "release tranche 1"
    ahead = outlook(barred(1).partnership)
    assert (ahead.awaiting, "--condition BARRIER_MET --note NOTE --document FILE" in ahead.command) == (
        ("VERIFIER",),
        True,
    )


def test_another_barrier_is_not_met_by_the_papers_of_the_first() -> None:
    """Given a barrier that was met, when the amendment names another, then the case begins anew, and it is open."""
    story = barred().given(satisfy(MET))
    other = funds_out("600.00", "400.00", barrier="The ministry has matched it, too")
    assert story.given(amend(funds_out=other)).partnership.met == ()


def test_what_was_approved_under_an_earlier_edition_is_not_stopped_by_the_upgrade() -> None:
    assert barred(edition="2026.4").when(release(1)).then(e.TrancheReleased)
    assert agreed("2026.4", period=OVER).when(release(1)).then(e.TrancheReleased)


@pytest.mark.parametrize(
    ("leg", "told"),
    [
        ({"barrier": BARRIER, "barrier_holds": [3]}, "barrier_holds: tranche 3 is not planned"),
        ({"barrier_holds": [1]}, "barrier_holds: no barrier is given"),
    ],
)
def test_a_barrier_holds_what_is_planned(leg: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        proposal(funds_out=funds_out("600.00", "400.00", **leg))


def test_after_the_end_of_the_period_nothing_is_paid_ahead() -> None:
    story = agreed(period=OVER)
    story.when(release(1)).refused(PaymentRefused, "the period ended on 2025-12-31", "extend it (`accord amend`)")


def test_on_its_last_day_a_period_is_not_over() -> None:
    """The stories of these tests are of 2 November 2026."""
    last, before = {**OVER, "ends": "2026-11-02"}, {**OVER, "ends": "2026-11-01"}
    assert agreed(period=last).when(release(1)).then(e.TrancheReleased)
    agreed(period=before).when(release(1)).refused(PaymentRefused, "the period ended on 2026-11-01")


def test_an_accepted_report_releases_what_waited_for_it_and_nothing_else() -> None:
    story = agreed(period=OVER, reports=HOLDING)
    filed = story.given(report(kind=ReportKind.PROGRESS, planned=1))
    filed.when(release(2)).refused(PaymentRefused, "waits until report 1 is accepted")
    accepted = filed.given(accept())
    assert accepted.when(release(2)).then(e.TrancheReleased)
    accepted.when(release(1)).refused(PaymentRefused, "the period ended on 2025-12-31")


def test_a_period_is_extended_by_those_who_answer_for_the_work() -> None:
    story = agreed(period=OVER).given(
        amend(funds_out=funds_out("600.00", "400.00"), period={**OVER, "ends": "2027-12-31"})
    )
    story.when(release(1)).refused(PaymentRefused, "PROGRAMME_APPROVER must approve")
    assert story.given(approve("ana.silva")).when(release(1)).then(e.TrancheReleased)
