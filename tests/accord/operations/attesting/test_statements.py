"""The third reader's own reading of statements of account, and the chain that they make."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta
from decimal import Decimal

import asyncpg
import pytest

from accord.operations.attesting.readers.camt import BadStatement, read_statement
from accord.operations.attesting.readers.statements import read_statements
from payments.answers.account_statements import AccountStatement, account_key
from payments.answers.bank_files import bank_file, keep_bank_file
from payments.answers.kept_statements import keep_statements
from payments.answers.messages import read_balances
from tests.payments.answers.account_statements import PAID, message, statement
from tests.payments.orders import ISOC, detail, entry, entry_of, record_accounts

OWN = "BA-W7SW7OMSGC5X"
DAY = date(2026, 11, 3)


def test_it_reads_what_the_other_reader_reads() -> None:
    content = b"\n" + message(
        statement("1000.00", "400.00", PAID), statement("5.00", "4.00", entry("E7", "1.00"), number=13, opens="PRCD")
    )
    mine = [read_statement(content, place, "f") for place in (1, 2)]
    others: tuple[AccountStatement, ...] = read_balances(content)
    assert [(one.opening, one.closing, one.last_day, one.number, one.currency) for one in mine] == [
        (other.balances.opening, other.balances.closing, other.balances.closed_on, other.balances.number, "USD")
        for other in others
    ]
    assert [(one.first_day, len(one.entries)) for one in mine] == [(DAY, 1), (DAY, 1)]
    assert mine[0].entries[0].references == {"E1"}


def test_an_entry_that_is_booked_on_an_earlier_day_counts_on_the_first_day_of_its_statement() -> None:
    late = entry("E1", "600.00", booked="<Dt>2026-11-01</Dt>")
    [line] = read_statement(message(statement("1000.00", "400.00", late)), 1, "f").entries
    assert (line.day, line.counts_on) == (date(2026, 11, 1), DAY)


def test_an_entry_of_several_payments_is_each_of_them_where_their_sums_are_given() -> None:
    two = (detail("E1", "350.00"), detail("E2", "250.00"))
    content = message(statement("1000.00", "400.00", entry_of(*two, amount="600.00", reference="B-7")))
    assert [(str(one.amount), sorted(one.references)) for one in read_statement(content, 1, "f").entries] == [
        ("-350.00", ["B7", "E1"]), ("-250.00", ["B7", "E2"])
    ]  # fmt: skip
    untold = message(statement("1000.00", "400.00", entry_of(detail("E1"), detail("E2"), amount="600.00")))
    [whole] = read_statement(untold, 1, "f").entries
    assert (str(whole.amount), sorted(whole.references)) == ("-600.00", ["E1", "E2"])


@pytest.mark.parametrize(
    ("content", "place", "fault"),
    [
        (b"<not", 1, "cannot be read"),
        (message(statement("1.00", "1.00")), 2, "cannot be read"),
        (message(statement("1.00", "2.00")), 1, "do not add up"),
        (message(statement("1000.00", "400.00", entry("E1", "600.00", currency="EUR"))), 1, "cannot be read"),
    ],
)
def test_what_is_no_statement_is_refused(content: bytes, place: int, fault: str) -> None:
    with pytest.raises(BadStatement, match=fault):
        read_statement(content, place, "f")


async def keep(connection: asyncpg.Connection, *statements: str, name: str = "BANK-9") -> str:
    content = message(*statements, name=name)
    file = bank_file("statement.xml", content)
    await keep_bank_file(connection, file, is_complete=True)
    await keep_statements(connection, file.sha256, read_balances(content))
    return hashlib.sha256(content).hexdigest()


def days(after: int) -> date:
    return DAY + timedelta(days=after)


async def test_statements_make_stretches_over_weekends_and_what_breaks_is_named(
    pool: asyncpg.Pool, connection: asyncpg.Connection
) -> None:
    """Given four statements of which one does not go on, then two stretches, and where they part with the sum."""
    await record_accounts(connection)
    await keep(connection, statement("1000.00", "400.00", PAID, number=1), name="A")
    await keep(connection, statement("400.00", "400.00", number=2, on=days(3)), name="B")
    await keep(connection, statement("390.00", "390.00", number=3, on=days(4)), name="C")
    await keep(connection, statement("390.00", "390.00", number=5, on=days(5)), name="D")
    reading = await read_statements(pool, [OWN])
    assert [(one.first_day, one.last_day, one.closing) for one in reading.stretches] == [
        (DAY, days(3), Decimal(400)), (days(4), days(5), Decimal(390))
    ]  # fmt: skip
    assert [(str(one.amount), one.words.split(" with")[0]) for one in reading.differences] == [
        ("-10.00", "one closed"), ("0", "a number is left out")
    ]  # fmt: skip
    assert reading.differences[0].where == f"between the statements of {days(3)} and {days(4)}"


async def test_of_two_under_one_number_the_one_counts_that_the_next_goes_on_from(
    pool: asyncpg.Pool, connection: asyncpg.Connection
) -> None:
    await record_accounts(connection)
    await keep(connection, statement("1000.00", "300.00", entry("E1", "700.00"), number=1), name="WRONG")
    right = await keep(connection, statement("1000.00", "400.00", PAID, number=1), name="RIGHT")
    await keep(connection, statement("400.00", "400.00", number=2, on=days(1)), name="NEXT")
    reading = await read_statements(pool, [OWN])
    assert reading.differences == ()
    assert [(one.file_sha256, str(one.amount)) for one in reading.entries] == [(right, "-600.00")]


async def test_of_several_days_that_the_bank_corrected_those_count_that_the_next_goes_on_from(
    pool: asyncpg.Pool, connection: asyncpg.Connection
) -> None:
    """Given two days that each came wrong and right, and then two of one day, one without a number, then no fault."""
    await record_accounts(connection)
    await keep(connection, statement("1000.00", "900.00", entry("E1", "100.00"), number=1), name="WRONG")
    right = await keep(connection, statement("1000.00", "400.00", PAID, number=1), name="RIGHT")
    await keep(connection, statement("900.00", "900.00", number=2, on=days(1)), name="WRONG-2")
    await keep(connection, statement("400.00", "400.00", number=2, on=days(1)), name="RIGHT-2")
    late, early = (entry("E8", "50.00"), entry("E9", "10.00"))
    await keep(connection, statement("350.00", "345.00", entry("E7", "5.00"), number=3, on=days(2)), name="PART")
    await keep(connection, statement("345.00", "335.00", early, number=None, on=days(2)), name="LATE")
    await keep(connection, statement("400.00", "350.00", late, number=3, on=days(2)), name="EARLY")
    reading = await read_statements(pool, [OWN])
    assert reading.differences == ()
    assert [one.file_sha256 == right for one in reading.entries] == [True, False, False, False]
    assert [one.closing for one in reading.stretches] == [Decimal("335.00")]


async def test_an_account_with_other_details_than_its_reference_is_named(
    pool: asyncpg.Pool, connection: asyncpg.Connection
) -> None:
    await record_accounts(connection)
    await connection.execute("ALTER TABLE payments.accounts DISABLE TRIGGER USER")
    await connection.execute(
        "UPDATE payments.accounts SET details = replace(details::text, $1, 'X')::jsonb WHERE reference = $2",
        ISOC.holder, OWN,
    )  # fmt: skip
    [difference] = (await read_statements(pool, [OWN])).differences
    assert "whose statements are read nobody can say" in difference.words
    [unknown] = (await read_statements(pool, ["BA-NOBODY"])).unknowns
    assert unknown.reason == "no details of BA-NOBODY are on record"
    assert account_key(ISOC.identifier)
