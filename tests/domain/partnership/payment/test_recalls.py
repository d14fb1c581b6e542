"""A recall ends nothing, and neither does its answer: only a booked return brings the money back."""

from __future__ import annotations

from datetime import date

import pytest

from domain.errors import PaymentRefused
from domain.partnership import events as e
from domain.partnership.payment.recalling import due_after
from domain.partnership.state import TrancheState
from domain.partnership.waiting.obligations import obligations
from domain.partnership.waiting.owing import ObligationKind
from domain.payment.bank_answers import BankStatus, ExceptionKind, Resolution
from domain.payment.recalls import RecallAnswer
from domain.payment.tranche.status import TrancheOutcome
from tests.builders import HOUSE_RULES
from tests.domain.partnership import specification as s
from tests.domain.partnership.payment.short import booked_short

SETTLED, RETURNED = TrancheOutcome.SETTLED, TrancheOutcome.RETURNED


def left() -> s.Story:
    """The only payment was handed over."""
    return s.active().given(s.release(1), s.hand_over())


def test_a_recall_is_a_case_with_a_day_and_a_person() -> None:
    partnership = left().given(s.recall(responsible="femi.ade")).then(e.PaymentRecalled)
    (recall,) = partnership.recalls
    assert (recall.responsible, recall.due) == ("femi.ade", date(2026, 11, 17))
    (owed,) = [one for one in obligations(partnership) if one.kind is ObligationKind.RECALL]
    assert (owed.due, "femi.ade follows up" in owed.what) == (recall.due, True)


def test_the_organisation_says_how_long_a_bank_has() -> None:
    rules = HOUSE_RULES.model_copy(update={"recall_days": 3})
    assert due_after(date(2026, 11, 2), rules) == date(2026, 11, 5)
    assert due_after(date(2026, 11, 2), HOUSE_RULES) == date(2026, 11, 17)  # ten business days, over Veterans Day


@pytest.mark.parametrize("answer", RecallAnswer)
def test_neither_a_recall_nor_its_answer_ends_an_attempt(answer: RecallAnswer) -> None:
    story = left().given(s.recall(), s.answer_recall(answer))
    assert story.partnership.tranches[0].state is TrancheState.HANDED_OVER
    assert bool(story.partnership.recalls) is (answer is not RecallAnswer.REFUSED)
    story.when(s.release(1)).refused(PaymentRefused, "never paid twice")


def test_what_has_not_left_is_cancelled_and_what_came_back_is_not_recalled() -> None:
    s.active().given(s.release(1)).when(s.recall()).refused(PaymentRefused, "cancel it")
    back = left().given(s.ended(SETTLED), s.ended(RETURNED))
    back.when(s.recall()).refused(PaymentRefused, "returned, attempt 1; nothing of that can be recalled")


def test_what_was_sent_is_not_cancelled_but_recalled_once() -> None:
    story = left()
    story.when(s.cancel(1)).refused(PaymentRefused, "ask for a recall")
    story.given(s.recall()).when(s.recall()).refused(PaymentRefused, "recalled already")


def test_an_answer_is_of_an_open_recall() -> None:
    left().when(s.answer_recall()).refused(PaymentRefused, "no recall of attempt 1 is open")
    twice = left().given(s.recall(), s.answer_recall())
    twice.when(s.answer_recall()).refused(PaymentRefused, "granted already")


@pytest.mark.parametrize("steps", [
    (s.recall(), s.ended(SETTLED), s.answer_recall(), s.ended(RETURNED)),
    (s.ended(SETTLED), s.recall(), s.answer_recall(), s.ended(RETURNED)),
    (s.ended(SETTLED), s.recall(), s.ended(RETURNED)),
    (s.recall(), s.answer_recall(RecallAnswer.REFUSED), s.ended(SETTLED), s.ended(RETURNED)),
])  # fmt: skip
def test_in_any_order_the_next_attempt_waits_for_the_booked_return(steps: tuple[object, ...]) -> None:
    story = left()
    for step in steps:
        story.when(s.release(1)).refused(PaymentRefused, "never paid twice")
        story = story.given(step)  # type: ignore[arg-type]
    assert story.partnership.recalls == ()
    again = story.given(s.lift(), s.release(1)).partnership
    assert (again.tranches[0].attempt, again.paid_or_in_flight) == (2, 1000)


def test_a_rest_waits_while_its_payment_is_recalled() -> None:
    short = s.active().given(s.release(1), *booked_short("750.00"), s.recall())
    story = short.given(s.agree_rest("250.00", "femi.ade"), s.agree_rest("250.00", "dora.kim"))
    story.when(s.release(1)).refused(PaymentRefused, "next attempt waits until its return is booked")
    refused = story.given(s.answer_recall(RecallAnswer.REFUSED))
    assert refused.when(s.release(1)).refusal is None


def test_a_return_in_part_closes_the_case_and_leaves_a_difference_for_people() -> None:
    back = s.answer(BankStatus.RETURNED, "985.00", "back")
    story = left().given(
        s.ended(SETTLED), s.recall(), s.contradict(ExceptionKind.PARTIAL_RETURN, said=back),
        s.resolve(resolution=Resolution.BELONGS_TO, counts=back), s.lift(),
    )  # fmt: skip
    assert story.partnership.recalls == ()
    story.when(s.release(1)).refused(PaymentRefused, "USD 985.00 of USD 1,000.00 is not paid")
