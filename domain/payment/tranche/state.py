"""The state of one attempt to pay a tranche."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Final
from uuid import UUID

from pydantic import Field

from domain.money.rails import PaymentRail
from domain.payment.bank_answers import BankAnswer, BankStatus
from domain.payment.booked.figures import BookedFigures
from domain.payment.tranche.order import PaidFor, TrancheOrder
from domain.payment.tranche.status import TrancheOutcome, TrancheStatus
from domain.values import Money, Value, is_none


class Tranche(Value):
    """The state of one attempt to pay."""

    order: TrancheOrder
    paid_for: PaidFor | None = None
    status: TrancheStatus = TrancheStatus.RELEASED
    end_to_end_id: str = ""
    message_id: str = ""
    """The message id of the file in which it was handed over, empty before that."""
    reason: str = ""
    answers: tuple[UUID, ...] = ()
    booked: bool = False
    """True once the bank booked it on the account, rather than only reporting its status."""
    figures: BookedFigures | None = Field(default=None, exclude_if=is_none)
    """The bank's figures of the booking, where they tell more than the sum."""
    short_of: Decimal | None = Field(default=None, exclude_if=is_none)
    """The sum that the bank booked, where that is less than was instructed."""
    back_on: date | None = Field(default=None, exclude_if=is_none)
    """The day on which the bank booked its return."""
    version: int = 0

    @property
    def paid_money(self) -> Money:
        """The sum that the bank booked or, before a booking, that was instructed."""
        order = self.order.money
        return order if self.short_of is None else Money(amount=self.short_of, currency=order.currency)

    @property
    def short_money(self) -> Money | None:
        """The sum that the bank booked of a payment that is short, or None."""
        return self.paid_money if self.status is TrancheStatus.SHORT else None

    @property
    def is_typed(self) -> bool:
        """True if people type it into the bank's portal: a booking alone settles it, and no report on its status."""
        return self.order.leaves_by is PaymentRail.MANUAL

    @property
    def outcome(self) -> TrancheOutcome | None:
        """The outcome, or None while the attempt is open."""
        return _OUTCOMES.get(self.status)


_OUTCOMES: Final = {
    TrancheStatus.SETTLED: TrancheOutcome.SETTLED,
    TrancheStatus.SHORT: TrancheOutcome.SHORT,
    TrancheStatus.REJECTED: TrancheOutcome.REJECTED,
    TrancheStatus.RETURNED: TrancheOutcome.RETURNED,
    TrancheStatus.WITHHELD: TrancheOutcome.WITHHELD,
    TrancheStatus.CANCELLED: TrancheOutcome.CANCELLED,
}


def is_booking_of_return(tranche: Tranche, answer: BankAnswer) -> bool:
    """True if a booking is of a payment that settled by its status alone and came back, on that day or before it.

    On a later day it would be another one, of which people say whether the payment left again.
    """
    is_told_late = tranche.status is TrancheStatus.RETURNED and not tranche.booked
    return is_told_late and answer.status is BankStatus.SETTLED and answer.is_booked_until(tranche.back_on)
