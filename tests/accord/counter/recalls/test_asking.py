"""By ACH no message asks for a payment back: the refusal says what the bank can still do, and until when."""

from __future__ import annotations

from datetime import date

from accord.counter.recalls.asking import by_hand
from domain.money.rails import PaymentRail
from payments.accounts import reference_of
from payments.out.instructions import Instruction
from tests.payments.orders import order
from tests.payments.out.test_nacha import PAYER, in_america


def test_a_payment_by_ach_is_asked_back_by_hand_with_the_last_day_of_a_reversal() -> None:
    made = order(1, payee_account=in_america(), rail=PaymentRail.NACHA, execute_on=date(2026, 11, 3))
    instruction = Instruction.of(made, reference_of(PAYER))
    words = by_hand(instruction)
    assert words.startswith(f"by ACH no message asks for {instruction.short_id} back")
    assert "until 2026-11-10 it can reverse" in words
    assert "`accord payments answer-recall`" in words
