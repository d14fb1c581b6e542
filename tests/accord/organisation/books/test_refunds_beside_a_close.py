"""A refund that is taken back or confirmed after its period was closed stands in the next one, and in none twice."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from accord.client.desk import Desk
from accord.organisation.books.closing import ask_close, confirm_close
from accord.organisation.books.exporting import period_export
from domain.books.statements import trial_balance
from domain.directory.chart import USUAL, Account, chart_of
from domain.partnership import commands as c
from domain.partnership.refund.refunds import RefundDirection
from ledger import clock
from records.books.reading import Books
from tests.activities.funding import FIRST, agreed, done, two_funds
from tests.activities.test_funds import came_in, gift
from tests.builders import money
from tests.paying import caught_up
from tests.scribe import Scribe

pytestmark = pytest.mark.slow
CODE = chart_of(USUAL)[Account.GIFTS_RETURNED].code


@pytest.fixture
def period() -> date:
    return clock.today() - timedelta(days=1)


async def went_back(desk: Desk, booked_on: date) -> Scribe:
    """1,000 of a gift of 5,000 went back to its donor, as one person recorded."""
    await two_funds(desk)
    scribe = await agreed(desk, gift(FIRST))
    await came_in(scribe)
    said: dict[str, Any] = {"money": money("1000.00"), "booked_on": booked_on, "reason": "by mistake"}
    way = RefundDirection.TO_DONOR
    await done(await caught_up(scribe), c.RecordRefund, "femi.ade", direction=way, bank_reference="OUT-77", **said)
    return scribe


async def closed(desk: Desk, last_day: date) -> str:
    await ask_close(desk, last_day, "reconciled", "femi.ade")
    return (await confirm_close(desk, last_day, "dora.kim")).text


def returned(text: str) -> list[tuple[str, str]]:
    """The debits and credits of gifts that went back."""
    rows = csv.DictReader(io.StringIO(text))
    return [(row["debit"], row["credit"]) for row in rows if row["account"] == CODE]


async def test_what_is_taken_back_after_a_close_is_undone_in_the_next_period(furnished: Desk, period: date) -> None:
    scribe = await went_back(furnished, period)
    before = await closed(furnished, period)
    [(debit, credit)] = returned(before)
    await done(scribe, c.WithdrawRefund, "femi.ade", bank_reference="OUT-77", reason="it did not leave")
    books = Books(furnished.reader)
    assert (await period_export(books, period)).text == before
    assert returned((await period_export(books, clock.today())).text) == [(credit, debit)]
    balance = trial_balance((await books.read(clock.today())).book, clock.today())
    assert sum(line.debit - line.credit for line in balance) == 0


async def test_what_is_confirmed_after_a_close_stands_there_and_nowhere_again(furnished: Desk, period: date) -> None:
    scribe = await went_back(furnished, period)
    before = await closed(furnished, period)
    await done(scribe, c.ConfirmRefund, "dora.kim", bank_reference="OUT-77", reason="on the statement")
    books = Books(furnished.reader)
    assert (await period_export(books, period)).text == before
    assert returned((await period_export(books, clock.today())).text) == []
    assert (await scribe.reread()).kept_on_record == Decimal(4000)
