"""A rejected attempt that the bank books after all counts as paid from then on, whatever became of the next one."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import pytest

from domain.errors import PaymentRefused
from domain.partnership import commands as c
from domain.partnership import events as e
from domain.partnership.state import TrancheState
from domain.payment.bank_answers import BankStatus, Resolution
from domain.payment.tranche.status import TrancheOutcome
from tests.domain.partnership import specification as s
from tests.domain.partnership.payment.short import booked_short

REJECTED, SETTLED, RETURNED = TrancheOutcome.REJECTED, TrancheOutcome.SETTLED, TrancheOutcome.RETURNED


def booked_beside(amount: str = "1000.00") -> s.Story:
    """The second attempt is at the bank, and two people said that a booking is the first, which was rejected."""
    said = s.answer(BankStatus.SETTLED, amount)
    before = s.active().given(s.release(), *s.came_to(REJECTED), s.release(), s.hand_over(attempt=2), s.contradict())
    return before.given(s.resolve(resolution=Resolution.BELONGS_TO, counts=said), s.lift())


def test_both_count_while_the_second_is_on_its_way() -> None:
    partnership = booked_beside().partnership
    assert partnership.tranches[0].state is TrancheState.HANDED_OVER
    assert (partnership.spent, partnership.paid_or_in_flight, partnership.committed) == (1000, 2000, 2000)


@pytest.mark.parametrize(
    "ends", [(s.ended(REJECTED, attempt=2),), s.came_to(RETURNED, attempt=2)[1:], (s.never_sent(attempt=2),)],
    ids=["rejected", "returned", "never sent"],
)  # fmt: skip
def test_nothing_is_paid_a_third_time_once_the_second_paid_nothing(ends: Sequence[c.AnyCommand]) -> None:
    story = booked_beside().given(*ends)
    story = story.given(s.lift()) if story.partnership.hold else story
    partnership = story.partnership
    assert partnership.tranches[0].state is TrancheState.SETTLED
    assert (partnership.spent, partnership.paid_or_in_flight, partnership.unpaid) == (1000, 1000, ())
    story.when(s.release()).refused(PaymentRefused, "never paid twice")


def test_where_both_were_paid_both_are_spent_until_one_of_them_comes_back() -> None:
    story = booked_beside().given(s.ended(SETTLED, attempt=2))
    assert (story.partnership.spent, story.partnership.tranches[0].remainder) == (2000, 0)
    back = story.given(s.ended(RETURNED, attempt=1)).partnership
    assert (back.spent, back.tranches[0].remainder) == (1000, 0)


def test_of_a_part_that_was_booked_so_the_rest_waits_for_two() -> None:
    story = booked_beside("400.00").given(s.ended(REJECTED, attempt=2))
    assert (story.partnership.spent, story.partnership.tranches[0].remainder) == (400, 600)
    story.when(s.release()).refused(PaymentRefused, "USD 600.00 of USD 1,000.00 is not paid")


def test_what_never_arrived_does_not_leave_with_the_whole_sum_beside_a_part() -> None:
    story = booked_beside("400.00").given(s.never_sent(attempt=2))
    assert story.partnership.tranches[0].state is TrancheState.CANCELLED
    story.when(s.hand_over(attempt=2)).refused(PaymentRefused, "is not RELEASED")


def booked_first(*since: c.AnyCommand) -> s.Story:
    """The first attempt was rejected, and the second was released. Then came more, and a booking of the first."""
    rejected = s.active().given(s.release(), *s.came_to(REJECTED), s.release(), *since)
    said = s.answer(BankStatus.SETTLED)
    story = rejected.given(s.contradict(), s.resolve(resolution=Resolution.BELONGS_TO, counts=said))
    return story.given(s.lift()) if story.partnership.hold else story


@pytest.mark.parametrize("part", ["1000.00", "400.00"])
def test_where_the_second_was_paid_before_it_both_are_spent(part: str) -> None:
    whole = (s.hand_over(attempt=2), s.ended(SETTLED, attempt=2))
    booked = booked_first(*(whole if part == "1000.00" else booked_short(part, attempt=2))).partnership
    assert booked.settled == {(1, 1): 1000, (1, 2): Decimal(part)}
    assert (booked.spent, booked.tranches[0].is_releasable) == (1000 + Decimal(part), False)


@pytest.mark.parametrize("second", [(), (s.cancel(attempt=2),), s.came_to(REJECTED, attempt=2)])
def test_what_comes_back_of_it_is_spent_no_more_and_may_be_paid_again(second: Sequence[c.AnyCommand]) -> None:
    """Given a second attempt that left nothing, when the first is booked and comes back, then nothing is spent."""
    story = booked_first(*second)
    assert (story.partnership.settled, story.partnership.unpaid) == ({(1, 1): 1000, (1, 2): 0}, ())
    back = story.given(s.ended(RETURNED, attempt=1), s.lift())
    assert (back.partnership.spent, back.partnership.tranches[0].state) == (0, TrancheState.RETURNED)
    back.when(s.release()).then(e.TrancheReleased)


def test_what_came_back_of_a_part_counts_once_where_the_rest_is_booked_after_all() -> None:
    """Given a part that came back in two sums, when the rest is booked, then nothing of that has come back."""
    story = s.active().given(s.release(), *booked_short("400.00"))
    for name in ("EX-1", "EX-2"):
        back = s.answer(BankStatus.RETURNED, "200.00", name)
        story = story.given(
            s.contradict(name=name), s.resolve(name, Resolution.BELONGS_TO, back), s.lift()
        )  # fmt: skip
    assert story.partnership.tranches[0].state is TrancheState.RETURNED
    rest = s.answer(BankStatus.SETTLED, "600.00", "rest")
    story = story.given(s.contradict(name="EX-3"), s.resolve("EX-3", Resolution.BELONGS_TO, rest))
    assert story.partnership.spent == 600
