"""The whole exchange by ACH with an independent reading of the formats: our NACHA files, and the bank's answers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import asyncpg
import pytest

from accord.operations.attesting.readers.bai2 import read_bai2_statement
from deploy.embedded.bank import Bank
from domain.money.rails import PaymentRail
from domain.payment.bank_answers import BankStatus
from domain.payment.continuity import breaks
from payments.accounts import reference_of
from payments.answers.matching.judging import judge_all
from payments.answers.matching.matched import MatchedEntry
from payments.answers.messages import read_balances, read_message
from payments.out.files import batches, make_file
from payments.out.instructions import Instruction, freeze
from tests.builders import money
from tests.payments.orders import order, record_accounts
from tests.payments.out.test_nacha import in_america

COMPANY = "1541650477"
AT_THE_BANK = "NL23MOCK0000001101"
"""The bank names its accounts by IBAN, those of ACH too."""
PAYER = in_america("Internet Society", number=AT_THE_BANK, originator=COMPANY)
PAYEE, CLOSED = in_america(), in_america("Harbor Reading Rooms", number="0001234568")


@pytest.fixture
def bank(tmp_path: Path) -> Iterator[Bank]:
    """A bank whose only account is one that pays by ACH."""
    running = Bank(tmp_path / "bank", states=True)
    try:
        running.start()
        running.open_account("ACH", AT_THE_BANK, format="nacha", account_number=COMPANY, balance=10**8)
        running.open_account("HARBOR", "NL02MOCK0000001188", account_number="0001234568", closed=True)
        running.begin_today()
        yield running
    finally:
        running.stop()


async def test_what_is_paid_settles_and_what_comes_back_is_said_with_its_reason(
    connection: asyncpg.Connection, bank: Bank, tmp_path: Path
) -> None:
    """Given two payments in one file, one to a closed account, then one is settled and the other came back."""
    await record_accounts(connection, PAYER, PAYEE, CLOSED)
    now = datetime.now(UTC)
    paid, barred = [
        (
            await freeze(
                connection,
                order(number, payee_account=payee, rail=PaymentRail.NACHA, released_at=now, money=money("600.00")),
                reference_of(PAYER),
            )
        )[0]
        for number, payee in ((1, PAYEE), (2, CLOSED))
    ]
    [batch] = batches([paid, barred])
    answer = bank.submit((await make_file(connection, batch)).content)
    assert (answer["format"], answer["accepted"], answer["rejected"]) == ("nacha", 1, 1)
    bank.advance(4)
    files = bank.collect(tmp_path / "answers")
    entries = await heard(connection, [path for path in files if "bai2" not in path.name])
    assert said_of(entries, paid) == [(BankStatus.SETTLED, "", None)]
    assert said_of(entries, barred) == [(BankStatus.REJECTED, "R02 AC04 the account is closed", None)], (
        "it was never taken from the account, so no credit is booked"
    )
    stated = [path for path in files if "bai2" in path.name]
    require_stated([path.read_bytes() for path in stated])
    for path in stated:  # in BAI2 it names the account by our company identification
        path.write_bytes(path.read_bytes().replace(f"03,{COMPANY}".encode(), f"03,{AT_THE_BANK}".encode()))
    assert said_of(await heard(connection, stated), paid) == [(BankStatus.SETTLED, "", None)], "of BAI2 alone as well"


def require_stated(contents: list[bytes]) -> None:
    """Fail unless the bank's own statements (BAI2) are a chain that ends with what was paid, to both who read them."""
    chain = [each.balances for content in contents for each in read_balances(content)]
    assert breaks(chain) == ()
    assert (chain[0].opening, chain[-1].closing) == (Decimal("1000000.00"), Decimal("999400.00"))
    attested = [read_bai2_statement(content, 1, "f") for content in contents]
    assert [(one.last_day, one.closing) for one in attested] == [(one.closed_on, one.closing) for one in chain]
    [paid] = [line for one in attested for line in one.entries]
    assert paid.amount == Decimal("-600.00")


async def heard(connection: asyncpg.Connection, paths: list[Path]) -> list[MatchedEntry]:
    later = datetime.now(UTC) + timedelta(days=10)
    entries: list[MatchedEntry] = []
    for path in paths:
        entries += await judge_all(connection, read_message(path.read_bytes(), path.name), "ab" * 32, later)
    return entries


def said_of(entries: list[MatchedEntry], instruction: Instruction) -> list[tuple[BankStatus, str, str | None]]:
    """What the bank said of a payment: status, reason, and why it contradicts what was instructed."""
    place = (instruction.partnership_id, instruction.tranche, instruction.attempt)
    return [
        (entry.answer.status, entry.answer.reason, str(entry.fault) if entry.fault else None)
        for entry in entries
        if entry.answer and (entry.answer.partnership_id, entry.answer.tranche, entry.answer.attempt) == place
    ]
