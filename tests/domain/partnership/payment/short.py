"""Steps of a payment of which the bank booked a part."""

from __future__ import annotations

from domain.partnership import commands as c
from domain.payment.tranche.status import TrancheOutcome
from tests.builders import money
from tests.domain.partnership.specification import ended, hand_over


def booked_short(amount: str, tranche: int = 1, attempt: int = 1) -> tuple[c.AnyCommand, ...]:
    """The hand-over, and a booking of less than was instructed."""
    return (hand_over(tranche, attempt), short(amount, tranche, attempt))


def short(amount: str, tranche: int = 1, attempt: int = 1) -> c.RecordTrancheOutcome:
    """The outcome of a payment of which the bank booked a part."""
    outcome = ended(TrancheOutcome.SHORT, tranche, attempt, reason="BOOK")
    return outcome.model_copy(update={"booked_money": money(amount)})
