"""A partnership knows what was booked of each payment, and what arrived, whenever the bank told it."""

from __future__ import annotations

from domain.partnership.state import TrancheState
from domain.payment.bank_answers import BankStatus, Resolution
from domain.payment.tranche.status import TrancheOutcome
from tests.booked_sums import charge, figures
from tests.builders import number
from tests.domain.partnership import specification as s

SETTLED = TrancheOutcome.SETTLED
CHARGED = figures("USD 1000.00", "USD 1012.50", charge("USD 12.50", "DEBT", is_part=True))
BOOKED = s.ended(SETTLED).model_copy(update={"figures": CHARGED, "command_id": number("booked")})


def on_its_way() -> s.Story:
    return s.active().given(s.release(), s.hand_over())


def test_what_was_booked_stands_beside_the_sum_that_was_granted() -> None:
    [progress] = on_its_way().given(BOOKED).partnership.tranches
    assert (progress.state, progress.figures) == (TrancheState.SETTLED, CHARGED)
    assert str(progress.money) == "USD 1,000.00"


def test_a_booking_after_a_report_tells_its_figures_once_and_moves_no_money_again() -> None:
    reported = on_its_way().given(s.ended(SETTLED))
    assert reported.partnership.tranches[0].figures is None
    booked = reported.given(BOOKED)
    assert booked.partnership.tranches[0].figures == CHARGED
    assert booked.partnership.spent == reported.partnership.spent
    again = BOOKED.model_copy(update={"command_id": number("again")})
    assert booked.given(again).history == booked.history


def test_what_people_let_through_keeps_its_figures() -> None:
    waits = on_its_way().given(s.contradict(name="EX-9"))
    counts = s.answer(BankStatus.SETTLED, figures=CHARGED)
    resolution = Resolution.BOOKED_WITH_DIFFERENCE
    resolved = waits.given(s.resolve("EX-9", resolution, counts))
    assert resolved.partnership.tranches[0].figures == CHARGED


def test_another_attempt_begins_without_those_of_the_one_before() -> None:
    back = on_its_way().given(BOOKED, s.ended(TrancheOutcome.RETURNED))
    holds = tuple(hold.number for hold in back.partnership.holds)
    anew = back.given(s.lift().model_copy(update={"holds": holds}), s.release(attempt=2))
    assert anew.partnership.tranches[0].figures is None
