"""A NACHA return file says which payments came back and why, and ends nothing by itself."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from mockbank import nacha

from domain.payment.bank_answers import BankStatus, account_fault_in
from payments.answers.elements import UnreadableMessage
from payments.answers.messages import read_balances, read_message
from payments.answers.statements import BankNotice, Unclear

MADE = datetime(2026, 11, 4, 8, 30, tzinfo=UTC)


def returned(*reasons: str, **more: Any) -> bytes:
    """A return file as an independent writer makes it: a payment of 1,234.56 for each reason."""
    rows = [
        {
            "transaction_code": "22", "entry_class": "CCD", "instruction_id": f"99999999{number:07}", "amount": 123_456,
            "end_to_end_id": f"ACC{number:012}", "creditor_name": "Riverbend", "creditor_number": "0001234567",
            "creditor_clearing_id": "999999992", "return_reason": reason, **more,
        }
        for number, reason in enumerate(reasons, 1)
    ]  # fmt: skip
    payer = {"account_number": "1541650477", "name": "Internet Society"}
    return nacha.return_file("999999992", payer, rows, date(2026, 11, 4), MADE).encode("ascii")


def test_each_entry_is_a_rejection_that_ends_nothing() -> None:
    first, second = read_message(returned("R03", "R16"), "returns.ach")
    assert isinstance(first, BankNotice)
    assert isinstance(second, BankNotice)
    assert (first.status, first.code, first.end_to_end_id) == (BankStatus.REJECTED, "R03", "ACC000000000001")
    assert (first.amount, first.currency, first.account) == (Decimal("1234.56"), "USD", "")
    assert (first.said_at, first.message_id) == (MADE, second.message_id)
    assert "its credit is booked" in first.doubt
    assert first.digest != second.digest


@pytest.mark.parametrize(
    ("code", "fault"),
    [("R02", "closed"), ("R03", "wrong"), ("R04", "wrong"), ("R16", "blocked"), ("R01", ""), ("R99", "")],
)
def test_what_speaks_of_the_account_is_understood_as_of_the_account(code: str, fault: str) -> None:
    [notice] = read_message(returned(code))
    assert isinstance(notice, BankNotice)
    assert fault in str(account_fault_in(notice.reason)) if fault else account_fault_in(notice.reason) is None


def test_it_tells_no_balance() -> None:
    assert read_balances(returned("R03")) == ()


def test_an_entry_that_names_no_payment_is_for_a_person() -> None:
    [unclear] = read_message(returned("R03", end_to_end_id=""))
    assert isinstance(unclear, Unclear)
    assert unclear.reason == "line 3: R03 for a payment that is not named"


def line(number: int, text: str, content: bytes) -> bytes:
    """The file with another text in a line."""
    lines = content.decode("ascii").splitlines()
    lines[number - 1] = text.ljust(94) if len(text) < 94 else text
    return "\n".join(lines).encode("utf-8")


WHOLE = returned("R03")
LINES = WHOLE.decode("ascii").splitlines()


def swapped(number: int, old: str, new: str) -> bytes:
    """The file with other columns in a line."""
    return line(number, LINES[number - 1].replace(old, new, 1), WHOLE)


DIRTY = {
    "cut in a line": (WHOLE[:-40], "line 10: it has 55 characters, and every line has 94"),
    "cut after a line": ("\n".join(LINES[:5]).encode(), "no file control record (9) at its end"),
    "another sum": (
        swapped(3, "0000123456", "0000123457"),
        "line 5: its credits is 123456, and that of the entries is 123457",
    ),
    "no sum": (swapped(3, "0000123456", "00001234x6"), "line 3: the amount (columns 30 to 39) is '00001234x6'"),
    "a count": (swapped(5, "000002", "000003"), "line 5: its count is 3, and that of the entries is 2"),
    "a hash": (swapped(6, "0099999999", "0099999998"), "line 6: its hash is 99999998"),
    "a day": (swapped(1, "261104", "261304"), "line 1: the day and time of the file (columns 24 to 33)"),
    "a byte": (line(3, "é" + LINES[2][1:], WHOLE), "is not one that NACHA allows"),
    "a record": (line(2, "x", WHOLE), "line 2: 'x' begins no record"),
    "no entry": ("\n".join([LINES[0], "9000000000001" + "0" * 42 + " " * 39]).encode(), "holds no entry"),
}


@pytest.mark.parametrize("name", DIRTY)
def test_a_dirty_file_is_refused_whole_with_the_line(name: str) -> None:
    content, fault = DIRTY[name]
    with pytest.raises(UnreadableMessage) as refusal:
        read_message(content, "returns.ach")
    assert str(refusal.value).startswith("returns.ach ")
    assert fault in str(refusal.value)
