"""The whole exchange with an independent reading of the formats: our files, and the answers of PyPI `mock-bank`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from payments.export import stored_files

from deploy.embedded.bank import Bank
from domain.bank_answers import BankAnswer, BankStatus
from payments.accounts import AccountDetails
from payments.reconciliation import Mismatch, import_message
from tests.payments.orders import HARBOR, ISOC, KAMPALA, exported, order, record_accounts

MINOR_UNITS = 100_000_000


@pytest.fixture
def bank(tmp_path: Path) -> Iterator[Bank]:
    """A bank with one day of its own, which knows Harbor's account to be closed."""
    running = Bank(tmp_path / "bank")
    try:
        running.start()
        running.open_account("HARBOR", str(HARBOR.iban), closed=True)
        yield running
    finally:
        running.stop()


def open_ours(bank: Bank, details: AccountDetails = ISOC, **more: Any) -> None:
    bank.open_account("ISOC", str(details.iban), balance=MINOR_UNITS, **more)


async def hear(connection: asyncpg.Connection, bank: Bank, folder: Path) -> tuple[list[BankAnswer], list[Mismatch]]:
    """Import all that the bank has sent, in order."""
    imports = [await import_message(connection, path) for path in bank.collect(folder)]
    return [a for found in imports for a in found.new], [m for found in imports for m in found.mismatches]


def statuses(answers: list[BankAnswer], tranche: int = 1) -> list[BankStatus]:
    return [answer.status for answer in answers if answer.tranche == tranche]


async def test_a_payment_is_accepted_and_settles(connection: asyncpg.Connection, bank: Bank, tmp_path: Path) -> None:
    open_ours(bank)
    _, file = await exported(connection, order(1), order(2, payee_account=KAMPALA))
    assert bank.submit(file.content)["status"] == "ACCP"
    bank.advance(1)
    answers, mismatches = await hear(connection, bank, tmp_path / "in")
    assert statuses(answers, 1) == statuses(answers, 2) == [BankStatus.ACCEPTED, BankStatus.SETTLED]
    assert mismatches == []
    assert [(p["amount"], p["status"]) for p in bank.payments()] == [(100_000, "accepted")] * 2


async def test_a_payment_to_a_closed_account_is_rejected_and_its_neighbour_settles(
    connection: asyncpg.Connection, bank: Bank, tmp_path: Path
) -> None:
    open_ours(bank)
    _, file = await exported(connection, order(1, payee_account=HARBOR), order(2))
    assert bank.submit(file.content)["status"] == "PART"
    bank.advance(1)
    answers, mismatches = await hear(connection, bank, tmp_path / "in")
    (rejection,) = [answer for answer in answers if answer.tranche == 1]
    assert (rejection.status, rejection.reason[:4]) == (BankStatus.REJECTED, "AC04")
    assert statuses(answers, 2) == [BankStatus.ACCEPTED, BankStatus.SETTLED]
    assert mismatches == []


async def test_a_settled_payment_comes_back_later(connection: asyncpg.Connection, bank: Bank, tmp_path: Path) -> None:
    open_ours(bank, behaviour="return-later", parameters={"days": 2, "reason": "AC04"})
    _, file = await exported(connection)
    bank.submit(file.content)
    bank.advance(1)
    first, _ = await hear(connection, bank, tmp_path / "first")
    assert statuses(first) == [BankStatus.ACCEPTED, BankStatus.SETTLED]
    bank.advance(5)
    later, mismatches = await hear(connection, bank, tmp_path / "later")
    assert [(answer.status, answer.reason) for answer in later] == [(BankStatus.RETURNED, "AC04")]
    assert mismatches == []


async def test_a_whole_file_that_the_bank_rejects_rejects_each_payment(
    connection: asyncpg.Connection, bank: Bank, tmp_path: Path
) -> None:
    open_ours(bank, behaviour="reject-file")
    _, file = await exported(connection, order(1), order(2))
    bank.submit(file.content)
    answers, mismatches = await hear(connection, bank, tmp_path / "in")
    assert statuses(answers, 1) == statuses(answers, 2) == [BankStatus.REJECTED]
    assert mismatches == []


async def test_the_same_file_again_is_a_duplicate_to_the_bank_and_is_booked_once(
    connection: asyncpg.Connection, bank: Bank, tmp_path: Path
) -> None:
    open_ours(bank)
    await exported(connection)
    (file,) = await stored_files(connection)
    assert bank.submit(file.content)["status"] == "ACCP"
    again = bank.submit(file.content)
    assert (again["status"], again["reason"]) == ("RJCT", "DUPL")
    bank.advance(1)
    answers, mismatches = await hear(connection, bank, tmp_path / "in")
    assert statuses(answers) == [BankStatus.ACCEPTED, BankStatus.SETTLED]
    assert [f"the bank has file {file.message_id} already" in m.reason for m in mismatches] == [True]
    assert len(bank.payments()) == 1


async def test_money_from_a_donor_is_a_receipt_of_the_partnership_it_names(
    connection: asyncpg.Connection, bank: Bank, tmp_path: Path
) -> None:
    open_ours(bank)
    await record_accounts(connection)
    bank.receive_credit("ISOC", 500_000, "Gift for P-2026-0042")
    bank.receive_credit("ISOC", 700, "Thank you")
    bank.advance(1)
    answers, mismatches = await hear(connection, bank, tmp_path / "in")
    assert [(a.status, a.partnership_id, str(a.money)) for a in answers] == [
        (BankStatus.RECEIVED, "P-2026-0042", "USD 5,000.00")
    ]
    assert [mismatch.reason for mismatch in mismatches] == ["money came in that names no partnership"]
