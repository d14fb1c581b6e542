"""The third reader's own reading of BAI2, beside camt.053 and a bank's CSV."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import asyncpg
import pytest
from iso4217 import Currency

from accord.operations.attesting.readers.bai2 import read_bai2_statement
from accord.operations.attesting.readers.camt import BadStatement
from accord.operations.attesting.readers.statements import read_statements
from payments.accounts import AccountDetails, reference_of
from payments.answers.bank_files import bank_file, keep_bank_file
from payments.answers.kept_statements import keep_statements
from payments.answers.messages import read_balances
from tests.payments.answers.account_statements import message, statement
from tests.payments.answers.bai2.files import CAME, DAY, NUMBER, PAID, account, day_of, file, group
from tests.payments.orders import account as own_account
from tests.payments.orders import entry, record_accounts

NO_MONEY = {"XAG", "XAU", "XBA", "XBB", "XBC", "XBD", "XDR", "XPD", "XPT", "XSU", "XTS", "XUA", "XXX"}
"""Codes of metals, units of account, tests and nothing."""
OWN: AccountDetails = own_account(number=NUMBER)
REFERENCE = reference_of(OWN).reference


def test_it_reads_what_the_other_reader_reads() -> None:
    other = account("7", "7", number="12-34 5678", currency="JPY")
    content = file(group(account("100000", "50000", PAID, CAME), other), group(account("50000", "50000")))
    mine = [read_bai2_statement(content, place, "f") for place in (1, 2, 3)]
    assert [(one.currency, one.opening, one.closing, one.last_day, one.number) for one in mine] == [
        (said.balances.currency, said.balances.opening, said.balances.closing, said.balances.closed_on, 0)
        for said in read_balances(content)
    ]
    assert [(str(one.amount), sorted(one.references)) for one in mine[0].entries] == [
        ("-600.00", ["B1", "E1"]), ("100.00", ["B2", "E2"])
    ]  # fmt: skip


def test_both_readers_know_how_many_digits_each_currency_has() -> None:
    """Given an account in any currency of a country, then both read the same balance: no night cries of a forgery."""
    for currency in sorted({known.code for known in Currency} - NO_MONEY):
        content = file(group(account("100000", "100000", currency=currency)))
        [said] = read_balances(content)
        assert read_bai2_statement(content, 1, "f").closing == said.balances.closing, currency


@pytest.mark.parametrize(
    "funds",
    ["S,1,2,3", "D,2,0,30000,1,30000", "V,261103,", "0", ""],
    ids=["parts", "days", "a day", "at once", "none"],
)
def test_what_banks_write_of_funds_hides_no_reference(funds: str) -> None:
    content = day_of("100000", "40000", f"16,495,60000,{funds},B-1,E1,PAID/")
    [line] = read_bai2_statement(content, 1, "f").entries
    assert (line.amount, line.references) == (Decimal(-600), {"B1", "E1"})


@pytest.mark.parametrize(
    "content",
    [day_of("100000", "40001", PAID), day_of("100000", "40000", "16,700,60000,Z,,/"), b"01,", day_of("", "40000")],
    ids=["a cent", "a type of no direction", "no account", "no opening balance"],
)
def test_what_does_not_hold_is_refused(content: bytes) -> None:
    with pytest.raises(BadStatement):
        read_bai2_statement(content, 1, "f")


async def test_one_that_came_in_both_forms_is_one_and_a_csv_is_not_known(
    pool: asyncpg.Pool, connection: asyncpg.Connection
) -> None:
    """Given a day in BAI2, the next in both forms, and a CSV, then one stretch, and each entry is once."""
    await record_accounts(connection, OWN)
    named = f"<Othr><Id>{NUMBER}</Id></Othr>"
    later = day_of("40000", "30000", "16,495,10000,Z,B-2,E2,PAID/", days=1)
    both = message(statement("400.00", "300.00", entry("E2", "100.00"), on=_later(1), account=named))
    files = {"one.bai": day_of("100000", "40000", PAID), "two.bai": later, "two.xml": both}
    for name, content in files.items():
        await _keep(connection, name, content)
    await _keep(
        connection,
        "three.csv",
        b"Date;Amount",
        day_of("30000", "30000", days=2),
        f"{NUMBER}/0123456789abcdef/{_later(2)}",
    )
    reading = await read_statements(pool, [REFERENCE])
    assert [(one.first_day, one.last_day, one.closing) for one in reading.stretches] == [(DAY, _later(1), Decimal(300))]
    assert sorted(str(one.amount) for one in reading.entries) == ["-100.00", "-600.00"]
    assert reading.differences == ()
    [unknown] = reading.unknowns
    assert "came in as a CSV, which this reader does not read" in unknown.reason


def _later(days: int) -> date:
    return DAY + timedelta(days=days)


async def _keep(
    connection: asyncpg.Connection, name: str, content: bytes, balances: bytes = b"", place: str = ""
) -> None:
    """Keep a file, with the statements that it holds, or those of another one at a place of a CSV."""
    stored = bank_file(name, content)
    await keep_bank_file(connection, stored, is_complete=True)
    statements = [said._replace(place=place or said.place) for said in read_balances(balances or content)]
    await keep_statements(connection, stored.sha256, statements)
