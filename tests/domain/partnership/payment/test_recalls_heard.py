"""The bank's own message answers a recall: it ends nothing, and what contradicts what is known is for people."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from domain.errors import PaymentRefused
from domain.partnership import commands as c
from domain.partnership import events as e
from domain.partnership.waiting.obligations import obligations
from domain.payment.recalls import Recall, RecallAnswer, RecallCase, case_named, reversible_until
from domain.payment.tranche.status import TrancheOutcome
from tests.domain.partnership import specification as s

GRANTED, REFUSED, IN_PART, PENDING = (
    RecallAnswer.GRANTED, RecallAnswer.REFUSED, RecallAnswer.IN_PART, RecallAnswer.PENDING
)  # fmt: skip
SETTLED, RETURNED = TrancheOutcome.SETTLED, TrancheOutcome.RETURNED


def recalled() -> s.Story:
    return s.active().given(s.release(1), s.hand_over(), s.ended(SETTLED), s.recall())


def the_recall(story: s.Story) -> Recall:
    (recall,) = story.partnership.recalls
    return recall


@pytest.mark.parametrize("answer", [GRANTED, IN_PART])
def test_a_grant_waits_for_the_return_by_another_day(answer: RecallAnswer) -> None:
    story = recalled().given(s.heard(answer))
    story.then(e.RecallHeard)
    assert (the_recall(story).granted, the_recall(story).due) == (True, date(2026, 12, 1))
    story.when(s.release(1)).refused(PaymentRefused, "never paid twice")
    assert story.given(s.ended(RETURNED)).partnership.recalls == ()


def test_a_pending_answer_gives_no_more_time_and_takes_no_grant_back() -> None:
    story = recalled().given(s.heard(PENDING))
    assert (the_recall(story).granted, the_recall(story).due) == (False, date(2026, 11, 17))
    assert any("which the bank has passed on" in owed.what for owed in obligations(story.partnership))
    late = recalled().given(s.heard(GRANTED), s.heard(PENDING))
    assert the_recall(late).answer is GRANTED


def test_a_refusal_closes_the_case_and_another_recall_has_another_number() -> None:
    story = recalled().given(s.heard(REFUSED))
    assert story.partnership.recalls == ()
    again = story.given(s.recall())
    assert the_recall(again).number == 2
    assert the_recall(again.given(s.heard(REFUSED, case=1))).answer is None  # the first one's, told again


@pytest.mark.parametrize("before", [s.answer_recall(GRANTED), s.heard(GRANTED)])
def test_what_a_person_typed_and_what_the_bank_tells_are_one_answer(before: c.AnyCommand) -> None:
    story = recalled().given(before)
    due = the_recall(story).due
    assert the_recall(story.given(s.heard(GRANTED, due=date(2027, 1, 1)))).due == due
    story.when(s.heard(REFUSED)).refused(PaymentRefused, "refuses the recall of tranche 1 that it granted")


@pytest.mark.parametrize("answer", [GRANTED, IN_PART, PENDING])
def test_after_a_refusal_any_other_answer_is_for_people(answer: RecallAnswer) -> None:
    story = recalled().given(s.heard(REFUSED))
    story.when(s.heard(answer)).refused(PaymentRefused, "that it refused before")
    assert story.when(s.heard(REFUSED)).refusal is None


@pytest.mark.parametrize("answer", RecallAnswer)
def test_an_answer_that_comes_after_the_return_changes_nothing(answer: RecallAnswer) -> None:
    story = recalled().given(s.ended(RETURNED))
    after = story.given(s.heard(answer)).partnership
    assert (after.recalls, after.tranches) == ((), story.partnership.tranches)


@pytest.mark.parametrize("answer", RecallAnswer)
def test_an_answer_that_comes_after_the_next_attempt_left_is_not_heard_of_that_one(answer: RecallAnswer) -> None:
    rejected = s.active().given(s.release(1), s.hand_over(), s.recall(), s.ended(TrancheOutcome.REJECTED))
    story = rejected.given(s.release(1), s.hand_over(attempt=2), s.recall(attempt=2))
    after = story.given(s.heard(answer)).partnership
    assert (after.recalls, after.tranches) == (story.partnership.recalls, story.partnership.tranches)


def test_a_recall_that_nobody_asked_for_is_for_people() -> None:
    left = s.active().given(s.release(1), s.hand_over())
    left.when(s.heard()).refused(PaymentRefused, "that nobody asked for")
    recalled().when(s.heard(case=2)).refused(PaymentRefused, "that nobody asked for")
    early = s.at(0) - timedelta(days=3)
    recalled().when(s.heard(said_at=early)).refused(PaymentRefused, "and it was asked for on")


def test_a_case_is_named_by_its_payment_and_its_number() -> None:
    name = RecallCase("ACC" + "A" * 26, 12).name
    assert (len(name) <= 35, case_named(name)) == (True, RecallCase("ACC" + "A" * 26, 12))
    assert case_named("ACC" + "A" * 26) is None


def test_an_ach_credit_is_reversed_within_five_banking_days() -> None:
    assert reversible_until(date(2026, 11, 20)) == date(2026, 11, 30)  # over a weekend and Thanksgiving
