"""A refusal for a payment on its way names the way to end that: it can be cancelled, or it is at the bank."""

from __future__ import annotations

from typing import Any

import pytest

from domain.errors import PaymentRefused
from domain.partnership import commands as c
from domain.proposal import Direction
from tests.builders import funds_in, funds_out
from tests.domain.partnership.specification import OTHER_ACCOUNT, active, amend, end_leg, hand_over, release, sign

BOTH: dict[str, Any] = {"funds_out": funds_out("100.00", final_report=False), "funds_in": funds_in("5000.00")}
ASKED: dict[str, tuple[dict[str, Any], c.AnyCommand]] = {
    "begin anew": ({}, amend(funds_out=funds_out("1000.00", uses=("EQUIPMENT",)))),
    "another account": ({}, sign(account=OTHER_ACCOUNT)),
    "end the leg": (BOTH, end_leg(Direction.FUNDS_OUT)),
}


@pytest.mark.parametrize("what", ASKED)
def test_before_it_left_it_is_cancelled_and_afterwards_the_bank_answers(what: str) -> None:
    content, command = ASKED[what]
    waits = active(**content).given(release(1))
    waits.when(command).refused(PaymentRefused, "a payment is on its way", "`accord payments cancel P-2026-0042`")
    left = waits.given(hand_over())
    left.when(command).refused(
        PaymentRefused, "it is at the bank, so recall it (`accord payments recall P-2026-0042`) and wait"
    )
