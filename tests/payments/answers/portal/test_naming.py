"""What was typed is found again by our reference, however the bank writes it, or by the number of its portal."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import asyncpg
import pytest

from domain.money.rails import PaymentRail
from domain.payment.bank_answers import BankStatus
from domain.payment.bookings import account_key
from payments.answers.matching.judging import judge_all
from payments.answers.portal.naming import number_keys, references_in, typed_payment
from payments.answers.statements import BankNotice
from payments.out.instructions import Instruction
from payments.out.typed_numbers import TypedNumber, keep_typed_number
from tests.builders import NOON
from tests.payments.orders import FOUNDATION, ISOC, filed, order


def notice(**more: Any) -> BankNotice:
    content = {
        "amount": Decimal("1000.00"), "currency": "USD", "account": ISOC.identifier, "status": BankStatus.SETTLED,
        **more,
    }  # fmt: skip
    return BankNotice("BANK-1", "1/1", code="BOOK", reason="", said_at=NOON, **content)


@pytest.fixture
async def typed(connection: asyncpg.Connection) -> Instruction:
    """A payment that was typed as PT-118204."""
    [instruction], file = await filed(connection, order(rail=PaymentRail.MANUAL))
    line = TypedNumber(account_key(ISOC.identifier), "PT118204", file.message_id, instruction.payment_id)
    await keep_typed_number(connection, line)
    return instruction


async def test_it_is_found_by_its_reference_and_by_its_number(
    connection: asyncpg.Connection, typed: Instruction
) -> None:
    ours = typed.end_to_end_id
    named = {
        "in its text": {"remittance": f"/ROC/{ours.lower()}"},
        "with blanks": {"remittance": f"grant {ours[:9]} {ours[9:20]} {ours[20:]}"},
        "cut off": {"remittance": f"{ours[:18]} P-2026-0042"},
        "as an identifier that was cut off": {"end_to_end_id": ours[:20]},
        "by its number": {"references": ("pt 118204",)},
        "by its number as an identifier": {"end_to_end_id": "PT-118204"},
    }
    for way, said in named.items():
        assert await typed_payment(connection, notice(**said)) == typed, way
    others = {
        "a credit": {"references": ("PT118204",), "status": BankStatus.RECEIVED},
        "another account": {"references": ("PT118204",), "account": FOUNDATION.identifier},
        "a status report": {"references": ("PT118204",), "account": ""},
        "another number": {"references": ("PT118205",)},
        "nothing": {},
    }
    for way, said in others.items():
        assert await typed_payment(connection, notice(**said)) is None, way


async def test_it_has_identifiers_of_the_portals_own_and_no_other_sum(
    connection: asyncpg.Connection, typed: Instruction
) -> None:
    own = {"references": ("PT118204",), "end_to_end_id": "PORTAL-7", "unique_transaction_reference": "u" * 36}
    said = [notice(**own), notice(**own, amount=Decimal("100.00"))]
    right, wrong = await judge_all(connection, [one._replace(said_at=datetime.now(UTC)) for one in said], "ab" * 32,
                                   datetime.now(UTC))  # fmt: skip
    assert (right.fault, right.entry.about) == (None, str(typed.payment_id))
    assert wrong.fault is not None
    assert str(wrong.fault.reason) == "USD 100.00 was booked where USD 1,000.00 was to be typed"


def test_a_text_without_a_reference_of_ours_names_nothing() -> None:
    assert references_in(notice(remittance="ACCOUNT 12 ACC", end_to_end_id="")) == []
    assert number_keys(notice(references=("NOTPROVIDED", "00-12"), servicer_reference="NONREF")) == {"12"}
