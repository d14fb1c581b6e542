"""A sheet says all that is typed for one payment, and the same payment is always the same sheet."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from domain.identity import message_id
from domain.money.rails import PaymentRail
from payments.accounts import AccountDetails, reference_of
from payments.out.files import batches
from payments.out.instructions import Instruction
from payments.out.pain001 import CreditTransfer
from payments.out.sheet import write_sheet
from tests.builders import money
from tests.payments.orders import ISOC, KAMPALA, RIVERBEND, order

GOLDEN = Path(__file__).parent / "golden" / "one-payment.sheet.txt"


def transfer(number: int = 1, payee: AccountDetails = KAMPALA, **more: Any) -> CreditTransfer:
    content = {"rail": PaymentRail.MANUAL, "execute_on": date(2026, 11, 3), "money": money("1234.50"), **more}
    return CreditTransfer(Instruction.of(order(number, payee_account=payee, **content), reference_of(ISOC)), payee)


def test_a_payment_is_the_golden_sheet_byte_for_byte() -> None:
    sheet = write_sheet(ISOC, (transfer(),))
    if os.environ.get("ACCORD_WRITE_GOLDEN") == "1":
        GOLDEN.write_bytes(sheet.content)
    assert sheet.content == GOLDEN.read_bytes()


def test_it_says_what_the_portal_asks_for() -> None:
    paid = transfer(payee=RIVERBEND)
    text = write_sheet(ISOC, (paid,)).content.decode()
    for said in (RIVERBEND.holder, RIVERBEND.identifier, RIVERBEND.bic, "USD 1234.50", ISOC.identifier, "2026-11-03"):
        assert said in text
    assert f"Reference   {paid.instruction.end_to_end_id}\n" in text


def test_one_after_a_sheet_that_was_never_paid_has_another_name() -> None:
    paid = transfer()
    assert write_sheet(ISOC, (paid,), 1).message_id == message_id((paid.instruction.payment_id,), 1)


def test_each_payment_has_a_sheet_of_its_own() -> None:
    payments = [transfer(number).instruction for number in (1, 2)]
    assert sorted(map(len, batches(payments))) == [1, 1]
    with pytest.raises(ValueError, match="a sheet is of one payment, and these are 2"):
        write_sheet(ISOC, (transfer(1), transfer(2)))
