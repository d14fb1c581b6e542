"""A part that was paid is never paid again, and the rest only once two people agreed to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NamedTuple

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from domain.errors import DomainError, IllegalTransition, PaymentRefused
from domain.partnership import events as e
from domain.partnership.evolution import fold
from domain.partnership.people.taking_part import Part
from domain.partnership.state import IN_FLIGHT, TrancheState
from domain.partnership.waiting.outlook import outlook
from domain.payment.bank_answers import BankStatus, ExceptionKind, Resolution
from domain.payment.tranche.status import TrancheOutcome
from tests.builders import funds_out
from tests.domain.partnership import specification as s
from tests.domain.partnership.payment.short import booked_short, short

REST: Final = "250.00"


def paid_short() -> s.Story:
    """750.00 of the only tranche of 1000.00 was booked."""
    return s.active().given(s.release(1), *booked_short("750.00"))


def agreed(story: s.Story, *people: str, rest: str = REST) -> s.Story:
    return story.given(*(s.agree_rest(rest, actor) for actor in people))


TWO: Final = ("femi.ade", "dora.kim")


def test_a_short_payment_is_not_settled_and_what_came_counts_as_paid() -> None:
    partnership = paid_short().then(e.TranchePaidShort)
    (tranche,) = partnership.tranches
    assert (tranche.state, tranche.net, tranche.remainder) == (TrancheState.SHORT, 750, 250)
    assert (partnership.settled_sum, partnership.spent, partnership.paid_or_in_flight) == (750, 750, 750)
    assert partnership.unpaid == (tranche,)
    assert not partnership.fulfilled
    assert "agree to pay the rest of tranche 1, USD 250.00" in outlook(partnership).next_step


def test_the_same_booking_counts_once() -> None:
    again = paid_short().when(short("750.00"))
    assert again.said == ()
    assert again.partnership.settled_sum == 750


def test_neither_the_whole_nor_the_rest_is_released_before_two_agree() -> None:
    for people in ((), ("femi.ade",)):
        agreed(paid_short(), *people).when(s.release(1)).refused(
            PaymentRefused, "USD 250.00 of USD 1,000.00 is not paid"
        )


def test_nobody_agrees_twice_or_to_another_sum() -> None:
    story = agreed(paid_short(), "femi.ade")
    story.when(s.agree_rest(REST, "femi.ade")).refused(PaymentRefused, "another person agrees as well")
    story.when(s.agree_rest("1000.00", "dora.kim")).refused(PaymentRefused, "USD 250.00 of tranche 1 is not paid")


def test_there_is_no_rest_of_what_is_paid_or_was_never_paid() -> None:
    for story in (s.active(), s.paid(), s.active().given(s.release(1))):
        story.when(s.agree_rest(REST)).refused(*_none(story))


def _none(story: s.Story) -> tuple[type[DomainError], str]:
    active = story.partnership.stage.value == "ACTIVE"
    return (PaymentRefused, "it has no rest") if active else (IllegalTransition, "cannot")


def test_the_rest_is_released_and_no_more_than_that() -> None:
    story = agreed(paid_short(), *TWO).when(s.release(1))
    story.then(e.TrancheReleased)
    assert str(story.said[0].money) == "USD 250.00"  # type: ignore[union-attr]
    done = story.given(*s.came_to(TrancheOutcome.SETTLED, 1, 2))
    (tranche,) = done.partnership.tranches
    assert (tranche.state, tranche.net, tranche.remainder) == (TrancheState.SETTLED, 1000, 0)
    assert done.partnership.settled == {(1, 1): 750, (1, 2): 250}


@pytest.mark.parametrize("outcome", [TrancheOutcome.REJECTED, TrancheOutcome.CANCELLED, TrancheOutcome.WITHHELD])
def test_after_a_rest_that_was_not_paid_two_agree_anew(outcome: TrancheOutcome) -> None:
    story = agreed(paid_short(), *TWO).given(s.release(1), *s.came_to(outcome, 1, 2))
    story = story.given(s.lift()) if story.partnership.holds else story
    story.when(s.release(1)).refused(PaymentRefused, "USD 250.00 of USD 1,000.00 is not paid")
    assert agreed(story, *TWO).when(s.release(1)).partnership.paid_or_in_flight == 1000


def test_an_agreement_falls_with_the_person_and_with_another_rest() -> None:
    two = agreed(paid_short(), *TWO)
    fallen = two.given(s.fall("femi.ade", Part.OTHER), s.lift())
    fallen.when(s.release(1)).refused(PaymentRefused, "is not paid", "(dora.kim did)")
    back = s.answer(BankStatus.RETURNED, "50.00", "back")
    more = two.given(s.contradict(ExceptionKind.PARTIAL_RETURN, said=back)).given(
        s.resolve(resolution=Resolution.BELONGS_TO, counts=back), s.lift()
    )
    more.when(s.release(1)).refused(PaymentRefused, "USD 300.00 of USD 1,000.00 is not paid")


def test_after_a_return_less_fees_the_difference_is_open_until_two_agree() -> None:
    """985.00 of 1000.00 came back: the next attempt pays those, and the 15.00 stay paid."""
    back = s.answer(BankStatus.RETURNED, "985.00", "back")
    story = s.active(funds_out=funds_out("1000.00", "500.00")).given(
        s.release(1), *s.came_to(TrancheOutcome.SETTLED),
        s.contradict(ExceptionKind.PARTIAL_RETURN, said=back),
        s.resolve(resolution=Resolution.BELONGS_TO, counts=back), s.lift(),
    )  # fmt: skip
    story.when(s.release(1)).refused(PaymentRefused, "USD 985.00 of USD 1,000.00 is not paid")
    done = agreed(story, *TWO, rest="985.00").given(s.release(1), *s.came_to(TrancheOutcome.SETTLED, 1, 2))
    assert (done.partnership.tranches[0].net, done.partnership.spent) == (1000, 1000)


def test_the_rest_that_the_bank_books_after_all_settles_it_once_people_say_so() -> None:
    more = s.answer(BankStatus.SETTLED, REST, "second")
    story = paid_short().given(s.contradict(said=more), s.resolve(resolution=Resolution.BELONGS_TO, counts=more))
    assert story.partnership.tranches[0].state is TrancheState.SETTLED
    assert story.when(short("750.00")).said == ()  # the workflow tells late that it was short


def test_an_earlier_part_that_comes_back_counts_while_the_rest_is_on_its_way() -> None:
    story = agreed(paid_short(), *TWO).given(s.release(1), s.ended(TrancheOutcome.RETURNED, 1, 1))
    (tranche,) = story.partnership.tranches
    assert (tranche.state, tranche.net, tranche.out, tranche.remainder) == (TrancheState.RELEASED, 0, 250, 1000)


# In any order


class Move(NamedTuple):
    """Something that happens: its kind, a person's or an attempt's number, and how much of it."""

    kind: str
    n: int
    part: int


class Told(NamedTuple):
    """A story, and what the bank said in it: by attempt, what it booked and what it gave back."""

    story: s.Story
    booked: dict[int, int]
    back: dict[int, int]


def _released(told: Told, move: Move) -> Told:
    return told._replace(story=told.story.when(s.release(1)))


def _handed_over(told: Told, move: Move) -> Told:
    return told._replace(story=told.story.when(s.hand_over(1, _attempt(told))))


def _booked(told: Told, move: Move) -> Told:
    """The bank books all of the newest attempt, or a part."""
    (tranche,) = told.story.partnership.tranches
    sum_ = int(tranche.attempt_sum)
    amount = max(1, sum_ * move.part // 4)
    outcome = s.ended(TrancheOutcome.SETTLED, 1, tranche.attempt) if amount == sum_ else short(
        f"{amount}.00", 1, tranche.attempt
    )  # fmt: skip
    story = told.story.when(outcome)
    counted = {tranche.attempt: amount} if any(_pays(event) for event in story.said) else {}
    return Told(story, {**told.booked, **counted}, told.back)


def _rejected(told: Told, move: Move) -> Told:
    return told._replace(story=told.story.when(s.ended(TrancheOutcome.REJECTED, 1, _attempt(told))))


def _cancelled(told: Told, move: Move) -> Told:
    return told._replace(story=told.story.when(s.cancel(1, attempt=_attempt(told))))


def _came_back(told: Told, move: Move) -> Told:
    """All or a part of what some attempt paid comes back: a part by the word of people."""
    attempt = 1 + move.n % max(1, _attempt(told))
    left = told.booked.get(attempt, 0) - told.back.get(attempt, 0)
    amount = left * move.part // 4
    if amount <= 0:
        return told
    if amount == left and not told.back.get(attempt):
        story = told.story.when(s.ended(TrancheOutcome.RETURNED, 1, attempt))
        counts = any(isinstance(event, e.TrancheEnded) for event in story.said)
    else:
        name = f"{attempt} {told.back.get(attempt)} {amount}"
        said = s.answer(BankStatus.RETURNED, f"{amount}.00", name, attempt=attempt)
        story = told.story.when(s.resolve(name, Resolution.BELONGS_TO, said))
        counts = True
    back = {attempt: told.back.get(attempt, 0) + amount} if counts else {}
    return Told(story, told.booked, {**told.back, **back})


def _agrees(told: Told, move: Move) -> Told:
    (tranche,) = told.story.partnership.tranches
    person = ("femi.ade", "dora.kim", "paul.nkosi")[move.n % 3]
    return told._replace(story=told.story.when(s.agree_rest(f"{max(1, int(tranche.remainder))}.00", person)))


def _lifted(told: Told, move: Move) -> Told:
    return told._replace(story=told.story.when(s.lift()))


def _attempt(told: Told) -> int:
    return told.story.partnership.tranches[0].attempt


def _pays(event: e.Event) -> bool:
    settles = isinstance(event, e.TrancheEnded) and event.outcome is TrancheOutcome.SETTLED
    return settles or isinstance(event, e.TranchePaidShort)


MOVES: Final[dict[str, Callable[[Told, Move], Told]]] = {
    "release": _released, "hand over": _handed_over, "book": _booked, "reject": _rejected, "cancel": _cancelled,
    "come back": _came_back, "agree": _agrees, "lift": _lifted,
}  # fmt: skip


@pytest.mark.slow
@drawn(st.lists(st.builds(Move, st.sampled_from([*MOVES, "agree"]), st.integers(0, 5), st.integers(1, 4)), max_size=25))
def test_in_any_order_no_more_is_paid_than_planned_and_one_attempt_is_open(moves: list[Move]) -> None:
    told = Told(s.active().given(s.release(1), *booked_short("600.00")), {1: 600}, {})
    for move in moves:
        before = told.story.partnership.tranches[0]
        told = MOVES[move.kind](told, move)
        (tranche,) = told.story.partnership.tranches
        paid = sum(told.booked.values()) - sum(told.back.values())
        assert tranche.net == paid
        assert tranche.out <= tranche.money.amount or paid > 1000
        if tranche.attempt > before.attempt:  # the next one begins only once the one before it has ended
            assert before.state not in IN_FLIGHT
            assert not before.net or len(before.agreed_by) > 1
    story: Any = told.story
    assert fold(s.REFERENCE, story.history).tranches == story.partnership.tranches
