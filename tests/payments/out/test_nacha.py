"""A bank reads the file by the rules of NACHA, and the same instructions must always be the same bytes."""

from __future__ import annotations

import os
from datetime import date, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mockbank import nacha
from pydantic import ValidationError

from domain.money.rails import PaymentRail
from payments.accounts import AccountDetails, reference_of
from payments.out.instructions import Instruction
from payments.out.nacha import ach_fault, write_nacha_file
from payments.out.pain001 import CreditTransfer, WrittenFile
from tests.builders import NOON, money
from tests.payments.orders import RIVERBEND, order

WRITE_GOLDEN = os.environ.get("ACCORD_WRITE_GOLDEN") == "1"
GOLDEN = Path(__file__).parent / "golden" / "two-payments.ach.txt"


def in_america(holder: str = "Riverbend Library Network", **more: Any) -> AccountDetails:
    """An invented account at an invented bank, whose routing number no Federal Reserve district gives."""
    details = {
        "holder": holder, "number": "0001234567", "bic": "MOCKUS33", "routing": "999999992", "town": "Riverbend",
        "country": "US",
    }  # fmt: skip
    return AccountDetails.model_validate({**details, **more})


PAYER = in_america("Internet Society", number="0009876543", originator="1541650477", bank="Mock Bank")


def transfer(number: int = 1, creditor: AccountDetails | None = None, **more: Any) -> CreditTransfer:
    payee = creditor or in_america()
    made = order(number, payee_account=payee, rail=PaymentRail.NACHA, **{"execute_on": date(2026, 11, 3), **more})
    return CreditTransfer(Instruction.of(made, reference_of(PAYER)), payee)


def written(*transfers: CreditTransfer, void: int = 0) -> WrittenFile:
    return write_nacha_file(PAYER, transfers or (transfer(),), void)


def read(file: WrittenFile) -> Any:
    """The file as an independent reader reads it, which finds no fault of form, count, hash or total in it."""
    payment_file, findings = nacha.inspect(file.content)
    assert findings == []
    return payment_file


def test_what_was_instructed_is_read_by_others() -> None:
    paid = transfer(money=money("1234.56"))
    [batch] = read(written(paid)).batches
    [payment] = batch.payments
    assert (payment.amount, payment.currency, payment.creditor_account) == (123_456, "USD", "0001234567")
    assert (payment.creditor_name, payment.creditor_clearing_id) == ("Riverbend Library Netw", "999999992")
    assert payment.end_to_end_id == paid.instruction.end_to_end_id[:15]
    assert payment.remittance == [f"{paid.instruction.end_to_end_id} {paid.instruction.remittance}"]
    assert (batch.debtor_account, batch.requested_execution_date) == ("1541650477", date(2026, 11, 3))


def test_two_payments_are_the_golden_file_byte_for_byte() -> None:
    file = written(transfer(1), transfer(2, in_america("Bücherei am Fluß", savings=True), money=money("0.01")))
    if WRITE_GOLDEN:
        GOLDEN.write_bytes(file.content)
    assert file.content == GOLDEN.read_bytes()


@given(count=st.integers(1, 25), cents=st.integers(1, 10**9), void=st.integers(0, 80))
def test_any_file_is_whole_whatever_is_in_it(count: int, cents: int, void: int) -> None:
    amount = money(f"{cents / 100:.2f}")
    file = written(*[transfer(number, money=amount) for number in range(1, count + 1)], void=void)
    [batch] = read(file).batches
    assert sum(payment.amount for payment in batch.payments) == count * cents
    lines = file.content.decode("ascii").splitlines()
    assert len(lines) % 10 == 0
    assert {len(line) for line in lines} == {94}


def test_the_order_in_which_payments_are_handed_in_changes_nothing() -> None:
    payments = [transfer(number) for number in range(1, 6)]
    assert written(*payments) == written(*reversed(payments))


def test_a_file_after_one_that_never_reached_the_bank_is_another_file_of_the_same_payments() -> None:
    first, second = written(void=0), written(void=1)
    assert first.message_id != second.message_id
    assert read(first).msg_id != read(second).msg_id


def test_the_zone_in_which_a_release_was_written_changes_no_byte() -> None:
    elsewhere = NOON.astimezone(timezone(timedelta(hours=9)))
    assert written(transfer(released_at=elsewhere)) == written(transfer(released_at=NOON))


@pytest.mark.parametrize(
    ("details", "pays", "fault"),
    [
        (RIVERBEND, False, "has no routing number"),
        (in_america(), True, "has no company identification"),
        (in_america(number="0" * 18), False, "more than the 17 characters"),
        (in_america(), False, None),
        (PAYER, True, None),
    ],
    ids=["in euros", "not known to its bank", "a long number", "a payee", "a payer"],
)
def test_an_account_that_ach_cannot_reach_is_named_with_the_remedy(
    details: AccountDetails, pays: bool, fault: str | None
) -> None:
    found = ach_fault(details, pays=pays)
    assert fault in str(found) if fault else found is None


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"routing": "999999991"}, "the check digit of 999999991 is wrong"),
        ({"routing": "99999999"}, "has nine digits"),
        ({"routing": "٩٩٩٩٩٩٩٩٢"}, "has nine digits"),
        ({"bic": "MOCKNL2A"}, "routing: it is of banks in the United States"),
        ({"originator": "1-23"}, "originator"),
    ],
)
def test_details_that_cannot_be_are_refused_by_field(change: dict[str, str], fault: str) -> None:
    with pytest.raises(ValidationError, match=fault):
        in_america(**change)


@pytest.mark.parametrize("paid", [money("100000000.00"), money("1000.00", "EUR")], ids=["too much", "euros"])
def test_what_no_entry_holds_is_not_written(paid: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="not in dollars, or more than a NACHA entry holds"):
        written(transfer(money=paid))


def test_details_of_before_keep_their_digest() -> None:
    """Given an account that was recorded without these fields, then its reference and its hash are as they were."""
    assert not {"routing", "savings", "originator"} & RIVERBEND.model_dump(mode="json").keys()
